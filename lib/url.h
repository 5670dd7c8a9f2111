/* SPDX-License-Identifier: MIT */
/* url.h: what a base URL says. */
#ifndef OC_URL_H
#define OC_URL_H

#include "oc.h"

struct oc_server {
	char *base_url; /* normalised, without a trailing slash; owned */
	char *root;     /* the same without its path; owned */
	bool loopback;  /* this machine: 127.0.0.0/8, ::1 or localhost */
	bool encrypted; /* https */
};

/* OC_EARG: not an absolute http or https URL, or one with user info (which the message does not
 * repeat), a query or a fragment. On success the caller calls oc_server_release(). */
int oc_server_init(struct oc_server *server, const char *base_url, struct oc_err *err);
void oc_server_release(struct oc_server *server);

#endif
