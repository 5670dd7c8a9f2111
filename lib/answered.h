/* SPDX-License-Identifier: MIT */
/*
 * answered.h: which requests an earlier run has answered. Some 50 bytes an answer, and pure.
 *
 * An answer that no line of the input takes is replaced, once a line of the same key has its
 * answer: the request has changed since. Until then it is kept.
 */
#ifndef OC_ANSWERED_H
#define OC_ANSWERED_H

#include "line.h"

struct oc_answered {
	struct oc_answer *slots; /* a hash table */
	size_t cap;
	size_t n;
};

void oc_answered_init(struct oc_answered *set);
void oc_answered_release(struct oc_answered *set);

/* Adds an answer, also one that is there already. OC_ENOMEM. */
int oc_answered_add(struct oc_answered *set, struct oc_line_id id);

/* Is there an answer with this id, taken or not? */
bool oc_answered_has(const struct oc_answered *set, struct oc_line_id id);

/* Is there an answer to this request that no line has taken yet? Takes it. One whose request is
 * not known answers any request of its key. */
bool oc_answered_take(struct oc_answered *set, struct oc_line_id id);

/* A line of this key has its answer: others that were not taken are replaced. */
void oc_answered_replace(struct oc_answered *set, uint64_t key);

/* How many answers are replaced and were not dropped. */
size_t oc_answered_replaced(const struct oc_answered *set);

/* Is an answer with this id replaced? If so it is dropped from the set. */
bool oc_answered_drop(struct oc_answered *set, struct oc_line_id id);

#endif
