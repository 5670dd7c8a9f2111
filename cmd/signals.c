/* SPDX-License-Identifier: MIT */
/* signals.c: which signals end a program, what they wake first, and which files go with them. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "signals.h"

static const int deadly[] = {SIGINT, SIGTERM, SIGHUP};

/* What handlers look at. */
static const char *volatile files[SIGNALS_FILES];
static volatile sig_atomic_t wake = -1; /* the end of a pipe; -1 = nobody waits for signals */
static volatile sig_atomic_t caught;
static unsigned wait_for;

static bool pipe_ignored;

/* ---- files ---- */

static void remove_files(void)
{
	for (size_t i = 0; i < SIGNALS_FILES; i++) {
		const char *name = files[i];

		files[i] = NULL;
		if (name)
			(void)unlink(name);
	}
}

static const char *volatile *slot_of(const char *name)
{
	for (size_t i = 0; i < SIGNALS_FILES; i++) {
		if (files[i] == name)
			return &files[i];
	}
	return NULL;
}

/* Six characters that nobody else has chosen; if somebody has, others come with the next try. */
static void fill_in(char *to, unsigned try)
{
	static const char letters[] =
	        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	struct timespec now = {0};
	uint64_t x;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	x = (uint64_t)now.tv_nsec + ((uint64_t)now.tv_sec << 30) + ((uint64_t)getpid() << 40);
	x = (x ^ (x >> 31)) * 0x9e3779b97f4a7c15 + try;
	for (int i = 0; i < 6; i++, x /= sizeof letters - 1)
		to[i] = letters[x % (sizeof letters - 1)];
}

int signals_make_file(char *name, mode_t mode)
{
	const char *volatile *slot = slot_of(NULL);
	char *end = name + strlen(name) - 6;
	int fd = -1;

	errno = EMFILE;
	for (unsigned try = 0; slot && try < 100; try++) {
		fill_in(end, try);
		/* First the name, so that no signal comes between the file and its name. */
		*slot = name;
		fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, mode);
		if (fd >= 0)
			break;
		*slot = NULL;
		if (errno != EEXIST)
			break;
	}
	return fd;
}

void signals_guard_file(const char *name)
{
	const char *volatile *slot = slot_of(NULL);

	if (slot)
		*slot = name;
}

void signals_keep_file(const char *name)
{
	const char *volatile *slot = slot_of(name);

	if (name && slot)
		*slot = NULL;
}

/* ---- signals ---- */

void signals_die(int sig)
{
	sigset_t only;

	remove_files();
	(void)signal(sig, SIG_DFL);
	(void)sigemptyset(&only);
	(void)sigaddset(&only, sig);
	(void)raise(sig);
	(void)sigprocmask(SIG_UNBLOCK, &only, NULL);
	_exit(128 + sig);
}

/* Is it the same event once more? timeout(1) signals its child, and then the group of it. */
static bool is_echo(int sig)
{
	enum { ECHO = 200 * 1000 * 1000 }; /* ns */
	static struct timespec before;
	struct timespec now = {0};
	int64_t ns;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	ns = (int64_t)(now.tv_sec - before.tv_sec) * 1000000000 + now.tv_nsec - before.tv_nsec;
	if (!caught)
		before = now;
	return caught == sig && ns < ECHO;
}

static void on_signal(int sig)
{
	int error = errno;
	const char byte = (char)sig;

	if (wake >= 0 && is_echo(sig))
		return;
	if (wake < 0 || caught)
		signals_die(sig);
	caught = sig;
	if (write(wake, &byte, 1) < 0) {
		/* It cannot be full: there is one signal at most. */
	}
	(void)alarm(wait_for);
	errno = error;
}

/* The program is stuck in a write, perhaps. */
static void on_alarm(int sig)
{
	(void)sig;
	signals_die(caught);
}

/* A handler, because a signal that is ignored would be so after an exec, too. */
static void on_failed_write(int sig)
{
	(void)sig;
}

/* True if the caller has us ignore the signal: then it stays so. */
static bool handle(int sig, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
	struct sigaction before;

	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < OC_COUNT(deadly); i++)
		(void)sigaddset(&action.sa_mask, deadly[i]);
	if (sigaction(sig, NULL, &before) < 0 || before.sa_handler == SIG_IGN)
		return true;
	(void)sigaction(sig, &action, NULL);
	return false;
}

void signals_init(void)
{
	for (size_t i = 0; i < OC_COUNT(deadly); i++)
		(void)handle(deadly[i], on_signal);
	pipe_ignored = handle(SIGPIPE, on_failed_write);
	(void)handle(SIGXFSZ, on_failed_write);
	(void)atexit(remove_files);
}

bool signals_pipe_ignored(void)
{
	return pipe_ignored;
}

int signals_open(unsigned grace)
{
	int ends[2];

	if (pipe(ends) < 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		(void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
		(void)fcntl(ends[i], F_SETFL, O_NONBLOCK);
	}
	wait_for = grace;
	(void)signal(SIGALRM, on_alarm);
	wake = ends[1];
	return ends[0];
}

int signals_take(int fd)
{
	char byte;

	return read(fd, &byte, 1) == 1 ? byte : 0;
}
