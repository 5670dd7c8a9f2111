/* SPDX-License-Identifier: MIT */
/* batch-answers.c: where the answer lines of a batch go, and how they are found again. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch-answers.h"
#include "batch-records.h"
#include "distinct.h"
#include "place.h"

/* How much that is of no use may be kept in FILE.ahead. */
#define STALE_MAX ((size_t)8 << 20)

static bool is_file(const struct answers *answers)
{
	return answers->ledger.in >= 0;
}

OC_NORETURN static void refuse_to_add(const char *name)
{
	cli_die(CLI_CANTCREAT,
	        "%s has answers already: --resume adds those that are missing; or remove the file",
	        name);
}

/* ---- FILE.ahead ---- */

static char *joined(const char *path, const char *suffix)
{
	struct oc_buf name = {0};
	char *joined;

	oc_buf_init(&name, (size_t)1 << 16);
	oc_buf_printf(&name, "%s%s", path, suffix);
	joined = oc_buf_detach(&name);
	cli_need_memory(joined);
	return joined;
}

/* Its name, whichever link FILE is named by; released with free(). */
static char *name_ahead(const char *file)
{
	struct stat st;
	char *real = lstat(file, &st) == 0 && S_ISLNK(st.st_mode) ? place_real(file) : NULL;
	char *name = joined(real ? real : file, ".ahead");

	free(real);
	return name;
}

static void remove_ahead(struct ahead *ahead)
{
	if (ahead->ledger.fd < 0)
		return;
	ledger_remove(&ahead->ledger);
	ledger_close(&ahead->ledger);
}

/* Opens it, if it is there and not empty, and proves that it could be made. What an earlier run has
 * left of one that was to replace it is removed. */
static void open_ahead(struct ahead *ahead, const char *file)
{
	*ahead = (struct ahead){.name = name_ahead(file)};
	ahead->fresh = joined(ahead->name, ".new");
	if (unlink(ahead->fresh) < 0 && errno != ENOENT)
		cli_die(CLI_CANTCREAT, "%s is needed while the run lasts, and cannot be made: %s",
		        ahead->fresh, strerror(errno));
	ledger_open(&ahead->ledger, ahead->name, O_NOFOLLOW);
	/* It can be made, and may never be needed. */
	if (!ahead->ledger.end)
		remove_ahead(ahead);
}

/* Nothing is waiting: the file becomes empty. */
static void clear_ahead(struct ahead *ahead)
{
	if (!ahead->ledger.end || !ledger_is_untouched(&ahead->ledger))
		return;
	ledger_cut(&ahead->ledger, ahead->ledger.end, 0);
	ahead->live = 0;
}

size_t answers_keep(struct answers *answers, uint64_t place, struct oc_text line)
{
	struct ahead *ahead = &answers->ahead;
	struct oc_buf text = {0};
	size_t n;

	if (!is_file(answers))
		return 0;
	oc_buf_init(&text, line.n + 32);
	oc_buf_printf(&text, "%" PRIu64 " ", answers->records + place);
	oc_buf_add(&text, line.p, line.n);
	cli_need_memory(!text.bad);
	if (ahead->ledger.fd < 0) {
		ledger_open(&ahead->ledger, ahead->name, O_NOFOLLOW | O_EXCL);
		ledger_sync_name(ahead->name);
	}
	ledger_append(&ahead->ledger, oc_buf_text(&text));
	n = text.n;
	ahead->live += n;
	oc_buf_release(&text);
	return n;
}

bool answers_are_stale(const struct answers *answers)
{
	const struct ahead *ahead = &answers->ahead;

	return (size_t)ahead->ledger.end > STALE_MAX + 2 * ahead->live;
}

void answers_begin_anew(struct answers *answers)
{
	struct ahead *ahead = &answers->ahead;

	ahead->before = ahead->ledger;
	ahead->live = 0;
	ledger_begin(&ahead->ledger, ahead->fresh);
}

void answers_end_anew(struct answers *answers)
{
	struct ahead *ahead = &answers->ahead;

	if (!ledger_replace(&ahead->ledger, ahead->name))
		cli_die(CLI_IOERR, "cannot replace %s: %s", ahead->name, strerror(errno));
	ledger_close(&ahead->before);
}

/* ---- an earlier run ---- */

static void remember(void *ctx, const struct record *record)
{
	struct answers *answers = ctx;

	if (!record->answered)
		answers->failures++;
	else
		cli_need_memory(!oc_answered_add(&answers->earlier, record->id));
}

/* Does this line of FILE.ahead belong into FILE, and is not there? */
static bool waits(const struct answers *answers, const struct record *record)
{
	bool written =
	        record->place <= answers->records && oc_answered_has(&answers->earlier, record->id);

	return record->answered && !written;
}

static void number_anew(void *ctx, const struct record *record)
{
	struct answers *answers = ctx;

	if (!waits(answers, record))
		return;
	answers->taken_over++;
	(void)answers_keep(answers, answers->taken_over, record->line);
}

static void take_over(void *ctx, const struct record *record)
{
	struct answers *answers = ctx;

	ledger_append(&answers->ledger, record->line);
	remember(answers, record);
}

/* Takes over what FILE.ahead has. Each line has to have the place that it will get before it gets
 * it, so that a kill in between leaves no doubt about which of them are in FILE. */
static void take_all_over(struct answers *answers)
{
	struct ahead *ahead = &answers->ahead;

	answers_begin_anew(answers);
	(void)records_read(ahead->before.in, ahead->name, true, number_anew, answers);
	answers_end_anew(answers);
	(void)records_read(ahead->ledger.in, ahead->name, true, take_over, answers);
	ledger_sync(&answers->ledger);
	clear_ahead(ahead);
	answers->records += answers->taken_over;
}

static void resume(struct answers *answers)
{
	struct ledger *ledger = &answers->ledger;
	struct records_end end = records_read(ledger->in, ledger->name, false, remember, answers);

	answers->records = end.records;
	if (end.whole < end.size)
		ledger_cut(ledger, end.size, end.whole);
	if (!ledger_end_line(ledger))
		cli_exit(CLI_IOERR);
	if (answers->ahead.ledger.end)
		take_all_over(answers);
}

/* ---- beginning ---- */

/* What is written to anything else is gone, or belongs to whoever has opened it: there is nothing
 * to be found again. */
static bool is_regular(const char *path)
{
	struct stat st;

	return place_descriptor(path) < 0 && (stat(path, &st) < 0 || S_ISREG(st.st_mode));
}

static void open_file(struct answers *answers, const char *path, bool want_resume,
                      char *const *inputs)
{
	ledger_open(&answers->ledger, path, 0);
	if (answers->ledger.end && !want_resume)
		refuse_to_add(path);
	open_ahead(&answers->ahead, path);
	distinct_from_inputs(answers->ahead.name, inputs);
	if (answers->ahead.ledger.end && !want_resume)
		refuse_to_add(answers->ahead.name);
	if (want_resume)
		resume(answers);
	answers->begin = answers->ledger.end;
	ledger_sync_name(answers->ahead.name); /* FILE is in that directory, too */
}

void answers_open(struct answers *answers, const char *path, bool want_resume, char *const *inputs)
{
	*answers = (struct answers){.reader = -1, .ledger = {.fd = -1, .in = -1}};
	distinct_from_inputs(path, inputs);
	if (!path || strcmp(path, "-") == 0) {
		output_open(&answers->out, NULL);
		answers->reader = answers->out.fd;
	} else if (is_regular(path)) {
		open_file(answers, path, want_resume, inputs);
	} else if (want_resume) {
		cli_die(CLI_USAGE, "--resume: %s is no regular file", path);
	} else {
		output_open_direct(&answers->out, path, true);
	}
}

static void look_at_waiting(void *ctx, const struct record *record)
{
	if (waits(ctx, record))
		remember(ctx, record);
}

/* Reads a file of answers, if it is there, without touching it. */
static void look_into(struct answers *answers, const char *name, bool ahead, bool want_resume)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return;
	if (fd < 0 || fstat(fd, &st) < 0)
		cli_die(CLI_CANTCREAT, "cannot read %s: %s", name, strerror(errno));
	if (st.st_size) {
		if (!want_resume)
			refuse_to_add(name);
		answers->records =
		        records_read(fd, name, ahead, ahead ? look_at_waiting : remember, answers)
		                .records;
	}
	(void)close(fd);
}

void answers_look(struct answers *answers, const char *path, bool want_resume)
{
	char *ahead;

	*answers = (struct answers){.reader = -1, .ledger = {.fd = -1, .in = -1}};
	if (!path || strcmp(path, "-") == 0 || !is_regular(path))
		return;
	look_into(answers, path, false, want_resume);
	ahead = name_ahead(path);
	look_into(answers, ahead, true, want_resume);
	free(ahead);
}

/* ---- a run ---- */

void answers_write(struct answers *answers, struct oc_text line, size_t kept)
{
	if (is_file(answers))
		ledger_append(&answers->ledger, line);
	else
		output_write(&answers->out, line.p, line.n);
	answers->written++;
	answers->ahead.live -= kept;
}

void answers_settle(struct answers *answers)
{
	struct ahead *ahead = &answers->ahead;

	if (!is_file(answers))
		return;
	if (answers->sync && answers->ledger.unsynced)
		ledger_sync(&answers->ledger);
	if (!ahead->live)
		clear_ahead(ahead);
	if (answers->sync && ahead->ledger.unsynced)
		ledger_sync(&ahead->ledger);
}

bool answers_end(struct answers *answers)
{
	answers_settle(answers);
	if (is_file(answers))
		ledger_check(&answers->ledger);
	return !answers->ledger.lost;
}

void answers_close(struct answers *answers)
{
	if (!is_file(answers)) {
		output_commit(&answers->out);
		return;
	}
	ledger_sync(&answers->ledger);
	remove_ahead(&answers->ahead);
	free(answers->ahead.fresh);
	free(answers->ahead.name);
	ledger_close(&answers->ledger);
}
