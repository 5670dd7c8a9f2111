/* SPDX-License-Identifier: MIT */
/*
 * throttle.h: how many requests a server is sent at a time, and how fast. Pure: time is an
 * argument, in seconds on any clock that does not run backwards.
 *
 * The number under way has a ceiling, is halved when the server says that it has too many, and
 * grows again by one with each round of successes, as TCP's congestion window does. The rate is a
 * token bucket, small, so that requests are spread evenly.
 */
#ifndef OC_THROTTLE_H
#define OC_THROTTLE_H

#include "oc.h"

struct oc_throttle {
	unsigned ceiling;
	unsigned limit;    /* of requests under way, now; 1 to ceiling */
	unsigned streak;   /* successes since the limit changed */
	double cut_at;     /* when the limit was halved last */
	double quiet_till; /* the server asked for silence until then */
	double rate;       /* requests per second; 0 = as many as there are */
	double tokens;
	double filled_at; /* when the tokens were counted last */
};

/* rate: requests per second, 0 = no limit. */
void oc_throttle_init(struct oc_throttle *t, unsigned ceiling, double rate, double now);

/* How long until the next request may start, with so many under way: 0 = now; < 0 = not before one
 * of them has ended. */
double oc_throttle_wait(struct oc_throttle *t, unsigned running, double now);

void oc_throttle_started(struct oc_throttle *t);
void oc_throttle_succeeded(struct oc_throttle *t);

/*
 * The server has refused a request as one too many. started: when that request was sent; running:
 * how many were under way, itself included; retry_after: s, < 0 = the server named no time. Of
 * requests that were sent before the last halving the limit knows already. Returns whether fewer
 * requests at a time might have prevented it: true but for a request that was alone.
 */
bool oc_throttle_refused(struct oc_throttle *t, double started, unsigned running,
                         double retry_after, double now);

#endif
