/* SPDX-License-Identifier: MIT */
/* call.c: one call from its first try to its last. */
#include "compat.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>

#include "call/call.h"
#include "text/err.h"

/* How long a wait may last in one piece, in ms; and where the caller may cancel the call. */
enum { WAIT_MAX = 3600 * 1000, CANCEL_WAIT_MAX = 250 };

void oc_call_init(struct oc_call *call, struct oc_client *client, const char *url, double deadline,
                  struct oc_reply *reply)
{
	*call = (struct oc_call){
	        .started = oc_now(),
	        .attempt = {.client = client,
	                    .question = &call->question,
	                    .url = url,
	                    .deadline = deadline,
	                    .reply = reply},
	};
}

/* Is the call to end, because of the caller or of the answer's reader? OC_ESTOPPED. */
static int check_stop(const struct oc_call *call, const struct pollfd *watch, struct oc_err *err)
{
	const struct oc_config *cfg = call->attempt.client->cfg;

	if (watch->revents & (POLLERR | POLLHUP | POLLNVAL))
		return oc_err_set(err, OC_ESTOPPED, "the reader of the answer has gone");
	if (cfg->cancelled && cfg->cancelled(cfg->cancel_ctx))
		return oc_err_set(err, OC_ESTOPPED, "the call was cancelled");
	return OC_OK;
}

static int wait_max(const struct oc_call *call)
{
	return call->attempt.client->cfg->cancelled ? CANCEL_WAIT_MAX : WAIT_MAX;
}

/* Waits between two tries. */
static int pause_for(const struct oc_call *call, double seconds, struct oc_err *err)
{
	double until = oc_now() + seconds;
	struct pollfd watch = {.fd = call->attempt.client->cfg->watch_fd}; /* poll() ignores -1 */

	for (;;) {
		double left = until - oc_now();

		if (left <= 0)
			return OC_OK;
		if (poll(&watch, 1, (int)fmin(ceil(left * 1000), wait_max(call))) < 0 &&
		    errno != EINTR)
			return oc_err_set(err, OC_ESYS, "poll: %s", strerror(errno));
		if (check_stop(call, &watch, err))
			return OC_ESTOPPED;
	}
}

/* Waits for leave to send. */
static int wait_for_turn(struct oc_call *call, struct oc_err *err)
{
	const struct oc_client *client = call->attempt.client;
	double since = oc_now(), until = call->attempt.deadline, wait = 0;
	bool told = false;
	int rc;

	while (!(rc = oc_client_enter(client, &wait, err)) && wait > 0) {
		double left = until > 0 ? until - oc_now() : wait;

		if (!told)
			oc_client_log(client, "waiting for a turn");
		told = true;
		rc = left > 0 ? pause_for(call, fmin(wait, left), err)
		              : oc_client_too_late(client, err);
		if (rc) {
			oc_client_leave(client, false);
			return rc;
		}
	}
	if (told && !rc)
		oc_client_log(client, "waited %.3f s for a turn", oc_now() - since);
	return rc;
}

/* One try, from its start to its end. The result is the attempt's err. */
static void try_once(struct oc_call *call)
{
	struct oc_attempt *a = &call->attempt;
	struct oc_client *client = a->client;
	struct pollfd watch = {.fd = client->cfg->watch_fd};
	unsigned nwatch = watch.fd >= 0 ? 1 : 0;
	struct oc_err err = {0};
	char told[OC_ATTEMPT_TOLD_MAX];
	int rc;

	a->reply->attempts++;
	rc = oc_attempt_start(a, &err);
	oc_client_log(client, "try %d: %s %.*s, %zu bytes of body", a->reply->attempts,
	              a->x.body.p ? "POST" : "GET", (int)strcspn(a->url, "?"), a->url, a->x.body.n);
	if (rc || check_stop(call, &watch, &err)) {
		a->err = err;
		return;
	}
	while (!oc_attempt_done(a)) {
		if (oc_http_step(client->http, wait_max(call), &watch, nwatch, &err) ||
		    check_stop(call, &watch, &err)) {
			a->err = err;
			a->err.http_status = a->reply->http_status = a->x.status;
			return;
		}
	}
	oc_client_log(client,
	              "try %d: %s (connected %.3f s, first byte %.3f s), %" PRIu64
	              " bytes received",
	              a->reply->attempts, oc_attempt_tell(a, told), a->x.connected_after,
	              a->x.first_byte_after, a->x.received);
}

/* Is there to be another try? Waits for its time, if so. */
static bool try_again(struct oc_call *call)
{
	struct oc_attempt *a = &call->attempt;
	struct oc_failure failure = oc_attempt_failure(a, call->asked);
	struct oc_err err = {0};
	double wait;

	failure.retries_made = call->retries;
	if (!oc_retry(&failure, &wait))
		return false;
	call->retries += !a->err.loading;
	oc_client_log(call->attempt.client, "waiting %.3f s before the next try: %s", wait,
	              a->err.message);
	if (pause_for(call, wait, &err) == OC_OK)
		return true;
	a->err = err;
	return false;
}

int oc_call_run(struct oc_call *call, struct oc_err *err)
{
	struct oc_attempt *a = &call->attempt;
	struct oc_client *client = a->client;

	for (;;) {
		struct oc_err refused = {0};

		if (wait_for_turn(call, &refused)) {
			a->err = refused;
			a->retry_after = -1;
			break;
		}
		if (call->asked <= 0)
			call->asked = oc_now();
		try_once(call);
		/* What was given up is so for the server, too, before another may take its turn. */
		oc_http_end(client->http, &a->x);
		oc_client_leave(client, true);
		oc_attempt_conceal(a);
		if (oc_attempt_lower(a))
			oc_client_log(client, "asking for less than that: %s", a->err.message);
		else if (!try_again(call))
			break;
		oc_attempt_end(a);
		oc_reply_release(a->reply); /* what a try left is not part of the next one */
		a->reply->http_status = 0;
	}
	a->reply->seconds = oc_now() - call->started;
	return oc_attempt_error(a, err);
}
