/* SPDX-License-Identifier: MIT */
/* moment.c: moments as text. */
#include "compat.h"

#include "text/text.h"
#include "text/moment.h"

/* From the beginning of the epoch to that of the month. */
static int64_t days_before(int year, int month)
{
	static const int before_month[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int64_t whole = (int64_t)year + 399; /* years that are over, from 400 before year 1 */

	return whole * 365 + whole / 4 - whole / 100 + whole / 400 - 865259 +
	       before_month[month - 1] + (leap && month > 2);
}

int64_t oc_moment_of(int year, int month, int day, int64_t second_of_day)
{
	return (days_before(year, month) + day - 1) * 86400 + second_of_day;
}

/* Reads by a picture: 0 is a digit of the next number, anything else, but for its case, stands for
 * itself. */
static bool read_picture(struct oc_text *text, const char *picture, int *numbers)
{
	size_t i = 0;
	bool in_number = false;

	for (; picture[i]; i++) {
		char c = i < text->n ? text->p[i] : '\0';

		if (picture[i] != '0') {
			if (c != picture[i] && c != picture[i] + ('a' - 'A'))
				return false;
			numbers += in_number;
			in_number = false;
			continue;
		}
		if (!oc_is_digit(c))
			return false;
		*numbers = (in_number ? *numbers * 10 : 0) + (c - '0');
		in_number = true;
	}
	*text = (struct oc_text){text->p + i, text->n - i};
	return true;
}

static void skip_fraction(struct oc_text *text)
{
	size_t n = 1;

	if (text->n < 2 || *text->p != '.')
		return;
	while (n < text->n && oc_is_digit(text->p[n]))
		n++;
	if (n > 1)
		*text = (struct oc_text){text->p + n, text->n - n};
}

/* 0 for the first day of the epoch. */
static bool read_date(struct oc_text *text, int64_t *day)
{
	enum { YEAR, MONTH, DAY };
	int n[DAY + 1];

	if (!read_picture(text, "0000-00-00", n) || n[MONTH] < 1 || n[MONTH] > 12 || n[DAY] < 1)
		return false;
	*day = days_before(n[YEAR], n[MONTH]) + n[DAY] - 1;
	return n[DAY] <= 28 || *day < days_before(n[YEAR] + n[MONTH] / 12, n[MONTH] % 12 + 1);
}

/* A second of the day, or of the one before or behind it. A leap second ends a day of UTC. */
static bool read_time(struct oc_text *text, int64_t *second)
{
	enum { HOUR, MINUTE, SECOND, DAY = 24 * 60 };
	int n[SECOND + 1], zone[2] = {0, 0}, minute, sign = 1;

	if (!read_picture(text, "00:00:00", n))
		return false;
	skip_fraction(text);
	if (!read_picture(text, "Z", zone)) {
		sign = text->n && *text->p == '-' ? -1 : 1;
		if (!read_picture(text, sign < 0 ? "-00:00" : "+00:00", zone))
			return false;
	}
	minute = n[HOUR] * 60 + n[MINUTE] - sign * (zone[0] * 60 + zone[1]);
	*second = (int64_t)minute * 60 + n[SECOND];
	return n[HOUR] < 24 && n[MINUTE] < 60 && zone[0] < 24 && zone[1] < 60 &&
	       (n[SECOND] < 60 || (n[SECOND] == 60 && (minute + DAY) % DAY == DAY - 1));
}

bool oc_moment_is_date(struct oc_text text)
{
	int64_t day;

	return read_date(&text, &day) && !text.n;
}

bool oc_moment_is_time(struct oc_text text)
{
	int64_t second;

	return read_time(&text, &second) && !text.n;
}

bool oc_moment_read(struct oc_text text, int64_t *out)
{
	int64_t day, second;
	int none;

	if (!read_date(&text, &day) || !read_picture(&text, "T", &none) ||
	    !read_time(&text, &second) || text.n)
		return false;
	*out = day * 86400 + second;
	return true;
}

void oc_moment_text(int64_t moment, char out[static OC_MOMENT_TEXT_MAX])
{
	time_t t = (time_t)moment;
	struct tm utc;

	if (!gmtime_r(&t, &utc) ||
	    strftime(out, OC_MOMENT_TEXT_MAX, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		(void)snprintf(out, OC_MOMENT_TEXT_MAX, "?");
}
