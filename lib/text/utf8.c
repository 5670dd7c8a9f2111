/* SPDX-License-Identifier: MIT */
/* utf8.c: checking, mending and showing UTF-8. */
#include "compat.h"

#include "text/utf8.h"

/* What may follow a lead byte: the sequence's length and the range of its second byte (Unicode
 * table 3-7). Length 0: not a lead byte. */
struct lead {
	unsigned char length;
	unsigned char low;
	unsigned char high;
};

static struct lead lead_of(unsigned char c)
{
	if (c < 0x80)
		return (struct lead){1, 0, 0};
	if (c < 0xc2 || c > 0xf4)
		return (struct lead){0, 0, 0};
	if (c < 0xe0)
		return (struct lead){2, 0x80, 0xbf};
	if (c < 0xf0)
		return (struct lead){3, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf};
	return (struct lead){4, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf};
}

/* How many bytes at p (n > 0) belong to one sequence as far as they go, and in *whole whether it is
 * complete. 0 if the first byte cannot start one. */
static size_t sequence_part(const char *p, size_t n, bool *whole)
{
	struct lead lead = lead_of((unsigned char)*p);
	size_t i = 1;

	*whole = false;
	if (!lead.length)
		return 0;
	for (; i < lead.length && i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		unsigned char low = i == 1 ? lead.low : 0x80;
		unsigned char high = i == 1 ? lead.high : 0xbf;

		if (c < low || c > high)
			return i;
	}
	*whole = i == lead.length;
	return i;
}

static bool is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t oc_utf8_sequence(const char *p, size_t n)
{
	unsigned char c = (unsigned char)*p;
	bool whole;
	size_t len;

	/* Most characters beyond ASCII, of which the second byte can be any that continues. */
	if (n > 2 && c > 0xe0 && c < 0xf0 && c != 0xed && is_tail(p[1]) && is_tail(p[2]))
		return 3;
	if (n > 1 && c >= 0xc2 && c < 0xe0 && is_tail(p[1]))
		return 2;
	len = sequence_part(p, n, &whole);
	return whole ? len : 0;
}

/* Length of the leading run of ASCII, eight bytes at a time. */
static size_t ascii_run(const char *p, size_t n)
{
	size_t i = 0;

	for (; i + sizeof(uint64_t) <= n; i += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, p + i, sizeof word);
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < n && !(p[i] & 0x80))
		i++;
	return i;
}

size_t oc_utf8_check(const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t len = oc_utf8_sequence(p + i, n - i);

		if (!len)
			return i;
		i += len;
		i += ascii_run(p + i, n - i);
	}
	return n;
}

size_t oc_utf8_tail(const char *p, size_t n)
{
	for (size_t back = 1; back <= 3 && back <= n; back++) {
		bool whole;

		if (((unsigned char)p[n - back] & 0xc0) == 0x80)
			continue;
		return sequence_part(p + n - back, back, &whole) == back && !whole ? back : 0;
	}
	return 0;
}

size_t oc_utf8_encode(uint32_t cp, char out[OC_UTF8_MAX])
{
	size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	for (size_t i = n - 1; i > 0; i--, cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3f));
	out[0] = (char)((0xf00u >> n) | cp);
	return n;
}

void oc_utf8_put(struct oc_buf *out, uint32_t cp)
{
	char s[OC_UTF8_MAX];

	oc_buf_add(out, s, oc_utf8_encode(cp, s));
}

void oc_utf8_replace(struct oc_buf *out, const char *p, size_t n)
{
	while (n) {
		size_t good = oc_utf8_check(p, n);
		size_t part;
		bool whole;

		oc_buf_add(out, p, good);
		p += good;
		n -= good;
		if (!n)
			return;
		oc_utf8_put(out, 0xfffd);
		part = sequence_part(p, n, &whole);
		p += part ? part : 1;
		n -= part ? part : 1;
	}
}

void oc_utf8_mend(struct oc_buf *text)
{
	struct oc_buf valid = {0};

	if (oc_utf8_check(text->p, text->n) == text->n)
		return;
	oc_buf_init(&valid, 3 * text->n); /* U+FFFD for each byte, at worst */
	oc_utf8_replace(&valid, text->p, text->n);
	oc_buf_release(text);
	*text = valid;
}

size_t oc_utf8_show(const char *p, size_t n, enum oc_visible how, char shown[OC_UTF8_SHOWN_MAX],
                    size_t *used)
{
	static const char hex[] = "0123456789abcdef";
	size_t len = oc_utf8_sequence(p, n);
	unsigned char c = (unsigned char)*p;
	bool stays = how == OC_VISIBLE_TEXT && (c == '\n' || c == '\t');
	bool c1 = len == 2 && c == 0xc2 && (unsigned char)p[1] < 0xa0;
	size_t out = 0;

	*used = len ? len : 1;
	if (stays || (len && c >= 0x20 && c != 0x7f && !c1)) {
		memcpy(shown, p, len);
		return len;
	}
	for (size_t i = 0; i < *used; i++) {
		shown[out++] = '\\';
		shown[out++] = 'x';
		shown[out++] = hex[(unsigned char)p[i] >> 4];
		shown[out++] = hex[(unsigned char)p[i] & 15];
	}
	return out;
}

void oc_utf8_visible(struct oc_buf *out, const char *p, size_t n, enum oc_visible how)
{
	for (size_t i = 0; i < n;) {
		char shown[OC_UTF8_SHOWN_MAX];
		size_t used = 0;
		size_t len = oc_utf8_show(p + i, n - i, how, shown, &used);

		oc_buf_add(out, shown, len);
		i += used;
	}
}

bool oc_utf8_printable(const char *p, size_t n)
{
	char shown[OC_UTF8_SHOWN_MAX];
	size_t used;

	for (size_t i = 0; i < n; i += used) {
		/* What is shown as it is has the same length. */
		if (oc_utf8_show(p + i, n - i, OC_VISIBLE_LINE, shown, &used) != used)
			return false;
	}
	return true;
}

size_t oc_utf8_line(char *to, size_t max, const char *p, size_t n)
{
	bool space = false;
	size_t out = 0;
	size_t used;

	for (size_t i = 0; i < n; i += used) {
		char shown[OC_UTF8_SHOWN_MAX];
		size_t len = oc_utf8_show(p + i, n - i, OC_VISIBLE_LINE, shown, &used);

		if (len != used || *shown == ' ') {
			space = out > 0;
			continue;
		}
		if (out + space + len > max) {
			memcpy(to + out, "...", 3);
			out += 3;
			break;
		}
		if (space)
			to[out++] = ' ';
		memcpy(to + out, shown, len);
		out += len;
		space = false;
	}
	to[out] = '\0';
	return out;
}
