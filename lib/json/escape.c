/* SPDX-License-Identifier: MIT */
/* escape.c: what the text of a JSON string stands for. */
#include "compat.h"

#include "json/escape.h"
#include "text/utf8.h"

uint32_t oc_json_hex4(const char *p)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;

		v = v << 4 | (uint32_t)digit;
	}
	return v;
}

/* The character that the \u escape at p stands for; *used is its length. There is at least the
 * closing quote behind an escape, so one that begins a pair can be looked beyond. */
static uint32_t unicode_escape(const char *p, size_t *used)
{
	uint32_t high = oc_json_hex4(p + 2);
	uint32_t low;

	*used = 6;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || p[6] != '\\' || p[7] != 'u')
		return 0xfffd;
	low = oc_json_hex4(p + 8);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*used = 12;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* Decodes the escape at p: its bytes go to `out`, their number is returned. */
static size_t unescape(const char *p, char out[OC_UTF8_MAX], size_t *used)
{
	*used = 2;
	switch (p[1]) {
	case 'b':
		out[0] = '\b';
		return 1;
	case 'f':
		out[0] = '\f';
		return 1;
	case 'n':
		out[0] = '\n';
		return 1;
	case 'r':
		out[0] = '\r';
		return 1;
	case 't':
		out[0] = '\t';
		return 1;
	case 'u':
		return oc_utf8_encode(unicode_escape(p, used), out);
	default:
		out[0] = p[1];
		return 1;
	}
}

void oc_json_decode(struct oc_text inner, struct oc_buf *out)
{
	for (;;) {
		const char *escape = memchr(inner.p, '\\', inner.n);
		size_t plain = escape ? (size_t)(escape - inner.p) : inner.n;
		char bytes[OC_UTF8_MAX];
		size_t used;

		oc_buf_add(out, inner.p, plain);
		if (!escape)
			return;
		oc_buf_add(out, bytes, unescape(escape, bytes, &used));
		inner.p += plain + used;
		inner.n -= plain + used;
	}
}

static bool decodes_to(struct oc_text inner, struct oc_text content)
{
	while (inner.n) {
		char bytes[OC_UTF8_MAX] = {*inner.p};
		size_t used = 1;
		size_t n = *inner.p == '\\' ? unescape(inner.p, bytes, &used) : 1;

		if (n > content.n || memcmp(bytes, content.p, n) != 0)
			return false;
		inner.p += used;
		inner.n -= used;
		content.p += n;
		content.n -= n;
	}
	return !content.n;
}

/* Every escape is longer than what it stands for, so that only a string that is longer than the
 * content can be it by its escapes. */
bool oc_json_decodes_to(struct oc_text inner, struct oc_text content)
{
	if (inner.n == content.n)
		return memcmp(inner.p, content.p, inner.n) == 0 &&
		       !memchr(content.p, '\\', content.n);
	return inner.n > content.n && memchr(inner.p, '\\', inner.n) && decodes_to(inner, content);
}
