/* SPDX-License-Identifier: MIT */
/* batch-feed.h: the request lines of all the files of a batch, one after the other. */
#ifndef BATCH_FEED_H
#define BATCH_FEED_H

#include "lines.h"

#define FEED_LINE_MAX OC_PROMPT_MAX

struct feed {
	char *const *files; /* those that are left, NULL-terminated */
	struct lines lines; /* of the first of them, where `open` */
	bool open;
	uint64_t number; /* of the last line, counted over all files */
	int error;       /* errno: the first of the files that are left cannot be read on */
};

/* Ends the program where a file cannot be read, as far as that can be known before it is: with 66,
 * or with 64 where standard input is named twice. */
void feed_init(struct feed *feed, char *const *files);

/* As lines_next(), without blank lines. A file that can no longer be read ends them all. After
 * LINES_MORE: feed_read(), when the descriptor of feed->lines has something to read. */
enum lines_got feed_next(struct feed *feed, struct oc_text *line);

/* One read. Files are opened without waiting for whoever will write to them, so that an end may be
 * read that is none, unless poll() has said that there is something. */
void feed_read(struct feed *feed);

/* Waits until there is something to read. */
void feed_wait(const struct feed *feed);

/* Has the last line been taken? */
bool feed_ended(const struct feed *feed);

/* Is there a file that could not be read to its end? Says so. */
bool feed_complain(const struct feed *feed);

/* How many lines there are, where that can be known beforehand; else 0. */
uint64_t feed_count(char *const *files);

#endif
