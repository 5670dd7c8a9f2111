/* SPDX-License-Identifier: MIT */
/* completion.h: completion scripts for shells, made from the option rows. */
#ifndef COMPLETION_H
#define COMPLETION_H

#include "cli.h"
#include "text/buf.h"

enum completion_shell { COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH };

/* Appends the script. rows: all options of the program, up to a NULL. */
void completion_put(struct oc_buf *out, const struct cli_program *program,
                    const struct cli_option *const *rows, enum completion_shell shell);

#endif
