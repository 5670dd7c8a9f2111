/* SPDX-License-Identifier: MIT */
/*
 * shim.c: put before the C library with LD_PRELOAD, it tells what a command asks of the system, and
 * lets that fail or hang. With `"${shim[@]}"` of tests/helpers.bash, commands run so.
 *
 *	SHIM_LOG=FILE        a line for each call: its name and the files that it is about
 *	SHIM=NAME:WHAT,...   calls of NAME fail with the errno WHAT, a number, or hang: `hang`
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fsync(int fd);
int rename(const char *from, const char *to);

static void tell(const char *line)
{
	const char *path = getenv("SHIM_LOG");
	int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : -1;

	if (fd < 0)
		return;
	if (write(fd, line, strlen(line)) < 0)
		abort();
	(void)close(fd);
}

/* What SHIM says of this call; NULL = nothing. */
static const char *word_of(const char *name)
{
	const char *at = getenv("SHIM");
	size_t n = strlen(name);

	for (; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, name, n) == 0 && at[n] == ':')
			return at + n + 1;
	}
	return NULL;
}

/* True if the call is to fail, with errno. Where it is to hang, only a signal ends that. */
static int fails(const char *name)
{
	const char *word = word_of(name);

	if (!word)
		return 0;
	while (strncmp(word, "hang", 4) == 0)
		(void)pause();
	errno = (int)strtol(word, NULL, 10);
	return 1;
}

int fsync(int fd)
{
	int (*real)(int) = NULL;
	char link[64];
	char path[PATH_MAX] = "";
	char line[PATH_MAX + 16];

	*(void **)&real = dlsym(RTLD_NEXT, "fsync");
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	if (readlink(link, path, sizeof path - 1) < 0)
		path[0] = '\0';
	(void)snprintf(line, sizeof line, "fsync %s\n", path);
	tell(line);
	return fails("fsync") ? -1 : real(fd);
}

int rename(const char *from, const char *to)
{
	int (*real)(const char *, const char *) = NULL;
	char line[2 * PATH_MAX + 16];

	*(void **)&real = dlsym(RTLD_NEXT, "rename");
	(void)snprintf(line, sizeof line, "rename %s %s\n", from, to);
	tell(line);
	return fails("rename") ? -1 : real(from, to);
}
