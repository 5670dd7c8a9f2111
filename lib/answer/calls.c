/* SPDX-License-Identifier: MIT */
/* calls.c: the tools that a model calls, on their way in, and out again. */
#include "compat.h"

#include "answer/calls.h"
#include "answer/piece.h"
#include "text/text.h"

struct oc_tool_call {
	int64_t index; /* -1 = the server gives none */
	struct oc_buf id;
	struct oc_buf name;
	struct oc_buf arguments;
	struct oc_buf extra;  /* JSON that is sent back with the call; empty = none */
	uint16_t half;        /* of a character, at the end of the arguments */
	unsigned message;     /* the last that said something of it */
	bool placeholder;     /* its arguments are an empty object that came with the name */
	bool closed;          /* they are an object, and its end has come */
	bool string, escaped; /* where in the object they end */
	size_t depth;
};

/* What a delta says of a call. */
struct fragment {
	const struct oc_json *j;
	int64_t index; /* -1 = none */
	int id;        /* these are OC_JSON_NONE where there is none, or an empty one */
	int name;
	int arguments;
};

void oc_calls_init(struct oc_calls *c, size_t max)
{
	*c = (struct oc_calls){.left = max};
}

void oc_calls_release(struct oc_calls *c)
{
	for (size_t i = 0; i < c->n; i++) {
		oc_buf_release(&c->list[i].id);
		oc_buf_release(&c->list[i].name);
		oc_buf_release(&c->list[i].arguments);
		oc_buf_release(&c->list[i].extra);
	}
	free(c->list);
	*c = (struct oc_calls){.list = NULL};
}

/* ---- which call is it? -------------------------------------------------------------------- */

static struct oc_tool_call *begin(struct oc_calls *c, int64_t index)
{
	struct oc_tool_call *call;

	c->too_many = c->n == OC_CALLS_MAX;
	if (c->too_many)
		return NULL;
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 4;

		call = realloc(c->list, cap * sizeof *call);
		if (!call) {
			c->bad = OC_ENOMEM;
			return NULL;
		}
		c->list = call;
		c->cap = cap;
	}
	call = &c->list[c->n++];
	*call = (struct oc_tool_call){.index = index};
	oc_buf_init(&call->id, SIZE_MAX / 2);
	oc_buf_init(&call->name, SIZE_MAX / 2);
	oc_buf_init(&call->arguments, SIZE_MAX / 2);
	oc_buf_init(&call->extra, SIZE_MAX / 2);
	return call;
}

/*
 * Does the fragment go on with this call, whose index or id it has, or which is the last? Only the
 * first fragment must have a name, but many servers repeat it, and some give all calls the same
 * index (docs/QUIRKS.md).
 */
static bool continues(const struct oc_calls *c, const struct oc_tool_call *call,
                      const struct fragment *f)
{
	if (f->name == OC_JSON_NONE)
		return true;
	if (f->id != OC_JSON_NONE && call->id.n)
		return oc_json_same(f->j, f->id, oc_buf_text(&call->id));
	if (call->message == c->messages)
		return false;
	if (call->name.n && !oc_json_same(f->j, f->name, oc_buf_text(&call->name)))
		return false;
	return !call->closed || f->arguments == OC_JSON_NONE;
}

static struct oc_tool_call *find(struct oc_calls *c, const struct fragment *f)
{
	for (size_t i = c->n; i-- > 0;) {
		struct oc_tool_call *call = &c->list[i];
		bool same = true;

		if (f->index >= 0)
			same = call->index == f->index;
		else if (f->id != OC_JSON_NONE)
			same = oc_json_same(f->j, f->id, oc_buf_text(&call->id));
		if (same)
			return continues(c, call, f) ? call : begin(c, f->index);
	}
	return begin(c, f->index);
}

/* ---- what is said of it ------------------------------------------------------------------- */

/* How far an object has come with its bytes from `from` on. */
static void follow(struct oc_tool_call *call, size_t from)
{
	const char *end = call->arguments.p + call->arguments.n;

	for (const char *p = call->arguments.p + from; p < end; p++) {
		if (call->escaped)
			call->escaped = false;
		else if (call->string && *p == '\\')
			call->escaped = true;
		else if (*p == '"')
			call->string = !call->string;
		else if (!call->string && *p == '{')
			call->depth++;
		else if (!call->string && *p == '}' && call->depth)
			call->closed = --call->depth == 0;
	}
}

static void add_arguments(struct oc_tool_call *call, const struct fragment *f)
{
	struct oc_text raw = oc_json_raw(f->j, f->arguments);
	bool named = f->name != OC_JSON_NONE;
	size_t from;

	if (f->arguments == OC_JSON_NONE || (named && call->closed))
		return; /* they are repeated */
	if (call->placeholder) {
		oc_buf_clear(&call->arguments);
		call->closed = false;
	}
	from = call->arguments.n;
	if (oc_json_type(f->j, f->arguments) == OC_JSON_STRING)
		oc_piece_add(&call->arguments, &call->half, oc_piece_inner(f->j, f->arguments));
	else
		oc_buf_add(&call->arguments, raw.p, raw.n);
	follow(call, from);
	call->placeholder = named && strcmp(call->arguments.p, "{}") == 0;
}

/* A member that is a string, and not an empty one. */
static int text_of(const struct oc_json *j, int at, const char *name)
{
	int value = oc_json_get(j, at, name);
	bool is = oc_json_type(j, value) == OC_JSON_STRING && oc_json_raw(j, value).n > 2;

	return is ? value : OC_JSON_NONE;
}

static void add_call(struct oc_calls *c, const struct oc_json *j, int at, int function)
{
	struct fragment f = {
	        .j = j,
	        .index = -1,
	        .id = text_of(j, at, "id"),
	        .name = text_of(j, function, "name"),
	        .arguments = oc_json_given(j, function, "arguments"),
	};
	struct oc_text extra = oc_json_raw(j, oc_json_given(j, at, "extra_content"));
	struct oc_tool_call *call;
	size_t size;

	(void)oc_json_int64(j, oc_json_get(j, at, "index"), &f.index);
	if (oc_json_is(j, f.arguments, ""))
		f.arguments = OC_JSON_NONE;
	size = oc_json_raw(j, f.id).n + oc_json_raw(j, f.name).n + oc_json_raw(j, f.arguments).n +
	       extra.n;
	if (size > c->left)
		c->bad = OC_EPROTO;
	if (c->bad)
		return;
	c->left -= size;
	call = find(c, &f);
	if (!call)
		return;
	add_arguments(call, &f);
	if (!call->id.n)
		(void)oc_json_string(j, f.id, &call->id);
	if (!call->name.n)
		(void)oc_json_string(j, f.name, &call->name);
	if (!call->extra.n)
		oc_buf_add(&call->extra, extra.p, extra.n);
	call->message = c->messages;
	if (call->id.bad || call->name.bad || call->arguments.bad || call->extra.bad)
		c->bad = OC_ENOMEM;
}

void oc_calls_add(struct oc_calls *c, const struct oc_json *j, int calls)
{
	c->messages++;
	for (int at = oc_json_first(j, calls); at != OC_JSON_NONE; at = oc_json_next(j, calls, at))
		add_call(c, j, at, oc_json_get(j, at, "function"));
}

void oc_calls_add_function(struct oc_calls *c, const struct oc_json *j, int function)
{
	c->messages++;
	add_call(c, j, OC_JSON_NONE, function);
}

void oc_calls_add_once(struct oc_calls *c, struct oc_calls *whole)
{
	struct oc_calls before = *c;

	if (whole->bad)
		c->bad = whole->bad;
	c->too_many |= whole->too_many;
	if (c->n || c->bad)
		return;
	*c = *whole;
	c->left = before.left;
	*whole = before;
}

void oc_calls_end(struct oc_calls *c)
{
	for (size_t i = 0; i < c->n; i++) {
		oc_piece_end(&c->list[i].arguments, &c->list[i].half);
		if (c->list[i].arguments.bad)
			c->bad = OC_ENOMEM;
	}
}

/* ---- what is called ----------------------------------------------------------------------- */

bool oc_calls_are(const struct oc_calls *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->list[i].name.n)
			return true;
	}
	return false;
}

void oc_calls_names(const struct oc_calls *c, char *names, size_t max)
{
	size_t n = 0;

	*names = '\0';
	for (size_t i = 0; i < c->n; i++) {
		const struct oc_buf *name = &c->list[i].name;

		if (!name->n || n + 2 + name->n >= max)
			continue;
		n += (size_t)snprintf(names + n, max - n, "%s%s", n ? ", " : "", name->p);
	}
}

static void put_call(struct oc_jsonw *w, const struct oc_tool_call *call, size_t number)
{
	const struct oc_buf *arguments = &call->arguments;
	char id[32];

	(void)snprintf(id, sizeof id, "call_%zu", number);
	oc_jsonw_open(w, '{');
	oc_jsonw_member_any(w, "id", call->id.n ? oc_buf_text(&call->id) : oc_text_of(id));
	oc_jsonw_member(w, "type", "function");
	oc_jsonw_member_open(w, "function", '{');
	oc_jsonw_member_any(w, "name", oc_buf_text(&call->name));
	if (strspn(arguments->p, " \t\r\n") == arguments->n)
		oc_jsonw_member(w, "arguments", "{}");
	else
		oc_jsonw_member_any(w, "arguments", oc_buf_text(arguments));
	oc_jsonw_close(w, '}');
	if (call->extra.n) {
		oc_jsonw_key(w, "extra_content");
		oc_jsonw_foreign(w, oc_buf_text(&call->extra));
	}
	oc_jsonw_close(w, '}');
}

void oc_calls_put(const struct oc_calls *c, struct oc_buf *out)
{
	struct oc_jsonw w;
	size_t number = 0;

	oc_jsonw_init(&w, out);
	oc_jsonw_open(&w, '[');
	for (size_t i = 0; i < c->n; i++) {
		if (c->list[i].name.n)
			put_call(&w, &c->list[i], ++number);
	}
	oc_jsonw_close(&w, ']');
}

/* ---- and out again ------------------------------------------------------------------------ */

static void put_arguments(struct oc_jsonw *w, const struct oc_json *j, int at)
{
	struct oc_buf text = {0};

	oc_buf_init(&text, SIZE_MAX / 2);
	(void)oc_json_string(j, at, &text);
	oc_jsonw_key(w, "arguments");
	if (oc_json_check(text.p, text.n, NULL, NULL) == 0)
		oc_jsonw_foreign(w, oc_buf_text(&text));
	else
		oc_jsonw_string(w, text.p, text.n);
	if (text.bad)
		w->out->bad = text.bad;
	oc_buf_release(&text);
}

void oc_calls_list(struct oc_jsonw *w, struct oc_text tool_calls, bool lines)
{
	struct oc_json j;

	oc_json_init(&j);
	if (oc_json_parse(&j, tool_calls.p, tool_calls.n, NULL)) /* it is ours: memory is out */
		w->out->bad = OC_ENOMEM;
	for (int at = oc_json_first(&j, 0); at != OC_JSON_NONE; at = oc_json_next(&j, 0, at)) {
		int function = oc_json_get(&j, at, "function");

		oc_jsonw_open(w, '{');
		oc_jsonw_member_raw(w, "id", oc_json_raw(&j, oc_json_get(&j, at, "id")));
		oc_jsonw_member_raw(w, "name", oc_json_raw(&j, oc_json_get(&j, function, "name")));
		put_arguments(w, &j, oc_json_get(&j, function, "arguments"));
		oc_jsonw_close(w, '}');
		if (lines) {
			oc_buf_putc(w->out, '\n');
			w->comma = false;
		}
	}
	oc_json_release(&j);
}

void oc_calls_member(struct oc_jsonw *w, const struct oc_reply *reply)
{
	if (!reply->tool_calls)
		return;
	oc_jsonw_member_open(w, "tool_calls", '[');
	oc_calls_list(w, oc_text_of_calls(reply), false);
	oc_jsonw_close(w, ']');
}
