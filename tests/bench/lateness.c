/* SPDX-License-Identifier: MIT */
/*
 * lateness: reads lines that are times on the monotonic clock, in seconds, as the loopback server
 * stamps them, and prints how much later each line could be read: median and maximum.
 */
#include "compat.h"

#include <unistd.h>

#include "text/num.h"

enum { LINES_MAX = 10000 };

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return (*x > *y) - (*x < *y);
}

int main(void)
{
	static double late[LINES_MAX];
	char block[4096];
	char *save;
	size_t n = 0;
	ssize_t got;

	/* A chunk is a line, and is written at once: what one read brings are whole lines. */
	while ((got = read(STDIN_FILENO, block, sizeof block - 1)) > 0) {
		double arrived = now();

		block[got] = '\0';
		for (char *line = strtok_r(block, "\n", &save); line && n < LINES_MAX;
		     line = strtok_r(NULL, "\n", &save)) {
			double sent;

			if (oc_num_double(line, &sent))
				late[n++] = arrived - sent;
		}
	}
	if (!n)
		return 1;
	qsort(late, n, sizeof *late, by_size);
	printf("%zu chunks: median %.3f ms, maximum %.3f ms\n", n, late[n / 2] * 1e3,
	       late[n - 1] * 1e3);
	return 0;
}
