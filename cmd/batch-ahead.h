/* SPDX-License-Identifier: MIT */
/*
 * batch-ahead.h: answer lines that cannot be written yet, because an earlier line has no answer so
 * far, are kept in a file beside the file of answers: FILE.ahead. So a kill loses none of them: a
 * run that resumes FILE takes them over. Each has its place before it: the number of the record
 * that it will be in FILE. So it can be told whether it has been written since, also where several
 * lines have the same answer.
 */
#ifndef BATCH_AHEAD_H
#define BATCH_AHEAD_H

#include "text/buf.h"
#include "ledger.h"

struct ahead {
	struct ledger ledger; /* fd < 0: there is no file */
	char *name;
	char *fresh; /* the name of a file that is to be put in the place of it, or of FILE */
	size_t size;
	size_t live;  /* bytes of lines that are still waiting; the caller subtracts from it */
	bool changed; /* since the last ahead_sync() */
};

/* The name of the file beside this one, whichever link that is named by; released with free(). */
char *ahead_name(const char *file);

/* Opens the file beside this one, if it is there and not empty, and proves that it could be made.
 * What an earlier run has left of one that was to replace it is removed. Ends the program with 73
 * where that cannot be done. */
void ahead_open(struct ahead *ahead, const char *file);

/* Adds a line, and returns its length there. Ends the program with 73 or 74 if that fails. */
size_t ahead_put(struct ahead *ahead, uint64_t place, struct oc_text line);

/* What was added survives a power loss. */
void ahead_sync(struct ahead *ahead);

/* Nothing is waiting: the file becomes empty. */
void ahead_clear(struct ahead *ahead);

/* Is most of the file of no use any more? Then ahead_begin(), ahead_put() for each line that is
 * waiting, and ahead_replace() make a new one. */
bool ahead_is_stale(const struct ahead *ahead);
void ahead_begin(struct ahead *fresh, const struct ahead *ahead);
void ahead_replace(struct ahead *old, struct ahead *fresh);

/* All is written where it belongs: removes the file. */
void ahead_close(struct ahead *ahead);

#endif
