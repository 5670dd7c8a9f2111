/* SPDX-License-Identifier: MIT */
/*
 * loopback.h: the loopback server (tests/fake) for unit programs. A test gives it a script; main
 * calls loopback_init() first and loopback_end() last.
 */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static char loopback_script[] = "/tmp/oc-unit.XXXXXX";
static char base_url[128]; /* of the server that serve() started last */
static pid_t loopback_server;

static inline int loopback_init(void)
{
	int fd = mkstemp(loopback_script);

	if (fd < 0) {
		perror(loopback_script);
		return 1;
	}
	return close(fd);
}

static inline void loopback_stop(void)
{
	if (loopback_server > 0) {
		(void)kill(loopback_server, SIGTERM);
		(void)waitpid(loopback_server, NULL, 0);
	}
	loopback_server = 0;
}

/* Starts the server on this script, in place of the one before. */
static inline void serve(const char *script)
{
	const char *build = getenv("B");
	char program[512];
	int out[2];
	ssize_t n;
	FILE *f = fopen(loopback_script, "w");

	loopback_stop();
	CHECK(f && fputs(script, f) >= 0 && fclose(f) == 0);
	(void)snprintf(program, sizeof program, "%s/fake", build ? build : "build");
	CHECK_INT(pipe(out), 0);
	loopback_server = fork();
	if (loopback_server == 0) {
		(void)dup2(out[1], STDOUT_FILENO);
		(void)close(out[0]);
		(void)close(out[1]);
		execl(program, "fake", "--seconds", "120", loopback_script, (char *)NULL);
		_exit(127);
	}
	(void)close(out[1]);
	n = read(out[0], base_url, sizeof base_url - 8);
	(void)close(out[0]);
	CHECK(n > 1);
	(void)snprintf(base_url + n - 1, 8, "/v1"); /* in place of the newline */
}

static inline void loopback_end(void)
{
	loopback_stop();
	(void)unlink(loopback_script);
}

/* For a call to the server that was started last; its waits are short. */
static inline struct oc_config config(void)
{
	struct oc_config cfg;

	oc_config_init(&cfg);
	cfg.base_url = base_url;
	cfg.backoff_factor = 0.001;
	return cfg;
}

#endif
