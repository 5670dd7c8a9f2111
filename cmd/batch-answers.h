/* SPDX-License-Identifier: MIT */
/*
 * batch-answers.h: where the answer lines of a batch go: standard output, or a file that each is
 * appended to at once, and by which an earlier run is resumed.
 *
 * Lines that cannot be written yet, because an earlier line has no answer so far, are kept in a
 * file beside that one: FILE.ahead. So a kill loses none of them: a run that resumes FILE takes
 * them over. Each has its place before it: the number of the record that it will be in FILE. So it
 * can be told whether it has been written since, also where several lines have the same answer.
 */
#ifndef BATCH_ANSWERS_H
#define BATCH_ANSWERS_H

#include "batch/answered.h"
#include "ledger.h"
#include "output.h"

struct ahead {
	struct ledger ledger; /* fd < 0: there is no file */
	struct ledger before; /* the one that it is to replace, in between */
	char *name;
	char *fresh; /* the name of a file that is to be put in the place of it, or of FILE */
	size_t live; /* bytes of lines that are still waiting */
};

struct answers {
	struct output out;          /* where it is no regular file */
	int reader;                 /* whose reader may leave; -1 = there is none */
	struct ledger ledger;       /* where it is one: in >= 0 */
	struct ahead ahead;         /* lines whose turn to be written has not come */
	struct oc_answered earlier; /* each line takes its own, once */
	uint64_t records;           /* of earlier runs, in the file */
	uint64_t taken_over;        /* of FILE.ahead */
	uint64_t failures;          /* of earlier runs, in the file */
	uint64_t written;           /* by this run */
	off_t begin;                /* where the lines of this run begin in the file */
	bool sync;                  /* each answer is to survive a power loss */
};

/*
 * path: NULL or "-" for standard output. A file that is there already and not empty must be
 * resumed: its answers are kept, and a torn last line is dropped. Ends the program with 73 where
 * the file cannot be used, with 65 where a line in it is none of a batch, and with 64 where it
 * cannot be resumed, or is one of the inputs.
 */
void answers_open(struct answers *answers, const char *path, bool resume, char *const *inputs);

/* The same, but only to look at them: nothing is made or changed. */
void answers_look(struct answers *answers, const char *path, bool resume);

/* Keeps a line safe whose turn has not come. place: of all that this run writes, from 1. Returns
 * what answers_write() is to be told. */
size_t answers_keep(struct answers *answers, uint64_t place, struct oc_text line);

/* Writes a line. kept: what answers_keep() has returned for it; 0 = it was not called. Ends the
 * program as output_write() does; what is torn then is taken back. */
void answers_write(struct answers *answers, struct oc_text line, size_t kept);

/* All that is to be written and kept for now has been. */
void answers_settle(struct answers *answers);

/* Is most of what is kept of no use any more? Then all that is still waiting is to be kept anew,
 * between these two. */
bool answers_are_stale(const struct answers *answers);
void answers_begin_anew(struct answers *answers);
void answers_end_anew(struct answers *answers);

/* The last line has been written: looks once more whether somebody has changed the file. False
 * where answers may be lost by that, which has been said then. */
bool answers_end(struct answers *answers);

/* What was written is on the disk, and others may have the file. */
void answers_close(struct answers *answers);

#endif
