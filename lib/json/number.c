/* SPDX-License-Identifier: MIT */
/* number.c: JSON's numbers by their value: digits, and where the point stands. */
#include "compat.h"

#include <inttypes.h>

#include "json/number.h"

/* Exponents beyond this count as this, so that sums of them cannot overflow. */
#define EXPONENT_MAX INT64_C(1000000000000000)

enum { SHORT_MAX = 18 }; /* digits of a number n with 10 * n below 2^64 */

/* sign * 0.DIGITS * 10^point. The digits begin and end with one that is not 0, and may have the
 * text's own point between them. */
struct decimal {
	int sign; /* -1, 0 or 1 */
	const char *p;
	const char *end;
	size_t n; /* digits */
	int64_t point;
};

/* What stands behind the "e" of a number, from p to end. */
static int64_t read_exponent(const char *p, const char *end)
{
	bool minus = p < end && *p == '-';
	int64_t e = 0;

	for (p += p < end && (*p == '-' || *p == '+'); p < end; p++)
		e = e < EXPONENT_MAX ? e * 10 + (*p - '0') : EXPONENT_MAX;
	return minus ? -e : e;
}

static struct decimal read_number(const struct oc_json *j, int at)
{
	struct oc_text raw = oc_json_raw(j, at);
	const char *end = raw.p + raw.n;
	struct decimal d = {.sign = *raw.p == '-' ? -1 : 1};
	int64_t seen = 0; /* digits, from the first that counts */
	bool fraction = false;
	const char *p = raw.p + (*raw.p == '-');

	for (; p < end && *p != 'e' && *p != 'E'; p++) {
		if (*p == '.') {
			fraction = true;
			continue;
		}
		if (!d.p && *p != '0')
			d.p = p;
		seen += d.p != NULL;
		d.point += d.p ? !fraction : -(int64_t)fraction;
		if (*p != '0') {
			d.end = p + 1;
			d.n = (size_t)seen;
		}
	}
	if (!d.p)
		return (struct decimal){.sign = 0};
	d.point += p < end ? read_exponent(p + 1, end) : 0;
	return d;
}

/* The next digit, 0 behind the last one. */
static char next_digit(struct decimal *d)
{
	if (d->p < d->end && *d->p == '.')
		d->p++;
	return d->p < d->end ? *d->p++ : '0';
}

void oc_json_put_decimal(const struct oc_json *j, int at, struct oc_buf *out)
{
	struct decimal d = read_number(j, at);

	oc_buf_puts(out, d.sign < 0 ? "-" : "");
	while (d.p < d.end)
		oc_buf_putc(out, next_digit(&d));
	oc_buf_printf(out, "e%" PRId64, d.point);
}

int oc_json_order(const struct oc_json *a, int at_a, const struct oc_json *b, int at_b)
{
	struct decimal x = read_number(a, at_a);
	struct decimal y = read_number(b, at_b);

	if (x.sign != y.sign || !x.sign)
		return (x.sign > y.sign) - (x.sign < y.sign);
	if (x.point != y.point)
		return x.point > y.point ? x.sign : -x.sign;
	while (x.p < x.end || y.p < y.end) {
		char c = next_digit(&x);
		char d = next_digit(&y);

		if (c != d)
			return c > d ? x.sign : -x.sign;
	}
	return 0;
}

bool oc_json_integral(const struct oc_json *j, int at)
{
	struct decimal d = read_number(j, at);

	return d.point >= (int64_t)d.n;
}

/* ---- multiples ---- */

/* Is x, followed by `zeros` zeros, a multiple of a number of at most SHORT_MAX digits? */
static int divides_short(struct decimal x, int64_t zeros, struct decimal y)
{
	uint64_t divisor = 0;
	uint64_t rest = 0;

	for (size_t i = 0; i < y.n; i++)
		divisor = divisor * 10 + (uint64_t)(next_digit(&y) - '0');
	if (!divisor)
		return 0; /* a decimal begins with a digit that is not 0 */
	for (size_t i = 0; i < x.n + (size_t)zeros; i++)
		rest = (rest * 10 + (uint64_t)(next_digit(&x) - '0')) % divisor;
	return rest == 0;
}

/* rest = rest * 10 + digit, where rest is below the divisor; both have n + 1 digits, the highest
 * first. */
static void append_digit(unsigned char *rest, const unsigned char *divisor, size_t n,
                         unsigned char digit)
{
	memmove(rest, rest + 1, n);
	rest[n] = digit;
	while (memcmp(rest, divisor, n + 1) >= 0) {
		int borrow = 0;

		for (size_t i = n + 1; i > 0; i--) {
			int difference = rest[i - 1] - divisor[i - 1] - borrow;

			borrow = difference < 0;
			rest[i - 1] = (unsigned char)(difference + (borrow ? 10 : 0));
		}
	}
}

/* The same for a longer one, as it is done with a pencil. */
static int divides_long(struct decimal x, int64_t zeros, struct decimal y)
{
	size_t n = y.n;
	unsigned char *rest = calloc(2, n + 1);
	unsigned char *divisor = rest ? rest + n + 1 : NULL;
	int answer = 1;

	if (!rest)
		return -1;
	for (size_t i = 1; i <= n; i++)
		divisor[i] = (unsigned char)(next_digit(&y) - '0');
	for (size_t i = 0; i < x.n + (size_t)zeros; i++)
		append_digit(rest, divisor, n, (unsigned char)(next_digit(&x) - '0'));
	for (size_t i = 0; i <= n; i++)
		answer &= !rest[i];
	free(rest);
	return answer;
}

int oc_json_multiple(const struct oc_json *j, int at, const struct oc_json *of, int at_of)
{
	struct decimal x = read_number(j, at);
	struct decimal y = read_number(of, at_of);
	int64_t zeros = (x.point - (int64_t)x.n) - (y.point - (int64_t)y.n);
	int64_t enough = 4 * (int64_t)y.n;

	if (!x.sign)
		return 1;
	if (!y.sign || zeros < 0)
		return 0; /* x does not end in 0, so that no multiple of ten divides it */
	/* Zeros help against the divisor's factors 2 and 5, of which there are less than this. */
	if (zeros > enough)
		zeros = enough;
	if (y.n <= SHORT_MAX)
		return divides_short(x, zeros, y);
	if (y.n > OC_JSON_MULTIPLE_MAX / (x.n + (size_t)zeros))
		return -1;
	return divides_long(x, zeros, y);
}
