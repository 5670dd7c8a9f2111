/* SPDX-License-Identifier: MIT */
/* transfer.c: one exchange in libcurl's terms: options, callbacks, and what its result means. */
#include "compat.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "text/clock.h"
#include "http/header.h"
#include "http/transfer.h"
#include "text/text.h"

enum { RECEIVE_BUFFER = 100 * 1024 };

/* ---- callbacks ---- */

/* The last one of this name; NULL: there is none. */
static const char *value_of(CURL *easy, const char *name)
{
	struct curl_header *header;

	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK ||
	    curl_easy_header(easy, name, header->amount - 1, CURLH_HEADER, -1, &header) !=
	            CURLHE_OK)
		return NULL;
	return header->value;
}

static void keep(CURL *easy, const char *name, char *to, size_t size)
{
	const char *value = value_of(easy, name);

	*to = '\0';
	if (value) /* most are not there */
		(void)snprintf(to, size, "%s", value);
}

static void keep_fields(const struct oc_transfer *t)
{
	struct oc_exchange *x = t->x;
	CURL *easy = t->easy;

	x->until_close = !value_of(easy, "content-length") && !value_of(easy, "transfer-encoding");
	keep(easy, "content-encoding", x->content_encoding, OC_FIELD_MAX);
	keep(easy, "location", x->location, OC_FIELD_MAX);
	keep(easy, "x-request-id", x->request_id, OC_FIELD_MAX);
	keep(easy, "retry-after", x->retry_after, OC_FIELD_MAX);
	keep(easy, "retry-after-ms", x->retry_after_ms, OC_FIELD_MAX);
	keep(easy, "x-should-retry", x->should_retry, OC_FIELD_MAX);
	keep(easy, "x-ratelimit-remaining-requests", x->requests.remaining, OC_LIMIT_MAX);
	keep(easy, "x-ratelimit-reset-requests", x->requests.reset, OC_LIMIT_MAX);
	keep(easy, "x-ratelimit-remaining-tokens", x->tokens.remaining, OC_LIMIT_MAX);
	keep(easy, "x-ratelimit-reset-tokens", x->tokens.reset, OC_LIMIT_MAX);
}

long oc_transfer_info(const struct oc_transfer *t, CURLINFO info)
{
	long number = 0;

	(void)curl_easy_getinfo(t->easy, info, &number);
	return number;
}

/* Called for each line, also those of interim answers, and those of a trailer. */
static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	struct oc_transfer *t = ctx;

	(void)size; /* always 1 */
	t->alive = oc_now();
	t->head += n;
	if (t->head > OC_HEAD_MAX)
		return 0;
	t->x->status = (int)oc_transfer_info(t, CURLINFO_RESPONSE_CODE);
	if (t->x->status >= 300)
		t->x->begun = true;
	if (!t->head_done && t->x->status >= 200 && (*line == '\r' || *line == '\n')) {
		t->head_done = true;
		keep_fields(t);
	}
	return n;
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct oc_transfer *t = ctx;

	(void)size; /* always 1 */
	t->alive = oc_now();
	t->x->received += n;
	if (t->x->on_body(t->x->ctx, p, n) != 0) {
		t->stopped = true;
		return CURL_WRITEFUNC_ERROR;
	}
	return n;
}

static int port_of(const struct sockaddr *address)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (address->sa_family == AF_INET) {
		memcpy(&in4, address, sizeof in4);
		return ntohs(in4.sin_port);
	}
	if (address->sa_family != AF_INET6)
		return 0;
	memcpy(&in6, address, sizeof in6);
	return ntohs(in6.sin6_port);
}

/* As libcurl does it itself, but it would not say why there is no socket. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct oc_transfer *t = ctx;
	int fd = socket(address->family, address->socktype, address->protocol);

	(void)purpose;
	t->peer_port = port_of(&address->addr);
	t->no_socket = fd < 0 && errno != EAFNOSUPPORT ? errno : 0;
	return fd;
}

static int close_socket(void *ctx, curl_socket_t fd)
{
	oc_idle_remove(ctx, fd, 0);
	return close(fd);
}

/* Called before a request is sent. libcurl comes here again, with another connection, when one that
 * was kept has ended before the first byte of the answer. The server may have seen the request
 * nevertheless: whether it is to see it twice is not for libcurl to say. */
static int on_request(void *ctx, char *peer, char *local, int peer_port, int local_port)
{
	struct oc_transfer *t = ctx;

	(void)peer;
	(void)local;
	(void)peer_port;
	t->port = local_port;
	if (t->asked > 0)
		return CURL_PREREQFUNC_ABORT;
	t->asked = oc_now();
	return CURL_PREREQFUNC_OK;
}

/* The body of the request is on its way, however slowly. */
static int on_progress(void *ctx, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal,
                       curl_off_t ulnow)
{
	struct oc_transfer *t = ctx;

	(void)dltotal;
	(void)dlnow;
	(void)ultotal;
	if (ulnow != t->uploaded) {
		t->uploaded = ulnow;
		t->asked = oc_now();
	}
	return 0;
}

/* ---- starting ---- */

static bool add_header(struct oc_transfer *t, const char *name, struct oc_text value)
{
	struct curl_slist *longer;
	struct oc_buf line = {0};

	oc_buf_init(&line, (size_t)1 << 20);
	oc_buf_puts(&line, name);
	oc_buf_add(&line, value.p, value.n);
	longer = line.bad ? NULL : curl_slist_append(t->headers, line.p);
	oc_buf_wipe(&line);
	if (longer)
		t->headers = longer;
	return longer;
}

/* One of them holds the key. */
static void free_headers(struct oc_transfer *t)
{
	for (struct curl_slist *header = t->headers; header; header = header->next)
		explicit_bzero(header->data, strlen(header->data));
	curl_slist_free_all(t->headers);
}

/* A header of ours, where the caller has no other. */
static bool add_default(struct oc_transfer *t, const char *name, const char *value)
{
	char prefix[32];

	if (oc_headers_have(t->http->cfg->headers, t->http->cfg->nheaders, name))
		return true;
	(void)snprintf(prefix, sizeof prefix, "%s: ", name);
	return add_header(t, prefix, oc_text_of(value));
}

static bool add_headers(struct oc_transfer *t)
{
	const struct oc_config *cfg = t->http->cfg;
	const struct oc_exchange *x = t->x;
	bool ok = add_default(t, "Accept", x->accept);

	for (size_t i = 0; i < cfg->nheaders; i++)
		ok = ok && add_header(t, "", cfg->headers[i]);
	if (x->body.p) {
		ok = ok && add_default(t, "Content-Type", "application/json");
		/* Without this, a body over 1 MiB waits a second for "100 Continue". */
		ok = ok && add_header(t, "Expect:", oc_text_of(""));
	}
	if (cfg->api_key && *cfg->api_key)
		ok = ok && add_header(t, "Authorization: Bearer ", oc_text_of(cfg->api_key));
	return ok;
}

/* Where the request goes, and by whom it is trusted. */
static void set_route(struct oc_transfer *t)
{
	const struct oc_config *cfg = t->http->cfg;
	CURL *easy = t->easy;

	(void)curl_easy_setopt(easy, CURLOPT_URL, t->x->url);
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* libcurl before 8.0.0 reports some truncated HTTP/2 bodies as whole; and with one
	 * exchange on each connection, no failure reaches another exchange. */
	(void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "oc/" OC_VERSION);
	if (cfg->ca_file)
		(void)curl_easy_setopt(easy, CURLOPT_CAINFO, cfg->ca_file);
	oc_trust_use(&t->http->trust, easy, cfg->ca_file);
	if (t->http->server->loopback)
		(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
	else if (cfg->proxy)
		(void)curl_easy_setopt(easy, CURLOPT_PROXY, cfg->proxy);
}

static void set_callbacks(struct oc_transfer *t)
{
	CURL *easy = t->easy;

	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Giving up while a name is being resolved does not wait for the resolver. */
	(void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	/* The clock that counts is ours; libcurl's own limit of 300 s is out of its way. */
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)INT_MAX);
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
	(void)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	(void)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, &t->http->idle);
	(void)curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
	(void)curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
	(void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	(void)curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	(void)curl_easy_setopt(easy, CURLOPT_XFERINFODATA, t);
	(void)curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
}

struct oc_transfer *oc_transfer_new(void)
{
	struct oc_transfer *t = calloc(1, sizeof *t);

	if (t)
		t->easy = curl_easy_init();
	if (t && t->easy)
		return t;
	free(t);
	return NULL;
}

void oc_transfer_free(struct oc_transfer *t)
{
	free_headers(t);
	curl_easy_cleanup(t->easy);
	free(t);
}

void oc_transfer_clear(struct oc_transfer *t)
{
	curl_easy_reset(t->easy);
	free_headers(t);
	*t = (struct oc_transfer){.easy = t->easy};
}

int oc_transfer_prepare(struct oc_transfer *t, struct oc_http *http, struct oc_exchange *x)
{
	t->http = http;
	t->x = x;
	t->started = oc_now();
	t->alive = t->started;
	set_route(t);
	set_callbacks(t);
	if (!add_headers(t))
		return OC_ENOMEM;
	(void)curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	if (x->body.p) {
		(void)curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body.n);
		(void)curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, x->body.p);
	}
	return OC_OK;
}

/* ---- results ---- */

static double seconds_of(CURL *easy, CURLINFO info)
{
	curl_off_t us = 0;

	(void)curl_easy_getinfo(easy, info, &us);
	return (double)us / 1e6;
}

/* The connection, if it has been kept. */
static void leave_connection(struct oc_transfer *t)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	t->port = 0;
	(void)curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (fd != CURL_SOCKET_BAD)
		oc_idle_add(&t->http->idle, fd, oc_transfer_info(t, CURLINFO_LOCAL_PORT));
}

void oc_transfer_finish(struct oc_transfer *t)
{
	struct oc_exchange *x = t->x;

	x->status = (int)oc_transfer_info(t, CURLINFO_RESPONSE_CODE);
	if (!t->head_done)
		keep_fields(t); /* what there is of a head that was cut */
	x->connected_after = seconds_of(t->easy, CURLINFO_CONNECT_TIME_T);
	x->first_byte_after = seconds_of(t->easy, CURLINFO_STARTTRANSFER_TIME_T);
	x->total = oc_now() - t->started;
	x->done = true;
	leave_connection(t);
}
