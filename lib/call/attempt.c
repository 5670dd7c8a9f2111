/* SPDX-License-Identifier: MIT */
/* attempt.c: one try of one request: joins http, events and reply. */
#include "compat.h"

#include <inttypes.h>
#include <math.h>
#include <strings.h>

#include "call/attempt.h"
#include "answer/reply.h"
#include "answer/sniff.h"
#include "text/err.h"
#include "text/text.h"

/* How much of an error's body is of interest. */
#define ERROR_BODY_MAX ((size_t)64 << 10)

/* How long a stream may go on when its end is proven, in seconds. After "[DONE]" only the end of
 * the transfer is missing, which keeps the connection for the next call. After a finish reason the
 * usage and "[DONE]" may come; servers have both at hand. */
#define AFTER_DONE   1.0
#define AFTER_FINISH 5.0

/* ---- the body as it arrives ---- */

/* Bytes of content and reasoning that a stream has brought so far. */
static uint64_t text_of(const struct oc_attempt *a)
{
	return a->in.draft.content_sum.n + a->in.draft.reasoning_sum.n;
}

/* Once the end is proven, what remains is bounded; comments and pings do not move the bound. */
static void limit_rest(struct oc_attempt *a, bool has_text)
{
	double now = oc_now();
	bool ends = a->in.end_seen;

	if (!ends && !a->reply->finish_reason)
		return;
	if (a->ending && !has_text && (a->ended || !ends))
		return;
	a->ending = true;
	a->ended = ends;
	a->x.deadline = now + (ends ? AFTER_DONE : AFTER_FINISH);
	if (a->deadline > 0 && a->x.deadline > a->deadline)
		a->x.deadline = a->deadline;
}

/* Has the stream said anything? Servers send the role of who speaks, or what their filters think of
 * the question, and then let the model think, or read the prompt. */
static bool says(const struct oc_attempt *a)
{
	return text_of(a) || a->in.draft.calls.n > 0 || a->in.draft.refusal.n || a->in.end_seen ||
	       a->reply->finish_reason;
}

static int feed(struct oc_attempt *a, const char *p, size_t n)
{
	uint64_t before = text_of(a);
	int rc = oc_events_feed(&a->in, p, n);

	a->x.begun = says(a) || oc_sse_within(&a->in.sse);
	limit_rest(a, text_of(a) > before);
	return rc;
}

static int gather(struct oc_attempt *a, const char *p, size_t n)
{
	oc_buf_add(&a->received, p, n);
	if (!a->received.bad)
		return OC_OK;
	/* Of an error the beginning is enough. */
	if (a->mode == OC_ATTEMPT_ERROR)
		return OC_ESTOPPED;
	if (a->received.bad == OC_ENOMEM)
		return oc_err_nomem(&a->err);
	return oc_err_set(&a->err, OC_EPROTO, "%s: the answer is larger than %zu MiB",
	                  a->context.base_url, OC_ANSWER_MAX >> 20);
}

/* The first bytes decide what an answer is, as soon as there are enough of them. */
static int decide(struct oc_attempt *a)
{
	struct oc_buf *received = &a->received;
	int rc;

	oc_buf_drop(received, oc_sniff_lead(received->p, received->n));
	switch (oc_sniff(received->p, received->n)) {
	case OC_SHAPE_UNKNOWN:
		return OC_OK;
	case OC_SHAPE_DOCUMENT:
		a->mode = OC_ATTEMPT_WHOLE;
		a->x.begun = true;
		return OC_OK;
	case OC_SHAPE_EVENTS:
		break;
	}
	a->mode = OC_ATTEMPT_EVENTS;
	rc = feed(a, received->p, received->n);
	oc_buf_release(received);
	return rc;
}

static int on_body(void *ctx, const char *p, size_t n)
{
	struct oc_attempt *a = ctx;
	int rc;

	if (a->mode == OC_ATTEMPT_EVENTS)
		return feed(a, p, n);
	if (a->mode == OC_ATTEMPT_UNDECIDED && a->x.status != 200) {
		a->mode = OC_ATTEMPT_ERROR;
		a->received.max = ERROR_BODY_MAX;
	}
	if (a->mode == OC_ATTEMPT_UNDECIDED && oc_sniff_encoded(a->x.content_encoding))
		return oc_err_set(&a->err, OC_EPROTO,
		                  "%s: the answer is encoded (%s), which was not asked for",
		                  a->context.base_url, a->x.content_encoding);
	rc = gather(a, p, n);
	return rc || a->mode != OC_ATTEMPT_UNDECIDED ? rc : decide(a);
}

/* ---- the end ---- */

/* What reads answers does not know whose they are: only the server's own errors say it. */
static void take_error(struct oc_attempt *a, const struct oc_err *why)
{
	a->err = *why;
	if (!why->http_status)
		oc_err_reword(&a->err, "%s: %s", a->context.base_url, why->message);
}

static void judge_error(struct oc_attempt *a)
{
	if (a->x.status >= 300 && a->x.status < 400 && a->x.location[0]) {
		(void)oc_err_set(&a->err, OC_EPROTO,
		                 "%s redirects to %s (%d), and redirects are not followed; if that "
		                 "is right, make it the base URL",
		                 a->context.base_url, a->x.location, a->x.status);
		return;
	}
	if (oc_sniff_encoded(a->x.content_encoding))
		a->context.encoding = a->x.content_encoding;
	(void)oc_refusal_of_body(a->x.status, oc_buf_text(&a->received), &a->context, &a->err);
	/* OpenAI's way to say that it is in vain. Its "true" is not followed: it comes with what is
	 * known to be in vain, too. */
	if (strcasecmp(a->x.should_retry, "false") == 0)
		a->err.retry = false;
}

static bool breaks_off(const struct oc_attempt *a)
{
	return a->mode == OC_ATTEMPT_UNDECIDED || oc_json_is_cut(a->received.p, a->received.n);
}

/* The connection says where the body ends, and was lost; but an object that is whole cannot go
 * on. */
static bool is_complete(const struct oc_attempt *a)
{
	return a->x.err.code == OC_ECONNECT && a->x.until_close && a->x.status == 200 &&
	       a->mode == OC_ATTEMPT_WHOLE && *a->received.p == '{' &&
	       oc_json_check_bytes(a->received.p, a->received.n, NULL, NULL) == 0;
}

/* Only the end of the connection says where the body ends, and the body says that it is not
 * whole. */
static void set_lost(struct oc_attempt *a)
{
	(void)oc_err_set(&a->err, OC_ECONNECT,
	                 "%s: the connection was lost within the answer, after %" PRIu64 " bytes",
	                 a->context.base_url, a->x.received);
}

static void judge_whole(struct oc_attempt *a)
{
	struct oc_text body = oc_buf_text(&a->received), reasoning, content;
	struct oc_err why = {0};

	if (a->x.until_close && breaks_off(a)) {
		set_lost(a);
		return;
	}
	if (a->models ? oc_reply_models(body, &a->context, a->models, &a->nmodels, &why)
	              : oc_reply_parse(body, &a->context, a->reply, &why)) {
		take_error(a, &why);
		return;
	}
	if (!a->sink)
		return;
	oc_buf_release(&a->received);
	reasoning = oc_text_of_reasoning(a->reply);
	content = oc_text_of_content(a->reply);
	if (oc_events_pass(&a->in, OC_CHUNK_REASONING, reasoning) ||
	    oc_events_pass(&a->in, OC_CHUNK_CONTENT, content))
		take_error(a, &a->in.err);
}

static void judge(struct oc_attempt *a)
{
	const struct oc_exchange *x = &a->x;
	time_t now = time(NULL);

	a->retry_after = oc_retry_after(x->retry_after, x->retry_after_ms, now);
	a->spent = fmax(oc_spent(x->requests.remaining, x->requests.reset, (double)now),
	                oc_spent(x->tokens.remaining, x->tokens.reset, (double)now));
	if (a->err.code) /* found while the body arrived */
		return;
	if (a->mode == OC_ATTEMPT_EVENTS) {
		if (oc_events_end(&a->in, a->x.err.code) == OC_OK)
			return;
		if (a->in.cut && a->x.until_close && !a->x.err.code)
			set_lost(a);
		else if (a->in.err.code)
			take_error(a, &a->in.err);
		else
			a->err = a->x.err;
	} else if (a->x.status >= 300 || a->x.err.code == OC_ESTOPPED)
		judge_error(a); /* the status says enough, even if the body is not whole */
	else if (a->x.err.code && !is_complete(a))
		a->err = a->x.err;
	else if (a->x.status != 200)
		judge_error(a);
	else
		judge_whole(a);
}

bool oc_attempt_done(struct oc_attempt *a)
{
	a->reply->http_status = a->x.status;
	if (a->x.done)
		judge(a);
	if (oc_events_flush(&a->in) && !a->err.code)
		take_error(a, &a->in.err);
	if (a->x.done) {
		/* What is out cannot be taken back: asking again is a retry, whatever for. */
		if (a->sink && text_of(a))
			a->err.loading = false;
		if (!a->err.http_status)
			a->err.http_status = a->x.status;
	}
	return a->x.done || a->err.code == OC_ESTOPPED;
}

void oc_attempt_conceal(struct oc_attempt *a)
{
	const struct oc_secrets *secrets = &a->client->secrets;

	oc_secrets_mask_string(secrets, a->err.message);
	oc_secrets_mask_string(secrets, a->x.request_id);
	oc_secrets_mask_string(secrets, a->reply->model);
	oc_secrets_mask_string(secrets, a->reply->id);
	oc_secrets_mask_string(secrets, a->reply->finish_reason);
}

const char *oc_attempt_tell(const struct oc_attempt *a, char told[static OC_ATTEMPT_TOLD_MAX])
{
	if (a->x.status)
		(void)snprintf(told, OC_ATTEMPT_TOLD_MAX, "status %d after %.3f s", a->x.status,
		               a->x.total);
	else
		(void)snprintf(told, OC_ATTEMPT_TOLD_MAX, "no answer after %.3f s", a->x.total);
	return told;
}

/* ---- another try, or none ---- */

bool oc_attempt_lower(const struct oc_attempt *a)
{
	enum oc_delivery accepts = OC_DELIVERY_USAGE;

	if (a->x.done && a->err.code && a->received.n)
		accepts = oc_refusal_accepts(a->err.http_status, oc_buf_text(&a->received));
	return oc_question_lower(a->question, a->err.code, accepts, &a->client->accepted);
}

struct oc_failure oc_attempt_failure(const struct oc_attempt *a, double asked)
{
	const struct oc_config *cfg = a->client->cfg;
	double now = oc_now();

	return (struct oc_failure){
	        /* What a sink has been given stays given. */
	        .max_retries = a->sink ? 0 : cfg->max_retries,
	        .backoff_factor = cfg->backoff_factor,
	        .retry = a->err.retry,
	        .loading = a->err.loading,
	        .retry_after = a->retry_after,
	        .random = erand48(a->client->random),
	        .time_left = a->deadline > 0 ? fmax(0, a->deadline - now) : -1,
	        .wait_left = cfg->wait > 0 ? fmax(0, asked + cfg->wait - now) : -1,
	};
}

int oc_attempt_error(const struct oc_attempt *a, struct oc_err *err)
{
	struct oc_err last = a->err;
	int tries = a->reply->attempts;

	if (last.code == OC_EHOST &&
	    !oc_http_is_missing(a->client->http, last.by_proxy, a->deadline)) {
		last.code = OC_ECONNECT;
		oc_err_reword(&last, "%s, because no name server answers; try again later",
		              last.message);
	}
	if (last.retry && a->retry_after > OC_RETRY_AFTER_MAX)
		oc_err_reword(&last, "%s; it asks to wait %.10g s", last.message, a->retry_after);
	if (last.code && tries > 1)
		oc_err_reword(&last, "%s (after %d tries)", last.message, tries);
	if (err && last.code)
		*err = last;
	return last.code;
}

/* ---- the beginning ---- */

int oc_attempt_start(struct oc_attempt *a, struct oc_err *err)
{
	struct oc_client *client = a->client;
	struct oc_question *question = a->question;
	struct oc_text body = oc_question_body(question, &client->accepted);
	bool stream = question->asks > OC_DELIVERY_WHOLE;

	a->err = (struct oc_err){.code = OC_OK};
	a->retry_after = -1;
	a->spent = -1;
	a->mode = OC_ATTEMPT_UNDECIDED;
	a->ending = a->ended = false;
	oc_buf_init(&a->received, OC_ANSWER_MAX);
	a->context = (struct oc_refusal_context){
	        .model = question->model,
	        .base_url = client->server.base_url,
	        .request_id = a->x.request_id,
	        .has_key = client->has_key,
	        .keep_think = question->keep_think,
	        .has_tools = question->has_tools,
	};
	oc_events_init(&a->in, a->sink, a->sink_ctx, &a->context, a->reply);
	a->x = (struct oc_exchange){
	        .url = a->url,
	        .accept = stream ? "text/event-stream, application/json" : "application/json",
	        .body = body,
	        .deadline = a->deadline,
	        .on_body = on_body,
	        .ctx = a,
	};
	return oc_http_start(client->http, &a->x, err);
}

void oc_attempt_end(struct oc_attempt *a)
{
	oc_http_end(a->client->http, &a->x);
	oc_buf_release(&a->received);
	oc_events_release(&a->in);
}
