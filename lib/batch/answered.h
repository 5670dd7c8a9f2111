/* SPDX-License-Identifier: MIT */
/*
 * answered.h: which requests have been answered, and how often. At most 50 bytes for each that is
 * different, and pure.
 */
#ifndef OC_ANSWERED_H
#define OC_ANSWERED_H

#include "batch/line.h"

/* All zero at first. */
struct oc_answered {
	uint64_t *hashes; /* a hash table; 0 = an empty slot */
	uint32_t *counts; /* how many answers no line has taken yet; behind the hashes */
	size_t cap;
	size_t used;
	uint64_t left; /* the sum of the counts */
};

void oc_answered_release(struct oc_answered *set);

/* Adds an answer, also one that is there already. OC_ENOMEM. */
int oc_answered_add(struct oc_answered *set, struct oc_line_id id);

/* Was an answer with this id added, taken or not? */
bool oc_answered_has(const struct oc_answered *set, struct oc_line_id id);

/* Is there an answer with this id that no line has taken yet? */
bool oc_answered_is_left(const struct oc_answered *set, struct oc_line_id id);

/* Takes an answer to this request, if there is one left. One whose request is not known answers any
 * request of its key. */
bool oc_answered_take(struct oc_answered *set, struct oc_line_id id);

#endif
