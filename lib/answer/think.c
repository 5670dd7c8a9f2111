/* SPDX-License-Identifier: MIT */
/* think.c: a block <think>…</think> at the beginning of the content. */
#include "compat.h"

#include "answer/think.h"
#include "text/text.h"

/* How many blanks are held back: beyond that they are text, whatever follows. */
enum { BLANKS_MAX = 256 };

static const char opening[] = "<think>";
static const char closing[] = "</think>";
static const char blanks[] = " \t\n\r";

enum { OPENING = sizeof opening - 1, CLOSING = sizeof closing - 1 };

void oc_think_init(struct oc_think *t, size_t max)
{
	*t = (struct oc_think){.state = OC_THINK_START};
	oc_buf_init(&t->held, max);
}

void oc_think_release(struct oc_think *t)
{
	oc_buf_release(&t->held);
}

/* Blanks at the end of the first n bytes. */
static size_t trailing_blanks(const struct oc_buf *held, size_t n)
{
	size_t blank = 0;

	while (blank < n && blank < BLANKS_MAX && oc_is_blank(held->p[n - blank - 1]))
		blank++;
	return blank;
}

/* Moves the first n bytes. */
static void move(struct oc_buf *held, size_t n, struct oc_buf *to)
{
	oc_buf_add(to, held->p, n);
	oc_buf_drop(held, n);
}

/* Is this a block's beginning, up to *end, or as much of one as there is? */
static bool may_begin(const char *p, size_t n, size_t *end)
{
	size_t blank = strspn(p, blanks);

	blank = blank < BLANKS_MAX ? blank : BLANKS_MAX;
	*end = blank + OPENING;
	return strncmp(p + blank, opening, n < *end ? n - blank : OPENING) == 0;
}

/* The steps. Each returns false where it must wait for more. */

static bool start(struct oc_think *t, struct oc_buf *content)
{
	size_t end;

	if (!may_begin(t->held.p, t->held.n, &end)) {
		move(&t->held, t->held.n, content);
		t->state = OC_THINK_OVER;
		return true;
	}
	if (end > t->held.n)
		return false;
	oc_buf_drop(&t->held, end);
	t->state = OC_THINK_BEGUN;
	return true;
}

/* Drops what comes of these characters, up to the next one. */
static bool skip(struct oc_think *t, const char *set, enum oc_think_state next)
{
	oc_buf_drop(&t->held, strspn(t->held.p, set));
	if (!t->held.n)
		return false;
	t->state = next;
	return true;
}

/* How many bytes there are before the end of the block, or before what may be its beginning, which
 * is at the end of what there is. */
static size_t find_end(const struct oc_buf *held, bool *whole)
{
	const char *end = held->p + held->n;
	const char *p = held->p;

	while ((p = memchr(p, *closing, (size_t)(end - p))) != NULL) {
		size_t left = (size_t)(end - p);
		size_t n = left < CLOSING ? left : CLOSING;

		*whole = n == CLOSING;
		if (memcmp(p, closing, n) == 0)
			return (size_t)(p - held->p);
		p++;
	}
	*whole = false;
	return held->n;
}

static bool block(struct oc_think *t, struct oc_buf *reasoning)
{
	bool whole;
	size_t n = find_end(&t->held, &whole);
	size_t blank = trailing_blanks(&t->held, n);

	move(&t->held, n - blank, reasoning);
	if (!whole)
		return false;
	oc_buf_drop(&t->held, blank + CLOSING);
	t->state = OC_THINK_AFTER;
	return true;
}

static bool step(struct oc_think *t, struct oc_buf *content, struct oc_buf *reasoning)
{
	switch (t->state) {
	case OC_THINK_START:
		return start(t, content);
	case OC_THINK_BEGUN:
		return skip(t, blanks, OC_THINK_BLOCK);
	case OC_THINK_BLOCK:
		return block(t, reasoning);
	case OC_THINK_AFTER:
		if (!skip(t, "\n\r", OC_THINK_OVER))
			return false;
		move(&t->held, t->held.n, content);
		return true;
	case OC_THINK_OVER:
		break;
	}
	return false;
}

void oc_think_take(struct oc_think *t, struct oc_buf *content, size_t from,
                   struct oc_buf *reasoning)
{
	size_t end;

	/* Most content is no block, and stays where it is. */
	if (!t->held.n && t->state == OC_THINK_START &&
	    !may_begin(content->p + from, content->n - from, &end)) {
		t->state = OC_THINK_OVER;
		return;
	}
	oc_buf_add(&t->held, content->p + from, content->n - from);
	oc_buf_cut(content, from);
	while (!t->held.bad && step(t, content, reasoning))
		;
	if (t->held.bad)
		content->bad = t->held.bad;
}

void oc_think_end(struct oc_think *t, struct oc_buf *content, struct oc_buf *reasoning)
{
	bool inside = t->state == OC_THINK_BEGUN || t->state == OC_THINK_BLOCK;

	move(&t->held, t->held.n, inside ? reasoning : content);
	if (t->state == OC_THINK_START)
		t->state = OC_THINK_OVER;
}
