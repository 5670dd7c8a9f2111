/* SPDX-License-Identifier: MIT */
/* batch-item.h: a line of a batch, from when it is read until its answer is written. */
#ifndef BATCH_ITEM_H
#define BATCH_ITEM_H

#include "batch/batch.h"
#include "cli.h"
#include "batch/line.h"

struct item {
	struct oc_line line;
	struct oc_job job;
	struct oc_buf record; /* the answer line; empty = there is none yet */
	struct oc_buf part;   /* what the line wants of the answer */
	bool has_part;        /* else it wants all of it */
	bool answered;        /* the record is no failure */
	uint64_t place;       /* of the record among those of this run, from 1 */
	size_t kept;          /* what answers_keep() has returned; 0 = it was not called */
	size_t size;          /* bytes that it takes while the record waits */
	struct item *next;
	struct item *settled; /* the next of those that were settled at the same time */
};

/* A fresh one, from the list where that has one, and the way back. */
struct item *item_take(struct item **spare);
void item_give_back(struct item **spare, struct item *item);

/* Is what has arrived an answer to this line? Changes job.err if not. */
void item_judge(struct item *item, const struct oc_request *defaults);

/* Makes the record, that of a failure where an answer cannot be one. json: scratch memory. Returns
 * the exit status that stands for job.err. */
int item_settle(struct item *item, struct oc_json *json);

/* As if none had come. */
void item_forget_answer(struct item *item);

/* Releases what is not needed for writing the record. */
void item_forget_request(struct item *item);

#endif
