/* SPDX-License-Identifier: MIT */
/* spelling.c: the ways in which formats write a character that stands for itself elsewhere. */
#include "compat.h"

#include "http/spelling.h"

/* Bytes of a spelling that are enough for strings in strings in strings: a text that is nothing but
 * marks takes no long time. */
enum { NESTED_MAX = 32 };

static size_t left(const char *p, const char *end)
{
	return (size_t)(end - p);
}

static bool starts_with(const char *p, const char *end, const char *s)
{
	return left(p, end) >= strlen(s) && memcmp(p, s, strlen(s)) == 0;
}

size_t oc_spelling_number(const char *p, const char *end, unsigned base, size_t max,
                          unsigned *value)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	size_t n = 0;

	*value = 0;
	while (n < max && p + n < end && p[n]) {
		const char *digit = strchr(digits, p[n]);
		unsigned v = digit ? (unsigned)(digit - digits) % 16 : base;

		if (v >= base)
			break;
		*value = *value * base + v;
		n++;
	}
	return n;
}

/* Behind a backslash: `u0041`, `x41`, or a character that stands for itself. */
static size_t escaped(const char *p, const char *end, unsigned *c)
{
	if (p == end)
		return 0;
	if (*p == 'u' && oc_spelling_number(p + 1, end, 16, 4, c) == 4)
		return 5;
	if (*p == 'x' && oc_spelling_number(p + 1, end, 16, 2, c) == 2)
		return 3;
	*c = (unsigned char)*p;
	return 1;
}

/* Behind an ampersand: `#65;`, `#x41;` or a name. */
static size_t entity(const char *p, const char *end, unsigned *c)
{
	static const struct {
		const char *name;
		char c;
	} named[] = {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}};
	bool hex = left(p, end) > 1 && (p[1] == 'x' || p[1] == 'X');
	size_t before = hex ? 2 : 1;
	size_t n;

	for (size_t i = 0; i < OC_COUNT(named); i++) {
		if (starts_with(p, end, named[i].name)) {
			*c = (unsigned char)named[i].c;
			return strlen(named[i].name);
		}
	}
	if (left(p, end) < before || *p != '#')
		return 0;
	n = oc_spelling_number(p + before, end, hex ? 16 : 10, 7, c);
	if (!n)
		return 0;
	n += before;
	return n + (p + n < end && p[n] == ';');
}

/* One step of a spelling that begins with the mark: how many bytes it takes, and what comes out. */
static size_t decode(char mark, const char *p, const char *end, unsigned *c)
{
	if (mark == '&')
		return entity(p, end, c);
	if (mark == '%')
		return oc_spelling_number(p, end, 16, 2, c) == 2 ? 2 : 0;
	if (mark == '~') {
		*c = p < end && *p == '1' ? '/' : '~';
		return p < end && (*p == '0' || *p == '1');
	}
	return escaped(p, end, c);
}

bool oc_spelling_begins(const char *p, const char *end)
{
	unsigned c;

	return oc_spelling_is_mark(*p) && decode(*p, p + 1, end, &c) && c != '\\';
}

/* How long the spelling at p of this character is, if it is another one than the character itself;
 * or 0. What comes out may be the mark again, and so on: `\\u0041`, `%2541`, `&amp;#65;`. */
static size_t spelled(const char *p, const char *end, unsigned wanted)
{
	const char *q = p + 1;
	unsigned c = 0;
	size_t found = 0;
	size_t n;

	if (!oc_spelling_is_mark(*p))
		return 0;
	do {
		n = decode(*p, q, end, &c);
		q += n;
		if (n && c == wanted)
			found = left(p, q);
	} while (n && c == (unsigned char)*p && left(p, q) < NESTED_MAX);
	return found;
}

size_t oc_spelling(const char *p, const char *end, char wanted, bool within)
{
	const char *q = p;
	size_t n = 0;

	while (within && q < end && oc_spelling_is_blank(*q))
		q++;
	if (q == end)
		return 0;
	n = spelled(q, end, (unsigned char)wanted);
	if (!n && *q == wanted)
		n = 1;
	return n ? left(p, q) + n : 0;
}
