/* SPDX-License-Identifier: MIT */
/* hash.h: what a text is told from others by, on every machine and in every version. */
#ifndef OC_HASH_H
#define OC_HASH_H

#include "oc.h"

/* FNV-1a, of what comes piece by piece. h: where it begins, OC_HASH_START as a rule, or the result
 * of the piece before. */
#define OC_HASH_START UINT64_C(14695981039346656037)

static inline uint64_t oc_hash_add(uint64_t h, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * UINT64_C(1099511628211);
	return h;
}

/* 64 bits, never 0, which is left for "none". At a million texts, the chance that any two have the
 * same is less than one in ten million. */
static inline uint64_t oc_hash(struct oc_text text)
{
	uint64_t h = oc_hash_add(OC_HASH_START, text.p, text.n);

	/* The end of MurmurHash3, so that short and similar texts differ in all bits. */
	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
	h ^= h >> 33;
	return h ? h : 1;
}

#endif
