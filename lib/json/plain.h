/* SPDX-License-Identifier: MIT */
/* plain.h: the fast path of everything that reads JSON strings. */
#ifndef OC_PLAIN_H
#define OC_PLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* May the byte stand in a string as it is, without a look at the next one? */
static inline bool oc_plain_is(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

#ifdef __SSE2__
#	include <emmintrin.h>

enum { OC_PLAIN_BLOCK = 16 };

/* How many plain bytes the block at p begins with. */
static inline unsigned oc_plain_count(const char *p)
{
	__m128i block = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
	__m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
	/* As signed bytes, those of characters beyond ASCII are smaller than a blank, too. */
	__m128i small = _mm_cmplt_epi8(block, _mm_set1_epi8(' '));
	int found = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), small));

	return found ? (unsigned)__builtin_ctz((unsigned)found) : OC_PLAIN_BLOCK;
}

#else

enum { OC_PLAIN_BLOCK = 8 };

static inline unsigned oc_plain_count(const char *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word;
	uint64_t quote;
	uint64_t backslash;
	unsigned n = 0;

	memcpy(&word, p, sizeof word);
	quote = word ^ (ones * '"');
	backslash = word ^ (ones * '\\');
	/* Subtracting makes the top bit of a byte that is too small, and may borrow from the next
	 * one, so that this says only whether there is one. */
	if (!(((word - ones * 0x20) | (quote - ones) | (backslash - ones) | word) & (ones * 0x80)))
		return OC_PLAIN_BLOCK;
	while (oc_plain_is((unsigned char)p[n]))
		n++;
	return n;
}

#endif

/* The first byte from p on that is not plain, or end. */
static inline const char *oc_plain_skip(const char *p, const char *end)
{
	while (end - p >= OC_PLAIN_BLOCK) {
		unsigned n = oc_plain_count(p);

		p += n;
		if (n < OC_PLAIN_BLOCK)
			return p;
	}
	while (p < end && oc_plain_is((unsigned char)*p))
		p++;
	return p;
}

#endif
