/* SPDX-License-Identifier: MIT */
/* idle.c: connections that wait for another request. */
#include "compat.h"

#include <poll.h>
#include <sys/socket.h>

#include "http/idle.h"

enum { DRAIN_MAX = 64 }; /* blocks that are read of what nobody asked for */

void oc_idle_release(struct oc_idle *idle)
{
	free(idle->fds);
	free(idle->ports);
	*idle = (struct oc_idle){.n = 0};
}

bool oc_idle_reserve(struct oc_idle *idle)
{
	size_t cap = idle->cap + 1;
	struct pollfd *fds = realloc(idle->fds, cap * sizeof *fds);
	long *ports;

	if (!fds)
		return false;
	idle->fds = fds;
	ports = realloc(idle->ports, cap * sizeof *ports);
	if (!ports)
		return false;
	idle->ports = ports;
	idle->cap = cap;
	return true;
}

void oc_idle_add(struct oc_idle *idle, int fd, long port)
{
	if (idle->n == idle->cap)
		return;
	idle->fds[idle->n] = (struct pollfd){.fd = fd, .events = POLLIN};
	idle->ports[idle->n++] = port;
}

static void remove_at(struct oc_idle *idle, size_t i)
{
	idle->n--;
	idle->fds[i] = idle->fds[idle->n];
	idle->ports[i] = idle->ports[idle->n];
}

void oc_idle_remove_fd(struct oc_idle *idle, int fd)
{
	for (size_t i = idle->n; i > 0; i--) {
		if (idle->fds[i - 1].fd == fd)
			remove_at(idle, i - 1);
	}
}

void oc_idle_remove_port(struct oc_idle *idle, long port)
{
	for (size_t i = idle->n; i > 0; i--) {
		if (idle->ports[i - 1] == port)
			remove_at(idle, i - 1);
	}
}

/* What has come is taken away, so that the end is the next thing to be read. */
static void end(int fd)
{
	char block[4096];

	for (int i = 0; i < DRAIN_MAX; i++) {
		if (recv(fd, block, sizeof block, MSG_DONTWAIT) <= 0)
			break;
	}
	/* Writing stays possible: TLS says goodbye. */
	(void)shutdown(fd, SHUT_RD);
}

void oc_idle_check(struct oc_idle *idle)
{
	if (!idle->n || poll(idle->fds, idle->n, 0) <= 0)
		return;
	for (size_t i = idle->n; i > 0; i--) {
		if (!idle->fds[i - 1].revents)
			continue;
		end(idle->fds[i - 1].fd);
		remove_at(idle, i - 1);
	}
}
