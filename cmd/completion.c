/* SPDX-License-Identifier: MIT */
/* completion.c: completion scripts for shells, made from the option rows. */
#include "compat.h"

#include "cli.h"

char *cli_completion(const struct cli_program *program, const char *shell)
{
	(void)program;
	(void)shell;
	return NULL;
}
