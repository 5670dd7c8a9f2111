/* SPDX-License-Identifier: MIT */
/* limits.c: what the built-in model takes: so many at a time, so many a second. */
#include "fake.h"

#include <math.h>

static double seconds(void)
{
	return (double)now_us() / 1e6;
}

/* How long until the bucket has a token; 0 = it has one. */
static double bucket_wait(struct limits *l, double now)
{
	if (l->rate <= 0)
		return 0;
	if (l->counted_at <= 0)
		l->tokens = l->burst;
	else
		l->tokens = fmin(l->burst, l->tokens + (now - l->counted_at) * l->rate);
	l->counted_at = now;
	return l->tokens >= 1 ? 0 : (1 - l->tokens) / l->rate;
}

/* How long until the next window, where this one is full. */
static double window_wait(struct limits *l, double now)
{
	if (l->window <= 0)
		return 0;
	if (l->window_from <= 0 || now >= l->window_from + l->window) {
		l->window_from = now;
		l->in_window = 0;
	}
	return l->in_window < l->per_window ? 0 : l->window_from + l->window - now;
}

bool limits_take(struct limits *l, unsigned long busy)
{
	double now = seconds();
	double wait = fmax(bucket_wait(l, now), window_wait(l, now));

	if (l->slots && busy >= l->slots)
		wait = fmax(wait, 0.001);
	l->wait = wait;
	if (wait > 0)
		return false;
	l->tokens -= 1;
	l->in_window++;
	return true;
}

void limits_headers(const struct limits *l, bool refused, struct bytes *out)
{
	double limit = l->window > 0 ? (double)l->per_window : l->burst;
	double left = l->window > 0 ? limit - (double)l->in_window : floor(l->tokens);
	double reset = l->window > 0 ? l->window_from + l->window - seconds()
	                             : (l->burst - l->tokens) / fmax(l->rate, 1e-3);

	if (refused && l->retry_after > 0)
		bytes_printf(out, "Retry-After: %g\r\n", l->retry_after);
	else if (refused && l->retry_after_ms)
		bytes_printf(out, "retry-after-ms: %.0f\r\n", ceil(l->wait * 1000));
	if (l->tell)
		bytes_printf(out,
		             "x-ratelimit-limit-requests: %.0f\r\n"
		             "x-ratelimit-remaining-requests: %.0f\r\n"
		             "x-ratelimit-reset-requests: %.0fms\r\n",
		             limit, fmax(0, left), ceil(fmax(0, reset) * 1000));
}
