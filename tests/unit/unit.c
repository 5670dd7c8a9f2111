/* SPDX-License-Identifier: MIT */
/* unit.c: runs the tests of a program. */
#include "unit.h"

jmp_buf unit_failed;
const char *unit_skipped;
unsigned long unit_checks;
static struct unit_test *first;
static struct unit_test **end = &first;
static int count;

void unit_add(struct unit_test *test)
{
	*end = test;
	end = &test->next;
	count++;
}

/* Weak: a program whose tests are files (test-suite.c) has its own. */
__attribute__((weak)) int main(void)
{
	volatile int number = 0, failed = 0;

	printf("1..%d\n", count);
	for (struct unit_test *volatile test = first; test; test = test->next) {
		unsigned long before = unit_checks;

		number++;
		if (setjmp(unit_failed) == 0) {
			test->run();
			if (unit_checks == before) {
				printf("# no check was made\n");
				longjmp(unit_failed, 1);
			}
			printf("ok %d - %s\n", number, test->name);
		} else if (unit_skipped) {
			printf("ok %d - %s # SKIP %s\n", number, test->name, unit_skipped);
			unit_skipped = NULL;
		} else {
			failed++;
			printf("not ok %d - %s\n", number, test->name);
		}
		(void)fflush(stdout);
	}
	return failed ? 1 : 0;
}
