/* SPDX-License-Identifier: MIT */
/* jsonnum.h: JSON's numbers by their value: exactly where both are 64-bit integers, else as the
 * nearest doubles, with what is too large for those infinite. The values must be numbers. */
#ifndef OC_JSONNUM_H
#define OC_JSONNUM_H

#include "json.h"

/* < 0, 0 or > 0, as strcmp(). */
int oc_json_order(const struct oc_json *a, int at_a, const struct oc_json *b, int at_b);

/* Has it no fraction? 12.0 and 1e30 have none. */
bool oc_json_integral(const struct oc_json *j, int at);

/* Is it a multiple of another one? 0.3 is one of 0.1, although their doubles are not. */
bool oc_json_multiple(const struct oc_json *j, int at, const struct oc_json *of, int at_of);

#endif
