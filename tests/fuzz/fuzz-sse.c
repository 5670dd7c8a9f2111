/* SPDX-License-Identifier: MIT */
/*
 * fuzz-sse.c: the events of a stream do not depend on how its bytes are cut. The first byte of the
 * input chooses the ceiling and the cuts, the rest is the stream.
 */
#include "fuzz.h"

#include "answer/sse.h"

static void add_field(struct oc_buf *record, struct oc_text field)
{
	oc_buf_printf(record, "%zu:", field.n);
	oc_buf_add(record, field.p, field.n);
}

static int note(void *ctx, const struct oc_sse_event *event)
{
	struct oc_buf *record = ctx;

	want(event->data.p != NULL);
	add_field(record, event->type);
	add_field(record, event->data);
	add_field(record, event->error);
	return 0;
}

/* Parses the stream in pieces of 1 to `step` bytes, or in one piece where step is 0, and notes
 * what comes of it: the events, and the last return value. */
static void parse(const char *p, size_t n, size_t max, size_t step, struct oc_buf *record)
{
	struct oc_sse s;
	uint32_t random = 1;
	int rc = 0;

	oc_sse_init(&s, max, note, record);
	while (n && !rc) {
		size_t len;
		char *block;

		random = random * 1103515245 + 12345;
		len = step ? 1 + (random >> 16) % step : n;
		len = len < n ? len : n;
		block = malloc(len);
		want(block != NULL);
		memcpy(block, p, len);
		rc = oc_sse_feed(&s, block, len);
		free(block);
		p += len;
		n -= len;
	}
	if (!rc)
		rc = oc_sse_end(&s);
	want(rc == 0 || rc == OC_EPROTO);
	oc_buf_printf(record, "%d", rc);
	oc_sse_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *stream = (const char *)data + 1;
	struct oc_buf first = {0};
	size_t max;

	if (!size)
		return 0;
	max = *data % 2 ? 24 : 100000;
	oc_buf_init(&first, 100 * size + 1000);
	parse(stream, size - 1, max, 0, &first);
	for (size_t step = 1; step <= 64; step += 1 + *data % 32) {
		struct oc_buf other = {0};

		oc_buf_init(&other, first.max);
		parse(stream, size - 1, max, step, &other);
		want(!other.bad && other.n == first.n && memcmp(other.p, first.p, first.n) == 0);
		oc_buf_release(&other);
	}
	oc_buf_release(&first);
	return 0;
}
