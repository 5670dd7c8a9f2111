/* SPDX-License-Identifier: MIT */
/*
 * loopback.h: the loopback server (tests/fake) for unit programs. A test gives it a script.
 */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include "unit.h"

#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static char base_url[128]; /* of the server that serve() started last */
static pid_t loopback_server;

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
	size_t size = strlen(script);
	char program[512];
	int in[2], out[2];
	ssize_t n;

	if (loopback_server)
		loopback_stop();
	else
		CHECK_INT(atexit(loopback_stop), 0);
	(void)snprintf(program, sizeof program, "%s/fake", build ? build : "build");
	CHECK(pipe(in) == 0 && pipe(out) == 0);
	CHECK(size <= PIPE_BUF && write(in[1], script, size) == (ssize_t)size);
	(void)close(in[1]);
	loopback_server = fork();
	if (loopback_server == 0) {
		(void)dup2(in[0], STDIN_FILENO);
		(void)dup2(out[1], STDOUT_FILENO);
		(void)close(in[0]);
		(void)close(out[0]);
		(void)close(out[1]);
		execl(program, "fake", "--seconds", "120", "/dev/stdin", (char *)NULL);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	n = read(out[0], base_url, sizeof base_url - 8);
	(void)close(out[0]);
	CHECK(n > 1);
	(void)snprintf(base_url + n - 1, 8, "/v1"); /* in place of the newline */
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

static inline struct oc_request request(void)
{
	struct oc_request req;

	oc_request_init(&req);
	req.model = "m";
	req.prompt = (struct oc_text){"hi", 2};
	return req;
}

#endif
