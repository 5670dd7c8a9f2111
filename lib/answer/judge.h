/* SPDX-License-Identifier: MIT */
/*
 * judge.h: what a server's error means. The one place where that is decided: the code, whether
 * another try may help, whether fewer requests at a time may. Pure.
 */
#ifndef OC_JUDGE_H
#define OC_JUDGE_H

#include "oc.h"

struct oc_verdict {
	enum oc_code code; /* never OC_OK */
	int status;        /* that which counts; 0 where the error names none */
	bool retry;        /* as in struct oc_err */
	bool slow;
	bool loading;
	bool no_api; /* it is the address that is wrong, not the model's name */
};

/*
 * status: HTTP's; of an error within a 200, the one that it names as a number, or 0. kind: the type
 * and the code that the error names, however they are written. words: what it says to people, as
 * UTF-8.
 */
struct oc_verdict oc_judge(int status, struct oc_text kind, struct oc_text words);

/*
 * Where a phrase, which is in lower case, stands in a text of any case; or NULL. A blank in the
 * phrase stands for any number of blanks, `_` and `-`, none included; a `*` for one word. A phrase
 * that begins with `=` must be the whole text.
 */
const char *oc_judge_find(struct oc_text text, const char *phrase);

/* What a status is called; "no explanation" where it has no name. */
const char *oc_judge_status(int status);

#endif
