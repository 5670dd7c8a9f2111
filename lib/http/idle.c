/* SPDX-License-Identifier: MIT */
/* idle.c: connections that wait for another request. */
#include "compat.h"

#include <errno.h>
#include <sys/socket.h>

#include "http/idle.h"

enum { DRAIN_MAX = 64 }; /* blocks that are read of what nobody asked for */

void oc_idle_release(struct oc_idle *idle)
{
	free(idle->connections);
	*idle = (struct oc_idle){.n = 0};
}

bool oc_idle_reserve(struct oc_idle *idle)
{
	void *longer = realloc(idle->connections, (idle->cap + 1) * sizeof *idle->connections);

	if (!longer)
		return false;
	idle->connections = longer;
	idle->cap++;
	return true;
}

void oc_idle_add(struct oc_idle *idle, int fd, long port)
{
	if (idle->n == idle->cap)
		return;
	idle->connections[idle->n].fd = fd;
	idle->connections[idle->n++].port = port;
}

void oc_idle_remove(struct oc_idle *idle, int fd, long port)
{
	for (size_t i = idle->n; i > 0; i--) {
		if (idle->connections[i - 1].fd == fd ||
		    (port && idle->connections[i - 1].port == port))
			idle->connections[i - 1] = idle->connections[--idle->n];
	}
}

/* Takes away what has come, so that the end is the next thing to be read. False: nothing has. */
static bool end_if_used(int fd)
{
	char block[4096];
	ssize_t n = recv(fd, block, sizeof block, MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return false;
	for (int i = 1; n > 0 && i < DRAIN_MAX; i++)
		n = recv(fd, block, sizeof block, MSG_DONTWAIT);
	/* Writing stays possible: TLS says goodbye. */
	(void)shutdown(fd, SHUT_RD);
	return true;
}

void oc_idle_check(struct oc_idle *idle)
{
	for (size_t i = idle->n; i > 0; i--) {
		if (end_if_used(idle->connections[i - 1].fd))
			idle->connections[i - 1] = idle->connections[--idle->n];
	}
}
