/* SPDX-License-Identifier: MIT */
/* throttle.c: how many requests a server is sent at a time, and how fast. */
#include "compat.h"

#include <math.h>

#include "batch/throttle.h"

/* How long a time the caller's rate can save up, in seconds: enough to make up for a wait that was
 * a little too long. The server's is kept more strictly. */
#define CATCH_UP        0.05
#define CATCH_UP_SERVER 0.005
#define ROUNDING        1e-6 /* of a token */

#define PATIENCE_MIN 0.1  /* s; less where many are under way, or answers are fast */
#define PATIENCE_MAX 8.0  /* s */
#define APART        0.75 /* of an interval: from a start to one more */
#define INTERVAL_MAX 2.0  /* s; a longer one is a pause */

#define FIRST_GAP   0.25 /* of an interval */
#define UNKNOWN_GAP 0.1  /* s; where no interval is known */
#define EARLY       0.25 /* s; the second test is made before the time that the server named */
#define FEW         3    /* so many doubts do not mean that it takes nothing at all */

#define RATE_MIN       0.1 /* per second */
#define ROUND_STARTS   5
#define ROUND_SECONDS  0.5
#define ROUNDS_TO_WAIT 7    /* 0, 1, 3, and so many */
#define STEP_MIN       0.01 /* after a refusal */
#define STEP_FIRST     0.1  /* after an estimate */
#define STEP_GUESSED   1.0  /* after an estimate that rests on less than GUESS requests */
#define STEP_MAX       0.3
#define GUESS          8
#define CUT            0.9 /* where the last round was refused, too */

#define SAMPLE        64
#define SUSPECT       0.05 /* of it: that many refusals have a reason */
#define VAIN_REFUSALS 5
#define VAIN_PART     0.05
#define NOISE_MAX     0.2
#define NOISE_LASTS   2048 /* requests, until it is tried again whether it is noise */

static void begin_count(struct oc_throttle_count *count, double now)
{
	*count = (struct oc_throttle_count){.since = now};
}

void oc_throttle_init(struct oc_throttle *t, unsigned ceiling, double rate, double gap_max,
                      double now)
{
	*t = (struct oc_throttle){
	        .ceiling = ceiling,
	        .limit = ceiling,
	        .patience = PATIENCE_MIN,
	        .most = rate > 0 ? rate : HUGE_VAL,
	        .rate = HUGE_VAL,
	        .tokens = 1.0,
	        .counted_at = now,
	        .started_at = now,
	        .gap_max = gap_max,
	        .spent_till = now,
	        .refused_at = -HUGE_VAL,
	};
	begin_count(&t->round, now);
	begin_count(&t->busy, now);
}

/* ---- when --------------------------------------------------------------------------------- */

static double wait_for_token(struct oc_throttle *t, double now)
{
	double rate = fmin(t->rate, t->most);
	double size = 1.0 + rate * (rate < t->most ? CATCH_UP_SERVER : CATCH_UP);

	if (isinf(rate))
		return 0;
	t->tokens = fmin(t->tokens + (now - t->counted_at) * rate, size);
	t->counted_at = now;
	return t->tokens < 1.0 - ROUNDING ? (1.0 - t->tokens) / rate : 0;
}

double oc_throttle_wait(struct oc_throttle *t, unsigned running, enum oc_throttle_who who,
                        double now)
{
	bool more = running >= t->limit;
	double from = fmax(t->quiet_till, t->spent_till);

	if (running >= t->ceiling || (more && who == OC_THROTTLE_SUSPECT))
		return HUGE_VAL;
	if (more)
		from = fmax(from, fmax(t->more_at, t->started_at + APART * t->interval));
	if (more || who != OC_THROTTLE_FRESH)
		from = fmax(from, t->held_till);
	/* A test is not kept back by the rate that is in doubt. */
	return fmax(fmax(0, from - now), t->doubts && !t->testing ? 0 : wait_for_token(t, now));
}

/* ---- what is taken ------------------------------------------------------------------------ */

static double patience_min(const struct oc_throttle *t)
{
	unsigned parts = 1 + t->limit / 4;

	return fmin(PATIENCE_MIN, 2 * t->interval) / parts;
}

static double measured(const struct oc_throttle *t, double now)
{
	return t->busy.n / fmax(now - t->busy.since, 1e-9);
}

/* A round of starts was not refused: the rate grows. */
static void end_round(struct oc_throttle *t, double now)
{
	t->good = t->rate;
	if (t->rate < 0.98 * t->bad) {
		t->rate = fmin((t->rate + t->bad) / 2, (1 + STEP_MAX) * t->rate);
	} else if (t->rounds_left) {
		t->rounds_left--;
	} else {
		if (t->rate > 1.02 * t->bad)
			t->rounds_to_wait = 0;
		t->rate *= 1 + t->step;
		t->step = fmax(t->step, fmin(2 * t->step, STEP_MAX));
	}
	begin_count(&t->round, now);
}

/* The rate was a little too high: back to what was good. */
static void return_to_good(struct oc_throttle *t)
{
	t->bad = t->rate;
	if (t->good > 0) {
		t->rate = t->good;
		if (t->rounds_to_wait < ROUNDS_TO_WAIT)
			t->rounds_to_wait = 2 * t->rounds_to_wait + 1;
	} else {
		t->rate *= CUT;
	}
	t->rounds_left = t->rounds_to_wait;
	t->step = STEP_MIN;
}

static void estimate(struct oc_throttle *t, double now)
{
	double least = isinf(t->rate) ? 0 : t->rate / 4;

	t->bad = 0;
	t->rate = fmax(fmax(least, RATE_MIN), 0.95 * fmin(t->rate, measured(t, now)));
	t->step = t->busy.n < GUESS ? STEP_GUESSED : STEP_FIRST;
	t->estimate = t->rate;
	t->sent_since = t->refused_since = 0;
	begin_count(&t->busy, now);
}

/* Is it refused so often that it must be due to the rate? */
static bool is_suspect(const struct oc_throttle *t)
{
	return t->busy.n > 0 && t->refused > 2 * t->noise + SUSPECT;
}

/* Does a rate no higher than the estimate prevent too few refusals for that to be what they are due
 * to? Or has it been lowered step by step, while a server of half the rate would have been in doubt
 * and estimated anew? */
static bool is_vain(const struct oc_throttle *t)
{
	if (t->rate > t->estimate)
		return false;
	return t->refused_since > VAIN_REFUSALS + VAIN_PART * t->sent_since ||
	       t->rate < t->estimate / 2;
}

/* A test was taken. */
static void end_doubt(struct oc_throttle *t, double now)
{
	if (isinf(t->rate) ? is_suspect(t) : t->doubts > FEW) {
		estimate(t, now);
	} else if (is_vain(t)) {
		t->noise = fmin(t->refused_since / t->sent_since, NOISE_MAX);
		t->rate = HUGE_VAL;
	} else if (!isinf(t->rate)) {
		return_to_good(t);
	}
	t->good = 0;
	t->doubts = 0;
	t->testing = false;
	t->quiet_till = now;
	begin_count(&t->round, now);
}

static void start_more(struct oc_throttle *t, unsigned others, double now)
{
	if (t->more_taken)
		t->patience = fmax(patience_min(t), t->patience / 2);
	t->more_taken = true;
	t->limit = others + 1;
	t->more_at = now + t->patience;
}

static void start_test(struct oc_throttle *t, double now)
{
	t->testing = true;
	t->tokens = 0;
	t->counted_at = now;
	t->quiet_till = now + fmax(t->gap, 2 * t->delay);
}

struct oc_throttle_start oc_throttle_started(struct oc_throttle *t, unsigned others, double now)
{
	struct oc_throttle_start start = {.at = now, .more = others >= t->limit};

	t->interval += (fmin(now - t->started_at, INTERVAL_MAX) - t->interval) / 8;
	t->started_at = now;
	t->tokens -= 1.0;
	if (start.more)
		start_more(t, others, now);
	/* No news of a test is good news, after twice the time that a refusal takes. */
	if (t->testing)
		end_doubt(t, now);
	if (t->idle)
		begin_count(&t->busy, now);
	t->idle = false;
	t->busy.n++;
	t->sample = fmin(t->sample + 1, SAMPLE);
	t->refused -= t->refused / t->sample;
	t->sent_since++;
	t->noise -= t->noise / NOISE_LASTS;
	t->round.n++;
	if (t->doubts)
		start_test(t, now);
	else if (t->round.n >= ROUND_STARTS &&
	         now - t->round.since >= fmax(ROUND_SECONDS, 2 * t->delay))
		end_round(t, now);
	return start;
}

void oc_throttle_idle(struct oc_throttle *t)
{
	t->idle = true;
}

void oc_throttle_taken(struct oc_throttle *t, const struct oc_throttle_start *start, double now)
{
	t->has_taken = true;
	if (start->more)
		t->patience = patience_min(t);
	if (start->at <= t->refused_at)
		return;
	t->held_till = now;
	if (t->testing)
		end_doubt(t, now);
}

/* ---- what is refused ---------------------------------------------------------------------- */

static void forget_start(struct oc_throttle *t)
{
	t->round.n = fmax(0, t->round.n - 1);
	t->busy.n = fmax(0, t->busy.n - 1);
}

static void doubt(struct oc_throttle *t, unsigned others, double wish, double now)
{
	double rate = isinf(t->rate) ? measured(t, now) : t->rate;
	bool obey = t->doubts > 1 || (!others && !t->has_taken);

	if (t->doubts)
		t->gap = fmin(2 * t->gap, t->gap_max);
	else
		t->gap = fmin(rate > 0 ? FIRST_GAP / rate : UNKNOWN_GAP, t->gap_max);
	if (wish > 0 && obey)
		t->gap = fmax(t->gap, wish);
	else if (wish > 0)
		t->gap = t->doubts ? fmax(t->gap, fmin(wish, EARLY)) : fmin(t->gap, wish);
	t->doubts++;
	t->testing = false;
	t->quiet_till = now + t->gap;
}

void oc_throttle_refused(struct oc_throttle *t, const struct oc_throttle_start *start,
                         unsigned others, double wish, double now)
{
	/* Of requests that were started before the last refusal it was known. */
	bool news = start->at > t->refused_at;
	bool number = start->more || t->limit == t->ceiling || !news;

	forget_start(t);
	t->delay = now - start->at;
	t->refused += 1 / t->sample;
	t->refused_since++;
	t->refused_at = now;
	if (wish > 0)
		t->held_till = fmax(t->held_till, now + wish);
	if (number && others && !t->doubts) {
		if (news)
			t->patience = fmin(2 * t->patience, PATIENCE_MAX);
		t->more_taken = false;
		t->more_at = now + t->patience;
	} else if (news || (!others && !t->doubts)) {
		doubt(t, others, wish, now);
	}
	/* In any case, as it may be both; but then it is soon seen. */
	if (others >= t->limit)
		return;
	t->limit = others ? others : 1;
	if (t->doubts) {
		t->patience = patience_min(t);
		t->more_at = now + t->patience;
	}
}

void oc_throttle_spent(struct oc_throttle *t, double seconds, double now)
{
	t->spent_till = fmax(t->spent_till, now + seconds);
}

void oc_throttle_void(struct oc_throttle *t, double now)
{
	forget_start(t);
	if (t->testing)
		t->quiet_till = now + t->gap;
	t->testing = false;
}
