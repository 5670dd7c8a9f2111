/* SPDX-License-Identifier: MIT */
/*
 * event.h: reading a stream's events fast. Nearly every event is the one before with another text
 * in one place. Such an event is not parsed again: if the bytes around the text are the same, and
 * the text is a JSON string, then all else that the event says is what was said before.
 */
#ifndef OC_EVENT_H
#define OC_EVENT_H

#include "answer/draft.h"
#include "answer/refusal.h"

struct oc_event_reader {
	struct oc_json json;
	struct oc_buf last; /* the last event that was parsed; empty = none to compare with */
	size_t before;      /* its bytes before the text, with the opening quote */
	size_t after;       /* its bytes behind the text, with the closing quote */
	bool reasoning;     /* the text is reasoning, not content */
	bool nameless;      /* the model's name is "" */
};

void oc_event_reader_init(struct oc_event_reader *r);
void oc_event_reader_release(struct oc_event_reader *r);

/* As oc_reply_event(). */
int oc_event_read(struct oc_event_reader *r, struct oc_text data,
                  const struct oc_refusal_context *context, struct oc_reply *reply,
                  struct oc_draft *draft, struct oc_err *err);

#endif
