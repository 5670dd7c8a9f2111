/* SPDX-License-Identifier: MIT */
/* entry.c: an answer that is kept, and the request that it answers. */
#include "compat.h"

#include "answer/entry.h"
#include "answer/reply.h"
#include "json/writer.h"
#include "text/err.h"
#include "text/text.h"

/* A member begins on a line of its own, which is how version control compares. */
static void put_name(struct oc_buf *entry, const char *name)
{
	oc_buf_printf(entry, "%c\"%s\":", entry->n ? '\n' : '{', name);
}

void oc_entry_ask(struct oc_buf *entry, const char *url, struct oc_text body)
{
	struct oc_jsonw w;

	put_name(entry, "url");
	oc_jsonw_init(&w, entry);
	oc_jsonw_string(&w, url, strlen(url));
	oc_buf_putc(entry, ',');
	put_name(entry, "request");
	oc_buf_add(entry, body.p, body.n);
	oc_buf_putc(entry, ',');
}

/* ---- as a server answers ---- */

static void put_string(struct oc_jsonw *w, const char *name, const char *value)
{
	if (value)
		oc_jsonw_member(w, name, value);
}

static void put_count(struct oc_jsonw *w, const char *name, int64_t count)
{
	if (count >= 0)
		oc_jsonw_member_count(w, name, count);
}

static void put_choices(struct oc_jsonw *w, const struct oc_reply *reply)
{
	oc_jsonw_member_open(w, "choices", '[');
	oc_jsonw_open(w, '{');
	put_count(w, "index", 0);
	oc_jsonw_member_open(w, "message", '{');
	put_string(w, "role", "assistant");
	oc_jsonw_member_text(w, "content", oc_text_of_content(reply));
	if (reply->reasoning_len)
		oc_jsonw_member_text(w, "reasoning", oc_text_of_reasoning(reply));
	if (reply->tool_calls)
		oc_jsonw_member_raw(w, "tool_calls", oc_text_of_calls(reply));
	oc_jsonw_close(w, '}');
	put_string(w, "finish_reason", reply->finish_reason);
	oc_jsonw_close(w, '}');
	oc_jsonw_close(w, ']');
}

static void put_response(struct oc_buf *out, const struct oc_reply *reply)
{
	struct oc_jsonw w;

	oc_jsonw_init(&w, out);
	oc_jsonw_open(&w, '{');
	put_string(&w, "id", reply->id);
	put_string(&w, "object", "chat.completion");
	put_string(&w, "model", reply->model);
	put_choices(&w, reply);
	oc_jsonw_member_open(&w, "usage", '{');
	put_count(&w, "prompt_tokens", reply->usage.input_tokens);
	put_count(&w, "completion_tokens", reply->usage.output_tokens);
	put_count(&w, "total_tokens", reply->usage.total_tokens);
	oc_jsonw_close(&w, '}');
	oc_jsonw_close(&w, '}');
}

void oc_entry_answer(struct oc_buf *entry, int64_t kept, const struct oc_reply *reply,
                     struct oc_text raw)
{
	struct oc_jsonw w;

	put_name(entry, "kept");
	oc_jsonw_init(&w, entry);
	oc_jsonw_int(&w, kept);
	oc_buf_putc(entry, ',');
	put_name(entry, "response");
	raw = oc_text_without_bom(raw);
	if (raw.n)
		oc_buf_add(entry, raw.p, raw.n);
	else
		put_response(entry, reply);
	oc_buf_puts(entry, "}\n");
}

/* ---- read back ---- */

/* Without memory nothing can be said of an entry; else this is wrong with it. */
static int unusable(int rc, const struct oc_err *why, struct oc_err *err)
{
	return rc == OC_ENOMEM ? oc_err_nomem(err) : oc_err_set(err, OC_EDATA, "%s", why->message);
}

static int read_answer(const struct oc_json *j, const char *model, bool keep_think, int64_t *kept,
                       struct oc_reply *reply, struct oc_text *raw, struct oc_err *err)
{
	const struct oc_refusal_context context = {.base_url = "the entry",
	                                           .model = model,
	                                           .keep_think = keep_think,
	                                           .has_tools = true};
	struct oc_err why = {0};
	int rc;

	if (!oc_json_int64(j, oc_json_get(j, 0, "kept"), kept))
		return oc_err_set(err, OC_EDATA, "it does not say when it was kept");
	*raw = oc_json_raw(j, oc_json_get(j, 0, "response"));
	rc = oc_reply_parse(*raw, &context, reply, &why);
	reply->http_status = 200; /* that is what it was */
	return rc ? unusable(rc, &why, err) : OC_OK;
}

int oc_entry_read(struct oc_buf *entry, struct oc_text question, const char *model, bool keep_think,
                  int64_t *kept, struct oc_reply *reply, struct oc_text *raw, struct oc_err *err)
{
	struct oc_err why = {0};
	struct oc_json json;
	int rc;

	if (entry->n <= question.n || memcmp(entry->p, question.p, question.n) != 0)
		return oc_err_set(err, OC_EDATA, "it is of another request");
	/* What is left is an object again. The question, which may be large, is not looked into. */
	entry->p[question.n] = '{';
	oc_json_init(&json);
	json.any_bytes = true;
	rc = oc_json_parse(&json, entry->p + question.n, entry->n - question.n, &why);
	rc = rc ? unusable(rc, &why, err)
	        : read_answer(&json, model, keep_think, kept, reply, raw, err);
	oc_json_release(&json);
	return rc;
}
