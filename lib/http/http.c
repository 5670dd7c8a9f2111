/* SPDX-License-Identifier: MIT */
/* http.c: HTTP exchanges over one pool of connections, and the clock that limits them. */
#include "compat.h"

#include <errno.h>
#include <math.h>
#include <poll.h>

#include "http/http.h"
#include "http/fault.h"
#include "http/lookup.h"
#include "text/err.h"
#include "text/text.h"

enum { WAIT_MAX_MS = 3600 * 1000 };

#define LOOKUP_MAX   2.0  /* s; how long it may take to find out why a name has no address */
#define LOOKUP_VALID 10.0 /* s; how long that is believed */

/* ---- the pool ---- */

int oc_http_new(const struct oc_config *cfg, const struct oc_server *server, long max_connections,
                struct oc_http **out, struct oc_err *err)
{
	struct oc_http *http = calloc(1, sizeof *http);

	*out = NULL;
	if (!http)
		return oc_err_nomem(err);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(http);
		return oc_err_set(err, OC_ECONFIG, "libcurl %s cannot be set up", curl_version());
	}
	http->multi = curl_multi_init();
	http->cfg = cfg;
	http->server = server;
	if (cfg->proxy && *cfg->proxy && !server->loopback)
		http->proxy = oc_proxy_name(cfg->proxy);
	if (!http->multi) {
		oc_http_free(http);
		return oc_err_nomem(err);
	}
	if (max_connections) {
		(void)curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, max_connections);
		(void)curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
		                        max_connections);
	}
	*out = http;
	return OC_OK;
}

void oc_http_free(struct oc_http *http)
{
	if (!http)
		return;
	while (http->spare) {
		struct oc_transfer *next = http->spare->next;

		oc_transfer_free(http->spare);
		http->spare = next;
	}
	(void)curl_multi_cleanup(http->multi);
	oc_idle_release(&http->idle);
	oc_trust_release(&http->trust);
	free(http->proxy);
	free(http);
	curl_global_cleanup();
}

/* ---- exchanges ---- */

static struct oc_transfer *take_spare(struct oc_http *http)
{
	struct oc_transfer *t = http->spare;

	if (t)
		http->spare = t->next;
	else if (oc_idle_reserve(&http->idle))
		t = oc_transfer_new();
	return t;
}

static void give_back(struct oc_http *http, struct oc_transfer *t)
{
	oc_transfer_clear(t);
	t->next = http->spare;
	http->spare = t;
}

int oc_http_start(struct oc_http *http, struct oc_exchange *x, struct oc_err *err)
{
	struct oc_transfer *t = take_spare(http);

	x->transfer = NULL;
	if (!t)
		return oc_err_nomem(err);
	if (oc_transfer_prepare(t, http, x) ||
	    curl_multi_add_handle(http->multi, t->easy) != CURLM_OK) {
		give_back(http, t);
		return oc_err_nomem(err);
	}
	t->next = http->running;
	http->running = t;
	http->started = true;
	x->transfer = t;
	return OC_OK;
}

void oc_http_end(struct oc_http *http, struct oc_exchange *x)
{
	struct oc_transfer *t = x->transfer;
	struct oc_transfer **link = &http->running;

	if (!t)
		return;
	while (*link != t)
		link = &(*link)->next;
	*link = t->next;
	x->transfer = NULL;
	(void)curl_multi_remove_handle(http->multi, t->easy);
	give_back(http, t);
}

/* ---- the clock ---- */

static double nearer(double a, double b)
{
	return a > 0 && (b <= 0 || a < b) ? a : b;
}

/* The answer is due: there is a connection, and nothing of it has come yet. */
static bool is_waiting(const struct oc_transfer *t)
{
	return t->asked > 0 && !t->x->begun;
}

/* When this exchange is to be given up; 0 = never. */
static double limit_of(const struct oc_transfer *t)
{
	double from = is_waiting(t) ? t->asked : t->alive;
	double length = is_waiting(t) ? t->http->cfg->wait : t->http->cfg->timeout;

	return nearer(t->x->deadline, length > 0 ? from + length : 0);
}

/* Does the connection, or the attempt at one, lead to the proxy? */
static bool is_to_proxy(const struct oc_transfer *t)
{
	const char *colon = t->http->proxy ? strrchr(t->http->proxy, ':') : NULL;

	return colon && t->peer_port && strtol(colon + 1, NULL, 10) == t->peer_port;
}

static void time_out(struct oc_transfer *t)
{
	struct oc_exchange *x = t->x;
	const struct oc_config *cfg = t->http->cfg;
	const char *server = t->http->server->base_url;
	bool by_proxy = t->asked <= 0 && is_to_proxy(t);

	if (x->deadline > 0 && x->deadline <= oc_now())
		(void)oc_err_set(&x->err, OC_ETIMEOUT,
		                 "%s: the deadline has passed after %llu bytes of the answer",
		                 server, (unsigned long long)x->received);
	else
		(void)oc_err_set(&x->err, OC_ETIMEOUT,
		                 "%s: %s%s%s within %g s; try later, or allow more time", server,
		                 t->asked <= 0   ? "no connection"
		                 : is_waiting(t) ? "no answer"
		                                 : "no further byte of the answer",
		                 by_proxy ? " by way of the proxy " : "",
		                 by_proxy ? t->http->proxy : "",
		                 is_waiting(t) ? cfg->wait : cfg->timeout);
	oc_transfer_finish(t);
}

static void check_clocks(struct oc_http *http)
{
	double now = oc_now();

	for (struct oc_transfer *t = http->running; t; t = t->next) {
		double limit = limit_of(t);

		if (!t->x->done && limit > 0 && limit <= now)
			time_out(t);
	}
}

/* How long waiting may last: not beyond the next limit. */
static int wait_of(const struct oc_http *http, int wait_ms)
{
	double limit = 0;
	double ms;

	for (const struct oc_transfer *t = http->running; t; t = t->next)
		limit = nearer(limit, limit_of(t));
	if (wait_ms < 0 || wait_ms > WAIT_MAX_MS)
		wait_ms = WAIT_MAX_MS;
	ms = ceil((limit - oc_now()) * 1000);
	if (limit <= 0 || ms > wait_ms)
		return wait_ms;
	return ms > 0 ? (int)ms : 0;
}

/* ---- moving on ---- */

static void finish_all(struct oc_http *http)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
		struct oc_transfer *t = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
		oc_fault_judge(t, message->data.result);
		oc_transfer_finish(t);
	}
}

/* An exchange that was started takes a kept connection, if there is one. */
static void check_idle(struct oc_http *http)
{
	if (!http->started)
		return;
	for (const struct oc_transfer *t = http->running; t; t = t->next)
		oc_idle_remove(&http->idle, -1, t->port);
	oc_idle_check(&http->idle);
	http->started = false;
}

int oc_http_step(struct oc_http *http, int wait_ms, struct pollfd *fds, unsigned nfds,
                 struct oc_err *err)
{
	struct curl_waitfd extra[OC_HTTP_FDS_MAX];
	int running;
	CURLMcode rc;

	if (nfds > OC_HTTP_FDS_MAX)
		return oc_err_set(err, OC_EBUG, "%u descriptors are too many to watch", nfds);
	for (unsigned i = 0; i < nfds; i++) {
		short events = fds[i].events & POLLIN ? CURL_WAIT_POLLIN : 0;

		extra[i] = (struct curl_waitfd){.fd = fds[i].fd, .events = events};
	}
	rc = curl_multi_poll(http->multi, extra, nfds, wait_of(http, wait_ms), NULL);
	check_idle(http);
	if (rc == CURLM_OK)
		rc = curl_multi_perform(http->multi, &running);
	if (rc == CURLM_OUT_OF_MEMORY)
		return oc_err_nomem(err);
	if (rc != CURLM_OK)
		return oc_err_set(err, OC_ESYS, "waiting for the network failed: %s",
		                  curl_multi_strerror(rc));
	finish_all(http);
	check_clocks(http);
	/* curl_multi_poll() does not pass a hang-up on. */
	if (nfds && poll(fds, nfds, 0) < 0 && errno != EINTR)
		return oc_err_set(err, OC_ESYS, "poll: %s", strerror(errno));
	return OC_OK;
}

bool oc_http_is_missing(struct oc_http *http, bool by_proxy, double deadline)
{
	struct oc_text host = oc_text_of(http->server->host);
	double now = oc_now();
	double limit = deadline > 0 ? fmin(deadline - now, LOOKUP_MAX) : LOOKUP_MAX;

	if (by_proxy && http->proxy)
		host = (struct oc_text){http->proxy, strcspn(http->proxy, ":")};
	if (http->looked_up <= 0 || now - http->looked_up > LOOKUP_VALID) {
		http->missing = oc_lookup_is_missing(host, limit);
		http->looked_up = oc_now();
	}
	return http->missing;
}
