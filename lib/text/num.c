/* SPDX-License-Identifier: MIT */
/* num.c: numbers as text, independent of the locale. */
#include "compat.h"

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>

#include "text/text.h"
#include "text/num.h"

static const char *skip_digits(const char *s)
{
	return s + strspn(s, "0123456789");
}

static const char *skip_sign(const char *s)
{
	return s + (*s == '+' || *s == '-');
}

/* [sign] digits [. digits] [e [sign] digits], with a digit somewhere before the e. */
static bool is_decimal(const char *s)
{
	const char *start = skip_sign(s);
	const char *end = skip_digits(start);
	ptrdiff_t digits = end - start;

	if (*end == '.') {
		start = end + 1;
		end = skip_digits(start);
		digits += end - start;
	}
	if (digits && (*end == 'e' || *end == 'E')) {
		start = skip_sign(end + 1);
		end = skip_digits(start);
		digits = end - start;
	}
	return digits && !*end;
}

/* strtod() as it is in the C locale: it takes its decimal point from the thread's locale. */
static bool c_strtod(const char *s, double *out)
{
	locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	locale_t before;

	if (!c)
		return false;
	before = uselocale(c);
	*out = strtod(s, NULL);
	uselocale(before);
	freelocale(c);
	return true;
}

bool oc_num_double(const char *s, double *out)
{
	double d;

	if (!is_decimal(s) || !c_strtod(s, &d) || !isfinite(d))
		return false;
	*out = d;
	return true;
}

/* The digits from `digits` on, and the sign before them at s, if there is one. */
static const char *read_integer(const char *s, const char *digits, int64_t *out)
{
	char *rest;
	intmax_t v;

	if (skip_digits(digits) == digits)
		return NULL;
	errno = 0;
	v = strtoimax(s, &rest, 10);
	if (errno || v < INT64_MIN || v > INT64_MAX)
		return NULL;
	*out = v;
	return rest;
}

bool oc_num_int64(const char *s, int64_t *out)
{
	int64_t v;
	const char *rest = read_integer(s, skip_sign(s), &v);

	if (!rest || *rest)
		return false;
	*out = v;
	return true;
}

const char *oc_num_digits(const char *s, int64_t *out)
{
	return read_integer(s, s, out);
}

/* One more decimal digit; false when it does not fit. Negative, because that side is larger. */
static bool push_digit(int64_t *v, int digit)
{
	if (*v < (INT64_MIN + digit) / 10)
		return false;
	*v = *v * 10 - digit;
	return true;
}

/* The exponent of a JSON number, within +-limit, beyond which all values are 0 or too large. */
static long exponent_of(const char *p, const char *end, long limit)
{
	bool minus = p < end && *p == '-';
	long e = 0;

	if (p < end && (*p == '-' || *p == '+'))
		p++;
	for (; p < end; p++)
		e = e < limit ? e * 10 + (*p - '0') : limit;
	return minus ? -e : e;
}

/* Up to 18 digits always fit. Nearly all numbers that are asked for are such. */
static bool short_integer(const char *p, size_t n, int64_t *out)
{
	int64_t v = 0;

	if (!n || n > 18)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!oc_is_digit(p[i]))
			return false;
		v = v * 10 + (p[i] - '0');
	}
	*out = v;
	return true;
}

bool oc_num_exact(const char *p, size_t n, int64_t *out)
{
	const char *end = p + n;
	bool minus = p < end && *p == '-';
	const char *digits = minus ? p + 1 : p;
	const char *e = digits;
	const char *point = NULL;
	long shift;
	int64_t v = 0;

	if (short_integer(p, n, out))
		return true;
	for (; e < end && *e != 'e' && *e != 'E'; e++) {
		if (*e == '.')
			point = e;
	}
	shift = e < end ? exponent_of(e + 1, end, (long)n + 64) : 0;
	shift += point ? point - digits : e - digits; /* digits before the decimal point */
	for (p = digits; p < e; p++) {
		if (p == point)
			continue;
		if (shift-- > 0 ? !push_digit(&v, *p - '0') : *p != '0')
			return false;
	}
	for (; shift > 0 && v; shift--) {
		if (!push_digit(&v, 0))
			return false;
	}
	if (!minus && v == INT64_MIN)
		return false;
	*out = minus ? v : -v;
	return true;
}

bool oc_num_rate(const char *s, double *per_second)
{
	size_t n = strcspn(s, "/");
	const char *unit = s + n;
	char number[OC_NUM_TEXT_MAX] = "";
	bool minute = strcmp(unit, "/m") == 0;

	if (n < sizeof number)
		memcpy(number, s, n);
	if ((!minute && strcmp(unit, "/s") != 0) || !oc_num_double(number, per_second))
		return false;
	if (minute)
		*per_second /= 60;
	return true;
}

void oc_num_text(char out[OC_NUM_TEXT_MAX], double d)
{
	locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	locale_t before = c ? uselocale(c) : (locale_t)0;

	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(out, OC_NUM_TEXT_MAX, "%.*g", digits, d);
		if (strtod(out, NULL) == d)
			break;
	}
	if (c) {
		uselocale(before);
		freelocale(c);
	}
}
