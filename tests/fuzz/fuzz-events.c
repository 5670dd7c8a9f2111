/* SPDX-License-Identifier: MIT */
/*
 * fuzz-events.c: any bytes as an event stream. The first byte says into what pieces it is cut; the
 * text and the verdict are the same for a sink, for whoever gathers, and however it is cut.
 */
#include "fuzz.h"

#include <stdint.h>

#include "answer/events.h"
#include "text/utf8.h"

enum { TEXT_MAX = 1 << 20 };

struct outcome {
	int rc;
	struct oc_err err;
	struct oc_reply reply;
	struct oc_buf content; /* what a sink got */
	struct oc_buf reasoning;
};

static int hear(void *ctx, const struct oc_chunk *chunk)
{
	struct outcome *o = ctx;

	want(oc_utf8_check(chunk->text.p, chunk->text.n) == chunk->text.n);
	if (chunk->kind == OC_CHUNK_CONTENT)
		oc_buf_add(&o->content, chunk->text.p, chunk->text.n);
	if (chunk->kind == OC_CHUNK_REASONING)
		oc_buf_add(&o->reasoning, chunk->text.p, chunk->text.n);
	return 0;
}

/* piece: how many bytes at a time; 0 = all at once. */
static void take(struct outcome *o, oc_sink *sink, struct oc_text bytes, size_t piece)
{
	static const struct oc_refusal_context nobody = {.base_url = NULL};
	struct oc_events in;

	*o = (struct outcome){.rc = 0};
	oc_reply_init(&o->reply);
	oc_buf_init(&o->content, TEXT_MAX);
	oc_buf_init(&o->reasoning, TEXT_MAX);
	oc_events_init(&in, sink, o, &nobody, &o->reply);
	while (bytes.n) {
		size_t n = piece && piece < bytes.n ? piece : bytes.n;

		(void)oc_events_feed(&in, bytes.p, n);
		bytes.p += n;
		bytes.n -= n;
	}
	o->rc = oc_events_end(&in, OC_OK);
	o->err = in.err;
	oc_events_release(&in);
}

static void release(struct outcome *o)
{
	oc_reply_release(&o->reply);
	oc_buf_release(&o->content);
	oc_buf_release(&o->reasoning);
}

static bool same_string(const char *a, const char *b)
{
	return !a || !b ? a == b : strcmp(a, b) == 0;
}

static void want_same(const struct outcome *a, const struct outcome *b)
{
	want(a->rc == b->rc && a->err.code == b->err.code && a->err.retry == b->err.retry);
	want(strcmp(a->err.message, b->err.message) == 0);
	want(same_string(a->reply.model, b->reply.model) && same_string(a->reply.id, b->reply.id));
	want(same_string(a->reply.finish_reason, b->reply.finish_reason));
	want(memcmp(&a->reply.usage, &b->reply.usage, sizeof a->reply.usage) == 0);
}

static void want_text(const struct oc_buf *text, const char *p, size_t n)
{
	want(text->n == n && (!n || memcmp(text->p, p, n) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oc_text bytes = {(const char *)data + 1, size ? size - 1 : 0};
	struct outcome whole, cut, gathered;

	if (!size)
		return 0;
	take(&whole, hear, bytes, 0);
	take(&cut, hear, bytes, *data % 16 + 1);
	take(&gathered, NULL, bytes, *data / 16 + 1);
	want_same(&whole, &cut);
	want_same(&whole, &gathered);
	want_text(&whole.content, cut.content.p, cut.content.n);
	want_text(&whole.reasoning, cut.reasoning.p, cut.reasoning.n);
	want(whole.content.n == whole.reply.delivered);
	if (!whole.rc) {
		want_text(&whole.content, gathered.reply.content, gathered.reply.content_len);
		want_text(&whole.reasoning, gathered.reply.reasoning, gathered.reply.reasoning_len);
		want(whole.content.n > 0);
	}
	release(&whole);
	release(&cut);
	release(&gathered);
	return 0;
}
