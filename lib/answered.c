/* SPDX-License-Identifier: MIT */
/* answered.c: which requests an earlier run has answered. */
#include "compat.h"

#include "answered.h"

enum { FIRST_CAP = 64 };

enum state { EMPTY, KEPT, TAKEN, REPLACED, DROPPED };

struct oc_answer {
	struct oc_line_id id;
	enum state state;
};

void oc_answered_init(struct oc_answered *set)
{
	*set = (struct oc_answered){.slots = NULL};
}

void oc_answered_release(struct oc_answered *set)
{
	free(set->slots);
	oc_answered_init(set);
}

/* The slot of the key's next answer at or behind `at`; its state is EMPTY where there is none. Keys
 * are hashes already, and the table is never more than half full. */
static struct oc_answer *next_of(const struct oc_answered *set, uint64_t key, size_t *at)
{
	struct oc_answer *slot = &set->slots[*at & (set->cap - 1)];

	while (slot->state != EMPTY && slot->id.key != key)
		slot = &set->slots[++*at & (set->cap - 1)];
	++*at;
	return slot;
}

static void put(struct oc_answered *set, const struct oc_answer *answer)
{
	size_t at = (size_t)answer->id.key;
	struct oc_answer *slot = next_of(set, answer->id.key, &at);

	while (slot->state != EMPTY)
		slot = next_of(set, answer->id.key, &at);
	*slot = *answer;
}

static int grow(struct oc_answered *set)
{
	struct oc_answered larger = {.cap = set->cap ? 2 * set->cap : FIRST_CAP, .n = set->n};

	larger.slots = calloc(larger.cap, sizeof *larger.slots);
	if (!larger.slots)
		return OC_ENOMEM;
	for (size_t i = 0; i < set->cap; i++) {
		if (set->slots[i].state != EMPTY)
			put(&larger, &set->slots[i]);
	}
	free(set->slots);
	*set = larger;
	return OC_OK;
}

int oc_answered_add(struct oc_answered *set, struct oc_line_id id)
{
	const struct oc_answer answer = {.id = id, .state = KEPT};

	if (2 * set->n >= set->cap && grow(set))
		return OC_ENOMEM;
	put(set, &answer);
	set->n++;
	return OC_OK;
}

bool oc_answered_has(const struct oc_answered *set, struct oc_line_id id)
{
	size_t at = (size_t)id.key;
	const struct oc_answer *slot;

	if (!set->n)
		return false;
	while ((slot = next_of(set, id.key, &at))->state != EMPTY) {
		if (slot->id.request == id.request)
			return true;
	}
	return false;
}

bool oc_answered_take(struct oc_answered *set, struct oc_line_id id)
{
	size_t at = (size_t)id.key;

	if (!set->n)
		return false;
	for (;;) {
		struct oc_answer *slot = next_of(set, id.key, &at);

		if (slot->state == EMPTY)
			return false;
		if (slot->id.request && slot->id.request != id.request)
			continue;
		if (slot->state == KEPT || slot->state == REPLACED) {
			slot->state = TAKEN;
			return true;
		}
	}
}

void oc_answered_replace(struct oc_answered *set, uint64_t key)
{
	size_t at = (size_t)key;
	struct oc_answer *slot;

	if (!set->n)
		return;
	while ((slot = next_of(set, key, &at))->state != EMPTY) {
		if (slot->state == KEPT)
			slot->state = REPLACED;
	}
}

size_t oc_answered_replaced(const struct oc_answered *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->cap; i++)
		n += set->slots[i].state == REPLACED;
	return n;
}

bool oc_answered_drop(struct oc_answered *set, struct oc_line_id id)
{
	size_t at = (size_t)id.key;
	struct oc_answer *slot;

	if (!set->n)
		return false;
	while ((slot = next_of(set, id.key, &at))->state != EMPTY) {
		if (slot->state == REPLACED && slot->id.request == id.request) {
			slot->state = DROPPED;
			return true;
		}
	}
	return false;
}
