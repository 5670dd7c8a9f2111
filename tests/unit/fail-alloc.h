/* SPDX-License-Identifier: MIT */
/*
 * fail-alloc.h: what happens when memory is out. Unit programs are linked so that malloc, calloc,
 * realloc, strdup, strndup and free, as far as the library and the tests call them, go through
 * fail-alloc.c (what libcurl and the C library allocate does not). A test gives an operation:
 *
 *	static int parse(void *ctx)
 *	{
 *		struct oc_thing thing;
 *		int rc = oc_thing_parse(&thing, ctx);
 *
 *		oc_thing_release(&thing);
 *		return rc;
 *	}
 *
 *	TEST(survives_without_memory)
 *	{
 *		CHECK(fail_each_alloc(parse, "text") > 0);
 *	}
 *
 * The operation releases all that it has allocated, and starts afresh each time. It returns 0 when
 * it has got what it should, OC_ENOMEM when it was told that memory is out.
 */
#ifndef FAIL_ALLOC_H
#define FAIL_ALLOC_H

#include "unit.h"

/* The nth allocation from now on fails (1: the next one), and so do the later ones if `all`. */
void fail_alloc_from(unsigned long nth, bool all);

/* From now on none fails. Has one? */
bool fail_alloc_stop(void);

/* Blocks allocated and not yet freed. */
long fail_alloc_live(void);

/*
 * Runs the operation with its first allocation failing, then its second, and so on, until it no
 * longer comes to the one that would fail; each once with the later ones good, and once with the
 * later ones failing too. Checks what it returns, and that it leaks nothing. Returns the number
 * of allocations that it makes.
 */
static inline unsigned long fail_each_alloc(int (*operation)(void *ctx), void *ctx)
{
	for (unsigned long run = 0;; run++) {
		long live = fail_alloc_live();
		bool failed;
		int rc;

		fail_alloc_from(1 + run / 2, run % 2);
		rc = operation(ctx);
		failed = fail_alloc_stop();
		CHECK_INT(rc, failed ? OC_ENOMEM : OC_OK);
		CHECK_INT(fail_alloc_live(), live);
		if (!failed)
			return run / 2;
	}
}

#endif
