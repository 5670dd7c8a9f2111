/* SPDX-License-Identifier: MIT */
/*
 * regex.h: regular expressions as JSON Schema has them (ECMA-262), by PCRE2, which is the one
 * library that is loaded when it is needed: a program that meets no pattern does not start slower
 * for it. docs/oc-complete.1 lists what ECMA-262 and PCRE2 read differently.
 */
#ifndef OC_REGEX_H
#define OC_REGEX_H

#include "oc.h"

struct oc_regex_library;
struct oc_regex;

/* *opened: the library, which is loaded for the first expression, when it is NULL; it must outlive
 * them all. OC_EDATA and what is wrong with the pattern, which is UTF-8; OC_ECONFIG where PCRE2
 * cannot be loaded; OC_ENOMEM. */
int oc_regex_new(struct oc_regex_library **opened, struct oc_text pattern, struct oc_regex **out,
                 struct oc_err *err);
void oc_regex_free(struct oc_regex *regex);            /* NULL is fine */
void oc_regex_close(struct oc_regex_library *library); /* NULL is fine */

enum oc_regex_answer {
	OC_REGEX_NO,
	OC_REGEX_YES,
	OC_REGEX_TOO_HARD, /* the budget is used up, or the pattern nests too deeply */
	OC_REGEX_NO_MEMORY,
};

/* Does the pattern match anywhere in the text? *budget: how many steps that may take; what it took
 * is subtracted, within a factor of ten. */
enum oc_regex_answer oc_regex_match(struct oc_regex *regex, struct oc_text text, uint64_t *budget);

#endif
