/* SPDX-License-Identifier: MIT */
/* connect.c: which server is asked, with which key, and for how long. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "connect.h"

#define YEAR 31536000.0 /* s; no limit needs to be longer */

enum { KEY_FILE_MAX = 64 * 1024 };

enum {
	OPT_TIMEOUT = CLI_LONG + 100,
	OPT_MAX_TIME,
	OPT_CACERT,
	OPT_PROXY,
	OPT_MAX_RETRIES,
	OPT_BACKOFF_FACTOR,
};

const struct cli_option connect_options[] = {
        {'b', "base-url", "URL", "the server; default " OC_BASE_URL},
        {'k', "api-key-file", "FILE", "read the API key from the first line of FILE"},
        {OPT_TIMEOUT, "timeout", "SECONDS",
         "longest silence of the server; default 30, 0 = no limit"},
        {OPT_MAX_TIME, "max-time", "SECONDS", "deadline for everything; default none"},
        {OPT_CACERT, "cacert", "FILE", "trust the certificates in FILE (PEM)"},
        {OPT_PROXY, "proxy", "URL", "go through this proxy"},
        {'v', "verbose", NULL, "report the progress on standard error"},
        {'q', "quiet", NULL, "report errors only"},
        {0},
};

const struct cli_option connect_retry_options[] = {
        {OPT_MAX_RETRIES, "max-retries", "N", "retries after the first try; default 3"},
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
	oc_buf_init(&connect->key, KEY_FILE_MAX);
}

void connect_release(struct connect *connect)
{
	oc_buf_release(&connect->key);
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
	case OPT_TIMEOUT:
		config->timeout = cli_double(id, arg, 0, YEAR);
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

OC_NORETURN static void bad_key_file(const char *path, const char *why)
{
	cli_die(CLI_CONFIG, "the key file %s cannot be used: %s", path, why);
}

/* Reads until the first line is complete; a file without end is no key file. */
static void read_line(struct oc_buf *line, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char block[4096];
	ssize_t n = 1;

	/* The name of a file that is not there may be a key, by mistake: it must not be logged. */
	if (fd < 0 && errno == ENOENT && !strchr(path, '/'))
		cli_die(CLI_CONFIG,
		        "no such key file; --api-key-file takes the name of a file, never "
		        "the key itself");
	if (fd < 0)
		bad_key_file(path, strerror(errno));
	while (n && !memchr(line->p, '\n', line->n)) {
		n = read(fd, block, sizeof block);
		if (n < 0 && errno != EINTR)
			bad_key_file(path, strerror(errno));
		if (n > 0)
			oc_buf_add(line, block, (size_t)n);
		if (line->bad)
			bad_key_file(path, "its first line is too long");
	}
	(void)close(fd);
}

static void read_key(struct oc_buf *key, const char *path)
{
	const char *end;

	read_line(key, path);
	end = memchr(key->p, '\n', key->n);
	if (end)
		key->n = (size_t)(end - key->p);
	if (key->n && key->p[key->n - 1] == '\r')
		key->n--;
	key->p[key->n] = '\0';
	if (!key->n)
		bad_key_file(path, "its first line is empty");
	if (strlen(key->p) != key->n)
		bad_key_file(path, "there is a NUL byte in its first line");
}

void connect_finish(struct connect *connect)
{
	struct oc_config *config = &connect->config;
	const char *cloud_key = cli_env("OLLAMA_CLOUD_API_KEY");
	const char *ollama_key = cli_env("OLLAMA_API_KEY");

	if (!config->base_url)
		config->base_url = cli_env("OLLAMA_CLOUD_BASE_URL");
	if (!config->base_url) {
		bool ollama = ollama_key && !cloud_key && !connect->key_file;

		/* Each key belongs to a host. */
		config->base_url = ollama ? OC_BASE_URL_OLLAMA : OC_BASE_URL;
		connect->default_host = true;
	}
	if (!config->ca_file)
		config->ca_file = cli_env("SSL_CERT_FILE");
	config->api_key = cloud_key ? cloud_key : ollama_key;
	if (connect->key_file) {
		read_key(&connect->key, connect->key_file);
		config->api_key = connect->key.p;
	}
}

void connect_die(const struct connect *connect, const struct oc_err *err)
{
	enum cli_status status = cli_status_of(err->code);

	if (err->code == OC_ESTOPPED)
		cli_die_of_sigpipe();
	if (err->code == OC_EHOST && connect->default_host)
		cli_die(status,
		        "%s; another server is named with --base-url or OLLAMA_CLOUD_BASE_URL, for "
		        "example " OC_BASE_URL_OLLAMA,
		        err->message);
	cli_die(status, "%s", err->message);
}
