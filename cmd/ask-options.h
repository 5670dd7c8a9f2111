/* SPDX-License-Identifier: MIT */
/* ask-options.h: the options that say what is asked. */
#ifndef ASK_OPTIONS_H
#define ASK_OPTIONS_H

#include "ask-state.h"

extern const struct cli_option ask_options[];
extern const struct cli_option ask_output_options[]; /* for commands with one answer */

/* True if the option was one of these, or of those of the cache, the slots and the server. */
bool ask_option(struct ask *ask, int id, const char *arg);

#endif
