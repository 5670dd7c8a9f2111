/* SPDX-License-Identifier: MIT */
/*
 * buf.h: a growing byte buffer with a ceiling.
 *
 * A buffer is a value. `p` is never NULL and p[n] is always NUL, so the content can be read as a
 * string at any time. The first failure (no memory, or growth beyond the ceiling) is remembered
 * in `bad`, the content stays as it was, and every later append does nothing: a writer appends as
 * often as it likes and looks at `bad` once, at the end. The heap block belongs to the buffer
 * alone; pointers into it are borrowed and die with the next append.
 */
#ifndef OC_BUF_H
#define OC_BUF_H

#include "oc.h"

struct oc_buf {
	char *p;
	size_t n;
	size_t cap;       /* bytes at p, the NUL included; 0 = p is a static empty string */
	size_t max;       /* ceiling of n */
	enum oc_code bad; /* OC_OK, OC_ENOMEM, or OC_EPROTO for "over the ceiling" */
};

/* max: the largest n that is allowed. Allocates nothing. */
void oc_buf_init(struct oc_buf *b, size_t max);
void oc_buf_release(struct oc_buf *b); /* back to the state after oc_buf_init() */
void oc_buf_wipe(struct oc_buf *b);    /* the same for a secret: overwrites it first */
void oc_buf_clear(struct oc_buf *b);   /* n = 0 and bad = OC_OK; keeps the memory */

void oc_buf_add(struct oc_buf *b, const void *p, size_t n);
void oc_buf_puts(struct oc_buf *b, const char *s);
void oc_buf_putc(struct oc_buf *b, char c);
void oc_buf_printf(struct oc_buf *b, const char *fmt, ...) OC_PRINTF(2, 3);

/*
 * Room for n more bytes: a pointer to write them to, to be followed by oc_buf_grew() with the
 * number that was written. NULL when the buffer is or goes bad.
 */
char *oc_buf_room(struct oc_buf *b, size_t n);
void oc_buf_grew(struct oc_buf *b, size_t n);

/* Cuts the content to its first n bytes, of which there are as many. */
void oc_buf_cut(struct oc_buf *b, size_t n);

/* Removes n bytes from the front. */
void oc_buf_drop(struct oc_buf *b, size_t n);

/* Hands the block over: the caller owns it and releases it with free(). Never returns NULL for a
 * good buffer unless memory is out; NULL for a bad one. The buffer is empty afterwards. */
char *oc_buf_detach(struct oc_buf *b);

static inline struct oc_text oc_buf_text(const struct oc_buf *b)
{
	return (struct oc_text){b->p, b->n};
}

#endif
