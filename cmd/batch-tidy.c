/* SPDX-License-Identifier: MIT */
/* batch-tidy.c: what is of no use any more in a file of answers. */
#include "compat.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "attributes.h"
#include "place.h"
#include "batch-records.h"
#include "batch-tidy.h"

struct tidying {
	struct answers *answers;
	struct oc_answered keys; /* of answers of earlier runs that no line has taken */
	struct ledger fresh;     /* what is to be the file */
	bool full;               /* not all of it could be written */
	bool any_replaced;
	uint64_t replaced; /* answers that go */
};

static struct oc_line_id key_of(struct oc_line_id id)
{
	return (struct oc_line_id){.key = id.key};
}

/* ---- what goes ---- */

/* In one reading: what an earlier run has written stands before what this one has. */
static void note(void *ctx, const struct record *record)
{
	struct tidying *t = ctx;
	struct oc_line_id key = key_of(record->id);

	if (!record->answered)
		return;
	if (record->at >= t->answers->begin)
		t->any_replaced |=
		        oc_answered_take(&t->keys, key) && !oc_answered_is_left(&t->keys, key);
	else if (oc_answered_is_left(&t->answers->earlier, record->id))
		cli_need_memory(!oc_answered_add(&t->keys, key));
}

/* Several lines may have one key: its old answers go when there are as many new ones. Before that,
 * a line of theirs may just have left the input. */
static bool is_replaced(struct tidying *t, const struct record *record)
{
	return oc_answered_is_left(&t->answers->earlier, record->id) &&
	       oc_answered_has(&t->keys, key_of(record->id)) &&
	       !oc_answered_is_left(&t->keys, key_of(record->id));
}

static bool goes(struct tidying *t, const struct record *record)
{
	if (record->at >= t->answers->begin)
		return false;
	if (!record->answered)
		return true;
	if (!is_replaced(t, record))
		return false;
	(void)oc_answered_take(&t->answers->earlier, record->id);
	t->replaced++;
	return true;
}

/* ---- a new file ---- */

static void copy(void *ctx, const struct record *record)
{
	struct tidying *t = ctx;

	if (!t->full && !goes(t, record))
		t->full = !ledger_try(&t->fresh, record->line);
}

/* Puts the new file in the place of the old one, with its lock. Why not, or NULL. */
static const char *replace(struct tidying *t, const char *real)
{
	struct ledger *ledger = &t->answers->ledger;
	const char *name = ledger->name;
	struct stat st;

	if (t->full)
		return "there is no room for a copy";
	if (!ledger_is_untouched(ledger) || fstat(ledger->fd, &st) < 0)
		return "another program writes to it";
	if (st.st_nlink > 1)
		return "it has other names, which would keep what it is now";
	if (!attributes_copy(real, &st, t->fresh.fd))
		return "a copy would not have all of its attributes";
	if (!ledger_replace(&t->fresh, real))
		return strerror(errno);
	ledger_close(ledger);
	*ledger = t->fresh;
	ledger->name = name;
	return NULL;
}

static void rewrite(struct tidying *t)
{
	struct ledger *ledger = &t->answers->ledger;
	const char *name = ledger->name;
	char *real = place_real(name);
	const char *why;

	ledger_begin(&t->fresh, t->answers->ahead.fresh);
	(void)records_read(ledger->in, name, false, copy, t);
	why = real ? replace(t, real) : strerror(ENOMEM);
	if (why) {
		cli_warn("%s keeps what has failed or has changed since: %s", name, why);
		ledger_drop(&t->fresh);
	} else if (t->replaced) {
		cli_note("dropped %" PRIu64 " answers to requests that have changed", t->replaced);
	}
	free(real);
}

void tidy(struct answers *answers)
{
	struct tidying t = {.answers = answers};

	if (answers->earlier.left && answers->written)
		(void)records_read(answers->ledger.in, answers->ledger.name, false, note, &t);
	if (answers->failures || t.any_replaced)
		rewrite(&t);
	oc_answered_release(&t.keys);
}
