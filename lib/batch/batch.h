/* SPDX-License-Identifier: MIT */
/*
 * batch.h: many calls under way at once over one pool of connections. Each has its own retries,
 * which hold up no other; all share one throttle.
 *
 * Jobs belong to the caller. They are added, move on inside oc_batch_step() only, and come back
 * from oc_batch_take() when they are done, in whatever order.
 */
#ifndef OC_BATCH_H
#define OC_BATCH_H

#include "call/attempt.h"
#include "batch/line.h"
#include "batch/tries.h"

struct oc_job {
	/* Set by the caller before oc_batch_add(), and borrowed until the job is taken. */
	struct oc_line line;
	struct oc_question question;
	void *ctx; /* the caller's */

	/* Valid when done. */
	struct oc_err err; /* code OC_OK on success */
	struct oc_reply reply;
	struct oc_buf received; /* for an envelope: the body, unless it was an event stream */
	char request_id[OC_FIELD_MAX];

	struct oc_tries tries;

	/* Private. */
	double started; /* when it would have been sent, had it not to wait for leave */
	double asked;   /* when it was sent first */
	double due;     /* when the next try may be made */
	struct oc_job *next;
};

void oc_job_init(struct oc_job *job);
void oc_job_release(struct oc_job *job);

struct oc_batch;

/* parallel: requests under way at most; rate: requests started per second, 0 = no limit. client is
 * borrowed; its configuration's max_time is a deadline for each job. */
int oc_batch_new(struct oc_client *client, unsigned parallel, double rate, struct oc_batch **out,
                 struct oc_err *err);

/* Gives up what is under way. Jobs that are not done are forgotten. */
void oc_batch_free(struct oc_batch *batch); /* NULL is fine */

/* A job is added once. */
void oc_batch_add(struct oc_batch *batch, struct oc_job *job);

/* From here on no request is started, so that jobs which wait for one are never done. */
void oc_batch_stop(struct oc_batch *batch);

/* Starts what may be started, waits as oc_http_step() does, at most wait_ms, and moves all on.
 * There must be something to wait for: a job, a descriptor, or a time. */
int oc_batch_step(struct oc_batch *batch, int wait_ms, struct pollfd *fds, unsigned nfds,
                  struct oc_err *err);

/* A job that is done, or NULL. */
struct oc_job *oc_batch_take(struct oc_batch *batch);

unsigned oc_batch_running(const struct oc_batch *batch); /* requests under way */
unsigned oc_batch_fresh(const struct oc_batch *batch);   /* jobs that were not tried yet */

/* Is no job left that will be done: under way, waiting for its time, or to be taken? Then a step
 * only waits for the caller's descriptors. */
bool oc_batch_idle(const struct oc_batch *batch);

#endif
