/* SPDX-License-Identifier: MIT */
/*
 * output.h: delivery. Where the answer goes (standard output, or a file that is renamed into place
 * only on success), what a terminal may be shown, and the verdict at the end.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "cli.h"
#include "replace.h"

struct output {
	int fd;              /* -1 = file */
	struct replace file; /* what is written appears there, at the end */
	bool terminal;       /* control characters are escaped */
	char last;           /* the last byte written; '\n' at the beginning */
	char held[4];        /* terminal only: a UTF-8 sequence that is not complete yet */
	unsigned nheld;
	const char *path; /* borrowed; NULL = standard output */
	double deadline;  /* of oc_now(); 0 = none. No write waits for longer */
};

/* path: NULL or "-" for standard output. Ends the program with 73 when the file cannot be made, and
 * with 74 when standard output is closed. Where path is not a regular file (/dev/null, a named
 * pipe), or names a descriptor (/dev/stderr, /dev/fd/N), it is written directly. */
void output_open(struct output *out, const char *path);

/* The same without a temporary file: what is written is there at once, and stays. append: what was
 * there stays, too. */
void output_open_direct(struct output *out, const char *path, bool append);

/* Is it a regular file, which shows nothing of what is written until output_commit()? */
bool output_is_file(const struct output *out);

/* As messages call it. */
const char *output_name(const struct output *out);

/* Writes everything. On failure ends the program: as cli_reader_left() when the reader has left, by
 * 75 when the deadline has passed, else with 74. A file stays as it was. */
void output_write(struct output *out, const char *p, size_t n);

/* The same of a text that was made in memory, if there was enough; else ends the program with 71.
 * Releases it. */
void output_text(struct output *out, struct oc_buf *text);

/* On a terminal, ends a line that was begun. */
void output_end_line(struct output *out);

/* The end: flushes, adds the final newline on a terminal, syncs and renames the file, closes.
 * Ends the program with 74 when delivery fails. Without it a file stays as it was. */
void output_commit(struct output *out);

#endif
