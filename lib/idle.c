/* SPDX-License-Identifier: MIT */
/* idle.c: connections that wait for another request. */
#include "compat.h"

#include <poll.h>
#include <sys/socket.h>

#include "idle.h"

enum { DRAIN_MAX = 64 }; /* blocks that are read of what nobody asked for */

void oc_idle_release(struct oc_idle *idle)
{
	free(idle->list);
	*idle = (struct oc_idle){.n = 0};
}

bool oc_idle_reserve(struct oc_idle *idle)
{
	size_t cap = idle->cap + 1;
	struct oc_idle_connection *longer = realloc(idle->list, cap * sizeof *longer);

	if (!longer)
		return false;
	idle->list = longer;
	idle->cap = cap;
	return true;
}

void oc_idle_add(struct oc_idle *idle, int fd, long port)
{
	if (idle->n < idle->cap)
		idle->list[idle->n++] = (struct oc_idle_connection){.fd = fd, .port = port};
}

static void remove_at(struct oc_idle *idle, size_t i)
{
	idle->list[i] = idle->list[--idle->n];
}

void oc_idle_remove_fd(struct oc_idle *idle, int fd)
{
	for (size_t i = idle->n; i > 0; i--) {
		if (idle->list[i - 1].fd == fd)
			remove_at(idle, i - 1);
	}
}

void oc_idle_remove_port(struct oc_idle *idle, long port)
{
	for (size_t i = idle->n; i > 0; i--) {
		if (idle->list[i - 1].port == port)
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
	for (size_t i = idle->n; i > 0; i--) {
		struct pollfd watch = {.fd = idle->list[i - 1].fd, .events = POLLIN};

		if (poll(&watch, 1, 0) <= 0)
			continue;
		end(watch.fd);
		remove_at(idle, i - 1);
	}
}
