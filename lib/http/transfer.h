/* SPDX-License-Identifier: MIT */
/* transfer.h: one exchange in libcurl's terms. Private to http.c, transfer.c and fault.c. */
#ifndef OC_TRANSFER_H
#define OC_TRANSFER_H

#include <curl/curl.h>

#include "http/exchange.h"
#include "http/idle.h"
#include "http/trust.h"
#include "http/url.h"

enum { OC_HEAD_MAX = 256 * 1024 }; /* bytes of an answer's status lines and header fields */

/* The pool, and what all of its exchanges share. */
struct oc_http {
	CURLM *multi;
	const struct oc_config *cfg;
	const struct oc_server *server;
	char *proxy; /* "host:port" of the one that may be used; NULL = not known */
	struct oc_transfer *running;
	struct oc_transfer *spare;
	struct oc_idle idle;
	struct oc_trust trust;
	bool started;     /* an exchange, since the last step */
	double looked_up; /* when it was last asked why a name has no address; 0 = never */
	bool missing;     /* because it does not exist */
};

/* What a running exchange needs besides its public part. Kept for the next one when it ends. */
struct oc_transfer {
	struct oc_http *http;
	CURL *easy;
	struct curl_slist *headers;
	struct oc_exchange *x;
	struct oc_transfer *next; /* in `running` or in `spare` */
	double started;
	double alive;        /* when the last sign of life came */
	double asked;        /* when the peer took the last of the request; 0 = not connected yet */
	curl_off_t uploaded; /* bytes of body the peer has taken so far */
	size_t head;         /* bytes of the answer's status lines and header fields so far */
	long port;           /* this end of the connection that the request goes over; 0 = none */
	int peer_port;       /* of the last address that was tried; 0 = none was */
	bool head_done;      /* the blank line after the header fields has come */
	bool stopped;        /* on_body asked to stop */
	int no_socket;       /* errno of the socket that could not be made; 0 = it could */
	char error[CURL_ERROR_SIZE];
};

struct oc_transfer *oc_transfer_new(void); /* NULL: no memory */
void oc_transfer_free(struct oc_transfer *t);

/* Makes it ready for another exchange. */
void oc_transfer_clear(struct oc_transfer *t);

/* Sets libcurl's handle up for the exchange. OC_ENOMEM. */
int oc_transfer_prepare(struct oc_transfer *t, struct oc_http *http, struct oc_exchange *x);

/* What libcurl knows of it; 0: nothing. info: one whose value is a long. */
long oc_transfer_info(const struct oc_transfer *t, CURLINFO info);

/* Fills the rest of the results: the exchange is done. A connection that is left for another one
 * is put into the list of those. */
void oc_transfer_finish(struct oc_transfer *t);

#endif
