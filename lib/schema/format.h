/* SPDX-License-Identifier: MIT */
/* format.h: the `format` of JSON Schema: has a string the form of a date, an address…? Pure. */
#ifndef OC_FORMAT_H
#define OC_FORMAT_H

#include "oc.h"

typedef bool oc_format_check(struct oc_text text);

/*
 * The check for a format by its name, n bytes; NULL for one that is only a note. There are: date,
 * time, date-time (RFC 3339), email (RFC 5321), hostname (RFC 1123), ipv4, ipv6 (RFC 4291), uri
 * (RFC 3986), uuid (RFC 4122).
 */
oc_format_check *oc_format_find(const char *name, size_t n);

#endif
