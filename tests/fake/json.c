/* SPDX-License-Identifier: MIT */
/* json.c: a small reader, written apart from the library's so that it can check it. */
#include "fake.h"

enum { DEPTH_MAX = 128 };

static const char *skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++) {
		if ((unsigned char)*p < 0x20 || (*p == '\\' && ++p == end))
			return NULL;
	}
	return p < end ? p + 1 : NULL;
}

static const char *skip_value(const char *p, const char *end, int depth);

/* The members of an array or object, p behind its bracket. Returns the place behind the closing
 * one; NULL where the text is wrong. */
static const char *skip_members(const char *p, const char *end, bool object, int depth)
{
	char close = object ? '}' : ']';

	p = skip_space(p, end);
	if (p < end && *p == close)
		return p + 1;
	while (p < end) {
		if (object) {
			p = *p == '"' ? skip_string(p, end) : NULL;
			p = p ? skip_space(p, end) : end;
			if (p == end || *p++ != ':')
				return NULL;
		}
		p = skip_value(p, end, depth);
		p = p ? skip_space(p, end) : end;
		if (p < end && *p == close)
			return p + 1;
		if (p == end || *p++ != ',')
			return NULL;
		p = skip_space(p, end);
	}
	return NULL;
}

static const char *skip_value(const char *p, const char *end, int depth)
{
	static const char plain[] = "+-.0123456789Eaeflnrstu"; /* numbers, true, false, null */
	const char *start;

	p = skip_space(p, end);
	if (p == end || depth > DEPTH_MAX)
		return NULL;
	if (*p == '"')
		return skip_string(p, end);
	if (*p == '{' || *p == '[')
		return skip_members(p + 1, end, *p == '{', depth + 1);
	for (start = p; p < end && *p && strchr(plain, *p);)
		p++;
	return p > start ? p : NULL;
}

bool json_valid(struct json text)
{
	const char *end = text.p + text.n;
	const char *p = text.n ? skip_value(text.p, end, 0) : NULL;

	return p && skip_space(p, end) == end;
}

static struct json value_at(const char *p, const char *end)
{
	p = skip_space(p, end);
	return (struct json){p, (size_t)(skip_value(p, end, 0) - p)};
}

/* The place of the next member: behind the bracket, or behind the last value's comma. */
static const char *next(struct json outer, char open, const struct json *last)
{
	const char *end = outer.p + outer.n;
	const char *p;

	if (!outer.n || *outer.p != open)
		return NULL;
	if (!last->p) {
		p = skip_space(outer.p + 1, end);
		return *p == (open == '{' ? '}' : ']') ? NULL : p;
	}
	p = skip_space(last->p + last->n, end);
	return *p == ',' ? skip_space(p + 1, end) : NULL;
}

bool json_next_item(struct json array, struct json *value)
{
	const char *p = next(array, '[', value);

	if (p)
		*value = value_at(p, array.p + array.n);
	return p != NULL;
}

bool json_next_member(struct json object, struct json *key, struct json *value)
{
	const char *end = object.p + object.n;
	const char *p = next(object, '{', value);

	if (!p)
		return false;
	*key = value_at(p, end);
	*value = value_at(skip_space(key->p + key->n, end) + 1, end);
	return true;
}

struct json json_member(struct json object, const char *key)
{
	struct json name;
	struct json value = {0};
	struct json found = {0};
	struct bytes text = {0};

	while (json_next_member(object, &name, &value)) {
		text.n = 0;
		json_text(name, &text);
		if (text.n == strlen(key) && (!text.n || memcmp(text.p, key, text.n) == 0))
			found = value;
	}
	bytes_release(&text);
	return found;
}

bool json_is(struct json value, const char *literal)
{
	return value.n == strlen(literal) && memcmp(value.p, literal, value.n) == 0;
}

static unsigned long code_unit(const char *hex)
{
	char digits[5] = {hex[0], hex[1], hex[2], hex[3], '\0'};

	return strtoul(digits, NULL, 16);
}

static void put_utf8(struct bytes *out, unsigned long c)
{
	char utf8[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = n; i-- > 1; c >>= 6)
		utf8[i] = (char)(0x80 | (c & 0x3f));
	utf8[0] = (char)(lead[n] | c);
	bytes_add(out, utf8, n);
}

/* \uXXXX at p, with the second half of a pair; the place behind it. */
static const char *put_unicode(const char *p, const char *end, struct bytes *out)
{
	unsigned long c = end - p >= 6 ? code_unit(p + 2) : 0;

	p += 6;
	if (c >= 0xd800 && c < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
		c = 0x10000 + ((c - 0xd800) << 10) + (code_unit(p + 2) - 0xdc00);
		p += 6;
	}
	put_utf8(out, c);
	return p;
}

void json_text(struct json string, struct bytes *out)
{
	static const char names[] = "bfnrt";
	static const char values[] = "\b\f\n\r\t";
	const char *end;

	if (string.n < 2 || *string.p != '"')
		return;
	end = string.p + string.n - 1;
	for (const char *p = string.p + 1; p < end;) {
		const char *name;
		size_t plain = 0;

		while (p + plain < end && p[plain] != '\\')
			plain++;
		bytes_add(out, p, plain);
		p += plain;
		if (p >= end)
			break;
		if (p[1] == 'u') {
			p = put_unicode(p, end, out);
			continue;
		}
		name = strchr(names, p[1]);
		bytes_add(out, name ? &values[name - names] : p + 1, 1);
		p += 2;
	}
}

void json_quote(struct bytes *out, const char *p, size_t n)
{
	bytes_puts(out, "\"");
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '"' || p[i] == '\\')
			bytes_printf(out, "\\%c", p[i]);
		else if (p[i] == '\n')
			bytes_puts(out, "\\n");
		else if ((unsigned char)p[i] < 0x20)
			bytes_printf(out, "\\u%04x", (unsigned)(unsigned char)p[i]);
		else
			bytes_add(out, p + i, 1);
	}
	bytes_puts(out, "\"");
}
