/* SPDX-License-Identifier: MIT */
/* jsonnum.c: JSON's numbers by their value. */
#include "compat.h"

#include <float.h>
#include <math.h>

#include "jsonnum.h"

struct number {
	bool exact; /* i is the number */
	int64_t i;
	double d; /* nearest, or infinite */
};

static struct number read_number(const struct oc_json *j, int at)
{
	struct number n = {.exact = oc_json_int64(j, at, &n.i)};

	if (!oc_json_double(j, at, &n.d))
		n.d = *oc_json_raw(j, at).p == '-' ? -HUGE_VAL : HUGE_VAL;
	return n;
}

int oc_json_order(const struct oc_json *a, int at_a, const struct oc_json *b, int at_b)
{
	struct number x = read_number(a, at_a);
	struct number y = read_number(b, at_b);

	if (x.exact && y.exact)
		return (x.i > y.i) - (x.i < y.i);
	return (x.d > y.d) - (x.d < y.d);
}

bool oc_json_integral(const struct oc_json *j, int at)
{
	struct number n = read_number(j, at);

	return n.exact || fabs(n.d) >= 0x1p63; /* doubles have no fractions up there */
}

bool oc_json_multiple(const struct oc_json *j, int at, const struct oc_json *of, int at_of)
{
	struct number x = read_number(j, at);
	struct number y = read_number(of, at_of);

	if (x.exact && y.exact && y.i > 0)
		return x.i % y.i == 0;
	/* Both were rounded, by half an epsilon of theirs at most. */
	return fabs(remainder(x.d, y.d)) <= DBL_EPSILON * fabs(x.d);
}
