/* SPDX-License-Identifier: MIT */
/* request.c: from struct oc_request to the JSON body of POST /chat/completions. */
#include "compat.h"

#include <math.h>

#include "json/writer.h"
#include "text/num.h"
#include "request/fields.h"
#include "request/messages.h"
#include "request/request.h"
#include "request/tools.h"
#include "schema/schema.h"
#include "schema/strict.h"
#include "text/utf8.h"
#include "text/err.h"
#include "text/text.h"

void oc_request_init(struct oc_request *req)
{
	*req = (struct oc_request){.temperature = OC_UNSET, .top_p = OC_UNSET};
}

/* ---- checks ------------------------------------------------------------------------------- */

static int check_range(const char *name, double v, double max, struct oc_err *err)
{
	char shown[OC_NUM_TEXT_MAX] = "NaN";

	if (v == OC_UNSET || (v >= 0.0 && v <= max))
		return 0;
	if (isfinite(v))
		oc_num_text(shown, v);
	else if (!isnan(v))
		(void)snprintf(shown, sizeof shown, "%sinfinite", v < 0.0 ? "-" : "");
	return oc_err_set(err, OC_EARG, "%s %s is out of range: 0.0 to %d.0", name, shown,
	                  (int)max);
}

static int check_model(const char *model, struct oc_err *err)
{
	if (!model || oc_text_is_blank(oc_text_of(model)))
		return oc_err_set(err, OC_EARG, "no model is named");
	if (!oc_utf8_printable(model, strlen(model)))
		return oc_err_set(err, OC_EARG,
		                  "the model's name \"%s\" has control characters or invalid UTF-8",
		                  model);
	return 0;
}

static int check_stops(const struct oc_request *req, struct oc_err *err)
{
	if (req->nstop > OC_STOP_MAX)
		return oc_err_set(err, OC_EARG, "%zu stop sequences are too many: at most %d",
		                  req->nstop, OC_STOP_MAX);
	for (size_t i = 0; i < req->nstop; i++) {
		char what[48];
		int rc;

		(void)snprintf(what, sizeof what, "stop sequence %zu", i + 1);
		if (!req->stop[i] || !*req->stop[i])
			return oc_err_set(err, OC_EARG, "%s is empty", what);
		rc = oc_request_check_text(oc_text_of(req->stop[i]), what, OC_EARG, err);
		if (rc)
			return rc;
	}
	return 0;
}

/* Which words there are is for the server to say: they differ, and new ones come. */
static int check_effort(const char *effort, struct oc_err *err)
{
	if (effort && (!*effort || !oc_utf8_printable(effort, strlen(effort))))
		return oc_err_set(err, OC_EARG, "the effort is no word");
	return 0;
}

int oc_request_check_schema(const struct oc_request *req, struct oc_err *err)
{
	struct oc_schema *schema = NULL;
	struct oc_err why = {0};
	int rc;

	if (req->format != OC_FORMAT_JSON_SCHEMA)
		return 0;
	rc = oc_schema_new(req->schema, OC_FORMATS_ENFORCED, &schema, &why);
	if (rc)
		(void)oc_err_set(err, why.code, "the schema is unusable: %s", why.message);
	oc_schema_free(schema);
	return rc;
}

int oc_request_check(const struct oc_request *req, struct oc_err *err)
{
	int rc = check_model(req->model, err);

	if (!rc)
		rc = check_range("temperature", req->temperature, 2.0, err);
	if (!rc)
		rc = check_range("top_p", req->top_p, 1.0, err);
	if (!rc && req->max_tokens < 0)
		rc = oc_err_set(err, OC_EARG, "max_tokens %lld is out of range: 1 or more",
		                (long long)req->max_tokens);
	if (!rc)
		rc = check_stops(req, err);
	if (!rc)
		rc = check_effort(req->effort, err);
	if (!rc)
		rc = oc_messages_check(req, err);
	if (!rc)
		rc = oc_tools_check(req->tools, req->tool_choice, err);
	if (!rc)
		rc = oc_images_check(req, err);
	if (!rc)
		rc = oc_fields_check(req->fields, err);
	if (!rc)
		rc = oc_request_check_schema(req, err);
	return rc;
}

/* ---- the body ----------------------------------------------------------------------------- */

enum { FIELDS_MAX = 16 };

/* A body under construction. */
struct body {
	struct oc_jsonw w;
	const struct oc_request *req;

	/* The object whose members win over the request's fields; OC_JSON_NONE = there is none, in
	 * an empty document. */
	const struct oc_json *line;
	int at;
	const char *const *skip;

	/* Fields that need no further attention. */
	const char *done[FIELDS_MAX];
	size_t ndone;
};

static void set_done(struct body *b, const char *name)
{
	b->done[b->ndone++] = name;
}

static bool is_skipped(const struct body *b, const char *name)
{
	for (const char *const *s = b->skip; *s; s++) {
		if (strcmp(*s, name) == 0)
			return true;
	}
	return false;
}

/* Starts a field, if it is to be sent: true when the caller must write the request's own value.
 * The line's value, where it has one, is written here. */
static bool start_field(struct body *b, const char *name, bool sent)
{
	int value = OC_JSON_NONE;

	set_done(b, name);
	if (!is_skipped(b, name))
		value = oc_json_given(b->line, b->at, name);
	if (sent || value != OC_JSON_NONE)
		oc_jsonw_key(&b->w, name);
	if (value == OC_JSON_NONE)
		return sent;
	oc_jsonw_raw(&b->w, oc_json_raw(b->line, value));
	return false;
}

/* What the buffer has to say at the end. */
static int verdict(const struct oc_buf *out, struct oc_err *err)
{
	if (out->bad == OC_ENOMEM)
		return oc_err_nomem(err);
	if (out->bad)
		return oc_err_set(err, OC_EDATA, "the request is larger than %zu bytes", out->max);
	return 0;
}

int oc_request_messages(const struct oc_request *req, const struct oc_reply *reply,
                        struct oc_buf *out, struct oc_err *err)
{
	struct oc_jsonw w;

	oc_jsonw_init(&w, out);
	oc_messages_put(&w, req, reply);
	return verdict(out, err);
}

static void put_schema(struct oc_jsonw *w, struct oc_text text)
{
	struct oc_json schema;

	oc_jsonw_open(w, '{');
	oc_jsonw_member(w, "name", "answer"); /* OpenAI demands one */
	oc_jsonw_member_raw(w, "schema", oc_json_bare(text));
	oc_json_init(&schema);
	if (oc_json_parse(&schema, text.p, text.n, NULL)) /* it has been checked: memory is out */
		w->out->bad = OC_ENOMEM;
	if (oc_schema_is_strict(&schema))
		oc_jsonw_member_bool(w, "strict", true);
	oc_json_release(&schema);
	oc_jsonw_close(w, '}');
}

static void put_format(struct oc_jsonw *w, const struct oc_request *req)
{
	oc_jsonw_open(w, '{');
	if (req->format == OC_FORMAT_JSON_OBJECT) {
		oc_jsonw_member(w, "type", "json_object");
	} else {
		oc_jsonw_member(w, "type", "json_schema");
		oc_jsonw_key(w, "json_schema");
		put_schema(w, req->schema);
	}
	oc_jsonw_close(w, '}');
}

/* Does the line have the limit by its other name? A server refuses both, or takes either. */
static bool limits_tokens(const struct body *b)
{
	return oc_json_given(b->line, b->at, "max_completion_tokens") != OC_JSON_NONE;
}

static void put_fields(struct body *b)
{
	const struct oc_request *req = b->req;

	if (start_field(b, "model", req->model))
		oc_jsonw_string(&b->w, req->model, strlen(req->model));
	if (start_field(b, "messages", true))
		oc_messages_put(&b->w, req, NULL);
	if (start_field(b, "temperature", req->temperature != OC_UNSET))
		oc_jsonw_double(&b->w, req->temperature);
	if (start_field(b, "top_p", req->top_p != OC_UNSET))
		oc_jsonw_double(&b->w, req->top_p);
	if (start_field(b, "max_tokens", req->max_tokens > 0 && !limits_tokens(b)))
		oc_jsonw_int(&b->w, req->max_tokens);
	if (start_field(b, "seed", req->seed))
		oc_jsonw_int(&b->w, *req->seed);
	if (start_field(b, "stop", req->nstop)) {
		oc_jsonw_open(&b->w, '[');
		for (size_t i = 0; i < req->nstop; i++)
			oc_jsonw_string(&b->w, req->stop[i], strlen(req->stop[i]));
		oc_jsonw_close(&b->w, ']');
	}
	if (start_field(b, "reasoning_effort", req->effort))
		oc_jsonw_string(&b->w, req->effort, strlen(req->effort));
	if (start_field(b, "response_format", req->format != OC_FORMAT_TEXT))
		put_format(&b->w, req);
	if (start_field(b, "tools", req->tools.n))
		oc_jsonw_raw(&b->w, oc_json_bare(req->tools));
	if (start_field(b, "tool_choice", req->tool_choice))
		oc_tools_put_choice(&b->w, req->tool_choice);
}

/* What the line has beyond the fields that this library knows. */
static void put_others(struct body *b)
{
	int key = oc_json_first(b->line, b->at);

	/* How the answer comes is not the line's to say. */
	set_done(b, "stream");
	set_done(b, "stream_options");
	for (; key != OC_JSON_NONE; key = oc_json_next(b->line, b->at, key)) {
		int value = oc_json_value(b->line, key);
		bool wanted = oc_json_type(b->line, value) != OC_JSON_NULL;

		for (size_t i = 0; wanted && i < b->ndone; i++)
			wanted = !oc_json_is(b->line, key, b->done[i]);
		for (size_t i = 0; wanted && b->skip[i]; i++)
			wanted = !oc_json_is(b->line, key, b->skip[i]);
		if (wanted) {
			/* A key as an element, a colon, its value: the raw text is already JSON. */
			oc_jsonw_raw(&b->w, oc_json_raw(b->line, key));
			oc_buf_putc(b->w.out, ':');
			b->w.comma = false;
			oc_jsonw_raw(&b->w, oc_json_raw(b->line, value));
		}
	}
}

/* Room for the whole body at once: growing step by step would cost time, and reserved memory that
 * is never written to costs nothing. */
static int reserve(const struct oc_request *req, size_t more, struct oc_buf *out,
                   struct oc_err *err)
{
	size_t need;
	int rc = oc_messages_room(req, &need, err);

	if (rc)
		return rc;
	need += req->schema.n + req->tools.n + more + 1024;
	(void)oc_buf_room(out, need < out->max - out->n ? need : out->max - out->n);
	return 0;
}

/* The end of a body that began at `start`: changes it by the request's further fields. */
static int finish(const struct body *b, size_t start, struct oc_err *err)
{
	struct oc_buf *out = b->w.out;
	struct oc_text own = {out->p + start, out->n - start};
	struct oc_buf changed = {0};
	int rc = verdict(out, err);

	if (rc || !b->req->fields.n)
		return rc;
	oc_buf_init(&changed, out->max);
	rc = oc_fields_apply(b->req->fields, b->line, b->at, own, &changed, err);
	if (!rc)
		rc = verdict(&changed, err);
	oc_buf_cut(out, start);
	oc_buf_add(out, changed.p, changed.n);
	oc_buf_release(&changed);
	return rc ? rc : verdict(out, err);
}

static int put_body(struct body *b, struct oc_buf *out, struct oc_err *err)
{
	size_t start = out->n;
	int rc = reserve(b->req, oc_json_raw(b->line, b->at).n, out, err);

	if (rc)
		return rc;
	oc_jsonw_init(&b->w, out);
	oc_jsonw_open(&b->w, '{');
	put_fields(b);
	put_others(b);
	oc_jsonw_close(&b->w, '}');
	return finish(b, start, err);
}

int oc_request_body(const struct oc_request *req, struct oc_buf *out, struct oc_err *err)
{
	static const char *const skip[] = {NULL};
	const struct oc_json empty = {.ntok = 0};
	struct body b = {.req = req, .line = &empty, .at = OC_JSON_NONE, .skip = skip};

	return put_body(&b, out, err);
}

int oc_request_body_over(const struct oc_request *req, const struct oc_json *line, int at,
                         const char *const *skip, struct oc_buf *out, struct oc_err *err)
{
	struct body b = {.req = req, .line = line, .at = at, .skip = skip};

	if (oc_json_type(line, at) != OC_JSON_OBJECT)
		return oc_err_set(err, OC_EDATA, "the request is not a JSON object");
	if (!req->model && oc_json_given(line, at, "model") == OC_JSON_NONE)
		return oc_err_set(err, OC_EARG, "no model is named");
	return put_body(&b, out, err);
}

int oc_request_stream(const struct oc_request *req, struct oc_buf *body, enum oc_delivery *asks,
                      struct oc_err *err)
{
	bool own = false;
	int rc;

	oc_buf_cut(body, body->n - 1);
	rc = oc_fields_stream(req->fields, body, &own, err);
	oc_buf_putc(body, '}');
	*asks = own ? OC_DELIVERY_STREAM : OC_DELIVERY_USAGE;
	return rc ? rc : verdict(body, err);
}
