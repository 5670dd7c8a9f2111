/* SPDX-License-Identifier: MIT */
/* batch-run.h: the run of a batch, from its first line to its last. */
#ifndef BATCH_RUN_H
#define BATCH_RUN_H

#include "batch-state.h"

/* Asks every line and writes the answers. Ends the program. */
void run_batch(struct run *run) OC_NORETURN;

/* --dry-run: writes the requests' bodies, a line each, or the estimate. Ends the program. */
void run_dry(struct run *run) OC_NORETURN;

#endif
