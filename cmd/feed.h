/* SPDX-License-Identifier: MIT */
/* feed.h: the request lines of all the files of a batch, one after the other. */
#ifndef FEED_H
#define FEED_H

#include "lines.h"

#define FEED_LINE_MAX OC_PROMPT_MAX

struct feed {
	char *const *files; /* those that are left, NULL-terminated */
	struct lines lines; /* of the first of them, where `open` */
	bool open;
	uint64_t number; /* of the last line, counted over all files */
};

/* Ends the program with 66 where a file cannot be read. */
void feed_init(struct feed *feed, char *const *files);

/* As lines_next(), without blank lines. After LINES_MORE: lines_read(&feed->lines). */
enum lines_got feed_next(struct feed *feed, struct oc_text *line);

/* Has the last line been taken? */
bool feed_ended(const struct feed *feed);

/* How many lines there are, where that can be known beforehand; else 0. */
uint64_t feed_count(char *const *files);

#endif
