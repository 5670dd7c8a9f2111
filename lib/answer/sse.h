/* SPDX-License-Identifier: MIT */
/*
 * sse.h: an incremental parser of the event-stream format (WHATWG HTML, 9.2.5 and 9.2.6).
 *
 * Bytes go in as they arrive, cut anywhere; whole events come out. Memory is bounded by one event.
 * A byte order mark before the first has been taken off (sniff.h).
 * Deviations, each for servers that exist (docs/QUIRKS.md): an event that the stream's end leaves
 * unterminated can still be had with oc_sse_end(), and a field named "error" is kept, because
 * llama.cpp before PR #16109 sends its errors so. `id` and `retry` are ignored: a generation cannot
 * be resumed.
 */
#ifndef OC_SSE_H
#define OC_SSE_H

#include "text/buf.h"

/* One event. The texts are valid during the call only. */
struct oc_sse_event {
	struct oc_text type;  /* of the `event` field; empty = "message" */
	struct oc_text data;  /* the data lines, a newline between each two; any bytes */
	struct oc_text error; /* of the non-standard `error` field; empty = none */
};

/* Returns 0 to go on; anything else stops oc_sse_feed(), which returns that value. */
typedef int oc_sse_handler(void *ctx, const struct oc_sse_event *event);

struct oc_sse {
	oc_sse_handler *handler;
	void *ctx;
	size_t max;
	size_t size;             /* bytes of the event's lines so far */
	struct oc_buf line;      /* an unfinished line, where it spans two feeds */
	struct oc_buf data;      /* the data lines so far, where they had to be copied */
	struct oc_text borrowed; /* else the only one, in the block being fed; p may be NULL */
	struct oc_buf type;
	struct oc_buf error;
	bool skip_lf; /* the last byte was CR: an LF that follows belongs to it */
	bool has_data;
};

/* max: the largest event in bytes, counted over its lines without their ends. */
void oc_sse_init(struct oc_sse *s, size_t max, oc_sse_handler *handler, void *ctx);
void oc_sse_release(struct oc_sse *s);

/* Takes n bytes and calls the handler for each event that they complete. Returns 0, the handler's
 * own value, OC_EPROTO when an event is over the ceiling, or OC_ENOMEM; after anything but 0 the
 * parser can only be released. */
int oc_sse_feed(struct oc_sse *s, const char *p, size_t n);

/* Has an event, or a line of one, begun whose end has not come yet? */
bool oc_sse_within(const struct oc_sse *s);

/* At the end of a stream that ended cleanly: hands over an event whose final blank line is
 * missing, if there is one. */
int oc_sse_end(struct oc_sse *s);

#endif
