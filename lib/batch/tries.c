/* SPDX-License-Identifier: MIT */
/* tries.c: which tries of a line of a batch count, and when the line is given up. */
#include "compat.h"

#include <limits.h>
#include <math.h>

#include "batch/tries.h"

#define RATE_PATIENCE 65.0  /* s */
#define SLOW_FACTOR   0.125 /* of the back-off: it is the throttle that slows down */
#define SLOW_WAIT_MAX 5.0   /* s */

void oc_outlook_init(struct oc_outlook *outlook)
{
	*outlook = (struct oc_outlook){
	        .answered_at = -HUGE_VAL, .newest = -HUGE_VAL, .down_since = HUGE_VAL};
}

void oc_outlook_answered(struct oc_outlook *outlook, double sent, double now)
{
	outlook->answered_at = now;
	outlook->newest = fmax(outlook->newest, sent);
	outlook->down_since = HUGE_VAL;
}

void oc_outlook_failed(struct oc_outlook *outlook, double now)
{
	outlook->down_since = fmin(outlook->down_since, now);
}

/* Has any line been answered since this one failed last? */
static bool others_answered(const struct oc_tries *tries, const struct oc_outlook *outlook)
{
	return outlook->answered_at > tries->failed_at;
}

/* Does the server take nothing at all? */
static bool takes_nothing(const struct oc_tries *tries, const struct oc_outlook *outlook,
                          const struct oc_trial *trial)
{
	return trial->alone && !others_answered(tries, outlook);
}

/* The waits of all retries of one line together. */
static double whole_backoff(const struct oc_failure *f)
{
	double sum = 0;

	for (int k = 0; k < f->max_retries && sum < 3600; k++)
		sum += fmin(ldexp(f->backoff_factor, k), OC_BACKOFF_MAX);
	return sum;
}

/* For how much longer no line is given up. */
static double grace(const struct oc_tries *tries, const struct oc_outlook *outlook,
                    const struct oc_trial *trial)
{
	double lasted = trial->now - outlook->down_since;
	double whole = whole_backoff(&trial->failure);

	if (trial->slow)
		return fmax(whole, isinf(outlook->answered_at) ? 0 : RATE_PATIENCE) - lasted;
	return others_answered(tries, outlook) ? 0 : whole - lasted;
}

static bool is_to_blame(const struct oc_tries *tries, const struct oc_outlook *outlook,
                        const struct oc_trial *trial)
{
	return trial->slow && !trial->risky &&
	       (outlook->newest > tries->failed_at ||
	        (trial->alone && tries->blame >= OC_TRIES_SUSPECT));
}

static bool is_at_wall(const struct oc_tries *tries, const struct oc_outlook *outlook,
                       const struct oc_trial *trial)
{
	const struct oc_failure *f = &trial->failure;

	return f->retry && trial->slow && takes_nothing(tries, outlook, trial) &&
	       f->retry_after > OC_RETRY_AFTER_MAX &&
	       (f->time_left < 0 || f->time_left <= f->retry_after);
}

bool oc_tries_again(struct oc_tries *tries, const struct oc_outlook *outlook,
                    const struct oc_trial *trial, double *wait)
{
	struct oc_failure failure = trial->failure;
	int allowed = failure.max_retries;
	bool counts = !failure.loading && (!trial->slow || takes_nothing(tries, outlook, trial));
	double left = grace(tries, outlook, trial);

	tries->wall = is_at_wall(tries, outlook, trial);
	if (is_to_blame(tries, outlook, trial))
		tries->blame++;
	if (tries->blame >= OC_TRIES_BLAME_MAX || tries->wall)
		return false;
	/* With no retries at all there is nothing to be spared. */
	if (allowed > 0 && (left > 0 || !counts))
		failure.max_retries = INT_MAX;
	failure.retries_made = tries->counted;
	if (trial->slow && !counts)
		failure.retry_after = -1;
	if (!oc_retry(&failure, wait))
		return false;
	tries->counted += counts;
	tries->failed_at = trial->now;
	if (trial->slow)
		*wait = (0.75 + 0.25 * failure.random) *
		        fmin(ldexp(SLOW_FACTOR * failure.backoff_factor, tries->made - 1),
		             SLOW_WAIT_MAX);
	else if (tries->counted == allowed)
		*wait = fmax(*wait, left);
	return true;
}
