/* SPDX-License-Identifier: MIT */
/* connect.c: the options that say which server is asked, with which key, and for how long. */
#include "compat.h"

#include "connect.h"
#include "keyfile.h"

#define YEAR 31536000.0 /* s; no limit needs to be longer */

enum {
	OPT_TIMEOUT = CLI_LONG + 100,
	OPT_WAIT,
	OPT_MAX_TIME,
	OPT_CACERT,
	OPT_PROXY,
	OPT_MAX_RETRIES,
	OPT_BACKOFF_FACTOR,
	OPT_KEY_IN_CLEAR,
};

const struct cli_option connect_options[] = {
        {'b', "base-url", "URL", "the server; default " OC_BASE_URL},
        {'k', "api-key-file", "FILE", "read the API key from the first line of FILE"},
        {'H', "header", "HEADER", "send this header, too: NAME: VALUE; or @FILE, one a line"},
        {OPT_KEY_IN_CLEAR, "key-in-clear", NULL, "send the key over plain HTTP, too"},
        {OPT_TIMEOUT, "timeout", "SECONDS",
         "longest silence of the server; default 30, 0 = no limit"},
        {OPT_WAIT, "wait", "SECONDS",
         "longest wait for the answer to begin; default --timeout if given, else 300"},
        {OPT_MAX_TIME, "max-time", "SECONDS", "deadline for everything; default none"},
        {OPT_CACERT, "cacert", "FILE", "trust the certificates in FILE (PEM)"},
        {OPT_PROXY, "proxy", "URL", "go through this proxy"},
        {'v', "verbose", NULL, "report the progress on standard error"},
        {'q', "quiet", NULL, "report errors only"},
        {0},
};

const struct cli_option connect_retry_options[] = {
        {OPT_MAX_RETRIES, "max-retries", "N",
         "retries after the first try; default 3, with --max-time no limit"},
        {OPT_BACKOFF_FACTOR, "backoff-factor", "SECONDS",
         "wait before the first retry, doubled each time; default 0.5"},
        {0},
};

static void log_line(void *ctx, const char *line)
{
	(void)ctx;
	cli_note("%s", line);
}

void connect_init(struct connect *connect)
{
	*connect = (struct connect){.key_file = NULL};
	oc_config_init(&connect->config);
	oc_buf_init(&connect->key, KEYFILE_MAX);
	oc_buf_init(&connect->url, SIZE_MAX / 2);
}

bool connect_option(struct connect *connect, int id, const char *arg)
{
	struct oc_config *config = &connect->config;

	switch (id) {
	case 'b':
		if (!*arg)
			cli_bad_option(id, "the URL is empty");
		config->base_url = arg;
		return true;
	case 'k':
		connect->key_file = arg;
		return true;
	case 'H':
		headers_add(&connect->headers, id, arg);
		return true;
	case OPT_KEY_IN_CLEAR:
		config->key_in_clear = true;
		return true;
	case OPT_TIMEOUT:
		config->timeout = cli_double(id, arg, 0, YEAR);
		connect->has_timeout = true;
		return true;
	case OPT_WAIT:
		config->wait = cli_double(id, arg, 0, YEAR);
		connect->has_wait = true;
		return true;
	case OPT_MAX_TIME:
		config->max_time = cli_double(id, arg, 0, YEAR);
		return true;
	case OPT_CACERT:
		config->ca_file = arg;
		return true;
	case OPT_PROXY:
		config->proxy = arg;
		return true;
	case OPT_MAX_RETRIES:
		config->max_retries = (int)cli_int64(id, arg, 0, 1000);
		connect->has_retries = true;
		return true;
	case OPT_BACKOFF_FACTOR:
		config->backoff_factor = cli_double(id, arg, 0, 3600);
		return true;
	case 'v':
		config->log = log_line;
		return true;
	case 'q':
		cli_set_quiet();
		return true;
	default:
		return false;
	}
}
