/* SPDX-License-Identifier: MIT */
/* header.h: headers that a request has besides those of this library, as "Name: value". Pure. */
#ifndef OC_HEADER_H
#define OC_HEADER_H

#include "oc.h"

#define OC_HEADER_MAX  ((size_t)16 << 10) /* bytes of one; servers take less */
#define OC_HEADERS_MAX ((size_t)64)       /* of a request */

/* Can it be sent? Not what says whose request this is, where it ends, and how its answer travels.
 * OC_EARG; the message does not repeat the value, nor what is no header. */
int oc_header_check(struct oc_text header, struct oc_err *err);

/* Its name, and its value without blanks around it. */
struct oc_text oc_header_name(struct oc_text header);
struct oc_text oc_header_value(struct oc_text header);

/* Is this the name of one of them? Upper and lower case are the same. */
bool oc_headers_have(const struct oc_text *headers, size_t n, const char *name);

#endif
