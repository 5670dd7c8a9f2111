/* SPDX-License-Identifier: MIT */
/* lookup.c: why a name could not be resolved. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/lookup.h"
#include "text/clock.h"

/* The thread's own. */
struct question {
	int answer; /* descriptor that takes the result of getaddrinfo() */
	char host[];
};

static void release(struct question *q)
{
	(void)close(q->answer);
	free(q);
}

/* Whoever asked may have gone: SIGPIPE is blocked, like all others. */
static void *ask(void *ctx)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct question *q = ctx;
	struct addrinfo *found = NULL;
	int result = getaddrinfo(q->host, NULL, &hints, &found);
	ssize_t written = write(q->answer, &result, sizeof result);

	(void)written;
	if (result == 0)
		freeaddrinfo(found);
	release(q);
	return NULL;
}

/* Takes the descriptor, which is closed where there will be no answer. The program's signals are
 * none of the thread's business. */
static void start(struct oc_text host, int answer)
{
	struct question *q = malloc(sizeof *q + host.n + 1);
	pthread_t thread;
	sigset_t all, before;

	if (!q) {
		(void)close(answer);
		return;
	}
	q->answer = answer;
	memcpy(q->host, host.p, host.n);
	q->host[host.n] = '\0';
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&thread, NULL, ask, q) == 0)
		(void)pthread_detach(thread);
	else
		release(q);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* The result, if it comes in so many seconds. */
static int wait_for(int answer, double limit)
{
	struct pollfd watch = {.fd = answer, .events = POLLIN};
	double until = oc_now() + limit;
	int result;
	int rc;

	do {
		rc = poll(&watch, 1, (int)ceil(fmax(0, until - oc_now()) * 1000));
	} while (rc < 0 && errno == EINTR);
	if (rc <= 0 || read(answer, &result, sizeof result) != sizeof result)
		return EAI_AGAIN;
	return result;
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

bool oc_lookup_is_missing(struct oc_text host, double limit)
{
	int ends[2];
	int result;

	if (pipe(ends) < 0)
		return false;
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	start(host, ends[1]);
	result = wait_for(ends[0], limit);
	(void)close(ends[0]);
	return is_final(result);
}
