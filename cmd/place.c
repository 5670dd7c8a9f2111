/* SPDX-License-Identifier: MIT */
/* place.c: what the name of an output means. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "files.h"
#include "place.h"
#include "text/buf.h"

enum { LINKS_MAX = 40 }; /* as many as Linux follows */

/* Where a symbolic link leads; NULL if path is none. */
static char *target_of(const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof target);
	struct oc_buf joined = {0};

	if (n <= 0)
		return NULL;
	oc_buf_init(&joined, 2 * sizeof target);
	if (*target != '/')
		oc_buf_add(&joined, path, files_directory(path));
	oc_buf_add(&joined, target, (size_t)n);
	return oc_buf_detach(&joined);
}

/* ---- descriptors ---- */

static bool is_same_directory(const char *path, const char *other)
{
	char *a = realpath(path, NULL);
	char *b = realpath(other, NULL);
	bool same = a && b && strcmp(a, b) == 0;

	free(a);
	free(b);
	return same;
}

/* Is path, up to its last slash, where our descriptors are? /dev/fd need not be there. */
static bool is_among_descriptors(const char *path, const char *slash)
{
	struct oc_buf dir = {0};
	bool is;

	oc_buf_init(&dir, PATH_MAX);
	oc_buf_add(&dir, path, (size_t)(slash - path));
	is = strcmp(dir.p, "/dev/fd") == 0 || is_same_directory(dir.p, "/proc/self/fd") ||
	     is_same_directory(dir.p, "/proc/thread-self/fd");
	oc_buf_release(&dir);
	return is;
}

static int number_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *digits = slash ? slash + 1 : "";
	size_t n = strlen(digits);

	if (!n || n > 9 || strspn(digits, "0123456789") < n || !is_among_descriptors(path, slash))
		return -1;
	return (int)strtol(digits, NULL, 10);
}

int place_descriptor(const char *path)
{
	char *at = strdup(path);
	int fd = -1;

	for (int i = 0; at && fd < 0 && i < LINKS_MAX; i++) {
		char *target;

		if (strcmp(at, "/dev/stdout") == 0)
			fd = STDOUT_FILENO;
		else if (strcmp(at, "/dev/stderr") == 0)
			fd = STDERR_FILENO;
		else
			fd = number_of(at);
		target = fd < 0 ? target_of(at) : NULL;
		free(at);
		at = target;
	}
	free(at);
	return fd;
}

bool place_writable(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY)
		errno = EBADF;
	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

int place_open(const char *path, int flags)
{
	int fd = place_descriptor(path);

	if (fd >= 0)
		fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	else
		fd = open(path, flags | O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	return fd >= 0 && place_writable(fd) ? fd : -1;
}

/* ---- files ---- */

char *place_real(const char *path)
{
	char *real = realpath(path, NULL);
	char *target;

	if (real)
		return real;
	real = strdup(path);
	while (real && errno == ENOENT && (target = target_of(real)) != NULL) {
		free(real);
		real = target;
	}
	return real;
}
