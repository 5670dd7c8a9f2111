/* SPDX-License-Identifier: MIT */
/* test-window.c: which records of a report count, read from its end in blocks of every size. */
#include "unit.h"

#include "text/text.h"
#include "usage/window.h"

/* Reads the whole report back in blocks of this size. */
static void read_back(struct oc_window *w, const char *report, size_t size)
{
	struct oc_usage_reader reader;
	struct oc_err err = {0};
	size_t end = strlen(report);

	CHECK_INT(oc_usage_init(&reader, true, &err), OC_OK);
	while (end && !w->over && !w->past) {
		size_t n = end < size ? end : size;
		struct oc_text block = {report + end - n, n};
		size_t done = oc_window_read_back(w, &reader, block, n == end);

		CHECK(done > 0 && done <= n);
		end -= done;
	}
	oc_usage_release(&reader);
}

#define NOW 1795608000 /* 2026-11-25T12:00:00Z */

#define LINE(time, tokens) \
	"{\"time\":\"2026-11-" time "Z\",\"usage\":{\"total_tokens\":" tokens "}}\n"

static const char day[] =
        LINE("23T12:00:00", "100000") LINE("24T11:59:59", "10000") LINE("24T12:00:00", "1000")
                LINE("24T12:00:01", "100") LINE("25T11:00:00", "10") LINE("25T12:00:00", "1");

TEST(a_window_has_an_edge)
{
	static const struct {
		int64_t since, tokens;
	} rows[] = {
	        {NOW - 86400 + 1, 111},  {NOW - 86400, 1111}, {NOW - 3600 + 1, 1},
	        {NOW - 3600, 11},        {NOW + 1, 0},        {NOW - 7 * 86400, 111111},
	        {OC_WINDOW_ALL, 111111},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		for (size_t size = sizeof LINE("23T12:00:00", "100000") + 1; size < sizeof day;
		     size++) {
			struct oc_window w = {
			        .since = rows[i].since, .now = NOW, .limit = INT64_MAX};

			read_back(&w, day, size);
			CHECK_INT(w.tokens, rows[i].tokens);
			CHECK(!w.over);
			CHECK_INT(w.future + w.timeless + w.unread, 0);
		}
	}
}

/* When the newest records have so many tokens together. */
TEST(a_limit_is_reached)
{
	static const struct {
		int64_t limit, tokens, reached;
	} rows[] = {
	        {1, 1, NOW},
	        {2, 11, NOW - 3600},
	        {11, 11, NOW - 3600},
	        {12, 111, NOW - 86400 + 1},
	        {112, 1111, NOW - 86400},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		for (size_t size = sizeof LINE("23T12:00:00", "100000") + 1; size < sizeof day;
		     size++) {
			struct oc_window w = {
			        .since = NOW - 86400, .now = NOW, .limit = rows[i].limit};

			read_back(&w, day, size);
			CHECK(w.over);
			CHECK_INT(w.tokens, rows[i].tokens);
			CHECK_INT(w.reached, rows[i].reached);
		}
	}
}

TEST(what_a_record_says)
{
	static const struct {
		const char *report;
		int64_t tokens;
		int future, timeless, unread;
	} rows[] = {
	        {"", 0, 0, 0, 0},
	        {"\n\n", 0, 0, 0, 0},
	        {LINE("25T11:00:00", "7"), 7, 0, 0, 0},
	        /* Of the future: the clock was set back. */
	        {LINE("26T11:00:00", "7") LINE("25T11:00:00", "1"), 8, 1, 0, 0},
	        /* Without a time, or one that is none. */
	        {"{\"usage\":{\"total_tokens\":7}}\n" LINE("25T11:00:00", "1"), 1, 0, 1, 0},
	        {"{\"time\":5,\"usage\":{\"total_tokens\":7}}\n", 0, 0, 1, 0},
	        {"{\"time\":\"yesterday\",\"usage\":{\"total_tokens\":7}}\n", 0, 0, 1, 0},
	        {"{\"time\":\"2026-11-25T11:00:00Z\",\"time\":null,\"usage\":{\"total_tokens\":7}}"
	         "\n",
	         0, 0, 1, 0},
	        /* Torn, by whoever was killed, or had no room. */
	        {"{\"time\":\"2026-11-25T11:00:00Z\",\"usage\":{\"inp\n" LINE("25T11:00:00", "1"),
	         1, 0, 0, 1},
	        {LINE("25T11:00:00", "1") "{\"time\":\"2026-11-25T11:0\n" LINE("25T11:00:00", "1"),
	         2, 0, 0, 1},
	        {"no JSON at all\n" LINE("25T11:00:00", "1"), 1, 0, 0, 1},
	        /* A kept answer costs nothing; a call that failed says nothing. */
	        {"{\"time\":\"2026-11-25T11:00:00Z\",\"usage\":{\"total_tokens\":7},\"cached\":"
	         "true}\n",
	         0, 0, 0, 0},
	        {"{\"time\":\"2026-11-25T11:00:00Z\",\"usage\":{\"total_tokens\":null}}\n", 0, 0, 0,
	         0},
	        {"{\"time\":\"2026-11-25T11:00:00Z\",\"usage\":{\"input_tokens\":7}}\n", 7, 0, 0,
	         0},
	        {"{\"usage\":{\"input_tokens\":7,\"output_tokens\":2},\"time\":"
	         "\"2026-11-25T12:00:00+01:00\"}\n",
	         9, 0, 0, 0},
	        /* What does not fit is too much. */
	        {"{\"time\":\"2026-11-25T11:00:00Z\",\"usage\":{\"input_tokens\":"
	         "9223372036854775807,\"output_tokens\":9223372036854775807}}\n" LINE("25T11:00:00",
	                                                                              "1"),
	         INT64_MAX, 0, 0, 0},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		for (size_t size = 180; size < 400; size++) {
			struct oc_window w = {.since = NOW - 86400, .now = NOW, .limit = INT64_MAX};

			read_back(&w, rows[i].report, size);
			CHECK_INT(w.tokens, rows[i].tokens);
			CHECK_INT(w.future, rows[i].future);
			CHECK_INT(w.timeless, rows[i].timeless);
			CHECK_INT(w.unread, rows[i].unread);
		}
	}
}

/* A line that no block holds is nobody's, and keeps nothing from being read. */
TEST(a_line_that_is_too_long)
{
	char report[1000];
	size_t n = sizeof LINE("25T11:00:00", "7") - 1;

	memset(report, 'x', sizeof report);
	memcpy(report, LINE("25T11:00:00", "7"), n);
	report[sizeof report - n - 2] = '\n';
	memcpy(report + sizeof report - n - 1, LINE("25T11:00:00", "3"), n + 1);
	for (size_t size = n + 1; size < sizeof report; size++) {
		struct oc_window w = {.since = NOW - 86400, .now = NOW, .limit = INT64_MAX};

		read_back(&w, report, size);
		CHECK_INT(w.tokens, 10);
	}
	for (size_t size = 1; size <= n; size++) {
		struct oc_window w = {.since = NOW - 86400, .now = NOW, .limit = INT64_MAX};

		read_back(&w, report, size);
		CHECK(w.tokens <= 10);
	}
}

TEST(reading_ends_where_a_block_is_older)
{
	static const char report[] = LINE("25T11:00:00", "7") LINE("20T11:00:00", "5")
	        LINE("20T11:00:00", "5") LINE("25T11:00:00", "3");
	struct oc_window w = {.since = NOW - 86400, .now = NOW, .limit = INT64_MAX};

	/* The two in the middle were written while the clock was wrong. */
	read_back(&w, report, sizeof report);
	CHECK_INT(w.tokens, 10);
	w = (struct oc_window){.since = NOW - 86400, .now = NOW, .limit = INT64_MAX};
	read_back(&w, report, sizeof LINE("25T11:00:00", "7") + 1);
	CHECK_INT(w.tokens, 3);
	CHECK(w.past);
}

TEST(durations)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} rows[] = {
	        {"90s", 90},   {"15m", 900},    {"12h", 43200},
	        {"1d", 86400}, {"2w", 1209600}, {"0d", 0},
	};
	static const char *const bad[] = {"",
	                                  "d",
	                                  "1",
	                                  "1y",
	                                  "1dd",
	                                  "-1d",
	                                  "1 d",
	                                  "1.5d",
	                                  "99999999999999999999s",
	                                  "9223372036854775807w"};
	int64_t got;

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		CHECK(oc_window_seconds(rows[i].text, &got));
		CHECK_INT(got, rows[i].seconds);
	}
	for (size_t i = 0; i < OC_COUNT(bad); i++)
		CHECK(!oc_window_seconds(bad[i], &got));
}
