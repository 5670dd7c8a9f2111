/* SPDX-License-Identifier: MIT */
/* fuzz-event.c: a stream of events, a line each, read by the fast and by the plain reader. */
#include "fuzz.h"

#include "../unit/event-twin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	const char *end = p + size;
	struct twin t;

	twin_init(&t);
	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((newline ? newline : end) - p);

		want(twin_feed(&t, p, n));
		p += n + 1;
	}
	twin_release(&t);
	return 0;
}
