/* SPDX-License-Identifier: MIT */
/* piece.c: a text that comes in several JSON strings. */
#include "compat.h"

#include "answer/piece.h"
#include "json/escape.h"
#include "text/utf8.h"

enum { REPLACEMENT = 0xfffd };

/* The UTF-16 unit that the escape at p stands for, of n bytes that are there; 0 if this is none. */
static unsigned unit(const char *p, size_t n)
{
	return n >= 6 && p[0] == '\\' && p[1] == 'u' ? oc_json_hex4(p + 2) : 0;
}

/* The high surrogate that a string ends with, as an escape; else 0. */
static uint16_t half_at_end(struct oc_text inner)
{
	size_t slashes = 0;
	unsigned u;

	if (inner.n < 6)
		return 0;
	/* A backslash that is itself escaped begins no escape. */
	while (slashes < inner.n - 6 && inner.p[inner.n - 7 - slashes] == '\\')
		slashes++;
	u = slashes % 2 ? 0 : unit(inner.p + inner.n - 6, 6);
	return u >= 0xd800 && u < 0xdc00 ? (uint16_t)u : 0;
}

struct oc_text oc_piece_inner(const struct oc_json *j, int at)
{
	struct oc_text raw = oc_json_raw(j, at);

	return (struct oc_text){raw.p + 1, raw.n - 2};
}

void oc_piece_add(struct oc_buf *out, uint16_t *half, struct oc_text inner)
{
	unsigned high = *half;
	unsigned low = high ? unit(inner.p, inner.n) : 0;

	if (!inner.n)
		return;
	if (high && low >= 0xdc00 && low < 0xe000) {
		oc_utf8_put(out, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
		inner.p += 6;
		inner.n -= 6;
	} else if (high) {
		oc_utf8_put(out, REPLACEMENT);
	}
	*half = half_at_end(inner);
	inner.n -= *half ? 6 : 0;
	oc_json_decode(inner, out);
}

void oc_piece_end(struct oc_buf *out, uint16_t *half)
{
	if (*half)
		oc_utf8_put(out, REPLACEMENT);
	*half = 0;
}
