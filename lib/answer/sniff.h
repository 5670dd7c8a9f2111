/* SPDX-License-Identifier: MIT */
/* sniff.h: what a body is, by its first bytes; what the server declares is often wrong. Pure. */
#ifndef OC_SNIFF_H
#define OC_SNIFF_H

#include "oc.h"

enum oc_shape {
	OC_SHAPE_UNKNOWN,  /* it takes more bytes to know */
	OC_SHAPE_DOCUMENT, /* JSON, or what stands in for it: a page, a line of text, anything */
	OC_SHAPE_EVENTS,   /* an event stream: it begins with a comment, or with a field of one */
};

/* How many of the n bytes come before the body itself: white space, byte order marks. What may be
 * the beginning of a mark is not counted yet. */
size_t oc_sniff_lead(const char *p, size_t n);

/* The shape of a body that begins so, behind the lead. */
enum oc_shape oc_sniff(const char *p, size_t n);

/* Does this Content-Encoding say that the body is not what it seems? "identity" does not, nor does
 * a word that is no encoding ("none", "UTF-8"). */
bool oc_sniff_encoded(const char *encoding);

#endif
