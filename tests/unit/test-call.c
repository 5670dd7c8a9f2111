/* SPDX-License-Identifier: MIT */
/* test-call.c: tries, waits and deadlines of a call, and the reader that leaves in the meantime. */
#include "compat.h"

#include <fcntl.h>
#include <limits.h>
#include <math.h>

#include "call/call.h"
#include "loopback.h"
#include "answer/reply.h"

static struct oc_reply reply; /* of the call that was made last */
static struct oc_err err;

static int ask_with(const struct oc_config *cfg, oc_sink *sink)
{
	struct oc_request req = request();

	oc_reply_release(&reply);
	err = (struct oc_err){0};
	return sink ? oc_stream(cfg, &req, sink, NULL, &reply, &err)
	            : oc_complete(cfg, &req, &reply, &err);
}

static int ask(const struct oc_config *cfg)
{
	return ask_with(cfg, NULL);
}

#define BUSY "status 503\nbody {}\n---\n"

/* ---- deadlines and retries ---------------------------------------------------------------- */

TEST(a_wait_that_passes_the_deadline_is_not_begun)
{
	static const char *const scripts[] = {
	        "status 503\nheader Retry-After: 100\nbody {}\n---\nanswer late\n",
	        "status 503\nbody {}\n---\nanswer late\n",
	};

	for (size_t i = 0; i < OC_COUNT(scripts); i++) {
		struct oc_config cfg = config();

		serve(scripts[i]);
		cfg.backoff_factor = 60;
		cfg.max_time = 40;
		CHECK_INT(ask(&cfg), OC_EBUSY);
		CHECK_INT(err.http_status, 503);
		CHECK_INT(reply.attempts, 1);
		CHECK(reply.seconds < 40);
	}
}

TEST(the_deadline_is_one_for_all_tries)
{
	struct oc_config cfg = config();

	serve("status 503\nbody {}\n---\nstatus 503\nbody {}\n---\nstall\n");
	cfg.max_time = 2; /* enough for a slow machine to come to the third try */
	cfg.timeout = cfg.wait = 0;
	CHECK_INT(ask(&cfg), OC_ETIMEOUT);
	CHECK(strstr(err.message, "the deadline has passed"));
	CHECK(reply.seconds > 1.9);
}

TEST(silence_is_tried_again)
{
	struct oc_config cfg = config();

	serve("stall\n---\nanswer ok\n");
	cfg.wait = 0.1;
	cfg.max_retries = 100; /* for a machine that is slow to answer, too */
	CHECK_INT(ask(&cfg), OC_OK);
	CHECK(reply.attempts >= 2);
	CHECK_STR(reply.content, "ok");
}

TEST(with_a_deadline_only_tries_go_on)
{
	struct oc_config cfg = config();

	serve(BUSY BUSY BUSY BUSY BUSY BUSY BUSY BUSY "answer ok\n");
	cfg.max_time = 600;
	cfg.max_retries = OC_RETRY_ON;
	CHECK_INT(ask(&cfg), OC_OK);
	CHECK_INT(reply.attempts, 9);
}

TEST(a_long_wish_needs_a_deadline)
{
	struct oc_config cfg = config();

	serve("status 503\nheader Retry-After: 3600\nbody {}\n---\nanswer late\n");
	CHECK_INT(ask(&cfg), OC_EBUSY);
	CHECK_INT(reply.attempts, 1);
	CHECK(strstr(err.message, "it asks to wait 3600 s"));
	cfg.max_time = 100;
	CHECK_INT(ask(&cfg), OC_OK);
}

/* What a try has brought before it broke off is no part of the answer. */
TEST(a_new_try_starts_afresh)
{
	struct oc_config cfg = config();

	serve("sse\ndata {\"id\":\"first\",\"model\":\"x\",\"choices\":[{\"delta\":{\"content\":"
	      "\"no\",\"reasoning\":\"no\"}}],\"usage\":{\"prompt_tokens\":99}}\nreset\n---\n"
	      "sse\ndelta yes\ndone\n");
	CHECK_INT(ask(&cfg), OC_OK);
	CHECK_INT(reply.attempts, 2);
	CHECK_STR(reply.content, "yes");
	CHECK_STR(reply.reasoning, NULL);
	CHECK(!reply.id || strcmp(reply.id, "first") != 0);
	CHECK_INT(reply.usage.input_tokens, -1);
}

/* ---- leave to send ------------------------------------------------------------------------ */

/* Says "not yet" so often, then yes; or from a time of asking on, no. */
struct gate {
	int later;
	int refuses_at;
	int asked;
	int inside;
	int given_up;
	int entered;
};

static int gate_enter(void *ctx, double *wait, struct oc_err *why)
{
	struct gate *gate = ctx;

	CHECK_INT(gate->inside, 0);
	if (++gate->asked == gate->refuses_at) {
		*why = (struct oc_err){.code = OC_EQUOTA, .message = "no more"};
		return why->code;
	}
	*wait = gate->later-- > 0 ? 0.001 : 0;
	gate->inside += *wait <= 0;
	gate->entered = gate->inside ? gate->entered + 1 : gate->entered;
	return OC_OK;
}

static void gate_leave(void *ctx, bool sent)
{
	struct gate *gate = ctx;

	gate->given_up += !sent;
	gate->inside -= sent;
}

static struct oc_config gated(struct gate *gate)
{
	struct oc_config cfg = config();

	cfg.enter = gate_enter;
	cfg.leave = gate_leave;
	cfg.enter_ctx = gate;
	return cfg;
}

TEST(each_try_has_its_leave)
{
	struct gate gate = {.later = 3};
	struct oc_config cfg = gated(&gate);

	serve(BUSY "reset\n---\nanswer ok\n");
	CHECK_INT(ask(&cfg), OC_OK);
	CHECK_INT(gate.asked, 6);
	CHECK_INT(gate.entered, 3);
	CHECK_INT(gate.inside, 0);
	CHECK_INT(gate.given_up, 0);
}

TEST(an_error_instead_of_leave_ends_the_call)
{
	struct gate gate = {.refuses_at = 2};
	struct oc_config cfg = gated(&gate);

	serve(BUSY "answer late\n");
	CHECK_INT(ask(&cfg), OC_EQUOTA);
	CHECK_STR(err.message, "no more");
	CHECK_INT(reply.attempts, 1);
	CHECK_INT(gate.inside, 0);
	gate = (struct gate){.refuses_at = 1};
	CHECK_INT(ask(&cfg), OC_EQUOTA);
	CHECK_INT(reply.attempts, 0);
}

TEST(leave_that_does_not_come_until_the_deadline)
{
	struct gate gate = {.later = INT_MAX};
	struct oc_config cfg = gated(&gate);

	serve("answer ok\n");
	cfg.max_time = 0.05;
	CHECK_INT(ask(&cfg), OC_ETIMEOUT);
	CHECK_INT(reply.attempts, 0);
	CHECK_INT(gate.given_up, 1);
	CHECK_INT(gate.inside, 0);
}

TEST(limits_are_checked)
{
	struct oc_config cfg;

	cfg = config();
	cfg.timeout = -1;
	CHECK_INT(ask(&cfg), OC_EARG);
	cfg.timeout = (double)NAN;
	CHECK_INT(ask(&cfg), OC_EARG);
	cfg = config();
	cfg.max_time = -0.001;
	CHECK_INT(ask(&cfg), OC_EARG);
	cfg = config();
	cfg.wait = -1;
	CHECK_INT(ask(&cfg), OC_EARG);
	cfg = config();
	cfg.max_retries = OC_RETRY_ON; /* without a deadline */
	CHECK_INT(ask(&cfg), OC_EARG);
	cfg.max_time = 60;
	cfg.max_retries = -2;
	CHECK_INT(ask(&cfg), OC_EARG);
	cfg = config();
	cfg.backoff_factor = (double)NAN;
	CHECK_INT(ask(&cfg), OC_EARG);
	/* Without an end is a limit, too. */
	serve("answer ok\n");
	cfg = config();
	cfg.timeout = cfg.wait = cfg.max_time = cfg.backoff_factor = (double)INFINITY;
	CHECK_INT(ask(&cfg), OC_OK);
}

/* ---- a reader that leaves ----------------------------------------------------------------- */

static int reader = -1; /* the reading end of the watched pipe */

static void leave(void)
{
	(void)close(reader);
	reader = -1;
}

/* A configuration that watches a pipe, and that would wait for ever. */
static struct oc_config watching(void)
{
	struct oc_config cfg = config();
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	reader = ends[0];
	CHECK_INT(fcntl(reader, F_SETFD, FD_CLOEXEC), 0); /* the server must not hold it open */
	cfg.watch_fd = ends[1];
	cfg.timeout = cfg.wait = 0;
	return cfg;
}

static int leave_at_first_text(void *ctx, const struct oc_chunk *chunk)
{
	(void)ctx;
	if (chunk->kind == OC_CHUNK_CONTENT && reader >= 0)
		leave();
	return 0;
}

static void leave_at_a_wait(void *ctx, const char *line)
{
	(void)ctx;
	if (strncmp(line, "waiting ", 8) == 0)
		leave();
}

TEST(a_reader_that_leaves_ends_a_try)
{
	struct oc_config cfg = watching();

	serve("sse\ndelta x\nstall\n");
	CHECK_INT(ask_with(&cfg, leave_at_first_text), OC_ESTOPPED);
	CHECK_INT(reply.delivered, 1);
	CHECK_INT(reply.http_status, 200);
	CHECK(reader < 0);
	(void)close(cfg.watch_fd);
}

TEST(a_reader_that_has_left_ends_the_first_try)
{
	struct oc_config cfg = watching();

	serve("stall\n");
	leave();
	CHECK_INT(ask(&cfg), OC_ESTOPPED);
	CHECK_INT(reply.attempts, 1);
	(void)close(cfg.watch_fd);
	/* What is no descriptor has no reader, either. */
	cfg.watch_fd = 900;
	CHECK_INT(ask(&cfg), OC_ESTOPPED);
}

TEST(a_reader_that_leaves_ends_a_wait)
{
	struct oc_config cfg = watching();

	serve("status 503\nheader Retry-After: 110\nbody {}\n");
	cfg.log = leave_at_a_wait;
	CHECK_INT(ask(&cfg), OC_ESTOPPED);
	CHECK_INT(reply.attempts, 1);
	CHECK(reader < 0);
	CHECK(reply.seconds < 110);
	(void)close(cfg.watch_fd);
}

/* Counts how often it is asked, and says yes once the count is reached. */
struct asked {
	int n;
	int yes_at;
};

static bool count_down(void *ctx)
{
	struct asked *asked = ctx;

	return ++asked->n >= asked->yes_at;
}

static void cancel_at_a_wait(void *ctx, const char *line)
{
	struct asked *asked = ctx;

	if (strncmp(line, "waiting ", 8) == 0)
		asked->yes_at = asked->n + 2;
}

TEST(a_call_is_cancelled_before_and_within_a_try)
{
	/* The first question comes before the first byte, the third while nothing comes. */
	static const int yes_at[] = {1, 3};

	for (size_t i = 0; i < OC_COUNT(yes_at); i++) {
		struct oc_config cfg = config();
		struct asked asked = {.yes_at = yes_at[i]};

		serve("stall\n");
		cfg.cancelled = count_down;
		cfg.cancel_ctx = &asked;
		cfg.timeout = cfg.wait = 0;
		CHECK_INT(ask(&cfg), OC_ESTOPPED);
		CHECK_STR(err.message, "the call was cancelled");
		CHECK_INT(asked.n, yes_at[i]);
		CHECK_INT(reply.attempts, 1);
	}
}

TEST(a_call_is_cancelled_within_a_wait)
{
	struct oc_config cfg = config();
	struct asked asked = {.yes_at = INT_MAX};

	serve("status 503\nheader Retry-After: 110\nbody {}\n");
	cfg.log = cancel_at_a_wait;
	cfg.log_ctx = &asked;
	cfg.cancelled = count_down;
	cfg.cancel_ctx = &asked;
	CHECK_INT(ask(&cfg), OC_ESTOPPED);
	CHECK_INT(reply.attempts, 1);
	CHECK(reply.seconds < 110);
}

TEST(a_reader_that_stays_changes_nothing)
{
	struct oc_config cfg = watching();

	serve("status 503\nbody {}\n---\nanswer ok\n");
	CHECK_INT(ask(&cfg), OC_OK);
	CHECK_INT(reply.attempts, 2);
	leave();
	(void)close(cfg.watch_fd);
}
