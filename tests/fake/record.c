/* SPDX-License-Identifier: MIT */
/* record.c: the exact bytes of every request, and a line for everything that happened. */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *directory;
static int events = -1;
static int64_t start;

static int create(const char *name, int flags)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof path, "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	return fd;
}

void record_open(const char *dir)
{
	if (!dir)
		return;
	directory = dir;
	start = now_us();
	if (mkdir(dir, 0777) < 0 && errno != EEXIST)
		die("%s: %s", dir, strerror(errno));
	events = create("events", O_APPEND | O_TRUNC);
}

static void write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t written = write(fd, p, n);

		if (written < 0)
			die("cannot record: %s", strerror(errno));
		p += written;
		n -= (size_t)written;
	}
}

void record_request(unsigned long k, const char *p, size_t n)
{
	char name[32];
	int fd;

	if (!directory)
		return;
	(void)snprintf(name, sizeof name, "request.%lu", k);
	fd = create(name, O_TRUNC);
	write_all(fd, p, n);
	(void)close(fd);
}

void record_event(unsigned long conn, const char *fmt, ...)
{
	int64_t t = now_us() - start;
	char line[512];
	va_list args;
	int n;
	int m;

	if (events < 0)
		return;
	n = snprintf(line, sizeof line, "%lld.%06lld c%lu ", (long long)(t / 1000000),
	             (long long)(t % 1000000), conn);
	va_start(args, fmt);
	m = vsnprintf(line + n, sizeof line - (size_t)n - 1, fmt, args);
	va_end(args);
	n += m;
	if (n > (int)sizeof line - 2)
		n = sizeof line - 2;
	line[n] = '\n';
	write_all(events, line, (size_t)n + 1);
}
