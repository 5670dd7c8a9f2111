/* SPDX-License-Identifier: MIT */
/* answered.c: which requests have been answered, and how often. */
#include "compat.h"

#include "batch/answered.h"

enum { FIRST_CAP = 64 };

void oc_answered_release(struct oc_answered *set)
{
	free(set->hashes);
	*set = (struct oc_answered){.hashes = NULL};
}

/* One hash of two: however many requests have one key, each has its own place. */
static uint64_t hash_of(struct oc_line_id id)
{
	uint64_t h = id.key ^ (id.request << 32 | id.request >> 32);

	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ id.request) * 0xc4ceb9fe1a85ec53u;
	h ^= h >> 33;
	return h ? h : 1;
}

/* The slot of this hash, or the empty one where it would be. The table is never full. */
static size_t slot_of(const struct oc_answered *set, uint64_t hash)
{
	size_t at = (size_t)hash & (set->cap - 1);

	while (set->hashes[at] && set->hashes[at] != hash)
		at = (at + 1) & (set->cap - 1);
	return at;
}

static int grow(struct oc_answered *set)
{
	struct oc_answered old = *set;
	size_t cap = old.cap ? 2 * old.cap : FIRST_CAP;
	uint64_t *hashes = calloc(cap, sizeof *hashes + sizeof *set->counts);

	if (!hashes)
		return OC_ENOMEM;
	set->hashes = hashes;
	set->counts = (uint32_t *)(hashes + cap);
	set->cap = cap;
	for (size_t i = 0; i < old.cap; i++) {
		size_t at = slot_of(set, old.hashes[i]);

		set->hashes[at] = old.hashes[i];
		set->counts[at] = old.counts[i];
	}
	oc_answered_release(&old);
	return OC_OK;
}

int oc_answered_add(struct oc_answered *set, struct oc_line_id id)
{
	uint64_t hash = hash_of(id);
	size_t at;

	if (4 * set->used >= 3 * set->cap && grow(set))
		return OC_ENOMEM;
	at = slot_of(set, hash);
	if (set->counts[at] < UINT32_MAX) {
		set->counts[at]++;
		set->left++;
	}
	set->used += !set->hashes[at];
	set->hashes[at] = hash;
	return OC_OK;
}

bool oc_answered_has(const struct oc_answered *set, struct oc_line_id id)
{
	return set->cap && set->hashes[slot_of(set, hash_of(id))];
}

bool oc_answered_is_left(const struct oc_answered *set, struct oc_line_id id)
{
	return set->cap && set->counts[slot_of(set, hash_of(id))];
}

bool oc_answered_take(struct oc_answered *set, struct oc_line_id id)
{
	if (!oc_answered_is_left(set, id))
		id.request = 0;
	if (!oc_answered_is_left(set, id))
		return false;
	set->counts[slot_of(set, hash_of(id))]--;
	set->left--;
	return true;
}
