/* SPDX-License-Identifier: MIT */
/* retry.h: when to try again. Pure: time and chance are arguments. */
#ifndef OC_RETRY_H
#define OC_RETRY_H

#include "oc.h"

#define OC_BACKOFF_MAX     60.0  /* s; longest wait of our own choosing */
#define OC_RETRY_AFTER_MAX 120.0 /* s; a longer wish of the server's needs a deadline */
#define OC_LOADING_WAIT    1.0   /* s; how often a server is asked that is loading its model */

/* What happened in the try that failed, and what is allowed then. */
struct oc_failure {
	int max_retries;       /* or OC_RETRY_ON */
	double backoff_factor; /* s */
	bool retry;            /* as judged: another try may help */
	bool loading;          /* as judged: this failure is no try */
	double retry_after;    /* s, as oc_retry_after() read it; < 0 = the server named none */
	int retries_made;      /* before this failure; those that count */
	double random;         /* uniform in [0, 1) */
	double time_left;      /* s until the deadline; < 0 = no deadline */
	double wait_left;      /* s for which loading is waited for; < 0 = for ever */
};

/*
 * True if another try should be made, after *wait seconds. The wait is the server's wish, else
 * min(factor * 2^k, OC_BACKOFF_MAX) * (0.75 .. 1.0), or OC_LOADING_WAIT where the model is being
 * loaded. A wait that would pass the deadline is no retry: its failure is certain. Nor is a wish
 * beyond OC_RETRY_AFTER_MAX, where there is no deadline.
 */
bool oc_retry(const struct oc_failure *failure, double *wait);

/*
 * The server's wish in seconds, from the raw header values ("" = absent). `retry-after-ms` is
 * preferred; `Retry-After` is a number of seconds or one of the three date forms of RFC 9110
 * 5.6.7. now: s since the epoch. -1 where there is no usable wish, which includes past dates.
 */
double oc_retry_after(const char *retry_after, const char *retry_after_ms, time_t now);

/*
 * What a server says of its limits before it refuses, in `x-ratelimit-remaining-*` and
 * `x-ratelimit-reset-*` (OpenAI's guide to rate limits; Groq's and Azure's follow it): how long, in
 * seconds, until a limit of which nothing remains is there again; -1 where something remains, or
 * nothing usable is said. remaining: a number; reset: a duration like `6m0s`, `1.2s` or `12ms`, or
 * seconds, or a time in seconds or milliseconds since the epoch, as `now` is.
 */
double oc_spent(const char *remaining, const char *reset, double now);

#endif
