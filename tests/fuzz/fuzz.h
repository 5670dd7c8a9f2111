/* SPDX-License-Identifier: MIT */
/* fuzz.h: what a fuzz target defines, and how it says that something is wrong. */
#ifndef FUZZ_H
#define FUZZ_H

#include "compat.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Called with any bytes; always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void want(bool condition)
{
	if (!condition)
		abort();
}

#endif
