/* SPDX-License-Identifier: MIT */
/* text.h: what is asked about a struct oc_text wherever there is one. ASCII only, whatever the
 * locale. */
#ifndef OC_TEXT_H
#define OC_TEXT_H

#include <string.h>

#include "oc.h"

static inline struct oc_text oc_text_of(const char *s)
{
	return (struct oc_text){s, strlen(s)};
}

static inline struct oc_text oc_text_of_content(const struct oc_reply *reply)
{
	return (struct oc_text){reply->content, reply->content_len};
}

static inline struct oc_text oc_text_of_reasoning(const struct oc_reply *reply)
{
	return (struct oc_text){reply->reasoning, reply->reasoning_len};
}

static inline struct oc_text oc_text_of_calls(const struct oc_reply *reply)
{
	return (struct oc_text){reply->tool_calls, reply->tool_calls_len};
}

/* < 0, 0 or > 0, as strcmp(). */
static inline int oc_text_order(struct oc_text a, struct oc_text b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static inline bool oc_text_same(struct oc_text a, struct oc_text b)
{
	return a.n == b.n && oc_text_order(a, b) == 0;
}

static inline bool oc_text_is(struct oc_text text, const char *s)
{
	return oc_text_same(text, oc_text_of(s));
}

/* A NUL is one of no set. */
static inline bool oc_is_one_of(char c, const char *set)
{
	while (*set && *set != c)
		set++;
	return *set != '\0';
}

/* The index of the first byte that is one of the set; the length where there is none. */
static inline size_t oc_text_find(struct oc_text text, const char *set)
{
	size_t i = 0;

	while (i < text.n && !oc_is_one_of(text.p[i], set))
		i++;
	return i;
}

/* Without what is at its ends of the characters in the set. */
static inline struct oc_text oc_text_trim(struct oc_text text, const char *set)
{
	for (; text.n && oc_is_one_of(*text.p, set); text.n--)
		text.p++;
	while (text.n && oc_is_one_of(text.p[text.n - 1], set))
		text.n--;
	return text;
}

#define OC_UTF8_BOM "\xef\xbb\xbf" /* byte order mark */

/* Without the byte order mark that it begins with, if it does. */
static inline struct oc_text oc_text_without_bom(struct oc_text text)
{
	size_t n = sizeof OC_UTF8_BOM - 1;

	if (text.n < n || memcmp(text.p, OC_UTF8_BOM, n) != 0)
		return text;
	return (struct oc_text){text.p + n, text.n - n};
}

/* Nothing, or white space only? */
static inline bool oc_text_is_blank(struct oc_text text)
{
	return !oc_text_trim(text, " \t\n\v\f\r").n;
}

/* Takes the next line off the text; its newline belongs to neither. */
static inline struct oc_text oc_text_take_line(struct oc_text *rest)
{
	const char *end = rest->n ? (const char *)memchr(rest->p, '\n', rest->n) : NULL;
	struct oc_text line = {rest->p, end ? (size_t)(end - rest->p) : rest->n};

	rest->p += line.n + (end != NULL);
	rest->n -= line.n + (end != NULL);
	return line;
}

/* Blank, as JSON has it. */
static inline bool oc_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline bool oc_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char oc_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* oc_text_is(), where upper and lower case are the same. */
static inline bool oc_text_is_like(struct oc_text text, const char *s)
{
	size_t i = 0;

	while (i < text.n && s[i] && oc_lower(text.p[i]) == oc_lower(s[i]))
		i++;
	return i == text.n && !s[i];
}

#endif
