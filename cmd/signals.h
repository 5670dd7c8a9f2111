/* SPDX-License-Identifier: MIT */
/*
 * signals.h: which signals end a program, what they wake first, and which files go with them. INT,
 * TERM and HUP kill at once, and the program dies of the signal itself; one that the caller has us
 * ignore (nohup) stays ignored.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "compat.h"

#include <stdbool.h>
#include <sys/types.h>

/* From here on these laws hold, and no write kills: a closed reader is EPIPE, a file that would
 * grow too large EFBIG. An exec gives the signals back as they were. */
void signals_init(void);

/* Does the caller have us ignore SIGPIPE? Then a closed reader is a failed write like any other. */
bool signals_pipe_ignored(void);

/*
 * Makes a file that exists only while it is being written: however the program ends, it is removed,
 * until signals_keep_file(). name ends in XXXXXX, which is replaced, and must live until then. The
 * descriptor is for reading and writing; -1 with errno. There may be SIGNALS_FILES at a time.
 */
enum { SIGNALS_FILES = 4 };
int signals_make_file(char *name, mode_t mode);

/* The same for a file of this very name, which is about to be made. */
void signals_guard_file(const char *name);

/* The file has got its name, or has been removed: it is no business of ours any more. */
void signals_keep_file(const char *name);

/*
 * From here on the first signal makes the returned descriptor readable, and only the second one
 * kills at once; one that comes within 0.2 s of the first is not another. Where the program is
 * still there `grace` seconds after the first, it dies of it all the same. -1 with errno.
 */
int signals_open(unsigned grace);

/* The signal that has come; 0 = none. */
int signals_take(int fd);

/* Removes the files and dies of this signal, whatever was to happen on it. */
void signals_die(int sig) OC_NORETURN;

#endif
