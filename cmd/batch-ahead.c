/* SPDX-License-Identifier: MIT */
/* batch-ahead.c: answer lines that wait for earlier ones, kept safe. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch-ahead.h"
#include "place.h"

/* How much that is of no use may be kept. */
#define STALE_MAX ((size_t)8 << 20)

static char *joined(const char *path, const char *suffix)
{
	struct oc_buf name = {0};
	char *joined;

	oc_buf_init(&name, (size_t)1 << 16);
	oc_buf_printf(&name, "%s%s", path, suffix);
	joined = oc_buf_detach(&name);
	if (!joined)
		cli_die(CLI_OSERR, "out of memory");
	return joined;
}

char *ahead_name(const char *file)
{
	struct stat st;
	char *real = lstat(file, &st) == 0 && S_ISLNK(st.st_mode) ? place_real(file) : NULL;
	char *name = joined(real ? real : file, ".ahead");

	free(real);
	return name;
}

static void remove_file(struct ahead *ahead)
{
	if (ahead->ledger.fd < 0)
		return;
	ledger_remove(&ahead->ledger);
	ledger_close(&ahead->ledger);
}

void ahead_open(struct ahead *ahead, const char *file)
{
	*ahead = (struct ahead){.name = ahead_name(file)};
	ahead->fresh = joined(ahead->name, ".new");
	if (unlink(ahead->fresh) < 0 && errno != ENOENT)
		cli_die(CLI_CANTCREAT, "%s is needed while the run lasts, and cannot be made: %s",
		        ahead->fresh, strerror(errno));
	ledger_open(&ahead->ledger, ahead->name, O_NOFOLLOW);
	ahead->size = (size_t)ahead->ledger.end;
	/* It can be made, and may never be needed. */
	if (!ahead->size)
		remove_file(ahead);
}

static void put(struct ahead *ahead, struct oc_buf *text)
{
	if (text->bad)
		cli_die(CLI_OSERR, "out of memory");
	if (ahead->ledger.fd < 0) {
		ledger_open(&ahead->ledger, ahead->name, O_NOFOLLOW | O_EXCL);
		ledger_sync_name(ahead->name);
	}
	if (!ledger_try(&ahead->ledger, oc_buf_text(text)))
		cli_exit(CLI_IOERR);
	ahead->size += text->n;
	ahead->live += text->n;
	ahead->changed = true;
}

size_t ahead_put(struct ahead *ahead, uint64_t place, struct oc_text line)
{
	struct oc_buf text = {0};
	size_t n;

	oc_buf_init(&text, line.n + 32);
	oc_buf_printf(&text, "%" PRIu64 " ", place);
	oc_buf_add(&text, line.p, line.n);
	put(ahead, &text);
	n = text.n;
	oc_buf_release(&text);
	return n;
}

void ahead_sync(struct ahead *ahead)
{
	if (ahead->changed)
		ledger_sync(&ahead->ledger);
	ahead->changed = false;
}

void ahead_clear(struct ahead *ahead)
{
	if (ahead->ledger.fd < 0 || !ahead->size || !ledger_is_untouched(&ahead->ledger))
		return;
	ledger_cut(&ahead->ledger, ahead->ledger.end, 0);
	ahead->size = ahead->live = 0;
}

bool ahead_is_stale(const struct ahead *ahead)
{
	return ahead->size - ahead->live > STALE_MAX + ahead->live;
}

void ahead_begin(struct ahead *fresh, const struct ahead *ahead)
{
	*fresh = (struct ahead){
	        .name = ahead->name, .fresh = ahead->fresh, .changed = ahead->changed};
	ledger_begin(&fresh->ledger, ahead->fresh);
}

void ahead_replace(struct ahead *old, struct ahead *fresh)
{
	if (!ledger_replace(&fresh->ledger, fresh->name))
		cli_die(CLI_IOERR, "cannot replace %s: %s", fresh->name, strerror(errno));
	ledger_close(&old->ledger);
}

void ahead_close(struct ahead *ahead)
{
	remove_file(ahead);
	free(ahead->fresh);
	free(ahead->name);
	*ahead = (struct ahead){.name = NULL};
}
