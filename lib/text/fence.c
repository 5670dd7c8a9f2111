/* SPDX-License-Identifier: MIT */
/* fence.c: fenced code blocks in a text. */
#include "compat.h"

#include "text/fence.h"
#include "text/text.h"

enum { SHORTEST = 3, INDENT_MAX = 3 };

struct fence {
	char c;        /* '`' or '~' */
	size_t n;      /* of them */
	size_t indent; /* blanks before it */
};

/* Takes the next line, with its end, off the text. */
static struct oc_text take_line(struct oc_text *text)
{
	struct oc_text line = oc_text_take_line(text);

	line.n = (size_t)(text->p - line.p);
	return line;
}

static size_t count(struct oc_text text, size_t from, char c)
{
	size_t n = 0;

	while (from + n < text.n && text.p[from + n] == c)
		n++;
	return n;
}

/* Reads a fence; *rest is what follows it in the line. */
static bool read_fence(struct oc_text line, struct fence *fence, struct oc_text *rest)
{
	size_t indent = count(line, 0, ' ');
	char c = indent < line.n ? line.p[indent] : '\0';
	size_t n = count(line, indent, c);

	if (indent > INDENT_MAX || (c != '`' && c != '~') || n < SHORTEST)
		return false;
	*fence = (struct fence){c, n, indent};
	*rest = (struct oc_text){line.p + indent + n, line.n - indent - n};
	return true;
}

/* What follows backticks must have none: that would be code within a line. */
static bool opens(struct oc_text line, struct fence *fence)
{
	struct oc_text rest;

	return read_fence(line, fence, &rest) &&
	       (fence->c == '~' || !rest.n || !memchr(rest.p, '`', rest.n));
}

static bool closes(struct oc_text line, const struct fence *opening)
{
	struct fence fence;
	struct oc_text rest;

	return read_fence(line, &fence, &rest) && fence.c == opening->c && fence.n >= opening->n &&
	       oc_text_is_blank(rest);
}

static void put_line(struct oc_buf *out, struct oc_text line, size_t indent)
{
	size_t blanks = count(line, 0, ' ');
	size_t n = blanks < indent ? blanks : indent;

	oc_buf_add(out, line.p + n, line.n - n);
}

static bool find(struct oc_text text, bool around, struct oc_buf *out)
{
	size_t start = out->n;
	struct fence opening;
	struct oc_text line;
	bool closed = false;

	do {
		if (!text.n)
			return false;
		line = take_line(&text);
		if (around && !oc_text_is_blank(line) && !opens(line, &opening))
			return false;
	} while (!opens(line, &opening));
	if (!text.n)
		return false;
	while (text.n && !closed) {
		line = take_line(&text);
		closed = closes(line, &opening);
		if (!closed)
			put_line(out, line, opening.indent);
	}
	if (!around || oc_text_is_blank(text))
		return true;
	oc_buf_cut(out, start);
	return false;
}

bool oc_fence_first(struct oc_text text, struct oc_buf *out)
{
	return find(text, false, out);
}

bool oc_fence_around(struct oc_text text, struct oc_buf *out)
{
	return find(text, true, out);
}
