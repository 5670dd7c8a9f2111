/* SPDX-License-Identifier: MIT */
/*
 * fuzz-reply.c: any bytes as what a server may send. The first byte chooses how they arrive: as an
 * answer, the events of a stream (one a line), a list of models, or an error.
 */
#include "fuzz.h"

#include "answer/reply.h"
#include "text/utf8.h"

static const struct oc_refusal_context asked = {
        .model = "m", .base_url = "http://h/v1", .request_id = "17", .has_tools = true};

/* A failure has words that can be printed. */
static void check_err(int rc, const struct oc_err *err)
{
	if (!rc)
		return;
	want(err->code == (enum oc_code)rc);
	want(*err->message != '\0');
	want(oc_utf8_printable(err->message, strlen(err->message)));
}

/* Calls are JSON, and so is each of their lines. */
static void check_calls(const struct oc_reply *reply)
{
	struct oc_text calls = {reply->tool_calls, reply->tool_calls_len};
	struct oc_jsonw w;
	struct oc_buf lines = {0};

	if (!reply->tool_calls)
		return;
	want(oc_json_check(calls.p, calls.n, NULL, NULL) == 0);
	oc_buf_init(&lines, SIZE_MAX / 2);
	oc_jsonw_init(&w, &lines);
	oc_calls_list(&w, calls, true);
	for (size_t at = 0; at < lines.n;) {
		const char *end = memchr(lines.p + at, '\n', lines.n - at);

		want(end &&
		     oc_json_check(lines.p + at, (size_t)(end - lines.p) - at, NULL, NULL) == 0);
		at = (size_t)(end - lines.p) + 1;
	}
	oc_buf_release(&lines);
}

static void answer(struct oc_text body)
{
	struct oc_reply reply = {0};
	struct oc_err err = {0};
	int rc;

	oc_reply_init(&reply);
	rc = oc_reply_parse(body, &asked, &reply, &err);
	check_err(rc, &err);
	if (!rc) {
		want(reply.content_len > 0 || reply.tool_calls);
		want(reply.content_len < 3 * body.n);
		check_calls(&reply);
		want(reply.content[reply.content_len] == '\0');
		want(oc_utf8_check(reply.content, reply.content_len) == reply.content_len);
		want(reply.usage.input_tokens >= -1 && reply.usage.total_tokens >= -1);
		want(reply.model && *reply.model);
	}
	oc_reply_release(&reply);
}

static void stream(struct oc_text body)
{
	struct oc_json json;
	struct oc_reply reply = {0};
	struct oc_draft draft;
	int rc = 0;

	oc_json_init(&json);
	oc_reply_init(&reply);
	oc_draft_init(&draft, 10000, false);
	while (body.n && !rc) {
		const char *end = memchr(body.p, '\n', body.n);
		size_t n = end ? (size_t)(end - body.p) : body.n;
		struct oc_err err = {0};

		rc = oc_reply_event(&json, (struct oc_text){body.p, n}, &asked, &reply, &draft,
		                    &err);
		check_err(rc, &err);
		body.p += n + (end != NULL);
		body.n -= n + (end != NULL);
	}
	oc_draft_end(&draft);
	want(oc_draft_take_calls(&draft, &reply, NULL) == 0);
	check_calls(&reply);
	oc_draft_release(&draft);
	oc_reply_release(&reply);
	oc_json_release(&json);
}

static void models(struct oc_text body)
{
	struct oc_buf ids = {0};
	struct oc_err err = {0};
	size_t n;
	size_t ends = 0;
	int rc;

	oc_buf_init(&ids, 10000);
	rc = oc_reply_models(body, &asked, &ids, &n, &err);
	check_err(rc, &err);
	for (size_t i = 0; i < ids.n; i++)
		ends += ids.p[i] == '\0';
	want(rc || ends == n);
	oc_buf_release(&ids);
}

static void error(int status, struct oc_text body)
{
	struct oc_err err = {0};
	struct oc_refusal_context context = asked;
	/* The last byte chooses what is not known. */
	unsigned known = body.n ? (unsigned char)body.p[body.n - 1] : 0;
	int rc;

	if (known & 1)
		context.model = NULL;
	if (known & 2)
		context.base_url = NULL;
	if (known & 4)
		context.request_id = NULL;
	context.has_key = known & 8;
	rc = oc_refusal_of_body(status, body, &context, &err);

	want(rc < 0);
	check_err(rc, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = {400, 401, 403, 404, 410, 429, 500, 503};
	struct oc_text body = {(const char *)data + 1, size ? size - 1 : 0};

	if (!size)
		return 0;
	switch (*data) {
	case 'a':
		answer(body);
		break;
	case 's':
		stream(body);
		break;
	case 'm':
		models(body);
		break;
	default:
		error(statuses[*data % OC_COUNT(statuses)], body);
	}
	return 0;
}
