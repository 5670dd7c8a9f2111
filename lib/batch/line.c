/* SPDX-License-Identifier: MIT */
/* line.c: the request lines of a batch. */
#include "compat.h"

#include "batch/line.h"
#include "request/fields.h"
#include "request/messages.h"
#include "request/request.h"
#include "schema/schema.h"
#include "text/err.h"
#include "text/hash.h"

void oc_line_init(struct oc_line *line)
{
	*line = (struct oc_line){.number = 0};
	oc_buf_init(&line->custom_id, OC_PROMPT_MAX);
	oc_buf_init(&line->model, OC_PROMPT_MAX);
	oc_buf_init(&line->body, OC_BODY_MAX);
	oc_buf_init(&line->schema, OC_PROMPT_MAX);
}

void oc_line_release(struct oc_line *line)
{
	oc_buf_release(&line->custom_id);
	oc_buf_release(&line->model);
	oc_buf_release(&line->body);
	oc_buf_release(&line->schema);
}

/* ---- identity ----------------------------------------------------------------------------- */

int oc_line_key(const struct oc_json *json, int custom_id, uint64_t number, uint64_t *key,
                struct oc_err *err)
{
	struct oc_buf text = {0};
	bool bad;

	*key = oc_hash((struct oc_text){(const char *)&number, sizeof number});
	if (oc_json_type(json, custom_id) != OC_JSON_STRING)
		return OC_OK;
	/* Decoded, it stays the same where a tool has written the same string with other escapes.
	 * The quote keeps it apart from numbers. */
	oc_buf_init(&text, OC_PROMPT_MAX);
	oc_buf_putc(&text, '"');
	(void)oc_json_string(json, custom_id, &text);
	*key = oc_hash(oc_buf_text(&text));
	bad = text.bad;
	oc_buf_release(&text);
	return bad ? oc_err_nomem(err) : OC_OK;
}

/* ---- requests ----------------------------------------------------------------------------- */

static int fail(struct oc_err *err, const char *why)
{
	return oc_err_set(err, OC_EDATA, "%s", why);
}

static int read_custom_id(struct oc_line *line, const struct oc_json *json, struct oc_err *err)
{
	int at = oc_json_given(json, 0, "custom_id");
	struct oc_text raw = oc_json_raw(json, at);

	if (at == OC_JSON_NONE)
		return OC_OK;
	if (oc_json_type(json, at) != OC_JSON_STRING)
		return fail(err, "\"custom_id\" is no string");
	oc_buf_add(&line->custom_id, raw.p, raw.n);
	return oc_line_key(json, at, line->number, &line->id.key, err);
}

/* The line's own response_format decides what its answer must be. */
static int read_format(struct oc_line *line, const struct oc_json *json, int request,
                       struct oc_err *err)
{
	int format = oc_json_given(json, request, "response_format");
	int schema = oc_json_given(json, oc_json_given(json, format, "json_schema"), "schema");
	int type = oc_json_given(json, format, "type");
	struct oc_text raw = oc_json_raw(json, schema);
	struct oc_schema *loaded = NULL;
	int rc;

	if (format == OC_JSON_NONE)
		return OC_OK;
	line->form.format =
	        oc_json_is(json, type, "json_object") ? OC_FORMAT_JSON_OBJECT : OC_FORMAT_TEXT;
	if (schema == OC_JSON_NONE || !oc_json_is(json, type, "json_schema"))
		return OC_OK;
	oc_buf_add(&line->schema, raw.p, raw.n);
	if (line->schema.bad)
		return oc_err_nomem(err);
	line->form.format = OC_FORMAT_JSON_SCHEMA;
	line->form.schema = oc_buf_text(&line->schema);
	rc = oc_schema_new(line->form.schema, OC_FORMATS_ENFORCED, &loaded, err);
	oc_schema_free(loaded);
	return rc;
}

/* The prompt: what is placed before each, a blank line, and the line's own, which must not be
 * blank. */
static int make_prompt(const struct oc_json *json, int at, const struct oc_request *defaults,
                       struct oc_buf *prompt, struct oc_err *err)
{
	size_t own;

	oc_buf_add(prompt, defaults->prompt.p, defaults->prompt.n);
	oc_prompt_separate(prompt);
	own = prompt->n;
	if (!oc_json_string(json, at, prompt))
		return fail(err, "\"prompt\" is no string");
	if (prompt->bad == OC_ENOMEM)
		return oc_err_nomem(err);
	if (prompt->bad)
		return fail(err, "the prompt is too large");
	return oc_prompt_check((struct oc_text){prompt->p + own, prompt->n - own}, err);
}

/* A line that is, or has, a prompt. */
static int read_prompt(struct oc_line *line, const struct oc_json *json, int prompt,
                       const struct oc_request *defaults, struct oc_err *err)
{
	static const char *const ours[] = {"prompt", "custom_id", NULL};
	struct oc_request request = *defaults;
	struct oc_buf text = {0};
	int rc;

	oc_buf_init(&text, OC_PROMPT_MAX);
	rc = make_prompt(json, prompt, defaults, &text, err);
	request.prompt = oc_buf_text(&text);
	if (rc)
		;
	else if (prompt != 0)
		rc = oc_request_body_over(&request, json, 0, ours, &line->body, err);
	else if (!request.model)
		rc = fail(err, "no model is named");
	else
		rc = oc_request_body(&request, &line->body, err);
	oc_buf_release(&text);
	return rc;
}

static int read_messages(struct oc_line *line, const struct oc_json *json, int at,
                         const struct oc_request *defaults, struct oc_err *err)
{
	static const char *const ours[] = {"custom_id", NULL};
	static const char *const none[] = {NULL};

	if (oc_json_type(json, oc_json_given(json, at, "messages")) != OC_JSON_ARRAY)
		return fail(err, "\"messages\" is no array");
	return oc_request_body_over(defaults, json, at, at == 0 ? ours : none, &line->body, err);
}

/* It must be the path of a chat completion, whatever stands before it and however it is escaped. */
static int check_url(const struct oc_json *json, int at, struct oc_err *err)
{
	static const char path[] = "/chat/completions";
	const size_t n = sizeof path - 1;
	struct oc_buf url = {0};
	int rc;

	oc_buf_init(&url, OC_PROMPT_MAX);
	(void)oc_json_string(json, at, &url);
	if (url.bad)
		rc = oc_err_nomem(err);
	else if (url.n < n || memcmp(url.p + url.n - n, path, n) != 0)
		rc = fail(err, "\"url\" is not /v1/chat/completions");
	else
		rc = OC_OK;
	oc_buf_release(&url);
	return rc;
}

static int read_envelope(struct oc_line *line, const struct oc_json *json,
                         const struct oc_request *defaults, struct oc_err *err)
{
	int method = oc_json_given(json, 0, "method");
	int url = oc_json_given(json, 0, "url");
	int body = oc_json_given(json, 0, "body");
	int rc;

	line->envelope = true;
	if (method != OC_JSON_NONE && !oc_json_is(json, method, "POST"))
		return fail(err, "\"method\" is not POST");
	rc = url == OC_JSON_NONE ? OC_OK : check_url(json, url, err);
	if (rc)
		return rc;
	if (oc_json_type(json, body) != OC_JSON_OBJECT)
		return fail(err, "\"body\" is no object");
	return read_messages(line, json, body, defaults, err);
}

static int read_object(struct oc_line *line, const struct oc_json *json,
                       const struct oc_request *defaults, struct oc_err *err)
{
	int prompt = oc_json_given(json, 0, "prompt");
	int messages = oc_json_given(json, 0, "messages");
	int body = oc_json_given(json, 0, "body");

	if (prompt != OC_JSON_NONE && messages != OC_JSON_NONE)
		return fail(err, "both \"prompt\" and \"messages\" are given");
	if (prompt != OC_JSON_NONE)
		return read_prompt(line, json, prompt, defaults, err);
	if (messages != OC_JSON_NONE)
		return read_messages(line, json, 0, defaults, err);
	if (body != OC_JSON_NONE || oc_json_given(json, 0, "url") != OC_JSON_NONE)
		return read_envelope(line, json, defaults, err);
	return fail(err, "there is neither \"prompt\" nor \"messages\" nor \"body\"");
}

static int read_request(struct oc_line *line, const struct oc_json *json,
                        const struct oc_request *defaults, struct oc_err *err)
{
	int request = 0;
	int model;
	int rc;

	if (oc_json_type(json, 0) == OC_JSON_STRING) {
		rc = read_prompt(line, json, 0, defaults, err);
	} else if (oc_json_type(json, 0) == OC_JSON_OBJECT) {
		rc = read_custom_id(line, json, err);
		if (!rc)
			rc = read_object(line, json, defaults, err);
	} else {
		rc = fail(err, "it is neither an object nor a string");
	}
	if (rc)
		return rc;
	if (line->envelope)
		request = oc_json_given(json, 0, "body");
	line->has_tools = oc_fields_tools(json, request, oc_request_has_tools(defaults));
	line->form = *defaults;
	line->form.fields = (struct oc_text){NULL, 0}; /* they count in what follows */
	line->form.max_tokens = oc_fields_limit(json, request, oc_request_limit(defaults));
	model = oc_json_given(json, request, "model");
	if (model != OC_JSON_NONE && !oc_json_string(json, model, &line->model))
		return fail(err, "\"model\" is no string");
	if (line->model.n)
		line->form.model = line->model.p;
	return read_format(line, json, request, err);
}

int oc_line_read(struct oc_line *line, uint64_t number, struct oc_text text, struct oc_json *json,
                 const struct oc_request *defaults, struct oc_err *err)
{
	struct oc_err why = {.code = OC_OK};
	int rc;

	line->number = number;
	line->id.request = 0;
	(void)oc_line_key(json, OC_JSON_NONE, number, &line->id.key, err);
	rc = oc_json_parse(json, text.p, text.n, &why);
	if (!rc)
		rc = read_request(line, json, defaults, &why);
	if (!rc && (line->custom_id.bad || line->model.bad || line->body.bad))
		rc = oc_err_nomem(&why);
	if (!rc)
		line->id.request = oc_hash(oc_buf_text(&line->body));
	if (!rc || rc == OC_ENOMEM)
		return rc ? oc_err_nomem(err) : OC_OK;
	/* Whatever is wrong with it, it is the line that cannot be used. */
	return oc_err_set(err, OC_EDATA, "the line is unusable: %s", why.message);
}
