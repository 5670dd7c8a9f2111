/* SPDX-License-Identifier: MIT */
/* spelling.h: the ways in which formats write a character that stands for itself elsewhere. */
#ifndef OC_SPELLING_H
#define OC_SPELLING_H

#include "oc.h"

/*
 * How many bytes of the text from p to end spell this character: as itself, behind backslashes or
 * as their `u0041` or `x41`, percent-encoded, as an HTML entity, as in a JSON Pointer, or as one of
 * these in the same way again (`\\\\u0041`, `%2541`, `&amp;#65;`). 0 if it is another one. within:
 * blanks before it may be where a line was broken.
 */
size_t oc_spelling(const char *p, const char *end, char wanted, bool within);

/* Does a spelling begin at p (which is not the end) that is not the character itself? Of a run of
 * backslashes only the last one is said to begin one. */
bool oc_spelling_begins(const char *p, const char *end);

static inline bool oc_spelling_is_mark(char c)
{
	return c == '\\' || c == '%' || c == '&' || c == '~';
}

static inline bool oc_spelling_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Reads a number of at most so many digits; returns how many it has, 0 where there is none. */
size_t oc_spelling_number(const char *p, const char *end, unsigned base, size_t max,
                          unsigned *value);

#endif
