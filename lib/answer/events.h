/* SPDX-License-Identifier: MIT */
/*
 * events.h: an event stream on its way in: bytes as they arrive become text for a sink, or text
 * that is gathered for a whole reply; and at the end it is known whether the stream was complete.
 */
#ifndef OC_EVENTS_H
#define OC_EVENTS_H

#include "answer/event.h"
#include "answer/sse.h"

/* The object must stay where it is while it is used. */
struct oc_events {
	oc_sink *sink; /* NULL = gather */
	void *sink_ctx;
	const struct oc_refusal_context *context; /* borrowed */
	struct oc_reply *reply; /* gets all but the text, and with no sink the text, too: after a
	                           failure, what there is of it */
	struct oc_err err;      /* of the first failure */
	bool end_seen;          /* "[DONE]" has come: what follows is ignored */
	bool cut;               /* it broke off: err says how, as if that was all there is */

	/* Private. */
	struct oc_sse sse;
	struct oc_event_reader events;
	struct oc_draft draft; /* its texts are what is not yet handed on */
	bool has_events;       /* there was one that is no ping */
	bool empty_chunk;      /* the last event was an empty chunk of no model */
	bool ending;           /* what comes now is what the end left of an event */
	bool unflushed;        /* the sink has had text since its last OC_CHUNK_FLUSH */
};

void oc_events_init(struct oc_events *in, oc_sink *sink, void *sink_ctx,
                    const struct oc_refusal_context *context, struct oc_reply *reply);
void oc_events_release(struct oc_events *in);

/* These return 0 or a code, and then err says more; nothing is taken after a failure. */

int oc_events_feed(struct oc_events *in, const char *p, size_t n);

/* Hands the sink a text that did not come by a stream. */
int oc_events_pass(struct oc_events *in, enum oc_chunk_kind kind, struct oc_text text);

/* Tells the sink that the next byte may be a while in coming, if it has had any text since the last
 * time. */
int oc_events_flush(struct oc_events *in);

/* There is no more. `transport` is what ended the transfer, OC_OK for a proper end; it does not
 * matter where the stream's own end has been seen. Where it does, it is returned, and err stays
 * empty. Hands on the rest of the text. */
int oc_events_end(struct oc_events *in, enum oc_code transport);

#endif
