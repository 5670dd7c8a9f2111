/* SPDX-License-Identifier: MIT */
/* test-num.c: numbers as text. */
#include "unit.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <sys/stat.h>

#include "text/num.h"

static void check_double(const char *text, double want)
{
	double got = -1;

	CHECK(oc_num_double(text, &got));
	CHECK(got == want);
	CHECK(signbit(got) == signbit(want));
}

TEST(reads_decimals)
{
	check_double("0", 0);
	check_double("-0", -0.0);
	check_double("1", 1);
	check_double("+1", 1);
	check_double("-1.5", -1.5);
	check_double(".5", 0.5);
	check_double("5.", 5);
	check_double("007", 7);
	check_double("1e3", 1000);
	check_double("1E+3", 1000);
	check_double("25e-2", 0.25);
	check_double("0.1", 0.1);
	check_double("1.7976931348623157e308", DBL_MAX);
	check_double("1e-400", 0);
	check_double("0e99999999999", 0);
}

TEST(refuses_what_is_no_decimal)
{
	static const char *const texts[] = {
	        "",          " ",     " 1",    "1 ",       "1x",     "x",   ".",        "-",
	        "+",         "-.",    "e1",    ".e1",      "1e",     "1e+", "1e-",      "1e1.5",
	        "--1",       "+-1",   "0x10",  "nan",      "NaN",    "inf", "infinity", "-inf",
	        "1,5",       "1_000", "1.2.3", "1e999",    "-1e999", "1\n", "\t1",      "1d",
	        "1e1000000", "0x1p3", "1f",    "\xd9\xa1",
	};

	for (size_t i = 0; i < OC_COUNT(texts); i++) {
		double d = 42;

		CHECK(!oc_num_double(texts[i], &d));
		CHECK(d == 42);
	}
}

static void check_int64(const char *text, int64_t want)
{
	int64_t got = want + 1;

	CHECK(oc_num_int64(text, &got));
	CHECK_INT(got, want);
}

TEST(reads_integers)
{
	check_int64("0", 0);
	check_int64("-0", 0);
	check_int64("+7", 7);
	check_int64("0010", 10);
	check_int64("9223372036854775807", INT64_MAX);
	check_int64("-9223372036854775808", INT64_MIN);
}

TEST(reads_rates)
{
	static const struct {
		const char *text;
		double per_second;
	} rows[] = {
	        {"10/s", 10}, {"600/m", 10}, {"1/m", 1.0 / 60}, {"0.5/s", 0.5}, {"90/m", 1.5},
	};
	static const char *const junk[] = {"",      "10",    "10/", "/s",    "/m",    "10/h",
	                                   "10/ms", "10/s ", "x/s", "1/s/s", "10 /s", "nan/m"};
	double rate;

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		CHECK(oc_num_rate(rows[i].text, &rate));
		CHECK(rate > rows[i].per_second * (1 - 1e-12) &&
		      rate < rows[i].per_second * (1 + 1e-12));
	}
	for (size_t i = 0; i < OC_COUNT(junk); i++)
		CHECK(!oc_num_rate(junk[i], &rate));
}

TEST(refuses_what_is_no_integer)
{
	static const char *const texts[] = {
	        "",
	        "-",
	        "+",
	        " 1",
	        "1 ",
	        "1.0",
	        "1e3",
	        "0x",
	        "0x1",
	        "1,000",
	        "--1",
	        "ten",
	        "9223372036854775808",
	        "-9223372036854775809",
	        "99999999999999999999999",
	};

	for (size_t i = 0; i < OC_COUNT(texts); i++) {
		int64_t v = 42;

		CHECK(!oc_num_int64(texts[i], &v));
		CHECK_INT(v, 42);
	}
}

TEST(reads_digits_and_what_follows)
{
	static const struct {
		const char *text;
		int64_t number;
		const char *rest; /* NULL: refused */
	} rows[] = {
	        {"0", 0, ""},
	        {"12h", 12, "h"},
	        {"007/d", 7, "/d"},
	        {"9223372036854775807", INT64_MAX, ""},
	        {"9223372036854775808", 0, NULL},
	        {"99999999999999999999999x", 0, NULL},
	        {"", 0, NULL},
	        {"x1", 0, NULL},
	        {"-1", 0, NULL},
	        {"+1", 0, NULL},
	        {" 1", 0, NULL},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		int64_t v = 42;
		const char *rest = oc_num_digits(rows[i].text, &v);

		CHECK_STR(rest, rows[i].rest);
		CHECK_INT(v, rows[i].rest ? rows[i].number : 42);
	}
}

TEST(finds_the_exact_integer_in_a_json_number)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
	        {"0", 0},
	        {"-0", 0},
	        {"-0.0e-5", 0},
	        {"12", 12},
	        {"-12", -12},
	        {"12.0", 12},
	        {"12.000", 12},
	        {"1.2e1", 12},
	        {"1.2E+1", 12},
	        {"0.12e2", 12},
	        {"0.0012e4", 12},
	        {"120e-1", 12},
	        {"12000e-3", 12},
	        {"10e-1", 1},
	        {"-10e-1", -1},
	        {"1e0", 1},
	        {"1e18", INT64_C(1000000000000000000)},
	        {"1000000000000000000e0", INT64_C(1000000000000000000)},
	        {"9223372036854775807", INT64_MAX},
	        {"9223372036854775807.0", INT64_MAX},
	        {"9.223372036854775807e18", INT64_MAX},
	        {"92233720368547758070e-1", INT64_MAX},
	        {"-9223372036854775808", INT64_MIN},
	        {"-9.223372036854775808E18", INT64_MIN},
	        {"9007199254740993", INT64_C(9007199254740993)},
	        {"0e999999999999999999999", 0},
	        {"0e-999999999999999999999", 0},
	        {"0.000e99999", 0},
	        {"0.00000000000000000000000000001e29", 1},
	        {"100000000000000000000000000000e-29", 1},
	};

	for (size_t i = 0; i < OC_COUNT(cases); i++) {
		int64_t got = 42;

		CHECK(oc_num_exact(cases[i].text, strlen(cases[i].text), &got));
		CHECK_INT(got, cases[i].want);
	}
}

TEST(knows_which_json_numbers_are_no_integers)
{
	static const char *const texts[] = {
	        "0.5",
	        "12.5",
	        "-0.1",
	        "1e-1",
	        "1e-999999999999999999999",
	        "1.25e1",
	        "1200e-3",
	        "9223372036854775808",
	        "9223372036854775807.5",
	        "-9223372036854775809",
	        "1e19",
	        "-1e19",
	        "1e999999999999999999999",
	        "18446744073709551616",
	        "99999999999999999999e-1",
	        "100000000000000000000000000000",
	};

	for (size_t i = 0; i < OC_COUNT(texts); i++) {
		int64_t v = 42;

		CHECK(!oc_num_exact(texts[i], strlen(texts[i]), &v));
		CHECK_INT(v, 42);
	}
}

TEST(weighs_long_fractions_against_large_exponents)
{
	char text[3100];

	for (int digits = 1; digits <= 3000; digits += 7) {
		int64_t v = 42;
		int n = snprintf(text, sizeof text, "0.%0*de%d", digits, 1, digits);

		CHECK(oc_num_exact(text, (size_t)n, &v));
		CHECK_INT(v, 1);
		n = snprintf(text, sizeof text, "0.%0*de%d", digits, 1, digits - 1);
		CHECK(!oc_num_exact(text, (size_t)n, &v));
	}
}

TEST(reads_no_further_than_told)
{
	int64_t v = 0;

	CHECK(oc_num_exact("1299", 2, &v));
	CHECK_INT(v, 12);
	CHECK(oc_num_exact("12e99", 2, &v));
	CHECK_INT(v, 12);
}

static void check_text(double d, const char *want)
{
	char text[OC_NUM_TEXT_MAX];

	oc_num_text(text, d);
	CHECK_STR(text, want);
}

TEST(writes_short_texts_that_read_back)
{
	static const double hard[] = {
	        0.1 + 0.2, 1.0 / 3,      2.0 / 3,  DBL_MAX,
	        DBL_MIN,   DBL_TRUE_MIN, -DBL_MAX, 9007199254740993.0,
	        1e23,      5e-324,       4.35,     123456789.123456789,
	};

	check_text(0, "0");
	check_text(0.1, "0.1");
	check_text(0.7, "0.7");
	check_text(1, "1");
	check_text(-1.5, "-1.5");
	check_text(100, "100");
	check_text(123456, "123456");
	check_text(0.30000000000000004, "0.30000000000000004");
	for (size_t i = 0; i < OC_COUNT(hard); i++) {
		char text[OC_NUM_TEXT_MAX];

		oc_num_text(text, hard[i]);
		check_double(text, hard[i]);
	}
}

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#	define ORDER "--big-endian"
#else
#	define ORDER "--little-endian"
#endif

/* A locale with a decimal comma is made for the purpose, as a system need not have one. */
static void enter_comma_locale(void)
{
	const char *build = getenv("B") ? getenv("B") : "build";
	char text[4200];
	FILE *f;

	(void)snprintf(text, sizeof text, "%s/locale", build);
	(void)mkdir(text, 0777);
	CHECK_INT(setenv("LOCPATH", text, 1), 0);
	(void)snprintf(text, sizeof text, "%s/locale/comma.def", build);
	f = fopen(text, "w");
	CHECK(f != NULL);
	(void)fputs("LC_NUMERIC\n"
	            "decimal_point \"<U002C>\"\n"
	            "thousands_sep \"<U002E>\"\n"
	            "grouping 3;3\n"
	            "END LC_NUMERIC\n",
	            f);
	CHECK_INT(fclose(f), 0);
	/* It says that the other categories are missing, and its status is 1 for that. */
	f = popen("localedef -c " ORDER " -i \"$LOCPATH/comma.def\" \"$LOCPATH/comma\" 2>&1", "r");
	CHECK(f != NULL);
	while (fgets(text, sizeof text, f))
		continue;
	CHECK(pclose(f) != -1);
	CHECK(setlocale(LC_NUMERIC, "comma") != NULL);
	(void)snprintf(text, sizeof text, "%.1f", 0.5);
	CHECK_STR(text, "0,5");
}

TEST(does_not_depend_on_the_locale)
{
#ifndef __GLIBC__
	SKIP("no other C library reads such a locale");
#endif
	enter_comma_locale();
	test_reads_decimals();
	test_refuses_what_is_no_decimal();
	test_reads_integers();
	test_refuses_what_is_no_integer();
	test_writes_short_texts_that_read_back();
	CHECK_STR(setlocale(LC_NUMERIC, NULL), "comma");
	CHECK(setlocale(LC_NUMERIC, "C") != NULL);
}
