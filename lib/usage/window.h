/* SPDX-License-Identifier: MIT */
/*
 * window.h: which records of a report count in a window of time, and how many tokens they have. A
 * report grows at its end, and is read from there, block by block, because what is in the window
 * is there.
 *
 * A record is in it by its own "time", when its call ended. One of the future is in every window:
 * a clock was set back. One without a time is in none. A cached answer has cost nothing. What a
 * record does not say is not guessed.
 */
#ifndef OC_WINDOW_H
#define OC_WINDOW_H

#include "usage/usage.h"

#define OC_WINDOW_ALL INT64_MIN /* `since`: with or without a time */

struct oc_window {
	/* Set by the caller: s since the epoch. */
	int64_t since; /* records of this moment are in it */
	int64_t now;
	int64_t limit; /* reading back ends when so many tokens are counted */

	int64_t tokens; /* at most INT64_MAX */
	uint64_t future;
	uint64_t timeless; /* not counted for that */
	uint64_t unread;   /* lines that are no records */
	bool over;         /* limit has been reached, */
	int64_t reached;   /* by a record of this time */
	bool past;         /* the last block had records, and all of them were older */

	/* Private. */
	bool inside;
	bool outside;
};

/* Is the record in it? Counts it in `future` or `timeless`. */
bool oc_window_has(struct oc_window *w, const struct oc_usage_record *record);

/*
 * Counts the lines of a block, from its end, which is an end of a line, to its beginning. whole: a
 * line begins there. Returns with how many bytes at its end it is done: the next block ends
 * where these begin. reader: any that is between records.
 */
size_t oc_window_read_back(struct oc_window *w, struct oc_usage_reader *reader,
                           struct oc_text block, bool whole);

/* "90s", "15m", "12h", "1d" or "2w", in seconds. */
bool oc_window_seconds(const char *s, int64_t *out);

#endif
