/* SPDX-License-Identifier: MIT */
/* distinct.h: no file is read from and written to (it would be read without end), or written to as
 * two. Names are of whatever kind: what counts is the file. */
#ifndef DISTINCT_H
#define DISTINCT_H

#include "cli.h"

/* inputs: NULL-terminated; "-" is standard input. output: NULL or "-" for standard output. Ends the
 * program with 64 where the output is a regular file, and one of the inputs. */
void distinct_from_inputs(const char *output, char *const *inputs);

/* Ends the program with 64 where these are one regular file. NULL: there is no other one. */
void distinct_from_other(const char *output, const char *other);

#endif
