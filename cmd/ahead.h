/* SPDX-License-Identifier: MIT */
/*
 * ahead.h: answer lines that cannot be written yet, because an earlier line has no answer so far,
 * are kept in a file beside the file of answers: FILE.ahead. So a kill loses none of them: a run
 * that resumes FILE takes them over.
 */
#ifndef AHEAD_H
#define AHEAD_H

#include "buf.h"
#include "cli.h"

struct ahead {
	char *path; /* NULL = nothing is kept */
	int fd;     /* -1 = there is no file */
	size_t size;
	size_t live; /* bytes of lines that are still waiting */
};

/* Nothing is written until the first line. beside: the file of answers, or NULL. */
void ahead_init(struct ahead *ahead, const char *beside);

/* Adds a line, in one write. Ends the program with 73 or 74 if that fails. */
void ahead_put(struct ahead *ahead, struct oc_text line);

/* A line of n bytes is waiting no longer. */
void ahead_done(struct ahead *ahead, size_t n);

/* Is most of the file of no use any more? Then ahead_begin(), ahead_put() for each line that is
 * waiting, and ahead_replace() make a new one. */
bool ahead_is_stale(const struct ahead *ahead);
void ahead_begin(struct ahead *fresh, const struct ahead *ahead);
void ahead_replace(struct ahead *ahead, struct ahead *fresh);

/* All is written where it belongs. */
void ahead_remove(struct ahead *ahead);

#endif
