/* SPDX-License-Identifier: MIT */
/* said.c: what a server says in place of an answer. */
#include "compat.h"

#include "answer/judge.h"
#include "text/num.h"
#include "answer/said.h"
#include "text/text.h"

enum {
	NESTED_MAX = 4,     /* errors within errors, as gateways pack them */
	CUT_MAX = 4096,     /* bytes of a message of which the end is missing */
	ENCODED_MIN = 80,   /* a run of base64 that is no word of any language */
	WORDS_MAX = 1 << 20 /* far more than is shown */
};

void oc_said_init(struct oc_said *said)
{
	*said = (struct oc_said){.status = 0};
	oc_buf_init(&said->kind, WORDS_MAX);
	oc_buf_init(&said->words, WORDS_MAX);
}

void oc_said_release(struct oc_said *said)
{
	oc_buf_release(&said->kind);
	oc_buf_release(&said->words);
}

/* ---- finding ------------------------------------------------------------------------------ */

/* Does the value say nothing: null, false, 0, an empty string, array or object? */
static bool is_empty(const struct oc_json *j, int at)
{
	enum oc_json_type type = oc_json_type(j, at);
	int64_t number = 1;

	(void)oc_json_int64(j, at, &number);
	return type <= OC_JSON_FALSE || number == 0 || oc_json_is(j, at, "") ||
	       (type >= OC_JSON_ARRAY && oc_json_first(j, at) == OC_JSON_NONE);
}

int oc_said_member(const struct oc_json *j, int at)
{
	int error = oc_json_get(j, at, "error");

	return is_empty(j, error) ? OC_JSON_NONE : error;
}

/* The object that a document is, or that it begins with. */
static int root_of(const struct oc_json *j)
{
	return oc_json_type(j, 0) == OC_JSON_ARRAY ? oc_json_item(j, 0, 0) : 0;
}

int oc_said_find(const struct oc_json *j)
{
	enum { ERROR, OBJECT, CHOICES, DATA, MODELS, ERRORS, DETAIL, MESSAGE, MSG };
	static const char *const names[] = {"error",  "object", "choices", "data", "models",
	                                    "errors", "detail", "message", "msg"};
	int root = root_of(j);
	int found[OC_COUNT(names)];

	oc_json_members(j, root, names, OC_COUNT(names), found);
	if (!is_empty(j, found[ERROR]) || /* or it is all that there is */
	    (oc_json_type(j, found[ERROR]) > OC_JSON_FALSE &&
	     oc_json_next(j, root, oc_json_first(j, root)) == OC_JSON_NONE))
		return found[ERROR];
	if (oc_json_is(j, found[OBJECT], "error"))
		return root;
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
			return root;
	}
	return OC_JSON_NONE;
}

/* ---- reading JSON ------------------------------------------------------------------------- */

/* The status that a value is: a number, or a number as a string. 0 if it is neither. */
static int status_of(const struct oc_json *j, int at)
{
	struct oc_buf text = {0};
	int64_t status = 0;

	oc_buf_init(&text, 8);
	if (!oc_json_int64(j, at, &status) &&
	    (!oc_json_string(j, at, &text) || !oc_num_int64(text.p, &status)))
		status = 0;
	oc_buf_release(&text);
	return status >= 400 && status <= 599 ? (int)status : 0;
}

/* Takes what an object says of itself for programs. Google's details name the quota. */
static void take_kind(struct oc_said *said, const struct oc_json *j, int at)
{
	static const char *const names[] = {"code",       "status", "status_code", "statusCode",
	                                    "error_code", "type",   "__type",      "reason",
	                                    "details",    "param",  "loc"};
	int found[OC_COUNT(names)];

	oc_json_members(j, at, names, OC_COUNT(names), found);
	for (size_t i = 0; i < OC_COUNT(names); i++) {
		struct oc_text raw = oc_json_raw(j, found[i]);

		if (!said->status)
			said->status = status_of(j, found[i]);
		if (!raw.n)
			continue;
		oc_buf_add(&said->kind, raw.p, raw.n);
		oc_buf_putc(&said->kind, ' ');
	}
}

/* The value that has the words of an error: itself where it is a string, the first of several, a
 * member of one of these names. OC_JSON_NONE where none is known. Takes the kind on the way. */
static int find_words(struct oc_said *said, const struct oc_json *j, int at)
{
	static const char *const names[] = {
	        "message", "faultstring",       "msg",  "detail", "error", "errors",
	        "Message", "error_description", "title"};

	for (int depth = 0; depth < NESTED_MAX && oc_json_type(j, at) != OC_JSON_STRING; depth++) {
		int next = OC_JSON_NONE;

		take_kind(said, j, at);
		if (oc_json_type(j, at) == OC_JSON_ARRAY)
			next = oc_json_item(j, at, 0);
		for (size_t i = 0; i < OC_COUNT(names) && is_empty(j, next); i++)
			next = oc_json_get(j, at, names[i]);
		if (is_empty(j, next))
			return OC_JSON_NONE;
		at = next;
	}
	return oc_json_type(j, at) == OC_JSON_STRING ? at : OC_JSON_NONE;
}

/* Parses any bytes; a lack of memory is not taken for a lack of JSON. */
static bool parse(struct oc_said *said, struct oc_json *j, struct oc_text text)
{
	int rc;

	oc_json_init(j);
	j->any_bytes = true;
	rc = oc_json_parse(j, text.p, text.n, NULL);
	if (rc == OC_ENOMEM)
		said->words.bad = OC_ENOMEM;
	return rc == 0;
}

static void take_text(struct oc_said *said, struct oc_text text, int depth);

static void take_string(struct oc_said *said, const struct oc_json *j, int at, int depth)
{
	struct oc_buf text = {0};

	oc_buf_init(&text, oc_json_raw(j, at).n);
	if (oc_json_string(j, at, &text))
		take_text(said, oc_buf_text(&text), depth);
	if (text.bad)
		said->words.bad = text.bad;
	oc_buf_release(&text);
}

/* llama.cpp counts, and in older versions says so only to programs. */
static void take_counts(struct oc_said *said, const struct oc_json *j, int at)
{
	int64_t prompt, context;
	char number[32];

	if (!oc_json_int64(j, oc_json_get(j, at, "n_prompt_tokens"), &prompt) ||
	    !oc_json_int64(j, oc_json_get(j, at, "n_ctx"), &context))
		return;
	(void)snprintf(number, sizeof number, "%lld", (long long)prompt);
	if (!oc_judge_find(oc_buf_text(&said->words), number))
		oc_buf_printf(&said->words, " (%lld tokens, of which %lld fit)", (long long)prompt,
		              (long long)context);
}

/* What a gateway passes on of the error of another. */
static void take_origin(struct oc_said *said, const struct oc_json *j, int at, int depth)
{
	int raw = oc_json_get(j, oc_json_get(j, at, "metadata"), "raw");

	if (is_empty(j, raw) || oc_json_type(j, raw) != OC_JSON_STRING)
		return;
	if (said->words.n)
		oc_buf_puts(&said->words, ": ");
	take_string(said, j, raw, depth);
}

static void take_value(struct oc_said *said, const struct oc_json *j, int at, int depth)
{
	struct oc_text raw = oc_json_raw(j, at);
	int words = find_words(said, j, at);

	if (words == OC_JSON_NONE && oc_json_is(j, oc_json_get(j, at, "message"), ""))
		return; /* it says that it has nothing to say */
	if (words == OC_JSON_NONE)
		oc_buf_add(&said->words, raw.p, raw.n);
	else
		take_string(said, j, words, depth);
	take_origin(said, j, at, depth);
	take_counts(said, j, at);
}

/* Some put the name of the error where others put its words, and the words beside it. */
static int words_beside(const struct oc_json *j, int root, int error, int http_status)
{
	int description = oc_json_get(j, root, "error_description");
	int message = oc_json_get(j, root, "message");

	if (oc_json_type(j, error) != OC_JSON_STRING)
		return error;
	if (oc_json_type(j, description) == OC_JSON_STRING)
		return description;
	if (oc_json_type(j, message) == OC_JSON_STRING &&
	    oc_json_is(j, error, oc_judge_status(http_status)))
		return message;
	return error;
}

/* A document that may carry an error. */
static bool take_document(struct oc_said *said, const struct oc_json *j, int http_status, int depth)
{
	int root = root_of(j);
	int error = oc_said_find(j);

	if (error == OC_JSON_NONE)
		error = oc_json_get(j, root, "fault");
	if (error == OC_JSON_NONE)
		return false;
	take_value(said, j, words_beside(j, root, error, http_status), depth);
	if (error != root)
		take_kind(said, j, root);
	return true;
}

/* Appends a text; of one that is a document itself, what that says. */
static void take_text(struct oc_said *said, struct oc_text text, int depth)
{
	struct oc_json json;
	bool taken = false;

	if (depth < NESTED_MAX && text.n && memchr("{[ \n", *text.p, 4)) {
		if (parse(said, &json, text))
			taken = take_document(said, &json, 0, depth + 1);
		oc_json_release(&json);
	}
	if (!taken)
		oc_buf_add(&said->words, text.p, text.n);
}

/* ---- other shapes ------------------------------------------------------------------------- */

static struct oc_text cut_at(struct oc_text text, const char *end)
{
	return end ? (struct oc_text){text.p, (size_t)(end - text.p)} : text;
}

static struct oc_text behind(struct oc_text text, const char *start)
{
	return (struct oc_text){start, text.n - (size_t)(start - text.p)};
}

static const char blanks[] = " \t\r\n";

/* The title of an HTML page; empty if there is none. */
static struct oc_text html_title(struct oc_text page)
{
	static const char start[] = "<title>";
	const char *title = oc_judge_find(page, start);

	if (!title)
		return (struct oc_text){"", 0};
	page = behind(page, title + sizeof start - 1);
	return cut_at(page, oc_judge_find(page, "</title>"));
}

/* The first event of a body that is an event stream, as proxies send even errors; else all. */
static struct oc_text first_event(struct oc_text body)
{
	if (body.n < 5 || memcmp(body.p, "data:", 5) != 0)
		return body;
	body = behind(body, body.p + 5);
	return cut_at(body, memchr(body.p, '\n', body.n));
}

/* How much of a string, whose end may be missing, can be read: up to its closing quote, and no half
 * of an escape. */
static size_t readable(struct oc_text string)
{
	size_t i = 1;

	while (i < string.n && string.p[i] != '"') {
		bool escape = string.p[i] == '\\';
		bool code = escape && i + 1 < string.n && string.p[i + 1] == 'u';
		size_t step = code ? 6 : escape ? 2 : 1;

		if (i + step > string.n || i + step > CUT_MAX)
			break;
		i += step;
	}
	return i;
}

/* The string behind a name, where that is one; else empty. */
static struct oc_text string_behind(struct oc_text body, const char *name)
{
	const char *start = oc_judge_find(body, name);

	body = start ? oc_text_trim(behind(body, start + strlen(name)), blanks) : body;
	return start && body.n && *body.p == '"' ? body : (struct oc_text){"", 0};
}

/* Of a document whose end is missing, because it repeats a large request: its message, as far as it
 * goes. */
static bool take_cut_document(struct oc_said *said, struct oc_text body)
{
	static const char *const names[] = {"\"message\":", "\"msg\":", "\"error\":"};
	struct oc_text string = {"", 0};
	struct oc_buf quoted = {0};
	struct oc_json json;
	bool taken = false;

	for (size_t i = 0; i < OC_COUNT(names) && !string.n && memchr("{[", *body.p, 2); i++)
		string = string_behind(body, names[i]);
	if (!string.n)
		return false;
	oc_buf_init(&quoted, CUT_MAX + 1);
	oc_buf_add(&quoted, string.p, readable(string));
	oc_buf_putc(&quoted, '"');
	if (parse(said, &json, oc_buf_text(&quoted)))
		taken = oc_json_string(&json, 0, &said->words);
	oc_json_release(&json);
	oc_buf_release(&quoted);
	return taken;
}

/* ---- the bytes of images ------------------------------------------------------------------ */

#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define BASE64 UPPER LOWER DIGITS "+/=-_"

/* Is a run of base64 the bytes of something? It may as well be a word. */
static bool is_encoded(const char *p, size_t n)
{
	return n >= ENCODED_MIN && strcspn(p, UPPER) < n && strcspn(p, LOWER) < n &&
	       strcspn(p, DIGITS) < n;
}

/* Some servers repeat what they refuse: nobody wants to see the bytes of an image. */
static void drop_encoded(struct oc_buf *words)
{
	char *p = words->p;
	size_t out = 0;
	size_t run;

	for (size_t i = 0; i < words->n; i += run) {
		char shown[ENCODED_MIN];
		const char *from = p + i;
		size_t n;

		run = n = strspn(p + i, BASE64);
		if (is_encoded(p + i, run)) {
			n = (size_t)snprintf(shown, sizeof shown, "... (%zu characters)", run);
			from = shown; /* which is shorter */
		} else if (!run) {
			run = n = 1;
		}
		memmove(p + out, from, n);
		out += n;
	}
	oc_buf_cut(words, out);
}

/* ---- all of it ---------------------------------------------------------------------------- */

void oc_said_body(struct oc_said *said, int http_status, struct oc_text body)
{
	struct oc_json json;
	bool taken = false;

	body = oc_text_trim(first_event(body), blanks);
	said->html = body.n && *body.p == '<';
	if (said->html) {
		body = html_title(body);
	} else if (body.n) {
		taken = parse(said, &json, body) ? take_document(said, &json, http_status, 0)
		                                 : take_cut_document(said, body);
		oc_json_release(&json);
	}
	if (!taken)
		oc_buf_add(&said->words, body.p, body.n);
	drop_encoded(&said->words);
}

void oc_said_value(struct oc_said *said, const struct oc_json *j, int at)
{
	take_value(said, j, at, 0);
	if (at != root_of(j))
		take_kind(said, j, root_of(j));
	drop_encoded(&said->words);
}
