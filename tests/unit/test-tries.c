/* SPDX-License-Identifier: MIT */
/* test-tries.c: which tries of a line count, and when it is given up. test-load.c tries the same
 * with many lines. */
#include "unit.h"

#include <math.h>

#include "batch/tries.h"

/* A world in which one line fails again and again; tests change what they are about. */
struct world {
	struct oc_tries tries;
	struct oc_outlook outlook;
	struct oc_trial trial;
};

static struct world world(bool slow)
{
	struct world w = {
	        .trial = {.failure = {.max_retries = 3,
	                              .backoff_factor = 0.5,
	                              .retry = true,
	                              .retry_after = -1,
	                              .random = 0.999999,
	                              .time_left = -1,
	                              .wait_left = -1},
	                  .slow = slow,
	                  .alone = true,
	                  .now = 100},
	        .tries = {.failed_at = 100},
	};

	oc_outlook_init(&w.outlook);
	return w;
}

/* The line fails after so many seconds. Its next wait, or -1. */
static double fail(struct world *w, double after)
{
	double wait = -1;

	w->trial.now += after;
	w->tries.made++;
	oc_outlook_failed(&w->outlook, w->trial.now);
	if (!oc_tries_again(&w->tries, &w->outlook, &w->trial, &wait))
		return -1;
	CHECK(wait >= 0);
	return wait;
}

/* Another line that was sent before, or since, is answered a moment later. */
static void answer_another(struct world *w, bool sent_since)
{
	w->trial.now += 0.01;
	oc_outlook_answered(&w->outlook, w->trial.now - (sent_since ? 0.001 : 50), w->trial.now);
}

static bool near(double got, double want)
{
	if (fabs(got - want) < 1e-3)
		return true;
	printf("# %.17g is not near %.17g\n", got, want);
	return false;
}

TEST(a_line_that_is_alone_has_its_tries)
{
	struct world w = world(false);

	CHECK(near(fail(&w, 1), 0.5));
	CHECK(near(fail(&w, 0.5), 1));
	CHECK(near(fail(&w, 1), 2));
	CHECK(fail(&w, 2) < 0);
	w = world(false);
	w.trial.failure.retry = false;
	CHECK(fail(&w, 1) < 0);
}

/* Whatever chance takes off the waits, an outage of 3.5 s is outlasted. */
TEST(the_last_try_is_not_made_before_the_outage_has_lasted)
{
	struct world w = world(false);
	double lasted;

	w.trial.failure.random = 0;
	CHECK(near(fail(&w, 0), 0.375));
	CHECK(near(fail(&w, 0.375), 0.75));
	lasted = 0.375 + 0.75;
	CHECK(near(fail(&w, 0.75), 3.5 - lasted));
	CHECK(fail(&w, 3.5 - lasted) < 0);
}

TEST(in_a_short_outage_nobody_is_given_up)
{
	struct world w = world(false);

	w.tries.counted = 3; /* for reasons of its own */
	CHECK(fail(&w, 1) > 0);
	CHECK(fail(&w, 3.4) > 0);
	CHECK(fail(&w, 0.2) < 0);
}

TEST(a_line_that_fails_while_others_are_answered_is_given_up)
{
	struct world w = world(false);

	for (int i = 0; i < 3; i++) {
		CHECK(fail(&w, 0.01) > 0);
		answer_another(&w, true);
	}
	CHECK(fail(&w, 0.01) < 0);
}

TEST(refusals_count_only_where_nothing_else_is_taken)
{
	struct world w = world(true);

	w.trial.alone = false;
	for (int i = 0; i < 100; i++)
		CHECK(fail(&w, 10) >= 0);
	CHECK_INT(w.tries.counted, 0);
	w.trial.alone = true;
	for (int i = 0; i < 10; i++) {
		answer_another(&w, false);
		CHECK(fail(&w, 0.1) >= 0);
	}
	CHECK_INT(w.tries.counted, 0);
	CHECK(fail(&w, 0.1) >= 0);
	CHECK_INT(w.tries.counted, 1);
}

TEST(a_server_that_has_answered_may_refuse_for_a_minute)
{
	struct world w = world(true);

	answer_another(&w, false);
	for (int i = 0; i < 60; i++)
		CHECK(fail(&w, 1) >= 0);
	CHECK(w.tries.counted > 3);
	CHECK(fail(&w, 10) < 0);
	/* One that has not: as long as the waits of a line. */
	w = world(true);
	CHECK(fail(&w, 1) >= 0);
	CHECK(fail(&w, 1) >= 0);
	CHECK(fail(&w, 1) >= 0);
	CHECK(fail(&w, 1) >= 0);
	CHECK(fail(&w, 1) < 0);
}

TEST(the_waits_of_a_refused_line_are_short_at_first)
{
	static const double waits[] = {0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 5, 5};
	struct world w = world(true);

	w.trial.alone = false;
	for (size_t i = 0; i < OC_COUNT(waits); i++)
		CHECK(near(fail(&w, 1), waits[i]));
}

TEST(a_line_that_is_refused_for_good_is_given_up)
{
	struct world w = world(true);
	int n = 0;

	w.trial.alone = false;
	while (n < 1000 && fail(&w, 0.1) >= 0) {
		n++;
		answer_another(&w, true);
	}
	CHECK_INT(n, OC_TRIES_BLAME_MAX); /* the first refusal is not held against it */
}

TEST(answers_to_what_was_sent_before_blame_nobody)
{
	struct world w = world(true);

	w.trial.alone = false;
	for (int i = 0; i < 100; i++) {
		CHECK(fail(&w, 0.1) >= 0);
		answer_another(&w, false);
	}
	CHECK_INT(w.tries.blame, 0);
}

TEST(a_model_that_loads_takes_no_tries)
{
	struct world w = world(false);

	w.trial.failure.loading = true;
	w.trial.failure.wait_left = 10;
	for (int i = 0; i < 100; i++)
		CHECK(near(fail(&w, 10), 1));
	CHECK_INT(w.tries.counted, 0);
	w.trial.failure.wait_left = 0.5;
	CHECK(fail(&w, 1) < 0);
}

TEST(deadlines)
{
	struct world w = world(false);

	w.trial.failure.time_left = 0.4;
	CHECK(fail(&w, 1) < 0);
	w = world(true);
	w.trial.failure.time_left = 10;
	w.trial.failure.retry_after = 20;
	CHECK(fail(&w, 1) < 0); /* nothing else is taken, so it will not be in time */
	w.trial.alone = false;
	CHECK(fail(&w, 1) >= 0); /* others are: the time may well be wrong */
}

/* Is there one if the line fails now? */
static bool meets_wall(struct world w)
{
	bool again = fail(&w, 0) >= 0;

	CHECK(!again || !w.tries.wall);
	return w.tries.wall;
}

TEST(walls)
{
	struct world w = world(true);

	w.trial.failure.retry_after = 121;
	CHECK(meets_wall(w));
	CHECK(fail(&w, 1) < 0);
	w.trial.failure.time_left = 200;
	CHECK(!meets_wall(w));
	w.trial.failure.time_left = 100;
	CHECK(meets_wall(w));
	w.trial.alone = false;
	CHECK(!meets_wall(w));
	w.trial.alone = true;
	answer_another(&w, false);
	CHECK(!meets_wall(w));
	w = world(true);
	w.trial.failure.retry_after = 120;
	CHECK(!meets_wall(w));
	w = world(false);
	w.trial.failure.retry_after = 3600;
	CHECK(!meets_wall(w));
}
