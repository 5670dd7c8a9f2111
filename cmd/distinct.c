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

static bool are_same(const char *a, int standard_a, const char *b, int standard_b)
{
	struct stat sa, sb;

	return look(a, standard_a, &sa) && look(b, standard_b, &sb) && files_same(&sa, &sb);
}

void distinct_from_inputs(const char *output, char *const *inputs)
{
	for (; *inputs; inputs++) {
		if (are_same(output, STDOUT_FILENO, *inputs, STDIN_FILENO))
			cli_die(CLI_USAGE, "%s is to be written to: it cannot be read from, too",
			        input_name(*inputs));
	}
}

void distinct_from_other(const char *output, const char *other)
{
	if (other && are_same(output, STDOUT_FILENO, other, STDOUT_FILENO))
		cli_die(CLI_USAGE, "%s is to be written to for two purposes", other);
}
