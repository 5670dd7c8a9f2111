/* SPDX-License-Identifier: MIT */
/* test-spent.c: what servers say of their limits, in the forms that they have. */
#include "unit.h"

#include "call/spent.h"

#define NOW 1795000000.0 /* s since the epoch */

struct row {
	const char *remaining;
	const char *reset;
	double wait; /* s */
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double wait = oc_spent(rows[i].remaining, rows[i].reset, NOW);

		if (wait < rows[i].wait - 1e-6 || wait > rows[i].wait + 1e-6)
			printf("# %s, %s: %g\n", rows[i].remaining, rows[i].reset, wait);
		CHECK(wait >= rows[i].wait - 1e-6 && wait <= rows[i].wait + 1e-6);
	}
}

TEST(forms_of_time)
{
	static const struct row rows[] = {
	        {"0", "12ms", 0.012},
	        {"0", "1s", 1},
	        {"0", "6m0s", 360},
	        {"0", "1h2m3.5s", 3723.5},
	        {"0", "2.5s", 2.5},
	        {"0", "150us", 0.00015},
	        {"0", "150\xc2\xb5s", 0.00015},
	        {"0", "7", 7},
	        {"0", "0.25", 0.25},
	        {"0", "1795000009", 9},
	        {"0", "1795000009500", 9.5},
	        {"-1", "1s", 1},
	};

	check_rows(rows, OC_COUNT(rows));
}

TEST(nothing_to_wait_for)
{
	static const struct row rows[] = {
	        {"1", "1s", -1},         {"59", "1s", -1},
	        {"", "1s", -1},          {"0", "", -1},
	        {"0", "0s", -1},         {"0", "-1", -1},
	        {"0", "1794999999", -1}, {"0", "soon", -1},
	        {"0", "1x", -1},         {"0", "1s?", -1},
	        {"0", "s", -1},          {"0", ".s", -1},
	        {"0", "1m 2s", -1},      {"many", "1s", -1},
	        {"0", "1.2.3s", -1},     {"0", "nan", -1},
	        {"nan", "1s", -1},       {"0", "11111111111111111111111111111111111111s", -1},
	};

	check_rows(rows, OC_COUNT(rows));
}

int main(void)
{
	return RUN(T(forms_of_time), T(nothing_to_wait_for));
}
