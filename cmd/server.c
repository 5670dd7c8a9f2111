/* SPDX-License-Identifier: MIT */
/* server.c: which server is asked, and with which key: the two go together. */
#include "compat.h"

#include "connect.h"
#include "keyfile.h"
#include "http/ollama.h"
#include "http/secret.h"

/* ---- the server ---- */

static void choose_server(struct connect *connect)
{
	struct oc_config *config = &connect->config;
	bool cloud_key = connect->key_file || cli_env("OLLAMA_CLOUD_API_KEY");
	bool ollama_key = cli_env("OLLAMA_API_KEY");
	const char *ollama_host = cli_env("OLLAMA_HOST");

	if (!config->base_url)
		config->base_url = cli_env("OLLAMA_CLOUD_BASE_URL");
	if (config->base_url)
		return;
	if (!cloud_key && !ollama_key && ollama_host &&
	    oc_ollama_base_url(&connect->url, ollama_host)) {
		cli_need_memory(!connect->url.bad);
		config->base_url = connect->url.p;
		return;
	}
	config->base_url = ollama_key && !cloud_key ? OC_BASE_URL_OLLAMA : OC_BASE_URL;
	connect->default_host = true;
}

/* ---- the key ---- */

/* The key that the environment has for this server, if any. */
static const char *key_of_environment(struct connect *connect)
{
	const struct oc_server *server = &connect->server;
	const char *cloud_key = cli_env("OLLAMA_CLOUD_API_KEY");
	const char *key = cloud_key ? cloud_key : cli_env("OLLAMA_API_KEY");
	const char *why;

	if (!key)
		return NULL;
	if (!cloud_key && !server->needs_key && !server->loopback) {
		why = "it is for Ollama's own servers";
		connect->withheld = "; OLLAMA_API_KEY is for Ollama's own servers: set "
		                    "OLLAMA_CLOUD_API_KEY, or name a key file with --api-key-file";
	} else if (oc_server_is_open(server) && !connect->config.key_in_clear) {
		why = "it would travel unencrypted";
		connect->withheld = "; the key that is set was withheld, because it would travel "
		                    "unencrypted: use https, or send it all the same with "
		                    "--key-in-clear";
	} else {
		return key;
	}
	if (connect->config.log)
		cli_note("the key of %s is not sent to %s: %s",
		         cloud_key ? "OLLAMA_CLOUD_API_KEY" : "OLLAMA_API_KEY", server->base_url,
		         why);
	return NULL;
}

static void choose_key(struct connect *connect)
{
	struct oc_config *config = &connect->config;
	const char *in_clear = cli_env("OLLAMA_CLOUD_KEY_IN_CLEAR");

	if (in_clear && strcmp(in_clear, "1") == 0)
		config->key_in_clear = true;
	if (connect->key_file) {
		keyfile_read(&connect->key, connect->key_file);
		config->api_key = connect->key.p;
	} else {
		config->api_key = key_of_environment(connect);
	}
}

/* The proxy that libcurl would take from the environment; so it can be named. It looks at no_proxy
 * itself. */
static void choose_proxy(struct connect *connect)
{
	static const char *const names[][5] = {
	        {"http_proxy", "all_proxy", "ALL_PROXY"},
	        {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}};
	struct oc_config *config = &connect->config;
	const char *const *name = names[connect->server.encrypted];

	for (; *name && !config->proxy && !connect->server.loopback; name++)
		config->proxy = cli_env(*name);
}

static void complete_headers(struct connect *connect)
{
	struct headers *headers = &connect->headers;
	struct oc_config *config = &connect->config;

	headers_read(headers);
	config->headers = headers->list;
	config->nheaders = headers->n;
	config->secrets = headers->secrets;
	config->nsecrets = headers->nsecrets;
}

/* Is a key sent, be it in a header? */
static bool has_key(const struct connect *connect)
{
	const struct headers *headers = &connect->headers;
	bool has = connect->config.api_key || headers->nsecrets;

	for (size_t i = 0; i < headers->n; i++)
		has = has || oc_secret_is_named(oc_header_name(headers->list[i]));
	return has;
}

void connect_finish(struct connect *connect, bool offline)
{
	struct oc_config *config = &connect->config;
	struct oc_err err = {0};

	/* What one limit says about another that is not given. */
	if (connect->has_timeout && !connect->has_wait)
		config->wait = config->timeout;
	if (config->max_time > 0 && !connect->has_retries)
		config->max_retries = OC_RETRY_ON;
	choose_server(connect);
	if (oc_server_init(&connect->server, config->base_url, &err))
		connect_die(connect, &err);
	choose_proxy(connect);
	if (!offline) {
		choose_key(connect);
		complete_headers(connect);
	}
	if (!config->ca_file)
		config->ca_file = cli_env("SSL_CERT_FILE");
}

/* ---- what is to be done about an error ---- */

const char *connect_advice(const struct connect *connect, const struct oc_err *err)
{
	if (err->by_proxy)
		return "";
	if (err->code == OC_EHOST && connect->default_host)
		return "; another server is named with --base-url or OLLAMA_CLOUD_BASE_URL, for "
		       "example " OC_BASE_URL_OLLAMA;
	if (err->code == OC_EHOST && connect->url.n)
		return "; this is the server that OLLAMA_HOST names";
	if (err->code == OC_ENOKEY && !connect->withheld)
		return ": set OLLAMA_CLOUD_API_KEY or OLLAMA_API_KEY, or name a key file; a local "
		       "Ollama needs none: --base-url http://127.0.0.1:11434/v1";
	if (err->code == OC_ENOKEY)
		return connect->withheld;
	if (err->code == OC_ECONFIG && connect->key_file && !connect->config.key_in_clear &&
	    oc_server_is_open(&connect->server))
		return ", or send it all the same with --key-in-clear";
	/* In the path of plain HTTP it is only the status that tells a proxy. */
	if (err->code == OC_EAUTH && !has_key(connect) && err->http_status &&
	    err->http_status != 407)
		return connect->withheld ? connect->withheld
		                         : "; set OLLAMA_CLOUD_API_KEY, or name a key file with "
		                           "--api-key-file";
	return "";
}

void connect_die(const struct connect *connect, const struct oc_err *err)
{
	if (err->code == OC_ESTOPPED)
		cli_reader_left("standard output");
	cli_die(cli_status_of(err->code), "%s%s", err->message, connect_advice(connect, err));
}
