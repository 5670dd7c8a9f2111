/* SPDX-License-Identifier: MIT */
/* call.h: one call from its first try to its last. */
#ifndef OC_CALL_H
#define OC_CALL_H

#include "call/attempt.h"

struct oc_call {
	struct oc_question question; /* the caller adds these two between init and run; here, a */
	struct oc_attempt attempt;   /* sink, or a reader */
	double started;
	double asked; /* when the first request was sent; 0 = not yet */
	int retries;  /* those that count */
};

/* url and *reply are borrowed until oc_attempt_end(). deadline: on oc_now()'s clock, 0 = none. */
void oc_call_init(struct oc_call *call, struct oc_client *client, const char *url, double deadline,
                  struct oc_reply *reply);

/* Makes the tries. The last one, with its answer's body, stays in call->attempt, which is to be
 * ended after a failure, too. */
int oc_call_run(struct oc_call *call, struct oc_err *err);

#endif
