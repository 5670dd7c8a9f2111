/* SPDX-License-Identifier: MIT */
/*
 * fence.h: fenced code blocks in a text, as CommonMark 0.31 (4.5) has them: three or more
 * backticks or tildes, up to three blanks before them; the block ends at such a line that is at
 * least as long, or with the text. Its lines lose as many blanks as stand before its first fence.
 * A block within a list item or a quotation is none here, and neither is a fence with nothing
 * behind it: rather the end of one that did not begin a line.
 */
#ifndef OC_FENCE_H
#define OC_FENCE_H

#include "text/buf.h"

/* Appends what is in the first block. False where there is none: then nothing is appended. */
bool oc_fence_first(struct oc_text text, struct oc_buf *out);

/* The same where there is nothing else in the text but white space. */
bool oc_fence_around(struct oc_text text, struct oc_buf *out);

#endif
