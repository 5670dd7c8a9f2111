/* SPDX-License-Identifier: MIT */
/* batch-estimate.h: what a batch will cost, as far as that can be told before it is asked. */
#ifndef BATCH_ESTIMATE_H
#define BATCH_ESTIMATE_H

#include "batch/line.h"
#include "output.h"
#include "usage/price.h"

struct estimate {
	bool wanted;
	bool priced;
	struct oc_price price;

	/* Private: sums over the lines. */
	int64_t lines;
	int64_t bytes;     /* of their bodies */
	int64_t input;     /* tokens; a guess */
	int64_t output;    /* tokens, at the most, */
	int64_t unlimited; /* but for so many lines */
	int64_t images;
};

/* json: scratch memory. */
void estimate_add(struct estimate *estimate, const struct oc_line *line, struct oc_json *json);

/* A line for each number, behind its name. Ends the program with 65 where a cost is too large. */
void estimate_write(const struct estimate *estimate, struct output *out);

#endif
