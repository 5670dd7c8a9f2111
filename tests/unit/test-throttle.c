/* SPDX-License-Identifier: MIT */
/* test-throttle.c: how many requests at a time, and how fast. Time is in the hands of the tests;
 * test-load.c tries the same against servers. */
#include "unit.h"

#include <math.h>

#include "batch/throttle.h"

static bool near(double got, double want)
{
	if (fabs(got - want) < 1e-5)
		return true;
	printf("# %.17g is not near %.17g\n", got, want);
	return false;
}

static struct oc_throttle throttle(unsigned ceiling, double rate, double now)
{
	struct oc_throttle t;

	oc_throttle_init(&t, ceiling, rate, 5, now);
	return t;
}

/* Starts as many as the throttle lets start at this moment, at most `most`. */
static unsigned starts(struct oc_throttle *t, double now, unsigned most)
{
	unsigned n = 0;

	while (n < most && oc_throttle_wait(t, 0, OC_THROTTLE_FRESH, now) == 0) {
		(void)oc_throttle_started(t, 0, now);
		n++;
	}
	return n;
}

/* Starts n at once; all but the first `taken` are refused a little later. */
static void burst(struct oc_throttle *t, unsigned n, unsigned taken, double wish, double now)
{
	struct oc_throttle_start start = {.at = now};

	for (unsigned i = 0; i < n; i++)
		start = oc_throttle_started(t, i, now);
	for (unsigned i = n; i > taken; i--)
		oc_throttle_refused(t, &start, i - 1, wish, now + 0.001);
}

/* ---- the number --------------------------------------------------------------------------- */

TEST(ceiling)
{
	struct oc_throttle t = throttle(3, 0, 100);

	CHECK(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 100) == 0);
	CHECK(oc_throttle_wait(&t, 2, OC_THROTTLE_FRESH, 100) == 0);
	CHECK(isinf(oc_throttle_wait(&t, 3, OC_THROTTLE_FRESH, 100)));
	CHECK(isinf(oc_throttle_wait(&t, 3, OC_THROTTLE_FRESH, 1e6)));
}

TEST(what_was_taken_is_the_limit)
{
	struct oc_throttle t = throttle(64, 0, 0);

	burst(&t, 64, 3, -1, 0);
	CHECK_INT(t.limit, 3);
	CHECK(oc_throttle_wait(&t, 2, OC_THROTTLE_FRESH, 0.002) == 0);
	CHECK(oc_throttle_wait(&t, 3, OC_THROTTLE_FRESH, 0.002) > 0);
}

TEST(never_below_one)
{
	struct oc_throttle t = throttle(4, 0, 0);

	burst(&t, 4, 0, -1, 0);
	CHECK_INT(t.limit, 1);
	CHECK(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 3600) == 0);
}

/* One more is tried after 0.2 s; where it is refused, after twice the time, up to 8 s. */
TEST(one_more_is_tried_with_patience)
{
	static const double waits[] = {0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 8, 8};
	struct oc_throttle t = throttle(8, 0, 0);
	double now = 0.001;

	burst(&t, 8, 3, -1, 0);
	for (size_t i = 0; i < OC_COUNT(waits); i++) {
		struct oc_throttle_start start;

		CHECK(near(oc_throttle_wait(&t, 3, OC_THROTTLE_FRESH, now), waits[i]));
		now += waits[i];
		CHECK(oc_throttle_wait(&t, 3, OC_THROTTLE_FRESH, now) == 0);
		start = oc_throttle_started(&t, 3, now);
		CHECK_INT(t.limit, 4);
		oc_throttle_refused(&t, &start, 3, -1, now);
		CHECK_INT(t.limit, 3);
	}
	CHECK(isinf(t.rate)); /* that says nothing of the rate */
}

TEST(one_more_that_is_taken_is_followed_soon)
{
	struct oc_throttle t = throttle(8, 0, 0);
	struct oc_throttle_start start;

	burst(&t, 8, 3, -1, 0);
	t.patience = 8;
	start = oc_throttle_started(&t, 3, 10);
	CHECK(near(oc_throttle_wait(&t, 4, OC_THROTTLE_FRESH, 10), 8));
	oc_throttle_taken(&t, &start, 10.5);
	start = oc_throttle_started(&t, 4, 18);
	CHECK(oc_throttle_wait(&t, 5, OC_THROTTLE_FRESH, 18) < 2);
	CHECK_INT(t.limit, 5);
}

/* ---- the rate ----------------------------------------------------------------------------- */

TEST(rate_spreads_evenly)
{
	struct oc_throttle t = throttle(1000, 2, 50);

	CHECK_INT(starts(&t, 50, 100), 1);
	CHECK(near(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 50), 0.5));
	CHECK(near(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 50.2), 0.3));
	CHECK_INT(starts(&t, 50.5, 100), 1);
	CHECK_INT(starts(&t, 50.9, 100), 0);
	CHECK_INT(starts(&t, 51.0, 100), 1);
}

TEST(rate_does_not_save_up)
{
	struct oc_throttle t = throttle(1000, 2, 0);

	CHECK_INT(starts(&t, 0, 100), 1);
	CHECK_INT(starts(&t, 1000, 100), 1); /* slow rates: no burst after a pause */
	t = throttle(1000, 1000, 0);
	CHECK_INT(starts(&t, 0, 1000), 1);
	CHECK_INT(starts(&t, 1000, 1000), 51); /* fast ones: one, and a twentieth of a second */
}

/* So many in so long a time, whatever the rhythm in which it is asked. */
static unsigned starts_in(double rate, double seconds, int every_ms)
{
	struct oc_throttle t = throttle(1000, rate, 0);
	unsigned n = 0;

	for (int ms = 0; ms < seconds * 1000; ms += every_ms)
		n += starts(&t, ms / 1000.0, 100);
	return n;
}

TEST(rates_over_minutes)
{
	CHECK_INT(starts_in(600.0 / 60, 60, 7), 600);
	CHECK_INT(starts_in(1.0 / 60, 600, 500), 10);
	CHECK_INT(starts_in(90.0 / 60, 120, 13), 180);
	CHECK_INT(starts_in(200, 10, 1), 2000);
}

/* A second refusal is due to the rate: the estimate is what was taken, and a little less. */
TEST(the_rate_is_what_was_taken)
{
	struct oc_throttle t = throttle(4, 0, 0);
	struct oc_throttle_start start = {.at = 0};

	burst(&t, 4, 3, -1, 0);
	for (int i = 1; i <= 37; i++) {
		start = oc_throttle_started(&t, 0, i * 0.1);
		oc_throttle_taken(&t, &start, i * 0.1 + 0.01);
	}
	for (int i = 0; i < 10; i++) {
		start = oc_throttle_started(&t, 0, 3.8 + i * 0.01);
		oc_throttle_refused(&t, &start, 0, -1, 3.801 + i * 0.01);
	}
	start = oc_throttle_started(&t, 0, 3.95);
	oc_throttle_taken(&t, &start, 4);
	CHECK(near(t.rate, 0.95 * 41 / 4));
}

/* From there it grows, and comes back to what was good where it is refused. */
TEST(the_rate_grows_until_it_is_refused)
{
	struct oc_throttle t = throttle(4, 0, 0);
	struct oc_throttle_start start = {.at = 0};
	double now = 0, good;

	t.rate = 10;
	t.step = 0.1;
	t.limit = 3;
	while (t.rate < 40) {
		now += oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, now);
		start = oc_throttle_started(&t, 0, now);
		oc_throttle_taken(&t, &start, now);
	}
	CHECK(now < 5);
	good = t.good;
	CHECK(good > 30 && good < 40);
	start = oc_throttle_started(&t, 0, now + 0.1);
	oc_throttle_refused(&t, &start, 0, -1, now + 0.11);
	start = oc_throttle_started(&t, 0, now + 0.2);
	oc_throttle_taken(&t, &start, now + 0.21);
	CHECK(near(t.rate, good));
	CHECK(t.bad > 40);
}

TEST(the_callers_rate_stays_the_most)
{
	struct oc_throttle t = throttle(4, 2, 0);

	t.rate = 100;
	CHECK_INT(starts(&t, 0, 100), 1);
	CHECK(near(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 0), 0.5));
}

/* ---- doubt -------------------------------------------------------------------------------- */

/* Of a server that takes nothing, one request at a time is the test, at longer and longer times. */
TEST(tests_become_rare)
{
	static const double gaps[] = {0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5};
	struct oc_throttle t = throttle(4, 0, 0);
	double now = 0;

	for (size_t i = 0; i < OC_COUNT(gaps); i++) {
		struct oc_throttle_start start = oc_throttle_started(&t, 0, now);

		t.busy.n = 0;
		CHECK(i == 0 || oc_throttle_wait(&t, 1, OC_THROTTLE_FRESH, now) > 0);
		oc_throttle_refused(&t, &start, 0, -1, now);
		t.busy.n = 0; /* as if nothing had ever been taken */
		CHECK(near(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, now), gaps[i]));
		now += gaps[i];
		CHECK(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, now) == 0);
	}
}

TEST(a_refused_line_says_nothing_of_the_server)
{
	struct oc_throttle t = throttle(4, 0, 0);
	struct oc_throttle before;

	(void)oc_throttle_started(&t, 0, 1);
	before = t;
	oc_throttle_void(&t, 1.1);
	CHECK(isinf(t.rate) && t.limit == before.limit && t.doubts == 0);
	CHECK(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 1.1) == 0);
	/* Nor is it sent to see whether one more is taken. */
	burst(&t, 4, 2, -1, 2);
	CHECK(oc_throttle_wait(&t, 1, OC_THROTTLE_SUSPECT, 10) == 0);
	CHECK(oc_throttle_wait(&t, 2, OC_THROTTLE_FRESH, 10) == 0);
	CHECK(isinf(oc_throttle_wait(&t, 2, OC_THROTTLE_SUSPECT, 10)));
}

/* ---- the time that a server names --------------------------------------------------------- */

TEST(a_server_that_has_taken_nothing_is_believed)
{
	struct oc_throttle t = throttle(4, 0, 0);

	burst(&t, 4, 0, 10, 0);
	CHECK(near(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 0.001), 10));
	CHECK(near(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 9.501), 0.5));
	CHECK(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 10.001) == 0);
}

TEST(what_was_refused_waits_until_it_is_overtaken)
{
	struct oc_throttle t = throttle(4, 0, 0);
	struct oc_throttle_start early, late;

	early = oc_throttle_started(&t, 0, 0);
	burst(&t, 4, 3, 10, 0);
	CHECK(oc_throttle_wait(&t, 2, OC_THROTTLE_FRESH, 0.5) == 0);
	CHECK(near(oc_throttle_wait(&t, 2, OC_THROTTLE_AGAIN, 0.5), 9.501));
	CHECK(near(oc_throttle_wait(&t, 3, OC_THROTTLE_FRESH, 0.5), 9.501)); /* one more, too */
	late = oc_throttle_started(&t, 2, 0.5);
	oc_throttle_taken(&t, &early, 0.6);
	CHECK(oc_throttle_wait(&t, 2, OC_THROTTLE_AGAIN, 0.6) > 9);
	oc_throttle_taken(&t, &late, 0.7);
	CHECK(oc_throttle_wait(&t, 2, OC_THROTTLE_AGAIN, 0.7) == 0);
}

/* Two tests show whether the time is right; then it is. */
TEST(the_third_test_waits)
{
	struct oc_throttle t = throttle(1, 0, 0);
	struct oc_throttle_start start = oc_throttle_started(&t, 0, 0);

	oc_throttle_taken(&t, &start, 0.01);
	start = oc_throttle_started(&t, 0, 0.1);
	oc_throttle_refused(&t, &start, 0, 30, 0.1);
	CHECK(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 0.1) < 0.1);
	start = oc_throttle_started(&t, 0, 0.2);
	oc_throttle_refused(&t, &start, 0, 30, 0.2);
	CHECK(near(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 0.2), 0.25));
	start = oc_throttle_started(&t, 0, 0.45);
	oc_throttle_refused(&t, &start, 0, 30, 0.45);
	CHECK(near(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 0.45), 30));
}

TEST(what_is_spent_is_waited_for)
{
	struct oc_throttle t;

	oc_throttle_init(&t, 4, 0, 60, 10);
	CHECK(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 10) <= 0);
	oc_throttle_spent(&t, 3, 10);
	oc_throttle_spent(&t, 1, 10); /* an answer that was sent before the other one */
	CHECK(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 11) > 1.999);
	CHECK(oc_throttle_wait(&t, 2, OC_THROTTLE_AGAIN, 11) > 1.999);
	CHECK(oc_throttle_wait(&t, 0, OC_THROTTLE_FRESH, 13) <= 0);
}
