/* SPDX-License-Identifier: MIT */
/* ledger.c: a file that one program at a time appends lines to. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/buf.h"
#include "files.h"
#include "ledger.h"
#include "signals.h"
#include "text/hash.h"

enum {
	OPEN_TRIES = 100, /* while others put one file after the other in its place */
	BLOCK = 64 * 1024,
};

/* ---- opening ---- */

/* False: another program has it. */
static bool lock(int fd, const char *path)
{
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK)
			return false;
		if (errno != EINTR)
			cli_die(CLI_CANTCREAT, "cannot lock %s: %s", path, strerror(errno));
	}
	return true;
}

static bool has_name(int fd, const char *path)
{
	struct stat named;
	struct stat st;

	return stat(path, &named) == 0 && fstat(fd, &st) == 0 && files_same(&named, &st);
}

enum opened { OPENED, LOCKED, LOST };

/* Opens and locks the file. LOCKED: another program has done so. LOST: it has lost its name by
 * then, and the lock is worth nothing. */
static enum opened try_to_open(struct ledger *ledger, int flags, mode_t mode)
{
	const char *name = ledger->name;
	struct stat st;

	flags |= O_CLOEXEC | O_NOCTTY;
	ledger->in = -1;
	ledger->fd = open(name, flags | O_WRONLY | O_APPEND | O_CREAT, mode);
	if (ledger->fd < 0 || fstat(ledger->fd, &st) < 0)
		cli_die(CLI_CANTCREAT, "cannot open %s for writing: %s", name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		cli_die(CLI_CANTCREAT, "%s is no regular file", name);
	if (!lock(ledger->fd, name)) {
		(void)close(ledger->fd);
		return LOCKED;
	}
	ledger->in = open(name, (flags & ~O_EXCL) | O_RDONLY);
	if (ledger->in < 0 && errno != ENOENT)
		cli_die(CLI_CANTCREAT, "cannot read %s: %s", name, strerror(errno));
	if (ledger->in >= 0 && has_name(ledger->fd, name) && has_name(ledger->in, name))
		return OPENED;
	if (ledger->in >= 0)
		(void)close(ledger->in);
	(void)close(ledger->fd);
	return LOST;
}

static void forget(struct ledger *ledger, off_t size)
{
	ledger->begin = ledger->end = size;
	ledger->sum = 0;
}

static off_t size_of(const struct ledger *ledger)
{
	struct stat st;

	if (fstat(ledger->fd, &st) < 0)
		cli_die(CLI_IOERR, "cannot look at %s: %s", ledger->name, strerror(errno));
	return st.st_size;
}

/* False: another program has the lock. */
static bool open_named(struct ledger *ledger, const char *name, int flags, mode_t mode)
{
	enum opened opened;
	int tries = 1;

	*ledger = (struct ledger){.name = name};
	while ((opened = try_to_open(ledger, flags, mode)) == LOST) {
		if (tries++ == OPEN_TRIES)
			cli_die(CLI_CANTCREAT, "another program keeps replacing %s", name);
	}
	if (opened == OPENED)
		forget(ledger, size_of(ledger));
	return opened == OPENED;
}

void ledger_open(struct ledger *ledger, const char *name, int flags)
{
	if (!open_named(ledger, name, flags, 0666))
		cli_die(CLI_CANTCREAT, "%s is being written by another oc-batch", name);
}

bool ledger_open_own(struct ledger *ledger, const char *name)
{
	return open_named(ledger, name, O_NONBLOCK, 0600); /* a pipe is not waited for */
}

/* ---- whether it is as it was left ---- */

/* Is what we have written where we have written it? */
static bool is_all_there(const struct ledger *ledger)
{
	char block[BLOCK];
	uint64_t sum = 0;

	for (off_t at = ledger->begin; at < ledger->end;) {
		size_t left = (size_t)(ledger->end - at);
		ssize_t n = pread(ledger->in, block, left < BLOCK ? left : BLOCK, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		sum = oc_hash_add(sum, block, (size_t)n);
		at += n;
	}
	return sum == ledger->sum;
}

bool ledger_is_untouched(const struct ledger *ledger)
{
	return !ledger->lost && size_of(ledger) == ledger->end &&
	       has_name(ledger->fd, ledger->name);
}

/* Says what others have done to the file; from here on it counts as it is now. */
static void complain(struct ledger *ledger)
{
	off_t size = size_of(ledger);
	bool lost = true;

	if (!has_name(ledger->fd, ledger->name)) {
		cli_warn("%s has been moved, removed or replaced: the answers of this run are not "
		         "in "
		         "the file that has this name now",
		         ledger->name);
	} else if (size < ledger->end || !is_all_there(ledger)) {
		cli_warn("%s has been changed by another program: answers may be lost",
		         ledger->name);
	} else {
		cli_note("another program has added to %s", ledger->name);
		lost = false;
	}
	ledger->lost = lost;
	forget(ledger, size);
}

void ledger_check(struct ledger *ledger)
{
	if (!ledger->lost && (!ledger_is_untouched(ledger) || !is_all_there(ledger)))
		complain(ledger);
}

/* ---- writing ---- */

/* Takes back what was written of a line, n bytes, if it is what the file ends in. */
static void take_back(const struct ledger *ledger, const char *p, size_t n)
{
	off_t at = size_of(ledger) - (off_t)n;
	struct ledger piece = {.in = ledger->in, .begin = at, .end = at + (off_t)n};

	piece.sum = oc_hash_add(0, p, n);
	if (n && at >= 0 && is_all_there(&piece) && ftruncate(ledger->fd, at) < 0)
		cli_warn("cannot take the torn last line of %s back: %s", ledger->name,
		         strerror(errno));
}

static bool append(struct ledger *ledger, struct oc_text text)
{
	size_t done = files_write(ledger->fd, text);
	int error = errno;

	ledger->unsynced = true;
	if (done < text.n) {
		take_back(ledger, text.p, done);
		cli_warn("cannot write to %s: %s", ledger->name, strerror(error));
		return false;
	}
	ledger->sum = oc_hash_add(ledger->sum, text.p, text.n);
	ledger->end += (off_t)text.n;
	return true;
}

bool ledger_end_line(struct ledger *ledger)
{
	return !files_torn(ledger->in) || append(ledger, (struct oc_text){"\n", 1});
}

bool ledger_try(struct ledger *ledger, struct oc_text line)
{
	struct oc_buf ended = {0};
	bool done;

	if (!ledger->lost && !ledger_is_untouched(ledger))
		complain(ledger);
	/* What we write has an end; what somebody else has written, perhaps not. */
	if (ledger->begin == ledger->end && !ledger_end_line(ledger))
		return false;
	if (line.p[line.n - 1] == '\n')
		return append(ledger, line);
	oc_buf_init(&ended, line.n + 1);
	oc_buf_add(&ended, line.p, line.n);
	oc_buf_putc(&ended, '\n');
	cli_need_memory(!ended.bad);
	done = append(ledger, oc_buf_text(&ended));
	oc_buf_release(&ended);
	return done;
}

void ledger_append(struct ledger *ledger, struct oc_text line)
{
	if (!ledger_try(ledger, line))
		cli_exit(CLI_IOERR);
}

void ledger_cut(struct ledger *ledger, off_t size, off_t n)
{
	if (size_of(ledger) != size)
		cli_die(CLI_IOERR, "%s is being written by another program", ledger->name);
	if (ftruncate(ledger->fd, n) < 0)
		cli_die(CLI_IOERR, "cannot shorten %s: %s", ledger->name, strerror(errno));
	forget(ledger, n);
}

/* ---- the disk ---- */

void ledger_sync(struct ledger *ledger)
{
	if (!files_sync(ledger->fd))
		cli_die(CLI_IOERR, "cannot bring %s to the disk: %s", ledger->name,
		        strerror(errno));
	ledger->unsynced = false;
}

void ledger_sync_name(const char *name)
{
	int n = (int)files_directory(name);

	if (!files_sync_name(name))
		cli_die(CLI_IOERR, "cannot bring %.*s to the disk: %s", n ? n : 1, n ? name : ".",
		        strerror(errno));
}

/* ---- names ---- */

void ledger_begin(struct ledger *fresh, const char *name)
{
	signals_guard_file(name);
	ledger_open(fresh, name, O_NOFOLLOW | O_EXCL);
}

bool ledger_replace(struct ledger *fresh, const char *name)
{
	if (!files_sync(fresh->fd) || rename(fresh->name, name) < 0)
		return false;
	signals_keep_file(fresh->name);
	fresh->name = name;
	ledger_sync_name(name);
	return true;
}

void ledger_drop(struct ledger *fresh)
{
	ledger_remove(fresh);
	signals_keep_file(fresh->name);
	ledger_close(fresh);
}

void ledger_remove(const struct ledger *ledger)
{
	if (has_name(ledger->fd, ledger->name))
		(void)unlink(ledger->name);
}

void ledger_close(struct ledger *ledger)
{
	bool failed = ledger->fd >= 0 && close(ledger->fd) < 0;

	if (ledger->in >= 0)
		(void)close(ledger->in);
	if (failed)
		cli_die(CLI_IOERR, "cannot write to %s: %s", ledger->name, strerror(errno));
	*ledger = (struct ledger){.fd = -1, .in = -1};
}
