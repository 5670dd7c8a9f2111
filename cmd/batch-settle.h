/* SPDX-License-Identifier: MIT */
/* batch-settle.h: the answers of a run become lines, and are written in their turn. */
#ifndef BATCH_SETTLE_H
#define BATCH_SETTLE_H

#include "batch-state.h"

/* A fresh one, and the way back. */
struct item *item_take(struct run *run);
void item_give_back(struct run *run, struct item *item);

/* The line has its end: an answer, or an error that is in job.err. */
void settle_line(struct run *run, struct item *item);

/* Has a line its end without being asked? There is a kept answer, or nobody may be asked. */
bool settled_unasked(struct run *run, struct oc_job *job);

/* Settles what has been answered, writes what may be written, and keeps safe what must wait. */
void settle_answers(struct run *run);

/* Writes what may be written: in the order of the input, or, if `gaps`, around what is missing.
 * Was there something? */
bool settle_write(struct run *run, bool gaps);

/* Writes all that was answered, where no answer is awaited any more. */
void settle_rest(struct run *run);

#endif
