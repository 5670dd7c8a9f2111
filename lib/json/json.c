/* SPDX-License-Identifier: MIT */
/*
 * json.c: parsed documents. The only user of jsmn, whose tokens are in the order of the text: an
 * array's elements and an object's keys follow it, a key's value follows the key, and whatever
 * starts before a value's end belongs to it.
 */
#include "compat.h"

#include <limits.h>

#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#define JSMN_STATIC
#include <jsmn.h>

#include "json/escape.h"
#include "json/json.h"
#include "text/num.h"
#include "text/err.h"
#include "text/text.h"

enum { FIRST_TOKENS = 64 };

struct oc_text oc_json_bare(struct oc_text text)
{
	return oc_text_trim(oc_text_without_bom(text), " \t\n\r");
}

void oc_json_init(struct oc_json *j)
{
	*j = (struct oc_json){.text = NULL};
}

void oc_json_release(struct oc_json *j)
{
	free(j->tokens);
	oc_json_init(j);
}

/* Makes room for so many tokens. The old ones are not kept. */
static bool grow(struct oc_json *j, int count)
{
	int cap = j->cap ? j->cap : FIRST_TOKENS;

	if (count <= j->cap)
		return true;
	while (cap < count)
		cap *= 2;
	free(j->tokens);
	j->tokens = malloc((size_t)cap * sizeof(jsmntok_t));
	j->cap = j->tokens ? cap : 0;
	return j->tokens != NULL;
}

/* The tokens of a text whose only value is a word or a number: jsmn wants another byte behind
 * these, and there may be none. */
static int scalar_token(const char *text, int len, jsmntok_t *token)
{
	int start = 0;

	while (oc_is_blank(text[start]))
		start++;
	while (oc_is_blank(text[len - 1]))
		len--;
	if (text[start] == '"' || text[start] == '[' || text[start] == '{')
		return 0;
	*token = (jsmntok_t){
	        .type = JSMN_PRIMITIVE, .start = start, .end = len, .parent = OC_JSON_NONE};
	return 1;
}

int oc_json_parse(struct oc_json *j, const char *p, size_t n, struct oc_err *err)
{
	jsmn_parser parser;
	size_t count;
	struct oc_text text;
	int rc;

	j->ntok = 0;
	if (n > INT_MAX)
		return oc_err_set(err, OC_EPROTO, "%zu bytes are too much JSON", n);
	rc = j->any_bytes ? oc_json_check_bytes(p, n, &count, err)
	                  : oc_json_check(p, n, &count, err);
	if (rc)
		return rc;
	if (count > OC_JSON_VALUES_MAX)
		return oc_err_set(err, OC_EPROTO, "%zu values are too much JSON", count);
	if (!grow(j, (int)count))
		return oc_err_nomem(err);
	text = oc_text_without_bom((struct oc_text){p, n});
	j->text = text.p;
	j->len = text.n;
	if (count == 1)
		j->ntok = scalar_token(j->text, (int)j->len, j->tokens);
	if (j->ntok)
		return 0;
	jsmn_init(&parser);
	rc = jsmn_parse(&parser, j->text, j->len, j->tokens, (unsigned int)count);
	if (rc != (int)count || parser.pos != j->len)
		return oc_err_set(err, OC_EBUG, "jsmn and the checker disagree about a JSON text");
	j->ntok = rc;
	return 0;
}

static const jsmntok_t *token(const struct oc_json *j, int at)
{
	const jsmntok_t *tokens = j->tokens;

	return at >= 0 && at < j->ntok ? tokens + at : NULL;
}

enum oc_json_type oc_json_type(const struct oc_json *j, int at)
{
	const jsmntok_t *t = token(j, at);

	if (!t)
		return OC_JSON_MISSING;
	if (t->type == JSMN_STRING)
		return OC_JSON_STRING;
	switch (j->text[t->start]) {
	case '{':
		return OC_JSON_OBJECT;
	case '[':
		return OC_JSON_ARRAY;
	case 'n':
		return OC_JSON_NULL;
	case 'f':
		return OC_JSON_FALSE;
	case 't':
		return OC_JSON_TRUE;
	default:
		return OC_JSON_NUMBER;
	}
}

/* What jsmn says that a token is: a string without its quotes. `at` exists. */
static struct oc_text inner(const struct oc_json *j, int at)
{
	const jsmntok_t *t = (const jsmntok_t *)j->tokens + at;

	return (struct oc_text){j->text + t->start, (size_t)(t->end - t->start)};
}

struct oc_text oc_json_raw(const struct oc_json *j, int at)
{
	const jsmntok_t *t = token(j, at);
	struct oc_text raw;

	if (!t)
		return (struct oc_text){NULL, 0};
	raw = inner(j, at);
	if (t->type == JSMN_STRING) {
		raw.p--;
		raw.n += 2;
	}
	return raw;
}

/* ---- walking ------------------------------------------------------------------------------- */

/* Is there a token i that begins before the parent's end? */
static bool inside(const struct oc_json *j, const jsmntok_t *parent, int i)
{
	const jsmntok_t *tokens = j->tokens;

	return i < j->ntok && tokens[i].start < parent->end;
}

/* The first token behind all of those that belong to `at`. */
static int behind(const struct oc_json *j, int at)
{
	const jsmntok_t *tokens = j->tokens;
	int end = tokens[at].end;

	do
		at++;
	while (at < j->ntok && tokens[at].start < end);
	return at;
}

static bool is_branch(const jsmntok_t *t)
{
	return t && (t->type == JSMN_OBJECT || t->type == JSMN_ARRAY);
}

int oc_json_first(const struct oc_json *j, int at)
{
	const jsmntok_t *t = token(j, at);

	return is_branch(t) && inside(j, t, at + 1) ? at + 1 : OC_JSON_NONE;
}

int oc_json_next(const struct oc_json *j, int at, int child)
{
	const jsmntok_t *t = token(j, at);
	int next;

	if (!is_branch(t) || !token(j, child))
		return OC_JSON_NONE;
	next = behind(j, t->type == JSMN_OBJECT ? child + 1 : child);
	return inside(j, t, next) ? next : OC_JSON_NONE;
}

int oc_json_value(const struct oc_json *j, int key)
{
	const jsmntok_t *t = token(j, key);
	const jsmntok_t *parent = t ? token(j, t->parent) : NULL;

	return parent && parent->type == JSMN_OBJECT ? key + 1 : OC_JSON_NONE;
}

size_t oc_json_count(const struct oc_json *j, int at)
{
	size_t n = 0;

	for (int c = oc_json_first(j, at); c != OC_JSON_NONE; c = oc_json_next(j, at, c))
		n++;
	return n;
}

int oc_json_item(const struct oc_json *j, int at, size_t k)
{
	const jsmntok_t *t = token(j, at);
	int child = t && t->type == JSMN_ARRAY ? oc_json_first(j, at) : OC_JSON_NONE;

	while (k-- && child != OC_JSON_NONE)
		child = oc_json_next(j, at, child);
	return child;
}

/* ---- strings ------------------------------------------------------------------------------- */

/* May a name that begins with this byte be the key? Tells most of them apart at once. */
static bool may_be(struct oc_text raw, char first)
{
	char c = raw.n ? *raw.p : '\0';

	return c == first || c == '\\';
}

void oc_json_members(const struct oc_json *j, int at, const char *const *names, size_t n,
                     int *values)
{
	const jsmntok_t *object = token(j, at);

	for (size_t i = 0; i < n; i++)
		values[i] = OC_JSON_NONE;
	if (!object || object->type != JSMN_OBJECT)
		return;
	for (int key = at + 1; inside(j, object, key); key = behind(j, key + 1)) {
		struct oc_text raw = inner(j, key);

		for (size_t i = 0; i < n; i++) {
			if (may_be(raw, *names[i]) && oc_json_decodes_to(raw, oc_text_of(names[i])))
				values[i] = key + 1;
		}
	}
}

int oc_json_get(const struct oc_json *j, int at, const char *name)
{
	int value;

	oc_json_members(j, at, &name, 1, &value);
	return value;
}

int oc_json_given(const struct oc_json *j, int at, const char *name)
{
	int value = oc_json_get(j, at, name);

	return oc_json_type(j, value) == OC_JSON_NULL ? OC_JSON_NONE : value;
}

bool oc_json_same(const struct oc_json *j, int at, struct oc_text content)
{
	const jsmntok_t *t = token(j, at);

	return t && t->type == JSMN_STRING && oc_json_decodes_to(inner(j, at), content);
}

bool oc_json_is(const struct oc_json *j, int at, const char *s)
{
	return oc_json_same(j, at, oc_text_of(s));
}

bool oc_json_string(const struct oc_json *j, int at, struct oc_buf *out)
{
	const jsmntok_t *t = token(j, at);

	if (!t || t->type != JSMN_STRING)
		return false;
	oc_json_decode(inner(j, at), out);
	return true;
}

/* ---- numbers ------------------------------------------------------------------------------- */

bool oc_json_int64(const struct oc_json *j, int at, int64_t *out)
{
	struct oc_text raw = oc_json_raw(j, at);

	return oc_json_type(j, at) == OC_JSON_NUMBER && oc_num_exact(raw.p, raw.n, out);
}

bool oc_json_double(const struct oc_json *j, int at, double *out)
{
	struct oc_text raw = oc_json_raw(j, at);
	struct oc_buf copy = {0};
	bool ok;

	if (oc_json_type(j, at) != OC_JSON_NUMBER)
		return false;
	oc_buf_init(&copy, raw.n);
	oc_buf_add(&copy, raw.p, raw.n);
	ok = oc_num_double(copy.p, out);
	oc_buf_release(&copy);
	return ok;
}
