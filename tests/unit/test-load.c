/* SPDX-License-Identifier: MIT */
/*
 * test-load.c: what a batch gets from servers that limit their load. Server, network and
 * clock are models; the seeds are fixed.
 */
#include "model-server.h"

enum { SEEDS = 20 };

struct row {
	const char *name;
	int share; /* in percent, the least that is wanted */
	struct model m;
};

/* No line fails, and of what the server gives at least so much is had. */
static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			struct result r = model_run(&rows[i].m, seed);

			if (!r.failed && 100 * r.share >= rows[i].share)
				continue;
			printf("# %s, seed %d: %.1f %%, %d of %d lines failed\n", rows[i].name,
			       (int)seed, 100 * r.share, (int)r.failed, (int)rows[i].m.lines);
			CHECK(false);
		}
	}
	CHECK(n > 0);
}

#define SLOTS(n, s)  .slots = (n), .latency = (s)
#define BUCKET(n, b) .rate = (n), .burst = (b)
#define ASK(n, p)    .lines = (n), .parallel = (p)
#define AFTER(s)     .header = ALWAYS, .after = (s)

TEST(slots)
{
	static const struct row rows[] = {
	        {"no time", 90, {SLOTS(3, 0.05), ASK(300, 4)}},
	        {"a second", 90, {SLOTS(3, 0.05), ASK(300, 4), AFTER(1)}},
	        {"from many", 90, {SLOTS(3, 0.05), ASK(300, 64), AFTER(1)}},
	        {"one", 90, {SLOTS(1, 0.05), ASK(300, 8), AFTER(1)}},
	        {"uneven", 85, {SLOTS(3, 0.05), ASK(1000, 64), AFTER(10), .spread = UNIFORM}},
	        {"very uneven",
	         80,
	         {SLOTS(3, 0.05), ASK(1000, 8), AFTER(1), .spread = EXPONENTIAL}},
	        {"long answers",
	         80,
	         {SLOTS(10, 5), ASK(1000, 64), .spread = EXPONENTIAL, .refusing = 0.05}},
	        {"exact",
	         80,
	         {SLOTS(10, 5), ASK(1000, 64), .header = EXACT, .spread = EXPONENTIAL}},
	        {"minutes",
	         80,
	         {SLOTS(3, 100), ASK(300, 64), .header = WHOLE_SECONDS, .spread = EXPONENTIAL}},
	        {"late refusals",
	         80,
	         {SLOTS(3, 0.5), ASK(300, 16), .spread = UNIFORM, .refusing = 2}},
	};

	check_rows(rows, OC_COUNT(rows));
}

TEST(rates)
{
	static const struct row rows[] = {
	        {"2/s", 80, {BUCKET(2, 1), ASK(50, 4), .latency = 0.01}},
	        {"2/s, exact", 80, {BUCKET(2, 1), ASK(50, 4), .latency = 0.01, .header = EXACT}},
	        {"2/s, whole",
	         80,
	         {BUCKET(2, 1), ASK(50, 4), .latency = 0.01, .header = WHOLE_SECONDS}},
	        {"2/s, too short", 80, {BUCKET(2, 1), ASK(50, 4), .latency = 0.01, AFTER(0.1)}},
	        {"2/s, long answers",
	         80,
	         {BUCKET(2, 2), ASK(200, 16), .latency = 3, .spread = UNIFORM}},
	        {"40/s", 80, {BUCKET(40, 10), ASK(300, 32), .latency = 0.05}},
	        {"40/s, a second", 80, {BUCKET(40, 10), ASK(300, 32), .latency = 0.05, AFTER(1)}},
	        {"40/s, from few", 80, {BUCKET(40, 10), ASK(300, 4), .latency = 0.005, AFTER(1)}},
	        {"40/s, one at a time",
	         80,
	         {BUCKET(40, 5), ASK(300, 1), .latency = 0.005, AFTER(1)}},
	        {"40/s, uneven",
	         80,
	         {BUCKET(40, 5), ASK(600, 32), .latency = 0.05, .spread = EXPONENTIAL}},
	        {"40/s, ten seconds",
	         80,
	         {BUCKET(40, 5), ASK(3000, 32), .latency = 0.05, .spread = EXPONENTIAL, AFTER(10)}},
	        {"40/s, bursts", 80, {BUCKET(40, 40), ASK(300, 32), .latency = 0.05, AFTER(1)}},
	        {"40/s, long answers",
	         80,
	         {BUCKET(40, 10), ASK(1000, 64), .latency = 1, .spread = UNIFORM,
	          .header = WHOLE_SECONDS}},
	        {"40/s, nothing saved up", 80, {BUCKET(40, 1), ASK(3000, 32), .latency = 0.05}},
	        {"1/s, very long answers",
	         80,
	         {BUCKET(1, 1), ASK(1000, 32), .latency = 10, .spread = UNIFORM, .refusing = 0.1}},
	};

	check_rows(rows, OC_COUNT(rows));
}

TEST(windows)
{
	static const struct row rows[] = {
	        {"60 in 2 s", 80, {.window = 2, .burst = 60, ASK(600, 8), .latency = 0.01}},
	        {"60 in 2 s, exact",
	         80,
	         {.window = 2, .burst = 60, ASK(600, 8), .latency = 0.01, .header = EXACT}},
	        {"60 in 2 s, whole",
	         80,
	         {.window = 2, .burst = 60, ASK(600, 8), .latency = 0.01, .header = WHOLE_SECONDS}},
	        {"60 in a minute",
	         80,
	         {.window = 60, .burst = 60, ASK(600, 8), .latency = 1, .spread = EXPONENTIAL}},
	        {"60 in a minute, exact",
	         80,
	         {.window = 60, .burst = 60, ASK(600, 8), .latency = 1, .header = EXACT}},
	        {"60 in a minute, too short",
	         80,
	         {.window = 60, .burst = 60, ASK(600, 64), .latency = 1, AFTER(1)}},
	};

	check_rows(rows, OC_COUNT(rows));
}

TEST(slots_and_rates)
{
	static const struct row rows[] = {
	        {"both", 80, {SLOTS(5, 0.1), BUCKET(40, 10), ASK(600, 32), .spread = UNIFORM}},
	        {"both, a second",
	         80,
	         {SLOTS(5, 0.1), BUCKET(40, 10), ASK(600, 32), .spread = UNIFORM, AFTER(1)}},
	        {"more slots",
	         80,
	         {SLOTS(8, 0.1), BUCKET(40, 10), ASK(600, 32), .spread = EXPONENTIAL, AFTER(1)}},
	        {"fewer slots",
	         80,
	         {SLOTS(3, 0.1), BUCKET(40, 10), ASK(600, 32), .spread = EXPONENTIAL}},
	};

	check_rows(rows, OC_COUNT(rows));
}

/* A server that refuses by chance is not asked more slowly in vain. */
TEST(refusals_by_chance)
{
	static const struct row rows[] = {
	        {"one in twenty", 70, {.chance = 0.05, .latency = 0.05, ASK(3000, 8)}},
	        {"one in ten", 70, {.chance = 0.1, .latency = 0.05, ASK(3000, 8)}},
	        {"one in ten, two at a time", 50, {.chance = 0.1, .latency = 0.01, ASK(20000, 2)}},
	        {"one in ten, a second", 85, {.chance = 0.1, .latency = 5, ASK(500, 4), AFTER(1)}},
	        {"one in five",
	         85,
	         {.chance = 0.2, .latency = 5, .spread = EXPONENTIAL, ASK(2000, 16)}},
	        {"three in ten",
	         70,
	         {.chance = 0.3, .latency = 5, .spread = UNIFORM, ASK(1000, 8)}},
	};

	check_rows(rows, OC_COUNT(rows));
}

/* 61 of the first 64 are refused, and then hardly any. */
TEST(settles_at_once)
{
	static const struct model m = {SLOTS(3, 0.05), ASK(600, 64)};
	struct result r = model_run(&m, 1);

	CHECK(r.refused - r.refused_late <= 61 + 10);
	CHECK(r.refused_late <= 10);
}

TEST(refusals_are_few_in_the_long_run)
{
	static const struct model slots = {SLOTS(8, 0.5), ASK(5000, 32), .spread = EXPONENTIAL};
	static const struct model rate = {BUCKET(40, 5), ASK(5000, 32), .latency = 0.1};
	static const struct model slow = {BUCKET(2, 1), ASK(1000, 4), .latency = 0.1};

	CHECK(model_run(&slots, 1).refused_late <= 5000 * 2 / 100);
	CHECK(model_run(&rate, 1).refused_late <= 5000 * 3 / 100);
	CHECK(model_run(&slow, 1).refused_late <= 1000 * 6 / 100);
}

/* Without limits the rest would take 2.1 s. */
TEST(a_limit_that_is_lifted)
{
	static const struct model slots = {SLOTS(3, 0.05), ASK(3000, 64), .until = 5};
	static const struct model rate = {BUCKET(40, 5), ASK(3000, 64), .until = 5,
	                                  .latency = 0.05};

	CHECK(model_run(&slots, 1).seconds < 5 + 10);
	CHECK(model_run(&rate, 1).seconds < 5 + 15);
}

/* An input that pauses is no sign of a slow server: 40/s are had afterwards, too. */
TEST(an_input_that_pauses)
{
	static const struct model m = {BUCKET(40, 5), ASK(800, 16), .latency = 0.02, .pause_at = 10,
	                               .pause = 600};
	struct result r = model_run(&m, 1);

	CHECK_INT(r.failed, 0);
	CHECK(r.seconds < 600 + 20 / 0.8);
}

TEST(a_server_that_is_gone_for_three_seconds)
{
	static const struct model at_first = {
	        .latency = 0.05, .spread = EXPONENTIAL, ASK(400, 8), .gone_till = 3};
	static const struct model later = {.latency = 0.05,
	                                   .spread = EXPONENTIAL,
	                                   ASK(400, 8),
	                                   .gone_from = 1,
	                                   .gone_till = 4};

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct result r = model_run(&at_first, seed);

		CHECK_INT(r.failed, 0);
		CHECK(r.seconds < 3 + 5);
		CHECK(r.requests - 400 < 80); /* it is not hammered */
		r = model_run(&later, seed);
		CHECK_INT(r.failed, 0);
		CHECK(r.seconds < 3 + 6);
	}
}

TEST(a_server_that_stays_away)
{
	static const struct model m = {.latency = 0.05, ASK(40, 4), .gone_till = 1e9};
	struct result r = model_run(&m, 1);

	CHECK_INT(r.failed, 40);
	CHECK_INT(r.requests, 160); /* four tries each, as ever */
	CHECK(r.seconds < 60);
}

TEST(a_server_that_refuses_everything)
{
	static const struct model m = {.poisoned = 1, .latency = 0.05, ASK(20, 4)};
	struct result r = model_run(&m, 1);

	CHECK_INT(r.failed, 20);
	CHECK(r.requests <= 160); /* 8 a line */
	CHECK(r.seconds < 20 * 10);
}

TEST(without_retries_nothing_is_tried_again)
{
	static const struct model refused = {
	        .poisoned = 1, .latency = 0.05, ASK(20, 4), .max_retries = -1};
	static const struct model gone = {
	        .latency = 0.05, ASK(20, 4), .max_retries = -1, .gone_till = 1e9};

	CHECK_INT(model_run(&refused, 1).requests, 20);
	CHECK_INT(model_run(&gone, 1).requests, 20);
}

/* Lines that are refused for what they are: they fail, after twenty tries or little more, and no
 * other does, nor is it kept waiting. */
TEST(lines_that_are_refused_for_good)
{
	static const struct model few = {SLOTS(3, 0.05), ASK(300, 4), .poisoned = 50};
	static const struct model many = {.latency = 0.05, ASK(2000, 4), .poisoned = 10};
	static const struct model rate = {BUCKET(40, 10), ASK(600, 16), .latency = 0.05,
	                                  .poisoned = 50, AFTER(1)};

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct result r = model_run(&few, seed);

		CHECK_INT(r.failed, 6);
		CHECK(r.most_tries <= 25);
		CHECK(r.seconds < 120);
		r = model_run(&many, seed);
		CHECK_INT(r.failed, 200);
		CHECK(r.most_tries <= 30);
		r = model_run(&rate, seed);
		CHECK_INT(r.failed, 12);
		CHECK(r.most_tries <= 25);
		CHECK(r.seconds < 15 + 180);
	}
}

/* With a deadline, a line ends in time, however long it would have to wait for its turn. */
TEST(deadlines)
{
	static const struct model m = {.window = 60,
	                               .burst = 20,
	                               ASK(22, 2),
	                               .latency = 0.01,
	                               .header = EXACT,
	                               .max_time = 5};
	struct result r = model_run(&m, 1);

	CHECK_INT(r.failed, 2);
	CHECK(r.seconds < 6);
}

TEST(a_time_that_is_too_long_to_wait_for)
{
	static const struct model m = {.poisoned = 1, .latency = 0.05, ASK(4, 1), AFTER(3600)};
	static const struct model taken = {SLOTS(3, 0.05), ASK(300, 4), AFTER(3600)};
	struct result r = model_run(&m, 1);

	CHECK_INT(r.failed, 4);
	CHECK_INT(r.requests, 4);
	CHECK(r.wall);
	/* But not where others are taken. */
	r = model_run(&taken, 1);
	CHECK_INT(r.failed, 0);
	CHECK(!r.wall);
	CHECK(r.share >= 0.8);
}

/* ---- other programs ------------------------------------------------------------------------ */

TEST(turns_are_kept_and_made_use_of)
{
	static const struct model m = {SLOTS(3, 0.05), ASK(300, 8), .turns = 3};
	static const struct model late = {SLOTS(3, 0.05), ASK(30, 8), .turns = 3, .turns_from = 9};
	struct result r = model_run(&m, 1);

	CHECK_INT(r.failed, 0);
	CHECK_INT(r.refused, 0);
	CHECK(r.seconds < 1.1 * 300 * 0.05 / 3);
	r = model_run(&late, 1);
	CHECK_INT(r.failed, 0);
	CHECK_INT(r.refused, 0);
	CHECK(r.seconds > 9 && r.seconds < 9 + 1);
}

/* A line whose next try is minutes away keeps no place among those that wait. */
TEST(a_turn_is_not_waited_for_by_who_may_not_send)
{
	static const struct model m = {.window = 60,
	                               .burst = 20,
	                               ASK(40, 4),
	                               .latency = 0.01,
	                               .header = EXACT,
	                               .turns = 2};
	struct result r = model_run(&m, 1);

	CHECK_INT(r.failed, 0);
	CHECK(r.seconds > 60);
}

TEST(a_turn_that_does_not_come_in_time)
{
	static const struct model m = {
	        .latency = 0.05, ASK(3, 2), .max_time = 5, .turns_from = 100};
	struct result r = model_run(&m, 1);

	CHECK_INT(r.failed, 3);
	CHECK_INT(r.requests, 0);
	CHECK(r.seconds >= 5 && r.seconds < 16);
}

TEST(a_turn_that_is_refused_fails_one_line)
{
	static const struct model m = {.latency = 0.05, ASK(20, 4), .refuses_at = 5};
	struct result r = model_run(&m, 1);

	CHECK_INT(r.failed, 1);
	CHECK_INT(r.requests, 19);
}
