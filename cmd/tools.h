/* SPDX-License-Identifier: MIT */
/* tools.h: the tools that a model may call, from a file. */
#ifndef TOOLS_H
#define TOOLS_H

#include "ask-state.h"

/* The request's tools are those of --tools, if it was given. Functions that stand alone become
 * tools. Ends the program where they cannot be used. */
void tools_read(struct ask *ask);

#endif
