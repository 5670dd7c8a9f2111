/* SPDX-License-Identifier: MIT */
/*
 * slots.h: so many requests at a time for a server and a key, over all processes of a user. It is
 * made of locks of the kernel on the bytes of a file that stays empty, so that nothing is left of a
 * process that is gone, however it went. Slot i is byte i. Who waits has a byte of the queue behind
 * them, the next one that is higher than all others.
 */
#ifndef SLOTS_H
#define SLOTS_H

#include "cli.h"

#include <sys/types.h>

enum { SLOTS_MAX = 1000 };

struct slots {
	unsigned max; /* 0 = there is no limit. Other processes may have another. */

	/* Private. */
	int fd;
	off_t ticket;         /* the byte of the queue; 0 = none */
	double seen_free;     /* since when a slot has been free for others; 0 = none is */
	bool held[SLOTS_MAX]; /* the slots that are ours */
};

/*
 * Opens the file of this server and this key (NULL = none), in $XDG_RUNTIME_DIR/oc or /tmp/oc-UID,
 * a directory that belongs to us alone. Ends the program with 73 where that cannot be: another's
 * directory is not entered, and a link is not followed.
 */
void slots_open(struct slots *slots, const char *base_url, const char *key);

/* Takes a slot: *wait becomes 0. Or queues up: *wait becomes the seconds after which to call it
 * again. OC_ESYS. */
int slots_enter(struct slots *slots, double *wait, struct oc_err *err);

/* Gives one back, or the place in the queue. */
void slots_leave(struct slots *slots);
void slots_leave_queue(struct slots *slots);

#endif
