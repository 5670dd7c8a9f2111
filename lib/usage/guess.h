/* SPDX-License-Identifier: MIT */
/* guess.h: about how many tokens a text has, for whom no tokenizer is at hand. */
#ifndef OC_GUESS_H
#define OC_GUESS_H

#include "oc.h"

/*
 * Counts as tokenizers of byte pairs do on the average: a word, with the blank before it, is one
 * token for each eight letters that it has begun; three digits are one, and so are two other ASCII
 * characters of the same run, white space that is no single blank, two letters of other
 * alphabets, and a Chinese character. OC_GUESS_MESSAGE is added for each message of a chat.
 */
int64_t oc_guess_tokens(struct oc_text text);

enum { OC_GUESS_MESSAGE = 4 };

#endif
