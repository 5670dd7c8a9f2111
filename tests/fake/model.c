/* SPDX-License-Identifier: MIT */
/* model.c: the built-in service: a chat endpoint and model lists, deterministic in every byte. */
#include "fake.h"

static const char built_in[] = "gemma2,gpt-oss:120b,llama3.3,llama4-maverick,llama4-scout,"
                               "mistral-large,phi4";

/* A chat request, and the answer to it. */
struct chat {
	struct json request;
	struct bytes model;
	struct bytes prompt; /* the last user message */
	struct bytes text;
	struct bytes call; /* the member "tool_calls" that takes its place; empty = none */
	bool has_result;   /* the last message is what a tool has said */
	unsigned long prompt_tokens;
	unsigned long tokens;
	const char *finish;
	unsigned long k;
	bool stream;
	bool usage;
};

/* ---- failures ---- */

static const char *error_type(int status)
{
	return status == 400   ? "invalid_request_error"
	       : status == 404 ? "not_found_error"
	                       : "api_error";
}

static struct reply *failure(int status, const char *message)
{
	struct reply *r = reply_new(status);
	struct bytes b = {0};

	bytes_puts(&b, "{\"error\":{\"message\":");
	json_quote(&b, message, strlen(message));
	bytes_printf(&b, ",\"type\":\"%s\",\"param\":null,\"code\":null}}\n", error_type(status));
	reply_body(r, b.p, b.n);
	bytes_release(&b);
	return r;
}

static struct reply *plain(int status, const char *text)
{
	struct reply *r = reply_new(status);

	reply_set(&r->type, "text/plain");
	reply_body(r, text, strlen(text));
	return r;
}

/* ---- lists ---- */

/* The next id of a list with commas; *list moves on. NULL at the end. */
static const char *next_id(const char **list, size_t *n)
{
	const char *id = *list;

	*n = strcspn(id, ",");
	*list = id + *n + (id[*n] == ',');
	return *n ? id : NULL;
}

static bool serves(const struct model *m, const struct bytes *wanted)
{
	const char *list = m->served ? m->served : built_in;
	const char *id;
	size_t n;

	while ((id = next_id(&list, &n))) {
		if (n == wanted->n && memcmp(id, wanted->p, n) == 0)
			return true;
	}
	return false;
}

static struct reply *list(const struct model *m, bool native)
{
	const char *ids = m->served ? m->served : built_in;
	struct reply *r = reply_new(200);
	struct bytes b = {0};
	const char *id;
	size_t n;

	bytes_puts(&b, native ? "{\"models\":[" : "{\"object\":\"list\",\"data\":[");
	for (const char *comma = ""; (id = next_id(&ids, &n)); comma = ",") {
		bytes_puts(&b, comma);
		if (native)
			bytes_printf(&b, "{\"name\":\"%.*s\",\"model\":\"%.*s\"}", (int)n, id,
			             (int)n, id);
		else
			bytes_printf(&b,
			             "{\"id\":\"%.*s\",\"object\":\"model\","
			             "\"created\":1700000000,\"owned_by\":\"library\"}",
			             (int)n, id);
	}
	bytes_puts(&b, "]}\n");
	reply_body(r, b.p, b.n);
	bytes_release(&b);
	return r;
}

/* ---- chat ---- */

/* The text of a message: a string, or an array of parts. */
static void message_text(struct json message, struct bytes *out)
{
	struct json content = json_member(message, "content");
	struct json part = {0};

	json_text(content, out);
	while (json_next_item(content, &part))
		json_text(json_member(part, "text"), out);
}

static void read_messages(struct chat *c)
{
	struct json message = {0};
	struct bytes text = {0};

	while (json_next_item(json_member(c->request, "messages"), &message)) {
		text.n = 0;
		message_text(message, &text);
		c->prompt_tokens += words_count(text.p, text.n);
		c->has_result = json_is(json_member(message, "role"), "\"tool\"");
		if (json_is(json_member(message, "role"), "\"user\"")) {
			c->prompt.n = 0;
			bytes_add(&c->prompt, text.p, text.n);
		}
	}
	bytes_release(&text);
}

/* Who offers tools is asked to use the first one, unless none is to be used. */
static void make_call(struct chat *c)
{
	struct json tool = {0};
	struct json function;
	struct json name;
	struct bytes arguments = {0};

	if (!json_next_item(json_member(c->request, "tools"), &tool) || c->has_result ||
	    json_is(json_member(c->request, "tool_choice"), "\"none\""))
		return;
	function = json_member(tool, "function");
	name = json_member(function, "name");
	words_instance(json_member(function, "parameters"), &arguments);
	bytes_printf(&c->call,
	             "\"tool_calls\":[{\"id\":\"call_%lu\",\"index\":0,\"type\":\"function\","
	             "\"function\":{\"name\":%.*s,\"arguments\":",
	             c->k, (int)name.n, name.p);
	json_quote(&c->call, arguments.p, arguments.n);
	bytes_puts(&c->call, "}}]");
	bytes_release(&arguments);
	c->text.n = 0;
	c->tokens = 1;
	c->finish = "tool_calls";
}

/* Counts the answer's tokens, and cuts it at max_tokens. */
static void measure(struct chat *c)
{
	struct json max = json_member(c->request, "max_tokens");
	unsigned long limit = max.p ? strtoul(max.p, NULL, 10) : 0;
	size_t at = 0;

	c->finish = "stop";
	while (at < c->text.n) {
		if (limit && c->tokens == limit) {
			c->text.n = at;
			c->finish = "length";
			break;
		}
		at += words_first(c->text.p + at, c->text.n - at);
		c->tokens++;
	}
}

static void put_common(const struct chat *c, struct bytes *b, const char *object)
{
	bytes_printf(b,
	             "{\"id\":\"chatcmpl-%lu\",\"object\":\"%s\",\"created\":1700000000,\"model\":",
	             c->k, object);
	json_quote(b, c->model.p, c->model.n);
	bytes_puts(b, ",\"system_fingerprint\":\"fp_ollama\",\"choices\":[");
}

static void put_usage(const struct chat *c, struct bytes *b)
{
	bytes_printf(b,
	             ",\"usage\":{\"prompt_tokens\":%lu,\"completion_tokens\":%lu,"
	             "\"total_tokens\":%lu}}",
	             c->prompt_tokens, c->tokens, c->prompt_tokens + c->tokens);
}

static void whole(const struct chat *c, struct reply *r)
{
	struct bytes b = {0};

	put_common(c, &b, "chat.completion");
	bytes_puts(&b, "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":");
	json_quote(&b, c->text.p ? c->text.p : "", c->text.n);
	bytes_puts(&b, c->call.n ? "," : "");
	bytes_add(&b, c->call.p, c->call.n);
	bytes_printf(&b, "},\"finish_reason\":\"%s\"}]", c->finish);
	put_usage(c, &b);
	bytes_puts(&b, "\n");
	reply_body(r, b.p, b.n);
	bytes_release(&b);
}

/* One event of the stream, shaped as a recent Ollama does it. text NULL: the finish chunk. */
static void chunk(const struct chat *c, struct reply *r, const char *text, size_t n, bool first)
{
	struct bytes b = {0};

	bytes_puts(&b, "data: ");
	put_common(c, &b, "chat.completion.chunk");
	bytes_puts(&b, "{\"index\":0,\"delta\":{");
	if (text) {
		bytes_puts(&b, first ? "\"role\":\"assistant\",\"content\":" : "\"content\":");
		json_quote(&b, text, n);
		bytes_puts(&b, "},\"finish_reason\":null}]}\n\n");
	} else {
		bytes_printf(&b, "},\"finish_reason\":\"%s\"}]}\n\n", c->finish);
	}
	reply_body(r, b.p, b.n);
	bytes_release(&b);
}

static void call_chunk(const struct chat *c, struct reply *r)
{
	struct bytes b = {0};

	bytes_puts(&b, "data: ");
	put_common(c, &b, "chat.completion.chunk");
	bytes_puts(&b, "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",");
	bytes_add(&b, c->call.p, c->call.n);
	bytes_puts(&b, "},\"finish_reason\":null}]}\n\n");
	reply_body(r, b.p, b.n);
	bytes_release(&b);
}

static void stream(const struct model *m, const struct chat *c, struct reply *r)
{
	struct bytes b = {0};

	reply_set(&r->type, "text/event-stream");
	r->framing = FRAMING_CHUNKED;
	if (m->chunk_gap)
		reply_step(r, STEP_EVERY, "", 0)->us = m->chunk_gap;
	for (size_t at = 0, n; at < c->text.n; at += n) {
		n = words_first(c->text.p + at, c->text.n - at);
		chunk(c, r, c->text.p + at, n, at == 0);
	}
	if (c->call.n)
		call_chunk(c, r);
	chunk(c, r, NULL, 0, false);
	if (c->usage) {
		bytes_puts(&b, "data: ");
		put_common(c, &b, "chat.completion.chunk");
		bytes_puts(&b, "]");
		put_usage(c, &b);
		bytes_puts(&b, "\n\n");
	}
	bytes_puts(&b, "data: [DONE]\n\n");
	reply_body(r, b.p, b.n);
	bytes_release(&b);
}

static struct reply *chat(const struct model *m, struct chat *c)
{
	struct reply *r;

	c->stream = json_is(json_member(c->request, "stream"), "true");
	c->usage = json_is(json_member(json_member(c->request, "stream_options"), "include_usage"),
	                   "true");
	json_text(json_member(c->request, "model"), &c->model);
	if (!serves(m, &c->model)) {
		struct bytes message = {0};

		bytes_printf(&message, "model \"%s\" not found", c->model.n ? c->model.p : "");
		r = failure(404, message.p);
		bytes_release(&message);
		return r;
	}
	bytes_puts(&c->prompt, "");
	read_messages(c);
	words_answer(m, c->request, &c->prompt, &c->text);
	measure(c);
	make_call(c);
	r = reply_new(200);
	if (c->stream)
		stream(m, c, r);
	else
		whole(c, r);
	return r;
}

static struct reply *post(const struct model *m, const struct request *req, unsigned long k)
{
	struct chat c = {.request = {req->body, req->body_len}, .k = k};
	struct reply *r;

	if (!json_valid(c.request) || !json_member(c.request, "messages").n)
		return failure(400, "the body is not a chat request");
	r = chat(m, &c);
	bytes_release(&c.model);
	bytes_release(&c.prompt);
	bytes_release(&c.text);
	bytes_release(&c.call);
	return r;
}

/* ---- routes ---- */

static bool has_key(const struct model *m, const struct request *req)
{
	size_t n;
	const char *value = request_header(req, "Authorization", &n);

	return value && n == 7 + strlen(m->key) && memcmp(value, "Bearer ", 7) == 0 &&
	       memcmp(value + 7, m->key, n - 7) == 0;
}

/* Is the request's line METHOD, any prefix that ends with a slash, and then path? */
static bool asks(const struct request *req, const char *method, const char *path)
{
	size_t line = strcspn(req->head, "\r");
	const char *target = memchr(req->head, ' ', line);
	size_t n = target ? strcspn(target + 1, " ?\r") : 0;

	return target && (size_t)(target - req->head) == strlen(method) &&
	       memcmp(req->head, method, strlen(method)) == 0 && n > strlen(path) &&
	       memcmp(target + 1 + n - strlen(path), path, strlen(path)) == 0 &&
	       target[n - strlen(path)] == '/';
}

static struct reply *route(const struct model *m, const struct request *req, unsigned long k)
{
	if (asks(req, "GET", "api/version"))
		return plain(200, "{\"version\":\"0.0.0-fake\"}\n");
	if (asks(req, "GET", "api/tags"))
		return list(m, true);
	if (m->key && !has_key(m, req))
		return failure(401, "unauthorized");
	if (asks(req, "GET", "models"))
		return list(m, false);
	if (asks(req, "POST", "chat/completions"))
		return post(m, req, k);
	return plain(404, "404 page not found");
}

struct reply *model_answer(struct model *m, const struct request *req, unsigned long k,
                           unsigned long busy)
{
	bool taken = limits_take(&m->limits, busy);
	struct reply *r;

	if (!taken)
		r = failure(429, "timed out waiting for a concurrent request slot");
	else if (m->fail_every && k % m->fail_every == 0)
		r = failure(m->fail_status, "this request was chosen to fail");
	else
		r = route(m, req, k);
	limits_headers(&m->limits, !taken, &r->headers);
	r->delay = taken ? m->latency : 0;
	reply_finish(r);
	return r;
}
