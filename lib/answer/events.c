/* SPDX-License-Identifier: MIT */
/* events.c: an event stream on its way in: joins sse, event and the sink. */
#include "compat.h"

#include "answer/events.h"
#include "json/writer.h"
#include "answer/refusal.h"
#include "answer/reply.h"
#include "answer/said.h"
#include "text/utf8.h"
#include "text/err.h"
#include "text/text.h"

/* ---- text on its way to the sink ---- */

static int stopped(struct oc_events *in)
{
	return oc_err_set(&in->err, OC_ESTOPPED, "the reader of the stream stopped it");
}

int oc_events_pass(struct oc_events *in, enum oc_chunk_kind kind, struct oc_text text)
{
	struct oc_chunk chunk = {.kind = kind, .text = text};

	if (!text.n)
		return OC_OK;
	in->unflushed = true;
	if (in->sink(in->sink_ctx, &chunk) != 0)
		return stopped(in);
	if (kind == OC_CHUNK_CONTENT)
		in->reply->delivered += text.n;
	return OC_OK;
}

/* Hands on what has been gathered as UTF-8: a character that is not complete yet waits for its
 * rest, unless this is the end, and U+FFFD takes the place of what can never be one. */
static int send_text(struct oc_events *in, enum oc_chunk_kind kind, struct oc_buf *text, bool end)
{
	size_t n = text->n - (end ? 0 : oc_utf8_tail(text->p, text->n));
	struct oc_buf mended = {0};
	int rc;

	if (!n)
		return OC_OK;
	if (oc_utf8_check(text->p, n) == n) {
		rc = oc_events_pass(in, kind, (struct oc_text){text->p, n});
		oc_buf_drop(text, n);
		return rc;
	}
	oc_buf_init(&mended, 3 * n);
	oc_utf8_replace(&mended, text->p, n);
	rc = mended.bad ? oc_err_nomem(&in->err) : oc_events_pass(in, kind, oc_buf_text(&mended));
	oc_buf_release(&mended);
	oc_buf_drop(text, n);
	return rc;
}

/* With a sink, hands on what an event brought; without, the text stays where it is gathered. */
static int deliver(struct oc_events *in, bool end)
{
	int rc = oc_draft_check(&in->draft, &in->err);

	if (rc || !in->sink)
		return rc;
	rc = send_text(in, OC_CHUNK_REASONING, &in->draft.reasoning, end);
	return rc ? rc : send_text(in, OC_CHUNK_CONTENT, &in->draft.content, end);
}

/* ---- events ---- */

/* Wraps a text that does not say itself that it is an error: `{"error":…}`. */
static void wrap_error(struct oc_buf *out, struct oc_text text)
{
	struct oc_jsonw w;

	oc_jsonw_init(&w, out);
	oc_jsonw_open(&w, '{');
	if (oc_json_check(text.p, text.n, NULL, NULL) == 0) {
		oc_jsonw_member_raw(&w, "error", text);
	} else {
		oc_jsonw_member_any(&w, "error", text);
	}
	oc_jsonw_close(&w, '}');
}

/* An event that is an error by its type, or by its field, whatever its text is. */
static int on_error_event(struct oc_events *in, struct oc_text text)
{
	struct oc_buf wrapped = {0};
	int rc;

	oc_buf_init(&wrapped, OC_EVENT_MAX * 6);
	if (oc_json_parse(&in->events.json, text.p, text.n, NULL) == 0 &&
	    oc_json_get(&in->events.json, 0, "error") != OC_JSON_NONE)
		oc_buf_add(&wrapped, text.p, text.n);
	else
		wrap_error(&wrapped, text);
	if (wrapped.bad)
		rc = oc_err_nomem(&in->err);
	else
		rc = oc_reply_event(&in->events.json, oc_buf_text(&wrapped), in->context, in->reply,
		                    &in->draft, &in->err);
	oc_buf_release(&wrapped);
	return rc ? rc : oc_err_set(&in->err, OC_EPROTO, "the server says that it failed, not why");
}

/* Is it an event that says nothing: a ping, or one of another API? Only events without a type, and
 * those of type "message", must be of ours; of others, those that look like one are. What is
 * damaged is no ping. */
static bool is_foreign(struct oc_events *in, struct oc_text type, struct oc_text data)
{
	const struct oc_json *j = &in->events.json;

	if (oc_text_is(type, "message"))
		return false;
	if (*data.p != '{')
		return true;
	return oc_json_parse(&in->events.json, data.p, data.n, NULL) == 0 &&
	       oc_json_get(j, 0, "choices") == OC_JSON_NONE && oc_said_member(j, 0) == OC_JSON_NONE;
}

/* What an event of this type says. */
static int take_data(struct oc_events *in, struct oc_text type, struct oc_text data)
{
	struct oc_draft *draft = &in->draft;
	uint64_t before = draft->content_sum.n + draft->reasoning_sum.n;
	int rc;

	if (!data.n || in->end_seen)
		return OC_OK;
	if (oc_text_is(data, "[DONE]")) {
		in->end_seen = true;
		return OC_OK;
	}
	if (type.n && oc_text_is(type, "error"))
		return on_error_event(in, data);
	if (type.n && is_foreign(in, type, data)) {
		in->has_events |= !oc_text_is(type, "ping");
		return OC_OK;
	}
	/* The end is proven, and all that is missing is what may come behind it. */
	if (in->ending && in->reply->finish_reason &&
	    oc_json_check_bytes(data.p, data.n, NULL, NULL) != 0)
		return OC_OK;
	in->cut = in->ending && oc_json_is_cut(data.p, data.n);
	rc = oc_event_read(&in->events, data, in->context, in->reply, draft, &in->err);
	if (rc)
		return rc;
	in->has_events = true;
	/* Ollama re-encodes an error in mid-stream so: no text, and no model. */
	in->empty_chunk =
	        draft->content_sum.n + draft->reasoning_sum.n == before && in->events.nameless;
	return deliver(in, false);
}

/* Events without the blank lines between them arrive as one. */
static int take_each_line(struct oc_events *in, struct oc_text type, struct oc_text data)
{
	int rc = OC_OK;

	while (data.n && !rc)
		rc = take_data(in, type, oc_text_trim(oc_text_take_line(&data), " \n"));
	return rc;
}

static int on_event(void *ctx, const struct oc_sse_event *event)
{
	struct oc_events *in = ctx;
	struct oc_text data = oc_text_trim(event->data, " \n");

	if (in->end_seen)
		return OC_OK;
	if (event->error.n)
		return on_error_event(in, event->error);
	if (memchr(data.p, '\n', data.n) && oc_json_check_bytes(data.p, data.n, NULL, NULL) != 0 &&
	    !oc_text_is(event->type, "error"))
		return take_each_line(in, event->type, data);
	return take_data(in, event->type, data);
}

void oc_events_init(struct oc_events *in, oc_sink *sink, void *sink_ctx,
                    const struct oc_refusal_context *context, struct oc_reply *reply)
{
	*in = (struct oc_events){
	        .sink = sink, .sink_ctx = sink_ctx, .context = context, .reply = reply};
	oc_sse_init(&in->sse, OC_EVENT_MAX, on_event, in);
	oc_event_reader_init(&in->events);
	oc_draft_init(&in->draft, OC_ANSWER_MAX, context->keep_think);
}

void oc_events_release(struct oc_events *in)
{
	oc_sse_release(&in->sse);
	oc_event_reader_release(&in->events);
	oc_draft_release(&in->draft);
}

/* What the parser of the stream says, where the handler of its events has not said more. */
static int parsed(struct oc_events *in, int rc)
{
	if (rc == OC_ENOMEM && !in->err.code)
		(void)oc_err_nomem(&in->err);
	else if (rc && !in->err.code)
		(void)oc_err_set(&in->err, OC_EPROTO,
		                 "an event of the stream is larger than %zu MiB",
		                 OC_EVENT_MAX >> 20);
	return in->err.code;
}

int oc_events_feed(struct oc_events *in, const char *p, size_t n)
{
	return in->err.code ? in->err.code : parsed(in, oc_sse_feed(&in->sse, p, n));
}

int oc_events_flush(struct oc_events *in)
{
	struct oc_chunk flush = {.kind = OC_CHUNK_FLUSH};
	bool wanted = in->unflushed;

	in->unflushed = false;
	if (wanted && in->sink(in->sink_ctx, &flush) != 0 && !in->err.code)
		return stopped(in);
	return in->err.code;
}

/* ---- the end ---- */

/* What there is of a stream that has failed. */
static void keep_part(struct oc_events *in)
{
	oc_draft_end(&in->draft);
	if (in->draft.content.n)
		(void)oc_draft_take_text(&in->draft, in->reply, NULL);
}

/* The stream is whole: the rest of its text, or the reason why there is none. */
static int finish(struct oc_events *in)
{
	int rc;

	oc_draft_end(&in->draft);
	rc = deliver(in, true);
	if (!rc)
		rc = oc_draft_finish(&in->draft, in->context, in->reply, &in->err);
	return rc || in->sink ? rc : oc_draft_take_text(&in->draft, in->reply, &in->err);
}

static int judge_end(struct oc_events *in, enum oc_code transport)
{
	in->ending = true;
	if (!in->err.code && !transport && !in->end_seen)
		(void)parsed(in, oc_sse_end(&in->sse));
	if (in->err.code)
		return in->err.code;
	if (in->end_seen || in->reply->finish_reason)
		return finish(in);
	if (transport)
		return transport;
	if (in->empty_chunk) {
		(void)oc_err_set(&in->err, OC_EPROTO,
		                 "the server failed within the stream and did not say why");
		in->err.retry = true; /* for a document it would have been a 500 */
		return in->err.code;
	}
	in->cut = !in->has_events || in->draft.has_choices;
	return oc_err_set(&in->err, OC_EPROTO,
	                  "the stream ended early, with neither [DONE] nor a finish reason%s",
	                  in->has_events && !in->draft.has_choices
	                          ? ", and without any choices: is this a chat API?"
	                          : "");
}

/* Only a proven end makes a stream a success, whatever the transport says. */
int oc_events_end(struct oc_events *in, enum oc_code transport)
{
	int rc = judge_end(in, transport);

	if (rc && !in->sink)
		keep_part(in);
	return rc;
}
