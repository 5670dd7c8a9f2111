/* SPDX-License-Identifier: MIT */
/* test-throttle.c: how many requests at a time, and how fast. Time is in the hands of the tests. */
#include "unit.h"

#include <math.h>

#include "throttle.h"

static bool near(double got, double want)
{
	if (fabs(got - want) < 1e-5)
		return true;
	printf("# %.17g is not near %.17g\n", got, want);
	return false;
}

/* Starts as many as the throttle lets start at this moment, at most `most`. */
static unsigned starts(struct oc_throttle *t, double now, unsigned most)
{
	unsigned n = 0;

	while (n < most && oc_throttle_wait(t, 0, now) == 0) {
		oc_throttle_started(t);
		n++;
	}
	return n;
}

static void succeed(struct oc_throttle *t, unsigned times)
{
	while (times--)
		oc_throttle_succeeded(t);
}

TEST(ceiling)
{
	struct oc_throttle t;

	oc_throttle_init(&t, 3, 0, 100);
	CHECK(oc_throttle_wait(&t, 0, 100) == 0);
	CHECK(oc_throttle_wait(&t, 2, 100) == 0);
	CHECK(oc_throttle_wait(&t, 3, 100) < 0);
	succeed(&t, 1000);
	CHECK_INT(t.limit, 3);
}

TEST(a_refusal_halves)
{
	struct oc_throttle t;

	oc_throttle_init(&t, 16, 0, 0);
	CHECK(oc_throttle_refused(&t, 1, 16, -1, 2));
	CHECK_INT(t.limit, 8);
	CHECK(oc_throttle_wait(&t, 8, 2) < 0);
	CHECK(oc_throttle_wait(&t, 7, 2) == 0);
}

TEST(what_is_halved_is_the_number_under_way)
{
	struct oc_throttle t;

	oc_throttle_init(&t, 100, 0, 0);
	CHECK(oc_throttle_refused(&t, 1, 10, -1, 2));
	CHECK_INT(t.limit, 5);
}

TEST(one_burst_halves_once)
{
	struct oc_throttle t;

	oc_throttle_init(&t, 16, 0, 0);
	for (unsigned running = 16; running > 0; running--)
		CHECK(oc_throttle_refused(&t, 1, running, -1, 2));
	CHECK_INT(t.limit, 8);
	CHECK(oc_throttle_refused(&t, 2.5, 8, -1, 3)); /* sent since */
	CHECK_INT(t.limit, 4);
}

TEST(never_below_one_and_one_alone_is_to_blame)
{
	struct oc_throttle t;

	oc_throttle_init(&t, 2, 0, 0);
	CHECK(oc_throttle_refused(&t, 1, 2, -1, 2));
	CHECK_INT(t.limit, 1);
	CHECK(!oc_throttle_refused(&t, 3, 1, -1, 4));
	CHECK_INT(t.limit, 1);
	CHECK(oc_throttle_wait(&t, 0, 4) == 0);
}

TEST(a_round_of_successes_adds_one)
{
	struct oc_throttle t;

	oc_throttle_init(&t, 5, 0, 0);
	CHECK(oc_throttle_refused(&t, 1, 5, -1, 2));
	CHECK_INT(t.limit, 2);
	succeed(&t, 1);
	CHECK_INT(t.limit, 2);
	succeed(&t, 1);
	CHECK_INT(t.limit, 3);
	succeed(&t, 2);
	CHECK_INT(t.limit, 3);
	succeed(&t, 1);
	CHECK_INT(t.limit, 4);
	succeed(&t, 4);
	CHECK_INT(t.limit, 5);
	succeed(&t, 100);
	CHECK_INT(t.limit, 5);
}

TEST(a_refusal_begins_a_new_round)
{
	struct oc_throttle t;

	oc_throttle_init(&t, 8, 0, 0);
	CHECK(oc_throttle_refused(&t, 1, 8, -1, 2)); /* 4 */
	succeed(&t, 3);
	CHECK(oc_throttle_refused(&t, 3, 4, -1, 4)); /* 2 */
	succeed(&t, 1);
	CHECK_INT(t.limit, 2);
	succeed(&t, 1);
	CHECK_INT(t.limit, 3);
}

TEST(retry_after_is_for_all)
{
	struct oc_throttle t;

	oc_throttle_init(&t, 4, 0, 0);
	CHECK(oc_throttle_refused(&t, 1, 4, 10, 2));
	CHECK(near(oc_throttle_wait(&t, 0, 2), 10));
	CHECK(near(oc_throttle_wait(&t, 0, 11.5), 0.5));
	CHECK(oc_throttle_wait(&t, 0, 12) == 0);
	CHECK(oc_throttle_wait(&t, 2, 5) < 0); /* the limit holds as well */
}

TEST(the_longest_silence_wins)
{
	struct oc_throttle t;

	oc_throttle_init(&t, 4, 0, 0);
	CHECK(oc_throttle_refused(&t, 1, 4, 10, 2));
	CHECK(oc_throttle_refused(&t, 1, 3, 1, 3)); /* of the same burst, too */
	CHECK(near(oc_throttle_wait(&t, 0, 3), 9));
	CHECK(oc_throttle_refused(&t, 1, 2, 30, 4));
	CHECK(near(oc_throttle_wait(&t, 0, 4), 30));
}

TEST(rate_spreads_evenly)
{
	struct oc_throttle t;

	oc_throttle_init(&t, 1000, 2, 50);
	CHECK_INT(starts(&t, 50, 100), 1);
	CHECK(near(oc_throttle_wait(&t, 0, 50), 0.5));
	CHECK(near(oc_throttle_wait(&t, 0, 50.2), 0.3));
	CHECK_INT(starts(&t, 50.5, 100), 1);
	CHECK_INT(starts(&t, 50.9, 100), 0);
	CHECK_INT(starts(&t, 51.0, 100), 1);
}

TEST(rate_does_not_save_up)
{
	struct oc_throttle t;

	oc_throttle_init(&t, 1000, 2, 0);
	CHECK_INT(starts(&t, 0, 100), 1);
	CHECK_INT(starts(&t, 1000, 100), 1); /* slow rates: no burst after a pause */
	oc_throttle_init(&t, 1000, 1000, 0);
	CHECK_INT(starts(&t, 0, 1000), 1);
	CHECK_INT(starts(&t, 1000, 1000), 51); /* fast ones: one, and a twentieth of a second */
}

TEST(rate_over_a_minute)
{
	struct oc_throttle t;
	unsigned n = 0;

	oc_throttle_init(&t, 1000, 600.0 / 60, 0);
	for (int ms = 0; ms < 60000; ms += 7)
		n += starts(&t, ms / 1000.0, 100);
	CHECK_INT(n, 600);
}

int main(void)
{
	return RUN(T(ceiling), T(a_refusal_halves), T(what_is_halved_is_the_number_under_way),
	           T(one_burst_halves_once), T(never_below_one_and_one_alone_is_to_blame),
	           T(a_round_of_successes_adds_one), T(a_refusal_begins_a_new_round),
	           T(retry_after_is_for_all), T(the_longest_silence_wins), T(rate_spreads_evenly),
	           T(rate_does_not_save_up), T(rate_over_a_minute));
}
