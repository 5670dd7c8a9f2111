/* SPDX-License-Identifier: MIT */
/* record.c: the answer lines of a batch. */
#include "compat.h"

#include <inttypes.h>

#include "jsonw.h"
#include "record.h"
#include "utf8.h"

/* How the id of an envelope's answer begins, as in the OpenAI API. */
static const char id_prefix[] = "batch_req_";

static void put_text(struct oc_jsonw *w, const char *name, const char *value)
{
	oc_jsonw_key(w, name);
	oc_jsonw_string(w, value, strlen(value));
}

/* The beginning of every line: who is answered. */
static void put_identity(struct oc_jsonw *w, const struct oc_line *line)
{
	oc_jsonw_open(w, '{');
	if (line->envelope) {
		char id[sizeof id_prefix + 16];

		(void)snprintf(id, sizeof id, "%s%016" PRIx64, id_prefix, line->id.request);
		put_text(w, "id", id);
	}
	oc_jsonw_key(w, "custom_id");
	if (line->custom_id.n)
		oc_jsonw_raw(w, oc_buf_text(&line->custom_id));
	else
		oc_jsonw_null(w);
	/* The OpenAI API knows no such member; without a custom_id there is nothing else. */
	if (!line->envelope || !line->custom_id.n) {
		oc_jsonw_key(w, "line");
		oc_jsonw_int(w, (int64_t)line->number);
	}
}

static void end_record(struct oc_jsonw *w)
{
	oc_jsonw_close(w, '}');
	oc_buf_putc(w->out, '\n');
}

/* A server's body as a value of one line: line ends in JSON are white space. */
static void put_body(struct oc_jsonw *w, struct oc_text raw)
{
	struct oc_buf line = {0};

	oc_buf_init(&line, 3 * raw.n);
	oc_utf8_replace(&line, raw.p, raw.n);
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '\n' || line.p[i] == '\r')
			line.p[i] = ' ';
	}
	while (line.n && line.p[line.n - 1] == ' ')
		line.n--;
	if (line.bad)
		w->out->bad = line.bad;
	oc_jsonw_raw(w, oc_buf_text(&line));
	oc_buf_release(&line);
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
	oc_jsonw_key(w, "status_code");
	oc_jsonw_int(w, status);
	put_text(w, "request_id", request_id);
	oc_jsonw_key(w, "body");
	if (raw.n)
		put_body(w, raw);
	else
		oc_jsonw_null(w);
	oc_jsonw_close(w, '}');
}

static void put_reply(struct oc_jsonw *w, const struct oc_line *line, const struct oc_reply *reply)
{
	char request[17];

	oc_jsonw_key(w, "content");
	oc_jsonw_string(w, reply->content, reply->content_len);
	oc_jsonw_key(w, "model");
	oc_jsonw_string_or_null(w, reply->model);
	oc_jsonw_key(w, "usage");
	oc_jsonw_usage(w, &reply->usage);
	oc_jsonw_key(w, "finish_reason");
	oc_jsonw_string_or_null(w, reply->finish_reason);
	(void)snprintf(request, sizeof request, "%016" PRIx64, line->id.request);
	put_text(w, "request", request);
}

void oc_record_answer(const struct oc_line *line, const struct oc_reply *reply, struct oc_text raw,
                      const char *request_id, struct oc_buf *out)
{
	struct oc_jsonw w;

	oc_jsonw_init(&w, out);
	put_identity(&w, line);
	if (line->envelope) {
		put_response(&w, reply->http_status, request_id, raw);
		oc_jsonw_key(&w, "error");
		oc_jsonw_null(&w);
	} else {
		put_reply(&w, line, reply);
	}
	end_record(&w);
}

void oc_record_failure(const struct oc_line *line, const struct oc_err *err, int status,
                       struct oc_buf *out)
{
	struct oc_jsonw w;

	oc_jsonw_init(&w, out);
	put_identity(&w, line);
	if (line->envelope)
		put_response(&w, err->http_status, "", (struct oc_text){NULL, 0});
	oc_jsonw_key(&w, "error");
	oc_jsonw_open(&w, '{');
	if (line->envelope) {
		char code[16];

		(void)snprintf(code, sizeof code, "%d", status);
		put_text(&w, "code", code);
	} else {
		oc_jsonw_key(&w, "status");
		oc_jsonw_int(&w, status);
		oc_jsonw_key(&w, "http_status");
		oc_jsonw_count_or_null(&w, err->http_status ? err->http_status : -1);
	}
	put_text(&w, "message", err->message);
	oc_jsonw_close(&w, '}');
	end_record(&w);
}

void oc_record_reasoning(const struct oc_line *line, const struct oc_reply *reply,
                         struct oc_buf *out)
{
	struct oc_jsonw w;

	oc_jsonw_init(&w, out);
	put_identity(&w, line);
	oc_jsonw_key(&w, "reasoning");
	oc_jsonw_string(&w, reply->reasoning, reply->reasoning_len);
	end_record(&w);
}

/* ---- answers read back -------------------------------------------------------------------- */

/* The number at the end of the string, behind the prefix; 0 where the string is another one. */
static uint64_t hash_in(const struct oc_json *json, int at, const char *prefix)
{
	struct oc_text raw = oc_json_raw(json, at);
	size_t skip = 1 + strlen(prefix);
	uint64_t h = 0;

	if (raw.n != skip + 16 + 1 || memcmp(raw.p + 1, prefix, skip - 1) != 0)
		return 0;
	for (const char *p = raw.p + skip; *p != '"'; p++) {
		const char *digit = strchr("0123456789abcdef", *p);

		if (!digit)
			return 0;
		h = h << 4 | (uint64_t)(digit - "0123456789abcdef");
	}
	return h;
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
	*answered = (error == OC_JSON_NONE || oc_json_type(json, error) == OC_JSON_NULL) &&
	            (response == OC_JSON_NONE || oc_json_type(json, response) == OC_JSON_OBJECT);
	return OC_OK;
}
