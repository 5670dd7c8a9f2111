/* SPDX-License-Identifier: MIT */
/* guess.c: about how many tokens a text has. */
#include "compat.h"

#include "text/text.h"
#include "usage/guess.h"

enum kind { BLANK, SPACE, LETTER, DIGIT, SIGN, FOREIGN, WIDE, INSIDE, KINDS };

/* So many characters of a run are a token; 0: they are part of another. */
static const int per_token[KINDS] = {
        [SPACE] = 16, [LETTER] = 8, [DIGIT] = 3, [SIGN] = 2, [FOREIGN] = 2, [WIDE] = 1,
};

static enum kind kind_of(char c)
{
	unsigned char u = (unsigned char)c;

	if (u >= 0x80)
		return u < 0xc0 ? INSIDE : u < 0xe0 ? FOREIGN : WIDE;
	if (c == ' ')
		return BLANK;
	if (u < ' ')
		return SPACE;
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return LETTER;
	return oc_is_digit(c) ? DIGIT : SIGN;
}

int64_t oc_guess_tokens(struct oc_text text)
{
	enum kind last = BLANK;
	int64_t tokens = 0;
	int run = 0; /* characters of it, within the token */

	for (size_t i = 0; i < text.n; i++) {
		enum kind kind = kind_of(text.p[i]);

		if (kind == INSIDE)
			continue;
		if (kind == BLANK && i && (last == BLANK || last == SPACE))
			kind = SPACE;
		run = kind == last ? run + 1 : 1;
		if (per_token[kind] && (run - 1) % per_token[kind] == 0)
			tokens++;
		last = kind;
	}
	return tokens;
}
