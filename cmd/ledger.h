/* SPDX-License-Identifier: MIT */
/*
 * ledger.h: a file that one program at a time appends lines to. Its owner has a lock on it, which
 * holds for the file of that name, not for one that has had it. Nothing is ever cut by a name, nor
 * by a length that was true once: what is cut are bytes that were read or written by the owner, on
 * the descriptor, while it has the lock.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "cli.h"

#include <sys/types.h>

struct ledger {
	const char *name; /* borrowed */
	int fd;           /* appends; has the lock */
	int in;           /* reads */
	bool lost;        /* others have changed the file so that lines may be lost */
	bool unsynced;    /* it has been written to since ledger_sync() */

	/* Private: the file ended at `end` when it was written to last. What is behind `begin` was
	 * written by us, and has this sum. */
	off_t begin;
	off_t end;
	uint64_t sum;
};

/* Opens a regular file and locks it; one that is not there is made. flags: further ones for
 * open(2). Ends the program with 73 where that fails, or another program has the lock. */
void ledger_open(struct ledger *ledger, const char *name, int flags);

/* The same, but a new file is for its owner only, and where another program has the lock it is
 * false. */
bool ledger_open_own(struct ledger *ledger, const char *name);

/*
 * Appends a line, and its end where it has none, in one write. Where that fails no part of it
 * stays; false, and it has been said why. Before that, looks whether the file is still as it was
 * left, and says so if not.
 */
bool ledger_try(struct ledger *ledger, struct oc_text line);

/* The same, but ends the program with 74. */
void ledger_append(struct ledger *ledger, struct oc_text line);

/* Ends the last line, if it has no end. False as above. */
bool ledger_end_line(struct ledger *ledger);

/* Cuts the file, all `size` bytes of which have been read, to its first n bytes. Ends the program
 * with 74 where it has another size now. */
void ledger_cut(struct ledger *ledger, off_t size, off_t n);

/* Is the file that has this name, and all that was written to it there? Says so if not, and sets
 * `lost`; says also if others have added to it. */
void ledger_check(struct ledger *ledger);

/* Has anybody touched it since? */
bool ledger_is_untouched(const struct ledger *ledger);

/* What has been written survives a power loss. Ends the program with 74 where that fails. */
void ledger_sync(struct ledger *ledger);

/* The same for the name of a file: that it is there. */
void ledger_sync_name(const char *name);

/*
 * A new file that is to take the place of another one: it has a name of its own until then, under
 * which it must not be there yet, and which must live as long. However the program ends, it is
 * removed. Ends the program with 73 where it cannot be made.
 */
void ledger_begin(struct ledger *fresh, const char *name);

/* Syncs it, and gives it the name of the other file, which it has locked before. False, with errno,
 * where that fails. */
bool ledger_replace(struct ledger *fresh, const char *name);

/* Removes it instead. */
void ledger_drop(struct ledger *fresh);

/* Removes the file, if it still has this name. */
void ledger_remove(const struct ledger *ledger);

void ledger_close(struct ledger *ledger);

#endif
