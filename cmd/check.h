/* SPDX-License-Identifier: MIT */
/* check.h: has an answer that is there already the form asked for? */
#ifndef CHECK_H
#define CHECK_H

#include "ask-state.h"

/* --check: reads the operands, or standard input, and writes them on where they have the form of
 * --schema or --json-object. Asks nobody. Ends the program. */
void check_answer(struct ask *ask, int noperands, char **operands) OC_NORETURN;

#endif
