/* SPDX-License-Identifier: MIT */
/* batch.c: many calls under way at once: joins attempt, retry and throttle. */
#include "compat.h"

#include <math.h>
#include <poll.h>

#include "batch/batch.h"
#include "text/err.h"
#include "batch/throttle.h"

#define GAP_MAX     5.0 /* s; between two tests of a server that refuses everything */
#define LULL_MIN    0.1 /* s; between two fresh jobs, while nothing is answered */
#define LULL_MAX    1.0
#define WAIT_MAX_MS 3600e3

/* One request under way. */
struct slot {
	struct oc_attempt attempt;
	struct oc_job *job; /* NULL = free */
	struct oc_throttle_start start;
};

struct queue {
	struct oc_job *first;
	struct oc_job *last; /* where there is a first */
	unsigned n;
};

struct oc_batch {
	struct oc_client *client;
	struct oc_throttle throttle;
	struct oc_outlook outlook;
	double lull;          /* s */
	double fresh_from;    /* no fresh job is started before */
	double turn_at;       /* when to ask again for leave to send; 0 = it is not waited for */
	struct queue fresh;   /* not tried yet, in their order */
	struct oc_job *again; /* waiting for another try, by the time of it */
	struct queue done;
	unsigned running;
	unsigned nslots;
	bool stopped;
	struct slot slots[];
};

/* ---- jobs ---- */

void oc_job_init(struct oc_job *job)
{
	*job = (struct oc_job){.ctx = NULL};
	oc_line_init(&job->line);
	oc_reply_init(&job->reply);
	oc_buf_init(&job->received, OC_ANSWER_MAX);
}

void oc_job_release(struct oc_job *job)
{
	oc_line_release(&job->line);
	oc_reply_release(&job->reply);
	oc_buf_release(&job->received);
}

static void queue_put(struct queue *q, struct oc_job *job)
{
	job->next = NULL;
	if (q->first)
		q->last->next = job;
	else
		q->first = job;
	q->last = job;
	q->n++;
}

static struct oc_job *queue_take(struct queue *q)
{
	struct oc_job *job = q->first;

	if (!job)
		return NULL;
	q->first = job->next;
	q->n--;
	return job;
}

/* ---- beginning and end ---- */

/* A server that refuses everything is asked no less often than by a call that is alone. */
static double gap_max(const struct oc_config *cfg)
{
	int last = cfg->max_retries > 0 ? cfg->max_retries - 1 : 0;

	if (cfg->max_retries == OC_RETRY_ON)
		return GAP_MAX;
	return fmin(ldexp(cfg->backoff_factor, last), GAP_MAX);
}

int oc_batch_new(struct oc_client *client, unsigned parallel, double rate, struct oc_batch **out,
                 struct oc_err *err)
{
	struct oc_batch *batch = calloc(1, sizeof *batch + parallel * sizeof *batch->slots);

	*out = NULL;
	if (!batch)
		return oc_err_nomem(err);
	batch->client = client;
	batch->nslots = parallel;
	oc_throttle_init(&batch->throttle, parallel, rate, gap_max(client->cfg), oc_now());
	oc_outlook_init(&batch->outlook);
	*out = batch;
	return OC_OK;
}

void oc_batch_free(struct oc_batch *batch)
{
	if (!batch)
		return;
	oc_batch_stop(batch);
	for (unsigned i = 0; i < batch->nslots; i++) {
		if (!batch->slots[i].job)
			continue;
		oc_attempt_end(&batch->slots[i].attempt);
		oc_client_leave(batch->client, true);
	}
	free(batch);
}

void oc_batch_add(struct oc_batch *batch, struct oc_job *job)
{
	queue_put(&batch->fresh, job);
}

/* No request waits any more for leave to be sent. */
static void give_up_turn(struct oc_batch *batch)
{
	if (batch->turn_at > 0)
		oc_client_leave(batch->client, false);
	batch->turn_at = 0;
}

void oc_batch_stop(struct oc_batch *batch)
{
	batch->stopped = true;
	give_up_turn(batch);
}

struct oc_job *oc_batch_take(struct oc_batch *batch)
{
	return queue_take(&batch->done);
}

unsigned oc_batch_running(const struct oc_batch *batch)
{
	return batch->running;
}

unsigned oc_batch_fresh(const struct oc_batch *batch)
{
	return batch->fresh.n;
}

bool oc_batch_idle(const struct oc_batch *batch)
{
	bool waiting = !batch->stopped && (batch->fresh.first || batch->again);

	return !batch->running && !waiting && !batch->done.first;
}

/* ---- one try ---- */

static double deadline_of(const struct oc_batch *batch, const struct oc_job *job)
{
	return oc_client_deadline(batch->client, job->started);
}

static void finish(struct oc_batch *batch, struct oc_job *job)
{
	job->reply.seconds = oc_now() - job->started;
	queue_put(&batch->done, job);
}

static void start(struct oc_batch *batch, struct oc_job *job, double now)
{
	struct slot *slot = batch->slots;

	while (slot->job)
		slot++;
	if (!job->tries.made)
		job->asked = job->tries.failed_at = now;
	job->tries.made = ++job->reply.attempts;
	slot->attempt = (struct oc_attempt){
	        .client = batch->client,
	        .question = &job->question,
	        .url = batch->client->server.chat,
	        .deadline = deadline_of(batch, job),
	        .reply = &job->reply,
	};
	slot->start = oc_throttle_started(&batch->throttle, batch->running, now);
	if (oc_attempt_start(&slot->attempt, &job->err)) {
		oc_attempt_end(&slot->attempt);
		oc_client_leave(batch->client, true);
		finish(batch, job);
		return;
	}
	slot->job = job;
	batch->running++;
}

static void wait_again(struct oc_batch *batch, struct oc_job *job, double due)
{
	struct oc_job **link = &batch->again;

	while (*link && (*link)->due <= due)
		link = &(*link)->next;
	job->due = due;
	job->next = *link;
	*link = job;
}

/* What the end of a try says of the server. */
static void take_notice(struct oc_batch *batch, const struct slot *slot, double now)
{
	const struct oc_attempt *a = &slot->attempt;
	bool answered = !a->err.retry;

	if (answered) {
		oc_outlook_answered(&batch->outlook, slot->start.at, now);
		batch->lull = batch->fresh_from = 0;
	} else {
		oc_outlook_failed(&batch->outlook, now);
	}
	if (a->spent > 0)
		oc_throttle_spent(&batch->throttle, fmin(a->spent, OC_RETRY_AFTER_MAX), now);
	if (a->err.slow && slot->job->tries.blame >= OC_TRIES_SUSPECT)
		oc_throttle_void(&batch->throttle, now);
	else if (a->err.slow)
		oc_throttle_refused(&batch->throttle, &slot->start, batch->running - 1,
		                    a->retry_after, now);
	else if (a->x.status)
		oc_throttle_taken(&batch->throttle, &slot->start, now);
	/* While nothing is answered, fresh jobs are started one after the other. */
	if (!answered && !a->err.slow && slot->job->tries.made == 1 &&
	    batch->outlook.answered_at < slot->start.at) {
		batch->lull = fmin(fmax(LULL_MIN, 2 * batch->lull), LULL_MAX);
		batch->fresh_from = fmax(batch->fresh_from, slot->start.at + batch->lull);
	}
}

/* Is there to be another try, and after how long? */
static bool try_again(struct oc_batch *batch, const struct slot *slot, double now, double *wait)
{
	const struct oc_attempt *a = &slot->attempt;
	const struct oc_trial trial = {
	        .failure = oc_attempt_failure(a, slot->job->asked),
	        .slow = a->err.slow,
	        .alone = batch->running == 1,
	        .risky = slot->start.more,
	        .now = now,
	};

	return oc_tries_again(&slot->job->tries, &batch->outlook, &trial, wait);
}

static void log_try(const struct oc_batch *batch, const struct slot *slot)
{
	const struct oc_attempt *a = &slot->attempt;
	const struct oc_throttle *t = &batch->throttle;
	char told[OC_ATTEMPT_TOLD_MAX], rate[32] = "";

	if (!isinf(t->rate))
		(void)snprintf(rate, sizeof rate, ", %.3g/s", t->rate);
	oc_client_log(batch->client,
	              "line %llu, try %d: %s, %llu bytes; %u under way, at most %u%s",
	              (unsigned long long)slot->job->line.number, a->reply->attempts,
	              oc_attempt_tell(a, told), (unsigned long long)a->x.received, batch->running,
	              t->limit, rate);
}

static void keep_answer(const struct oc_batch *batch, struct oc_job *job, struct oc_attempt *a)
{
	oc_err_clear(&job->err);
	(void)oc_attempt_error(a, &job->err);
	memcpy(job->request_id, a->x.request_id, sizeof job->request_id);
	if (!job->line.envelope)
		return;
	job->received = a->received;
	oc_buf_init(&a->received, OC_ANSWER_MAX);
	if (oc_secrets_mask_body(&batch->client->secrets, &job->received))
		(void)oc_err_nomem(&job->err);
}

/* A try has ended: with another one to come, or for good. */
static void end_try(struct oc_batch *batch, struct slot *slot)
{
	struct oc_attempt *a = &slot->attempt;
	struct oc_job *job = slot->job;
	double now = oc_now();
	double wait = 0;

	oc_attempt_conceal(a);
	take_notice(batch, slot, now);
	log_try(batch, slot);
	if (oc_attempt_lower(a) || try_again(batch, slot, now, &wait)) {
		job->err = a->err;
		oc_reply_release(&job->reply); /* what a try left is not part of the next one */
		wait_again(batch, job, now + wait);
	} else {
		keep_answer(batch, job, a);
		finish(batch, job);
	}
	oc_attempt_end(a);
	oc_client_leave(batch->client, true);
	batch->turn_at = fmin(batch->turn_at, now);
	slot->job = NULL;
	batch->running--;
}

/* ---- all of them ---- */

/* A job whose deadline comes while it waits for its next try ends with the failure of the last.
 * Returns how long until the next deadline comes; HUGE_VAL = there is none. */
static double expire_again(struct oc_batch *batch, double now)
{
	struct oc_job **link = &batch->again;
	double wait = HUGE_VAL;

	while (*link) {
		struct oc_job *job = *link;
		double left = deadline_of(batch, job) - now;

		if (left > 0) {
			wait = fmin(wait, left);
			link = &job->next;
			continue;
		}
		*link = job->next;
		if (job->tries.made > 1)
			oc_err_reword(&job->err, "%s (after %d tries)", job->err.message,
			              job->tries.made);
		finish(batch, job);
	}
	return wait;
}

/* The same of a fresh job, of which only the first waits: for leave to be sent. */
static double expire_fresh(struct oc_batch *batch, double now)
{
	struct oc_job *job = batch->fresh.first;
	double left;

	if (!job || job->started <= 0)
		return HUGE_VAL;
	left = deadline_of(batch, job) - now;
	if (left > 0)
		return left;
	(void)oc_client_too_late(batch->client, &job->err);
	give_up_turn(batch);
	(void)queue_take(&batch->fresh);
	finish(batch, job);
	return 0;
}

static double expire(struct oc_batch *batch, double now)
{
	if (batch->client->cfg->max_time <= 0)
		return HUGE_VAL;
	return fmin(expire_again(batch, now), expire_fresh(batch, now));
}

/* How long until this job may be started, in view of the load. */
static double wait_for_load(struct oc_batch *batch, const struct oc_job *job, double now)
{
	enum oc_throttle_who who = !job->tries.made                      ? OC_THROTTLE_FRESH
	                           : job->tries.blame < OC_TRIES_SUSPECT ? OC_THROTTLE_AGAIN
	                                                                 : OC_THROTTLE_SUSPECT;

	return oc_throttle_wait(&batch->throttle, batch->running, who, now);
}

/* How long until a job may be started; HUGE_VAL = not before something else has happened. *job is
 * the one, which stays in its queue: one that failed before, or a fresh one. */
static double wait_for_start(struct oc_batch *batch, double now, struct oc_job **job)
{
	struct oc_job *old = batch->again, *new = batch->fresh.first;
	double again = HUGE_VAL, fresh = HUGE_VAL;

	if (!new && (!old || old->due > now) &&
	    oc_throttle_wait(&batch->throttle, batch->running, OC_THROTTLE_FRESH, now) == 0)
		oc_throttle_idle(&batch->throttle);
	if (!batch->stopped && old)
		again = fmax(old->due - now, wait_for_load(batch, old, now));
	if (!batch->stopped && new)
		fresh = fmax(batch->fresh_from - now, wait_for_load(batch, new, now));
	*job = again <= fresh ? old : new;
	return fmax(0, fmin(again, fresh));
}

/* Has this job leave to be sent? In turn_at is when to ask again. */
static int enter(struct oc_batch *batch, struct oc_job *job, double now, struct oc_err *err)
{
	bool waited = batch->turn_at > 0;
	double wait;
	int rc = oc_client_enter(batch->client, &wait, err);

	if (job->started <= 0)
		job->started = now;
	batch->turn_at = !rc && wait > 0 ? now + wait : 0;
	if (batch->turn_at > 0)
		oc_throttle_idle(&batch->throttle); /* it is not the server that is slow */
	if (batch->turn_at > 0 && !waited)
		oc_client_log(batch->client, "line %llu: waiting for a turn",
		              (unsigned long long)job->line.number);
	return rc;
}

static void start_some(struct oc_batch *batch, double now)
{
	struct oc_job *job;
	int rc = OC_OK;

	/* After an error the caller may want to stop. */
	while (!rc && wait_for_start(batch, now, &job) <= 0) {
		struct oc_err err = {0};

		if (batch->turn_at <= now)
			rc = enter(batch, job, now, &err);
		if (batch->turn_at > now)
			return;
		if (job == batch->again) {
			batch->again = job->next;
		} else {
			(void)queue_take(&batch->fresh);
			batch->fresh_from = now + batch->lull;
		}
		if (rc) {
			job->err = err;
			finish(batch, job);
		} else {
			start(batch, job, now);
		}
	}
	give_up_turn(batch);
}

/* How long the network may be waited for until there is something to be done. */
static int wait_of(struct oc_batch *batch, int wait_ms, double next_deadline, double now)
{
	struct oc_job *job;
	double start = fmax(batch->turn_at - now, wait_for_start(batch, now, &job));
	double wait = fmin(next_deadline, start);
	double ms = fmin(ceil(wait * 1000), WAIT_MAX_MS);

	if (batch->done.first)
		return 0;
	return isinf(wait) || (wait_ms >= 0 && ms > wait_ms) ? wait_ms : (int)ms;
}

int oc_batch_step(struct oc_batch *batch, int wait_ms, struct pollfd *fds, unsigned nfds,
                  struct oc_err *err)
{
	double now = oc_now();
	double next_deadline = expire(batch, now);
	int rc;

	start_some(batch, now);
	rc = oc_http_step(batch->client->http, wait_of(batch, wait_ms, next_deadline, now), fds,
	                  nfds, err);
	if (rc)
		return rc;
	for (unsigned i = 0; i < batch->nslots; i++) {
		struct slot *slot = &batch->slots[i];

		if (slot->job && oc_attempt_done(&slot->attempt))
			end_try(batch, slot);
	}
	return OC_OK;
}
