/* SPDX-License-Identifier: MIT */
/*
 * draft.h: an answer's text on its way in, whole or piece by piece, and what the model may say in
 * its place: a refusal, or calls of tools.
 */
#ifndef OC_DRAFT_H
#define OC_DRAFT_H

#include "answer/calls.h"
#include "answer/refusal.h"
#include "answer/think.h"

/* All that has come of a text: its length and a hash, for who is to get it may have taken it. */
struct oc_draft_sum {
	uint64_t n;
	uint64_t hash;
	bool pieces;   /* some of it came as a piece */
	uint16_t half; /* of a character, at its end: a high surrogate that waits for the low one */
};

/* The texts are the bytes that were sent, which need not be UTF-8: servers cut characters between
 * two events. */
struct oc_draft {
	struct oc_buf content; /* whoever hands it on empties it; without the thinking before it */
	struct oc_buf reasoning; /* likewise */
	struct oc_buf refusal;
	struct oc_calls calls;
	struct oc_think think; /* in the content */
	bool has_choices; /* for the caller to set: there is an answer at all, though it be empty */
	struct oc_draft_sum content_sum;
	struct oc_draft_sum reasoning_sum;
};

/* max: the largest text; keep_think: as in struct oc_refusal_context. */
void oc_draft_init(struct oc_draft *d, size_t max, bool keep_think);
void oc_draft_release(struct oc_draft *d);

/* OC_ENOMEM, or OC_EPROTO for a text over the ceiling or too many calls. */
int oc_draft_check(const struct oc_draft *d, struct oc_err *err);

/* Appends a piece: what a "delta" (an object) says. Of a character that is cut in two, each half an
 * escape, nothing is appended until the other half is there. */
void oc_draft_add(struct oc_draft *d, const struct oc_json *j, int delta);

/*
 * The same for a "message" (an object), which says the whole. After pieces of it, and after a
 * whole one that it begins with, what is new in it is appended; one that does not begin with the
 * pieces adds nothing, because they may have been handed on.
 */
void oc_draft_add_whole(struct oc_draft *d, const struct oc_json *j, int message);

/* The text of a delta that says nothing else, which is then content or reasoning; or
 * OC_JSON_NONE. */
int oc_draft_only_text(const struct oc_json *j, int delta, bool *reasoning);

/* Appends a text that was found so, and is the same event's as before: what is between its
 * quotes. */
void oc_draft_add_text(struct oc_draft *d, bool reasoning, struct oc_text inner);

/* There is no more: appends what stands for halves of characters, and what was held back. */
void oc_draft_end(struct oc_draft *d);

/* Gives the reply the content and, if there is any, the reasoning, as UTF-8. OC_ENOMEM. */
int oc_draft_take_text(struct oc_draft *d, struct oc_reply *reply, struct oc_err *err);

/* Gives the reply the tools that are called, if there are any. OC_ENOMEM. */
int oc_draft_take_calls(const struct oc_draft *d, struct oc_reply *reply, struct oc_err *err);

/* After oc_draft_end(): gives the reply the calls that were asked for, and the name of a model. Is
 * it an answer? OC_EPROTO where there is no content, handed on or not, and no call: then *err says
 * what there is in its place. */
int oc_draft_finish(const struct oc_draft *d, const struct oc_refusal_context *context,
                    struct oc_reply *reply, struct oc_err *err);

#endif
