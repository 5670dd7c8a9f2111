/* SPDX-License-Identifier: MIT */
/* refusal.c: what servers send in place of an answer, worded. */
#include "compat.h"

#include "answer/judge.h"
#include "answer/refusal.h"
#include "answer/said.h"
#include "text/utf8.h"
#include "text/err.h"

/* Everything that goes into a message. */
struct wording {
	const struct oc_refusal_context *context;
	const char *base; /* whose error it is */
	enum oc_code code;
	int status;
	bool no_api; /* it is the address that is wrong */
	char said[OC_SAID_MAX + OC_UTF8_LINE_MORE];
	char why[OC_SAID_MAX + 32]; /* "(404: model not found)" */
	char more[2 * OC_SAID_MAX]; /* " (request ID 17)", or nothing */
};

static int word_notfound(const struct wording *w, struct oc_err *err)
{
	const char *model = w->context->model;
	const char *not = w->status == 410 ? "no longer served" : "not served";
	const char *near = model ? oc_model_near(model) : NULL;
	bool help = near && strcmp(near, model) != 0;

	if (!model)
		return oc_err_set(err, w->code, "what was asked for is %s by %s %s%s", not, w->base,
		                  w->why, w->more);
	return oc_err_set(err, w->code, "model \"%s\" is %s by %s %s; %s%s%s%s", model, not,
	                  w->base, w->why, help ? "did you mean " : "check the model's name",
	                  help ? near : "", help ? "?" : "", w->more);
}

/* How errors are told: BEFORE the server VERB (why) ADVICE. The first row that fits counts. */
static const struct telling {
	enum oc_code code; /* OC_OK = any */
	int status;        /* 0 = any */
	bool keyless;      /* only where no key was sent */
	const char *before;
	const char *verb;
	const char *advice;
} tellings[] = {
        {OC_EAUTH, 407, false, "", " wants a user name and a password",
         "; put them into the proxy's URL"},
        {OC_EAUTH, 403, true, "", " denies the request", "; no API key was sent"},
        {OC_EAUTH, 403, false, "", " denies the request", "; check what the key's account may use"},
        {OC_EAUTH, 0, true, "", " wants an API key", "; none was sent"},
        {OC_EAUTH, 0, false, "", " refused the API key",
         "; check that it belongs to this server and is still valid"},
        {OC_EBUSY, 429, false, "", " limits the rate of requests", "; try again later"},
        /* ollama.com answers so for models that are gone, too. */
        {OC_EBUSY, 500, false, "", " failed",
         "; try again later; if that does not help, try another model"},
        {OC_EBUSY, 501, false, "", " cannot serve such a request", ""},
        {OC_EBUSY, 505, false, "", " cannot serve such a request", ""},
        {OC_EBUSY, 0, false, "", " cannot answer now", "; try again later"},
        {OC_EQUOTA, 0, false, "the quota at ", " is used up, or does not cover this",
         "; trying again soon is of no use"},
        {OC_EREFUSED, 0, false, "", " refused the request", ""},
        {OC_OK, 0, false, "", " gave an answer that is of no use here", "; check the base URL"},
};

static int word(const struct wording *w, struct oc_err *err)
{
	const struct telling *t = tellings;

	if (w->no_api)
		return oc_err_set(err, w->code,
		                  "there is no chat API at %s %s; check the base "
		                  "URL, which often ends in /v1%s",
		                  w->base, w->why, w->more);
	if (w->code == OC_ENOTFOUND)
		return word_notfound(w, err);
	if (w->code == OC_EPROTO && !w->status)
		return oc_err_set(err, w->code, "%s: the server reports an error: %s%s", w->base,
		                  w->said, w->more);
	while ((t->code && t->code != w->code) || (t->status && t->status != w->status) ||
	       (t->keyless && w->context->has_key))
		t++;
	return oc_err_set(err, w->code, "%s%s%s %s%s%s", t->before, w->base, t->verb, w->why,
	                  t->advice, w->more);
}

/* Ollama's own texts have an id of their own. */
static void add_more(struct wording *w)
{
	const char *id = w->context->request_id;
	const char *encoding = w->context->encoding;
	bool has_id = id && *id && !strstr(w->said, "(ref: ");

	(void)snprintf(w->more, sizeof w->more, "%s%s%s%s%s%s", has_id ? " (request ID " : "",
	               has_id ? id : "", has_id ? ")" : "",
	               encoding ? "; its explanation is encoded (" : "", encoding ? encoding : "",
	               encoding ? ")" : "");
}

/* Judges and words what was said. http_status: that of the answer. */
static int refuse(const struct oc_said *said, int http_status,
                  const struct oc_refusal_context *context, struct oc_err *err)
{
	const char *base = context->base_url ? context->base_url : "the server";
	int named = http_status == 200 ? said->status : http_status;
	struct oc_verdict verdict =
	        oc_judge(named, oc_buf_text(&said->kind), oc_buf_text(&said->words));
	struct wording w = {
	        .context = context,
	        .base = verdict.status == 407 ? "the proxy" : base,
	        .code = verdict.code,
	        .status = verdict.status,
	        .no_api = verdict.no_api ||
	                  (verdict.status == 404 && (said->html || !context->model)),
	};

	/* What has not been read cannot be judged. */
	if (said->words.bad == OC_ENOMEM || said->kind.bad == OC_ENOMEM)
		return oc_err_nomem(err);
	if (!oc_utf8_line(w.said, OC_SAID_MAX, said->words.p, said->words.n))
		(void)snprintf(w.said, sizeof w.said, "%s", oc_judge_status(verdict.status));
	if (verdict.status)
		(void)snprintf(w.why, sizeof w.why, "(%d: %s)", verdict.status, w.said);
	else
		(void)snprintf(w.why, sizeof w.why, "(%s)", w.said);
	add_more(&w);
	(void)word(&w, err);
	if (!err)
		return verdict.code;
	err->http_status = verdict.status ? verdict.status : http_status;
	err->retry = verdict.retry;
	err->slow = verdict.slow;
	err->loading = verdict.loading;
	return verdict.code;
}

int oc_refusal_of_body(int http_status, struct oc_text body,
                       const struct oc_refusal_context *context, struct oc_err *err)
{
	struct oc_said said;
	int rc;

	oc_said_init(&said);
	if (!context->encoding)
		oc_said_body(&said, http_status, body);
	rc = refuse(&said, http_status, context, err);
	oc_said_release(&said);
	return rc;
}

int oc_refusal_of_value(const struct oc_json *j, int at, const struct oc_refusal_context *context,
                        struct oc_err *err)
{
	struct oc_said said;
	int rc;

	oc_said_init(&said);
	oc_said_value(&said, j, at);
	rc = refuse(&said, 200, context, err);
	oc_said_release(&said);
	return rc;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Is the word there, and not as the end of another ("upstream")? */
static bool has_word(struct oc_text text, const char *word)
{
	const char *at;

	while ((at = oc_judge_find(text, word)) != NULL) {
		size_t before = (size_t)(at - text.p);

		if (!before || !is_letter(at[-1]))
			return true;
		text = (struct oc_text){at + 1, text.n - before - 1};
	}
	return false;
}

enum oc_delivery oc_refusal_accepts(int http_status, struct oc_text body)
{
	static const struct {
		const char *word;
		enum oc_delivery accepts;
		bool fault; /* there are servers that call it a fault of theirs */
	} words[] = {
	        {"stream options", OC_DELIVERY_STREAM, false},
	        {"include usage", OC_DELIVERY_STREAM, false},
	        {"use tools with stream", OC_DELIVERY_WHOLE, true},
	        {"stream", OC_DELIVERY_WHOLE, false},
	};
	bool refused = http_status == 400 || http_status == 422;
	enum oc_delivery accepts = OC_DELIVERY_USAGE;
	struct oc_said said;

	if (!refused && http_status != 500)
		return accepts;
	oc_said_init(&said);
	oc_said_body(&said, http_status, body);
	for (size_t i = 0; i < OC_COUNT(words) && accepts == OC_DELIVERY_USAGE; i++) {
		if ((refused || words[i].fault) &&
		    (has_word(oc_buf_text(&said.words), words[i].word) ||
		     has_word(oc_buf_text(&said.kind), words[i].word)))
			accepts = words[i].accepts;
	}
	oc_said_release(&said);
	return accepts;
}
