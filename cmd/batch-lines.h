/* SPDX-License-Identifier: MIT */
/*
 * batch-lines.h: files line by line, a read at a time, so that the caller decides when one may
 * block: one file, or all those of request lines, one after the other.
 */
#ifndef BATCH_LINES_H
#define BATCH_LINES_H

#include "text/buf.h"
#include "cli.h"

struct lines {
	int fd;
	struct oc_buf buf;
	size_t at;       /* where the next line begins */
	size_t searched; /* no line ends before this */
	bool ended;      /* all has been read */
	bool too_long;   /* the line that is being read is, and is dropped */
};

enum lines_got {
	LINES_MORE,     /* the next line is not complete: lines_read() */
	LINES_LINE,     /* a line, without its end */
	LINES_TOO_LONG, /* a line beyond the ceiling, which was dropped */
	LINES_TORN,     /* the last one, which has no end */
	LINES_END,
};

/* fd: is borrowed. max: the longest line. */
void lines_init(struct lines *lines, int fd, size_t max);
void lines_release(struct lines *lines);

/* *line is valid until the next lines_read(). */
enum lines_got lines_next(struct lines *lines, struct oc_text *line);

/* One read(2), which blocks where nothing is there, or with a non-blocking descriptor reads
 * nothing. 0, or the errno of what is wrong. */
int lines_read(struct lines *lines);

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

/* Has the last line been taken? */
bool feed_ended(const struct feed *feed);

/* Is there a file that could not be read to its end? Says so. */
bool feed_complain(const struct feed *feed);

/* How many lines there are, where that can be known beforehand; else 0. */
uint64_t feed_count(char *const *files);

#endif
