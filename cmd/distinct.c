/* SPDX-License-Identifier: MIT */
/* distinct.c: no file is read from and written to, or written to as two. */
#include "compat.h"

#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "distinct.h"
#include "input.h"

static bool look(const char *path, int standard, struct stat *st)
{
	bool named = path && strcmp(path, "-") != 0;

	return (named ? stat(path, st) : fstat(standard, st)) == 0 && S_ISREG(st->st_mode);
}

void distinct_from_inputs(const char *output, char *const *inputs)
{
	struct stat to;
	struct stat from;

	if (!look(output, STDOUT_FILENO, &to))
		return;
	for (; *inputs; inputs++) {
		if (look(*inputs, STDIN_FILENO, &from) && files_same(&from, &to))
			cli_die(CLI_USAGE, "%s is to be written to: it cannot be read from, too",
			        input_name(*inputs));
	}
}

void distinct_from_other(const char *output, const char *other)
{
	struct stat a;
	struct stat b;

	if (other && look(output, STDOUT_FILENO, &a) && look(other, STDOUT_FILENO, &b) &&
	    files_same(&a, &b))
		cli_die(CLI_USAGE, "%s is to be written to for two purposes", other);
}
