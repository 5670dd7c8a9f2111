/* SPDX-License-Identifier: MIT */
/* client.c: where calls go, and what many calls share. */
#include "compat.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#include "call/client.h"
#include "http/header.h"
#include "text/err.h"
#include "text/text.h"

static int check_key(const char *key, struct oc_err *err)
{
	for (; *key; key++) {
		if (*key < 0x21 || *key > 0x7e)
			return oc_err_set(
			        err, OC_ECONFIG,
			        "the API key contains a character that a key cannot have: "
			        "only visible ASCII is possible");
	}
	return OC_OK;
}

/* The message does not repeat the URL, which may hold a password. */
static int check_proxy(const char *url, struct oc_err *err)
{
	static const char *const schemes[] = {"http",    "https",  "socks4",
	                                      "socks4a", "socks5", "socks5h"};
	const char *end = strstr(url, "://");

	for (size_t i = 0; end && i < OC_COUNT(schemes); i++) {
		if (oc_text_is_like((struct oc_text){url, (size_t)(end - url)}, schemes[i]))
			return OC_OK;
	}
	if (!end)
		return OC_OK;
	return oc_err_set(err, OC_EARG,
	                  "the proxy's URL begins with none of http, https, socks4, socks4a, "
	                  "socks5, socks5h");
}

static int check_headers(const struct oc_config *cfg, struct oc_err *err)
{
	int rc = OC_OK;

	if (cfg->nheaders > OC_HEADERS_MAX)
		return oc_err_set(err, OC_EARG, "%zu headers are too many: at most %zu",
		                  cfg->nheaders, OC_HEADERS_MAX);
	for (size_t i = 0; i < cfg->nheaders && !rc; i++)
		rc = oc_header_check(cfg->headers[i], err);
	return rc;
}

static int check_config(const struct oc_config *cfg, const struct oc_server *server,
                        struct oc_err *err)
{
	bool has_key = cfg->api_key && *cfg->api_key;

	/* NaN is no limit, either. */
	if (!(cfg->timeout >= 0 && cfg->wait >= 0 && cfg->max_time >= 0))
		return oc_err_set(err, OC_EARG, "a time limit must not be negative");
	if (cfg->proxy && check_proxy(cfg->proxy, err))
		return OC_EARG;
	if (check_headers(cfg, err))
		return OC_EARG;
	if (cfg->max_retries < OC_RETRY_ON || !(cfg->backoff_factor >= 0))
		return oc_err_set(err, OC_EARG, "retries and back-off must not be negative");
	if (cfg->max_retries == OC_RETRY_ON && cfg->max_time <= 0)
		return oc_err_set(err, OC_EARG, "retries without end need a deadline");
	if (!has_key && server->needs_key)
		return oc_err_set(err, OC_ENOKEY, "no API key for %s", server->base_url);
	if (has_key && oc_server_is_open(server) && !cfg->key_in_clear)
		return oc_err_set(err, OC_ECONFIG,
		                  "%s would get the API key unencrypted: use https",
		                  server->base_url);
	/* libcurl would only find out when it needs the file, and not name it. */
	if (cfg->ca_file && server->encrypted && access(cfg->ca_file, R_OK) < 0)
		return oc_err_set(err, OC_ECONFIG, "cannot read the certificates in %s: %s",
		                  cfg->ca_file, strerror(errno));
	return has_key ? check_key(cfg->api_key, err) : OC_OK;
}

static int find_server(const struct oc_config *cfg, struct oc_server *server, struct oc_err *err)
{
	if (cfg->size != sizeof *cfg)
		return oc_err_set(err, OC_EARG, "the configuration is not oc_config_init()'s");
	return oc_server_init(server, cfg->base_url ? cfg->base_url : OC_BASE_URL, err);
}

int oc_config_check(const struct oc_config *cfg, struct oc_err *err)
{
	struct oc_server server = {.base_url = NULL};
	int rc = find_server(cfg, &server, err);

	if (rc)
		return rc;
	rc = check_config(cfg, &server, err);
	oc_server_release(&server);
	return rc;
}

static int keep_secrets(struct oc_client *client)
{
	const struct oc_config *cfg = client->cfg;
	struct oc_secrets *secrets = &client->secrets;
	const char *key = cfg->api_key ? cfg->api_key : "";
	int rc = oc_secrets_add(secrets, oc_text_of(key));

	client->has_key = *key;
	if (!rc && cfg->proxy)
		rc = oc_secrets_add_url(secrets, cfg->proxy);
	if (!rc)
		rc = oc_secrets_add_query(secrets, client->server.query);
	for (size_t i = 0; i < cfg->nsecrets && !rc; i++)
		rc = oc_secrets_add(secrets, cfg->secrets[i]);
	for (size_t i = 0; i < cfg->nheaders && !rc; i++) {
		if (!oc_secret_is_named(oc_header_name(cfg->headers[i])))
			continue;
		client->has_key = true;
		rc = oc_secrets_add(secrets, oc_header_value(cfg->headers[i]));
	}
	return rc;
}

int oc_client_init(struct oc_client *client, const struct oc_config *cfg, long max_connections,
                   struct oc_err *err)
{
	int rc = oc_config_check(cfg, err);

	return rc ? rc : oc_client_open(client, cfg, max_connections, err);
}

int oc_client_open(struct oc_client *client, const struct oc_config *cfg, long max_connections,
                   struct oc_err *err)
{
	uint64_t seed;
	int rc;

	*client = (struct oc_client){.cfg = cfg};
	rc = find_server(cfg, &client->server, err);
	if (rc)
		return rc;
	if (keep_secrets(client))
		rc = oc_err_nomem(err);
	else
		rc = oc_http_new(cfg, &client->server, max_connections, &client->http, err);
	if (rc) {
		oc_client_release(client);
		return rc;
	}
	/* Processes that a script starts together must not retry together. */
	seed = (uint64_t)(oc_now() * 1e9) ^ ((uint64_t)getpid() << 32);
	memcpy(client->random, &seed, sizeof client->random);
	return OC_OK;
}

void oc_client_release(struct oc_client *client)
{
	oc_http_free(client->http);
	oc_secrets_release(&client->secrets);
	oc_server_release(&client->server);
	*client = (struct oc_client){.cfg = NULL};
}

void oc_client_log(const struct oc_client *client, const char *fmt, ...)
{
	char line[OC_ERR_MESSAGE_MAX];
	va_list ap;

	if (!client->cfg->log)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	oc_secrets_mask_string(&client->secrets, line);
	client->cfg->log(client->cfg->log_ctx, line);
}

double oc_client_deadline(const struct oc_client *client, double started)
{
	return client->cfg->max_time > 0 ? started + client->cfg->max_time : 0;
}

int oc_client_enter(const struct oc_client *client, double *wait, struct oc_err *err)
{
	const struct oc_config *cfg = client->cfg;

	*wait = 0;
	return cfg->enter ? cfg->enter(cfg->enter_ctx, wait, err) : OC_OK;
}

void oc_client_leave(const struct oc_client *client, bool sent)
{
	if (client->cfg->leave)
		client->cfg->leave(client->cfg->enter_ctx, sent);
}

int oc_client_too_late(const struct oc_client *client, struct oc_err *err)
{
	return oc_err_set(err, OC_ETIMEOUT,
	                  "%s: the deadline has passed before the request had its turn",
	                  client->server.base_url);
}
