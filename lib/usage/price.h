/* SPDX-License-Identifier: MIT */
/* price.h: what tokens cost, in exact decimal arithmetic. */
#ifndef OC_PRICE_H
#define OC_PRICE_H

#include "oc.h"

/* Prices of a million tokens, in millionths of the unit of money. */
struct oc_price {
	int64_t input;
	int64_t output;
};

/* In millionths of the unit, and millionths of these. */
struct oc_cost {
	int64_t micro;
	int64_t pico; /* 0-999999 */
};

/* "IN:OUT", two decimal numbers like 0.15, from 0 to 1000000, with at most six decimals. */
bool oc_price_parse(const char *s, struct oc_price *out);

/* The price of so many tokens, each 0 or more; false where it does not fit. */
bool oc_price_cost(const struct oc_price *price, int64_t input, int64_t output,
                   struct oc_cost *out);

#define OC_COST_TEXT_MAX 40

/* The exact amount, with as many decimals as it needs, and at least `decimals` (up to 12). Returns
 * the number of decimals. */
int oc_cost_text(const struct oc_cost *cost, int decimals, char out[OC_COST_TEXT_MAX]);

#endif
