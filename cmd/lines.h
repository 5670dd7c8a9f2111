/* SPDX-License-Identifier: MIT */
/* lines.h: files line by line, a read at a time, so that the caller decides when one may block. */
#ifndef LINES_H
#define LINES_H

#include "text/buf.h"
#include "cli.h"

struct lines {
	int fd;
	const char *path;
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

/* fd: is closed by lines_close(), unless it is standard input. path: its name in messages; "-" is
 * standard input. max: the longest line. */
void lines_init(struct lines *lines, int fd, const char *path, size_t max);
void lines_close(struct lines *lines);

/* *line is valid until the next lines_read(). */
enum lines_got lines_next(struct lines *lines, struct oc_text *line);

/* One read(2), which blocks where nothing is there, or with a non-blocking descriptor reads
 * nothing. 0, or the errno of what is wrong. */
int lines_try(struct lines *lines);

/* The same, but ends the program with 66 on an error. */
void lines_read(struct lines *lines);

#endif
