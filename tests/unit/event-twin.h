/* SPDX-License-Identifier: MIT */
/* event-twin.h: runs the fast reader of events beside the plain one; both must always agree. */
#ifndef EVENT_TWIN_H
#define EVENT_TWIN_H

#include "answer/event.h"
#include "answer/reply.h"

static const struct oc_refusal_context nobody = {.base_url = NULL};

/* One of the two, and all that it has read so far. */
struct side {
	struct oc_reply reply;
	struct oc_draft draft;
	struct oc_err err;
	int rc;
};

struct twin {
	struct oc_event_reader reader;
	struct oc_json json;
	struct side fast;
	struct side plain;
};

static inline void side_init(struct side *side)
{
	*side = (struct side){.rc = 0};
	oc_reply_init(&side->reply);
	oc_draft_init(&side->draft, (size_t)1 << 20, false);
}

static inline void side_release(struct side *side)
{
	oc_reply_release(&side->reply);
	oc_draft_release(&side->draft);
}

static inline void twin_init(struct twin *t)
{
	oc_event_reader_init(&t->reader);
	oc_json_init(&t->json);
	side_init(&t->fast);
	side_init(&t->plain);
}

static inline void twin_release(struct twin *t)
{
	side_release(&t->plain);
	side_release(&t->fast);
	oc_json_release(&t->json);
	oc_event_reader_release(&t->reader);
}

static inline bool same_string(const char *a, const char *b)
{
	return !a || !b ? a == b : strcmp(a, b) == 0;
}

static inline bool same_text(const struct oc_buf *a, const struct oc_buf *b)
{
	return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

static inline bool same_sum(const struct oc_draft_sum *a, const struct oc_draft_sum *b)
{
	return a->n == b->n && a->hash == b->hash && a->pieces == b->pieces && a->half == b->half;
}

static inline bool same_calls(const struct oc_calls *a, const struct oc_calls *b)
{
	struct oc_buf calls[2] = {{0}, {0}};
	bool same;

	oc_buf_init(&calls[0], SIZE_MAX / 2);
	oc_buf_init(&calls[1], SIZE_MAX / 2);
	oc_calls_put(a, &calls[0]);
	oc_calls_put(b, &calls[1]);
	same = a->n == b->n && same_text(&calls[0], &calls[1]);
	oc_buf_release(&calls[0]);
	oc_buf_release(&calls[1]);
	return same;
}

static inline bool same_draft(const struct oc_draft *a, const struct oc_draft *b)
{
	return same_text(&a->content, &b->content) && same_text(&a->reasoning, &b->reasoning) &&
	       same_text(&a->refusal, &b->refusal) && same_calls(&a->calls, &b->calls) &&
	       same_sum(&a->content_sum, &b->content_sum) &&
	       same_sum(&a->reasoning_sum, &b->reasoning_sum) && a->has_choices == b->has_choices;
}

/* Feeds one event to both; false where they disagree. */
static inline bool twin_feed(struct twin *t, const char *p, size_t n)
{
	struct oc_text data = {p, n};
	struct side *fast = &t->fast;
	struct side *plain = &t->plain;

	fast->rc = oc_event_read(&t->reader, data, &nobody, &fast->reply, &fast->draft, &fast->err);
	plain->rc =
	        oc_reply_event(&t->json, data, &nobody, &plain->reply, &plain->draft, &plain->err);
	return fast->rc == plain->rc && same_draft(&fast->draft, &plain->draft) &&
	       same_string(fast->reply.model, plain->reply.model) &&
	       same_string(fast->reply.id, plain->reply.id) &&
	       same_string(fast->reply.finish_reason, plain->reply.finish_reason) &&
	       memcmp(&fast->reply.usage, &plain->reply.usage, sizeof fast->reply.usage) == 0;
}

#endif
