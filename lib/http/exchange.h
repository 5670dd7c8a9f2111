/* SPDX-License-Identifier: MIT */
/* exchange.h: one HTTP exchange: what goes out, what is to be done with what comes in, and how it
 * went. http.h carries it out. */
#ifndef OC_EXCHANGE_H
#define OC_EXCHANGE_H

#include "text/buf.h"

enum { OC_FIELD_MAX = 512, OC_LIMIT_MAX = 64 };

struct oc_exchange {
	/* Set by the caller, and unchanged until the exchange is done; all else is zero. */
	const char *url;
	const char *accept;  /* the Accept header's value */
	struct oc_text body; /* p != NULL: POST of application/json; else GET */
	double deadline;     /* on oc_now()'s clock; 0 = none */
	/* Gets the body's bytes as they arrive; anything but 0 ends the exchange with OC_ESTOPPED.
	 * Called for every status: look at `status`. */
	int (*on_body)(void *ctx, const char *p, size_t n);
	void *ctx;

	/* Set by on_body when the answer has begun; of an error, the head is its beginning. */
	bool begun;

	/* Valid once the headers are in. Header values are cut at OC_FIELD_MAX - 1 bytes, and
	 * empty where the header is missing. */
	int status;
	bool until_close; /* nothing but the end of the connection says where the body ends */
	char content_encoding[OC_FIELD_MAX];
	char location[OC_FIELD_MAX];
	char request_id[OC_FIELD_MAX];
	char retry_after[OC_FIELD_MAX];
	char retry_after_ms[OC_FIELD_MAX];
	char should_retry[OC_FIELD_MAX];
	struct {
		char remaining[OC_LIMIT_MAX]; /* cut at that */
		char reset[OC_LIMIT_MAX];
	} requests, tokens; /* the limits that the server counts */

	/* Valid when done. err.code is OC_OK if libcurl saw a whole HTTP answer, of any status. */
	bool done;
	struct oc_err err;
	uint64_t received;      /* bytes of body */
	double connected_after; /* s since the start; 0 for a reused connection */
	double first_byte_after;
	double total;

	struct oc_transfer *transfer; /* private; NULL while not under way */
};

#endif
