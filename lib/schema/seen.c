/* SPDX-License-Identifier: MIT */
/* seen.c: a set of small numbers. */
#include "compat.h"

#include "schema/seen.h"

void oc_seen_release(struct oc_seen *seen)
{
	free(seen->bits);
	*seen = (struct oc_seen){.n = 0};
}

/* Room for so many bytes; it at least doubles, so that marking is cheap. */
static bool grow(struct oc_seen *seen, size_t n)
{
	size_t longer = n > 2 * seen->n ? n : 2 * seen->n;
	unsigned char *bits;

	if (n <= seen->n)
		return true;
	bits = realloc(seen->bits, longer);
	if (!bits)
		return false;
	memset(bits + seen->n, 0, longer - seen->n);
	seen->bits = bits;
	seen->n = longer;
	return true;
}

bool oc_seen_mark(struct oc_seen *seen, size_t child)
{
	if (seen->all)
		return true;
	if (!grow(seen, child / 8 + 1))
		return false;
	seen->bits[child / 8] |= (unsigned char)(1U << child % 8);
	return true;
}

bool oc_seen_add(struct oc_seen *seen, const struct oc_seen *more)
{
	seen->all |= more->all;
	if (seen->all)
		return true;
	if (!grow(seen, more->n))
		return false;
	for (size_t i = 0; i < more->n; i++)
		seen->bits[i] |= more->bits[i];
	return true;
}

bool oc_seen_has(const struct oc_seen *seen, size_t child)
{
	return seen->all || (child / 8 < seen->n && (seen->bits[child / 8] & 1U << child % 8) != 0);
}
