/* SPDX-License-Identifier: MIT */
/* batch-take.h: the lines of the input become requests of a run. */
#ifndef BATCH_TAKE_H
#define BATCH_TAKE_H

#include "batch-state.h"

/* Takes lines as long as there are some and there is room for them: so many as may be under way
 * are read ahead. True if more must be read for that. */
bool take_lines(struct run *run);

/* --dry-run: writes the requests' bodies, a line each. Ends the program. */
void take_dry(struct run *run) OC_NORETURN;

#endif
