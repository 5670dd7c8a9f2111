/* SPDX-License-Identifier: MIT */
/* usage-sums.h: showing what oc-usage has added up, in its three forms. */
#ifndef USAGE_SUMS_H
#define USAGE_SUMS_H

#include "usage/meter.h"
#include "usage/price.h"
#include "table.h"

/* Each appends a row for every model and their total. price may be NULL: then there are no costs.
 * Ends the program with 65 where a cost is too large to be computed. */
void sums_table(const struct oc_meter *m, const struct oc_price *price, size_t width,
                struct oc_buf *out);
void sums_tsv(const struct oc_meter *m, const struct oc_price *price, struct oc_buf *out);
void sums_json(const struct oc_meter *m, const struct oc_price *price, int64_t bad,
               struct oc_buf *out);

#endif
