/* SPDX-License-Identifier: MIT */
/* batch-tidy.h: what is of no use any more in a file of answers. */
#ifndef BATCH_TIDY_H
#define BATCH_TIDY_H

#include "batch-answers.h"

/*
 * At the end of a run that has seen all of the input: drops failures of earlier runs, whose lines
 * have been asked again or have left the input, and answers to requests that have changed and were
 * answered anew. Answers to lines that have left the input stay. The file is replaced by a copy,
 * which has the lock before it has the name; it is whole at every moment. Where a copy could not be
 * what the file is (its owner, its other names), or there is no room for it, that is said, and the
 * file stays as it is.
 */
void tidy(struct answers *answers);

#endif
