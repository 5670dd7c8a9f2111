/* SPDX-License-Identifier: MIT */
/* near.h: which known word is meant by one that is misspelt. */
#ifndef OC_NEAR_H
#define OC_NEAR_H

#include <stddef.h>

enum { OC_NEAR_MAX = 64 }; /* bytes; a longer word is near to none */

/* The search for the nearest of many words. */
struct oc_near {
	const char *word; /* n bytes, borrowed */
	size_t n;
	const char *best; /* NULL = none is near yet; one of those that were offered */
	size_t least;     /* the letters by which best differs */
};

/* word: n bytes, which are borrowed until the search is over. */
void oc_near_init(struct oc_near *near, const char *word, size_t n);

/* Makes `known` the best if it is nearer than what was offered before, and near at all: it shares
 * at least half of the longer of the two. ASCII upper and lower case are the same. */
void oc_near_offer(struct oc_near *near, const char *known);

#endif
