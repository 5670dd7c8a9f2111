/* SPDX-License-Identifier: MIT */
/* usage-sums.h: showing what oc-usage has added up, in its three forms. */
#ifndef USAGE_SUMS_H
#define USAGE_SUMS_H

#include "rows.h"
#include "usage/meter.h"
#include "usage/price.h"

/* Appends a row for every model, and their total. price may be NULL: then there are no costs. bad:
 * how much could not be counted, for JSON. width: of the terminal, as table_put() has it.
 * Ends the program with 65 where a cost is too large to be computed. */
void sums_put(const struct oc_meter *m, const struct oc_price *price, int64_t bad,
              enum rows_form form, size_t width, struct oc_buf *out);

#endif
