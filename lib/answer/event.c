/* SPDX-License-Identifier: MIT */
/* event.c: reading a stream's events fast. */
#include "compat.h"

#include "answer/event.h"
#include "json/plain.h"
#include "answer/reply.h"
#include "text/err.h"

/* Events beyond this are rare, and parsing them costs less than their way through the network. */
enum { LAST_MAX = 4096 };

void oc_event_reader_init(struct oc_event_reader *r)
{
	*r = (struct oc_event_reader){.before = 0};
	oc_json_init(&r->json);
	r->json.any_bytes = true;
	oc_buf_init(&r->last, LAST_MAX);
}

void oc_event_reader_release(struct oc_event_reader *r)
{
	oc_buf_release(&r->last);
	oc_json_release(&r->json);
}

/* Is this event the last one with another text? Then finds the text, still escaped. */
static bool differs_in_text(const struct oc_event_reader *r, struct oc_text data,
                            struct oc_text *text)
{
	struct oc_text quoted;

	if (!r->last.n || data.n < r->before + r->after)
		return false;
	if (memcmp(data.p, r->last.p, r->before) != 0 ||
	    memcmp(data.p + data.n - r->after, r->last.p + r->last.n - r->after, r->after) != 0)
		return false;
	*text = (struct oc_text){data.p + r->before, data.n - r->before - r->after};
	if (oc_plain_skip(text->p, text->p + text->n) == text->p + text->n)
		return true; /* as nearly always */
	quoted = (struct oc_text){text->p - 1, text->n + 2};
	return oc_json_check_bytes(quoted.p, quoted.n, NULL, NULL) == 0;
}

/* The place of the event's text, if it has just one and that is in choice 0; *reasoning says which
 * of the two it is. OC_JSON_NONE for all other events: they are parsed. */
static int only_text(const struct oc_json *j, bool *reasoning)
{
	int choice = oc_json_item(j, oc_json_get(j, 0, "choices"), 0);
	int64_t index = 0;

	(void)oc_json_int64(j, oc_json_get(j, choice, "index"), &index);
	if (index != 0 || oc_json_type(j, oc_json_get(j, choice, "message")) == OC_JSON_OBJECT)
		return OC_JSON_NONE;
	return oc_draft_only_text(j, oc_json_get(j, choice, "delta"), reasoning);
}

/* The event has been parsed: keeps what the next one is compared with. False if memory is out. */
static bool remember(struct oc_event_reader *r, struct oc_text data)
{
	int at = only_text(&r->json, &r->reasoning);
	struct oc_text raw = oc_json_raw(&r->json, at);

	oc_buf_clear(&r->last);
	if (at == OC_JSON_NONE)
		return true;
	oc_buf_add(&r->last, data.p, data.n); /* stays empty where the event is too large */
	r->before = (size_t)(raw.p - data.p) + 1;
	r->after = data.n - r->before - (raw.n - 2);
	return r->last.bad != OC_ENOMEM;
}

int oc_event_read(struct oc_event_reader *r, struct oc_text data,
                  const struct oc_refusal_context *context, struct oc_reply *reply,
                  struct oc_draft *draft, struct oc_err *err)
{
	struct oc_text text;
	int rc;

	if (differs_in_text(r, data, &text)) {
		oc_draft_add_text(draft, r->reasoning, text);
		return 0;
	}
	rc = oc_reply_event(&r->json, data, context, reply, draft, err);
	if (rc)
		return rc;
	r->nameless = oc_json_is(&r->json, oc_json_get(&r->json, 0, "model"), "");
	return remember(r, data) ? 0 : oc_err_nomem(err);
}
