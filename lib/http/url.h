/* SPDX-License-Identifier: MIT */
/* url.h: what a base URL says. */
#ifndef OC_URL_H
#define OC_URL_H

#include "oc.h"

enum { OC_URL_MAX = 8192 }; /* bytes of a base URL; servers take no longer one, either */

struct oc_server {
	char *host;     /* without brackets; owned */
	char *base_url; /* normalised, without query and trailing slash; owned. It may be shown */
	char *root;     /* the same without its path; owned */
	char *chat;     /* where chat completions are asked for, with the query; owned */
	char *query; /* "?…", to be put behind any path; "" = none; owned. It may hold a secret */
	bool loopback;  /* this machine: 127.0.0.0/8, ::1 or localhost */
	bool encrypted; /* https */
	bool needs_key; /* it is known to answer nobody without a key */
};

/* OC_EARG: not an absolute http or https URL, or one with user info (which the message does not
 * repeat) or a fragment, or a longer one than OC_URL_MAX. On success the caller calls
 * oc_server_release(). */
int oc_server_init(struct oc_server *server, const char *base_url, struct oc_err *err);
void oc_server_release(struct oc_server *server);

/* The "host:port" of a proxy's URL, as libcurl reads it, for messages; to be released with
 * free(). NULL where it is none, or memory is out. */
char *oc_proxy_name(const char *url);

/* Can others on the way read what is sent to it? */
static inline bool oc_server_is_open(const struct oc_server *server)
{
	return !server->encrypted && !server->loopback;
}

#endif
