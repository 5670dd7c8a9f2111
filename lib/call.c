/* SPDX-License-Identifier: MIT */
/* call.c: one call from its first try to its last, and what many calls share. */
#include "compat.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <strings.h>
#include <unistd.h>

#include "call.h"
#include "lookup.h"
#include "reply.h"

#define POLL_MAX_MS 3600e3

#define LOOKUP_MAX   2.0  /* s; how long it may take to find out why a name has no address */
#define LOOKUP_VALID 10.0 /* s; how long that is believed */

/* ---- set-up ---- */

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
		if (strlen(schemes[i]) == (size_t)(end - url) &&
		    strncasecmp(url, schemes[i], (size_t)(end - url)) == 0)
			return OC_OK;
	}
	if (!end)
		return OC_OK;
	return oc_err_set(err, OC_EARG,
	                  "the proxy's URL begins with none of http, https, socks4, socks4a, "
	                  "socks5, socks5h");
}

static bool is_limit(double seconds)
{
	return !isnan(seconds) && seconds >= 0;
}

static int check_config(const struct oc_config *cfg, const struct oc_server *server,
                        struct oc_err *err)
{
	bool has_key = cfg->api_key && *cfg->api_key;

	if (!is_limit(cfg->timeout) || !is_limit(cfg->wait) || !is_limit(cfg->max_time))
		return oc_err_set(err, OC_EARG, "a time limit must not be negative");
	if (cfg->proxy && check_proxy(cfg->proxy, err))
		return OC_EARG;
	if (cfg->max_retries < OC_RETRY_ON || !is_limit(cfg->backoff_factor))
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

/* The server that cfg names, if cfg is fit for it. */
static int find_server(const struct oc_config *cfg, struct oc_server *server, struct oc_err *err)
{
	int rc = oc_server_init(server, cfg->base_url ? cfg->base_url : OC_BASE_URL, err);

	if (rc)
		return rc;
	rc = check_config(cfg, server, err);
	if (rc)
		oc_server_release(server);
	return rc;
}

int oc_config_check(const struct oc_config *cfg, struct oc_err *err)
{
	struct oc_server server;
	int rc = find_server(cfg, &server, err);

	if (!rc)
		oc_server_release(&server);
	return rc;
}

static int keep_secrets(struct oc_client *client)
{
	const struct oc_config *cfg = client->cfg;
	struct oc_secrets *secrets = &client->secrets;
	const char *key = cfg->api_key ? cfg->api_key : "";
	int rc = oc_secrets_add(secrets, (struct oc_text){key, strlen(key)});

	if (!rc && cfg->proxy)
		rc = oc_secrets_add_url(secrets, cfg->proxy);
	if (!rc)
		rc = oc_secrets_add_query(secrets, client->server.query);
	for (size_t i = 0; i < cfg->nsecrets && !rc; i++)
		rc = oc_secrets_add(secrets, cfg->secrets[i]);
	return rc;
}

int oc_client_init(struct oc_client *client, const struct oc_config *cfg, long max_connections,
                   struct oc_err *err)
{
	struct oc_http_config http_config = {
	        .ca_file = cfg->ca_file,
	        .proxy = cfg->proxy,
	        .max_connections = max_connections,
	};
	uint64_t seed;
	int rc;

	*client = (struct oc_client){.cfg = cfg};
	rc = find_server(cfg, &client->server, err);
	if (rc)
		return rc;
	http_config.loopback = client->server.loopback;
	rc = keep_secrets(client) ? oc_err_nomem(err)
	                          : oc_http_new(&http_config, &client->http, err);
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

void oc_client_conceal(const struct oc_client *client, struct oc_attempt *a)
{
	const struct oc_secrets *secrets = &client->secrets;

	oc_secrets_mask_string(secrets, a->err.message);
	oc_secrets_mask_string(secrets, a->x.request_id);
	oc_secrets_mask_string(secrets, a->reply->model);
	oc_secrets_mask_string(secrets, a->reply->id);
	oc_secrets_mask_string(secrets, a->reply->finish_reason);
}

/* ---- one call ---- */

void oc_call_init(struct oc_call *call, struct oc_client *client, const char *url,
                  struct oc_reply *reply)
{
	const struct oc_config *cfg = client->cfg;

	*call = (struct oc_call){.client = client, .started = oc_now()};
	call->max_retries = cfg->max_retries;
	call->attempt.server = &client->server;
	call->attempt.api_key = cfg->api_key;
	call->attempt.url = url;
	call->attempt.timeout = cfg->timeout;
	call->attempt.wait = cfg->wait;
	call->attempt.deadline = oc_client_deadline(client, call->started);
	call->attempt.reply = reply;
}

/* Has the reader behind this descriptor gone? */
static bool hung_up(const struct pollfd *watch)
{
	return watch->revents & (POLLERR | POLLHUP | POLLNVAL);
}

static int reader_left(struct oc_err *err)
{
	return oc_err_set(err, OC_ESTOPPED, "the reader of the answer has gone");
}

/* Waits between two tries. */
static int pause_for(const struct oc_call *call, double seconds, struct oc_err *err)
{
	double until = oc_now() + seconds;
	struct pollfd watch = {.fd = call->client->cfg->watch_fd}; /* poll() ignores -1 */

	for (;;) {
		double left = until - oc_now();

		if (left <= 0)
			return OC_OK;
		if (poll(&watch, 1, (int)fmin(ceil(left * 1000), POLL_MAX_MS)) < 0 &&
		    errno != EINTR)
			return oc_err_set(err, OC_ESYS, "poll: %s", strerror(errno));
		if (hung_up(&watch))
			return reader_left(err);
	}
}

static void log_attempt(const struct oc_call *call)
{
	const struct oc_attempt *a = &call->attempt;
	char told[OC_ATTEMPT_TOLD_MAX];

	oc_client_log(call->client,
	              "try %d: %s (connected %.3f s, first byte %.3f s), %" PRIu64
	              " bytes received",
	              a->reply->attempts, oc_attempt_tell(a, told), a->x.connected_after,
	              a->x.first_byte_after, a->x.received);
}

/* One try, from its start to its end. The result is the attempt's err. */
static void try_once(struct oc_call *call)
{
	struct oc_attempt *a = &call->attempt;
	struct oc_http *http = call->client->http;
	struct pollfd watch = {.fd = call->client->cfg->watch_fd};
	unsigned nwatch = watch.fd >= 0 ? 1 : 0;
	struct oc_err err = {0};

	a->reply->attempts++;
	oc_client_log(call->client, "try %d: %s %.*s, %zu bytes of body", a->reply->attempts,
	              a->body.p ? "POST" : "GET", (int)strcspn(a->url, "?"), a->url, a->body.n);
	if (oc_attempt_start(a, http, &err)) {
		a->err = err;
		return;
	}
	while (!oc_attempt_done(a)) {
		int rc = oc_http_step(http, -1, &watch, nwatch, &err);

		if (!rc && hung_up(&watch))
			rc = reader_left(&err);
		if (rc) {
			a->err = err;
			a->err.http_status = a->reply->http_status = a->x.status;
			return;
		}
	}
	log_attempt(call);
}

struct oc_failure oc_client_failure(struct oc_client *client, const struct oc_attempt *a,
                                    double started)
{
	const struct oc_config *cfg = client->cfg;
	double now = oc_now();
	double deadline = oc_client_deadline(client, started);

	return (struct oc_failure){
	        .retry = a->err.retry,
	        .loading = a->err.loading,
	        .retry_after = a->retry_after,
	        .random = erand48(client->random),
	        .time_left = deadline > 0 ? fmax(0, deadline - now) : -1,
	        .wait_left = cfg->wait > 0 ? fmax(0, started + cfg->wait - now) : -1,
	};
}

/* Is the name that could not be resolved known not to exist? */
static bool is_missing(struct oc_client *client, const struct oc_attempt *a)
{
	char *proxy =
	        a->x.by_proxy && client->cfg->proxy ? oc_proxy_name(client->cfg->proxy) : NULL;
	double now = oc_now();
	double limit = a->deadline > 0 ? fmin(a->deadline - now, LOOKUP_MAX) : LOOKUP_MAX;

	if (proxy)
		proxy[strcspn(proxy, ":")] = '\0';
	if (client->looked_up <= 0 || now - client->looked_up > LOOKUP_VALID) {
		client->missing = oc_lookup_is_missing(proxy ? proxy : client->server.host, limit);
		client->looked_up = oc_now();
	}
	free(proxy);
	return client->missing;
}

int oc_client_error(struct oc_client *client, const struct oc_attempt *a, int tries,
                    struct oc_err *err)
{
	struct oc_err last = a->err;

	if (last.code == OC_EHOST && !is_missing(client, a)) {
		last.code = OC_ECONNECT;
		oc_err_reword(&last, "%s, because no name server answers; try again later",
		              last.message);
	}
	if (last.retry && a->retry_after > OC_RETRY_AFTER_MAX)
		oc_err_reword(&last, "%s; it asks to wait %.10g s", last.message, a->retry_after);
	if (last.code && tries > 1)
		oc_err_reword(&last, "%s (after %d tries)", last.message, tries);
	if (err && last.code)
		*err = last;
	return last.code;
}

/* Is there to be another try? Waits for its time, if so. */
static bool try_again(struct oc_call *call)
{
	struct oc_attempt *a = &call->attempt;
	const struct oc_retry_policy policy = {
	        .max_retries = call->max_retries,
	        .backoff_factor = call->client->cfg->backoff_factor,
	};
	struct oc_failure failure = oc_client_failure(call->client, a, call->started);
	struct oc_err err = {0};
	double wait;

	failure.retries_made = call->retries;
	if (!oc_retry(&policy, &failure, &wait))
		return false;
	call->retries += !a->err.loading;
	oc_client_log(call->client, "waiting %.3f s before the next try: %s", wait, a->err.message);
	if (pause_for(call, wait, &err) == OC_OK)
		return true;
	a->err = err;
	return false;
}

/* What a try left in the reply is not part of the next one. */
static void forget_answer(struct oc_reply *reply)
{
	int attempts = reply->attempts;

	oc_reply_release(reply);
	oc_reply_init(reply);
	reply->attempts = attempts;
}

int oc_call_run(struct oc_call *call, struct oc_err *err)
{
	struct oc_attempt *a = &call->attempt;

	for (;;) {
		try_once(call);
		oc_client_conceal(call->client, a);
		if (!try_again(call))
			break;
		oc_attempt_end(a, call->client->http);
		forget_answer(a->reply);
	}
	a->reply->seconds = oc_now() - call->started;
	return oc_client_error(call->client, a, a->reply->attempts, err);
}

void oc_call_end(struct oc_call *call)
{
	oc_attempt_end(&call->attempt, call->client->http);
}
