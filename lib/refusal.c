/* SPDX-License-Identifier: MIT */
/* refusal.c: what servers send in place of an answer: reading it, judging it, wording it. */
#include "compat.h"

#include "judge.h"
#include "num.h"
#include "refusal.h"
#include "reply.h"
#include "utf8.h"

enum { SAID_MAX = 512 };

/* What a server said, as one line. */
struct said {
	size_t n;
	char line[SAID_MAX + OC_UTF8_LINE_MORE];
};

static const char *status_text(int status)
{
	static const struct {
		int status;
		const char *text;
	} texts[] = {
	        {400, "Bad Request"},
	        {401, "Unauthorized"},
	        {402, "Payment Required"},
	        {403, "Forbidden"},
	        {404, "Not Found"},
	        {405, "Method Not Allowed"},
	        {408, "Request Timeout"},
	        {409, "Conflict"},
	        {410, "Gone"},
	        {413, "Content Too Large"},
	        {422, "Unprocessable"},
	        {425, "Too Early"},
	        {429, "Too Many Requests"},
	        {500, "Internal Server Error"},
	        {501, "Not Implemented"},
	        {502, "Bad Gateway"},
	        {503, "Service Unavailable"},
	        {504, "Gateway Timeout"},
	};

	for (size_t i = 0; i < OC_COUNT(texts); i++) {
		if (texts[i].status == status)
			return texts[i].text;
	}
	return "no explanation";
}

/* ---- reading ------------------------------------------------------------------------------ */

static void say(struct said *said, struct oc_text text)
{
	said->n = oc_utf8_line(said->line, SAID_MAX, text.p, text.n);
}

/* Does the value say nothing: null, false, an empty string, array or object? */
static bool is_empty(const struct oc_json *j, int at)
{
	switch (oc_json_type(j, at)) {
	case OC_JSON_MISSING:
	case OC_JSON_NULL:
	case OC_JSON_FALSE:
		return true;
	case OC_JSON_STRING:
		return oc_json_is(j, at, "");
	case OC_JSON_ARRAY:
	case OC_JSON_OBJECT:
		return oc_json_first(j, at) == OC_JSON_NONE;
	case OC_JSON_TRUE:
	case OC_JSON_NUMBER:
		break;
	}
	return false;
}

int oc_refusal_member(const struct oc_json *j, int at)
{
	int error = oc_json_get(j, at, "error");

	return is_empty(j, error) ? OC_JSON_NONE : error;
}

/* Is this member, which is there, all that the object says? */
static bool is_alone(const struct oc_json *j, int at)
{
	return oc_json_next(j, at, oc_json_first(j, at)) == OC_JSON_NONE;
}

int oc_refusal_find(const struct oc_json *j, int at)
{
	enum { ERROR, OBJECT, CHOICES, DATA, MODELS, ERRORS, DETAIL, MESSAGE, MSG };
	static const char *const names[] = {"error",  "object", "choices", "data", "models",
	                                    "errors", "detail", "message", "msg"};
	int found[OC_COUNT(names)];

	if (oc_json_type(j, at) == OC_JSON_ARRAY)
		at = oc_json_item(j, at, 0);
	oc_json_members(j, at, names, OC_COUNT(names), found);
	if (!is_empty(j, found[ERROR]) ||
	    (oc_json_type(j, found[ERROR]) > OC_JSON_FALSE && is_alone(j, at)))
		return found[ERROR];
	if (oc_json_is(j, found[OBJECT], "error"))
		return at;
	for (int i = CHOICES; i <= MODELS; i++) {
		if (oc_json_type(j, found[i]) == OC_JSON_ARRAY)
			return OC_JSON_NONE;
	}
	if (!is_empty(j, found[ERRORS]))
		return found[ERRORS];
	if (!is_empty(j, found[DETAIL]))
		return found[DETAIL];
	for (int i = MESSAGE; i <= MSG; i++) {
		if (oc_json_type(j, found[i]) == OC_JSON_STRING && !is_empty(j, found[i]))
			return at;
	}
	return OC_JSON_NONE;
}

/* Appends the words of an error: itself where it is a string, the first of several, the member that
 * has them; else it is shown as it is written. */
static void put_error(const struct oc_json *j, int at, struct oc_buf *out)
{
	static const char *const names[] = {"message", "msg", "detail", "error"};
	int within = at;

	for (int depth = 0; depth < 4; depth++) {
		int next = OC_JSON_NONE;

		if (oc_json_type(j, within) == OC_JSON_ARRAY)
			next = oc_json_item(j, within, 0);
		for (size_t i = 0; i < OC_COUNT(names) && is_empty(j, next); i++)
			next = oc_json_get(j, within, names[i]);
		if (is_empty(j, next))
			break;
		within = next;
	}
	if (oc_json_string(j, within, out) || oc_json_is(j, oc_json_get(j, within, "message"), ""))
		return;
	oc_buf_add(out, oc_json_raw(j, at).p, oc_json_raw(j, at).n);
}

/* The text of a JSON body that is an error. */
static void put_json_body(const struct oc_json *j, struct oc_buf *out)
{
	struct oc_text raw = oc_json_raw(j, 0);
	int error = oc_refusal_find(j, 0);

	if (error != OC_JSON_NONE)
		put_error(j, error, out);
	else
		oc_buf_add(out, raw.p, raw.n);
}

static struct oc_text cut_at(struct oc_text text, const char *end)
{
	return end ? (struct oc_text){text.p, (size_t)(end - text.p)} : text;
}

static bool is_html(struct oc_text body)
{
	while (body.n && memchr(" \t\r\n", *body.p, 4)) {
		body.p++;
		body.n--;
	}
	return body.n && *body.p == '<';
}

/* The title of an HTML page; empty if there is none. */
static struct oc_text html_title(struct oc_text page)
{
	static const char start[] = "<title>";
	const char *title = oc_judge_find(page, start);
	struct oc_text rest = {"", 0};

	if (title) {
		title += sizeof start - 1;
		rest = (struct oc_text){title, page.n - (size_t)(title - page.p)};
	}
	return cut_at(rest, oc_judge_find(rest, "</title>"));
}

/* The first event of a body that is an event stream, as proxies send even errors; else all. */
static struct oc_text first_event(struct oc_text body)
{
	if (body.n < 5 || memcmp(body.p, "data:", 5) != 0)
		return body;
	body.p += 5;
	body.n -= 5;
	return cut_at(body, memchr(body.p, '\n', body.n));
}

/* What the body of an error says. Nothing is lost but words when memory is out. */
static void read_body(struct oc_text body, int status, struct said *said)
{
	struct oc_json json;
	struct oc_buf text = {0};

	oc_json_init(&json);
	oc_buf_init(&text, body.n);
	body = first_event(body);
	if (body.n && oc_json_parse(&json, body.p, body.n, NULL) == 0) {
		put_json_body(&json, &text);
		say(said, oc_buf_text(&text));
	} else {
		say(said, is_html(body) ? html_title(body) : body);
	}
	if (!said->n)
		say(said, (struct oc_text){status_text(status), strlen(status_text(status))});
	oc_buf_release(&text);
	oc_json_release(&json);
}

/* ---- wording ------------------------------------------------------------------------------ */

/* Everything that goes into a message. */
struct wording {
	const struct oc_refusal_context *context;
	const char *base; /* whose error it is */
	enum oc_code code;
	int status;
	bool no_api;             /* it is the address that is wrong */
	const char *said;        /* "model not found" */
	char why[SAID_MAX + 32]; /* "(404: model not found)" */
	char id[SAID_MAX + 32];  /* " (request ID 17)", or nothing */
};

/* Is it the path that was not found, rather than the model? These are the answers of Go's and
 * llama.cpp's routers, of FastAPI, Express and LM Studio, and of web servers. */
static bool is_no_route(struct oc_text body, const struct said *said)
{
	static const char *const exact[] = {"404 page not found", "Not Found", "File Not Found"};
	struct oc_text line = {said->line, said->n};

	if (is_html(body))
		return true;
	for (size_t i = 0; i < OC_COUNT(exact); i++) {
		if (strcmp(said->line, exact[i]) == 0)
			return true;
	}
	return oc_judge_find(line, "cannot post /") || oc_judge_find(line, "unexpected endpoint");
}

static int word_notfound(const struct wording *w, struct oc_err *err)
{
	const char *model = w->context->model;
	const char *not = w->status == 410 ? "no longer served" : "not served";
	const char *near = model ? oc_model_near(model) : NULL;
	bool help = near && strcmp(near, model) != 0;

	if (!model)
		return oc_err_set(err, w->code, "what was asked for is %s by %s %s%s", not, w->base,
		                  w->why, w->id);
	return oc_err_set(err, w->code, "model \"%s\" is %s by %s %s; %s%s%s%s", model, not,
	                  w->base, w->why, help ? "did you mean " : "check the model's name",
	                  help ? near : "", help ? "?" : "", w->id);
}

static int word_auth(const struct wording *w, struct oc_err *err)
{
	const char *base = w->base;

	if (w->status == 407)
		return oc_err_set(err, w->code,
		                  "the proxy wants a user name and a password %s; "
		                  "put them into the proxy's URL%s",
		                  w->why, w->id);
	if (w->status == 403)
		return oc_err_set(err, w->code, "%s denies the request %s; %s%s", base, w->why,
		                  w->context->has_key ? "check what the key's account may use"
		                                      : "no API key was sent",
		                  w->id);
	if (!w->context->has_key)
		return oc_err_set(err, w->code, "%s wants an API key %s; none was sent%s", base,
		                  w->why, w->id);
	return oc_err_set(err, w->code,
	                  "%s refused the API key %s; check that it belongs to this "
	                  "server and is still valid%s",
	                  base, w->why, w->id);
}

static int word_busy(const struct wording *w, struct oc_err *err)
{
	const char *base = w->base;
	const char *what = w->status == 429   ? "limits the rate of requests"
	                   : w->status == 500 ? "failed"
	                                      : "cannot answer now";
	/* ollama.com answers so for models that are gone, too. */
	const char *hint = w->status == 500 ? "; if that does not help, try another model" : "";

	if (w->status == 501 || w->status == 505)
		return oc_err_set(err, w->code, "%s cannot serve such a request %s%s", base, w->why,
		                  w->id);
	return oc_err_set(err, w->code, "%s %s %s; try again later%s%s", base, what, w->why, hint,
	                  w->id);
}

static int word(const struct wording *w, struct oc_err *err)
{
	const char *base = w->base;

	if (w->no_api)
		return oc_err_set(err, w->code,
		                  "there is no chat API at %s %s; check the base "
		                  "URL, which often ends in /v1%s",
		                  base, w->why, w->id);
	if (w->code == OC_ENOTFOUND)
		return word_notfound(w, err);
	if (w->code == OC_EAUTH)
		return word_auth(w, err);
	if (w->code == OC_EBUSY)
		return word_busy(w, err);
	if (w->code == OC_EQUOTA)
		return oc_err_set(err, w->code,
		                  "the quota at %s is used up, or does not cover "
		                  "this %s; trying again soon is of no use%s",
		                  base, w->why, w->id);
	if (w->code == OC_EREFUSED)
		return oc_err_set(err, w->code, "%s refused the request %s%s", base, w->why, w->id);
	if (w->status)
		return oc_err_set(err, w->code,
		                  "%s gave an answer that is of no use here %s; check the "
		                  "base URL%s",
		                  base, w->why, w->id);
	return oc_err_set(err, w->code, "%s: the server reports an error: %s%s", base, w->said,
	                  w->id);
}

/* Words and judges what was said. http_status: that of the answer. */
static int refuse(const struct oc_verdict *verdict, int http_status, const struct said *said,
                  const struct oc_refusal_context *context, struct oc_err *err)
{
	const char *id = context->request_id;
	struct wording w = {
	        .context = context,
	        .base = context->base_url ? context->base_url : "the server",
	        .status = verdict->status,
	        .code = verdict->code,
	        .no_api = verdict->no_api,
	        .said = said->line,
	};

	if (verdict->status)
		(void)snprintf(w.why, sizeof w.why, "(%d: %s)", verdict->status, said->line);
	else
		(void)snprintf(w.why, sizeof w.why, "(%s)", said->line);
	if (id && *id && !strstr(said->line, "(ref: "))
		(void)snprintf(w.id, sizeof w.id, " (request ID %s)", id);
	(void)word(&w, err);
	if (!err)
		return verdict->code;
	err->http_status = verdict->status ? verdict->status : http_status;
	err->retry = verdict->retry;
	err->slow = verdict->slow;
	err->loading = verdict->loading;
	return verdict->code;
}

int oc_refusal_of_body(int http_status, struct oc_text body,
                       const struct oc_refusal_context *context, struct oc_err *err)
{
	struct oc_verdict verdict = oc_judge(http_status, (struct oc_text){"", 0}, body);
	struct said said;

	read_body(body, http_status, &said);
	verdict.no_api = http_status == 405 ||
	                 (http_status == 404 && (!context->model || is_no_route(body, &said)));
	return refuse(&verdict, http_status, &said, context, err);
}

/* ---- errors where an answer should be ----------------------------------------------------- */

/* The status that an error's "code" is: a number, or a number as a string. 0 if it is neither. */
static int numeric_status(const struct oc_json *j, int code)
{
	struct oc_buf text = {0};
	int64_t status = 0;

	oc_buf_init(&text, 8);
	if (!oc_json_int64(j, code, &status) &&
	    (!oc_json_string(j, code, &text) || !oc_num_int64(text.p, &status)))
		status = 0;
	oc_buf_release(&text);
	return status >= 400 && status <= 599 ? (int)status : 0;
}

/* The type and the code that an error names, as they are written. */
static struct oc_text kind_of(const struct oc_json *j, int at, struct oc_buf *kind)
{
	struct oc_text code = oc_json_raw(j, oc_json_get(j, at, "code"));
	struct oc_text type = oc_json_raw(j, oc_json_get(j, at, "type"));

	oc_buf_add(kind, code.p, code.n);
	oc_buf_putc(kind, ' ');
	oc_buf_add(kind, type.p, type.n);
	return oc_buf_text(kind);
}

static struct oc_verdict judge_value(const struct oc_json *j, int at)
{
	struct oc_text raw = oc_json_raw(j, at);
	struct oc_buf kind = {0};
	struct oc_verdict verdict;

	oc_buf_init(&kind, raw.n);
	verdict =
	        oc_judge(numeric_status(j, oc_json_get(j, at, "code")), kind_of(j, at, &kind), raw);
	oc_buf_release(&kind);
	return verdict;
}

int oc_refusal_of_value(const struct oc_json *j, int at, const struct oc_refusal_context *context,
                        struct oc_err *err)
{
	struct oc_text raw = oc_json_raw(j, at);
	struct oc_verdict verdict = judge_value(j, at);
	struct oc_buf text = {0};
	struct said said;

	oc_buf_init(&text, raw.n);
	put_error(j, at, &text);
	say(&said, oc_buf_text(&text));
	if (!said.n)
		say(&said, raw);
	oc_buf_release(&text);
	return refuse(&verdict, 200, &said, context, err);
}
