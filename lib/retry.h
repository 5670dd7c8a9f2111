/* SPDX-License-Identifier: MIT */
/* retry.h: when to try again. Pure: time and chance are arguments. */
#ifndef OC_RETRY_H
#define OC_RETRY_H

#include "oc.h"

#define OC_BACKOFF_MAX     60.0  /* s; longest wait of our own choosing */
#define OC_RETRY_AFTER_MAX 120.0 /* s; a server's wish beyond this is not followed */

struct oc_retry_policy {
	int max_retries;
	double backoff_factor; /* s */
};

/* What happened in the try that failed. */
struct oc_failure {
	bool retry;         /* as judged: another try may help */
	double retry_after; /* s, as oc_retry_after() read it; < 0 = the server named none */
	int retries_made;   /* before this failure */
	double random;      /* uniform in [0, 1) */
	double time_left;   /* s until the deadline; < 0 = no deadline */
};

/*
 * True if another try should be made, after *wait seconds. The wait is the server's wish where that
 * is at most OC_RETRY_AFTER_MAX, else min(factor * 2^k, OC_BACKOFF_MAX) * (0.75 .. 1.0). A wait
 * that would pass the deadline is no retry: its failure is certain.
 */
bool oc_retry(const struct oc_retry_policy *policy, const struct oc_failure *failure, double *wait);

/*
 * The server's wish in seconds, from the raw header values (NULL = absent). `retry-after-ms` is
 * preferred; `Retry-After` is a number of seconds or one of the three date forms of RFC 9110
 * 5.6.7. now: s since the epoch. -1 where there is no usable wish, which includes past dates.
 */
double oc_retry_after(const char *retry_after, const char *retry_after_ms, time_t now);

#endif
