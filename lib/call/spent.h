/* SPDX-License-Identifier: MIT */
/*
 * spent.h: what a server says of its limits before it refuses, in `x-ratelimit-remaining-*` and
 * `x-ratelimit-reset-*` (OpenAI's guide to rate limits; Groq's and Azure's follow it). Pure.
 */
#ifndef OC_SPENT_H
#define OC_SPENT_H

#include "oc.h"

/*
 * How long, in seconds, until a limit of which nothing remains is there again; -1 where something
 * remains, or nothing usable is said. remaining: a number; reset: a duration like `6m0s`, `1.2s` or
 * `12ms`, or seconds, or a time in seconds or milliseconds since the epoch, as `now` is.
 */
double oc_spent(const char *remaining, const char *reset, double now);

#endif
