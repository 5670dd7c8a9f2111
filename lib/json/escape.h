/* SPDX-License-Identifier: MIT */
/* escape.h: what the text of a JSON string stands for. `inner` is what stands between its quotes,
 * in a text that oc_json_check() or oc_scan_next() has accepted; behind it is the closing one. */
#ifndef OC_ESCAPE_H
#define OC_ESCAPE_H

#include "text/buf.h"

/* Appends the content: pairs are combined, lone surrogates become U+FFFD. */
void oc_json_decode(struct oc_text inner, struct oc_buf *out);

/* The number that the four hexadecimal digits of an escape are. */
uint32_t oc_json_hex4(const char *p);

/* Is this the content? */
bool oc_json_decodes_to(struct oc_text inner, struct oc_text content);

#endif
