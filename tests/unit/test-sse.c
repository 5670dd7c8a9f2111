/* SPDX-License-Identifier: MIT */
/* test-sse.c: the event-stream parser. */
#include "unit.h"

#include "fail-alloc.h"
#include "answer/sse.h"

/* What a handler has seen, written down: `type|data|error` and a semicolon for each event. */
struct record {
	struct oc_sse sse;
	struct oc_buf text;
	int events;
	int stop_at; /* the event, from 1, at which the handler says stop; 0 = none */
};

enum { STOPPED = 77 };

static int note(void *ctx, const struct oc_sse_event *event)
{
	struct record *r = ctx;

	oc_buf_add(&r->text, event->type.p, event->type.n);
	oc_buf_putc(&r->text, '|');
	oc_buf_add(&r->text, event->data.p, event->data.n);
	oc_buf_putc(&r->text, '|');
	oc_buf_add(&r->text, event->error.p, event->error.n);
	oc_buf_putc(&r->text, ';');
	return ++r->events == r->stop_at ? STOPPED : 0;
}

static void begin(struct record *r, size_t max, int stop_at)
{
	*r = (struct record){.stop_at = stop_at};
	oc_buf_init(&r->text, 10000);
	oc_sse_init(&r->sse, max, note, r);
}

static void end(struct record *r)
{
	oc_sse_release(&r->sse);
	oc_buf_release(&r->text);
}

/* Feeds n bytes in pieces, each a block of its own on the heap: a slice that outlives its feed is
 * seen by a sanitizer, and is overwritten for everybody else. */
static int feed(struct oc_sse *s, const char *p, size_t n, size_t step)
{
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i += step) {
		size_t len = n - i < step ? n - i : step;
		char *block = malloc(len);

		CHECK(block != NULL);
		memcpy(block, p + i, len);
		rc = oc_sse_feed(s, block, len);
		memset(block, '#', len);
		free(block);
	}
	return rc;
}

/* The whole stream in two pieces that meet at `cut`, or in pieces of `step`; then its end. */
static void check_pieces(const char *p, size_t n, size_t cut, size_t step, const char *want,
                         size_t wantn)
{
	struct record r;

	begin(&r, 1000, 0);
	CHECK_INT(feed(&r.sse, p, cut, step), 0);
	CHECK_INT(feed(&r.sse, p + cut, n - cut, step), 0);
	oc_buf_puts(&r.text, "$");
	CHECK_INT(oc_sse_end(&r.sse), 0);
	CHECK_MEM(r.text.p, r.text.n, want, wantn);
	end(&r);
}

static void check_stream(const char *p, size_t n, const char *want, size_t wantn)
{
	for (size_t cut = 0; cut <= n; cut++)
		check_pieces(p, n, cut, n ? n : 1, want, wantn);
	for (size_t step = 1; step <= 9; step++)
		check_pieces(p, n, 0, step, want, wantn);
}

/* `want` has a $ where the end of the stream is announced. */
#define CHECK_STREAM(stream, want) check_stream(stream, sizeof(stream) - 1, want, sizeof(want) - 1)

/* The examples of WHATWG HTML, 9.2.6, where no end has been announced before the final $. */
TEST(reads_the_standards_examples)
{
	CHECK_STREAM("data: YHOO\ndata: +2\ndata: 10\n\n", "|YHOO\n+2\n10|;$");
	CHECK_STREAM(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
	             "data:  third event\n\n",
	             "|first event|;|second event|;| third event|;$");
	CHECK_STREAM("data\n\ndata\ndata\n\n", "||;|\n|;$");
	CHECK_STREAM("data:test\n\ndata: test\n\n", "|test|;|test|;$");
	CHECK_STREAM("event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n",
	             "add|73857293|;remove|2153|;$");
}

TEST(reads_what_chat_servers_send)
{
	CHECK_STREAM("data: {\"a\":1}\n\ndata: [DONE]\n\n", "|{\"a\":1}|;|[DONE]|;$");
	CHECK_STREAM(": OPENROUTER PROCESSING\n\n:\n\ndata: x\n\n", "|x|;$");
	CHECK_STREAM("data:[DONE]\n\n", "|[DONE]|;$");
	CHECK_STREAM("data: [DONE]  \n\n", "|[DONE]  |;$");
	CHECK_STREAM("event: error\ndata: {\"error\":1}\n\n", "error|{\"error\":1}|;$");
	CHECK_STREAM("error: {\"code\":500}\n\n", "||{\"code\":500};$");
	CHECK_STREAM("data: x\nerror: y\n\ndata: z\n\n", "|x|y;|z|;$");
	CHECK_STREAM("error:\n\n", "$");
}

TEST(takes_every_line_end)
{
	CHECK_STREAM("data: a\rdata: b\r\rdata: c\r\r", "|a\nb|;|c|;$");
	CHECK_STREAM("data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", "|a\nb|;|c|;$");
	CHECK_STREAM("data: a\n\rdata: b\r\n\ndata: c\n\r\n", "|a|;|b|;|c|;$");
	CHECK_STREAM("data: a\r\n\n\r\r\n\ndata: b\r\r\n", "|a|;|b|;$");
	CHECK_STREAM("\n\r\r\n\n\ndata: a\n\n\n\n", "|a|;$");
}

TEST(acts_on_a_carriage_return_at_once)
{
	struct record r;

	begin(&r, 1000, 0);
	CHECK_INT(feed(&r.sse, "data: a\r\r", 9, 1), 0);
	CHECK_STR(r.text.p, "|a|;");
	CHECK_INT(feed(&r.sse, "\ndata: b\r\n\r", 11, 11), 0);
	CHECK_STR(r.text.p, "|a|;|b|;");
	CHECK_INT(feed(&r.sse, "\ndata: c\n\n", 10, 10), 0);
	CHECK_STR(r.text.p, "|a|;|b|;|c|;");
	end(&r);
}

/* One before the stream has been taken off, and there is none within it. */
TEST(knows_no_byte_order_mark)
{
	CHECK_STREAM("\xef\xbb\xbf"
	             "data: a\n\ndata: b\n\n",
	             "|b|;$");
	CHECK_STREAM("data: a\n\n\xef\xbb\xbf"
	             "data: b\n\n",
	             "|a|;$");
	CHECK_STREAM("data: \xef\xbb\xbf\n\n", "|\xef\xbb\xbf|;$");
}

TEST(tells_fields_from_each_other)
{
	CHECK_STREAM("Data: a\ndat: b\ndatax: c\n data: d\ndata : e\n\n", "$");
	CHECK_STREAM("data: a\nunknown: b\nretry: 10\nid: 7\nid: \0\n\n", "|a|;$");
	CHECK_STREAM("data: a:b: c\n\n", "|a:b: c|;$");
	CHECK_STREAM("data:\ta\n\ndata:  a\n\n", "|\ta|;| a|;$");
	CHECK_STREAM("event: one\nevent: two\ndata: a\n\n", "two|a|;$");
	CHECK_STREAM("event: one\nevent\ndata: a\n\n", "|a|;$");
	CHECK_STREAM(":data: a\n::\n\n", "$");
}

TEST(joins_data_lines)
{
	CHECK_STREAM("data: a\n: comment\ndata: b\nevent: x\ndata\ndata:\ndata: c\n\n",
	             "x|a\nb\n\n\nc|;$");
	CHECK_STREAM("data:\ndata:\ndata:\n\n", "|\n\n|;$");
	CHECK_STREAM("data:\n\ndata\n\n", "||;||;$");
}

TEST(forgets_an_event_without_data)
{
	CHECK_STREAM("event: lost\n\ndata: a\n\n", "|a|;$");
	CHECK_STREAM("id: 1\n\n\n\n", "$");
}

TEST(passes_any_bytes)
{
	CHECK_STREAM("data: \0a\0\n\n", "|\0a\0|;$");
	CHECK_STREAM("data: \xff\xc3\x28\xe2\x82\n\n", "|\xff\xc3\x28\xe2\x82|;$");
	CHECK_STREAM("\0data: a\n\0\n\ndata: b\n\n", "|b|;$");
}

TEST(hands_over_an_unfinished_event_at_the_end)
{
	CHECK_STREAM("data: a\n\ndata: b", "|a|;$|b|;");
	CHECK_STREAM("data: b\n", "$|b|;");
	CHECK_STREAM("data: b\r", "$|b|;");
	CHECK_STREAM("data: a\ndata: b", "$|a\nb|;");
	CHECK_STREAM("event: x\ndata: a\nda", "$x|a|;");
	CHECK_STREAM("error: a", "$||a;");
	CHECK_STREAM("event: x", "$");
	CHECK_STREAM("", "$");
	CHECK_STREAM(": comment", "$");
}

TEST(accepts_empty_feeds)
{
	struct record r;

	begin(&r, 1000, 0);
	CHECK_INT(oc_sse_feed(&r.sse, NULL, 0), 0);
	CHECK_INT(feed(&r.sse, "data: a\r", 8, 3), 0);
	CHECK_INT(oc_sse_feed(&r.sse, NULL, 0), 0);
	CHECK_INT(feed(&r.sse, "\n\r\n", 3, 1), 0);
	CHECK_INT(oc_sse_end(&r.sse), 0);
	CHECK_STR(r.text.p, "|a|;");
	end(&r);
}

TEST(stops_when_the_handler_says_so)
{
	static const char stream[] = "data: a\n\ndata: b\n\ndata: c\n\ndata: d";

	for (size_t step = 1; step < sizeof stream; step++) {
		struct record r;

		begin(&r, 1000, 2);
		CHECK_INT(feed(&r.sse, stream, sizeof stream - 1, step), STOPPED);
		CHECK_STR(r.text.p, "|a|;|b|;");
		end(&r);
	}
}

TEST(stops_when_the_handler_says_so_at_the_end)
{
	struct record r;

	begin(&r, 1000, 1);
	CHECK_INT(feed(&r.sse, "data: a", 7, 7), 0);
	CHECK_INT(oc_sse_end(&r.sse), STOPPED);
	end(&r);
}

/* A stream whose second event is one byte over the ceiling, or just under it, however it is cut. */
static void check_ceiling(const char *stream, size_t max, int rc, int events)
{
	size_t n = strlen(stream);

	for (size_t step = 1; step <= n; step++) {
		struct record r;

		begin(&r, max, 0);
		CHECK_INT(feed(&r.sse, stream, n, step), rc);
		CHECK_INT(r.events, events);
		end(&r);
	}
}

TEST(has_a_ceiling)
{
	check_ceiling("data: 1\n\ndata: 12345\n\ndata: 1\n\n", 11, 0, 3);
	check_ceiling("data: 1\n\ndata: 12345\n\ndata: 1\n\n", 10, OC_EPROTO, 1);
	check_ceiling("data: 1\n\ndata:1\r\ndata:2\r\n\r\n", 12, 0, 2);
	check_ceiling("data: 1\n\ndata:1\r\ndata:2\r\n\r\n", 11, OC_EPROTO, 1);
	check_ceiling("data: 1\n\nevent: ab\ndata\n\n", 13, 0, 2);
	check_ceiling("data: 1\n\nevent: ab\ndata\n\n", 12, OC_EPROTO, 1);
	check_ceiling("data: 1\n\n: a long comment that never ends", 12, OC_EPROTO, 1);
	check_ceiling("data: 1\n\nx\nx\nx\nx\nx\nx\nx\nx\nx\n", 8, OC_EPROTO, 1);
}

/* An event that lies whole in the block is not copied: its data are within the block. */
static int check_within(void *ctx, const struct oc_sse_event *event)
{
	const char *block = ctx;

	CHECK(event->data.p == block + 6);
	CHECK_INT(event->data.n, 5);
	return 0;
}

TEST(copies_nothing_that_lies_whole_in_a_block)
{
	static char block[] = "data: whole\r\n: comment\n\n";
	struct oc_sse s;

	oc_sse_init(&s, 1000, check_within, block);
	fail_alloc_from(1, true);
	for (int i = 0; i < 3; i++)
		CHECK_INT(oc_sse_feed(&s, block, sizeof block - 1), 0);
	CHECK(!fail_alloc_stop());
	oc_sse_release(&s);
}

/* Whether the answer is right is for the other tests; this one has no memory for a record. */
static int count(void *ctx, const struct oc_sse_event *event)
{
	size_t *bytes = ctx;

	*bytes += event->type.n + event->data.n + event->error.n;
	return 0;
}

/* In pieces of *step bytes: what fails in one, and is not noticed, goes on in the next. */
static int parse_cut_stream(void *step)
{
	static const char stream[] = "event: some type\n"
	                             "data: some text that goes on\n"
	                             "data: for more than one block of the buffer's memory, so that"
	                             " it grows\nerror: an error\n\ndata: x";
	size_t n = sizeof stream - 1;
	size_t bytes = 0;
	struct oc_sse s;
	int rc = 0;

	oc_sse_init(&s, 1000, count, &bytes);
	for (size_t i = 0; i < n && !rc; i += *(size_t *)step) {
		size_t len = n - i < *(size_t *)step ? n - i : *(size_t *)step;

		rc = oc_sse_feed(&s, stream + i, len);
	}
	if (!rc)
		rc = oc_sse_end(&s);
	if (!rc)
		CHECK_INT(bytes, 9 + (22 + 1 + 64) + 8 + 1);
	oc_sse_release(&s);
	return rc;
}

TEST(survives_without_memory)
{
	for (size_t step = 1; step < 200; step++)
		CHECK(fail_each_alloc(parse_cut_stream, &step) >= 4);
}
