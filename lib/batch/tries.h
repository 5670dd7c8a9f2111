/* SPDX-License-Identifier: MIT */
/*
 * tries.h: which tries of a line of a batch count, and when the line is given up. Pure: time and
 * chance are arguments.
 *
 * A call that is alone has so many tries. In a batch it can be seen whether it is the line that
 * fails, or the server:
 *
 * - A refusal as one too many (429, 503) uses up no try while the server takes others: while any is
 *   under way beside it, or has been answered since the line failed last. With that alone, a line
 *   that is refused for what it is would be asked for ever. So a refusal is held against the line
 *   where another one that was sent after it had failed before is answered by now, and
 *   OC_TRIES_BLAME_MAX of these are the end.
 * - While the server answers nobody, no line is given up before that has lasted as long as the
 *   waits of all tries of one line together; or, where the server refuses and has answered before,
 *   longer than a minute, because rates are counted by the minute. The last try of a line is not
 *   made sooner.
 */
#ifndef OC_TRIES_H
#define OC_TRIES_H

#include "call/retry.h"

enum {
	OC_TRIES_BLAME_MAX = 20,
	OC_TRIES_SUSPECT = 1, /* from here on, refusals of the line say nothing of the server */
};

/* The server, as all lines together see it. */
struct oc_outlook {
	double answered_at; /* -HUGE_VAL = never */
	double newest;      /* when the last one was sent of those that were answered */
	double down_since;  /* the first failure after that; HUGE_VAL = none */
};

void oc_outlook_init(struct oc_outlook *outlook);

/* A request that was sent at that time has been answered, be it with an error that stays. */
void oc_outlook_answered(struct oc_outlook *outlook, double sent, double now);

/* A request has failed in a way that may pass. */
void oc_outlook_failed(struct oc_outlook *outlook, double now);

/* What a line has been through. */
struct oc_tries {
	int made;
	int counted; /* failures that use up tries */
	int blame;
	double failed_at; /* when it failed last; until then, when it was sent first */
	bool wall;        /* to ask anything else is of no use either: the server takes nothing, and
	                     names a time that is not waited for */
};

/* How it failed. */
struct oc_trial {
	struct oc_failure failure; /* but for retries_made */
	bool slow;                 /* refused as one too many */
	bool alone;                /* no other was under way */
	bool risky;                /* it was sent to see whether the server takes one more */
	double now;
};

/* A line that was sent has failed, and the outlook knows of it. True if it is to be tried again,
 * after *wait seconds. The time that a server names with a refusal is left to the throttle. */
bool oc_tries_again(struct oc_tries *tries, const struct oc_outlook *outlook,
                    const struct oc_trial *trial, double *wait);

#endif
