/* SPDX-License-Identifier: MIT */
/* spent.c: what a server says of its limits before it refuses. */
#include "compat.h"

#include "text/num.h"
#include "call/spent.h"

#define EPOCH    1e9  /* s; numbers from here on are times, not durations */
#define EPOCH_MS 1e12 /* and from here on, in milliseconds */

enum { NUMBER_MAX = 32 };

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
