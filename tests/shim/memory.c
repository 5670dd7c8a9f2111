/* SPDX-License-Identifier: MIT */
/*
 * memory.c: put before the C library with LD_PRELOAD, it lets memory be short.
 *
 *	MEMORY=N      the Nth allocation of the program itself fails, from 1 (not those of its
 *	              libraries)
 *	MEMORY_LOG=F  made when that has happened
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t count, size_t n);
extern void *__libc_realloc(void *p, size_t n);

static void tell(void)
{
	const char *path = getenv("MEMORY_LOG");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;

	if (fd >= 0)
		(void)close(fd);
}

/* caller: where the allocation was asked for. */
static int fails(void *caller)
{
	static _Atomic unsigned long number;
	const char *due = getenv("MEMORY");
	Dl_info asking;

	if (!due || !dladdr(caller, &asking) ||
	    strcmp(asking.dli_fname, program_invocation_name) != 0 ||
	    ++number != strtoul(due, NULL, 10))
		return 0;
	tell();
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *calloc(size_t count, size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, n);
}

void *realloc(void *p, size_t n)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(p, n);
}
