/* SPDX-License-Identifier: MIT */
/* fields.c: --set, --unset and --body: any field of a request's body. */
#include "compat.h"

#include "fields.h"
#include "input.h"
#include "json/merge.h"
#include "json/writer.h"
#include "text/text.h"
#include "text/utf8.h"

void fields_init(struct fields *fields)
{
	*fields = (struct fields){.body_file = NULL};
	oc_buf_init(&fields->patch, OC_PROMPT_MAX);
	oc_buf_init(&fields->given, OC_PROMPT_MAX);
	oc_buf_init(&fields->body, OC_PROMPT_MAX);
	oc_buf_init(&fields->model, OC_PROMPT_MAX);
}

/* ---- objects and patches ---- */

/* An object, of which an empty text is one without members. False where it is nested too deeply:
 * all else has been checked. */
static bool parse(struct oc_json *j, struct oc_text object)
{
	int rc;

	oc_json_init(j);
	rc = object.n ? oc_json_parse(j, object.p, object.n, NULL)
	              : oc_json_parse(j, "{}", 2, NULL);
	cli_need_memory(rc != OC_ENOMEM);
	return rc == OC_OK;
}

typedef void change_fn(const struct oc_json *j, const struct oc_json *by, struct oc_buf *out);

static void without(const struct oc_json *j, const struct oc_json *by, struct oc_buf *out)
{
	oc_json_without(j, by, 0, out);
}

/* Changes an object by another one. False where one of them is nested too deeply. */
static bool change(struct oc_buf *object, struct oc_text by, change_fn *how)
{
	struct oc_json one;
	struct oc_json other;
	struct oc_buf changed = {0};
	bool parsed = parse(&one, oc_buf_text(object));

	parsed = parse(&other, by) && parsed;
	oc_buf_init(&changed, object->max);
	if (parsed)
		how(&one, &other, &changed);
	cli_need_memory(!changed.bad);
	oc_json_release(&one);
	oc_json_release(&other);
	if (!parsed)
		return false;
	oc_buf_release(object);
	*object = changed;
	return true;
}

/* ---- options ---- */

/* Reads a part of a name, up to a dot, a "=" or the end; a backslash takes the next byte as it
 * is. */
static const char *read_part(const char *p, struct oc_buf *part)
{
	for (; *p && *p != '.' && *p != '='; p++) {
		if (*p == '\\' && p[1])
			p++;
		oc_buf_putc(part, *p);
	}
	return p;
}

static void refuse_own(int id, const char *name)
{
	static const struct {
		const char *name;
		const char *advice;
	} own[] = {
	        {"model", "--model says which"},
	        {"messages", "--messages, --system and --prompt make them"},
	        {"stream", "how the answer is sent is for the command to say"},
	};

	for (size_t i = 0; i < OC_COUNT(own); i++) {
		if (strcmp(name, own[i].name) == 0)
			cli_bad_option(id, "\"%s\" cannot be set so: %s", name, own[i].advice);
	}
}

/* Begins an object for each part of the name. Returns what is behind it: "=", or nothing. */
static const char *put_name(struct oc_jsonw *w, int id, const char *arg, size_t *depth)
{
	const char *p = arg;

	for (*depth = 1;; ++*depth) {
		struct oc_buf part = {0};

		oc_buf_init(&part, OC_PROMPT_MAX);
		p = read_part(p, &part);
		cli_need_memory(!part.bad);
		if (!part.n)
			cli_bad_option(id, "\"%s\": a name, or a part of it, is empty", arg);
		if (oc_utf8_check(part.p, part.n) < part.n)
			cli_bad_option(id, "\"%s\" is not valid UTF-8", arg);
		if (*depth == 1)
			refuse_own(id, part.p);
		oc_jsonw_open(w, '{');
		oc_jsonw_key(w, part.p);
		oc_buf_release(&part);
		if (*p != '.')
			return p;
		p++;
	}
}

static bool is_json(const char *s)
{
	struct oc_text text = oc_text_of(s);

	return oc_text_without_bom(text).n == text.n &&
	       oc_json_check(text.p, text.n, NULL, NULL) == OC_OK;
}

/* Adds a field to the patch: its value, JSON where it is that, else a string; or null. */
static void put_field(struct fields *fields, int id, const char *arg, bool has_value)
{
	struct oc_buf patch = {0};
	struct oc_jsonw w;
	size_t depth;
	const char *value;

	oc_buf_init(&patch, OC_PROMPT_MAX);
	oc_jsonw_init(&w, &patch);
	value = put_name(&w, id, arg, &depth);
	if ((*value == '=') != has_value)
		cli_bad_option(id, has_value ? "\"%s\" is not NAME=VALUE" : "\"%s\" is no name",
		               arg);
	value += has_value;
	if (!has_value)
		oc_jsonw_null(&w);
	else if (is_json(value))
		oc_jsonw_raw(&w, (struct oc_text){value, strlen(value)});
	else if (oc_utf8_check(value, strlen(value)) == strlen(value))
		oc_jsonw_string(&w, value, strlen(value));
	else
		cli_bad_option(id, "\"%s\" is not valid UTF-8", arg);
	while (depth--)
		oc_jsonw_close(&w, '}');
	cli_need_memory(!patch.bad);
	if (!change(&fields->patch, oc_buf_text(&patch), oc_json_compose))
		cli_bad_option(id, "\"%s\" is nested too deeply", arg);
	oc_buf_release(&patch);
}

bool fields_option(struct fields *fields, int id, const char *arg)
{
	if (id == FIELDS_BODY)
		fields->body_file = arg;
	else if (id == FIELDS_SET || id == FIELDS_UNSET)
		put_field(fields, id, arg, id == FIELDS_SET);
	else
		return false;
	return true;
}

void fields_give(struct fields *fields, const char *name)
{
	char given[64];

	(void)snprintf(given, sizeof given, "{\"%s\":true}", name);
	if (fields->patch.n)
		(void)change(&fields->patch, oc_text_of(given), without);
	(void)change(&fields->given, oc_text_of(given), oc_json_compose);
}

/* ---- the body's file ---- */

OC_NORETURN static void refuse_body(const struct fields *fields, const char *why)
{
	cli_die(CLI_DATAERR, "%s: %s", input_name(fields->body_file), why);
}

static void take_model(struct fields *fields, const struct oc_json *j, struct oc_request *request)
{
	int at = oc_json_given(j, 0, "model");

	if (request->model || at == OC_JSON_NONE)
		return;
	if (!oc_json_string(j, at, &fields->model))
		refuse_body(fields, "\"model\" is no string");
	cli_need_memory(!fields->model.bad);
	request->model = fields->model.p;
}

/* Reads the file. Its fields, but for those that are the request's own or said by an option, go
 * under what the command line says. */
static void read_body(struct fields *fields, struct oc_request *request)
{
	/* How the answer is sent is for the command to say. */
	static const char not_fields[] =
	        "{\"model\":1,\"messages\":1,\"stream\":1,\"stream_options\":1}";
	struct oc_json j;
	struct oc_err err = {0};
	struct oc_buf rest = {0};
	int messages;

	input_read(fields->body_file, &fields->body);
	oc_json_init(&j);
	if (oc_json_parse(&j, fields->body.p, fields->body.n, &err))
		cli_die(cli_status_of(err.code == OC_EPROTO ? OC_EDATA : err.code), "%s: %s",
		        input_name(fields->body_file), err.message);
	if (oc_json_type(&j, 0) != OC_JSON_OBJECT)
		refuse_body(fields, "it is no JSON object");
	take_model(fields, &j, request);
	messages = oc_json_given(&j, 0, "messages");
	if (!request->messages.n)
		request->messages = oc_json_raw(&j, messages);
	oc_json_release(&j);
	oc_buf_init(&rest, OC_PROMPT_MAX);
	oc_buf_add(&rest, fields->body.p, fields->body.n);
	cli_need_memory(!rest.bad);
	(void)change(&rest, oc_text_of(not_fields), without);
	(void)change(&rest, oc_buf_text(&fields->given), without);
	(void)change(&rest, oc_buf_text(&fields->patch), oc_json_compose);
	oc_buf_release(&fields->patch);
	fields->patch = rest;
}

/* Of several answers all but one would be thrown away. */
static void check_number(const struct fields *fields)
{
	struct oc_json j;
	int64_t n = 1;
	int at;

	(void)parse(&j, oc_buf_text(&fields->patch));
	at = oc_json_given(&j, 0, "n");
	if (at != OC_JSON_NONE && (!oc_json_int64(&j, at, &n) || n != 1))
		cli_die(CLI_USAGE,
		        "the field \"n\" cannot be other than 1: only one answer is read");
	oc_json_release(&j);
}

void fields_finish(struct fields *fields, struct oc_request *request, bool one)
{
	if (fields->body_file)
		read_body(fields, request);
	if (fields->patch.n && one)
		check_number(fields);
	request->fields = oc_buf_text(&fields->patch);
}
