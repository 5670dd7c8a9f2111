/* SPDX-License-Identifier: MIT */
/* batch-records.h: what is in a file of answer lines. */
#ifndef BATCH_RECORDS_H
#define BATCH_RECORDS_H

#include "cli.h"
#include "batch/line.h"

#include <sys/types.h>

struct record {
	struct oc_text line; /* without its end, and what stands before or behind it */
	off_t at;            /* where its line begins */
	uint64_t place;      /* the number before the line, in FILE.ahead; 0 = there is none */
	struct oc_line_id id;
	bool answered; /* it is no failure */
};

typedef void records_fn(void *ctx, const struct record *record);

struct records_end {
	uint64_t records;
	off_t size;  /* of the file */
	off_t whole; /* what is behind this is a line that is torn, or no line at all */
};

/*
 * Calls fn for each record of the file, from its beginning. Blank lines are nothing, and neither
 * are zeros, which a power loss leaves where something was to be written. name: for messages.
 * places: each record has a number before it. Ends the program with 65 where a line is no answer of
 * a batch; only the last one may be torn.
 */
struct records_end records_read(int fd, const char *name, bool places, records_fn *fn, void *ctx);

#endif
