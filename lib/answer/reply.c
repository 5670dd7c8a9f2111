/* SPDX-License-Identifier: MIT */
/* reply.c: from the server's JSON to struct oc_reply. */
#include "compat.h"

#include "answer/cut.h"
#include "answer/reply.h"
#include "answer/said.h"
#include "text/utf8.h"

void oc_reply_release(struct oc_reply *reply)
{
	free(reply->content);
	free(reply->reasoning);
	free(reply->model);
	free(reply->id);
	free(reply->finish_reason);
	free(reply->tool_calls);
	reply->content = reply->reasoning = reply->model = reply->id = reply->finish_reason = NULL;
	reply->tool_calls = NULL;
	reply->content_len = reply->reasoning_len = reply->tool_calls_len = 0;
	reply->usage = (struct oc_usage){-1, -1, -1};
}

void oc_reply_init(struct oc_reply *reply)
{
	*reply = (struct oc_reply){.usage = {-1, -1, -1}};
}

/* ---- members ------------------------------------------------------------------------------ */

/* Sets an owned string to the value at `at`, if that is a string, not empty, and fit to be shown.
 * Most events repeat what the one before said: then nothing is done. */
static int set_string(char **s, const struct oc_json *j, int at, struct oc_err *err)
{
	struct oc_text raw = oc_json_raw(j, at);
	struct oc_buf text = {0};
	char *fresh;

	if (oc_json_type(j, at) != OC_JSON_STRING || raw.n == 2 || (*s && oc_json_is(j, at, *s)))
		return 0;
	oc_buf_init(&text, raw.n);
	(void)oc_json_string(j, at, &text);
	oc_utf8_mend(&text);
	if (!oc_utf8_printable(text.p, text.n)) {
		oc_buf_release(&text);
		return 0;
	}
	fresh = oc_buf_detach(&text);
	if (!fresh)
		return oc_err_nomem(err);
	free(*s);
	*s = fresh;
	return 0;
}

static int64_t count_of(const struct oc_json *j, int at)
{
	int64_t count;

	return oc_json_int64(j, at, &count) && count >= 0 ? count : -1;
}

/* Takes the counts, if there are any: false where this is no object with one. Those that are all 0
 * after others are not those of the answer. */
static bool set_usage(struct oc_usage *usage, const struct oc_json *j, int at)
{
	struct oc_usage found = {
	        .input_tokens = count_of(j, oc_json_get(j, at, "prompt_tokens")),
	        .output_tokens = count_of(j, oc_json_get(j, at, "completion_tokens")),
	        .total_tokens = count_of(j, oc_json_get(j, at, "total_tokens")),
	};

	if (found.input_tokens < 0 && found.output_tokens < 0 && found.total_tokens < 0)
		return false;
	if (found.input_tokens <= 0 && found.output_tokens <= 0 && found.total_tokens <= 0 &&
	    (usage->input_tokens > 0 || usage->output_tokens > 0))
		return true;
	if (found.total_tokens < 0 && found.input_tokens >= 0 && found.output_tokens >= 0 &&
	    found.input_tokens <= INT64_MAX - found.output_tokens)
		found.total_tokens = found.input_tokens + found.output_tokens;
	*usage = found;
	return true;
}

/* The choice of index 0, which the first one is where it does not say. */
static int first_choice(const struct oc_json *j, int choices)
{
	int first = oc_json_item(j, choices, 0);

	for (int at = first; at != OC_JSON_NONE; at = oc_json_next(j, choices, at)) {
		int64_t index = at == first ? 0 : -1;

		oc_json_int64(j, oc_json_get(j, at, "index"), &index);
		if (index == 0)
			return at;
	}
	return OC_JSON_NONE;
}

/* The finish reason, unless it is none: KoboldCpp wrote null as a string. */
static int finish_reason(const struct oc_json *j, int choice)
{
	int reason = oc_json_get(j, choice, "finish_reason");

	return oc_json_is(j, reason, "null") ? OC_JSON_NONE : reason;
}

/* Takes what a choice says: a "delta" is a piece, a "message" the whole. Some servers answer the
 * request for a stream with a whole answer, and some send both. */
static void add_choice(struct oc_draft *draft, const struct oc_json *j, int choice)
{
	int delta = oc_json_get(j, choice, "delta");
	int message = oc_json_get(j, choice, "message");

	if (oc_json_type(j, delta) == OC_JSON_OBJECT)
		oc_draft_add(draft, j, delta);
	if (oc_json_type(j, message) == OC_JSON_OBJECT)
		oc_draft_add_whole(draft, j, message);
	draft->has_choices |= choice != OC_JSON_NONE;
}

/* Reads all that a whole answer and an event of a stream have in common. */
static int read_answer(const struct oc_json *j, const struct oc_refusal_context *context,
                       struct oc_reply *reply, struct oc_draft *draft, struct oc_err *err)
{
	enum { CHOICES, MODEL, ID, USAGE, X_GROQ };
	static const char *const names[] = {"choices", "model", "id", "usage", "x_groq"};
	int found[OC_COUNT(names)];
	int error = oc_said_find(j);
	int choice;
	int broken;

	oc_json_members(j, 0, names, OC_COUNT(names), found);
	choice = first_choice(j, found[CHOICES]);
	if (error == OC_JSON_NONE)
		error = oc_said_member(j, choice);
	if (error == OC_JSON_NONE)
		error = oc_said_member(j, found[X_GROQ]);
	if (error != OC_JSON_NONE)
		return oc_refusal_of_value(j, error, context, err);
	if (oc_json_type(j, 0) != OC_JSON_OBJECT)
		return oc_err_set(err, OC_EPROTO, "the server sent JSON that is no object");
	add_choice(draft, j, choice);
	if (!set_usage(&reply->usage, j, found[USAGE]) &&
	    !set_usage(&reply->usage, j, oc_json_get(j, found[X_GROQ], "usage")))
		(void)set_usage(&reply->usage, j, oc_json_get(j, choice, "usage"));
	if (set_string(&reply->model, j, found[MODEL], err) ||
	    set_string(&reply->id, j, found[ID], err) ||
	    set_string(&reply->finish_reason, j, finish_reason(j, choice), err))
		return oc_err_nomem(err);
	broken = oc_cut_broken(reply->finish_reason, err);
	return broken ? broken : oc_draft_check(draft, err);
}

/* Parses. Bytes that are not UTF-8 are no reason to lose an answer. */
static int parse(struct oc_json *j, struct oc_text text, const char *what, struct oc_err *err)
{
	struct oc_err why = {0};
	int rc;

	if (!text.n)
		return oc_err_set(err, OC_EPROTO, "%s is empty", what);
	j->any_bytes = true;
	rc = oc_json_parse(j, text.p, text.n, &why);
	if (rc == OC_EPROTO)
		return oc_err_set(err, rc, "%s is unusable: %s; it begins with \"%.*s\"", what,
		                  why.message, (int)(text.n < 60 ? text.n : 60), text.p);
	return rc ? oc_err_set(err, (enum oc_code)rc, "%s", why.message) : 0;
}

/* ---- whole answers ------------------------------------------------------------------------ */

/* Is the answer whole? Ollama says null for the finish reason, and counts nothing,
 * when it gave up on a text that repeats itself, or when its model died: what there is then, is a
 * part. A server that knows no finish reasons says nothing of them. */
static int check_whole(const struct oc_json *j, const struct oc_reply *reply, struct oc_err *err)
{
	int choice = first_choice(j, oc_json_get(j, 0, "choices"));

	if (!reply->finish_reason && reply->usage.output_tokens <= 0 &&
	    oc_json_get(j, choice, "finish_reason") != OC_JSON_NONE)
		return oc_err_set(err, OC_EPROTO,
		                  "the answer is incomplete: the server gives "
		                  "neither a finish reason nor token counts");
	return 0;
}

int oc_reply_parse(struct oc_text body, const struct oc_refusal_context *context,
                   struct oc_reply *reply, struct oc_err *err)
{
	struct oc_json json;
	struct oc_draft draft;
	int rc;

	oc_reply_release(reply);
	oc_json_init(&json);
	rc = parse(&json, body, "the answer", err);
	oc_draft_init(&draft, json.len, context->keep_think);
	if (!rc)
		rc = read_answer(&json, context, reply, &draft, err);
	oc_draft_end(&draft);
	if (!rc)
		rc = oc_draft_check(&draft, err);
	if (!rc)
		rc = oc_draft_take_text(&draft, reply, err);
	if (!rc)
		rc = oc_draft_finish(&draft, context, reply, err);
	if (!rc)
		rc = check_whole(&json, reply, err);
	oc_draft_release(&draft);
	oc_json_release(&json);
	return rc;
}

/* ---- streams ------------------------------------------------------------------------------ */

int oc_reply_event(struct oc_json *json, struct oc_text data,
                   const struct oc_refusal_context *context, struct oc_reply *reply,
                   struct oc_draft *draft, struct oc_err *err)
{
	int rc = parse(json, data, "an event of the stream", err);

	if (rc || oc_json_type(json, 0) == OC_JSON_NULL)
		return rc;
	return read_answer(json, context, reply, draft, err);
}

/* ---- lists of models ---------------------------------------------------------------------- */

/* Appends the model's name, with its NUL: the first of these members that is fit to be printed. */
static bool put_id(const struct oc_json *j, int at, struct oc_buf *ids)
{
	static const char *const names[] = {"id", "name", "model"};
	char *id = NULL;
	bool found;

	for (size_t i = 0; i < OC_COUNT(names) && !id; i++) {
		if (set_string(&id, j, oc_json_get(j, at, names[i]), NULL))
			ids->bad = OC_ENOMEM;
	}
	found = id != NULL;
	if (found)
		oc_buf_add(ids, id, strlen(id) + 1);
	free(id);
	return found;
}

/* Where the models are: an array, or the null of a server that has none; or OC_JSON_NONE. */
static int model_list(const struct oc_json *j)
{
	static const char *const names[] = {"models", "data"};
	int list = OC_JSON_NONE;

	/* Together has it bare. An empty array could be anything. */
	if (oc_json_type(j, oc_json_item(j, 0, 0)) == OC_JSON_OBJECT)
		return 0;
	for (size_t i = 0; i < OC_COUNT(names); i++) {
		int at = oc_json_get(j, 0, names[i]);
		enum oc_json_type type = oc_json_type(j, at);

		if (type == OC_JSON_ARRAY ||
		    (type == OC_JSON_NULL && oc_json_type(j, list) != OC_JSON_ARRAY))
			list = at;
	}
	return list;
}

static int read_models(const struct oc_json *j, const struct oc_refusal_context *context,
                       struct oc_buf *ids, size_t *n, struct oc_err *err)
{
	int error = oc_said_find(j);
	int list = model_list(j);

	if (error != OC_JSON_NONE)
		return oc_refusal_of_value(j, error, context, err);
	for (int at = oc_json_first(j, list); at != OC_JSON_NONE; at = oc_json_next(j, list, at))
		*n += put_id(j, at, ids);
	if (ids->bad == OC_ENOMEM)
		return oc_err_nomem(err);
	if (list == OC_JSON_NONE || (list == 0 && !*n))
		return oc_err_set(err, OC_EPROTO, "the server's answer is no list of models");
	if (ids->bad)
		return oc_err_set(err, OC_EPROTO, "the list of models is larger than %zu bytes",
		                  ids->max);
	return 0;
}

int oc_reply_models(struct oc_text body, const struct oc_refusal_context *context,
                    struct oc_buf *ids, size_t *n, struct oc_err *err)
{
	struct oc_json json;
	int rc;

	*n = 0;
	oc_json_init(&json);
	rc = parse(&json, body, "the list of models", err);
	if (!rc)
		rc = read_models(&json, context, ids, n, err);
	oc_json_release(&json);
	return rc;
}
