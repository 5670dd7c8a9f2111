/* SPDX-License-Identifier: MIT */
/* buf.c: a growing byte buffer with a ceiling. */
#include "compat.h"

#include <stdarg.h>

#include "text/buf.h"

enum { FIRST_BLOCK = 64 };

/* What an empty buffer points to: shared, and never written to. */
static char nothing[1];

void oc_buf_init(struct oc_buf *b, size_t max)
{
	*b = (struct oc_buf){.p = nothing, .max = max};
}

void oc_buf_release(struct oc_buf *b)
{
	if (b->cap)
		free(b->p);
	oc_buf_init(b, b->max);
}

void oc_buf_wipe(struct oc_buf *b)
{
	explicit_bzero(b->p, b->n);
	oc_buf_release(b);
}

void oc_buf_clear(struct oc_buf *b)
{
	b->n = 0;
	b->bad = OC_OK;
	if (b->cap)
		b->p[0] = '\0';
}

/* Doubling keeps appending linear; beyond a mebibyte a half more is enough, and keeps the peak
 * nearer to the content. */
static size_t next_cap(const struct oc_buf *b, size_t need)
{
	size_t cap = b->cap ? b->cap : FIRST_BLOCK;

	while (cap < need)
		cap += cap < ((size_t)1 << 20) ? cap : cap / 2;
	return cap > b->max ? b->max + 1 : cap;
}

char *oc_buf_room(struct oc_buf *b, size_t n)
{
	char *p;
	size_t cap;

	if (b->bad)
		return NULL;
	if (n > b->max - b->n) {
		b->bad = OC_EPROTO;
		return NULL;
	}
	if (b->n + n < b->cap)
		return b->p + b->n;
	cap = next_cap(b, b->n + n + 1);
	p = realloc(b->cap ? b->p : NULL, cap);
	if (!p) {
		b->bad = OC_ENOMEM;
		return NULL;
	}
	p[b->n] = '\0';
	b->p = p;
	b->cap = cap;
	return b->p + b->n;
}

void oc_buf_grew(struct oc_buf *b, size_t n)
{
	b->n += n;
	b->p[b->n] = '\0';
}

void oc_buf_add(struct oc_buf *b, const void *p, size_t n)
{
	char *to = n ? oc_buf_room(b, n) : NULL;

	if (to) {
		memcpy(to, p, n);
		oc_buf_grew(b, n);
	}
}

void oc_buf_puts(struct oc_buf *b, const char *s)
{
	oc_buf_add(b, s, strlen(s));
}

void oc_buf_putc(struct oc_buf *b, char c)
{
	oc_buf_add(b, &c, 1);
}

void oc_buf_printf(struct oc_buf *b, const char *fmt, ...)
{
	va_list ap;
	char *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	to = n > 0 ? oc_buf_room(b, (size_t)n) : NULL;
	if (!to)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(to, (size_t)n + 1, fmt, ap);
	va_end(ap);
	oc_buf_grew(b, (size_t)n);
}

void oc_buf_cut(struct oc_buf *b, size_t n)
{
	if (n == b->n)
		return;
	b->n = n;
	b->p[n] = '\0';
}

void oc_buf_drop(struct oc_buf *b, size_t n)
{
	if (!n)
		return;
	b->n -= n;
	memmove(b->p, b->p + n, b->n);
	b->p[b->n] = '\0';
}

char *oc_buf_detach(struct oc_buf *b)
{
	char *p;

	if (b->bad) {
		oc_buf_release(b);
		return NULL;
	}
	p = b->cap ? b->p : calloc(1, 1);
	oc_buf_init(b, b->max);
	return p;
}
