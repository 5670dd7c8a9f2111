/* SPDX-License-Identifier: MIT */
/*
 * throttle.h: how many requests a server is sent at a time, and how fast. Pure: time is an
 * argument, in seconds on any clock that does not run backwards.
 *
 * A server may take so many requests at a time, or so many a second, or both. What it takes is not
 * known, and a refusal (429, 503) does not say which limit was met, nor how soon the next request
 * will be taken: a server with three slots of 50 ms says "Retry-After: 1". So both limits are
 * learned, from what was taken and what was refused, and refusals are to be few:
 *
 * The number. Whatever is under way while a request is refused has been taken: that is the limit.
 * One more is tried now and then, soon where that succeeded last time, else after a patience that
 * doubles up to 8 s; and not close behind another start, which might be why it is refused.
 *
 * The rate. A refusal that the limit should have prevented is due to the rate. The first estimate
 * is what the server has taken in the time since it was first kept busy. From there the rate
 * grows with each round of starts: halfway to the rate that was refused last; then, after a
 * patience of rounds that doubles up to 7, beyond it, by steps that double, too. A refusal brings
 * it back to that of the last round. Starts are spread evenly. If requests are refused at such a
 * rate nevertheless, it is not the rate: it is forgotten, and as large a part of refusals is taken
 * for noise from then on. A server that refuses one in ten by chance would be asked more and more
 * slowly otherwise, and in vain.
 *
 * Doubt. After a refusal that is due to the rate, a single request is the test, and the others
 * wait. The first test comes after a quarter of the usual interval; each that is refused doubles
 * the time to the next. So a server that takes nothing for a while is asked little, and is found
 * soon when it is back. The estimate is then made anew, over all that time: that is right for one
 * that takes so many a minute.
 *
 * What a server says of its limits in an answer, that nothing remains until some time, is believed:
 * nothing is started before, and nothing learned from that.
 *
 * Retry-After holds back what was refused and what is more than the limit, until requests that came
 * later have been taken: then it has been overtaken. In doubt it holds back everything, but for the
 * first two tests of a server that has been taking requests, because where the time is too long
 * that is what shows it.
 */
#ifndef OC_THROTTLE_H
#define OC_THROTTLE_H

#include "oc.h"

/* Requests that were taken, or are not known to be refused. */
struct oc_throttle_count {
	double n;
	double since;
};

struct oc_throttle {
	unsigned ceiling; /* of requests under way */
	unsigned limit;   /* now; 1 to ceiling */
	double patience;  /* s between two tries of one more */
	double more_at;   /* when the next one may be made */
	bool more_taken;  /* the last one was not refused */

	double most;          /* starts per second that the caller wants; HUGE_VAL = any number */
	double rate;          /* that the server takes; HUGE_VAL = any number */
	double good;          /* the rate of the last round since a refusal; 0 = none yet */
	double bad;           /* the rate that was refused last; 0 = not known */
	double step;          /* by which part of it the rate grows beyond that */
	unsigned rounds_left; /* before it does */
	unsigned rounds_to_wait; /* after a refusal */
	struct oc_throttle_count round;
	struct oc_throttle_count busy; /* since the server is kept busy */
	bool idle;                     /* there was nothing to send */
	double tokens;                 /* starts that may be made at once, */
	double counted_at;             /* when they were counted last */
	double started_at;             /* the last start */
	double interval;               /* s between starts, lately */

	double sample;     /* requests that the next is about; at most 64 */
	double refused;    /* which part of the last ones was */
	double noise;      /* which part would be at any rate */
	double estimate;   /* of the rate */
	double sent_since; /* requests since then */
	double refused_since;

	unsigned doubts;   /* refusals in a row that are due to the rate */
	bool testing;      /* a test is under way */
	double gap;        /* s from the last refusal to the next test */
	double gap_max;    /* s */
	double quiet_till; /* nothing is started before */
	double held_till;  /* the time that the server named */
	double spent_till; /* until then nothing remains, as it said beforehand */
	double refused_at; /* the last refusal */
	double delay;      /* s that it took */
	bool has_taken;    /* any request, ever */
};

/* What is to be kept of a request until it ends. */
struct oc_throttle_start {
	double at;
	bool more; /* it was one more than the limit */
};

/* rate: requests per second, 0 = no limit. gap_max: s, the longest time between two tests. */
void oc_throttle_init(struct oc_throttle *t, unsigned ceiling, double rate, double gap_max,
                      double now);

/* Who is to be sent. */
enum oc_throttle_who {
	OC_THROTTLE_FRESH,
	OC_THROTTLE_AGAIN,   /* it was refused before */
	OC_THROTTLE_SUSPECT, /* it was perhaps refused for what it is: it is no good test */
};

/* How long until the next request may start, with so many under way: 0 = now; HUGE_VAL = not
 * before one of them has ended. */
double oc_throttle_wait(struct oc_throttle *t, unsigned running, enum oc_throttle_who who,
                        double now);

/* A request starts, with so many others under way. */
struct oc_throttle_start oc_throttle_started(struct oc_throttle *t, unsigned others, double now);

/* There is nothing to start: what the server takes is not what it can take. */
void oc_throttle_idle(struct oc_throttle *t);

/* A request has been taken; how it ended does not matter. */
void oc_throttle_taken(struct oc_throttle *t, const struct oc_throttle_start *start, double now);

/* A request was refused as one too many, while so many others were under way. wish: s, how long the
 * server wants to be left alone; < 0 = it does not say. */
void oc_throttle_refused(struct oc_throttle *t, const struct oc_throttle_start *start,
                         unsigned others, double wish, double now);

/* The server has said, before it refuses anything, that it takes no more for so many seconds. */
void oc_throttle_spent(struct oc_throttle *t, double seconds, double now);

/* A suspect was refused, which says nothing. */
void oc_throttle_void(struct oc_throttle *t, double now);

#endif
