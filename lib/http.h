/* SPDX-License-Identifier: MIT */
/*
 * http.h: HTTP exchanges over one pool of connections. With transfer.c the only user of libcurl; it
 * knows no JSON.
 *
 * An exchange is started, and then moves only inside oc_http_step(), which waits for the network
 * and calls the exchange's callbacks. Many can be under way at once.
 */
#ifndef OC_HTTP_H
#define OC_HTTP_H

#include "buf.h"

struct oc_http;

struct oc_http_config {
	const char *ca_file;  /* NULL = the system's */
	const char *proxy;    /* NULL = the environment's, "" = none */
	bool loopback;        /* the server is this machine: no proxy, whatever is set */
	long max_connections; /* open at once; 0 = no limit */
};

enum { OC_HTTP_HEADER_MAX = 512, OC_HTTP_FDS_MAX = 4 };

struct oc_http_exchange {
	/* Set by the caller, and unchanged until the exchange is done. */
	const char *url;
	const char *server;  /* the base URL, for messages */
	const char *api_key; /* NULL or "" = none */
	const char *accept;  /* the Accept header's value */
	struct oc_text body; /* p != NULL: POST of application/json; else GET */
	double timeout;      /* s; longest silence, 0 = no limit */
	double deadline;     /* on oc_http_now()'s clock; 0 = none */
	/* Gets the body's bytes as they arrive; anything but 0 ends the exchange with OC_ESTOPPED.
	 * Called for every status: look at `status`. */
	int (*on_body)(void *ctx, const char *p, size_t n);
	void *ctx;

	/* Valid once the headers are in. Header values are cut at OC_HTTP_HEADER_MAX - 1 bytes, and
	 * empty where the header is missing. */
	int status;
	char content_type[OC_HTTP_HEADER_MAX];
	char content_encoding[OC_HTTP_HEADER_MAX];
	char location[OC_HTTP_HEADER_MAX];
	char request_id[OC_HTTP_HEADER_MAX];
	char retry_after[OC_HTTP_HEADER_MAX];
	char retry_after_ms[OC_HTTP_HEADER_MAX];

	/* Valid when done. err.code is OC_OK if libcurl saw a whole HTTP answer, of any status. */
	bool done;
	struct oc_err err;
	uint64_t received;      /* bytes of body */
	double connected_after; /* s since the start; 0 for a reused connection */
	double first_byte_after;
	double total;

	struct oc_transfer *transfer; /* private; NULL while not under way */
};

/* OC_ECONFIG where the CA file or TLS is unusable; OC_ENOMEM. */
int oc_http_new(const struct oc_http_config *cfg, struct oc_http **out, struct oc_err *err);
void oc_http_free(struct oc_http *http); /* all exchanges must be finished or cancelled */

int oc_http_start(struct oc_http *http, struct oc_http_exchange *x, struct oc_err *err);

/* Gives an exchange up, if it is under way, and releases what it holds. To be called for every
 * started exchange when its result is no longer needed. */
void oc_http_end(struct oc_http *http, struct oc_http_exchange *x);

/*
 * Moves all exchanges on. Waits at most wait_ms for something to happen on the network, or on one
 * of the nfds (at most OC_HTTP_FDS_MAX) descriptors, whose revents are filled as by poll(2); of
 * their events POLLIN counts, and 0 watches for a hang-up only. OC_ESYS when waiting fails.
 */
struct pollfd;
int oc_http_step(struct oc_http *http, int wait_ms, struct pollfd *fds, unsigned nfds,
                 struct oc_err *err);

/* Seconds on a monotonic clock. */
double oc_http_now(void);

#endif
