/* SPDX-License-Identifier: MIT */
/* test-http.c: clocks, limits and ends of HTTP exchanges, against the loopback server. */
#include "compat.h"

#include <fcntl.h>
#include <poll.h>
#include <errno.h>
#include <sys/resource.h>

#include "http/http.h"
#include "loopback.h"

/* An exchange, and what it brought. */
struct got {
	double timeout; /* for others that are under way, too */
	double wait;
	double deadline;
	size_t stop_after; /* bytes; 0 = never */
	size_t idle;       /* bytes that are not the beginning of an answer */
	struct oc_http *http;
	struct oc_exchange x;
	struct oc_buf body;
};

static int take(void *ctx, const char *p, size_t n)
{
	struct got *got = ctx;

	oc_buf_add(&got->body, p, n);
	got->x.begun = got->body.n > got->idle;
	return got->stop_after && got->body.n >= got->stop_after;
}

static struct oc_config cfg; /* of all pools */

static struct oc_http *new_pool(void)
{
	static struct oc_server server = {.loopback = true};
	struct oc_http *http = NULL;
	struct oc_err err = {0};

	server.base_url = base_url;
	CHECK_INT(oc_http_new(&cfg, &server, 0, &http, &err), OC_OK);
	return http;
}

static void start(struct oc_http *http, struct got *got)
{
	struct oc_err err = {0};

	cfg.timeout = got->timeout;
	cfg.wait = got->wait;
	oc_buf_init(&got->body, (size_t)1 << 20);
	got->http = http;
	got->x = (struct oc_exchange){
	        .url = base_url,
	        .accept = "*/*",
	        .body = got->x.body,
	        .deadline = got->deadline,
	        .on_body = take,
	        .ctx = got,
	};
	CHECK_INT(oc_http_start(http, &got->x, &err), OC_OK);
}

static void finish(struct got *got)
{
	struct oc_err err = {0};

	while (!got->x.done)
		CHECK_INT(oc_http_step(got->http, -1, NULL, 0, &err), OC_OK);
	CHECK_INT(got->x.err.code == OC_OK, got->x.err.message[0] == '\0');
}

static void release(struct got *got)
{
	oc_http_end(got->http, &got->x);
	oc_buf_release(&got->body);
}

/* The whole exchange with a server that plays the script, in a pool of its own. */
static void exchange(const char *script, struct got *got)
{
	serve(script);
	start(new_pool(), got);
	finish(got);
}

static void release_all(struct got *got)
{
	release(got);
	oc_http_free(got->http);
}

/* ---- clocks ------------------------------------------------------------------------------- */

TEST(silence_ends_an_exchange_wherever_it_comes)
{
	static const struct {
		const char *script;
		const char *message;
	} rows[] = {
	        {"stall\n", "no answer within 2 s"},
	        {"length 9\nhead\nstall\n", "no answer within 2 s"},
	        {"length 9\nbody x\nstall\n", "no further byte of the answer within 2 s"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		/* Long enough for a slow machine to connect, and to take the first byte. */
		struct got got = {.timeout = 2, .wait = 2};

		exchange(rows[i].script, &got);
		CHECK_INT(got.x.err.code, OC_ETIMEOUT);
		CHECK(got.x.err.retry);
		CHECK(strstr(got.x.err.message, rows[i].message));
		CHECK(got.x.total >= 2);
		release_all(&got);
	}
}

/* What is no beginning does not make the wait for one longer, and the silence that is allowed later
 * does not make it shorter. */
TEST(the_beginning_has_a_limit_of_its_own)
{
	static const struct {
		const char *script;
		double timeout, wait;
		size_t idle;
		const char *message; /* NULL = it is whole */
	} rows[] = {
	        {"framing chunked\nevery 1\nrepeat forever body x\n", 0, 1, SIZE_MAX,
	         "no answer within 1 s"},
	        {"stall\n", 0.5, 1, 0, "no answer within 1 s"},
	        {"framing chunked\nbody x\nstall\n", 1, 0, 0,
	         "no further byte of the answer within 1 s"},
	        {"status 500\nlength 9\nhead\nstall\n", 1, 0, 0, "no further byte"},
	        {"pause 600\nbody x\n", 0.3, 0, 0, NULL},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct got got = {
		        .timeout = rows[i].timeout, .wait = rows[i].wait, .idle = rows[i].idle};

		exchange(rows[i].script, &got);
		printf("# %s\n", got.x.err.message);
		CHECK_INT(!got.x.err.code, !rows[i].message);
		CHECK(!rows[i].message || strstr(got.x.err.message, rows[i].message));
		release_all(&got);
	}
}

TEST(a_deadline_ends_an_answer_that_lives)
{
	struct oc_http *http = new_pool();
	struct got got = {.stop_after = 0};

	serve("framing chunked\nevery 1\nrepeat forever body x\n");
	got.deadline = oc_now() + 0.2;
	start(http, &got);
	finish(&got);
	CHECK(oc_now() >= got.deadline);
	CHECK_INT(got.x.err.code, OC_ETIMEOUT);
	CHECK(strstr(got.x.err.message, "deadline"));
	CHECK_INT(got.x.received, got.body.n);
	release(&got);
	/* One that has passed before the start. */
	got.deadline = oc_now() - 1;
	start(http, &got);
	finish(&got);
	CHECK_INT(got.x.err.code, OC_ETIMEOUT);
	release(&got);
	oc_http_free(http);
}

TEST(a_step_waits_no_longer_than_it_is_told)
{
	struct oc_http *http = new_pool();
	struct got got = {.stop_after = 0};
	struct oc_err err = {0};

	serve("stall\n");
	start(http, &got);
	for (int i = 0; i < 20; i++)
		CHECK_INT(oc_http_step(http, 1, NULL, 0, &err), OC_OK);
	CHECK(!got.x.done);
	release(&got); /* under way */
	oc_http_free(http);
}

/* ---- heads -------------------------------------------------------------------------------- */

TEST(fields_are_kept_and_cut)
{
	struct got got = {.stop_after = 0};

	exchange("status 429\nheader RETRY-after:  \t 7 \nheader x-Request-ID: r1\n"
	         "header Retry-After-Ms: 7000\nbig-header Location 1000\nbody no\n",
	         &got);
	CHECK_INT(got.x.err.code, OC_OK);
	CHECK_INT(got.x.status, 429);
	CHECK_STR(got.x.retry_after, "7");
	CHECK_STR(got.x.retry_after_ms, "7000");
	CHECK_STR(got.x.request_id, "r1");
	CHECK_INT(strlen(got.x.location), OC_FIELD_MAX - 1);
	CHECK_STR(got.body.p, "no");
	release_all(&got);
}

TEST(an_interim_answer_leaves_nothing_behind)
{
	struct got got = {.stop_after = 0};

	exchange("raw HTTP/1.1 103 Early Hints\\r\\nRetry-After: 9\\r\\n\\r\\n\nbody ok\n", &got);
	CHECK_INT(got.x.status, 200);
	CHECK_STR(got.x.retry_after, "");
	CHECK_STR(got.body.p, "ok");
	release_all(&got);
}

#define BIG "big-header X 80k\n"

TEST(heads_have_a_limit)
{
	static const struct {
		const char *script;
		enum oc_code code;
	} rows[] = {
	        {BIG BIG BIG "body ok\n", OC_OK},
	        {BIG BIG BIG BIG "body ok\n", OC_EPROTO},
	        {"big-header X 110k\nbody ok\n", OC_EPROTO},
	        {"raw HTTP/1.1 200 OK\\r\\n\nrepeat forever raw X: y\\r\\n\n", OC_EPROTO},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct got got = {.stop_after = 0};

		exchange(rows[i].script, &got);
		CHECK_INT(got.x.err.code, rows[i].code);
		CHECK(!rows[i].code || strstr(got.x.err.message, "headers are too large"));
		release_all(&got);
	}
}

/* ---- ends --------------------------------------------------------------------------------- */

TEST(only_a_whole_answer_is_one)
{
	static const struct {
		const char *script;
		enum oc_code code;
	} rows[] = {
	        {"body x\n", OC_OK},
	        {"framing chunked\nbody x\n", OC_OK},
	        {"framing close\nbody x\n", OC_OK},
	        {"status 204\ntype none\nframing none\n", OC_OK},
	        {"close\n", OC_ECONNECT},
	        {"reset\n", OC_ECONNECT},
	        {"raw HTTP/1.1 200 OK\\r\\n\nclose\n", OC_ECONNECT},
	        {"raw HTTP/1.1 200 OK\\r\\nContent-Le\nclose\n", OC_ECONNECT},
	        {"length 9\nbody x\nclose\n", OC_ECONNECT},
	        {"framing chunked\nbody x\nclose\n", OC_ECONNECT},
	        {"framing close\nbody x\nreset\n", OC_ECONNECT},
	        {"raw SSH-2.0-x\\r\\n\nclose\n", OC_EPROTO},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct got got = {.stop_after = 0};

		printf("# %s", rows[i].script);
		exchange(rows[i].script, &got);
		CHECK_INT(got.x.err.code, rows[i].code);
		release_all(&got);
	}
}

#define HEAD    "raw HTTP/1.1 200 OK\\r\\n\n"
#define CHUNKED "raw HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n\n"
#define KB64    "repeat 8192 raw xxxxxxxx\n"

TEST(what_is_no_http_is_the_servers_fault)
{
	static const char *const scripts[] = {
	        HEAD "raw no colon\\r\\n\\r\\n\nclose\n",
	        HEAD "raw A\\0B: x\\r\\n\\r\\n\nclose\n",
	        HEAD "raw Content-Length: abc\\r\\n\\r\\n\nclose\n",
	        HEAD "raw Transfer-Encoding: x\\r\\n\\r\\n{}\nclose\n",
	        CHUNKED "raw 2\\r\\nxx\\r\\n0\\r\\nno colon\\r\\n\\r\\n\nclose\n",
	        CHUNKED "raw 2\\r\\nxxxx0\\r\\n\\r\\n\nclose\n",
	        CHUNKED "raw zz\\r\\nxx\nclose\n",
	        CHUNKED "raw fffffffffffffffffffffff\\r\\nxx\nclose\n",
	        CHUNKED "raw 0\\r\\nX: \n" KB64 KB64 "raw \\r\\n\\r\\n\nclose\n",
	        "raw HTTP/1.1 200 \n" KB64 KB64 "raw \\r\\n\\r\\n\nclose\n",
	        "raw HTTP/1.1 20\\r\\n\\r\\n\nclose\n",
	        "raw HTTP/1.1 99999\\r\\n\\r\\n\nclose\n",
	        "raw HTTP/1.1 x\\r\\n\\r\\n\nclose\n",
	        "raw HTTP/7 200\\r\\n\\r\\n\nclose\n",
	        "raw \\x15\\x03\\x01\\0\\x02\\x02\\x46\nclose\n",
	};

	for (size_t i = 0; i < OC_COUNT(scripts); i++) {
		struct got got = {.stop_after = 0};

		exchange(scripts[i], &got);
		printf("# %zu: %s\n", i, got.x.err.message);
		CHECK_INT(got.x.err.code, OC_EPROTO);
		CHECK(!got.x.err.retry);
		CHECK(strstr(got.x.err.message, "not HTTP") ||
		      strstr(got.x.err.message, "headers are too large"));
		release_all(&got);
	}
}

TEST(the_receiver_may_stop)
{
	struct got got = {.stop_after = 1};

	exchange("framing chunked\nfill forever\n", &got);
	CHECK_INT(got.x.err.code, OC_ESTOPPED);
	CHECK(got.x.received > 0);
	release_all(&got);
}

/* ---- many ---------------------------------------------------------------------------------- */

/* Gives up two of three that are under way, one by its clock and one by hand. */
TEST(exchanges_do_not_disturb_each_other)
{
	struct oc_http *http = new_pool();
	struct got given_up = {.stop_after = 0};
	struct got silent = {.stop_after = 0};
	struct got good = {.stop_after = 0};

	serve("pause 300\nbody ok\n");
	start(http, &given_up);
	silent.deadline = oc_now() + 0.05;
	start(http, &silent);
	start(http, &good);
	finish(&silent);
	CHECK_INT(silent.x.err.code, OC_ETIMEOUT);
	release(&given_up);
	release(&silent);
	finish(&good);
	CHECK_INT(good.x.err.code, OC_OK);
	CHECK_STR(good.body.p, "ok");
	release(&good);
	oc_http_free(http);
}

TEST(a_connection_is_used_again)
{
	struct oc_http *http = new_pool();
	struct got got = {.stop_after = 0};

	serve("body ok\n");
	for (int i = 0; i < 3; i++) {
		start(http, &got);
		finish(&got);
		CHECK_INT(got.x.err.code, OC_OK);
		CHECK((got.x.connected_after > 0) == (i == 0));
		release(&got);
	}
	oc_http_free(http);
}

/* libcurl sends a request again by itself where a kept connection ends before the first byte. The
 * script counts: what the Kth request gets says how many there were. */
TEST(a_request_is_sent_once)
{
	static const struct oc_text bodies[] = {{NULL, 0}, {"", 0}, {"{}", 2}};
	static const struct {
		enum oc_code code;
		const char *body;
	} steps[] = {
	        {OC_OK, "1"}, {OC_ECONNECT, ""}, {OC_OK, "3"}, {OC_ECONNECT, ""},
	        {OC_OK, "5"}, {OC_ECONNECT, ""}, {OC_OK, "7"},
	};

	for (size_t i = 0; i < OC_COUNT(bodies); i++) {
		struct oc_http *http = new_pool();

		serve("body 1\n---\nclose\n---\nbody 3\n---\nreset\n---\nbody 5\n---\n"
		      "pause 20\nreset\n---\nbody 7\n---\nbody 8\n");
		for (size_t k = 0; k < OC_COUNT(steps); k++) {
			struct got got = {.x.body = bodies[i]};

			start(http, &got);
			finish(&got);
			CHECK_INT(got.x.err.code, steps[k].code);
			CHECK_STR(got.body.p, steps[k].body);
			CHECK(!got.x.err.code || strstr(got.x.err.message, "lost before"));
			release(&got);
		}
		oc_http_free(http);
	}
}

/* ---- descriptors --------------------------------------------------------------------------- */

TEST(watched_descriptors_wake_a_step)
{
	struct oc_http *http = new_pool();
	struct got got = {.stop_after = 0};
	struct pollfd fds[2];
	struct oc_err err = {0};
	int in[2], out[2];

	CHECK(pipe(in) == 0 && pipe(out) == 0);
	CHECK_INT(fcntl(out[0], F_SETFD, FD_CLOEXEC), 0); /* the server must not hold it open */
	serve("stall\n");
	start(http, &got);
	fds[0] = (struct pollfd){.fd = in[0], .events = POLLIN};
	fds[1] = (struct pollfd){.fd = out[1]};
	CHECK_INT(write(in[1], "x", 1), 1);
	do {
		CHECK_INT(oc_http_step(http, -1, fds, 2, &err), OC_OK);
	} while (!fds[0].revents);
	CHECK_INT(fds[0].revents, POLLIN);
	CHECK_INT(fds[1].revents, 0);
	(void)close(out[0]);
	fds[0].fd = -1;
	do {
		CHECK_INT(oc_http_step(http, -1, fds + 1, 1, &err), OC_OK);
	} while (!fds[1].revents);
	CHECK(fds[1].revents & POLLERR);
	release(&got);
	oc_http_free(http);
	(void)close(in[0]);
	(void)close(in[1]);
	(void)close(out[1]);
}

TEST(no_descriptor_is_not_the_servers_fault)
{
	struct oc_http *http = new_pool();
	struct got got = {.stop_after = 0};
	struct rlimit before, none;
	int lowest;

	serve("body ok\n");
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &before), 0);
	lowest = dup(STDERR_FILENO);
	CHECK(lowest >= 0 && close(lowest) == 0);
	none = before;
	none.rlim_cur = (rlim_t)lowest;
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &none), 0);
	start(http, &got);
	finish(&got);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &before), 0);
	CHECK_INT(got.x.err.code, OC_ESYS);
	CHECK(strstr(got.x.err.message, strerror(EMFILE)));
	release(&got);
	start(http, &got);
	finish(&got);
	CHECK_INT(got.x.err.code, OC_OK);
	release(&got);
	oc_http_free(http);
}
