/* SPDX-License-Identifier: MIT */
/*
 * replay.c: the main of a fuzz target built without a fuzzer: runs the target once on each file
 * named, or on each file of a directory named, and prints TAP.
 */
#include "fuzz.h"

#include <dirent.h>

static unsigned tests;

static int replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t cap = (size_t)1 << 20;
	uint8_t *data = malloc(cap);
	size_t n;

	if (!f || !data) {
		fprintf(stderr, "replay: %s cannot be read\n", path);
		exit(1);
	}
	n = fread(data, 1, cap, f);
	/* An exact block, so that a read beyond the input is one beyond the block. */
	data = realloc(data, n ? n : 1);
	(void)fclose(f);
	(void)LLVMFuzzerTestOneInput(data, n);
	free(data);
	printf("ok %u - %s\n", ++tests, path);
	return 0;
}

static void replay_all(const char *directory)
{
	struct dirent **entries;
	int n = scandir(directory, &entries, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char path[4096];

		(void)snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			replay(path);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	else
		replay(directory);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay_all(argv[i]);
	printf("1..%u\n", tests);
	return tests ? 0 : 1;
}
