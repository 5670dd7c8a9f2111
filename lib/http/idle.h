/* SPDX-License-Identifier: MIT */
/*
 * idle.h: connections that wait for another request. Private to http.c.
 *
 * A server may end such a connection at any time, and says so with a closing of TLS, an answer that
 * nobody asked for (408) or the end of the connection. What was sent on it afterwards would be
 * lost. libcurl notices the last of these only, so that the others are made into it.
 */
#ifndef OC_IDLE_H
#define OC_IDLE_H

#include "oc.h"

struct oc_idle {
	struct {
		int fd;
		long port; /* at this end */
	} * connections;
	size_t n;
	size_t cap;
};

/* An all-zero list is empty. */
void oc_idle_release(struct oc_idle *idle);

/* Room for one more connection. False where memory is out. */
bool oc_idle_reserve(struct oc_idle *idle);

/* One that has no room is not looked after. */
void oc_idle_add(struct oc_idle *idle, int fd, long port);

/* The connection of this descriptor (-1 = of none), or from this port (0 = from none), waits no
 * more: it has been closed, or a request has taken it. */
void oc_idle_remove(struct oc_idle *idle, int fd, long port);

/* Makes connections on which anything has come look as if they had ended. */
void oc_idle_check(struct oc_idle *idle);

#endif
