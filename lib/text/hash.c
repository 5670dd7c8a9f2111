/* SPDX-License-Identifier: MIT */
/* hash.c: what a text is told from others by. */
#include "compat.h"

#include "text/hash.h"

/* FNV-1a, and then the end of MurmurHash3, so that short and similar texts differ in all bits. */
uint64_t oc_hash(struct oc_text text)
{
	uint64_t h = oc_hash_add(OC_HASH_START, text.p, text.n);

	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
	h ^= h >> 33;
	return h ? h : 1;
}
