/* SPDX-License-Identifier: MIT */
/* test-idle.c: what becomes of connections that wait, by what comes on them. */
#include "compat.h"

#include <sys/socket.h>
#include <unistd.h>

#include "fail-alloc.h"
#include "http/idle.h"

enum { PAIRS = 4 };

static int here[PAIRS], there[PAIRS];

static void connect_all(struct oc_idle *idle)
{
	for (int i = 0; i < PAIRS; i++) {
		int ends[2];

		CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
		here[i] = ends[0];
		there[i] = ends[1];
		CHECK(oc_idle_reserve(idle));
		oc_idle_add(idle, here[i], 1000 + i);
	}
}

static void close_all(void)
{
	for (int i = 0; i < PAIRS; i++) {
		(void)close(here[i]);
		(void)close(there[i]);
	}
}

/* 0 = it looks as if it had ended; 1 = something can be read; -1 = nothing has come. */
static int state_of(int fd)
{
	char byte;

	return (int)recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
}

TEST(what_has_come_ends_a_connection)
{
	struct oc_idle idle = {.n = 0};
	char block[100000] = "408";
	ssize_t n;

	connect_all(&idle);
	CHECK_INT(write(there[1], "x", 1), 1);
	n = send(there[2], block, sizeof block, MSG_DONTWAIT);
	CHECK(n > 1);
	(void)close(there[3]);
	there[3] = -1;
	oc_idle_check(&idle);
	CHECK_INT(state_of(here[0]), -1);
	CHECK_INT(state_of(here[1]), 0);
	CHECK_INT(state_of(here[2]), 0);
	CHECK_INT(state_of(here[3]), 0);
	CHECK_INT(idle.n, 1);
	CHECK_INT(write(here[1], "goodbye", 7), 7);
	close_all();
	oc_idle_release(&idle);
}

/* Of one that is in use, what comes is the answer. */
TEST(one_that_is_taken_is_left_alone)
{
	struct oc_idle idle = {.n = 0};

	connect_all(&idle);
	for (int i = 0; i < PAIRS; i++)
		CHECK_INT(write(there[i], "x", 1), 1);
	oc_idle_remove(&idle, -1, 1000);
	oc_idle_remove(&idle, here[2], 0);
	oc_idle_remove(&idle, 900, 0);
	oc_idle_remove(&idle, -1, 1);
	CHECK_INT(idle.n, 2);
	oc_idle_check(&idle);
	CHECK_INT(state_of(here[0]), 1);
	CHECK_INT(state_of(here[1]), 0);
	CHECK_INT(state_of(here[2]), 1);
	CHECK_INT(state_of(here[3]), 0);
	oc_idle_check(&idle); /* there is none left */
	close_all();
	oc_idle_release(&idle);
}

static int reserve(void *ctx)
{
	struct oc_idle idle = {.n = 0};
	bool ok = oc_idle_reserve(&idle);

	(void)ctx;
	ok = oc_idle_reserve(&idle) && ok;
	oc_idle_add(&idle, 0, 1);
	oc_idle_add(&idle, 0, 2);
	oc_idle_add(&idle, 0, 3); /* has no room */
	CHECK(idle.n <= idle.cap && (!ok || idle.n == 2));
	oc_idle_release(&idle);
	return ok ? OC_OK : OC_ENOMEM;
}

TEST(memory_may_be_out)
{
	CHECK(fail_each_alloc(reserve, NULL) == 2);
}
