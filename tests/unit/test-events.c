/* SPDX-License-Identifier: MIT */
/*
 * test-events.c: whole event streams, handed to a sink and gathered, cut into pieces in every way;
 * what comes out is the same each time.
 */
#include "compat.h"

#include "fail-alloc.h"
#include "answer/events.h"
#include "answer/reply.h"
#include "unit.h"

#define DATA(json)       "data: " json "\n\n"
#define CHUNK(delta)     DATA("{\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":" delta "}]}")
#define TEXT(text)       CHUNK("{\"content\":\"" text "\"}")
#define THOUGHT(text)    CHUNK("{\"content\":\"\",\"reasoning\":\"" text "\"}")
#define FINISH(reason)   DATA("{\"choices\":[{\"delta\":{},\"finish_reason\":\"" reason "\"}]}")
#define USAGE(in, out)   "\"usage\":{\"prompt_tokens\":" #in ",\"completion_tokens\":" #out "}"
#define DONE             DATA("[DONE]")
#define SHORT_STREAM_MAX 100 /* up to here, every way to cut a stream in three is tried */

static const struct oc_refusal_context nobody = {.base_url = NULL};
static const struct oc_refusal_context with_tools = {.has_tools = true};

struct stream {
	const char *name;
	const char *bytes;
	enum oc_code transport; /* what ended the transfer */
	enum oc_code code;
	const char *content;   /* also what a sink had before a failure */
	const char *reasoning; /* NULL = none */
	const char *finish_reason;
	int64_t output_tokens; /* 0 = the server did not say */
	const char *calls;     /* the reply's tool_calls, where the request has tools */
	const char *message;   /* is part of the error's */
};

static const struct stream streams[] = {
        /* ---- ends that prove that the answer is whole ---- */
        {.name = "done marker", .bytes = TEXT("Hel") TEXT("lo") DONE, .content = "Hello"},
        {.name = "finish reason only",
         .bytes = TEXT("Hi") FINISH("stop"),
         .content = "Hi",
         .finish_reason = "stop"},
        {.name = "finish reason with text, and done",
         .bytes = TEXT("a") DATA("{\"choices\":[{\"delta\":{\"content\":\"b\"},"
                                 "\"finish_reason\":\"length\"}]}") DONE,
         .content = "ab",
         .finish_reason = "length"},
        {.name = "done without its blank line",
         .bytes = TEXT("Hi") "data: [DONE]",
         .content = "Hi"},
        {.name = "done without a space", .bytes = TEXT("Hi") "data:[DONE] \n\n", .content = "Hi"},
        {.name = "lost behind the finish reason",
         .bytes = TEXT("Hi") FINISH("stop"),
         .transport = OC_ECONNECT,
         .content = "Hi",
         .finish_reason = "stop"},
        {.name = "silence behind done",
         .bytes = TEXT("Hi") DONE,
         .transport = OC_ETIMEOUT,
         .content = "Hi"},
        {.name = "a usage chunk that is cut short, behind the finish reason",
         .bytes = TEXT("Hi") FINISH("stop") "data: {\"choices\":[],\"usa",
         .content = "Hi",
         .finish_reason = "stop"},
        {.name = "anything behind done",
         .bytes = TEXT("Hi") DONE TEXT("!") "data: {\n\nerror: x\n\n",
         .content = "Hi"},
        /* ---- and ends that do not ---- */
        {.name = "neither",
         .bytes = TEXT("Hi"),
         .code = OC_EPROTO,
         .content = "Hi",
         .message = "neither [DONE] nor a finish reason"},
        {.name = "nothing at all", .bytes = "", .code = OC_EPROTO, .message = "neither"},
        {.name = "a clean end within an event",
         .bytes = TEXT("Hi") "data: {\"choices\":[{\"del",
         .code = OC_EPROTO,
         .content = "Hi"},
        {.name = "lost",
         .bytes = TEXT("Hi") "data: {\"choices\":[{\"del",
         .transport = OC_ECONNECT,
         .code = OC_ECONNECT,
         .content = "Hi"},
        {.name = "the empty chunk of no model",
         .bytes = TEXT("Hi") DATA("{\"model\":\"\",\"choices\":[{\"delta\":{\"content\":\"\"},"
                                  "\"finish_reason\":null}]}"),
         .code = OC_EPROTO,
         .content = "Hi",
         .message = "failed within the stream"},
        /* ---- errors of the server ---- */
        {.name = "error object",
         .bytes = TEXT("Hi") DATA("{\"error\":{\"message\":\"boom\",\"code\":500}}"),
         .code = OC_EBUSY,
         .content = "Hi",
         .message = "boom"},
        {.name = "error object, and done",
         .bytes = TEXT("Hi") DATA("{\"error\":{\"message\":\"boom\",\"code\":400}}") DONE,
         .code = OC_EREFUSED,
         .content = "Hi",
         .message = "boom"},
        {.name = "error behind the finish reason",
         .bytes = TEXT("Hi") FINISH("stop") DATA("{\"error\":{\"message\":\"boom\"}}"),
         .code = OC_EPROTO,
         .content = "Hi",
         .finish_reason = "stop",
         .message = "boom"},
        {.name = "error string",
         .bytes = TEXT("Hi") DATA("{\"error\":\"overloaded\"}"),
         .code = OC_EBUSY,
         .content = "Hi",
         .message = "overloaded"},
        {.name = "error that is none",
         .bytes = DATA("{\"error\":null,\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}") DONE,
         .content = "Hi"},
        {.name = "flat error",
         .bytes = TEXT("Hi") DATA("{\"object\":\"error\",\"message\":\"boom\",\"code\":400}"),
         .code = OC_EREFUSED,
         .content = "Hi",
         .message = "boom"},
        {.name = "error field",
         .bytes = TEXT("Hi") "error: {\"code\":500,\"message\":\"boom\"}\n\n",
         .code = OC_EBUSY,
         .content = "Hi",
         .message = "boom"},
        {.name = "error field of plain text, without a blank line",
         .bytes = TEXT("Hi") "error: boom \xff",
         .code = OC_EPROTO,
         .content = "Hi",
         .message = "boom \xef\xbf\xbd"},
        {.name = "error event of plain text",
         .bytes = TEXT("Hi") "event: error\ndata: boom\n\n",
         .code = OC_EPROTO,
         .content = "Hi",
         .message = "boom"},
        {.name = "error event of an object",
         .bytes = TEXT("Hi") "event: error\ndata: {\"message\":\"boom\"}\n\n",
         .code = OC_EPROTO,
         .content = "Hi",
         .message = "boom"},
        {.name = "error event of an error object",
         .bytes = TEXT("Hi") "event: error\ndata: {\"error\":{\"message\":\"boom\"}}\n\n",
         .code = OC_EPROTO,
         .content = "Hi",
         .message = "boom"},
        {.name = "error event that says nothing",
         .bytes = TEXT("Hi") "event: error\ndata: {\"error\":null}\n\n" DONE,
         .code = OC_EPROTO,
         .content = "Hi"},
        {.name = "error event of null",
         .bytes = TEXT("Hi") "event: error\ndata: null\n\n" DONE,
         .code = OC_EPROTO,
         .content = "Hi"},
        {.name = "event of another name",
         .bytes = "event: message\n" TEXT("Hi") "event: done\n" DONE,
         .content = "Hi"},
        {.name = "finish reason error",
         .bytes = TEXT("Hi") FINISH("error"),
         .code = OC_EPROTO,
         .content = "Hi",
         .finish_reason = "error",
         .message = "finish_reason"},
        {.name = "an event that is no JSON",
         .bytes = TEXT("Hi") "data: Hello\n\n",
         .code = OC_EPROTO,
         .content = "Hi",
         .message = "an event of the stream is unusable"},
        /* ---- what there is besides text ---- */
        {.name = "usage chunk",
         .bytes = TEXT("Hi") FINISH("stop") DATA("{\"choices\":[]," USAGE(7, 9) "}") DONE,
         .content = "Hi",
         .finish_reason = "stop",
         .output_tokens = 9},
        {.name = "usage in every chunk: the last one counts",
         .bytes = DATA("{\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]," USAGE(7, 1) "}")
                 DATA("{\"choices\":null," USAGE(7, 2) "}") DATA("{\"usage\":null}") DONE,
         .content = "Hi",
         .output_tokens = 2},
        {.name = "two choices",
         .bytes = DATA("{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"}}]}")
                 DATA("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"H\"}}]}")
                         DATA("{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"y\"}},"
                              "{\"index\":0,\"delta\":{\"content\":\"i\"}}]}") DONE,
         .content = "Hi"},
        {.name = "reasoning, then text",
         .bytes = THOUGHT("so") THOUGHT(" it") TEXT("Hi") FINISH("stop") DONE,
         .content = "Hi",
         .reasoning = "so it",
         .finish_reason = "stop"},
        {.name = "reasoning only",
         .bytes = THOUGHT("so") FINISH("length") DONE,
         .code = OC_EPROTO,
         .reasoning = "so",
         .finish_reason = "length",
         .message = "reasoning only"},
        {.name = "no choices", .bytes = DONE, .code = OC_EPROTO, .message = "no choices"},
        {.name = "no content",
         .bytes = FINISH("stop") DONE,
         .code = OC_EPROTO,
         .finish_reason = "stop",
         .message = "empty (finish_reason stop)"},
        {.name = "refusal",
         .bytes = CHUNK("{\"refusal\":\"I \"}") CHUNK("{\"refusal\":\"can't.\"}") DONE,
         .code = OC_EPROTO,
         .message = "the model refuses to answer: \"I can't.\""},
        {.name = "tool calls",
         .bytes = CHUNK("{\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}") DONE,
         .code = OC_EPROTO,
         .message = "tool calls only (f)"},
        {.name = "tool calls that were asked for",
         .bytes = TEXT("") CHUNK("{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{"
                                 "\"name\":\"f\",\"arguments\":\"\"}}]}")
                 CHUNK("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"x"
                       "\\ud83d\"}}]}")
                         CHUNK("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":"
                               "\"\\ude00\xe2\x82\"}}]}")
                                 CHUNK("{\"tool_calls\":[{\"index\":0,\"function\":{"
                                       "\"arguments\":\"\xac\\\":1}\"}}]}") FINISH("tool_calls")
                                         DONE,
         .content = "",
         .finish_reason = "tool_calls",
         .calls = "[{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                  "\"arguments\":\"{\\\"x\xf0\x9f\x98\x80\xe2\x82\xac\\\":1}\"}}]"},
        {.name = "text beside tool calls, and no finish reason of that",
         .bytes = TEXT("Hi") CHUNK("{\"tool_calls\":[{\"function\":{\"name\":\"f\","
                                   "\"arguments\":{\"a\": 1}}}]}") FINISH("stop"),
         .content = "Hi",
         .finish_reason = "stop",
         .calls = "[{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                  "\"arguments\":\"{\\\"a\\\": 1}\"}}]"},
        {.name = "tool calls that break off",
         .bytes = CHUNK("{\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}"),
         .code = OC_EPROTO,
         .content = "",
         .calls = "[]",
         .message = "neither"},
        {.name = "a whole text behind its pieces",
         .bytes = TEXT("H") TEXT("i") DATA("{\"choices\":[{\"message\":{\"content\":\"Hi\"},"
                                           "\"finish_reason\":\"stop\"}]}"),
         .content = "Hi",
         .finish_reason = "stop"},
        {.name = "a whole text with more than the pieces",
         .bytes = THOUGHT("\xe2\x82") TEXT("H")
                 DATA("{\"choices\":[{\"message\":{\"content\":\"Hi\",\"reasoning\":"
                      "\"\xe2\x82\xac\"}}]}") DONE,
         .content = "Hi",
         .reasoning = "\xe2\x82\xac"},
        {.name = "thoughts in parts",
         .bytes = CHUNK("{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\","
                        "\"text\":\"so\"}]}]}")
                 CHUNK("{\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}") DONE,
         .content = "Hi",
         .reasoning = "so"},
        {.name = "pings with data",
         .bytes = "event: ping\ndata: 12:00\n\n" TEXT("H")
                 DATA("null") "event: ping\ndata: {\"type\":\"ping\"}\n\n"
                              "event: x\ndata: {\"message\":\"m\"}\n\nevent: x\n" TEXT("i") DONE,
         .content = "Hi"},
        {.name = "a finish reason that is none",
         .bytes = TEXT("Hi") FINISH("null") FINISH(""),
         .code = OC_EPROTO,
         .content = "Hi",
         .message = "neither"},
        {.name = "an error of another type",
         .bytes = TEXT("Hi") "event: x\ndata: {\"error\":\"boom\"}\n\n" DONE,
         .code = OC_EPROTO,
         .content = "Hi",
         .message = "boom"},
        {.name = "a damaged event of another type",
         .bytes = TEXT("Hi") "event: x\ndata: {\"choices\":[{\n\n" DONE,
         .code = OC_EPROTO,
         .content = "Hi",
         .message = "not JSON"},
        {.name = "a character cut in its UTF-16",
         .bytes = TEXT("a\\ud83d") TEXT("") THOUGHT("\\ud83e") TEXT("\\ude00b\\\\ud83d")
                 THOUGHT("\\udd99") TEXT("\\\\\\uD83D") TEXT("\\uDE00") DONE,
         .content = "a\xf0\x9f\x98\x80"
                    "b\\ud83d\\\xf0\x9f\x98\x80",
         .reasoning = "\xf0\x9f\xa6\x99"},
        {.name = "halves of characters",
         .bytes = TEXT("\\ud83d") TEXT("a\\ude00\\ud83d") TEXT("\\ud83d") TEXT("\\u00e9")
                 THOUGHT("\\udbff") TEXT("\\udbff") DONE,
         .content = "\xef\xbf\xbd"
                    "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd",
         .reasoning = "\xef\xbf\xbd"},
        {.name = "half a character, then the whole text",
         .bytes = TEXT("a\\ud83d")
                 DATA("{\"choices\":[{\"message\":{\"content\":\"a\\ud83d\\ude00b\"}}]}") DONE,
         .content = "a\xf0\x9f\x98\x80"
                    "b"},
        {.name = "no blank lines",
         .bytes = "data: {\"choices\":[{\"delta\":{\"content\":\"H\"}}]}\n"
                  "data: {\"choices\":[{\"delta\":{\"content\":\"i\"}}]}\ndata: [DONE]\n",
         .content = "Hi"},
        {.name = "no blank lines, and a damaged one",
         .bytes = "data: {\"choices\":[{\"delta\":{\"content\":\"H\"}}]}\n"
                  "data: {\"choices\":[{\"delta\":{\"con\ndata: [DONE]\n\n",
         .code = OC_EPROTO,
         .content = "H",
         .message = "not JSON"},
        {.name = "no blank lines, and an error",
         .bytes = "data: {\"choices\":[{\"delta\":{\"content\":\"H\"}}]}\n"
                  "data: {\"error\":\"boom\"}\ndata: [DONE]\n\n",
         .code = OC_EPROTO,
         .content = "H",
         .message = "boom"},
        {.name = "an error of two lines",
         .bytes = TEXT("H") "event: error\ndata: big\ndata: boom\n\n",
         .code = OC_EPROTO,
         .content = "H",
         .message = "big boom"},
        {.name = "another API",
         .bytes = DATA("{\"response\":\"Hi\"}"),
         .code = OC_EPROTO,
         .message = "without any choices"},
        {.name = "detail, and done",
         .bytes = TEXT("Hi") DATA("{\"detail\":\"boom\"}") DONE,
         .code = OC_EPROTO,
         .content = "Hi",
         .message = "boom"},
        {.name = "comments and pings",
         .bytes = ":\n\n: ping\n\n" TEXT("H") ":\n\nid: 7\nretry: 10\n\ndata\n\n" TEXT("i") DONE,
         .content = "Hi"},
        {.name = "CRLF and CR",
         .bytes = "data: {\"choices\":[{\"delta\":{\"content\":\"H\"}}]}\r\n\r\n"
                  "data: {\"choices\":[{\"delta\":\rdata: {\"content\":\"i\"}}]}\r\r"
                  "data: [DONE]\r\n\r\n",
         .content = "Hi"},
        /* ---- characters ---- */
        {.name = "a character in two events",
         .bytes = TEXT("\xe2\x82") TEXT("\xac") TEXT("\xf0") TEXT("\x9f\xa6") TEXT("\x99") DONE,
         .content = "\xe2\x82\xac\xf0\x9f\xa6\x99"},
        {.name = "bytes that are no characters",
         .bytes = TEXT("a\xff") TEXT("\xe2") TEXT("b\xe2\x82") DONE,
         .content = "a\xef\xbf\xbd\xef\xbf\xbd"
                    "b\xef\xbf\xbd"},
        {.name = "a character of thought is not one of text",
         .bytes = THOUGHT("\xe2\x82") TEXT("\xac") DONE,
         .content = "\xef\xbf\xbd",
         .reasoning = "\xef\xbf\xbd"},
        {.name = "escapes",
         .bytes = TEXT("\\u00e9\\n\\\"\\ud83e\\udd99\\\\") DONE,
         .content = "\xc3\xa9\n\"\xf0\x9f\xa6\x99\\"},
};

/* ---- one stream, cut in one way ----------------------------------------------------------- */

struct heard {
	struct oc_buf content;
	struct oc_buf reasoning;
	bool unflushed;
};

static int hear(void *ctx, const struct oc_chunk *chunk)
{
	struct heard *h = ctx;

	h->unflushed = chunk->kind != OC_CHUNK_FLUSH;
	if (chunk->kind == OC_CHUNK_CONTENT)
		oc_buf_add(&h->content, chunk->text.p, chunk->text.n);
	if (chunk->kind == OC_CHUNK_REASONING)
		oc_buf_add(&h->reasoning, chunk->text.p, chunk->text.n);
	return 0;
}

static void check_text(const char *p, size_t n, const char *want)
{
	CHECK_MEM(p, n, want ? want : "", want ? strlen(want) : 0);
}

static void check_reply(const struct stream *s, const struct oc_events *in, int rc)
{
	CHECK_INT(rc, s->code);
	/* What the transport says is not repeated. */
	CHECK_INT(in->err.code, s->code == s->transport ? OC_OK : s->code);
	CHECK(!s->message || strstr(in->err.message, s->message));
	CHECK_STR(in->reply->finish_reason, s->finish_reason);
	CHECK_INT(in->reply->usage.output_tokens, s->output_tokens ? s->output_tokens : -1);
	CHECK_STR(in->reply->tool_calls, rc ? NULL : s->calls);
}

static const struct oc_refusal_context *context_of(const struct stream *s)
{
	return s->calls ? &with_tools : &nobody;
}

/* Feeds pieces that end at the given offsets, and the rest; each of a size of its own in memory, so
 * that a sanitizer sees what is read beyond it. */
static int feed(struct oc_events *in, const struct stream *s, const size_t *cuts, size_t ncuts)
{
	size_t n = strlen(s->bytes);
	size_t from = 0;

	for (size_t i = 0; i <= ncuts; i++) {
		size_t to = i < ncuts ? cuts[i] : n;
		char *piece = malloc(to - from + 1);

		if (!piece)
			return OC_ENOMEM;
		memcpy(piece, s->bytes + from, to - from);
		(void)oc_events_feed(in, piece, to - from);
		free(piece);
		(void)oc_events_flush(in);
		from = to;
	}
	return oc_events_end(in, s->transport);
}

static void check_sink(const struct stream *s, const size_t *cuts, size_t ncuts)
{
	struct oc_events in;
	struct oc_reply reply = {0};
	struct heard h = {.unflushed = false};
	int rc;

	oc_buf_init(&h.content, 1000);
	oc_buf_init(&h.reasoning, 1000);
	oc_reply_init(&reply);
	oc_events_init(&in, hear, &h, context_of(s), &reply);
	rc = feed(&in, s, cuts, ncuts);
	check_reply(s, &in, rc);
	CHECK_INT(oc_events_flush(&in), in.err.code);
	CHECK(!h.unflushed);
	check_text(h.content.p, h.content.n, s->content);
	check_text(h.reasoning.p, h.reasoning.n, s->reasoning);
	CHECK_INT(reply.delivered, h.content.n);
	oc_events_release(&in);
	oc_reply_release(&reply);
	oc_buf_release(&h.content);
	oc_buf_release(&h.reasoning);
}

static void check_gathered(const struct stream *s, const size_t *cuts, size_t ncuts)
{
	struct oc_events in;
	struct oc_reply reply = {0};
	int rc;

	oc_reply_init(&reply);
	oc_events_init(&in, NULL, NULL, context_of(s), &reply);
	rc = feed(&in, s, cuts, ncuts);
	check_reply(s, &in, rc);
	if (!rc) {
		check_text(reply.content, reply.content_len, s->content);
		check_text(reply.reasoning, reply.reasoning_len, s->reasoning);
		CHECK_INT(reply.content[reply.content_len], '\0');
	}
	oc_events_release(&in);
	oc_reply_release(&reply);
}

static void check(const struct stream *s, const size_t *cuts, size_t ncuts)
{
	check_sink(s, cuts, ncuts);
	check_gathered(s, cuts, ncuts);
}

TEST(streams_in_one_piece)
{
	for (size_t i = 0; i < OC_COUNT(streams); i++) {
		printf("# %s\n", streams[i].name);
		check(&streams[i], NULL, 0);
	}
}

TEST(streams_byte_by_byte)
{
	size_t cuts[1000];

	for (size_t i = 0; i < OC_COUNT(cuts); i++)
		cuts[i] = i + 1;
	for (size_t i = 0; i < OC_COUNT(streams); i++) {
		size_t n = strlen(streams[i].bytes);

		printf("# %s\n", streams[i].name);
		CHECK(n <= OC_COUNT(cuts));
		check(&streams[i], cuts, n);
	}
}

TEST(streams_cut_in_two_anywhere)
{
	for (size_t i = 0; i < OC_COUNT(streams); i++) {
		printf("# %s\n", streams[i].name);
		for (size_t cut = 0; cut <= strlen(streams[i].bytes); cut++)
			check(&streams[i], &cut, 1);
	}
}

TEST(short_streams_cut_in_three_anywhere)
{
	for (size_t i = 0; i < OC_COUNT(streams); i++) {
		size_t n = strlen(streams[i].bytes);

		for (size_t a = 0; n <= SHORT_STREAM_MAX && a <= n; a++) {
			for (size_t b = a; b <= n; b++)
				check(&streams[i], (size_t[]){a, b}, 2);
		}
	}
}

/* ---- a sink that has had enough ----------------------------------------------------------- */

static int stop_at_once(void *ctx, const struct oc_chunk *chunk)
{
	int *calls = ctx;

	(void)chunk;
	++*calls;
	return 1;
}

TEST(a_sink_that_stops_is_not_called_again)
{
	static const char bytes[] = TEXT("a") TEXT("b") DONE;
	struct oc_events in;
	struct oc_reply reply = {0};
	int calls = 0;

	oc_reply_init(&reply);
	oc_events_init(&in, stop_at_once, &calls, &nobody, &reply);
	CHECK_INT(oc_events_feed(&in, bytes, strlen(bytes)), OC_ESTOPPED);
	CHECK_INT(calls, 1);
	CHECK_INT(oc_events_feed(&in, bytes, strlen(bytes)), OC_ESTOPPED);
	CHECK_INT(calls, 1);
	CHECK_INT(oc_events_end(&in, OC_OK), OC_ESTOPPED);
	CHECK_INT(calls, 1);
	CHECK_INT(reply.delivered, 0);
	oc_events_release(&in);
	oc_reply_release(&reply);
}

/* ---- limits ------------------------------------------------------------------------------- */

/* Feeds an event of so many bytes in pieces of 64 KiB, then an end. */
static int feed_large(size_t size, struct oc_err *err)
{
	static const char before[] = "data: {\"choices\":[{\"delta\":{\"content\":\"";
	static const char after[] = "\"}}]}";
	static const char end[] = "\n\n" DONE;
	size_t left = size - strlen(before) - strlen(after);
	struct heard h = {.unflushed = false};
	struct oc_events in;
	struct oc_reply reply = {0};
	char xs[65536];
	int rc;

	memset(xs, 'x', sizeof xs);
	oc_buf_init(&h.content, OC_EVENT_MAX);
	oc_buf_init(&h.reasoning, 0);
	oc_reply_init(&reply);
	oc_events_init(&in, hear, &h, &nobody, &reply);
	(void)oc_events_feed(&in, before, strlen(before));
	for (size_t n; left; left -= n) {
		n = left < sizeof xs ? left : sizeof xs;
		(void)oc_events_feed(&in, xs, n);
	}
	(void)oc_events_feed(&in, after, strlen(after));
	(void)oc_events_feed(&in, end, strlen(end));
	rc = oc_events_end(&in, OC_OK);
	*err = in.err;
	CHECK_INT(h.content.n, rc ? 0 : size - strlen(before) - strlen(after));
	oc_events_release(&in);
	oc_reply_release(&reply);
	oc_buf_release(&h.content);
	oc_buf_release(&h.reasoning);
	return rc;
}

TEST(an_event_is_at_most_16_mebibytes)
{
	struct oc_err err = {0};

	CHECK_INT(feed_large((size_t)16 << 20, &err), OC_OK);
	CHECK_INT(feed_large(((size_t)16 << 20) + 1, &err), OC_EPROTO);
	CHECK_STR(err.message, "an event of the stream is larger than 16 MiB");
}

/* ---- without memory ----------------------------------------------------------------------- */

static int take_whole(const struct stream *s, oc_sink *sink)
{
	struct oc_events in;
	struct oc_reply reply = {0};
	size_t cut = strlen(s->bytes) / 2;
	int rc;

	oc_reply_init(&reply);
	oc_events_init(&in, sink, NULL, context_of(s), &reply);
	rc = feed(&in, s, &cut, 1);
	oc_events_release(&in);
	oc_reply_release(&reply);
	return rc;
}

static int ignore(void *ctx, const struct oc_chunk *chunk)
{
	(void)ctx;
	(void)chunk;
	return 0;
}

static int give_to_sink(void *ctx)
{
	return take_whole(ctx, ignore);
}

static int gather(void *ctx)
{
	return take_whole(ctx, NULL);
}

TEST(an_answer_without_memory_is_an_error)
{
	for (size_t i = 0; i < OC_COUNT(streams); i++) {
		struct stream s = streams[i];

		if (s.code)
			continue;
		printf("# %s\n", s.name);
		CHECK(fail_each_alloc(give_to_sink, &s) > 0);
		CHECK(fail_each_alloc(gather, &s) > 0);
	}
}

/* An error may lose its words when memory is out, but it stays one. */
TEST(an_error_without_memory_is_an_error)
{
	for (size_t i = 0; i < OC_COUNT(streams); i++) {
		const struct stream *s = &streams[i];
		bool failed = s->code != OC_OK;

		for (unsigned long nth = 1; failed; nth++) {
			long live = fail_alloc_live();
			int rc;

			fail_alloc_from(nth, true);
			rc = take_whole(s, ignore);
			failed = fail_alloc_stop();
			CHECK(rc == s->code || (failed && rc == OC_ENOMEM));
			CHECK_INT(fail_alloc_live(), live);
		}
	}
}
