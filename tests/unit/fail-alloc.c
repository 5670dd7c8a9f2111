/* SPDX-License-Identifier: MIT */
/* fail-alloc.c: the allocation functions of the unit programs, by the linker's --wrap. */
#include "compat.h"

#include <errno.h>
#include <stdint.h>

#include "fail-alloc.h"

void *__real_malloc(size_t n);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_calloc(size_t count, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);
void __wrap_free(void *p);

static unsigned long due; /* allocations until the one that fails; 0 = none does */
static bool fail_all;
static bool failed;
static _Atomic long live; /* a thread may release what it was given */

void fail_alloc_from(unsigned long nth, bool all)
{
	due = nth;
	fail_all = all;
	failed = false;
}

bool fail_alloc_stop(void)
{
	due = 0;
	return failed;
}

long fail_alloc_live(void)
{
	return live;
}

static bool fails(void)
{
	if (!due)
		return false;
	if (due > 1) {
		due--;
		return false;
	}
	due = fail_all;
	failed = true;
	errno = ENOMEM;
	return true;
}

static void *counted(void *p)
{
	live += p != NULL;
	return p;
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : counted(__real_malloc(n));
}

/* The C library's own may call malloc(), as that of musl does. */
void *__wrap_calloc(size_t count, size_t n)
{
	void *p = n && count > SIZE_MAX / n ? NULL : __wrap_malloc(count * n);

	return p ? memset(p, 0, count * n) : NULL;
}

void *__wrap_realloc(void *p, size_t n)
{
	if (fails())
		return NULL;
	return p ? __real_realloc(p, n) : counted(__real_realloc(p, n));
}

char *__wrap_strndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = __wrap_malloc(len + 1);

	if (copy) {
		memcpy(copy, s, len);
		copy[len] = '\0';
	}
	return copy;
}

char *__wrap_strdup(const char *s)
{
	return __wrap_strndup(s, strlen(s));
}

void __wrap_free(void *p)
{
	live -= p != NULL;
	__real_free(p);
}
