/* SPDX-License-Identifier: MIT */
/* record.c: the answer lines of a batch. */
#include "compat.h"

#include <inttypes.h>

#include "answer/calls.h"
#include "batch/record.h"
#include "text/err.h"
#include "text/text.h"

/* How the id of an envelope's answer begins, as in the OpenAI API. */
static const char id_prefix[] = "batch_req_";

enum { HASH_TEXT_MAX = sizeof id_prefix + 16 };

/* A request's hash as it is written. */
static void write_hash(char text[static HASH_TEXT_MAX], const char *prefix, uint64_t hash)
{
	(void)snprintf(text, HASH_TEXT_MAX, "%s%016" PRIx64, prefix, hash);
}

/* The beginning of every line: who is answered. */
static struct oc_jsonw begin_record(const struct oc_line *line, struct oc_buf *out)
{
	char id[HASH_TEXT_MAX];
	struct oc_jsonw w;

	oc_jsonw_init(&w, out);
	oc_jsonw_open(&w, '{');
	if (line->envelope) {
		write_hash(id, id_prefix, line->id.request);
		oc_jsonw_member(&w, "id", id);
	}
	oc_jsonw_key(&w, "custom_id");
	if (line->custom_id.n)
		oc_jsonw_foreign(&w, oc_buf_text(&line->custom_id));
	else
		oc_jsonw_null(&w);
	/* The OpenAI API knows no such member; without a custom_id there is nothing else. */
	if (!line->envelope || !line->custom_id.n)
		oc_jsonw_member_count(&w, "line", (int64_t)line->number);
	return w;
}

static void end_record(struct oc_jsonw *w)
{
	oc_jsonw_close(w, '}');
	oc_buf_putc(w->out, '\n');
}

/* OpenAI's "response". raw.n == 0: there is no body. */
static void put_response(struct oc_jsonw *w, int status, const char *request_id, struct oc_text raw)
{
	oc_jsonw_key(w, "response");
	if (!status) {
		oc_jsonw_null(w);
		return;
	}
	oc_jsonw_open(w, '{');
	oc_jsonw_member_count(w, "status_code", status);
	oc_jsonw_member_any(w, "request_id", oc_text_of(request_id));
	oc_jsonw_key(w, "body");
	if (raw.n)
		oc_jsonw_foreign(w, raw);
	else
		oc_jsonw_null(w);
	oc_jsonw_close(w, '}');
}

static void put_reply(struct oc_jsonw *w, const struct oc_line *line, const struct oc_reply *reply)
{
	char request[HASH_TEXT_MAX];

	oc_jsonw_member_text(w, "content", oc_text_of_content(reply));
	oc_jsonw_member(w, "model", reply->model);
	oc_jsonw_key(w, "usage");
	oc_jsonw_usage(w, &reply->usage);
	oc_jsonw_member(w, "finish_reason", reply->finish_reason);
	oc_calls_member(w, reply);
	write_hash(request, "", line->id.request);
	oc_jsonw_member(w, "request", request);
}

/* A line that its reader refuses would be an answer that is lost, and a file with it that cannot be
 * resumed. */
static int check_readable(struct oc_buf *out, size_t start, struct oc_json *json,
                          struct oc_err *err)
{
	struct oc_text line = {out->p + start, out->n - start};
	struct oc_err why = {.code = OC_EPROTO, .message = "it is taken for a failure"};
	struct oc_line_id id;
	bool answered = false;
	int rc = out->bad ? OC_ENOMEM : oc_record_recall(line, json, &id, &answered, &why);

	if (!rc && answered)
		return OC_OK;
	oc_buf_cut(out, start);
	if (rc == OC_ENOMEM)
		return oc_err_nomem(err);
	return oc_err_set(err, OC_EPROTO, "the answer does not fit into a line of JSON: %s",
	                  why.message);
}

int oc_record_answer(const struct oc_line *line, const struct oc_reply *reply, struct oc_text raw,
                     const char *request_id, struct oc_json *json, struct oc_buf *out,
                     struct oc_err *err)
{
	size_t start = out->n;
	struct oc_jsonw w = begin_record(line, out);

	if (line->envelope) {
		put_response(&w, reply->http_status, request_id, raw);
		oc_jsonw_member(&w, "error", NULL);
	} else {
		put_reply(&w, line, reply);
	}
	end_record(&w);
	return check_readable(out, start, json, err);
}

void oc_record_failure(const struct oc_line *line, const struct oc_err *err, int status,
                       struct oc_buf *out)
{
	struct oc_jsonw w = begin_record(line, out);

	if (line->envelope)
		put_response(&w, err->http_status, "", (struct oc_text){NULL, 0});
	oc_jsonw_member_open(&w, "error", '{');
	if (line->envelope) {
		char code[16];

		(void)snprintf(code, sizeof code, "%d", status);
		oc_jsonw_member(&w, "code", code);
	} else {
		oc_jsonw_member_count(&w, "status", status);
		oc_jsonw_member_count(&w, "http_status", err->http_status ? err->http_status : -1);
	}
	oc_jsonw_member(&w, "message", err->message);
	oc_jsonw_close(&w, '}');
	end_record(&w);
}

void oc_record_reasoning(const struct oc_line *line, const struct oc_reply *reply,
                         struct oc_buf *out)
{
	struct oc_jsonw w = begin_record(line, out);

	oc_jsonw_member_text(&w, "reasoning", oc_text_of_reasoning(reply));
	end_record(&w);
}

/* ---- answers read back -------------------------------------------------------------------- */

/* The hash that the string is, behind the prefix; 0 where it is another one. */
static uint64_t hash_in(const struct oc_json *json, int at, const char *prefix)
{
	struct oc_text raw = oc_json_raw(json, at);
	size_t skip = strlen("\"") + strlen(prefix);
	uint64_t hash = raw.n > skip ? strtoull(raw.p + skip, NULL, 16) : 0;
	char text[HASH_TEXT_MAX];

	write_hash(text, prefix, hash);
	return oc_json_is(json, at, text) ? hash : 0;
}

/* Does it say that something went wrong? There are many ways to say that nothing did. */
static bool is_error(const struct oc_json *json, int at)
{
	enum oc_json_type type = oc_json_type(json, at);

	if (type == OC_JSON_STRING)
		return oc_json_raw(json, at).n > strlen("\"\"");
	if (type == OC_JSON_ARRAY || type == OC_JSON_OBJECT)
		return oc_json_first(json, at) != OC_JSON_NONE;
	return type == OC_JSON_TRUE || type == OC_JSON_NUMBER;
}

/* Is it what a server answers to a request that it fulfils? */
static bool is_response(const struct oc_json *json, int at)
{
	int status = oc_json_get(json, at, "status_code");
	int body = oc_json_get(json, at, "body");
	int64_t code = 200;

	if (oc_json_type(json, status) > OC_JSON_NULL && !oc_json_int64(json, status, &code))
		return false;
	return code == 200 && oc_json_type(json, body) > OC_JSON_NULL &&
	       !is_error(json, oc_json_get(json, body, "error"));
}

int oc_record_recall(struct oc_text text, struct oc_json *json, struct oc_line_id *id,
                     bool *answered, struct oc_err *err)
{
	struct oc_err why = {.code = OC_OK};
	int64_t number = 0;
	int custom_id, content, response, error;

	if (oc_json_parse(json, text.p, text.n, &why))
		return oc_err_set(err, why.code == OC_ENOMEM ? OC_ENOMEM : OC_EDATA, "%s",
		                  why.message);
	custom_id = oc_json_get(json, 0, "custom_id");
	content = oc_json_get(json, 0, "content");
	response = oc_json_get(json, 0, "response");
	error = oc_json_get(json, 0, "error");
	if (content == OC_JSON_NONE && response == OC_JSON_NONE && error == OC_JSON_NONE)
		return oc_err_set(err, OC_EDATA, "it is no answer of a batch");
	(void)oc_json_int64(json, oc_json_get(json, 0, "line"), &number);
	if (oc_json_type(json, custom_id) != OC_JSON_STRING && number <= 0)
		return oc_err_set(err, OC_EDATA, "it has neither a \"custom_id\" nor a \"line\"");
	if (oc_line_key(json, custom_id, (uint64_t)number, &id->key, err))
		return OC_ENOMEM;
	id->request = response == OC_JSON_NONE
	                      ? hash_in(json, oc_json_get(json, 0, "request"), "")
	                      : hash_in(json, oc_json_get(json, 0, "id"), id_prefix);
	*answered =
	        !is_error(json, error) &&
	        (response == OC_JSON_NONE ? content != OC_JSON_NONE : is_response(json, response));
	return OC_OK;
}
