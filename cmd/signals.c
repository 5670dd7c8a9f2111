/* SPDX-License-Identifier: MIT */
/* signals.c: INT, TERM and HUP as something to wait for. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "signals.h"

/* What handlers need: where to write, and how long to wait. Set once, but for `caught`. */
static int wake = -1;
static unsigned wait_for;
static volatile sig_atomic_t caught;

static void on_signal(int sig)
{
	int error = errno;
	const char byte = (char)sig;

	caught = sig;
	if (write(wake, &byte, 1) < 0) {
		/* The pipe is full of signals: the reader will wake up. */
	}
	(void)alarm(wait_for);
	errno = error;
}

/* The program is stuck in a write, perhaps. */
static void on_alarm(int sig)
{
	(void)sig;
	(void)signal(caught, SIG_DFL);
	(void)raise(caught);
}

int signals_open(unsigned grace)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	const struct sigaction action = {
	        .sa_handler = on_signal,
	        .sa_flags = SA_RESTART | (int)SA_RESETHAND,
	};
	struct sigaction before;
	int ends[2];

	if (pipe(ends) < 0)
		cli_die(CLI_OSERR, "cannot make a pipe: %s", strerror(errno));
	for (int i = 0; i < 2; i++) {
		(void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
		(void)fcntl(ends[i], F_SETFL, O_NONBLOCK);
	}
	wake = ends[1];
	wait_for = grace;
	(void)signal(SIGALRM, on_alarm);
	for (size_t i = 0; i < OC_COUNT(signals); i++) {
		if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			(void)sigaction(signals[i], &action, NULL);
	}
	return ends[0];
}

int signals_take(int fd)
{
	char byte;

	return read(fd, &byte, 1) == 1 ? byte : 0;
}
