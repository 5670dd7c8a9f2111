/* SPDX-License-Identifier: MIT */
/* client.h: where calls go, and what many calls share. */
#ifndef OC_CLIENT_H
#define OC_CLIENT_H

#include "call/question.h"
#include "http/http.h"
#include "http/secret.h"

/* Where calls go: a checked configuration, and the connections. */
struct oc_client {
	const struct oc_config *cfg; /* borrowed */
	struct oc_server server;
	struct oc_secrets secrets; /* what is in neither messages nor the log nor replies */
	bool has_key;              /* one is sent, be it in a header of the caller's */
	struct oc_http *http;
	struct oc_accepted accepted; /* of the server's models */
	unsigned short random[3];    /* erand48()'s state, for back-off */
};

/* What oc_client_init() checks, for a caller that has work to do before it. OC_EARG, OC_ENOKEY,
 * OC_ECONFIG, OC_ENOMEM. */
int oc_config_check(const struct oc_config *cfg, struct oc_err *err);

/* Checks the configuration and sets the connections up; max_connections: 0 = no limit. OC_EARG,
 * OC_ENOKEY, OC_ECONFIG, OC_ENOMEM. On success the caller calls oc_client_release(), which
 * does no harm after a failure, or to one that is all zero. */
int oc_client_init(struct oc_client *client, const struct oc_config *cfg, long max_connections,
                   struct oc_err *err);
void oc_client_release(struct oc_client *client);

/* The same without the check, for a caller that may not have to ask at all, and makes it before it
 * does. */
int oc_client_open(struct oc_client *client, const struct oc_config *cfg, long max_connections,
                   struct oc_err *err);

/* A line for the configuration's log, if it has one. */
void oc_client_log(const struct oc_client *client, const char *fmt, ...) OC_PRINTF(2, 3);

/* When a call that began so has to be over, on oc_now()'s clock; 0 = never. */
double oc_client_deadline(const struct oc_client *client, double started);

/* The configuration's enter() and leave(), which need not be there. */
int oc_client_enter(const struct oc_client *client, double *wait, struct oc_err *err);
void oc_client_leave(const struct oc_client *client, bool sent);

/* The error of a request that has waited for leave to be sent until its deadline. */
int oc_client_too_late(const struct oc_client *client, struct oc_err *err);

#endif
