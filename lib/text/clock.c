/* SPDX-License-Identifier: MIT */
/* clock.c: the clock by which time limits are kept. */
#include "compat.h"

#include "text/clock.h"

double oc_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}
