/* SPDX-License-Identifier: MIT */
/*
 * grammar.c: deciding whether a text is JSON. A parser of its own, that builds nothing: each
 * function takes the position where its part of the grammar begins, and returns the one behind
 * it, or NULL. Nesting is a stack of the closing brackets that are due, so nothing recurses.
 */
#include "compat.h"

#include "json/json.h"
#include "json/plain.h"
#include "text/utf8.h"
#include "text/err.h"

struct checker {
	const char *end;
	const char *failed_at;
	const char *problem;
	size_t count; /* values and keys so far */
	size_t depth;
	bool any_bytes; /* what is not UTF-8 may stand in a string */
	char closing[OC_JSON_DEPTH_MAX];
};

static const char *fail(struct checker *c, const char *p, const char *problem)
{
	c->failed_at = p;
	c->problem = p == c->end ? "the text ends too early" : problem;
	return NULL;
}

static const char *skip_blank(const struct checker *c, const char *p)
{
	while (p < c->end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const char *check_escape(struct checker *c, const char *p)
{
	static const char letters[] = "\"\\/bfnrt";

	p++;
	if (p < c->end && *p == 'u') {
		for (int i = 0; i < 4; i++) {
			p++;
			if (p == c->end || !is_hex(*p))
				return fail(c, p, "four hexadecimal digits expected");
		}
		return p + 1;
	}
	if (p == c->end || !memchr(letters, *p, sizeof letters - 1))
		return fail(c, p, "unknown escape in a string");
	return p + 1;
}

static const char *check_string(struct checker *c, const char *p)
{
	p++;
	while (p) {
		size_t len;

		p = oc_plain_skip(p, c->end);
		if (p == c->end || (unsigned char)*p < 0x20)
			return fail(c, p, "control character in a string");
		if (*p == '"')
			return p + 1;
		if (*p == '\\') {
			p = check_escape(c, p);
			continue;
		}
		len = oc_utf8_sequence(p, (size_t)(c->end - p));
		if (!len && !c->any_bytes)
			return fail(c, p, "invalid UTF-8");
		p += len ? len : 1;
	}
	return NULL;
}

static const char *check_digits(struct checker *c, const char *p)
{
	if (p == c->end || *p < '0' || *p > '9')
		return fail(c, p, "a digit expected");
	while (p < c->end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

static const char *check_number(struct checker *c, const char *p)
{
	if (*p == '-')
		p++;
	if (p < c->end && *p == '0')
		p++;
	else
		p = check_digits(c, p);
	if (p && p < c->end && *p == '.')
		p = check_digits(c, p + 1);
	if (p && p < c->end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < c->end && (*p == '+' || *p == '-'))
			p++;
		p = check_digits(c, p);
	}
	return p;
}

static const char *check_word(struct checker *c, const char *p, const char *word)
{
	const char *start = p;

	for (; *word; word++, p++) {
		if (p == c->end || *p != *word)
			return fail(c, p == c->end ? p : start, "a value expected");
	}
	return p;
}

/* A key and its colon. */
static const char *check_key(struct checker *c, const char *p)
{
	p = skip_blank(c, p);
	if (p == c->end || *p != '"')
		return fail(c, p, "a name in quotes expected");
	c->count++;
	p = check_string(c, p);
	if (!p)
		return NULL;
	p = skip_blank(c, p);
	if (p == c->end || *p != ':')
		return fail(c, p, "\":\" expected");
	return p + 1;
}

/* An opening bracket, and what makes it an empty array or object, or a first key. */
static const char *check_opening(struct checker *c, const char *p, bool *value_due)
{
	char closing = *p == '{' ? '}' : ']';

	if (c->depth == OC_JSON_DEPTH_MAX)
		return fail(c, p, "nested too deeply");
	p = skip_blank(c, p + 1);
	if (p < c->end && *p == closing) {
		*value_due = false;
		return p + 1;
	}
	c->closing[c->depth++] = closing;
	*value_due = true;
	return closing == '}' ? check_key(c, p) : p;
}

static const char *check_value(struct checker *c, const char *p, bool *value_due)
{
	c->count++;
	*value_due = false;
	switch (*p) {
	case '{':
	case '[':
		return check_opening(c, p, value_due);
	case '"':
		return check_string(c, p);
	case 't':
		return check_word(c, p, "true");
	case 'f':
		return check_word(c, p, "false");
	case 'n':
		return check_word(c, p, "null");
	default:
		if (*p != '-' && (*p < '0' || *p > '9'))
			return fail(c, p, "a value expected");
		return check_number(c, p);
	}
}

/* What follows a value inside of an array or object. */
static const char *check_separator(struct checker *c, const char *p, bool *value_due)
{
	bool object = c->closing[c->depth - 1] == '}';

	if (*p == c->closing[c->depth - 1]) {
		c->depth--;
		return p + 1;
	}
	if (*p != ',')
		return fail(c, p, object ? "\",\" or \"}\" expected" : "\",\" or \"]\" expected");
	*value_due = true;
	return object ? check_key(c, p + 1) : p + 1;
}

static const char *check_root(struct checker *c, const char *p)
{
	bool value_due = true;

	while (p && (value_due || c->depth)) {
		p = skip_blank(c, p);
		if (p == c->end)
			return fail(c, p, NULL);
		p = value_due ? check_value(c, p, &value_due) : check_separator(c, p, &value_due);
	}
	return p;
}

size_t oc_json_bom(const char *p, size_t n)
{
	size_t len = sizeof OC_UTF8_BOM - 1;

	return n >= len && memcmp(p, OC_UTF8_BOM, len) == 0 ? len : 0;
}

static int check(const char *p, size_t n, bool any_bytes, size_t *count, struct oc_err *err)
{
	struct checker c = {.failed_at = p, .any_bytes = any_bytes};
	const char *behind;

	if (!n)
		return oc_err_set(err, OC_EPROTO, "not JSON: the text is empty");
	c.end = p + n;
	behind = check_root(&c, p + oc_json_bom(p, n));
	if (behind) {
		behind = skip_blank(&c, behind);
		if (behind != c.end)
			behind = fail(&c, behind, "the text goes on after its value");
	}
	if (!behind)
		return oc_err_set(err, OC_EPROTO, "not JSON at byte %zu: %s",
		                  (size_t)(c.failed_at - p), c.problem);
	if (count)
		*count = c.count;
	return 0;
}

int oc_json_check(const char *p, size_t n, size_t *count, struct oc_err *err)
{
	return check(p, n, false, count, err);
}

int oc_json_check_bytes(const char *p, size_t n, size_t *count, struct oc_err *err)
{
	return check(p, n, true, count, err);
}

bool oc_json_is_cut(const char *p, size_t n)
{
	struct checker c = {.end = p + n, .any_bytes = true};

	return !check_root(&c, p + oc_json_bom(p, n)) && c.failed_at == c.end;
}
