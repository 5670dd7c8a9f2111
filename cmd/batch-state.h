/* SPDX-License-Identifier: MIT */
/* batch-state.h: a run of oc-batch and its lines: what it was told, and how far it has come. */
#ifndef BATCH_STATE_H
#define BATCH_STATE_H

#include "ask-state.h"
#include "batch-answers.h"
#include "batch-estimate.h"
#include "batch-lines.h"
#include "batch-progress.h"
#include "batch/batch.h"

/* A line, from when it is read until its answer is written. */
struct item {
	struct oc_job job;
	struct oc_buf record; /* the answer line; empty = there is none yet */
	uint64_t place;       /* of the record among those of this run, from 1 */
	size_t kept;          /* what answers_keep() has returned; 0 = it was not called */
	struct item *next;
	struct item *settled; /* the next of those that were settled at the same time */
};

struct run {
	/* Set by the caller. */
	struct ask ask;
	unsigned parallel;
	double rate; /* requests started per second; 0 = no limit */
	bool unordered;
	bool resume;
	bool sync; /* each answer is to survive a power loss */
	bool progress_wanted;
	bool quiet;
	struct estimate estimate; /* with --dry-run */
	char **files;             /* NULL-terminated; "-" is standard input */

	/* Private. */
	struct feed feed;
	struct oc_json json;
	struct oc_client client;
	struct oc_batch *batch;
	struct item *first; /* not yet written, in the order of the input */
	struct item **end;
	struct item *spare; /* to be used again */
	unsigned unsettled; /* lines without an answer */
	size_t held;        /* bytes of answers that are not yet written */
	uint64_t taken;     /* lines that no earlier run has answered */
	struct answers answers;
	struct progress progress;
	int signals;
	int caught;        /* the signal that ends the run */
	double give_up_at; /* when what is under way is no longer waited for */
	bool unreported;   /* a report could not be written */
	int refused;       /* exit status of an error that is the same for all lines */
};

#endif
