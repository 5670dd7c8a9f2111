/* SPDX-License-Identifier: MIT */
/*
 * model-server.h: a server that limits its load, the network in front of it, and the clock, as
 * models: what batch.c calls of attempt.h, http.h and clock.h is defined here, so that a batch
 * runs against it as it does in earnest, an hour takes a moment, and a run of the same seed is the
 * same run. Batch, throttle, tries and retry are the real ones.
 */
#ifndef MODEL_SERVER_H
#define MODEL_SERVER_H

#include "unit.h"

#include <math.h>
#include <poll.h>

#include "batch/batch.h"

enum spread { FIXED, UNIFORM, EXPONENTIAL };

/* What a refusal says of the time. */
enum header { NO_TIME, EXACT, WHOLE_SECONDS, ALWAYS };

struct model {
	/* What it takes. 0 = no such limit. */
	unsigned slots;
	double rate, burst;          /* a bucket of `burst`, so many a second */
	double window;               /* s; `burst` in each */
	double until;                /* s; then there are no limits any more */
	double chance;               /* of a refusal that has no reason */
	uint64_t poisoned;           /* each line that is a multiple of it is refused for good */
	double gone_from, gone_till; /* s; there is no server */
	/* What it does. */
	double latency; /* s */
	enum spread spread;
	double refusing; /* s that a refusal takes; 0 = 1 ms */
	enum header header;
	double after; /* s, of ALWAYS */
	/* Other programs. */
	unsigned turns;      /* so many requests may be under way; 0 = any number */
	double turns_from;   /* s; until then none */
	unsigned refuses_at; /* which asking for leave is refused for good */
	/* Who asks. */
	unsigned parallel;
	uint64_t lines;
	int max_retries;        /* 0 = 3, -1 = none */
	double max_time;        /* s, 0 = none */
	double pause_at, pause; /* s: the input has nothing from then on for so long */
};

struct result {
	double seconds; /* until the last line was settled */
	double share;   /* of what the server would have given in that time */
	uint64_t failed;
	uint64_t requests;
	uint64_t refused;
	uint64_t refused_late; /* after the first second */
	int most_tries;        /* of one line */
	bool wall;             /* a line has met one */
};

struct model_exchange {
	struct oc_attempt *a;
	uint64_t line;
	double arrives, leaves, ends;
	double after;
	bool decided, refused, lost;
};

enum { MODEL_RUNNING_MAX = 1024, MODEL_START = 1000 };

static const double model_half_way = 0.0002; /* s from one to the other */

static struct {
	const struct model *m;
	double now;
	uint64_t random;
	struct model_exchange x[MODEL_RUNNING_MAX];
	unsigned n;
	double tokens, counted_at;
	double window_from, in_window;
	double work; /* s of slots that the answers took */
	struct result result;
	bool stalled;
	unsigned asks;  /* for leave to send */
	unsigned turns; /* that are had */
	bool waits;     /* for one */
} model;

/* ---- the server --------------------------------------------------------------------------- */

static double model_chance(void)
{
	model.random = model.random * 6364136223846793005u + 1442695040888963407u;
	return (double)(model.random >> 11) / 9007199254740992.0;
}

static double model_latency(const struct model *m)
{
	if (m->spread == UNIFORM)
		return m->latency * (0.5 + model_chance());
	if (m->spread == EXPONENTIAL)
		return m->latency * -log(1 - model_chance());
	return m->latency;
}

/* How long until a slot is free, a token there, the window over; 0 = it is. */
static double model_slots_wait(const struct model *m)
{
	double first = HUGE_VAL;
	unsigned busy = 0;

	for (unsigned i = 0; i < model.n; i++) {
		const struct model_exchange *x = &model.x[i];

		if (!x->decided || x->refused || x->lost || x->leaves <= model.now)
			continue;
		busy++;
		first = fmin(first, x->leaves);
	}
	return m->slots && busy >= m->slots ? first - model.now : 0;
}

static double model_bucket_wait(const struct model *m)
{
	if (m->rate <= 0)
		return 0;
	model.tokens = fmin(model.tokens + (model.now - model.counted_at) * m->rate, m->burst);
	model.counted_at = model.now;
	return model.tokens >= 1 ? 0 : (1 - model.tokens) / m->rate;
}

static double model_window_wait(const struct model *m)
{
	if (m->window <= 0)
		return 0;
	while (model.now >= model.window_from + m->window) {
		model.window_from += m->window;
		model.in_window = 0;
	}
	return model.in_window < m->burst ? 0 : model.window_from + m->window - model.now;
}

static void model_refuse(struct model_exchange *x, double wait)
{
	const struct model *m = model.m;

	model.result.refused++;
	model.result.refused_late += model.now > MODEL_START + 1;
	x->refused = true;
	x->after = m->header == EXACT           ? wait
	           : m->header == WHOLE_SECONDS ? ceil(wait)
	           : m->header == ALWAYS        ? m->after
	                                        : -1;
	x->leaves = model.now + (m->refusing > 0 ? m->refusing : 0.001);
}

static void model_decide(struct model_exchange *x)
{
	const struct model *m = model.m;
	double wait = fmax(model_slots_wait(m), fmax(model_bucket_wait(m), model_window_wait(m)));

	if (m->until > 0 && model.now >= MODEL_START + m->until)
		wait = 0;
	if (m->chance > 0 && model_chance() < m->chance)
		wait = 1;
	if (m->poisoned && x->line % m->poisoned == 0)
		wait = 1;
	x->decided = true;
	if (wait > 0) {
		model_refuse(x, wait);
	} else {
		model.tokens -= 1;
		model.in_window += 1;
		x->leaves = model.now + model_latency(m);
		model.work += x->leaves - model.now;
	}
	x->ends = x->leaves + model_half_way;
}

/* ---- what a batch sees -------------------------------------------------------------------- */

double oc_now(void)
{
	return model.now;
}

int oc_attempt_start(struct oc_attempt *a, struct oc_err *err)
{
	struct model_exchange *x = &model.x[model.n++];
	double t = model.now - MODEL_START;

	(void)err;
	a->err = (struct oc_err){.code = OC_OK};
	a->x.done = false;
	model.result.requests++;
	*x = (struct model_exchange){.a = a, .after = -1, .arrives = model.now + model_half_way};
	memcpy(&x->line, a->question->body->p, sizeof x->line);
	x->lost = t >= model.m->gone_from && t < model.m->gone_till;
	x->decided = x->lost;
	x->ends = model.now + model_half_way;
	return OC_OK;
}

bool oc_attempt_done(struct oc_attempt *a)
{
	return a->x.done;
}

void oc_attempt_end(struct oc_attempt *a)
{
	(void)a;
}

const char *oc_attempt_tell(const struct oc_attempt *a, char told[static OC_ATTEMPT_TOLD_MAX])
{
	(void)a;
	*told = '\0';
	return told;
}

void oc_client_log(const struct oc_client *client, const char *fmt, ...)
{
	(void)client;
	(void)fmt;
}

double oc_client_deadline(const struct oc_client *client, double started)
{
	return client->cfg->max_time > 0 ? started + client->cfg->max_time : 0;
}

struct oc_failure oc_attempt_failure(const struct oc_attempt *a, double asked)
{
	(void)asked;
	return (struct oc_failure){
	        .max_retries = a->client->cfg->max_retries,
	        .backoff_factor = a->client->cfg->backoff_factor,
	        .retry = a->err.retry,
	        .retry_after = a->retry_after,
	        .random = erand48(a->client->random),
	        .time_left = a->deadline > 0 ? fmax(0, a->deadline - model.now) : -1,
	        .wait_left = -1,
	};
}

/* ---- other programs at the same server ---------------------------------------------------- */

int oc_client_enter(const struct oc_client *client, double *wait, struct oc_err *err)
{
	const struct model *m = model.m;

	(void)client;
	model.asks++;
	*wait = 0;
	if (m->refuses_at && model.asks == m->refuses_at) {
		*err = (struct oc_err){.code = OC_EQUOTA};
		return OC_EQUOTA;
	}
	if (m->turns && model.turns >= m->turns)
		*wait = 0.005;
	if (m->turns_from > 0 && model.now < MODEL_START + m->turns_from)
		*wait = 0.005;
	model.waits = *wait > 0;
	model.turns += *wait <= 0;
	return OC_OK;
}

void oc_client_leave(const struct oc_client *client, bool sent)
{
	(void)client;
	model.turns -= sent;
	model.waits = model.waits && sent;
}

int oc_client_too_late(const struct oc_client *client, struct oc_err *err)
{
	(void)client;
	*err = (struct oc_err){.code = OC_ETIMEOUT, .retry = true};
	return err->code;
}

void oc_attempt_conceal(struct oc_attempt *a)
{
	(void)a;
}

bool oc_attempt_lower(const struct oc_attempt *a)
{
	(void)a;
	return false;
}

int oc_attempt_error(const struct oc_attempt *a, struct oc_err *err)
{
	*err = a->err;
	return err->code;
}

static void model_end(struct model_exchange *x)
{
	struct oc_attempt *a = x->a;

	a->x.done = true;
	a->x.status = x->lost ? 0 : x->refused ? 429 : 200;
	a->retry_after = x->after;
	if (x->lost)
		a->err = (struct oc_err){.code = OC_ECONNECT, .retry = true};
	if (x->refused)
		a->err = (struct oc_err){
		        .code = OC_EBUSY, .http_status = 429, .retry = true, .slow = true};
	*x = model.x[--model.n];
}

static double model_next(const struct model_exchange *x)
{
	return x->decided ? x->ends : x->arrives;
}

/* To the next end of an exchange, or so long. */
int oc_http_step(struct oc_http *http, int wait_ms, struct pollfd *fds, unsigned nfds,
                 struct oc_err *err)
{
	double until = wait_ms < 0 ? HUGE_VAL : model.now + wait_ms / 1000.0;

	if (model.waits && (wait_ms < 0 || wait_ms > 5))
		return OC_EBUG; /* a place is kept, and not made use of */
	(void)http;
	(void)fds;
	(void)nfds;
	(void)err;
	for (bool ended = false; !ended;) {
		struct model_exchange *first = NULL;

		for (unsigned i = 0; i < model.n; i++) {
			if (!first || model_next(&model.x[i]) < model_next(first))
				first = &model.x[i];
		}
		if (!first || model_next(first) > until) {
			model.stalled = isinf(until);
			model.now = model.stalled ? model.now : until;
			return model.stalled ? OC_EBUG : OC_OK;
		}
		model.now = model_next(first);
		ended = first->decided;
		if (ended)
			model_end(first);
		else
			model_decide(first);
	}
	return OC_OK;
}

/* ---- the run ------------------------------------------------------------------------------ */

struct model_line {
	struct oc_job job;
	uint64_t number;
	struct oc_buf body; /* the number's bytes */
};

static void model_add(struct oc_batch *batch, struct model_line *lines, uint64_t *added)
{
	const struct model *m = model.m;
	double t = model.now - MODEL_START;
	bool pause = m->pause > 0 && t >= m->pause_at && t < m->pause_at + m->pause;

	while (!pause && *added < m->lines && oc_batch_fresh(batch) < m->parallel) {
		struct model_line *line = &lines[(*added)++];

		line->number = *added;
		oc_job_init(&line->job);
		line->job.line.number = *added;
		line->body = (struct oc_buf){.p = (char *)&line->number, .n = sizeof line->number};
		line->job.question.body = &line->body;
		oc_batch_add(batch, &line->job);
	}
}

static uint64_t model_take(struct oc_batch *batch)
{
	struct oc_job *job;
	uint64_t n = 0;

	while ((job = oc_batch_take(batch)) != NULL) {
		n++;
		model.result.failed += job->err.code != OC_OK;
		model.result.wall |= job->tries.wall;
		if (job->reply.attempts > model.result.most_tries)
			model.result.most_tries = job->reply.attempts;
		oc_job_release(job);
	}
	return n;
}

/* In how many seconds the server could have given all answers. */
static double model_ideal(const struct model *m)
{
	double lines = (double)m->lines;
	double at_once = m->slots && m->slots < m->parallel ? m->slots : m->parallel;
	double seconds = model.work / at_once;

	if (m->rate > 0)
		seconds = fmax(seconds, (lines - m->burst) / m->rate);
	if (m->window > 0)
		seconds = fmax(seconds, (lines / m->burst - 1) * m->window);
	return seconds;
}

static void model_init(const struct model *m, uint64_t seed)
{
	memset(&model, 0, sizeof model);
	model.m = m;
	model.now = MODEL_START;
	model.window_from = model.counted_at = model.now;
	model.random = seed;
	model.tokens = m->burst;
}

/* Asks all lines. A batch that comes to a standstill, or takes a day, has failed lines. */
static struct result model_run(const struct model *m, uint64_t seed)
{
	struct oc_config cfg = {
	        .max_retries = m->max_retries ? m->max_retries * (m->max_retries > 0) : 3,
	        .backoff_factor = 0.5,
	        .max_time = m->max_time,
	};
	struct oc_client client = {.cfg = &cfg, .random = {(unsigned short)seed}};
	struct model_line *lines = calloc((size_t)m->lines, sizeof *lines);
	struct oc_batch *batch = NULL;
	struct oc_err err = {0};
	uint64_t added = 0, settled = 0;

	model_init(m, seed);
	CHECK(lines);
	CHECK_INT(oc_batch_new(&client, m->parallel, 0, &batch, &err), OC_OK);
	while (settled < m->lines && model.now < MODEL_START + 86400) {
		model_add(batch, lines, &added);
		if (oc_batch_step(batch, m->pause > 0 && added < m->lines ? 100 : -1, NULL, 0,
		                  &err))
			break;
		settled += model_take(batch);
	}
	model.result.failed += m->lines - settled;
	model.result.seconds = model.now - MODEL_START;
	model.result.share = model_ideal(m) / model.result.seconds;
	oc_batch_free(batch);
	CHECK_INT(model.turns, 0);
	CHECK(!model.waits);
	free(lines);
	return model.result;
}

#endif
