/* SPDX-License-Identifier: MIT */
/*
 * shim.c: put before the C library with LD_PRELOAD, it tells what a command asks of the system, and
 * lets that fail, hang or kill. With `"${shim[@]}"` of tests/helpers.bash, commands run so.
 *
 *	SHIM_LOG=FILE        a line for each call: its name, and the files that it is about; for
 *	                     writes only with SHIM_ONLY
 *	SHIM_ONLY=PREFIX     only calls about files whose name begins so count
 *	SHIM=NAME:WHAT,...   what happens with calls of NAME; `WHAT@N`: with the Nth one, from 1
 *
 * WHAT is the number of the errno that the call fails with, or
 *
 *	hang    only a signal ends the call
 *	kill    the program is killed instead
 *	half    half of what was to be written is, and nothing after that: the disk is full
 *	run     the shell command $SHIM_RUN is run before the call
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tell(const char *line)
{
	const char *path = getenv("SHIM_LOG");
	int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : -1;

	if (fd < 0)
		return;
	if (syscall(SYS_write, fd, line, strlen(line)) < 0)
		abort();
	(void)close(fd);
}

static int counts(const char *path)
{
	const char *only = getenv("SHIM_ONLY");
	const char *slash = strrchr(path, '/');

	return !only || strncmp(slash ? slash + 1 : path, only, strlen(only)) == 0;
}

/* What SHIM says of this call, the `number`th of its name; NULL = nothing. */
static const char *word_of(const char *name, unsigned number)
{
	const char *at = getenv("SHIM");
	size_t n = strlen(name);

	for (; at; at = strchr(at, ',')) {
		const char *word = at += *at == ',';
		size_t len;

		if (strncmp(at, name, n) != 0 || at[n] != ':')
			continue;
		word += n + 1;
		len = strcspn(word, ",@");
		if (word[len] != '@' || strtoul(word + len + 1, NULL, 10) == number)
			return word;
	}
	return NULL;
}

static int is(const char *word, const char *what)
{
	return word && strncmp(word, what, strlen(what)) == 0;
}

/* What happens with this call. True if it is to fail, with errno. */
static int fails(const char *name, const char *path, unsigned *number, const char **word)
{
	char line[2 * PATH_MAX + 32];

	*word = NULL;
	if (!counts(path))
		return 0;
	(void)snprintf(line, sizeof line, "%s %s\n", name, path);
	if (strcmp(name, "write") != 0 || getenv("SHIM_ONLY"))
		tell(line);
	*word = word_of(name, ++*number);
	while (is(*word, "hang"))
		(void)pause();
	if (is(*word, "kill"))
		(void)raise(SIGKILL);
	if (is(*word, "run") && (unsetenv("LD_PRELOAD") || system(getenv("SHIM_RUN")) != 0))
		abort();
	if (!*word || **word < '0' || **word > '9')
		return 0;
	errno = (int)strtol(*word, NULL, 10);
	return 1;
}

/* The same for a descriptor. */
static int fails_on(const char *name, int fd, unsigned *number, const char **word)
{
	char link[64];
	char path[PATH_MAX] = "";

	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	if (readlink(link, path, sizeof path - 1) < 0)
		path[0] = '\0';
	return fails(name, path, number, word);
}

/* ---- calls ---- */

ssize_t write(int fd, const void *p, size_t n)
{
	static unsigned number;
	static int full; /* the descriptor that nothing more can be written to */
	const char *word;
	int failed = fails_on("write", fd, &number, &word);

	if (is(word, "half")) {
		full = fd;
		n /= 2;
	} else if (full && full == fd) {
		errno = ENOSPC;
		return -1;
	}
	return failed ? -1 : syscall(SYS_write, fd, p, n);
}

int fsync(int fd)
{
	static unsigned number;
	const char *word;

	return fails_on("fsync", fd, &number, &word) ? -1 : (int)syscall(SYS_fsync, fd);
}

int ftruncate(int fd, off_t n)
{
	static unsigned number;
	const char *word;

	return fails_on("ftruncate", fd, &number, &word) ? -1 : (int)syscall(SYS_ftruncate, fd, n);
}

/* What it is called where the size of files has more than 32 bits. */
int ftruncate64(int fd, off64_t n)
{
	return ftruncate(fd, n);
}

int fchmod(int fd, mode_t mode)
{
	static unsigned number;
	const char *word;

	return fails_on("fchmod", fd, &number, &word) ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int flock(int fd, int operation)
{
	static unsigned number;
	const char *word;

	return fails_on("flock", fd, &number, &word) ? -1 : (int)syscall(SYS_flock, fd, operation);
}

int unlink(const char *path)
{
	static unsigned number;
	const char *word;

	return fails("unlink", path, &number, &word) ? -1 : unlinkat(AT_FDCWD, path, 0);
}

int rename(const char *from, const char *to)
{
	static unsigned number;
	const char *word;
	char both[2 * PATH_MAX];

	(void)snprintf(both, sizeof both, "%s %s", from, to);
	return fails("rename", both, &number, &word) ? -1 : renameat(AT_FDCWD, from, AT_FDCWD, to);
}
