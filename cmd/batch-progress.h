/* SPDX-License-Identifier: MIT */
/* batch-progress.h: how far a batch has come, on standard error, and its summary. */
#ifndef BATCH_PROGRESS_H
#define BATCH_PROGRESS_H

#include "cli.h"

enum progress_mode {
	PROGRESS_NONE,
	PROGRESS_REDRAWN, /* one line that is drawn again and again, cut to fit the terminal */
	PROGRESS_LINES,   /* a line every few seconds, for logs */
};

struct progress {
	enum progress_mode mode;
	double started; /* on oc_now()'s clock */
	double shown;   /* when it was shown last */
	bool drawn;

	uint64_t total; /* lines; 0 = not known */
	uint64_t kept;  /* answered by an earlier run */
	uint64_t answered;
	uint64_t failed;
	uint64_t failed_with[128]; /* by exit status */
	uint64_t cached;           /* of the answered: kept answers, for which nobody was asked */
	uint64_t cut;              /* of the answered: cut short by the server */
	uint64_t repeats;          /* tries beyond the first ones */
	int64_t input_tokens;
	int64_t output_tokens;
};

void progress_init(struct progress *progress, enum progress_mode mode, double now);

/* Counts a request that was answered or has failed: status is that of a call of its own. */
void progress_count(struct progress *progress, const struct oc_reply *reply, int status);

/* Shows it, if it is time to. */
void progress_show(struct progress *progress, double now);

/* How long until it is time, in milliseconds; -1 = never. */
int progress_wait(const struct progress *progress, double now);

/* Clears the redrawn line away, before anything else is written to a terminal. */
void progress_hide(struct progress *progress);

/* The last line. unfinished: there is more to do. */
void progress_summary(struct progress *progress, bool unfinished, double now);

#endif
