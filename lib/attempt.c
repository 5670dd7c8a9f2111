/* SPDX-License-Identifier: MIT */
/* attempt.c: one try of one request: joins http, sse and reply. */
#include "compat.h"

#include <inttypes.h>
#include <strings.h>

#include "attempt.h"
#include "jsonw.h"
#include "reply.h"
#include "retry.h"
#include "utf8.h"

/* How much of an error's body is of interest. */
#define ERROR_BODY_MAX ((size_t)64 << 10)

/* How long the end of the transfer may take after "[DONE]", in seconds. Reaching it keeps the
 * connection for the next call, but it is not worth a wait. */
#define LINGER 1.0

/* The shortest key that is kept out of messages. */
#define KEY_MIN 8

/* ---- text on its way out ---- */

static int send_chunk(struct oc_attempt *a, enum oc_chunk_kind kind, struct oc_text text)
{
	struct oc_chunk chunk = {.kind = kind, .text = text};

	if (!text.n)
		return OC_OK;
	a->unflushed = true;
	if (a->sink(a->sink_ctx, &chunk) != 0)
		return oc_err_set(&a->err, OC_ESTOPPED, "the reader of the stream stopped it");
	if (kind == OC_CHUNK_CONTENT)
		a->reply->delivered += text.n;
	return OC_OK;
}

static int over_memory(struct oc_attempt *a, enum oc_code bad, size_t max, const char *what)
{
	if (bad == OC_ENOMEM)
		return oc_err_nomem(&a->err);
	return oc_err_set(&a->err, OC_EPROTO, "%s: %s is larger than %zu MiB", a->server->base_url,
	                  what, max >> 20);
}

/* Hands on what has been gathered as UTF-8: a character that is not complete yet waits for its
 * rest, unless this is the end, and U+FFFD takes the place of what can never be one. */
static int send_text(struct oc_attempt *a, enum oc_chunk_kind kind, struct oc_buf *text, bool end)
{
	size_t n = text->n - (end ? 0 : oc_utf8_tail(text->p, text->n));
	struct oc_buf mended;
	int rc;

	if (oc_utf8_check(text->p, n) == n) {
		rc = send_chunk(a, kind, (struct oc_text){text->p, n});
		oc_buf_drop(text, n);
		return rc;
	}
	oc_buf_init(&mended, 3 * n);
	oc_utf8_replace(&mended, text->p, n);
	rc = mended.bad ? oc_err_nomem(&a->err) : send_chunk(a, kind, oc_buf_text(&mended));
	oc_buf_release(&mended);
	oc_buf_drop(text, n);
	return rc;
}

/* With a sink, hands on what an event brought; without, the text stays where it is gathered. */
static int deliver(struct oc_attempt *a, bool end)
{
	int rc;

	if (a->content.bad || a->reasoning.bad)
		return over_memory(a, a->content.bad ? a->content.bad : a->reasoning.bad,
		                   OC_ANSWER_MAX, "the answer");
	a->reasoning_seen |= a->reasoning.n > 0;
	if (!a->sink)
		return OC_OK;
	rc = send_text(a, OC_CHUNK_REASONING, &a->reasoning, end);
	return rc ? rc : send_text(a, OC_CHUNK_CONTENT, &a->content, end);
}

/* ---- events ---- */

static struct oc_text trimmed(struct oc_text t)
{
	while (t.n && (*t.p == ' ' || *t.p == '\n'))
		t = (struct oc_text){t.p + 1, t.n - 1};
	while (t.n && (t.p[t.n - 1] == ' ' || t.p[t.n - 1] == '\n'))
		t.n--;
	return t;
}

static bool is_text(struct oc_text t, const char *s)
{
	return t.n == strlen(s) && memcmp(t.p, s, t.n) == 0;
}

/* Wraps a text that does not say itself that it is an error: `{"error":…}`. */
static void wrap_error(struct oc_buf *out, struct oc_text text)
{
	struct oc_jsonw w;
	struct oc_buf valid;

	oc_buf_init(&valid, OC_EVENT_MAX * 3);
	oc_utf8_replace(&valid, text.p, text.n);
	oc_jsonw_init(&w, out);
	oc_jsonw_open(&w, '{');
	oc_jsonw_key(&w, "error");
	if (oc_json_check(text.p, text.n, NULL, NULL) == 0)
		oc_jsonw_raw(&w, text);
	else
		oc_jsonw_string(&w, valid.p, valid.n);
	oc_jsonw_close(&w, '}');
	oc_buf_release(&valid);
}

/* An event that is an error by its type, or by its field, whatever its text is. */
static int on_error_event(struct oc_attempt *a, struct oc_text text)
{
	struct oc_buf wrapped;
	int rc;

	oc_buf_init(&wrapped, OC_EVENT_MAX * 6);
	if (oc_json_parse(&a->events.json, text.p, text.n, NULL) == 0 &&
	    oc_json_get(&a->events.json, 0, "error") != OC_JSON_NONE)
		oc_buf_add(&wrapped, text.p, text.n);
	else
		wrap_error(&wrapped, text);
	if (wrapped.bad)
		rc = oc_err_nomem(&a->err);
	else
		rc = oc_reply_event(&a->events.json, oc_buf_text(&wrapped), a->reply, &a->content,
		                    &a->reasoning, &a->err);
	oc_buf_release(&wrapped);
	return rc;
}

static int on_event(void *ctx, const struct oc_sse_event *event)
{
	struct oc_attempt *a = ctx;
	struct oc_text data = trimmed(event->data);
	size_t before = a->content.n + a->reasoning.n;
	int rc;

	if (a->end_seen)
		return OC_OK;
	if (event->error.n)
		return on_error_event(a, event->error);
	if (!data.n)
		return OC_OK;
	if (is_text(data, "[DONE]")) {
		a->end_seen = true;
		return OC_OK;
	}
	if (is_text(event->type, "error"))
		return on_error_event(a, data);
	rc = oc_event_read(&a->events, data, a->reply, &a->content, &a->reasoning, &a->err);
	if (rc)
		return rc;
	/* Ollama re-encodes an error in mid-stream so: no text, and no model. */
	a->empty_chunk = a->content.n + a->reasoning.n == before && a->events.nameless;
	return deliver(a, false);
}

static int feed(struct oc_attempt *a, const char *p, size_t n)
{
	int rc = oc_sse_feed(&a->sse, p, n);

	if (rc && !a->err.code)
		(void)over_memory(a, (enum oc_code)rc, OC_EVENT_MAX, "an event of the stream");
	if (!rc && a->end_seen) {
		double soon = oc_http_now() + LINGER;

		if (a->x.deadline <= 0 || a->x.deadline > soon)
			a->x.deadline = soon;
	}
	return rc;
}

/* ---- the body as it arrives ---- */

static bool has_type(const struct oc_attempt *a, const char *type)
{
	return strncasecmp(a->x.content_type, type, strlen(type)) == 0;
}

/* The declared type decides, where it is one of ours; else the first byte of the body. */
static enum oc_attempt_mode mode_of(const struct oc_attempt *a)
{
	const char *p = a->received.p;

	if (a->x.status != 200)
		return OC_ATTEMPT_ERROR;
	if (has_type(a, "text/event-stream"))
		return OC_ATTEMPT_EVENTS;
	if (has_type(a, "application/json"))
		return OC_ATTEMPT_WHOLE;
	p += strspn(p, " \t\r\n");
	if (!*p)
		return OC_ATTEMPT_UNDECIDED;
	return strchr("{[<", *p) || !a->stream ? OC_ATTEMPT_WHOLE : OC_ATTEMPT_EVENTS;
}

static int gather(struct oc_attempt *a, const char *p, size_t n)
{
	oc_buf_add(&a->received, p, n);
	if (!a->received.bad)
		return OC_OK;
	/* Of an error the beginning is enough. */
	if (a->mode == OC_ATTEMPT_ERROR)
		return OC_ESTOPPED;
	return over_memory(a, a->received.bad, OC_ANSWER_MAX, "the answer");
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
	rc = gather(a, p, n);
	if (rc || a->mode != OC_ATTEMPT_UNDECIDED)
		return rc;
	a->mode = mode_of(a);
	if (a->mode != OC_ATTEMPT_EVENTS)
		return OC_OK;
	rc = feed(a, a->received.p, a->received.n);
	oc_buf_release(&a->received);
	return rc;
}

/* ---- the end ---- */

/* Servers repeat the key that they refuse; it must not get into a message. A shorter one is no
 * secret, and would spoil words. */
static void hide_key(const struct oc_attempt *a, char *p, size_t n)
{
	size_t len = a->api_key ? strlen(a->api_key) : 0;

	if (len < KEY_MIN)
		return;
	for (size_t i = 0; i + len <= n; i++) {
		if (memcmp(p + i, a->api_key, len) == 0)
			memset(p + i, '*', len);
	}
}

static void judge_error(struct oc_attempt *a)
{
	struct oc_reply_context context = {
	        .model = a->model,
	        .base_url = a->server->base_url,
	        .request_id = a->x.request_id,
	        .has_key = a->api_key && *a->api_key,
	};

	hide_key(a, a->received.p, a->received.n); /* before the text is cut short */
	if (a->x.status >= 300 && a->x.status < 400 && a->x.location[0])
		(void)oc_err_set(&a->err, OC_EPROTO,
		                 "%s redirects to %s (%d), and redirects are not followed; if that "
		                 "is right, make it the base URL",
		                 a->server->base_url, a->x.location, a->x.status);
	else
		(void)oc_reply_error(a->x.status, oc_buf_text(&a->received), &context, &a->err);
}

static void judge_whole(struct oc_attempt *a)
{
	if (a->raw)
		return;
	if (oc_reply_parse(oc_buf_text(&a->received), a->model, a->reply, &a->err))
		return;
	if (!a->sink)
		return;
	oc_buf_release(&a->received);
	if (a->reply->reasoning &&
	    send_chunk(a, OC_CHUNK_REASONING,
	               (struct oc_text){a->reply->reasoning, a->reply->reasoning_len}))
		return;
	(void)send_chunk(a, OC_CHUNK_CONTENT,
	                 (struct oc_text){a->reply->content, a->reply->content_len});
}

/* Moves gathered text to where the caller finds it. NULL where memory is out. */
static char *take_text(struct oc_buf *from, size_t *n)
{
	struct oc_buf valid;

	if (oc_utf8_check(from->p, from->n) < from->n) {
		oc_buf_init(&valid, 3 * from->n);
		oc_utf8_replace(&valid, from->p, from->n);
		oc_buf_release(from);
		*from = valid;
	}
	*n = from->n;
	return oc_buf_detach(from);
}

static int take_gathered(struct oc_attempt *a)
{
	struct oc_reply *reply = a->reply;

	if (a->reasoning.n)
		reply->reasoning = take_text(&a->reasoning, &reply->reasoning_len);
	reply->content = take_text(&a->content, &reply->content_len);
	if (!reply->content || (reply->reasoning_len && !reply->reasoning))
		return oc_err_nomem(&a->err);
	return OC_OK;
}

/* The stream is whole: the rest of its text, or the reason why there is none. */
static void finish_events(struct oc_attempt *a)
{
	const char *reason = a->reply->finish_reason;

	if (deliver(a, true))
		return;
	if (!a->content.n && !a->reply->delivered)
		(void)oc_err_set(&a->err, OC_EPROTO,
		                 "%s: the answer has no content%s (finish reason %s)",
		                 a->server->base_url,
		                 a->reasoning_seen ? ", only reasoning; allow more tokens" : "",
		                 reason ? reason : "not given");
	else if (!a->sink)
		(void)take_gathered(a);
}

/* Only a proven end makes a stream a success, whatever the transport says. */
static void judge_events(struct oc_attempt *a)
{
	bool clean = a->x.err.code == OC_OK;

	if (clean && !a->end_seen) {
		int rc = oc_sse_end(&a->sse);

		if (rc && !a->err.code)
			(void)over_memory(a, (enum oc_code)rc, OC_EVENT_MAX, "an event");
	}
	if (a->err.code)
		return;
	if (a->end_seen || a->reply->finish_reason) {
		finish_events(a);
		return;
	}
	if (!clean)
		a->err = a->x.err;
	else if (a->empty_chunk)
		(void)oc_err_set(&a->err, OC_EPROTO,
		                 "%s: the server failed within the stream and did not say why",
		                 a->server->base_url);
	else
		(void)oc_err_set(&a->err, OC_EPROTO,
		                 "%s: the stream ended early, with neither [DONE] nor a finish "
		                 "reason",
		                 a->server->base_url);
}

static void judge(struct oc_attempt *a)
{
	const char *encoding = a->x.content_encoding;

	a->reply->http_status = a->x.status;
	a->retry_after =
	        oc_retry_after(a->x.retry_after[0] ? a->x.retry_after : NULL,
	                       a->x.retry_after_ms[0] ? a->x.retry_after_ms : NULL, time(NULL));
	if (a->err.code) /* found while the body arrived */
		return;
	if (a->mode == OC_ATTEMPT_EVENTS)
		judge_events(a);
	else if (a->x.status >= 300) /* the status says enough, even if the body is not whole */
		judge_error(a);
	else if (a->x.err.code)
		a->err = a->x.err;
	else if (encoding[0] && strcasecmp(encoding, "identity") != 0)
		(void)oc_err_set(&a->err, OC_EPROTO,
		                 "%s: the answer is encoded (%s), which was not asked for",
		                 a->server->base_url, encoding);
	else if (a->x.status != 200)
		judge_error(a);
	else
		judge_whole(a);
}

/* What reads answers does not know whose they are; every message is to say it. */
static void name_server(struct oc_attempt *a)
{
	char message[OC_ERR_MESSAGE_MAX];

	if (!a->err.code || strstr(a->err.message, a->server->base_url))
		return;
	memcpy(message, a->err.message, sizeof message);
	(void)oc_err_set(&a->err, a->err.code, "%s: %s", a->server->base_url, message);
}

/* Says how much of an answer that broke off is out. */
static void count_delivered(struct oc_attempt *a)
{
	char message[OC_ERR_MESSAGE_MAX];

	if (!a->err.code || !a->sink || a->x.status != 200)
		return;
	memcpy(message, a->err.message, sizeof message);
	(void)oc_err_set(&a->err, a->err.code,
	                 "%s (%" PRIu64 " bytes of the answer were delivered)", message,
	                 a->reply->delivered);
}

bool oc_attempt_done(struct oc_attempt *a)
{
	struct oc_chunk flush = {.kind = OC_CHUNK_FLUSH};

	if (a->x.done) {
		judge(a);
		hide_key(a, a->err.message, strlen(a->err.message));
		name_server(a);
		a->err.http_status = a->x.status;
	}
	if (a->unflushed) {
		a->unflushed = false;
		if (a->sink(a->sink_ctx, &flush) != 0 && !a->err.code)
			(void)oc_err_set(&a->err, OC_ESTOPPED,
			                 "the reader of the stream stopped it");
	}
	if (a->x.done)
		count_delivered(a);
	return a->x.done || a->err.code == OC_ESTOPPED;
}

int oc_attempt_start(struct oc_attempt *a, struct oc_http *http, struct oc_err *err)
{
	a->err = (struct oc_err){.code = OC_OK};
	a->retry_after = -1;
	a->mode = OC_ATTEMPT_UNDECIDED;
	a->end_seen = false;
	a->empty_chunk = false;
	a->reasoning_seen = false;
	a->unflushed = false;
	oc_buf_init(&a->received, OC_ANSWER_MAX);
	oc_buf_init(&a->content, OC_ANSWER_MAX);
	oc_buf_init(&a->reasoning, OC_ANSWER_MAX);
	oc_sse_init(&a->sse, OC_EVENT_MAX, on_event, a);
	oc_event_reader_init(&a->events);
	a->x = (struct oc_http_exchange){
	        .url = a->url,
	        .server = a->server->base_url,
	        .api_key = a->api_key,
	        .accept = a->stream ? "text/event-stream, application/json" : "application/json",
	        .body = a->body,
	        .timeout = a->timeout,
	        .deadline = a->deadline,
	        .on_body = on_body,
	        .ctx = a,
	};
	return oc_http_start(http, &a->x, err);
}

void oc_attempt_end(struct oc_attempt *a, struct oc_http *http)
{
	oc_http_end(http, &a->x);
	oc_buf_release(&a->received);
	oc_buf_release(&a->content);
	oc_buf_release(&a->reasoning);
	oc_sse_release(&a->sse);
	oc_event_reader_release(&a->events);
}
