/* SPDX-License-Identifier: MIT */
/*
 * answers.h: where the answer lines of a batch go: standard output, or a file that each is appended
 * to at once, and by which an earlier run is resumed.
 */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "ahead.h"
#include "answered.h"
#include "output.h"

struct answers {
	struct output out;
	const char *path; /* NULL = standard output */
	bool regular;
	off_t whole; /* a regular file's length, up to the end of the last whole line */
	struct oc_answered earlier;
	struct ahead ahead; /* of lines whose turn to be written has not come */
	uint64_t failed;    /* lines of failures in the file */
	struct oc_json json;
};

/*
 * path: NULL or "-" for standard output. A file that is there already and not empty must be
 * resumed: its answers are kept, lines of failures and a torn last line are dropped. Ends the
 * program with 73 where the file cannot be used, with 65 where a line in it is none of a batch.
 */
void answers_open(struct answers *answers, const char *path, bool resume);

/* Has an earlier run answered this request? To be asked once for each line. */
bool answers_have(struct answers *answers, struct oc_line_id id);

/* Writes a line, in one write. Ends the program as output_write() does. */
void answers_write(struct answers *answers, struct oc_text line);

/* A line that is not whole, because a write failed, is taken back. For cli_at_exit(). */
void answers_mend(const struct answers *answers);

/* Drops the answers to requests that have changed and were answered anew; their number. Only after
 * all of the input has been seen. */
size_t answers_drop_replaced(struct answers *answers);

void answers_close(struct answers *answers);

#endif
