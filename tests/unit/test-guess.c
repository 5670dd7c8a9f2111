/* SPDX-License-Identifier: MIT */
/* test-guess.c: about how many tokens a text has. */
#include "unit.h"

#include "text/text.h"
#include "usage/guess.h"

TEST(runs_are_counted)
{
	static const struct {
		const char *text;
		int tokens;
	} rows[] = {
	        {"", 0},
	        {" ", 0},
	        {"a", 1},
	        {"sentence", 1},
	        {"sentences", 2},
	        {"Hello, world!", 4},
	        {"1", 1},
	        {"123", 1},
	        {"1234", 2},
	        {"a1", 2},
	        {"==", 1},
	        {"===", 2},
	        {"a\n\tb", 3},
	        {"a    b", 3},
	        {"\n                b", 3}, /* 17 characters of white space */
	        {"\xc3\xa4", 1},
	        {"\xd0\xbc\xd0\xb8\xd1\x80", 2},
	        {"\xe4\xb8\xad\xe6\x96\x87", 2},
	        {"\xf0\x9f\x98\x80", 1},
	        {"\x80\x80", 0},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++)
		CHECK_INT(oc_guess_tokens(oc_text_of(rows[i].text)), rows[i].tokens);
}
