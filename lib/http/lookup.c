/* SPDX-License-Identifier: MIT */
/* lookup.c: why a name could not be resolved. */
#include "compat.h"

#include <math.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include "http/lookup.h"

/* macOS waits by the time of day, and by nothing else. */
#ifdef __APPLE__
#	define CLOCK                               CLOCK_REALTIME
#	define pthread_condattr_setclock(a, clock) 0
#else
#	define CLOCK CLOCK_MONOTONIC
#endif

/* What the thread and its maker share; whoever comes last releases it. */
struct question {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	bool done;
	bool abandoned;
	int result; /* of getaddrinfo() */
	char host[];
};

static void release(struct question *q)
{
	(void)pthread_cond_destroy(&q->answered);
	(void)pthread_mutex_destroy(&q->lock);
	free(q);
}

static void *ask(void *ctx)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct question *q = ctx;
	struct addrinfo *found = NULL;
	int result = getaddrinfo(q->host, NULL, &hints, &found);
	bool abandoned;

	if (result == 0)
		freeaddrinfo(found);
	(void)pthread_mutex_lock(&q->lock);
	q->result = result;
	q->done = true;
	abandoned = q->abandoned;
	(void)pthread_cond_signal(&q->answered);
	(void)pthread_mutex_unlock(&q->lock);
	if (abandoned)
		release(q);
	return NULL;
}

static struct question *new_question(const char *host)
{
	size_t n = strlen(host) + 1;
	struct question *q = calloc(1, sizeof *q + n);
	pthread_condattr_t attributes;

	if (!q)
		return NULL;
	memcpy(q->host, host, n);
	(void)pthread_mutex_init(&q->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK);
	(void)pthread_cond_init(&q->answered, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	return q;
}

/* The program's signals are none of the thread's business. */
static bool start(struct question *q)
{
	pthread_t thread;
	sigset_t all, before;
	int rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&thread, NULL, ask, q);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		(void)pthread_detach(thread);
	return rc == 0;
}

static struct timespec in(double seconds)
{
	struct timespec ts;
	double whole = floor(seconds);

	(void)clock_gettime(CLOCK, &ts);
	ts.tv_sec += (time_t)whole;
	ts.tv_nsec += (long)((seconds - whole) * 1e9);
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_sec++;
		ts.tv_nsec -= 1000000000;
	}
	return ts;
}

static bool is_final(int result)
{
	switch (result) {
	case 0:
	case EAI_AGAIN:
	case EAI_FAIL:
	case EAI_MEMORY:
	case EAI_SYSTEM:
		return false;
	default:
		return true;
	}
}

bool oc_lookup_is_missing(const char *host, double limit)
{
	struct timespec end = in(limit > 0 ? limit : 0);
	struct question *q = new_question(host);
	bool done, missing;
	int rc = 0;

	if (!q)
		return false;
	if (!start(q)) {
		release(q);
		return false;
	}
	(void)pthread_mutex_lock(&q->lock);
	while (!q->done && rc == 0)
		rc = pthread_cond_timedwait(&q->answered, &q->lock, &end);
	done = q->done;
	missing = done && is_final(q->result);
	q->abandoned = true;
	(void)pthread_mutex_unlock(&q->lock);
	if (done)
		release(q);
	return missing;
}
