/* SPDX-License-Identifier: MIT */
/*
 * replace.h: a file that appears whole or not at all. What is written goes into a file beside it,
 * which is renamed onto it at the end. Where that is not possible, or would change more than what
 * is in the file (its owner, further names of it, its attributes), it is written in place, at the
 * end. However the program ends, the file beside it goes with it (signals.h).
 */
#ifndef REPLACE_H
#define REPLACE_H

#include <stdbool.h>

#include "text/buf.h"

struct replace {
	char *path;      /* the file; NULL = nothing is being replaced */
	char *temporary; /* beside it */
	int fd;          /* of temporary; -1 = nothing can be made there, and `held` is used */
	bool in_place;
	struct oc_buf held;
};

/* path: a regular file that can be written to, or none yet. False, with errno: no file can be made
 * there. */
bool replace_open(struct replace *r, const char *path);

/* The next bytes; all of them, or an error: false, with errno. */
bool replace_write(struct replace *r, const char *p, size_t n);

/* The file is what was written, and is on the disk. False, with errno. It is the last thing to do,
 * and where it is not done the file stays as it was. */
bool replace_commit(struct replace *r);

#endif
