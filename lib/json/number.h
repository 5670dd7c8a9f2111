/* SPDX-License-Identifier: MIT */
/* number.h: JSON's numbers by their value, exactly, of any length and with any exponent. The
 * values must be numbers. */
#ifndef OC_NUMBER_H
#define OC_NUMBER_H

#include "json/json.h"

/* Appends the digits without zeros at either end, and the power of ten: what numbers of the same
 * value share, and no others. */
void oc_json_put_decimal(const struct oc_json *j, int at, struct oc_buf *out);

/* < 0, 0 or > 0, as strcmp(). */
int oc_json_order(const struct oc_json *a, int at_a, const struct oc_json *b, int at_b);

/* Has it no fraction? 12.0 and 1e30 have none. */
bool oc_json_integral(const struct oc_json *j, int at);

/* Is it a multiple of another one, which is greater than 0? 1 = yes, 0 = no; -1 where both are too
 * long for that to be found out in a fair time (OC_JSON_MULTIPLE_MAX), or memory is out. */
int oc_json_multiple(const struct oc_json *j, int at, const struct oc_json *of, int at_of);

/* The product of the numbers' digits up to which multiples are recognised, unless the divisor has
 * 18 digits at most: then the other number's length does not matter. */
#define OC_JSON_MULTIPLE_MAX ((size_t)4 << 20)

#endif
