/* SPDX-License-Identifier: MIT */
/*
 * think.h: a block <think>…</think> at the beginning of the content, blanks before it or not, is a
 * model's thinking that the server has not taken out. It is found as the content comes, in whatever
 * pieces. White space at both ends of the thinking and line ends behind the block go with it. A
 * block that is not closed is all there is.
 */
#ifndef OC_THINK_H
#define OC_THINK_H

#include "text/buf.h"

enum oc_think_state {
	OC_THINK_OVER,  /* what comes is content */
	OC_THINK_START, /* nothing has come, or what may be the beginning of a block */
	OC_THINK_BEGUN, /* within the block, of which only blanks have come */
	OC_THINK_BLOCK, /* within the block */
	OC_THINK_AFTER, /* the block has ended, and only line ends have come */
};

struct oc_think {
	enum oc_think_state state;
	struct oc_buf held; /* content of which it is not yet known what it is */
};

/* max: the largest content. */
void oc_think_init(struct oc_think *t, size_t max);
void oc_think_release(struct oc_think *t);

/* Content has come, behind the first `from` bytes of *content, and the state is not OC_THINK_OVER:
 * what is thinking goes to *reasoning, and what may be is held back. */
void oc_think_take(struct oc_think *t, struct oc_buf *content, size_t from,
                   struct oc_buf *reasoning);

/* There is no more: what is held back is what it is so far. */
void oc_think_end(struct oc_think *t, struct oc_buf *content, struct oc_buf *reasoning);

#endif
