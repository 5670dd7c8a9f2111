/* SPDX-License-Identifier: MIT */
/* near.c: which known word is meant by one that is misspelt. */
#include "compat.h"

#include "text/near.h"
#include "text/text.h"

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters must be put in, taken out or changed to make one word from the other:
 * Levenshtein's distance, row by row. a has n <= OC_NEAR_MAX bytes. */
static size_t distance(const char *a, size_t n, const char *b)
{
	size_t row[OC_NEAR_MAX + 1];

	for (size_t i = 0; i <= n; i++)
		row[i] = i;
	for (size_t j = 0; b[j]; j++) {
		size_t diagonal = row[0]++;

		for (size_t i = 0; i < n; i++) {
			size_t change = diagonal + (oc_lower(a[i]) != oc_lower(b[j]));

			diagonal = row[i + 1];
			row[i + 1] = min(change, min(row[i], diagonal) + 1);
		}
	}
	return row[n];
}

void oc_near_init(struct oc_near *near, const char *word, size_t n)
{
	*near = (struct oc_near){.word = word, .n = n, .least = OC_NEAR_MAX};
}

void oc_near_offer(struct oc_near *near, const char *known)
{
	size_t len = strlen(known);
	size_t d;

	if (near->n > OC_NEAR_MAX)
		return;
	d = distance(near->word, near->n, known);
	if (d < near->least && 2 * d <= (near->n > len ? near->n : len)) {
		near->best = known;
		near->least = d;
	}
}
