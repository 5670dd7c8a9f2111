/* SPDX-License-Identifier: MIT */
/* test-judge.c: what every error of every server that is known means. */
#include "compat.h"

#include "judge.h"
#include "unit.h"

static struct oc_text text(const char *s)
{
	return (struct oc_text){s, strlen(s)};
}

/* ---- by the status alone ------------------------------------------------------------------ */

static bool is_one_of(int status, const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == status)
			return true;
	}
	return false;
}

/* The statuses of the manual: what is tried again, and of that, what asks for fewer at a time. */
TEST(every_status)
{
	static const int passing[] = {408, 409, 425, 429, 500, 502, 503,
	                              504, 520, 521, 522, 523, 524, 529};
	static const int crowded[] = {429, 503, 529};

	for (int status = 100; status < 700; status++) {
		struct oc_verdict v = oc_judge(status, text(""), text(""));
		bool right = v.status == status &&
		             v.retry == is_one_of(status, passing, OC_COUNT(passing)) &&
		             v.slow == is_one_of(status, crowded, OC_COUNT(crowded)) &&
		             (!v.retry || v.code == OC_EBUSY) && !v.loading && !v.no_api;

		if (!right)
			printf("# status %d\n", status);
		CHECK(right);
	}
}

int main(void)
{
	return RUN(T(every_status));
}
