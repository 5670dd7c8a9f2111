/* SPDX-License-Identifier: MIT */
/* throttle.c: how many requests a server is sent at a time, and how fast. */
#include "compat.h"

#include <math.h>

#include "throttle.h"

/* How long a time the bucket can save up, in seconds: enough to make up for a wait that was a
 * little too long. */
#define CATCH_UP 0.05
#define ROUNDING 1e-6 /* of a token */

static double bucket_size(const struct oc_throttle *t)
{
	return 1.0 + t->rate * CATCH_UP;
}

void oc_throttle_init(struct oc_throttle *t, unsigned ceiling, double rate, double now)
{
	*t = (struct oc_throttle){
	        .ceiling = ceiling,
	        .limit = ceiling,
	        .cut_at = -HUGE_VAL,
	        .quiet_till = now,
	        .rate = rate,
	        .tokens = 1.0,
	        .filled_at = now,
	};
}

double oc_throttle_wait(struct oc_throttle *t, unsigned running, double now)
{
	if (running >= t->limit)
		return -1.0;
	if (t->quiet_till > now)
		return t->quiet_till - now;
	if (t->rate <= 0)
		return 0.0;
	t->tokens = fmin(t->tokens + (now - t->filled_at) * t->rate, bucket_size(t));
	t->filled_at = now;
	return t->tokens >= 1.0 - ROUNDING ? 0.0 : (1.0 - t->tokens) / t->rate;
}

void oc_throttle_started(struct oc_throttle *t)
{
	t->tokens -= 1.0;
}

void oc_throttle_succeeded(struct oc_throttle *t)
{
	if (t->limit == t->ceiling || ++t->streak < t->limit)
		return;
	t->limit++;
	t->streak = 0;
}

bool oc_throttle_refused(struct oc_throttle *t, double started, unsigned running,
                         double retry_after, double now)
{
	if (retry_after > 0)
		t->quiet_till = fmax(t->quiet_till, now + retry_after);
	if (started < t->cut_at)
		return true;
	t->limit = (running < t->limit ? running : t->limit) / 2;
	if (!t->limit)
		t->limit = 1;
	t->streak = 0;
	t->cut_at = now;
	return running > 1;
}
