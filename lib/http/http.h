/* SPDX-License-Identifier: MIT */
/*
 * http.h: HTTP exchanges over one pool of connections. It knows no JSON.
 *
 * An exchange is started, and then moves only inside oc_http_step(), which waits for the network
 * and calls the exchange's callbacks. Many can be under way at once.
 */
#ifndef OC_HTTP_H
#define OC_HTTP_H

#include "text/clock.h"
#include "http/exchange.h"
#include "http/url.h"

struct oc_http;

enum { OC_HTTP_FDS_MAX = 4 };

/* Exchanges go to the server as the configuration says, which has been checked; both are borrowed
 * until oc_http_free(). max_connections: open at once; 0 = no limit. OC_ECONFIG where TLS is
 * unusable; OC_ENOMEM. */
int oc_http_new(const struct oc_config *cfg, const struct oc_server *server, long max_connections,
                struct oc_http **out, struct oc_err *err);
void oc_http_free(struct oc_http *http); /* all exchanges must be finished or cancelled */

int oc_http_start(struct oc_http *http, struct oc_exchange *x, struct oc_err *err);

/* Gives an exchange up, if it is under way, and releases what it holds. To be called for every
 * started exchange when its result is no longer needed. */
void oc_http_end(struct oc_http *http, struct oc_exchange *x);

/* After OC_EHOST: is the name, the server's or the proxy's, known not to exist? Takes at most two
 * seconds, and goes no further than to the deadline, if that is not 0. */
bool oc_http_is_missing(struct oc_http *http, bool by_proxy, double deadline);

/*
 * Moves all exchanges on. Waits at most wait_ms for something to happen on the network, or on one
 * of the nfds (at most OC_HTTP_FDS_MAX) descriptors, whose revents are filled as by poll(2); of
 * their events POLLIN counts, and 0 watches for a hang-up only. OC_ESYS when waiting fails.
 */
struct pollfd;
int oc_http_step(struct oc_http *http, int wait_ms, struct pollfd *fds, unsigned nfds,
                 struct oc_err *err);

#endif
