/* SPDX-License-Identifier: MIT */
/* batch.c: many calls under way at once: joins attempt, retry and throttle. */
#include "compat.h"

#include <math.h>

#include "batch.h"
#include "retry.h"
#include "throttle.h"

#define WAIT_MAX_MS 3600e3

/* One request under way. */
struct slot {
	struct oc_attempt attempt;
	struct oc_job *job; /* NULL = free */
	double sent;
};

struct queue {
	struct oc_job *first;
	struct oc_job **end; /* where the next one is linked */
};

struct oc_batch {
	struct oc_client *client;
	struct oc_throttle throttle;
	struct oc_buf url;
	struct queue fresh;   /* not tried yet, in their order */
	struct oc_job *again; /* waiting for another try, by the time of it */
	struct queue done;
	unsigned nfresh;
	unsigned running;
	unsigned nslots;
	bool stopped;
	struct slot slots[];
};

/* ---- jobs ---- */

void oc_job_init(struct oc_job *job)
{
	*job = (struct oc_job){.line = 0};
	oc_reply_init(&job->reply);
	oc_buf_init(&job->received, OC_ANSWER_MAX);
}

void oc_job_release(struct oc_job *job)
{
	oc_reply_release(&job->reply);
	oc_buf_release(&job->received);
}

static void queue_init(struct queue *q)
{
	q->first = NULL;
	q->end = &q->first;
}

static void queue_put(struct queue *q, struct oc_job *job)
{
	job->next = NULL;
	*q->end = job;
	q->end = &job->next;
}

static struct oc_job *queue_take(struct queue *q)
{
	struct oc_job *job = q->first;

	if (!job)
		return NULL;
	q->first = job->next;
	if (!q->first)
		q->end = &q->first;
	return job;
}

/* ---- beginning and end ---- */

int oc_batch_new(struct oc_client *client, unsigned parallel, double rate, struct oc_batch **out,
                 struct oc_err *err)
{
	struct oc_batch *batch = calloc(1, sizeof *batch + parallel * sizeof *batch->slots);

	*out = NULL;
	if (!batch)
		return oc_err_nomem(err);
	batch->client = client;
	batch->nslots = parallel;
	oc_throttle_init(&batch->throttle, parallel, rate, oc_now());
	queue_init(&batch->fresh);
	queue_init(&batch->done);
	oc_buf_init(&batch->url, (size_t)1 << 16);
	oc_buf_printf(&batch->url, "%s/chat/completions%s", client->server.base_url,
	              client->server.query);
	if (batch->url.bad) {
		oc_batch_free(batch);
		return oc_err_nomem(err);
	}
	*out = batch;
	return OC_OK;
}

void oc_batch_free(struct oc_batch *batch)
{
	if (!batch)
		return;
	for (unsigned i = 0; i < batch->nslots; i++) {
		if (batch->slots[i].job)
			oc_attempt_end(&batch->slots[i].attempt, batch->client->http);
	}
	oc_buf_release(&batch->url);
	free(batch);
}

void oc_batch_add(struct oc_batch *batch, struct oc_job *job)
{
	job->started = 0;
	job->due = 0;
	job->retries = 0;
	queue_put(&batch->fresh, job);
	batch->nfresh++;
}

void oc_batch_stop(struct oc_batch *batch)
{
	batch->stopped = true;
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
	return batch->nfresh;
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

static struct slot *free_slot(struct oc_batch *batch)
{
	struct slot *slot = batch->slots;

	while (slot->job)
		slot++;
	return slot;
}

static void start(struct oc_batch *batch, struct oc_job *job, double now)
{
	struct slot *slot = free_slot(batch);
	const struct oc_config *cfg = batch->client->cfg;

	if (job->started <= 0)
		job->started = now;
	job->reply.attempts++;
	slot->sent = now;
	slot->attempt = (struct oc_attempt){
	        .server = &batch->client->server,
	        .api_key = cfg->api_key,
	        .url = batch->url.p,
	        .model = job->model,
	        .body = job->body,
	        .timeout = cfg->timeout,
	        .wait = cfg->wait,
	        .deadline = deadline_of(batch, job),
	        .reply = &job->reply,
	};
	oc_throttle_started(&batch->throttle);
	if (oc_attempt_start(&slot->attempt, batch->client->http, &job->err)) {
		oc_attempt_end(&slot->attempt, batch->client->http);
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

/* Tells the throttle. Does this failure, if it is one, count as one of the job's tries? Where the
 * server had too many requests at a time, the job was not what was wrong. */
static bool judge_load(struct oc_batch *batch, const struct slot *slot, double now)
{
	const struct oc_attempt *a = &slot->attempt;

	if (!a->err.code)
		oc_throttle_succeeded(&batch->throttle);
	if (!a->err.slow)
		return true;
	return !oc_throttle_refused(&batch->throttle, slot->sent, batch->running,
	                            a->retry_after <= OC_RETRY_AFTER_MAX ? a->retry_after : -1,
	                            now);
}

static void log_try(const struct oc_batch *batch, const struct slot *slot)
{
	const struct oc_attempt *a = &slot->attempt;
	char told[OC_ATTEMPT_TOLD_MAX];

	oc_client_log(batch->client, "line %llu, try %d: %s, %llu bytes; %u under way, at most %u",
	              (unsigned long long)slot->job->line, a->reply->attempts,
	              oc_attempt_tell(a, told), (unsigned long long)a->x.received, batch->running,
	              batch->throttle.limit);
}

static void keep_answer(const struct oc_batch *batch, struct oc_job *job, struct oc_attempt *a)
{
	(void)oc_client_error(batch->client, a, a->reply->attempts, &job->err);
	memcpy(job->request_id, a->x.request_id, sizeof job->request_id);
	if (!job->keep_body)
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
	bool counts = judge_load(batch, slot, now);
	double wait;

	oc_client_conceal(batch->client, a);
	log_try(batch, slot);
	if (oc_client_retry(batch->client, a, batch->client->cfg->max_retries, job->retries,
	                    job->started, &wait)) {
		job->retries += counts && !a->err.loading;
		oc_reply_release(&job->reply); /* what a try left is not part of the next one */
		wait_again(batch, job, now + wait);
	} else {
		keep_answer(batch, job, a);
		finish(batch, job);
	}
	oc_attempt_end(a, batch->client->http);
	slot->job = NULL;
	batch->running--;
}

/* ---- all of them ---- */

/* The job to be tried next, which stays in its queue: one whose wait is over, or a fresh one. */
static struct oc_job *next_job(const struct oc_batch *batch, double now)
{
	if (batch->again && batch->again->due <= now)
		return batch->again;
	return batch->fresh.first;
}

static void start_some(struct oc_batch *batch, double now)
{
	struct oc_job *job;

	while ((job = next_job(batch, now)) != NULL &&
	       oc_throttle_wait(&batch->throttle, batch->running, now) == 0) {
		if (job == batch->again) {
			batch->again = job->next;
		} else {
			(void)queue_take(&batch->fresh);
			batch->nfresh--;
		}
		start(batch, job, now);
	}
}

/* How long the network may be waited for until there is something to start. */
static int wait_of(struct oc_batch *batch, int wait_ms, double now)
{
	double wait = oc_throttle_wait(&batch->throttle, batch->running, now);
	double ms;

	if (batch->done.first)
		return 0;
	if (batch->stopped || wait < 0 || (!batch->fresh.first && !batch->again))
		return wait_ms;
	if (!batch->fresh.first)
		wait = fmax(wait, batch->again->due - now);
	ms = fmin(ceil(wait * 1000), WAIT_MAX_MS);
	return wait_ms >= 0 && ms > wait_ms ? wait_ms : (int)ms;
}

int oc_batch_step(struct oc_batch *batch, int wait_ms, struct pollfd *fds, unsigned nfds,
                  struct oc_err *err)
{
	double now = oc_now();
	int rc;

	if (!batch->stopped)
		start_some(batch, now);
	rc = oc_http_step(batch->client->http, wait_of(batch, wait_ms, now), fds, nfds, err);
	if (rc)
		return rc;
	for (unsigned i = 0; i < batch->nslots; i++) {
		struct slot *slot = &batch->slots[i];

		if (slot->job && oc_attempt_done(&slot->attempt))
			end_try(batch, slot);
	}
	return OC_OK;
}
