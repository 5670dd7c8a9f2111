/* SPDX-License-Identifier: MIT */
/* test-retry.c: after how long a failure is tried again, and what servers say of their limits. */
#include "unit.h"

#include <math.h>

#include "call/retry.h"

/* A failure that is retried; tests change what they are about. */
static struct oc_failure busy(void)
{
	return (struct oc_failure){.max_retries = 3,
	                           .backoff_factor = 0.5,
	                           .retry = true,
	                           .retry_after = -1,
	                           .time_left = -1,
	                           .wait_left = -1};
}

static bool retried(const struct oc_failure *f)
{
	double wait = -1;
	bool again = oc_retry(f, &wait);

	CHECK(again == (wait >= 0)); /* *wait is set if and only if there is one */
	return again;
}

static double wait_of(double factor, const struct oc_failure *f)
{
	struct oc_failure other = *f;
	double wait = -1;

	other.max_retries = 100000;
	other.backoff_factor = factor;
	CHECK(oc_retry(&other, &wait));
	return wait;
}

static bool near(double got, double want)
{
	if (fabs(got - want) < 1e-9)
		return true;
	printf("# %.17g is not near %.17g\n", got, want);
	return false;
}

TEST(what_cannot_help)
{
	struct oc_failure f = busy();

	CHECK(retried(&f));
	f.retry = false;
	CHECK(!retried(&f));
	f.retry_after = 1; /* a wish does not change that */
	CHECK(!retried(&f));
}

TEST(as_often_as_allowed)
{
	struct oc_failure f = busy();

	f.max_retries = 0;
	CHECK(!retried(&f));
	f.max_retries = 3;
	f.retries_made = 2;
	CHECK(retried(&f));
	f.retries_made = 3;
	CHECK(!retried(&f));
	f.retries_made = 4;
	CHECK(!retried(&f));
}

TEST(until_the_deadline)
{
	struct oc_failure f = busy();
	double wait = -1;

	f.max_retries = OC_RETRY_ON;
	f.retries_made = 1000;
	f.time_left = 61;
	CHECK(oc_retry(&f, &wait));
	CHECK(near(wait, 45));
	f.time_left = 44;
	CHECK(!oc_retry(&f, &wait));
	f.time_left = -1; /* without one there would be no end */
	CHECK(!oc_retry(&f, &wait));
}

TEST(loading_is_no_try)
{
	struct oc_failure f = busy();

	f.retries_made = 99;
	CHECK(!retried(&f));
	f.loading = true;
	CHECK(near(wait_of(0.5, &f), 1));
	CHECK(near(wait_of(0, &f), 1));
	f.wait_left = 1.5;
	CHECK(retried(&f));
	f.wait_left = 1;
	CHECK(!retried(&f));
	f.wait_left = 0;
	CHECK(!retried(&f));
	f.wait_left = 100;
	f.time_left = 1;
	CHECK(!retried(&f));
	f.time_left = 2;
	CHECK(retried(&f));
	f.retry_after = 1.75;
	CHECK(near(wait_of(0.5, &f), 1.75));
	f.retry = false;
	CHECK(!retried(&f));
}

TEST(backoff_doubles_up_to_a_minute)
{
	static const double least[] = {0.375, 0.75, 1.5, 3, 6, 12, 24, 45, 45, 45};
	static const double most[] = {0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60};
	struct oc_failure f = busy();

	for (int k = 0; k < (int)OC_COUNT(most); k++) {
		f.retries_made = k;
		f.random = 0;
		CHECK(near(wait_of(0.5, &f), least[k]));
		f.random = 0.5;
		CHECK(near(wait_of(0.5, &f), (least[k] + most[k]) / 2));
		f.random = 0.9999999999999999;
		CHECK(near(wait_of(0.5, &f), most[k]));
		CHECK(wait_of(0.5, &f) <= most[k]);
	}
}

TEST(backoff_of_other_factors)
{
	struct oc_failure f = busy();

	CHECK(near(wait_of(0, &f), 0));
	CHECK(near(wait_of(1000, &f), 45));
	f.retries_made = 2;
	CHECK(near(wait_of(0.1, &f), 0.3));
	f.retries_made = 99999; /* 2^k is beyond a double */
	CHECK(near(wait_of(0.5, &f), 45));
	CHECK(near(wait_of(0, &f), 0));
}

TEST(the_servers_wish)
{
	struct oc_failure f = busy();

	f.retries_made = 1; /* own wait: 0.75 */
	f.retry_after = 0;
	CHECK(near(wait_of(0.5, &f), 0));
	f.retry_after = 7.5;
	CHECK(near(wait_of(0.5, &f), 7.5));
	f.random = 0.9; /* the wish is followed exactly */
	CHECK(near(wait_of(0.5, &f), 7.5));
	f.random = 0;
	f.retry_after = 120;
	CHECK(near(wait_of(0.5, &f), 120));
	f.retry_after = -1;
	CHECK(near(wait_of(0.5, &f), 0.75));
	/* A longer one only where there is a deadline to say how long is too long. */
	f.retry_after = 120.001;
	CHECK(!retried(&f));
	f.retry_after = 1e300;
	CHECK(!retried(&f));
	f.retry_after = 3600;
	f.time_left = 3601;
	CHECK(near(wait_of(0.5, &f), 3600));
	f.time_left = 3600;
	CHECK(!retried(&f));
}

TEST(the_deadline)
{
	struct oc_failure f = busy(); /* waits 0.375 */

	f.time_left = 0.376;
	CHECK(retried(&f));
	f.time_left = 0.375;
	CHECK(!retried(&f));
	f.time_left = 0;
	CHECK(!retried(&f));
	f.retry_after = 10;
	f.time_left = 9;
	CHECK(!retried(&f)); /* not shortened: the server is not ready before */
	f.time_left = 11;
	CHECK(retried(&f));
	f.time_left = -1;
	CHECK(retried(&f));
}

/* 2026-11-23 01:14:37 UTC, as `date -u -d @1795396477` says. */
#define NOW ((time_t)1795396477)

static double after(const char *value)
{
	return oc_retry_after(value, "", NOW);
}

TEST(seconds)
{
	CHECK(near(after("0"), 0));
	CHECK(near(after("120"), 120));
	CHECK(near(after("007"), 7));
	CHECK(near(after("1.5"), 1.5));
	CHECK(near(after("20370101"), 20370101)); /* no date, and too long for oc_retry() */
	CHECK(near(after("99999999999999999999") / 1e20, 1));
}

TEST(junk)
{
	static const char *const junk[] = {
	        "",     "5s",    "120, 60", "-5",  "-0.1",  "abc", "nan",      "inf",
	        "0x10", "1e400", "1,5",     " ",   "5 ",    "5 5", "tomorrow", "Mon",
	        ",",    "Mon, ", "GMT",     "--1", "1.2.3", "+",   ".",
	};

	CHECK(near(oc_retry_after("", "", NOW), -1));
	for (size_t i = 0; i < OC_COUNT(junk); i++) {
		if (!near(after(junk[i]), -1) || !near(oc_retry_after("", junk[i], NOW), -1)) {
			printf("# \"%s\"\n", junk[i]);
			CHECK(false);
		}
	}
	CHECK(true);
}

TEST(milliseconds)
{
	CHECK(near(oc_retry_after("", "1500", NOW), 1.5));
	CHECK(near(oc_retry_after("9", "1500", NOW), 1.5));
	CHECK(near(oc_retry_after("9", "0.5", NOW), 0.0005));
	CHECK(near(oc_retry_after("9", "0", NOW), 0));
	CHECK(near(oc_retry_after("9", "soon", NOW), 9));
	CHECK(near(oc_retry_after("9", "-1", NOW), 9));
	CHECK(near(oc_retry_after("9", "", NOW), 9));
	CHECK(near(oc_retry_after("", "Mon, 23 Nov 2026 01:14:47 GMT", NOW), -1));
}

TEST(dates_of_three_forms)
{
	CHECK(near(after("Mon, 23 Nov 2026 01:14:47 GMT"), 10));
	CHECK(near(after("Monday, 23-Nov-26 01:14:47 GMT"), 10));
	CHECK(near(after("Mon Nov 23 01:14:47 2026"), 10));
	CHECK(near(after("Tue Dec  1 01:14:37 2026"), 8 * 86400));
	CHECK(near(after("Mon, 23 Nov 2026 01:14:37 GMT"), 0));
}

TEST(past_dates)
{
	CHECK(near(after("Mon, 23 Nov 2026 01:14:36 GMT"), -1));
	CHECK(near(after("Sun, 06 Nov 1994 08:49:37 GMT"), -1));
	CHECK(near(after("Sunday, 06-Nov-94 08:49:37 GMT"), -1));
	CHECK(near(after("Sun Nov  6 08:49:37 1994"), -1));
	CHECK(near(after("Sat, 01 Jan 0000 00:00:00 GMT"), -1));
}

/* The calendar, counted from the epoch: values of `date -u -d "..." +%s`. */
TEST(days_are_counted_right)
{
	static const struct {
		const char *date;
		double seconds;
	} rows[] = {
	        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
	        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
	        {"Tue, 29 Feb 2000 12:00:00 GMT", 951825600},
	        {"Wed, 01 Mar 2000 00:00:00 GMT", 951868800},
	        {"Tue, 31 Dec 2024 23:59:59 GMT", 1735689599},
	        {"Thu, 29 Feb 2024 00:00:00 GMT", 1709164800},
	        {"Tue, 19 Jan 2038 03:14:08 GMT", 2147483648.0},
	        {"Mon, 01 Mar 2100 00:00:00 GMT", 4107542400.0},
	        {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799.0},
	        {"Sat, 31 Dec 2016 23:59:60 GMT", 1483228800}, /* a leap second is the next */
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++)
		CHECK(near(oc_retry_after(rows[i].date, "", 0), rows[i].seconds));
}

/* RFC 9110 5.6.7: more than fifty years ahead means the past century. */
TEST(years_of_two_digits)
{
	CHECK(near(after("Sunday, 01-Nov-76 01:14:37 GMT"), 1576022400));
	CHECK(near(after("Wednesday, 01-Dec-76 01:14:37 GMT"), -1));
	CHECK(near(oc_retry_after("Friday, 01-Jan-99 00:00:10 GMT", "", 915148800), 10));
	CHECK(near(oc_retry_after("Saturday, 01-Jan-00 00:00:10 GMT", "", 946684800), 10));
	CHECK(near(oc_retry_after("Friday, 01-Jan-00 00:00:10 GMT", "", 4102444800), 10));
}

TEST(dates_that_are_none)
{
	static const char *const junk[] = {
	        "Mon, 32 Nov 2026 01:14:47 GMT",  "Mon, 00 Nov 2026 01:14:47 GMT",
	        "Mon, 23 Nov 2027 24:00:00 GMT",  "Mon, 23 Nov 2027 01:60:47 GMT",
	        "Mon, 23 Nov 2027 01:14:61 GMT",  "Mon, 23 nov 2027 01:14:47 GMT",
	        "Mon, 23 Nov 2027 01:14:47",      "Mon, 23 Nov 2027 01:14:47 UTC",
	        "Mon, 23 Nov 2027 01:14:47 GMT ", "Mon, 23 Nov 2027 1:14:47 GMT",
	        "Mon, 23 Nov 20270 01:14:47 GMT", "Mon, 23 Nov 2027",
	        "Mon, 23-Nov-2027 01:14:47 GMT",  "Mon Nov 23 01:14:47 27",
	        "Mon Nov 23 01:14:47 2027 GMT",   "2027-11-23T01:14:47Z",
	        "Mon, 23 Foo 2027 01:14:47 GMT",  "Mon, 2",
	};

	for (size_t i = 0; i < OC_COUNT(junk); i++) {
		if (!near(after(junk[i]), -1)) {
			printf("# \"%s\"\n", junk[i]);
			CHECK(false);
		}
	}
	CHECK(true);
}

/* now: 1795000000 s since the epoch */
struct spent {
	const char *remaining;
	const char *reset;
	double wait; /* s */
};

static void check_spent(const struct spent *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double wait = oc_spent(rows[i].remaining, rows[i].reset, 1795000000.0);

		if (wait < rows[i].wait - 1e-6 || wait > rows[i].wait + 1e-6)
			printf("# %s, %s: %g\n", rows[i].remaining, rows[i].reset, wait);
		CHECK(wait >= rows[i].wait - 1e-6 && wait <= rows[i].wait + 1e-6);
	}
}

TEST(limits_that_are_spent)
{
	static const struct spent rows[] = {
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

	check_spent(rows, OC_COUNT(rows));
}

TEST(limits_that_are_not)
{
	static const struct spent rows[] = {
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

	check_spent(rows, OC_COUNT(rows));
}
