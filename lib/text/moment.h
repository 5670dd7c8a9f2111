/* SPDX-License-Identifier: MIT */
/* moment.h: moments as text (RFC 3339), in seconds since the epoch. Nothing here looks at the
 * environment, as the functions of the C library do. */
#ifndef OC_MOMENT_H
#define OC_MOMENT_H

#include "oc.h"

/* Of a date of the proleptic Gregorian calendar, in UTC; month: 1 to 12. */
int64_t oc_moment_of(int year, int month, int day, int64_t second_of_day);

/* "2026-11-25T17:44:22Z", also with a fraction of a second, which is dropped, and with an offset.
 * False for anything else. */
bool oc_moment_read(struct oc_text text, int64_t *out);

/* The halves of that: "2026-11-25", and all behind the T. */
bool oc_moment_is_date(struct oc_text text);
bool oc_moment_is_time(struct oc_text text);

/* In UTC, with a Z; "?" where the year has not four digits. */
enum { OC_MOMENT_TEXT_MAX = sizeof "2026-11-25T17:44:22Z" };
void oc_moment_text(int64_t moment, char out[static OC_MOMENT_TEXT_MAX]);

#endif
