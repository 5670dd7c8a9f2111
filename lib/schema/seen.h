/* SPDX-License-Identifier: MIT */
/* seen.h: which children of an array or an object have been looked at: a set of small numbers. */
#ifndef OC_SEEN_H
#define OC_SEEN_H

#include "oc.h"

/* An all-zero set is empty. */
struct oc_seen {
	bool all;
	size_t n; /* bytes */
	unsigned char *bits;
};

void oc_seen_release(struct oc_seen *seen);

/* These are false where memory is out. */
bool oc_seen_mark(struct oc_seen *seen, size_t child);
bool oc_seen_add(struct oc_seen *seen, const struct oc_seen *more);

bool oc_seen_has(const struct oc_seen *seen, size_t child);

#endif
