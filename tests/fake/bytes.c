/* SPDX-License-Identifier: MIT */
/* bytes.c: a growing buffer, and the ways to end. */
#include "fake.h"

#include <errno.h>
#include <stdarg.h>

void die(const char *fmt, ...)
{
	va_list args;

	(void)fputs("fake: ", stderr);
	va_start(args, fmt);
	(void)vfprintf(stderr, fmt, args);
	va_end(args);
	(void)fputc('\n', stderr);
	exit(1);
}

int64_t now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void bytes_room(struct bytes *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 256;

	while (cap - b->n < n)
		cap *= 2;
	if (cap == b->cap)
		return;
	b->p = realloc(b->p, cap);
	if (!b->p)
		die("no memory for %zu bytes", cap);
	b->cap = cap;
}

void bytes_add(struct bytes *b, const void *p, size_t n)
{
	bytes_room(b, n + 1);
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void bytes_puts(struct bytes *b, const char *s)
{
	bytes_add(b, s, strlen(s));
}

void bytes_printf(struct bytes *b, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0)
		die("cannot format %s", fmt);
	bytes_room(b, (size_t)n + 1);
	va_start(args, fmt);
	(void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, args);
	va_end(args);
	b->n += (size_t)n;
}

void bytes_drop(struct bytes *b, size_t n)
{
	if (!n)
		return;
	b->n -= n;
	memmove(b->p, b->p + n, b->n + 1);
}

void bytes_release(struct bytes *b)
{
	free(b->p);
	*b = (struct bytes){0};
}

void bytes_file(struct bytes *b, const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		die("%s: %s", path, strerror(errno));
	do {
		bytes_room(b, 65537);
		n = fread(b->p + b->n, 1, 65536, f);
		b->n += n;
	} while (n);
	if (ferror(f))
		die("%s: cannot be read", path);
	b->p[b->n] = '\0';
	(void)fclose(f);
}
