/* SPDX-License-Identifier: MIT */
/*
 * num.h: numbers as text, independent of the locale: the decimal point is '.', there are no
 * thousands separators, and surplus characters are errors.
 */
#ifndef OC_NUM_H
#define OC_NUM_H

#include "oc.h"

/* Decimal notation of a finite number: "1", "-0.5", ".5", "1e-3". False for anything else, among
 * them blanks, hexadecimal, "nan", "inf" and what is too large for a double. */
bool oc_num_double(const char *s, double *out);

/* Decimal digits with an optional sign; false when it does not fit. */
bool oc_num_int64(const char *s, int64_t *out);

/* The decimal digits that the text begins with. Returns what follows; NULL when there are none, or
 * they do not fit. */
const char *oc_num_digits(const char *s, int64_t *out);

/* A rate, "10/s" or "600/m", in so many a second. False for anything else. */
bool oc_num_rate(const char *s, double *per_second);

/* A JSON number (its raw text, already checked) as an exact integer: "12", "12.0" and "1.2e1" are
 * 12; "12.5" and what does not fit in 64 bits are false. */
bool oc_num_exact(const char *p, size_t n, int64_t *out);

#define OC_NUM_TEXT_MAX 32

/* A text that reads back as the same number, with no more digits than that takes, 15 at the least:
 * 0.1 is "0.1" and 100 is "100". d must be finite. */
void oc_num_text(char out[OC_NUM_TEXT_MAX], double d);

#endif
