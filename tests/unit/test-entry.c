/* SPDX-License-Identifier: MIT */
/* test-entry.c: answers that are kept, as they are written and as they are read back. */
#include "fail-alloc.h"
#include "unit.h"

#include "answer/entry.h"
#include "text/hash.h"
#include "text/text.h"

#define URL     "http://127.0.0.1:1/v1/chat/completions"
#define REQUEST "{\"model\":\"m\",\"messages\":[]}"

static const char whole[] =
        "{\"url\":\"" URL "\",\n"
        "\"request\":" REQUEST ",\n"
        "\"kept\":1764090000,\n"
        "\"response\":{\"id\":\"i\",\"object\":\"chat.completion\",\"model\":\"m2\","
        "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
        "\"content\":\"a\\u0000\\\"b\",\"reasoning\":\"hm\"},\"finish_reason\":\"stop\"}],"
        "\"usage\":{\"prompt_tokens\":3,\"total_tokens\":5}}}\n";

static void put_question(struct oc_buf *out, const char *url, const char *body)
{
	oc_buf_init(out, OC_ENTRY_MAX);
	oc_entry_ask(out, url, oc_text_of(body));
}

struct read {
	int64_t kept;
	struct oc_reply reply;
	struct oc_buf raw;
	struct oc_err err;
};

/* Reads the n bytes at p as the entry of that request. */
static int read_entry(struct read *r, const char *body, const char *p, size_t n)
{
	struct oc_buf question = {0};
	struct oc_buf entry = {0};
	struct oc_text raw = {0};
	int rc;

	*r = (struct read){0};
	oc_reply_init(&r->reply);
	oc_buf_init(&r->raw, OC_ENTRY_MAX);
	put_question(&question, URL, body);
	oc_buf_init(&entry, OC_ENTRY_MAX);
	oc_buf_add(&entry, p, n);
	rc = entry.bad || question.bad ? OC_ENOMEM
	                               : oc_entry_read(&entry, oc_buf_text(&question), "asked",
	                                               false, &r->kept, &r->reply, &raw, &r->err);
	if (!rc)
		oc_buf_add(&r->raw, raw.p, raw.n);
	oc_buf_release(&question);
	oc_buf_release(&entry);
	return r->raw.bad ? OC_ENOMEM : rc;
}

static void release(struct read *r)
{
	oc_reply_release(&r->reply);
	oc_buf_release(&r->raw);
}

/* That text is of no use, for this reason. */
static void check_refused(const char *text, const char *why)
{
	struct read r;

	CHECK_INT(read_entry(&r, REQUEST, text, strlen(text)), OC_EDATA);
	CHECK_STR(r.err.message, why);
	release(&r);
}

TEST(written)
{
	const struct oc_reply reply = {
	        .content = (char[]){"a\0\"b"},
	        .content_len = 4,
	        .reasoning = (char[]){"hm"},
	        .reasoning_len = 2,
	        .model = (char[]){"m2"},
	        .id = (char[]){"i"},
	        .finish_reason = (char[]){"stop"},
	        .usage = {3, -1, 5},
	};
	struct oc_buf entry = {0};

	put_question(&entry, URL, REQUEST);
	oc_entry_answer(&entry, 1764090000, &reply, (struct oc_text){NULL, 0});
	CHECK_STR(entry.p, whole);
	oc_buf_release(&entry);
}

TEST(written_with_nothing_but_content)
{
	const struct oc_reply reply = {
	        .content = (char[]){"a"}, .content_len = 1, .usage = {-1, -1, -1}};
	struct oc_buf entry = {0};
	struct read r;

	put_question(&entry, URL, REQUEST);
	oc_entry_answer(&entry, 1, &reply, (struct oc_text){NULL, 0});
	CHECK_STR(strstr(entry.p, "\"response\""),
	          "\"response\":{\"object\":\"chat.completion\",\"choices\":[{\"index\":0,"
	          "\"message\":{\"role\":\"assistant\",\"content\":\"a\"}}],\"usage\":{}}}\n");
	CHECK_INT(read_entry(&r, REQUEST, entry.p, entry.n), OC_OK);
	CHECK_STR(r.reply.content, "a");
	CHECK_STR(r.reply.model, "asked");
	CHECK(!r.reply.finish_reason && !r.reply.id && !r.reply.reasoning);
	CHECK_INT(r.reply.usage.total_tokens, -1);
	release(&r);
	oc_buf_release(&entry);
}

TEST(calls_of_tools)
{
	static const char calls[] = "[{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":"
	                            "\"f\",\"arguments\":\"{}\"}}]";
	char copy[sizeof calls];
	const struct oc_reply reply = {.content = (char[]){""},
	                               .tool_calls = memcpy(copy, calls, sizeof calls),
	                               .tool_calls_len = sizeof calls - 1,
	                               .usage = {-1, -1, -1}};
	struct oc_buf entry = {0};
	struct read r;

	put_question(&entry, URL, REQUEST);
	oc_entry_answer(&entry, 1, &reply, (struct oc_text){NULL, 0});
	CHECK_INT(read_entry(&r, REQUEST, entry.p, entry.n), OC_OK);
	CHECK_STR(r.reply.content, "");
	CHECK_STR(r.reply.tool_calls, calls);
	release(&r);
	oc_buf_release(&entry);
}

TEST(read_back)
{
	struct read r;

	CHECK_INT(read_entry(&r, REQUEST, whole, sizeof whole - 1), OC_OK);
	CHECK_INT(r.kept, 1764090000);
	CHECK_MEM(r.reply.content, r.reply.content_len, "a\0\"b", 4);
	CHECK_MEM(r.reply.reasoning, r.reply.reasoning_len, "hm", 2);
	CHECK_STR(r.reply.model, "m2");
	CHECK_STR(r.reply.id, "i");
	CHECK_STR(r.reply.finish_reason, "stop");
	CHECK_INT(r.reply.usage.input_tokens, 3);
	CHECK_INT(r.reply.usage.output_tokens, -1);
	CHECK_INT(r.reply.usage.total_tokens, 5);
	CHECK_INT(r.reply.attempts, 0);
	CHECK_INT(r.reply.http_status, 200);
	CHECK_INT(strncmp(r.raw.p, "{\"id\":\"i\",", 10), 0);
	CHECK_INT(r.raw.p[r.raw.n - 1], '}');
	release(&r);
}

TEST(a_servers_body_is_kept_as_it_is)
{
	/* A byte order mark, bytes that are not UTF-8, line ends, and members of its own. */
	static const char body[] = "\xef\xbb\xbf{\"x\":[1.50,\"\xff\"],\n"
	                           "\"choices\":[{\"message\":{\"content\":\"a\xff\"}}]}\n";
	struct oc_buf entry = {0};
	struct read r;

	put_question(&entry, URL, REQUEST);
	oc_entry_answer(&entry, 1, NULL, (struct oc_text){body, sizeof body - 1});
	CHECK_INT(read_entry(&r, REQUEST, entry.p, entry.n), OC_OK);
	CHECK_STR(r.reply.content, "a\xef\xbf\xbd");
	CHECK_MEM(r.raw.p, r.raw.n, body + 3, sizeof body - 1 - 3 - 1);
	release(&r);
	oc_buf_release(&entry);
}

TEST(every_truncation_is_refused)
{
	for (size_t n = 0; n < sizeof whole - 2; n++) { /* all but the last line's end */
		struct read r;

		CHECK_INT(read_entry(&r, REQUEST, whole, n), OC_EDATA);
		release(&r);
	}
}

TEST(another_request_is_refused)
{
	static const char *const others[] = {
	        "{\"model\":\"m\",\"messages\":[1]}",
	        "{\"model\":\"n\",\"messages\":[]}",
	        "{\"model\":\"m\",\"messages\":[] }",
	        "",
	};
	struct read r;

	for (size_t i = 0; i < OC_COUNT(others); i++) {
		CHECK_INT(read_entry(&r, others[i], whole, sizeof whole - 1), OC_EDATA);
		CHECK_STR(r.err.message, "it is of another request");
		release(&r);
	}
}

#define QUESTION "{\"url\":\"" URL "\",\n\"request\":" REQUEST ","
#define CHOICE   "{\"choices\":[{\"message\":{\"content\":\"a\"}}]}"

TEST(damage_is_refused)
{
	check_refused(QUESTION "\n\"kept\":\"1\",\"response\":" CHOICE "}",
	              "it does not say when it was kept");
	check_refused(QUESTION "\n\"response\":" CHOICE "}", "it does not say when it was kept");
	check_refused(QUESTION "\n\"kept\":1}", "the answer is empty");
	check_refused(QUESTION "\n\"kept\":1,\"response\":null}",
	              "the server sent JSON that is no object");
	check_refused(QUESTION "\n\"kept\":1,\"response\":" CHOICE "}{}",
	              "not JSON at byte 63: the text goes on after its value");
}

TEST(an_error_is_no_answer)
{
	struct read r;
	static const char text[] = QUESTION "\n\"kept\":1,\"response\":{\"error\":{\"message\":"
	                                    "\"overloaded\",\"code\":503}}}";

	CHECK_INT(read_entry(&r, REQUEST, text, sizeof text - 1), OC_EDATA);
	release(&r);
}

/* A file of this name is found by every version, on every machine. */
TEST(names_stay)
{
	struct oc_buf question = {0};

	put_question(&question, URL, REQUEST);
	CHECK_STR(question.p, QUESTION);
	CHECK(oc_hash(oc_buf_text(&question)) == UINT64_C(0x32b5f52ff49056fe));
	oc_buf_release(&question);
	CHECK(oc_hash(oc_text_of("")) == UINT64_C(0xefd01f60ba992926));
	CHECK(oc_hash(oc_text_of("a")) == UINT64_C(0x82a2a958a9bece5b));
}

static int read_whole(void *ctx)
{
	struct read r;
	int rc = read_entry(&r, REQUEST, ctx, strlen(ctx));

	release(&r);
	return rc;
}

static int write_whole(void *ctx)
{
	struct oc_buf entry = {0};
	int rc;

	put_question(&entry, URL, REQUEST);
	oc_entry_answer(&entry, 1, ctx, (struct oc_text){NULL, 0});
	rc = entry.bad;
	oc_buf_release(&entry);
	return rc;
}

TEST(survives_without_memory)
{
	struct oc_reply reply = {.content = (char[]){"a"}, .content_len = 1, .usage = {-1, -1, -1}};
	char text[sizeof whole];

	memcpy(text, whole, sizeof whole);
	CHECK(fail_each_alloc(read_whole, text) > 4);
	CHECK(fail_each_alloc(write_whole, &reply) > 0);
}
