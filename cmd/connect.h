/* SPDX-License-Identifier: MIT */
/* connect.h: the options that say which server is asked, with which key, and for how long; and what
 * follows from them, in server.c, so that a program that asks nobody need not have it. */
#ifndef CONNECT_H
#define CONNECT_H

#include "headers.h"
#include "http/url.h"
#include "text/buf.h"

struct connect {
	struct oc_config config;                 /* complete after connect_finish() */
	struct oc_server server;                 /* what its base_url says; likewise */
	bool has_timeout, has_wait, has_retries; /* by an option */
	const char *key_file;
	struct oc_buf key; /* that of key_file */
	struct headers headers;
	struct oc_buf url; /* the base URL that OLLAMA_HOST stands for; empty = it does not count */
	bool default_host; /* nothing named a server */

	const char *withheld; /* the key of the environment is not sent: what to do about that */
};

extern const struct cli_option connect_options[];
extern const struct cli_option connect_retry_options[]; /* for commands that retry */

void connect_init(struct connect *connect);

/* True if the option was one of ours. */
bool connect_option(struct connect *connect, int id, const char *arg);

/* After the last option: reads the environment and, unless nobody will be asked, the key file, so
 * that config is complete. Ends the program where the base URL or the key file is unusable. */
void connect_finish(struct connect *connect, bool offline);

/* What the user can do about an error of the library, to be put behind its message; or "". */
const char *connect_advice(const struct connect *connect, const struct oc_err *err);

/* Reports an error of the library and ends the program with its status, or as
 * cli_reader_left() where it is that the reader of standard output has gone. */
void connect_die(const struct connect *connect, const struct oc_err *err) OC_NORETURN;

#endif
