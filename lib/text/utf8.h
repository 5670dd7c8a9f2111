/* SPDX-License-Identifier: MIT */
/* utf8.h: checking, mending and showing UTF-8 (RFC 3629: no surrogates, at most U+10FFFF). */
#ifndef OC_UTF8_H
#define OC_UTF8_H

#include "text/buf.h"

/* The offset of the first byte that is not part of a valid sequence; n where all is valid. */
size_t oc_utf8_check(const char *p, size_t n);

/* The length (1-4) of the valid sequence at p, of which n > 0 bytes are there; 0 if none is. */
size_t oc_utf8_sequence(const char *p, size_t n);

/* How many bytes at the end (0-3) begin a sequence that more bytes could complete. */
size_t oc_utf8_tail(const char *p, size_t n);

#define OC_UTF8_MAX 4 /* the longest sequence */

/* Writes one character and returns its length. cp must be a Unicode scalar value. */
size_t oc_utf8_encode(uint32_t cp, char out[OC_UTF8_MAX]);

/* Appends one character, likewise. */
void oc_utf8_put(struct oc_buf *out, uint32_t cp);

/* Is it all valid, and free of control characters (C0, C1, DEL)? */
bool oc_utf8_printable(const char *p, size_t n);

/* Appends text with each maximal invalid part replaced by U+FFFD, as Unicode 3.9 recommends. */
void oc_utf8_replace(struct oc_buf *out, const char *p, size_t n);

/* The same in a buffer of its own, whose content is valid afterwards, if it is not bad. */
void oc_utf8_mend(struct oc_buf *text);

enum oc_visible {
	OC_VISIBLE_LINE, /* every control character is escaped: for messages of one line */
	OC_VISIBLE_TEXT, /* newline and tab stay: for text on a terminal */
};

/* Appends text that cannot drive a terminal: C0 and C1 control characters, DEL and invalid bytes
 * are shown as \xNN, byte by byte. */
void oc_utf8_visible(struct oc_buf *out, const char *p, size_t n, enum oc_visible how);

/* Writes text as one line, to be printed as it is: all white space, what cannot be printed and what
 * is no character becomes a space, several of them one, and none at either end. Beyond max bytes
 * the line ends with "...". Needs room for max + OC_UTF8_LINE_MORE bytes; returns the length. */
size_t oc_utf8_line(char *to, size_t max, const char *p, size_t n);

#define OC_UTF8_LINE_MORE 4
#define OC_UTF8_SHOWN_MAX 8 /* the longest form that one step of oc_utf8_show() writes */

/* One step of oc_utf8_visible() without a buffer: writes the visible form of the character at p
 * (n > 0) to `shown`, stores its length in the text in *used, and returns the length written. */
size_t oc_utf8_show(const char *p, size_t n, enum oc_visible how, char shown[OC_UTF8_SHOWN_MAX],
                    size_t *used);

#endif
