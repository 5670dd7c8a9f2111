/* SPDX-License-Identifier: MIT */
/* moment.c: moments as text. */
#include "compat.h"

#include "text/moment.h"

int64_t oc_moment_of(int year, int month, int day, int64_t second_of_day)
{
	static const int before_month[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int64_t whole = (int64_t)year - 1;
	int64_t days = whole * 365 + whole / 4 - whole / 100 + whole / 400 - 719162 +
	               before_month[month - 1] + (leap && month > 2) + day - 1;

	return days * 86400 + second_of_day;
}

/* Reads by a picture: 0 is a digit of the next number, anything else, but for its case, stands for
 * itself; a blank in the picture ends a number. */
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
		if (c < '0' || c > '9')
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
	while (n < text->n && text->p[n] >= '0' && text->p[n] <= '9')
		n++;
	if (n > 1)
		*text = (struct oc_text){text->p + n, text->n - n};
}

bool oc_moment_read(struct oc_text text, int64_t *out)
{
	enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, NUMBERS };
	int n[NUMBERS], zone[2] = {0, 0}, sign = 1;

	if (!read_picture(&text, "0000-00-00T00:00:00", n))
		return false;
	skip_fraction(&text);
	if (!read_picture(&text, "Z", zone)) {
		sign = text.n && *text.p == '-' ? -1 : 1;
		if (!read_picture(&text, sign < 0 ? "-00:00" : "+00:00", zone))
			return false;
	}
	if (text.n || n[MONTH] < 1 || n[MONTH] > 12 || n[DAY] < 1 || n[DAY] > 31 || n[HOUR] > 23 ||
	    n[MINUTE] > 59 || n[SECOND] > 60 || zone[0] > 23 || zone[1] > 59)
		return false;
	*out = oc_moment_of(n[YEAR], n[MONTH], n[DAY],
	                    ((int64_t)n[HOUR] * 60 + n[MINUTE]) * 60 + n[SECOND] -
	                            sign * ((int64_t)zone[0] * 60 + zone[1]) * 60);
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
