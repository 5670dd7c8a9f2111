/* SPDX-License-Identifier: MIT */
/* signals.h: INT, TERM and HUP as something to wait for. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "cli.h"

/*
 * From here on the first of these signals makes the returned descriptor readable, and the second
 * one of the same kind kills. Where the program is still there `grace` seconds after the first, it
 * dies of it all the same. A signal that the caller has us ignore (nohup) stays ignored.
 */
int signals_open(unsigned grace);

/* The next signal that has come; 0 = none. */
int signals_take(int fd);

#endif
