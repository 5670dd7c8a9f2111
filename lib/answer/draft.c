/* SPDX-License-Identifier: MIT */
/* draft.c: an answer's text on its way in. */
#include "compat.h"

#include "answer/cut.h"
#include "answer/draft.h"
#include "answer/piece.h"
#include "text/hash.h"
#include "text/utf8.h"

enum {
	TOOLS_MAX = 200,   /* bytes of the tools' names */
	REFUSAL_MAX = 500, /* bytes of a refusal, in a message */
};

void oc_draft_init(struct oc_draft *d, size_t max, bool keep_think)
{
	*d = (struct oc_draft){.content_sum = {.hash = OC_HASH_START},
	                       .reasoning_sum = {.hash = OC_HASH_START}};
	oc_buf_init(&d->content, max);
	oc_think_init(&d->think, max);
	if (keep_think)
		d->think.state = OC_THINK_OVER;
	oc_buf_init(&d->reasoning, max);
	oc_buf_init(&d->refusal, max);
	oc_calls_init(&d->calls, max);
}

void oc_draft_release(struct oc_draft *d)
{
	oc_buf_release(&d->content);
	oc_think_release(&d->think);
	oc_buf_release(&d->reasoning);
	oc_buf_release(&d->refusal);
	oc_calls_release(&d->calls);
}

int oc_draft_check(const struct oc_draft *d, struct oc_err *err)
{
	const enum oc_code bad[] = {d->content.bad, d->reasoning.bad, d->refusal.bad, d->calls.bad};

	if (!(bad[0] | bad[1] | bad[2] | bad[3] | d->calls.too_many)) /* as nearly always */
		return OC_OK;
	for (size_t i = 0; i < OC_COUNT(bad); i++) {
		if (bad[i] == OC_ENOMEM)
			return oc_err_nomem(err);
	}
	if (d->calls.too_many)
		return oc_err_set(err, OC_EPROTO, "the answer has more than %d tool calls",
		                  OC_CALLS_MAX);
	return oc_err_set(err, OC_EPROTO, "the answer is larger than %zu MiB",
	                  d->content.max >> 20);
}

/* ---- what has come ------------------------------------------------------------------------ */

/* Counts what was appended to a text behind its first `from` bytes. */
static void count(struct oc_draft_sum *sum, const struct oc_buf *text, size_t from)
{
	sum->hash = oc_hash_add(sum->hash, text->p + from, text->n - from);
	sum->n += text->n - from;
}

static void count_piece(struct oc_draft_sum *sum, const struct oc_buf *text, size_t from)
{
	count(sum, text, from);
	sum->pieces |= text->n > from;
}

static void put_half(struct oc_buf *out, struct oc_draft_sum *sum)
{
	size_t from = out->n;

	oc_piece_end(out, &sum->half);
	count(sum, out, from);
}

/* Takes the thinking out of what has come behind the first `from` bytes of content. It has been
 * counted as content, as which a whole message repeats it. */
static void take_thinking(struct oc_draft *d, size_t from)
{
	if (d->think.state != OC_THINK_OVER)
		oc_think_take(&d->think, &d->content, from, &d->reasoning);
}

static void end_pieces(struct oc_draft *d)
{
	put_half(&d->content, &d->content_sum);
	put_half(&d->reasoning, &d->reasoning_sum);
	oc_calls_end(&d->calls);
}

void oc_draft_end(struct oc_draft *d)
{
	size_t from = d->content.n;

	end_pieces(d);
	take_thinking(d, from);
	oc_think_end(&d->think, &d->content, &d->reasoning);
}

/* False where memory is out. */
static bool move_text(struct oc_buf *from, char **text, size_t *n)
{
	oc_utf8_mend(from);
	*n = from->n;
	*text = oc_buf_detach(from);
	return *text;
}

int oc_draft_take_text(struct oc_draft *d, struct oc_reply *reply, struct oc_err *err)
{
	if (!move_text(&d->content, &reply->content, &reply->content_len) ||
	    (d->reasoning.n && !move_text(&d->reasoning, &reply->reasoning, &reply->reasoning_len)))
		return oc_err_nomem(err);
	return OC_OK;
}

int oc_draft_take_calls(const struct oc_draft *d, struct oc_reply *reply, struct oc_err *err)
{
	struct oc_buf json = {0};

	if (!oc_calls_are(&d->calls))
		return 0;
	oc_buf_init(&json, SIZE_MAX / 2);
	oc_calls_put(&d->calls, &json);
	free(reply->tool_calls);
	reply->tool_calls_len = json.n;
	reply->tool_calls = oc_buf_detach(&json);
	return reply->tool_calls ? 0 : oc_err_nomem(err);
}

/* Appends what is new in a whole text. */
static void add_rest(struct oc_buf *out, struct oc_draft_sum *sum, const struct oc_buf *whole)
{
	size_t from = out->n;
	size_t old = 0;

	if (whole->n >= sum->n &&
	    oc_hash_add(OC_HASH_START, whole->p, (size_t)sum->n) == sum->hash) {
		old = (size_t)sum->n;
		sum->half = 0; /* it is in what follows */
	} else if (sum->pieces) {
		old = whole->n;
	}
	oc_buf_add(out, whole->p + old, whole->n - old);
	count(sum, out, from);
	if (whole->bad)
		out->bad = whole->bad;
}

/* ---- texts -------------------------------------------------------------------------------- */

/* Appends the texts in a value of any form: a string, an object that has one, of which the first
 * member counts, an array of these. */
static void put_texts(struct oc_buf *out, const struct oc_json *j, int at)
{
	static const char *const members[] = {"text", "content", "summary", "thinking"};
	enum oc_json_type type = oc_json_type(j, at);
	int item = type == OC_JSON_ARRAY ? oc_json_first(j, at) : OC_JSON_NONE;
	size_t before = out->n;

	(void)oc_json_string(j, at, out);
	for (size_t i = 0; type == OC_JSON_OBJECT && i < OC_COUNT(members) && out->n == before; i++)
		put_texts(out, j, oc_json_get(j, at, members[i]));
	for (; item != OC_JSON_NONE; item = oc_json_next(j, at, item))
		put_texts(out, j, item);
}

/* False where there is none. */
static bool put_reasoning(struct oc_draft *d, const struct oc_json *j, int at)
{
	size_t before = d->reasoning.n;

	if (oc_json_type(j, at) == OC_JSON_STRING) {
		oc_piece_add(&d->reasoning, &d->reasoning_sum.half, oc_piece_inner(j, at));
		return oc_piece_inner(j, at).n > 0;
	}
	put_texts(&d->reasoning, j, at);
	return d->reasoning.n > before;
}

/* Content is a string or an array of parts, of which some are thoughts. */
static void put_content(struct oc_draft *d, const struct oc_json *j, int at, bool thoughts)
{
	if (oc_json_type(j, at) == OC_JSON_STRING)
		oc_piece_add(&d->content, &d->content_sum.half, oc_piece_inner(j, at));
	if (oc_json_type(j, at) != OC_JSON_ARRAY)
		return;
	for (int part = oc_json_first(j, at); part != OC_JSON_NONE;
	     part = oc_json_next(j, at, part)) {
		int type = oc_json_get(j, part, "type");

		if (oc_json_is(j, type, "text") || oc_json_is(j, type, "output_text"))
			oc_json_string(j, oc_json_get(j, part, "text"), &d->content);
		else if (oc_json_is(j, type, "thinking") && thoughts)
			put_texts(&d->reasoning, j, oc_json_get(j, part, "thinking"));
		else if (oc_json_is(j, type, "refusal"))
			oc_json_string(j, oc_json_get(j, part, "refusal"), &d->refusal);
	}
}

/* ---- messages ----------------------------------------------------------------------------- */

/* What a message is read for. A model's thinking has many names, and comes under several of them at
 * the same time: the first that is not empty counts, and the last of them has it in parts. */
enum { CONTENT, REASONING, REASONING_PARTS = 4, REFUSAL, TOOL_CALLS, FUNCTION_CALL, NAMES };

static const char *const names[NAMES] = {
        [CONTENT] = "content",
        [REASONING] = "reasoning",
        "reasoning_content",
        "reasoning_text",
        [REASONING_PARTS] = "reasoning_details",
        [REFUSAL] = "refusal",
        [TOOL_CALLS] = "tool_calls",
        [FUNCTION_CALL] = "function_call",
};

static void put_message(struct oc_draft *d, const struct oc_json *j, int message)
{
	bool thought = false;
	int found[NAMES];

	oc_json_members(j, message, names, NAMES, found);
	for (int i = REASONING; i <= REASONING_PARTS && !thought; i++)
		thought = put_reasoning(d, j, found[i]);
	put_content(d, j, found[CONTENT], !thought);
	oc_json_string(j, found[REFUSAL], &d->refusal);
	if (oc_json_item(j, found[TOOL_CALLS], 0) != OC_JSON_NONE)
		oc_calls_add(&d->calls, j, found[TOOL_CALLS]);
	else if (oc_json_type(j, found[FUNCTION_CALL]) == OC_JSON_OBJECT)
		oc_calls_add_function(&d->calls, j, found[FUNCTION_CALL]);
}

void oc_draft_add(struct oc_draft *d, const struct oc_json *j, int delta)
{
	size_t content = d->content.n;
	size_t reasoning = d->reasoning.n;

	put_message(d, j, delta);
	count_piece(&d->content_sum, &d->content, content);
	count_piece(&d->reasoning_sum, &d->reasoning, reasoning);
	take_thinking(d, content);
}

/* Appends what is said once. */
static void add_once(struct oc_buf *out, const struct oc_buf *whole)
{
	if (!out->n)
		oc_buf_add(out, whole->p, whole->n);
	if (whole->bad)
		out->bad = whole->bad;
}

static void add_first_whole(struct oc_draft *d, const struct oc_json *j, int message)
{
	put_message(d, j, message);
	count(&d->content_sum, &d->content, 0);
	count(&d->reasoning_sum, &d->reasoning, 0);
	end_pieces(d);
	take_thinking(d, 0);
}

void oc_draft_add_whole(struct oc_draft *d, const struct oc_json *j, int message)
{
	struct oc_draft whole;
	size_t from = d->content.n;

	if (!d->content_sum.n && !d->reasoning_sum.n && !d->refusal.n && !d->calls.n) {
		add_first_whole(d, j, message);
		return;
	}
	oc_draft_init(&whole, j->len, true);
	add_first_whole(&whole, j, message);
	add_rest(&d->content, &d->content_sum, &whole.content);
	add_rest(&d->reasoning, &d->reasoning_sum, &whole.reasoning);
	add_once(&d->refusal, &whole.refusal);
	oc_calls_add_once(&d->calls, &whole.calls);
	oc_draft_release(&whole);
	take_thinking(d, from);
}

int oc_draft_only_text(const struct oc_json *j, int delta, bool *reasoning)
{
	int values[NAMES];
	int found = OC_JSON_NONE;

	oc_json_members(j, delta, names, NAMES, values);
	for (int i = 0; i < NAMES; i++) {
		enum oc_json_type type = oc_json_type(j, values[i]);

		if (type <= OC_JSON_NULL || oc_json_is(j, values[i], "") ||
		    (type >= OC_JSON_ARRAY && oc_json_first(j, values[i]) == OC_JSON_NONE))
			continue;
		if (found != OC_JSON_NONE || type != OC_JSON_STRING || i >= REASONING_PARTS)
			return OC_JSON_NONE;
		found = values[i];
		*reasoning = i >= REASONING;
	}
	return found;
}

void oc_draft_add_text(struct oc_draft *d, bool reasoning, struct oc_text inner)
{
	struct oc_buf *text = reasoning ? &d->reasoning : &d->content;
	struct oc_draft_sum *sum = reasoning ? &d->reasoning_sum : &d->content_sum;
	size_t from = text->n;

	oc_piece_add(text, &sum->half, inner);
	count_piece(sum, text, from);
	if (!reasoning)
		take_thinking(d, from);
}

/* ---- no content --------------------------------------------------------------------------- */

static int missing(const struct oc_draft *d, const struct oc_reply *reply, struct oc_err *err)
{
	const char *reason = reply->finish_reason ? reply->finish_reason : "none";
	enum oc_cut cut = oc_cut(reply, 0);
	bool thought = d->reasoning_sum.n || d->think.state > OC_THINK_START;
	const char *advice = cut == OC_CUT_LENGTH ? ": allow more tokens or less effort" : "";
	char shown[REFUSAL_MAX + OC_UTF8_LINE_MORE];

	if (!d->has_choices)
		return oc_err_set(err, OC_EPROTO, "the answer has no choices: is this a chat API?");
	if (d->refusal.n) {
		oc_utf8_line(shown, REFUSAL_MAX, d->refusal.p, d->refusal.n);
		return oc_err_set(err, OC_EPROTO, "the model refuses to answer: \"%s\"", shown);
	}
	if (d->calls.n) {
		oc_calls_names(&d->calls, shown, TOOLS_MAX);
		return oc_err_set(err, OC_EPROTO,
		                  "the answer is tool calls only%s%s%s, without content",
		                  *shown ? " (" : "", shown, *shown ? ")" : "");
	}
	if (cut == OC_CUT_FILTER)
		return oc_err_set(err, OC_EPROTO,
		                  "the server's content filter left nothing of the answer "
		                  "(finish_reason %s)",
		                  reason);
	return oc_err_set(err, OC_EPROTO, "the answer is %s (finish_reason %s)%s",
	                  thought ? "reasoning only, without content" : "empty", reason, advice);
}

int oc_draft_finish(const struct oc_draft *d, const struct oc_refusal_context *context,
                    struct oc_reply *reply, struct oc_err *err)
{
	if (context->has_tools && oc_draft_take_calls(d, reply, err))
		return OC_ENOMEM;
	if (!reply->model && context->model) {
		reply->model = strdup(context->model);
		if (!reply->model)
			return oc_err_nomem(err);
	}
	if ((d->content_sum.n && d->think.state == OC_THINK_OVER) || reply->tool_calls)
		return OC_OK;
	return missing(d, reply, err);
}
