/* SPDX-License-Identifier: MIT */
/*
 * prompt.h: the texts, images and tools of a request, from options, files and standard input. What
 * cannot be read or used ends the program.
 */
#ifndef PROMPT_H
#define PROMPT_H

#include "ask-state.h"

/* System message, messages, tools, schema and images. */
void prompt_read_surroundings(struct ask *ask);

/* The schema alone. */
void prompt_read_schema(struct ask *ask);

/* The prompt is that of -p alone, if there is one: each line of a batch adds its own. */
void prompt_read_instruction(struct ask *ask);

/* The prompt is that of -p and of the operands, or standard input where there are neither, unless
 * there are messages; where there are several, none may be blank. */
void prompt_read(struct ask *ask, int noperands, char **operands);

#endif
