/* SPDX-License-Identifier: MIT */
/* retry.c: when to try again, going by the failure and by what the server says. */
#include "compat.h"

#include <math.h>

#include "text/text.h"
#include "text/moment.h"
#include "text/num.h"
#include "call/retry.h"

#define EPOCH    1e9  /* s; numbers from here on are times, not durations */
#define EPOCH_MS 1e12 /* and from here on, in milliseconds */

enum { NUMBER_MAX = 32 };

static double wait_for(const struct oc_failure *f)
{
	if (f->retry_after >= 0)
		return f->retry_after;
	if (f->loading)
		return OC_LOADING_WAIT;
	return fmin(ldexp(f->backoff_factor, f->retries_made), OC_BACKOFF_MAX) *
	       (0.75 + 0.25 * f->random);
}

/* Is there a try left? */
static bool may_try(const struct oc_failure *f, double wait)
{
	if (!f->retry)
		return false;
	if (f->loading)
		return f->wait_left < 0 || wait < f->wait_left;
	if (f->max_retries == OC_RETRY_ON)
		return f->time_left >= 0;
	return f->retries_made < f->max_retries;
}

bool oc_retry(const struct oc_failure *failure, double *wait)
{
	double seconds = wait_for(failure);

	if (!may_try(failure, seconds))
		return false;
	if (failure->time_left < 0 ? failure->retry_after > OC_RETRY_AFTER_MAX
	                           : seconds >= failure->time_left)
		return false;
	*wait = seconds;
	return true;
}

/* The fields of a date, and the letters that stand for them in a picture of one. */
enum { DAY, MONTH, CENTURY, YEAR, HOUR, MINUTE, SECOND, FIELDS };
static const char letters[] = "DNCYhms";

/* The readers return how many characters they took; 0 is a mismatch. */
static size_t read_month(const char *s, int *out)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++) {
		if (strncmp(s, names + (size_t)i * 3, 3) == 0) {
			*out = i;
			return 3;
		}
	}
	return 0;
}

/* Two digits, or a blank and a digit, as asctime() writes days. */
static size_t read_pair(const char *s, int *out)
{
	bool blank = s[0] == ' ';

	if (!(blank || oc_is_digit(s[0])) || !oc_is_digit(s[1]))
		return 0;
	*out = (blank ? 0 : s[0] - '0') * 10 + s[1] - '0';
	return 2;
}

/* picture: a letter is a field (the month by its name, from 0), anything else stands for itself. */
static bool read_date(const char *s, const char *picture, int date[static FIELDS])
{
	memset(date, 0, FIELDS * sizeof *date);
	for (; *picture; picture++) {
		const char *letter = strchr(letters, *picture);
		size_t taken = *s == *picture;

		if (letter)
			taken = *letter == 'N' ? read_month(s, &date[MONTH])
			                       : read_pair(s, &date[letter - letters]);
		if (!taken)
			return false;
		s += taken;
	}
	return !*s && date[DAY] >= 1 && date[DAY] <= 31 && date[HOUR] < 24 && date[MINUTE] < 60 &&
	       date[SECOND] <= 60;
}

static double since_epoch(const int date[static FIELDS])
{
	return (double)oc_moment_of(100 * date[CENTURY] + date[YEAR], date[MONTH] + 1, date[DAY],
	                            ((int64_t)date[HOUR] * 60 + date[MINUTE]) * 60 + date[SECOND]);
}

static bool read_any_date(const char *s, time_t now, double *out)
{
	static const double year = 365.2425 * 86400;
	int date[FIELDS];

	s += strcspn(s, ", "); /* the weekday says nothing new */
	if (!read_date(s, ", D N CY h:m:s GMT", date) && !read_date(s, " N D h:m:s CY", date)) {
		if (!read_date(s, ", D-N-Y h:m:s GMT", date))
			return false;
		/* Two digits name the year that is less than fifty years ahead, and the nearest. */
		date[CENTURY] = 19;
		while (since_epoch(date) <= (double)now - 50 * year)
			date[CENTURY]++;
	}
	*out = since_epoch(date);
	return true;
}

static bool read_seconds(const char *s, double *out)
{
	return oc_num_double(s, out) && *out >= 0;
}

double oc_retry_after(const char *retry_after, const char *retry_after_ms, time_t now)
{
	double wish;

	if (read_seconds(retry_after_ms, &wish))
		return wish / 1000;
	if (read_seconds(retry_after, &wish))
		return wish;
	if (read_any_date(retry_after, now, &wish) && wish >= (double)now)
		return wish - (double)now;
	return -1;
}

/* ---- limits ---- */

/* The unit at s, and its length. */
static double unit_at(const char *s, size_t *n)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {
	        {"ms", 1e-3}, {"us", 1e-6}, {"\xc2\xb5s", 1e-6}, {"ns", 1e-9},
	        {"s", 1},     {"m", 60},    {"h", 3600},         {"d", 86400},
	};

	for (size_t i = 0; i < OC_COUNT(units); i++) {
		*n = strlen(units[i].name);
		if (strncmp(s, units[i].name, *n) == 0)
			return units[i].seconds;
	}
	return 0;
}

/* A number and a unit, over and over: "1h2m3.5s". -1 for anything else. */
static double read_duration(const char *s)
{
	double sum = 0;

	while (*s) {
		char number[NUMBER_MAX];
		size_t digits = strspn(s, "0123456789.");
		size_t n;
		double value;
		double unit;

		if (!digits || digits >= sizeof number)
			return -1;
		memcpy(number, s, digits);
		number[digits] = '\0';
		unit = unit_at(s + digits, &n);
		if (unit <= 0 || !oc_num_double(number, &value))
			return -1;
		sum += value * unit;
		s += digits + n;
	}
	return sum;
}

static double read_reset(const char *s, double now)
{
	double value;

	if (!*s)
		return -1;
	if (!oc_num_double(s, &value))
		return read_duration(s);
	if (value >= EPOCH_MS)
		return value / 1000 - now;
	return value >= EPOCH ? value - now : value;
}

double oc_spent(const char *remaining, const char *reset, double now)
{
	double left;
	double wait;

	if (!oc_num_double(remaining, &left) || left > 0)
		return -1;
	wait = read_reset(reset, now);
	return wait > 0 ? wait : -1;
}
