/* SPDX-License-Identifier: MIT */
/* http.c: HTTP exchanges over one pool of connections; the only user of libcurl. */
#include "compat.h"

#include <curl/curl.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <strings.h>

#include "http.h"

enum {
	WAIT_MAX_MS = 3600 * 1000,
	FDS_MAX = 4,
	RECEIVE_BUFFER = 100 * 1024,
	HEAD_MAX = 256 * 1024, /* bytes of an answer's status lines and header fields */
};

/* What a running exchange needs besides its public part. Kept for the next one when it ends. */
struct oc_http_state {
	CURL *easy;
	struct curl_slist *headers;
	struct oc_http_exchange *x;
	struct oc_http_state *next; /* in `running` or in `spare` */
	double started;
	double alive;        /* when the last sign of life came */
	curl_off_t uploaded; /* bytes of body the peer has taken so far */
	size_t head;         /* bytes of the answer's status lines and header fields so far */
	bool head_done;      /* the blank line after the header fields has come */
	bool stopped;        /* on_body asked to stop */
	char error[CURL_ERROR_SIZE];
};

struct oc_http {
	CURLM *multi;
	char *ca_file;
	char *proxy;
	bool loopback;
	struct oc_http_state *running;
	struct oc_http_state *spare;
};

double oc_http_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* ---- the pool ---- */

static int fail_of_setup(struct oc_err *err)
{
	return oc_err_set(err, OC_ECONFIG, "libcurl %s cannot be set up", curl_version());
}

int oc_http_new(const struct oc_http_config *cfg, struct oc_http **out, struct oc_err *err)
{
	struct oc_http *http = calloc(1, sizeof *http);

	*out = NULL;
	if (!http)
		return oc_err_nomem(err);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(http);
		return fail_of_setup(err);
	}
	http->multi = curl_multi_init();
	http->loopback = cfg->loopback;
	http->ca_file = cfg->ca_file ? strdup(cfg->ca_file) : NULL;
	http->proxy = cfg->proxy ? strdup(cfg->proxy) : NULL;
	if (!http->multi || (cfg->ca_file && !http->ca_file) || (cfg->proxy && !http->proxy)) {
		oc_http_free(http);
		return oc_err_nomem(err);
	}
	if (cfg->max_connections) {
		(void)curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, cfg->max_connections);
		(void)curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
		                        cfg->max_connections);
	}
	*out = http;
	return OC_OK;
}

static void state_free(struct oc_http_state *state)
{
	curl_slist_free_all(state->headers);
	curl_easy_cleanup(state->easy);
	free(state);
}

void oc_http_free(struct oc_http *http)
{
	if (!http)
		return;
	while (http->spare) {
		struct oc_http_state *next = http->spare->next;

		state_free(http->spare);
		http->spare = next;
	}
	(void)curl_multi_cleanup(http->multi);
	free(http->ca_file);
	free(http->proxy);
	free(http);
	curl_global_cleanup();
}

/* ---- callbacks ---- */

/* The header fields that are kept, and where. */
static char *field_of(struct oc_http_exchange *x, const char *name, size_t n)
{
	const struct {
		const char *name;
		char *to;
	} fields[] = {
	        {"content-type", x->content_type}, {"content-encoding", x->content_encoding},
	        {"location", x->location},         {"x-request-id", x->request_id},
	        {"retry-after", x->retry_after},   {"retry-after-ms", x->retry_after_ms},
	};

	for (size_t i = 0; i < OC_COUNT(fields); i++) {
		if (strlen(fields[i].name) == n && strncasecmp(fields[i].name, name, n) == 0)
			return fields[i].to;
	}
	return NULL;
}

static void forget_fields(struct oc_http_exchange *x)
{
	x->content_type[0] = '\0';
	x->content_encoding[0] = '\0';
	x->location[0] = '\0';
	x->request_id[0] = '\0';
	x->retry_after[0] = '\0';
	x->retry_after_ms[0] = '\0';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void keep_field(struct oc_http_exchange *x, const char *line, size_t n)
{
	const char *colon = memchr(line, ':', n);
	const char *value = colon ? colon + 1 : NULL;
	const char *end = line + n;
	char *to = colon ? field_of(x, line, (size_t)(colon - line)) : NULL;
	size_t len;

	if (!to)
		return;
	while (value < end && is_blank(*value))
		value++;
	while (end > value && is_blank(end[-1]))
		end--;
	len = (size_t)(end - value);
	if (len >= OC_HTTP_HEADER_MAX)
		len = OC_HTTP_HEADER_MAX - 1;
	memcpy(to, value, len);
	to[len] = '\0';
}

/* Called for each line, also those of interim answers: a status line starts afresh. */
static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	struct oc_http_state *state = ctx;
	long status = 0;

	(void)size; /* always 1 */
	state->alive = oc_http_now();
	state->head += n;
	if (state->head > HEAD_MAX)
		return 0;
	if (n >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		forget_fields(state->x);
		state->head_done = false;
	} else if (*line == '\r' || *line == '\n') {
		state->head_done = true;
	} else {
		keep_field(state->x, line, n);
	}
	(void)curl_easy_getinfo(state->easy, CURLINFO_RESPONSE_CODE, &status);
	state->x->status = (int)status;
	return n;
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct oc_http_state *state = ctx;

	(void)size; /* always 1 */
	state->alive = oc_http_now();
	state->x->received += n;
	if (state->x->on_body(state->x->ctx, p, n) != 0) {
		state->stopped = true;
		return CURL_WRITEFUNC_ERROR;
	}
	return n;
}

/* A body that the peer takes slowly is life, too. */
static int on_progress(void *ctx, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal,
                       curl_off_t ulnow)
{
	struct oc_http_state *state = ctx;

	(void)dltotal;
	(void)dlnow;
	(void)ultotal;
	if (ulnow != state->uploaded) {
		state->uploaded = ulnow;
		state->alive = oc_http_now();
	}
	return 0;
}

/* ---- starting ---- */

static bool add_header(struct oc_http_state *state, const char *name, const char *value)
{
	struct curl_slist *longer;
	struct oc_buf line;

	oc_buf_init(&line, (size_t)1 << 20);
	oc_buf_printf(&line, "%s%s", name, value);
	longer = line.bad ? NULL : curl_slist_append(state->headers, line.p);
	oc_buf_release(&line);
	if (longer)
		state->headers = longer;
	return longer;
}

static bool add_headers(struct oc_http_state *state)
{
	const struct oc_http_exchange *x = state->x;
	bool ok = add_header(state, "Accept: ", x->accept);

	if (x->body.p) {
		ok = ok && add_header(state, "Content-Type: ", "application/json");
		/* Without this, a body over 1 MiB waits a second for "100 Continue". */
		ok = ok && add_header(state, "Expect:", "");
	}
	if (x->api_key && *x->api_key)
		ok = ok && add_header(state, "Authorization: Bearer ", x->api_key);
	return ok;
}

/* Where the request goes, and by whom it is trusted. */
static void set_route(const struct oc_http *http, CURL *easy, const char *url)
{
	(void)curl_easy_setopt(easy, CURLOPT_URL, url);
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* libcurl before 8.0.0 reports some truncated HTTP/2 bodies as whole; and with one
	 * exchange on each connection, no failure reaches another exchange. */
	(void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "oc/" OC_VERSION);
	if (http->ca_file)
		(void)curl_easy_setopt(easy, CURLOPT_CAINFO, http->ca_file);
	if (http->loopback)
		(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
	else if (http->proxy)
		(void)curl_easy_setopt(easy, CURLOPT_PROXY, http->proxy);
}

static void set_callbacks(struct oc_http_state *state)
{
	CURL *easy = state->easy;

	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, state->error);
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Giving up while a name is being resolved does not wait for the resolver. */
	(void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	/* The clock that counts is ours; libcurl's own limit of 300 s is out of its way. */
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)WAIT_MAX_MS);
	(void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, state);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, state);
	(void)curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	(void)curl_easy_setopt(easy, CURLOPT_XFERINFODATA, state);
	(void)curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_PRIVATE, state);
}

static void set_message(struct oc_http_state *state)
{
	const struct oc_http_exchange *x = state->x;

	(void)curl_easy_setopt(state->easy, CURLOPT_HTTPHEADER, state->headers);
	if (!x->body.p)
		return;
	(void)curl_easy_setopt(state->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body.n);
	(void)curl_easy_setopt(state->easy, CURLOPT_POSTFIELDS, x->body.p);
}

static struct oc_http_state *take_state(struct oc_http *http)
{
	struct oc_http_state *state = http->spare;

	if (state) {
		http->spare = state->next;
		return state;
	}
	state = calloc(1, sizeof *state);
	if (!state)
		return NULL;
	state->easy = curl_easy_init();
	if (!state->easy) {
		free(state);
		return NULL;
	}
	return state;
}

static void give_back(struct oc_http *http, struct oc_http_state *state)
{
	curl_easy_reset(state->easy);
	curl_slist_free_all(state->headers);
	*state = (struct oc_http_state){.easy = state->easy, .next = http->spare};
	http->spare = state;
}

int oc_http_start(struct oc_http *http, struct oc_http_exchange *x, struct oc_err *err)
{
	struct oc_http_state *state = take_state(http);

	x->state = NULL;
	x->done = false;
	x->status = 0;
	x->received = 0;
	forget_fields(x);
	oc_err_clear(&x->err);
	if (!state)
		return oc_err_nomem(err);
	state->x = x;
	state->started = oc_http_now();
	state->alive = state->started;
	set_route(http, state->easy, x->url);
	set_callbacks(state);
	if (!add_headers(state)) {
		give_back(http, state);
		return oc_err_nomem(err);
	}
	set_message(state);
	if (curl_multi_add_handle(http->multi, state->easy) != CURLM_OK) {
		give_back(http, state);
		return oc_err_nomem(err);
	}
	state->next = http->running;
	http->running = state;
	x->state = state;
	return OC_OK;
}

void oc_http_end(struct oc_http *http, struct oc_http_exchange *x)
{
	struct oc_http_state *state = x->state;
	struct oc_http_state **link = &http->running;

	if (!state)
		return;
	while (*link != state)
		link = &(*link)->next;
	*link = state->next;
	x->state = NULL;
	(void)curl_multi_remove_handle(http->multi, state->easy);
	give_back(http, state);
}

/* ---- finishing ---- */

static enum oc_code code_of(CURLcode rc)
{
	switch ((int)rc) {
	case CURLE_OK:
		return OC_OK;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return OC_EHOST;
	case CURLE_OPERATION_TIMEDOUT:
		return OC_ETIMEOUT;
	case CURLE_COULDNT_CONNECT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
	case CURLE_PROXY:
		return OC_ECONNECT;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ENGINE_NOTFOUND:
	case CURLE_SSL_ENGINE_SETFAILED:
	case CURLE_SSL_ENGINE_INITFAILED:
	case CURLE_FAILED_INIT:
		return OC_ECONFIG;
	case CURLE_URL_MALFORMAT:
		return OC_EARG;
	case CURLE_OUT_OF_MEMORY:
		return OC_ENOMEM;
	case CURLE_BAD_FUNCTION_ARGUMENT:
	case CURLE_UNKNOWN_OPTION:
		return OC_EBUG;
	default:
		return OC_EPROTO;
	}
}

/* libcurl calls a header line over 100 kB a lack of memory. */
static bool head_too_large(const struct oc_http_state *state, CURLcode rc)
{
	return state->head > HEAD_MAX ||
	       (rc == CURLE_OUT_OF_MEMORY && state->head && !state->head_done);
}

static void fail_connect(struct oc_http_state *state, const char *text)
{
	long error = 0;

	(void)curl_easy_getinfo(state->easy, CURLINFO_OS_ERRNO, &error);
	(void)oc_err_set(&state->x->err, OC_ECONNECT,
	                 "cannot connect to %s: %s; is a server running there?", state->x->server,
	                 error ? strerror((int)error) : text);
}

static void fail(struct oc_http_state *state, CURLcode rc)
{
	const char *text = state->error[0] ? state->error : curl_easy_strerror(rc);
	struct oc_err *err = &state->x->err;
	const char *server = state->x->server;
	enum oc_code code = code_of(rc);

	if (state->stopped)
		(void)oc_err_set(err, OC_ESTOPPED, "%s: the transfer was stopped", server);
	else if (head_too_large(state, rc))
		(void)oc_err_set(err, OC_EPROTO, "%s: the answer's headers are too large", server);
	else if (rc == CURLE_UNSUPPORTED_PROTOCOL || rc == CURLE_WEIRD_SERVER_REPLY)
		(void)oc_err_set(err, OC_EPROTO, "%s: the answer is not HTTP: %s", server, text);
	else if (rc == CURLE_PEER_FAILED_VERIFICATION)
		(void)oc_err_set(err, code,
		                 "%s: the server's certificate cannot be trusted: %s; a private "
		                 "authority is named with --cacert",
		                 server, text);
	else if (rc == CURLE_COULDNT_CONNECT)
		fail_connect(state, text);
	else if (rc == CURLE_PARTIAL_FILE || rc == CURLE_GOT_NOTHING || rc == CURLE_RECV_ERROR ||
	         rc == CURLE_SEND_ERROR)
		(void)oc_err_set(err, code, "%s: the connection was lost %s the answer: %s", server,
		                 state->head ? "within" : "before", text);
	else
		(void)oc_err_set(err, code, "%s: %s", server, text);
}

static double seconds_of(CURL *easy, CURLINFO info)
{
	curl_off_t us = 0;

	(void)curl_easy_getinfo(easy, info, &us);
	return (double)us / 1e6;
}

static void finish(struct oc_http_state *state)
{
	struct oc_http_exchange *x = state->x;
	long status = 0;

	(void)curl_easy_getinfo(state->easy, CURLINFO_RESPONSE_CODE, &status);
	x->status = (int)status;
	x->connected_after = seconds_of(state->easy, CURLINFO_CONNECT_TIME_T);
	x->first_byte_after = seconds_of(state->easy, CURLINFO_STARTTRANSFER_TIME_T);
	x->total = oc_http_now() - state->started;
	x->done = true;
}

static void finish_all(struct oc_http *http)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
		struct oc_http_state *state = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &state);
		if (message->data.result != CURLE_OK)
			fail(state, message->data.result);
		else if (!state->head_done) /* libcurl takes that for an empty body */
			fail(state, CURLE_PARTIAL_FILE);
		finish(state);
	}
}

/* ---- the clock ---- */

static double nearer(double a, double b)
{
	return a > 0 && (b <= 0 || a < b) ? a : b;
}

/* When this exchange is to be given up; 0 = never. */
static double limit_of(const struct oc_http_state *state)
{
	double silence = state->x->timeout > 0 ? state->alive + state->x->timeout : 0;

	return nearer(state->x->deadline, silence);
}

static void time_out(struct oc_http_state *state)
{
	struct oc_http_exchange *x = state->x;
	double connected = seconds_of(state->easy, CURLINFO_PRETRANSFER_TIME_T);

	if (x->deadline > 0 && x->deadline <= oc_http_now())
		(void)oc_err_set(&x->err, OC_ETIMEOUT,
		                 "%s: the deadline (--max-time) has passed after %llu bytes of the "
		                 "answer",
		                 x->server, (unsigned long long)x->received);
	else
		(void)oc_err_set(&x->err, OC_ETIMEOUT,
		                 "%s: %s within %g s; try later, or raise --timeout", x->server,
		                 connected <= 0     ? "no connection"
		                 : x->received == 0 ? "no answer"
		                                    : "no further byte of the answer",
		                 x->timeout);
	finish(state);
}

static void check_clocks(struct oc_http *http)
{
	double now = oc_http_now();

	for (struct oc_http_state *state = http->running; state; state = state->next) {
		double limit = limit_of(state);

		if (!state->x->done && limit > 0 && limit <= now)
			time_out(state);
	}
}

/* How long waiting may last: not beyond the next limit. */
static int wait_of(const struct oc_http *http, int wait_ms)
{
	double limit = 0;
	double ms;

	for (const struct oc_http_state *state = http->running; state; state = state->next)
		limit = nearer(limit, limit_of(state));
	if (wait_ms < 0 || wait_ms > WAIT_MAX_MS)
		wait_ms = WAIT_MAX_MS;
	ms = ceil((limit - oc_http_now()) * 1000);
	if (limit <= 0 || ms > wait_ms)
		return wait_ms;
	return ms > 0 ? (int)ms : 0;
}

int oc_http_step(struct oc_http *http, int wait_ms, struct pollfd *fds, unsigned nfds,
                 struct oc_err *err)
{
	struct curl_waitfd extra[FDS_MAX];
	int running;
	CURLMcode rc;

	for (unsigned i = 0; i < nfds && i < FDS_MAX; i++) {
		short events = fds[i].events & POLLIN ? CURL_WAIT_POLLIN : 0;

		extra[i] = (struct curl_waitfd){.fd = fds[i].fd, .events = events};
	}
	rc = curl_multi_poll(http->multi, extra, nfds, wait_of(http, wait_ms), NULL);
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
