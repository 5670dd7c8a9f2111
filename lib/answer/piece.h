/* SPDX-License-Identifier: MIT */
/*
 * piece.h: a text that comes in several JSON strings. JavaScript counts and cuts in UTF-16, so that
 * the two halves of a character may be in two of them.
 */
#ifndef OC_PIECE_H
#define OC_PIECE_H

#include "json/json.h"

/* What is between the quotes of the string `at`. */
struct oc_text oc_piece_inner(const struct oc_json *j, int at);

/* Appends a string's text, given what is between its quotes. *half is the high surrogate that the
 * pieces so far end with, which waits for the low one; 0 = none, and at the beginning. */
void oc_piece_add(struct oc_buf *out, uint16_t *half, struct oc_text inner);

/* There are no more: appends U+FFFD for a half that still waits. */
void oc_piece_end(struct oc_buf *out, uint16_t *half);

#endif
