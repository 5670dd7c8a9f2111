/* SPDX-License-Identifier: MIT */
/* connect.h: the options that say which server is asked, with which key, and for how long. */
#ifndef CONNECT_H
#define CONNECT_H

#include "buf.h"
#include "cli.h"

struct connect {
	struct oc_config config;
	const char *key_file;
	struct oc_buf key;
	bool default_host; /* nothing named a server */
};

extern const struct cli_option connect_options[];
extern const struct cli_option connect_retry_options[]; /* for commands that retry */

void connect_init(struct connect *connect);

/* True if the option was one of ours. */
bool connect_option(struct connect *connect, int id, const char *arg);

/* After the last option: reads the environment and the key file, so that config is complete. Ends
 * the program with 78 where the key file is unusable. */
void connect_finish(struct connect *connect);
void connect_release(struct connect *connect);

/* Reports an error of the library and ends the program with its status, or by SIGPIPE where it is
 * that the reader has gone. */
void connect_die(const struct connect *connect, const struct oc_err *err) OC_NORETURN;

#endif
