/* SPDX-License-Identifier: MIT */
/* complete.c: oc.h's function style: requests in, replies out. */
#include "compat.h"

#include <inttypes.h>

#include "call/complete.h"
#include "answer/form.h"
#include "request/fields.h"
#include "request/messages.h"
#include "request/request.h"
#include "text/err.h"
#include "text/text.h"

static void log_answer(const struct oc_client *client, const struct oc_reply *reply)
{
	oc_client_log(client,
	              "answer by %s: %" PRId64 " input tokens, %" PRId64 " output tokens, "
	              "finish reason %s",
	              reply->model ? reply->model : "an unnamed model", reply->usage.input_tokens,
	              reply->usage.output_tokens,
	              reply->finish_reason ? reply->finish_reason : "not given");
}

/* deadline: on oc_now()'s clock, 0 = none. */
static int ask(struct oc_client *client, const struct oc_request *req, double deadline,
               oc_sink *sink, void *ctx, struct oc_reply *reply, struct oc_err *err)
{
	struct oc_buf body = {0};
	struct oc_call call;
	int rc;

	oc_buf_init(&body, OC_BODY_MAX);
	oc_call_init(&call, client, client->server.chat, deadline, reply);
	call.attempt.sink = sink;
	call.attempt.sink_ctx = ctx;
	rc = oc_request_check(req, err);
	if (!rc && (req->prompt.n || !req->messages.n))
		rc = oc_prompt_check(req->prompt, err);
	if (!rc)
		rc = oc_request_body(req, &body, err);
	if (!rc)
		rc = oc_question_init(&call.question, req, &body, sink || !req->whole, err);
	call.question.has_tools = oc_request_has_tools(req);
	if (!rc)
		rc = oc_call_run(&call, err);
	oc_attempt_end(&call.attempt);
	oc_buf_release(&body);
	if (!rc)
		log_answer(client, reply);
	return rc;
}

/* What is wrong with an answer is told in words of the answer, too. */
static int check_form(const struct oc_client *client, const struct oc_request *req,
                      const struct oc_reply *reply, struct oc_text answer, struct oc_err *err)
{
	int rc = oc_answer_check(req, reply, answer, err);

	if (rc && err)
		oc_secrets_mask_string(&client->secrets, err->message);
	return rc;
}

static int64_t sum_of(int64_t a, int64_t b)
{
	return a < 0 || b < 0 || a > INT64_MAX - b ? -1 : a + b;
}

/* Takes what the answers before this one have cost. */
static void add_cost(struct oc_reply *reply, const struct oc_reply *before)
{
	reply->attempts += before->attempts;
	reply->seconds += before->seconds;
	reply->usage.input_tokens = sum_of(reply->usage.input_tokens, before->usage.input_tokens);
	reply->usage.output_tokens =
	        sum_of(reply->usage.output_tokens, before->usage.output_tokens);
	reply->usage.total_tokens = sum_of(reply->usage.total_tokens, before->usage.total_tokens);
}

/* Asks once more, with the last answer, and what is wrong with it, as further turns. */
static int ask_again(struct oc_client *client, const struct oc_request *req, double deadline,
                     struct oc_buf *messages, struct oc_reply *reply, struct oc_err *err)
{
	struct oc_request next = *req;
	struct oc_reply again = {0};
	struct oc_buf complaint = {0};
	int rc;

	oc_client_log(client, "asking again: %s", err->message);
	oc_buf_init(&complaint, (size_t)1 << 16);
	oc_buf_printf(&complaint, "%s. Answer again, with the corrected JSON and nothing else.",
	              err->message);
	oc_buf_clear(messages);
	rc = oc_request_messages(req, reply, messages, err);
	next.messages = oc_buf_text(messages);
	next.system = (struct oc_text){NULL, 0};
	next.nimages = 0;
	next.prompt = oc_buf_text(&complaint);
	oc_reply_init(&again);
	if (!rc)
		rc = ask(client, &next, deadline, NULL, NULL, &again, err);
	add_cost(&again, reply);
	oc_reply_release(reply);
	*reply = again;
	oc_buf_release(&complaint);
	return rc;
}

static void drop_content(struct oc_reply *reply)
{
	free(reply->content);
	reply->content = NULL;
	reply->content_len = 0;
}

int oc_client_complete(struct oc_client *client, const struct oc_request *req,
                       struct oc_reply *reply, struct oc_err *err)
{
	double deadline = oc_client_deadline(client, oc_now());
	struct oc_err why = {0};
	struct oc_buf messages = {0};
	int rc = ask(client, req, deadline, NULL, NULL, reply, &why);

	oc_buf_init(&messages, OC_BODY_MAX);
	for (int left = req->retry_invalid; !rc; left--) {
		rc = check_form(client, req, reply, oc_text_of_content(reply), &why);
		if (!rc)
			break;
		if (rc == OC_EPROTO && left > 0)
			rc = ask_again(client, req, deadline, &messages, reply, &why);
		else /* it is whole, and of no use: no part of an answer */
			drop_content(reply);
	}
	oc_buf_release(&messages);
	if (err)
		*err = rc ? why : (struct oc_err){.code = OC_OK};
	return rc;
}

/* A sink before the caller's, which keeps a copy of an answer that must be checked at its end. */
struct tee {
	oc_sink *sink;
	void *ctx;
	struct oc_buf copy;
};

static int tee_chunk(void *ctx, const struct oc_chunk *chunk)
{
	struct tee *tee = ctx;

	if (chunk->kind == OC_CHUNK_CONTENT)
		oc_buf_add(&tee->copy, chunk->text.p, chunk->text.n);
	return tee->sink(tee->ctx, chunk);
}

int oc_client_stream(struct oc_client *client, const struct oc_request *req, oc_sink *sink,
                     void *ctx, struct oc_reply *reply, struct oc_err *err)
{
	struct tee tee = {.sink = sink, .ctx = ctx};
	double deadline = oc_client_deadline(client, oc_now());
	int rc;

	if (!sink)
		return oc_err_set(err, OC_EARG, "there is no sink for the stream");
	if (req->format == OC_FORMAT_TEXT)
		return ask(client, req, deadline, sink, ctx, reply, err);
	oc_buf_init(&tee.copy, OC_ANSWER_MAX);
	rc = ask(client, req, deadline, tee_chunk, &tee, reply, err);
	if (!rc && tee.copy.bad)
		rc = oc_err_set(err, tee.copy.bad, "the answer is too large to be checked");
	if (!rc)
		rc = check_form(client, req, reply, oc_buf_text(&tee.copy), err);
	oc_buf_release(&tee.copy);
	return rc;
}

/* One call on connections of its own. */
static int call_once(const struct oc_config *cfg, const struct oc_request *req, bool stream,
                     oc_sink *sink, void *ctx, struct oc_reply *reply, struct oc_err *err)
{
	struct oc_client client;
	int rc;

	oc_err_clear(err);
	oc_reply_init(reply);
	rc = oc_client_init(&client, cfg, 0, err);
	if (rc)
		return rc;
	rc = stream ? oc_client_stream(&client, req, sink, ctx, reply, err)
	            : oc_client_complete(&client, req, reply, err);
	oc_client_release(&client);
	return rc;
}

int oc_complete_all(const struct oc_config *cfg, const struct oc_request *req,
                    struct oc_reply *reply, struct oc_err *err)
{
	return call_once(cfg, req, false, NULL, NULL, reply, err);
}

int oc_complete(const struct oc_config *cfg, const struct oc_request *req, struct oc_reply *reply,
                struct oc_err *err)
{
	int rc = oc_complete_all(cfg, req, reply, err);

	return rc ? rc : oc_answer_take(req, reply, err);
}

int oc_stream(const struct oc_config *cfg, const struct oc_request *req, oc_sink *sink, void *ctx,
              struct oc_reply *reply, struct oc_err *err)
{
	return call_once(cfg, req, true, sink, ctx, reply, err);
}
