/* SPDX-License-Identifier: MIT */
/* price.c: what tokens cost, in exact decimal arithmetic. */
#include "compat.h"

#include <inttypes.h>

#include "text/num.h"
#include "text/text.h"
#include "usage/price.h"

enum { MILLION = 1000000, DECIMALS = 12 }; /* of a cost */

/* Reads digits [. digits] in millionths; returns what follows, or NULL. */
static const char *parse_amount(const char *s, int64_t *out)
{
	int64_t unit = MILLION;

	s = oc_num_digits(s, out);
	if (!s || *out > MILLION)
		return NULL;
	*out *= MILLION;
	for (s += *s == '.' && oc_is_digit(s[1]); oc_is_digit(*s); s++) {
		unit /= 10;
		if (!unit)
			return NULL;
		*out += (*s - '0') * unit;
	}
	return *out <= MILLION * (int64_t)MILLION ? s : NULL;
}

bool oc_price_parse(const char *s, struct oc_price *out)
{
	s = parse_amount(s, &out->input);
	if (!s || *s != ':')
		return false;
	s = parse_amount(s + 1, &out->output);
	return s && !*s;
}

/* Adds the cost of some tokens: whole millions of them, and the rest. */
static bool add(struct oc_cost *sum, int64_t tokens, int64_t price)
{
	int64_t millions = tokens / MILLION;
	int64_t rest = tokens % MILLION * price;

	if (price && millions > (INT64_MAX - sum->micro) / price)
		return false;
	sum->micro += millions * price;
	rest += sum->pico;
	if (rest / MILLION > INT64_MAX - sum->micro)
		return false;
	sum->micro += rest / MILLION;
	sum->pico = rest % MILLION;
	return true;
}

bool oc_price_cost(const struct oc_price *price, int64_t input, int64_t output, struct oc_cost *out)
{
	*out = (struct oc_cost){0};
	return add(out, input, price->input) && add(out, output, price->output);
}

int oc_cost_text(const struct oc_cost *cost, int decimals, char out[OC_COST_TEXT_MAX])
{
	int n = snprintf(out, OC_COST_TEXT_MAX, "%" PRId64 ".%06" PRId64 "%06" PRId64,
	                 cost->micro / MILLION, cost->micro % MILLION, cost->pico);
	int have = DECIMALS;

	for (; have > decimals && out[n - 1] == '0'; have--)
		out[--n] = '\0';
	if (have == 0)
		out[--n] = '\0';
	return have;
}
