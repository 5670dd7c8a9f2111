/* SPDX-License-Identifier: MIT */
/*
 * unit.h: the unit tests' harness. A program is a list of tests; unit.c runs them in their order,
 * and prints TAP. A check that fails says where and what, and ends its test.
 *
 *	TEST(adds_numbers)
 *	{
 *		CHECK_INT(1 + 1, 2);
 *	}
 */
#ifndef UNIT_H
#define UNIT_H

#include "compat.h"

#include <inttypes.h>
#include <setjmp.h>

#include "oc.h"

struct unit_test {
	const char *name;
	void (*run)(void);
	struct unit_test *next;
};

extern jmp_buf unit_failed;
extern const char *unit_skipped; /* why, if the test was not made */
extern unsigned long unit_checks;

/* Behind those that are there. */
void unit_add(struct unit_test *test);

/* Defines a test, which is in the list before main() begins. */
#define TEST(name)                                                         \
	static void test_##name(void);                                     \
	__attribute__((constructor)) static void add_##name(void)          \
	{                                                                  \
		static struct unit_test test = {#name, test_##name, NULL}; \
		unit_add(&test);                                           \
	}                                                                  \
	static void test_##name(void)

#define HERE __FILE__, __LINE__

/* Ends the test, which cannot be made here. */
#define SKIP(reason) (unit_skipped = (reason), longjmp(unit_failed, 1))

#define CHECK(condition)             unit_check(HERE, (condition), #condition)
#define CHECK_INT(got, want)         unit_int(HERE, #got, (intmax_t)(got), (intmax_t)(want))
#define CHECK_STR(got, want)         unit_str(HERE, #got, (got), (want))
#define CHECK_MEM(p, n, want, wantn) unit_mem(HERE, #p, (p), (n), (want), (wantn))

static inline void unit_fail(const char *file, int line)
{
	printf("# %s:%d\n", file, line);
	longjmp(unit_failed, 1);
}

static inline void unit_check(const char *file, int line, bool ok, const char *text)
{
	unit_checks++;
	if (!ok) {
		printf("# false: %s\n", text);
		unit_fail(file, line);
	}
}

static inline void unit_int(const char *file, int line, const char *text, intmax_t got,
                            intmax_t want)
{
	unit_checks++;
	if (got != want) {
		printf("# %s is %jd, not %jd\n", text, got, want);
		unit_fail(file, line);
	}
}

static inline void unit_str(const char *file, int line, const char *text, const char *got,
                            const char *want)
{
	unit_checks++;
	if (!got || !want ? got != want : strcmp(got, want) != 0) {
		printf("# %s is \"%s\", not \"%s\"\n", text, got ? got : "(null)",
		       want ? want : "(null)");
		unit_fail(file, line);
	}
}

static inline void unit_mem(const char *file, int line, const char *text, const char *got, size_t n,
                            const char *want, size_t wantn)
{
	unit_checks++;
	if (n != wantn || (n && memcmp(got, want, n) != 0)) {
		printf("# %s is \"%.*s\" (%zu bytes), not \"%.*s\" (%zu bytes)\n", text,
		       (int)(n > 200 ? 200 : n), got, n, (int)(wantn > 200 ? 200 : wantn), want,
		       wantn);
		unit_fail(file, line);
	}
}

#endif
