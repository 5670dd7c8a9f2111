/* SPDX-License-Identifier: MIT */
/* test-moment.c: moments as text; the numbers are those of date(1). */
#include "unit.h"

#include "text/moment.h"
#include "text/text.h"

TEST(is_read)
{
	static const struct {
		const char *text;
		int64_t moment;
	} rows[] = {
	        {"1970-01-01T00:00:00Z", 0},
	        {"1969-12-31T23:59:59Z", -1},
	        {"2026-11-25T17:44:22Z", 1795628662},
	        {"2026-11-25t17:44:22z", 1795628662},
	        {"2026-11-25T17:44:22.999Z", 1795628662},
	        {"2026-11-25T18:44:22+01:00", 1795628662},
	        {"2026-11-25T12:14:22-05:30", 1795628662},
	        {"2024-02-29T00:00:00Z", 1709164800},
	        {"2024-03-01T00:00:00Z", 1709251200},
	        {"2000-03-01T00:00:00Z", 951868800},
	        {"2100-03-01T00:00:00Z", 4107542400},
	        {"0000-12-31T00:00:00Z", -62135683200},
	        {"0001-01-01T00:00:00Z", -62135596800},
	        {"9999-12-31T23:59:60Z", 253402300800},
	        {"2017-01-01T00:59:60+01:00", 1483228800},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		int64_t got = 12345;

		CHECK(oc_moment_read(oc_text_of(rows[i].text), &got));
		CHECK_INT(got, rows[i].moment);
	}
}

TEST(is_none)
{
	static const char *const rows[] = {
	        "",
	        "2026-11-25",
	        "2026-11-25T17:44:22",
	        "2026-11-25 17:44:22Z",
	        "2026-11-25T17:44:22Z ",
	        "2026-11-25T17:44:22.Z",
	        "2026-11-25T17:44:22+0100",
	        "2026-11-25T17:44:22+24:00",
	        "2026-13-25T17:44:22Z",
	        "2026-00-25T17:44:22Z",
	        "2026-11-00T17:44:22Z",
	        "2026-11-32T17:44:22Z",
	        "2026-11-31T17:44:22Z",
	        "2026-02-29T17:44:22Z",
	        "2100-02-29T17:44:22Z",
	        "2026-11-25T24:00:00Z",
	        "2026-11-25T17:60:22Z",
	        "2026-11-25T17:44:61Z",
	        "2026-11-25T17:44:60Z",
	        "2026-11-25T23:59:60+01:00",
	        "+026-11-25T17:44:22Z",
	};
	int64_t got;

	for (size_t i = 0; i < OC_COUNT(rows); i++)
		CHECK(!oc_moment_read(oc_text_of(rows[i]), &got));
}

TEST(is_written)
{
	char text[OC_MOMENT_TEXT_MAX];

	oc_moment_text(1795628662, text);
	CHECK_STR(text, "2026-11-25T17:44:22Z");
	oc_moment_text(0, text);
	CHECK_STR(text, "1970-01-01T00:00:00Z");
	oc_moment_text(INT64_MAX, text);
	CHECK_STR(text, "?");
}
