/* SPDX-License-Identifier: MIT */
/* test-reply.c: every shape of answer, event and model list that servers are known to send. */
#include "compat.h"

#include "fail-alloc.h"
#include "answer/reply.h"
#include "text/text.h"
#include "unit.h"

/* Ends a test unless *err has this code and its message holds this text. */
#define CHECK_ERR(err, wanted, part)                     \
	do {                                             \
		CHECK_INT((err)->code, wanted);          \
		if (!strstr((err)->message, part))       \
			CHECK_STR((err)->message, part); \
	} while (0)

static const struct oc_refusal_context asked = {.base_url = "http://h/v1", .model = "asked-for"};

/* ---- whole answers ------------------------------------------------------------------------ */

struct whole {
	const char *body;
	const char *content; /* NULL: an error is expected */
	const char *reasoning;
	const char *finish_reason;
	struct oc_usage usage;
	const char *message; /* a part of the error's */
};

static void check_whole(const struct whole *row)
{
	struct oc_reply reply = {0};
	struct oc_err err = {0};
	int rc;

	oc_reply_init(&reply);
	rc = oc_reply_parse(oc_text_of(row->body), &asked, &reply, &err);
	printf("# %s\n", row->body);
	if (row->content) {
		CHECK_STR(rc ? err.message : "", "");
		CHECK_MEM(reply.content, reply.content_len, row->content, strlen(row->content));
		CHECK_STR(reply.reasoning, row->reasoning);
		CHECK_STR(reply.finish_reason, row->finish_reason);
	} else {
		CHECK_INT(rc, OC_EPROTO);
		CHECK_ERR(&err, OC_EPROTO, row->message);
	}
	CHECK_INT(reply.usage.input_tokens, row->usage.input_tokens);
	CHECK_INT(reply.usage.output_tokens, row->usage.output_tokens);
	CHECK_INT(reply.usage.total_tokens, row->usage.total_tokens);
	oc_reply_release(&reply);
}

/* A body with one choice; the usage is 3 + 4 = 7. */
#define ANSWER(message, finish)                                                        \
	"{\"choices\":[{\"index\":0,\"message\":" message ",\"finish_reason\":" finish \
	"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}"
#define USED            \
	{               \
		3, 4, 7 \
	}
#define NOT_COUNTED        \
	{                  \
		-1, -1, -1 \
	}

TEST(whole_answers)
{
	static const struct whole rows[] = {
	        {ANSWER("{\"role\":\"assistant\",\"content\":\"Hi\"}", "\"stop\""), "Hi", NULL,
	         "stop", USED, NULL},
	        /* reasoning under either name, under both, and beside an empty one */
	        {ANSWER("{\"content\":\"Hi\",\"reasoning\":\"hm\"}", "\"stop\""), "Hi", "hm",
	         "stop", USED, NULL},
	        {ANSWER("{\"content\":\"Hi\",\"reasoning_content\":\"hm\"}", "\"stop\""), "Hi",
	         "hm", "stop", USED, NULL},
	        {ANSWER("{\"content\":\"Hi\",\"reasoning\":\"hm\",\"reasoning_content\":\"hm\"}",
	                "\"stop\""),
	         "Hi", "hm", "stop", USED, NULL},
	        {ANSWER("{\"content\":\"Hi\",\"reasoning\":\"\",\"reasoning_content\":\"hm\"}",
	                "\"length\""),
	         "Hi", "hm", "length", USED, NULL},
	        {ANSWER("{\"content\":\"Hi\",\"reasoning\":null}", "\"stop\""), "Hi", NULL, "stop",
	         USED, NULL},
	        {ANSWER("{\"content\":\"Hi\",\"reasoning_text\":\"hm\",\"reasoning_opaque\":\"x\"}",
	                "\"stop\""),
	         "Hi", "hm", "stop", USED, NULL},
	        /* reasoning that is no string */
	        {ANSWER("{\"content\":\"Hi\",\"reasoning\":{\"effort\":\"low\",\"text\":\"hm\"}}",
	                "\"stop\""),
	         "Hi", "hm", "stop", USED, NULL},
	        {ANSWER("{\"content\":\"Hi\",\"reasoning\":[{\"text\":\"h\"},{\"content\":\"m\"}]}",
	                "\"stop\""),
	         "Hi", "hm", "stop", USED, NULL},
	        {ANSWER("{\"content\":\"Hi\",\"reasoning\":null,\"reasoning_details\":[{\"type\":"
	                "\"reasoning.summary\",\"summary\":\"h\"},{\"type\":\"reasoning."
	                "encrypted\","
	                "\"data\":\"x\"},{\"type\":\"reasoning.text\",\"text\":\"m\"}]}",
	                "\"stop\""),
	         "Hi", "hm", "stop", USED, NULL},
	        {ANSWER("{\"content\":\"Hi\",\"reasoning\":{},\"reasoning_content\":7}",
	                "\"stop\""),
	         "Hi", NULL, "stop", USED, NULL},
	        /* content in parts, of which some are thoughts; those that have a name win */
	        {ANSWER("{\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"thinking\","
	                "\"thinking\":\"x\"},{\"type\":\"output_text\",\"text\":\"b\"},7,"
	                "{\"type\":\"image_url\",\"text\":\"no\"}]}",
	                "\"stop\""),
	         "ab", "x", "stop", USED, NULL},
	        {ANSWER("{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\","
	                "\"text\":\"x\"},{\"type\":\"text\",\"text\":\"y\"}],\"closed\":true},"
	                "{\"type\":\"text\",\"text\":\"a\"}]}",
	                "\"stop\""),
	         "a", "xy", "stop", USED, NULL},
	        {ANSWER("{\"reasoning\":\"x\",\"content\":[{\"type\":\"thinking\",\"thinking\":"
	                "\"x\"},"
	                "{\"type\":\"text\",\"text\":\"a\"}]}",
	                "\"stop\""),
	         "a", "x", "stop", USED, NULL},
	        /* an empty delta beside the message, as Perplexity sends it */
	        {"{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"delta\":{\"content\":\"\"},"
	         "\"finish_reason\":\"stop\"}]}",
	         "Hi", NULL, "stop", NOT_COUNTED, NULL},
	        /* no finish reason, because the server knows none */
	        {"{\"choices\":[{\"message\":{\"content\":\"Hi\"}}]}", "Hi", NULL, NULL,
	         NOT_COUNTED, NULL},
	        {ANSWER("{\"content\":\"Hi\"}", "\"null\""), "Hi", NULL, NULL, USED, NULL},
	        /* Go's escapes, a pair, an escaped key */
	        {ANSWER("{\"cont\\u0065nt\":\"\\u003cb\\u003e \\ud83d\\ude00\"}", "\"stop\""),
	         "<b> \xf0\x9f\x98\x80", NULL, "stop", USED, NULL},
	        /* half a character at the end */
	        {ANSWER("{\"content\":\"Hi\\ud83d\"}", "\"stop\""), "Hi\xef\xbf\xbd", NULL, "stop",
	         USED, NULL},
	        /* no finish reason, but counts: taken as whole */
	        {ANSWER("{\"content\":\"Hi\"}", "null"), "Hi", NULL, NULL, USED, NULL},
	        /* a byte order mark and a final newline */
	        {"\xef\xbb\xbf{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":"
	         "\"stop\"}]}\n",
	         "Hi", NULL, "stop", NOT_COUNTED, NULL},
	        /* the last of duplicate members counts */
	        {"{\"choices\":7,\"choices\":[{\"message\":{\"content\":\"no\",\"content\":\"Hi\"},"
	         "\"finish_reason\":\"stop\"}]}",
	         "Hi", NULL, "stop", NOT_COUNTED, NULL},
	        /* choice 0, wherever it stands */
	        {"{\"choices\":[{\"index\":1,\"message\":{\"content\":\"no\"}},{\"index\":0,"
	         "\"message\":"
	         "{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}",
	         "Hi", NULL, "stop", NOT_COUNTED, NULL},
	        /* what is no error */
	        {"{\"error\":null,\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":"
	         "\"stop\","
	         "\"error\":false}]}",
	         "Hi", NULL, "stop", NOT_COUNTED, NULL},
	        {"{\"error\":\"\",\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":"
	         "\"stop\",\"error\":{}}],\"detail\":\"x\",\"errors\":[7],\"message\":\"x\"}",
	         "Hi", NULL, "stop", NOT_COUNTED, NULL},
	        {"{\"error\":0,\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":"
	         "\"stop\"}]}",
	         "Hi", NULL, "stop", NOT_COUNTED, NULL},
	        {"{\"error\":{},\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":"
	         "\"stop\",\"error\":\"\"}]}",
	         "Hi", NULL, "stop", NOT_COUNTED, NULL},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++)
		check_whole(&rows[i]);
}

TEST(answers_without_content)
{
	static const struct {
		const char *body;
		struct oc_usage usage;
		const char *message;
	} rows[] = {
	        {ANSWER("{\"content\":\"\",\"reasoning\":\"hm\"}", "\"length\""), USED,
	         "reasoning only"},
	        {ANSWER("{\"content\":null,\"tool_calls\":[{\"id\":\"1\"}]}", "\"tool_calls\""),
	         USED, "the answer is tool calls only, without content"},
	        {ANSWER("{\"content\":null,\"reasoning\":\"hm\",\"tool_calls\":[{\"function\":{"
	                "\"name\":"
	                "\"f\"}},{\"function\":{\"name\":\"f\"}},{\"function\":{\"name\":\"ef\"}}]"
	                "}",
	                "\"tool_calls\""),
	         USED, "the answer is tool calls only (f, f, ef), without content"},
	        {ANSWER("{\"content\":null,\"function_call\":{\"name\":\"f\",\"arguments\":\"{}\"}"
	                "}",
	                "\"function_call\""),
	         USED, "the answer is tool calls only (f), without content"},
	        {ANSWER("{\"content\":null,\"tool_calls\":[],\"refusal\":\"No.\"}", "\"stop\""),
	         USED, "the model refuses to answer: \"No.\""},
	        {ANSWER("{\"content\":\"\",\"reasoning\":\"hm\",\"refusal\":\" "
	                "I\\n\\tcan't.\\u0007 \"}",
	                "\"stop\""),
	         USED, "the model refuses to answer: \"I can't.\""},
	        {ANSWER("{\"content\":[{\"type\":\"refusal\",\"refusal\":\"No.\"}]}", "\"stop\""),
	         USED, "the model refuses to answer: \"No.\""},
	        {ANSWER("{\"content\":null,\"refusal\":null}", "\"stop\""), USED,
	         "the answer is empty (finish_reason stop)"},
	        {ANSWER("{\"content\":\"\",\"reasoning\":\"hm\"}", "\"stop\""), USED,
	         "the answer is reasoning only, without content (finish_reason stop)"},
	        {ANSWER("{\"content\":\"\"}", "\"length\""), USED,
	         "the answer is empty (finish_reason length): allow more tokens"},
	        {ANSWER("{\"content\":null}", "\"content_filter\""), USED,
	         "filter left nothing of the answer (finish_reason content_filter)"},
	        /* the runner ended: Go's zero time, no name, no counts */
	        {"{\"created\":-62135596800,\"model\":\"\",\"choices\":[{\"index\":0,\"message\":{"
	         "\"role\":"
	         "\"\",\"content\":\"\"},\"finish_reason\":null}],\"usage\":{\"prompt_tokens\":0,"
	         "\"completion_tokens\":0,\"total_tokens\":0}}",
	         {0, 0, 0},
	         "the answer is empty (finish_reason none)"},
	        {"{\"choices\":[{\"message\":{\"content\":\"and and "
	         "and\"},\"finish_reason\":null}],"
	         "\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}}",
	         {0, 0, 0},
	         "incomplete"},
	        {"{\"choices\":[{\"message\":{\"content\":\"and "
	         "and\"},\"finish_reason\":\"null\"}]}",
	         NOT_COUNTED, "incomplete"},
	        {"{\"choices\":[{\"message\":{\"content\":\"and and\"},\"finish_reason\":\"\"}],"
	         "\"usage\":{\"completion_tokens\":0}}",
	         {-1, 0, -1},
	         "incomplete"},
	        {"{\"choices\":[{\"message\":{\"content\":\"and and\"},\"finish_reason\":null}]}",
	         NOT_COUNTED, "incomplete"},
	        {ANSWER("{\"content\":\"Hi\"}", "\"error\""), USED, "broke the answer"},
	        {"{\"choices\":[]}", NOT_COUNTED, "no choices"},
	        {"{\"choices\":null}", NOT_COUNTED, "no choices"},
	        {"{}", NOT_COUNTED, "no choices"},
	        {"[]", NOT_COUNTED, "no object"},
	        {"\"Hi\"", NOT_COUNTED, "no object"},
	        {"", NOT_COUNTED, "the answer is empty"},
	        {"Ollama is running", NOT_COUNTED, "it begins with \"Ollama is running\""},
	        {"{\"choices\":[{\"mess", NOT_COUNTED, "not JSON at byte 18"},
	        {"{\"choices\":[{\"message\":{\"content\":\"Hi\"}}]} x", NOT_COUNTED,
	         "not JSON at byte 43"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++)
		check_whole(&(struct whole){
		        .body = rows[i].body, .usage = rows[i].usage, .message = rows[i].message});
}

#define COUNTED(usage)                                                                 \
	"{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]," \
	"\"usage\":" usage "}"

TEST(token_counts)
{
	static const struct {
		const char *body;
		struct oc_usage usage;
	} rows[] = {
	        {COUNTED("null"), NOT_COUNTED},
	        {COUNTED("{}"), NOT_COUNTED},
	        {COUNTED("{\"prompt_tokens\":3,\"completion_tokens\":4}"), {3, 4, 7}},
	        /* the server's own total is not questioned */
	        {COUNTED("{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":9}"),
	         {3, 4, 9}},
	        {COUNTED("{\"prompt_tokens\":3,\"completion_tokens\":null,\"total_tokens\":9}"),
	         {3, -1, 9}},
	        {COUNTED("{\"prompt_tokens\":12.0,\"completion_tokens\":1e3}"), {12, 1000, 1012}},
	        {COUNTED("{\"prompt_tokens\":-3,\"completion_tokens\":4.5,\"total_tokens\":\"7\"}"),
	         NOT_COUNTED},
	        {COUNTED("{\"prompt_tokens\":9223372036854775807,\"completion_tokens\":1}"),
	         {INT64_MAX, 1, -1}},
	        /* elsewhere, where the usual place has none */
	        {COUNTED("null,\"x_groq\":{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}"
	                 "}"),
	         {3, 4, 7}},
	        {COUNTED("{\"prompt_tokens\":3,\"completion_tokens\":4},\"x_groq\":{\"usage\":"
	                 "{\"prompt_tokens\":5,\"completion_tokens\":6}}"),
	         {3, 4, 7}},
	        {COUNTED("{\"prompt_tokens\":3,\"completion_tokens\":4},\"x_groq\":{\"usage\":"
	                 "{\"dram_cached_tokens\":5}}"),
	         {3, 4, 7}},
	        {"{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\","
	         "\"usage\":"
	         "{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}],\"usage\":{}}",
	         {3, 4, 7}},
	        {COUNTED("{\"prompt_tokens\":9223372036854775808,\"completion_tokens\":1e999}"),
	         NOT_COUNTED},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++)
		check_whole(&(struct whole){.body = rows[i].body,
		                            .content = "x",
		                            .finish_reason = "stop",
		                            .usage = rows[i].usage});
}

TEST(model_id_and_what_was_there_before)
{
	struct oc_reply reply = {0};
	struct oc_err err = {0};

	oc_reply_init(&reply);
	CHECK_INT(
	        oc_reply_parse(
	                oc_text_of("{\"id\":\"c-1\",\"model\":\"m:7b\",\"choices\":[{\"message\":{"
	                           "\"content\":\"one\",\"reasoning\":\"r\"},\"finish_reason\":"
	                           "\"stop\"}]}"),
	                &asked, &reply, &err),
	        0);
	CHECK_STR(reply.model, "m:7b");
	CHECK_STR(reply.id, "c-1");
	reply.attempts = 2;
	CHECK_INT(
	        oc_reply_parse(
	                oc_text_of("{\"id\":\"a\\u0000\",\"model\":\"\",\"choices\":[{\"message\":{"
	                           "\"content\":\"a\\u0000b\"},\"finish_reason\":\"length\"}]}"),
	                &asked, &reply, &err),
	        0);
	CHECK_STR(reply.model, "asked-for");
	CHECK_STR(reply.id, NULL);
	CHECK_STR(reply.reasoning, NULL);
	CHECK_INT(reply.reasoning_len, 0);
	CHECK_STR(reply.finish_reason, "length");
	CHECK_MEM(reply.content, reply.content_len, "a\0b", 3);
	CHECK_INT(reply.attempts, 2);
	oc_reply_release(&reply);
	oc_reply_release(&reply);
	CHECK_STR(reply.content, NULL);
}

TEST(invalid_utf8_is_mended)
{
	static const char body[] = "{\"choices\":[{\"message\":{\"content\":\"a\xff\xe2\x82z\"},"
	                           "\"finish_reason\":\"stop\"}]}";
	struct oc_reply reply = {0};
	struct oc_err err = {0};

	oc_reply_init(&reply);
	CHECK_INT(oc_reply_parse(oc_text_of(body), &asked, &reply, &err), 0);
	CHECK_STR(reply.content, "a\xef\xbf\xbd\xef\xbf\xbdz");
	oc_reply_release(&reply);
}

/* ---- errors with status 200 --------------------------------------------------------------- */

TEST(errors_in_place_of_answers)
{
	static const struct {
		const char *body;
		enum oc_code code;
		const char *message;
	} rows[] = {
	        {"{\"error\":{\"message\":\"it broke\",\"type\":\"api_error\",\"code\":null}}",
	         OC_EPROTO, "the server reports an error: it broke"},
	        {"{\"error\":\"it broke\"}", OC_EPROTO, "the server reports an error: it broke"},
	        {"{\"error\":17}", OC_EPROTO, "the server reports an error: 17"},
	        {"{\"error\":{\"reason\":\"odd\"}}", OC_EPROTO, "error: {\"reason\":\"odd\"}"},
	        {"{\"error\":true}", OC_EPROTO, "error: true"},
	        {"{\"object\":\"error\",\"message\":\"flat\",\"type\":\"BadRequestError\"}",
	         OC_EREFUSED, "(400: flat)"},
	        {"{\"error\":{\"code\":429,\"message\":\"slow down\"}}", OC_EBUSY,
	         "(429: slow down); try again later"},
	        {"{\"error\":{\"code\":\"401\",\"message\":\"no\"}}", OC_EAUTH, "(401: no)"},
	        {"{\"error\":{\"code\":402,\"message\":\"buy credits\"}}", OC_EQUOTA,
	         "(402: buy credits)"},
	        {"{\"error\":{\"code\":7,\"message\":\"?\",\"type\":\"server_error\"}}", OC_EBUSY,
	         "(500: ?)"},
	        {"{\"error\":{\"message\":\"gone\",\"type\":\"NotFoundError\"}}", OC_ENOTFOUND,
	         "(404: gone)"},
	        {"{\"error\":{\"message\":\"x\",\"type\":\"insufficient_quota\"}}", OC_EQUOTA,
	         "(429: x)"},
	        {"{\"error\":\"you (u) have reached your weekly usage limit\"}", OC_EQUOTA,
	         "weekly"},
	        {"{\"error\":\"timed out waiting for a concurrent request slot\"}", OC_EBUSY,
	         "try again"},
	        /* LM Studio's answer to a wrong path */
	        {"{\"error\":\"Unexpected endpoint or method. (POST /chat/completions)\"}",
	         OC_ENOTFOUND, "there is no chat API at http://h/v1 (Unexpected"},
	        /* an error wins over a choice beside it, or stands in it */
	        {"{\"error\":{\"message\":\"boom\",\"code\":502},\"choices\":[{\"message\":{"
	         "\"content\":\"x\"},"
	         "\"finish_reason\":\"error\"}]}",
	         OC_EBUSY, "(502: boom)"},
	        {"{\"choices\":[{\"message\":{\"content\":\"x\"},\"error\":{\"message\":\"boom\"}}]"
	         "}",
	         OC_EPROTO, "boom"},
	        /* no member "error", but no choices either */
	        {"{\"detail\":\"not now\"}", OC_EPROTO, "error: not now"},
	        {"{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\"}]}", OC_EPROTO,
	         "error: field required"},
	        {"{\"detail\":{\"error\":\"deep\"}}", OC_EPROTO, "error: deep"},
	        {"{\"success\":false,\"errors\":[{\"code\":7003,\"message\":\"no route\"}],"
	         "\"messages\":[],\"result\":null}",
	         OC_EPROTO, "error: no route"},
	        {"{\"errors\":[\"first\",\"second\"]}", OC_EPROTO, "error: first"},
	        {"{\"code\":500,\"message\":\"no workers\"}", OC_EBUSY, "(500: no workers)"},
	        {"{\"code\":\"400\",\"msg\":\"no such parameter\",\"choices\":null}", OC_EREFUSED,
	         "(400: no such parameter)"},
	        {"{\"message\":\"Internal server error\"}", OC_EPROTO,
	         "error: Internal server error"},
	        /* in an array */
	        {"[{\"error\":{\"code\":400,\"message\":\"bad\",\"status\":\"INVALID_ARGUMENT\"}}]",
	         OC_EREFUSED, "(400: bad)"},
	        {"[{\"detail\":\"x\"}]", OC_EPROTO, "error: x"},
	        /* an empty one that is all there is */
	        {"{\"error\":{}}", OC_EPROTO, "the server reports an error: {}"},
	        {"{\"error\":\"\"}", OC_EPROTO, "the server reports an error"},
	        {"{\"error\":{\"message\":\"two\\nlines \\u001b[31mred\\u0000\"}}", OC_EPROTO,
	         "error: two lines [31mred"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_reply reply = {0};
		struct oc_err err = {0};

		oc_reply_init(&reply);
		CHECK_INT(oc_reply_parse(oc_text_of(rows[i].body), &asked, &reply, &err),
		          rows[i].code);
		CHECK_ERR(&err, rows[i].code, rows[i].message);
		oc_reply_release(&reply);
	}
}

/* ---- streams ------------------------------------------------------------------------------ */

struct stream {
	struct oc_json json;
	struct oc_reply reply;
	struct oc_draft draft;
	struct oc_err err;
};

static void open_stream(struct stream *s)
{
	*s = (struct stream){.err = {0}};
	oc_json_init(&s->json);
	oc_reply_init(&s->reply);
	oc_draft_init(&s->draft, 1000, false);
}

static void close_stream(struct stream *s)
{
	oc_json_release(&s->json);
	oc_reply_release(&s->reply);
	oc_draft_release(&s->draft);
}

static int feed(struct stream *s, const char *data)
{
	return oc_reply_event(&s->json, oc_text_of(data), &asked, &s->reply, &s->draft, &s->err);
}

#define DELTA(delta) "{\"choices\":[{\"index\":0,\"delta\":" delta ",\"finish_reason\":null}]}"

TEST(deltas)
{
	static const struct {
		const char *event;
		const char *content; /* after it, all in all */
		const char *reasoning;
		const char *finish_reason;
	} rows[] = {
	        {DELTA("{\"role\":\"assistant\",\"content\":null}"), "", "", NULL},
	        {DELTA("{\"role\":\"assistant\",\"content\":\"\"}"), "", "", NULL},
	        {DELTA("{\"content\":\"\",\"reasoning\":\"h\"}"), "", "h", NULL},
	        {DELTA("{\"reasoning_content\":\"m\"}"), "", "hm", NULL},
	        {DELTA("{\"content\":\"a\",\"reasoning\":\".\",\"reasoning_content\":\".\"}"), "a",
	         "hm.", NULL},
	        {DELTA("{\"content\":[{\"type\":\"text\",\"text\":\"b\"}]}"), "ab", "hm.", NULL},
	        {DELTA("{}"), "ab", "hm.", NULL},
	        {DELTA("null"), "ab", "hm.", NULL},
	        {"{\"choices\":[]}", "ab", "hm.", NULL},
	        {"{\"choices\":null}", "ab", "hm.", NULL},
	        {"{}", "ab", "hm.", NULL},
	        {"{\"error\":null,\"choices\":[{\"finish_reason\":\"\"}]}", "ab", "hm.", NULL},
	        {"{\"error\":{},\"choices\":[],\"message\":\"x\"}", "ab", "hm.", NULL},
	        {"{\"error\":\"\",\"usage\":null}", "ab", "hm.", NULL},
	        {"{\"detail\":\"\",\"errors\":[],\"message\":null,\"msg\":{}}", "ab", "hm.", NULL},
	        /* other choices, alone and beside choice 0 */
	        {"{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"},\"finish_reason\":"
	         "\"stop\"}]}",
	         "ab", "hm.", NULL},
	        {"{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"}},{\"index\":0,\"delta\":"
	         "{"
	         "\"content\":\"c\"}}]}",
	         "abc", "hm.", NULL},
	        {"{\"choices\":[{\"delta\":{\"content\":\"d\"}},{\"delta\":{\"content\":\"x\"}}]}",
	         "abcd", "hm.", NULL},
	        /* a whole answer behind its pieces, with more, and another one */
	        {"{\"choices\":[{\"message\":{\"content\":\"abcd\",\"reasoning\":\"hm.\"}}]}",
	         "abcd", "hm.", NULL},
	        {"{\"choices\":[{\"message\":{\"content\":\"abcde\",\"reasoning\":\"hm..\"}}]}",
	         "abcde", "hm..", NULL},
	        {"{\"choices\":[{\"message\":{\"content\":\"abxdef\",\"reasoning\":\"h\"}}]}",
	         "abcde", "hm..", NULL},
	        {"{\"choices\":[{\"message\":{\"content\":null}}]}", "abcde", "hm..", NULL},
	        /* null instead of an event */
	        {"null", "abcde", "hm..", NULL},
	        /* a finish reason that is none */
	        {"{\"choices\":[{\"delta\":{},\"finish_reason\":\"null\"}]}", "abcde", "hm..",
	         NULL},
	        /* the finish reason with content, and an event after it */
	        {"{\"choices\":[{\"delta\":{\"content\":\"f\"},\"finish_reason\":\"length\"}]}",
	         "abcdef", "hm..", "length"},
	        {DELTA("{\"content\":\"\"}"), "abcdef", "hm..", "length"},
	};
	struct stream s;

	open_stream(&s);
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		printf("# %s\n", rows[i].event);
		CHECK_INT(feed(&s, rows[i].event), 0);
		CHECK_STR(s.draft.content.p, rows[i].content);
		CHECK_STR(s.draft.reasoning.p, rows[i].reasoning);
		CHECK_STR(s.reply.finish_reason, rows[i].finish_reason);
	}
	close_stream(&s);
}

TEST(wholes_without_pieces)
{
	static const struct {
		const char *event;
		const char *content;
		const char *reasoning;
	} rows[] = {
	        /* that grow */
	        {"{\"choices\":[{\"message\":{\"content\":\"\",\"reasoning\":\"r\"}}]}", "", "r"},
	        {"{\"choices\":[{\"message\":{\"content\":\"a\",\"reasoning\":\"r\"}}]}", "a", "r"},
	        {"{\"choices\":[{\"message\":{\"content\":\"ab\"}}]}", "ab", "r"},
	        /* that are pieces by another name */
	        {"{\"choices\":[{\"message\":{\"content\":\"c\"}}]}", "abc", "r"},
	        {"{\"choices\":[{\"message\":{\"content\":\"d\"}}]}", "abcd", "r"},
	        /* beside pieces */
	        {"{\"choices\":[{\"message\":{\"content\":\"abcde\"},\"delta\":{\"content\":\"e\"}}"
	         "]}",
	         "abcde", "r"},
	        {"{\"choices\":[{\"message\":{\"content\":\"f\"},\"delta\":{\"content\":\"f\"}}]}",
	         "abcdef", "r"},
	};
	struct stream s;

	open_stream(&s);
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		printf("# %s\n", rows[i].event);
		CHECK_INT(feed(&s, rows[i].event), 0);
		CHECK_STR(s.draft.content.p, rows[i].content);
		CHECK_STR(s.draft.reasoning.p, rows[i].reasoning);
	}
	close_stream(&s);
}

TEST(advice_is_for_those_who_ran_out)
{
	static const char thoughts[] = "{\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}";
	struct oc_err err = {0};
	struct stream s;

	open_stream(&s);
	CHECK_INT(feed(&s, thoughts), 0);
	CHECK_INT(oc_draft_finish(&s.draft, &asked, &s.reply, &err), OC_EPROTO);
	CHECK_STR(err.message,
	          "the answer is reasoning only, without content (finish_reason none)");
	CHECK_INT(feed(&s, "{\"choices\":[{\"finish_reason\":\"length\"}]}"), 0);
	CHECK_INT(oc_draft_finish(&s.draft, &asked, &s.reply, &err), OC_EPROTO);
	CHECK_STR(err.message, "the answer is reasoning only, without content (finish_reason "
	                       "length): allow more tokens or less effort");
	close_stream(&s);
}

/* What was refused or called in pieces, and again in a whole message, was so once. */
TEST(refusals_and_calls_are_not_repeated)
{
	struct stream s;
	char names[100];

	open_stream(&s);
	CHECK_INT(feed(&s, DELTA("{\"refusal\":\"No.\"}")), 0);
	CHECK_INT(feed(&s, "{\"choices\":[{\"message\":{\"refusal\":\"No.\"}}]}"), 0);
	CHECK_STR(s.draft.refusal.p, "No.");
	CHECK_INT(feed(&s, DELTA("{\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}")), 0);
	CHECK_INT(feed(&s, DELTA("{\"tool_calls\":[{\"function\":{\"name\":\"g\"}}]}")), 0);
	CHECK_INT(
	        feed(&s,
	             "{\"choices\":[{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"f\"}},"
	             "{\"function\":{\"name\":\"g\"}}]}}]}"),
	        0);
	oc_calls_names(&s.draft.calls, names, sizeof names);
	CHECK_STR(names, "f, g");
	CHECK_INT(feed(&s, DELTA("{\"tool_calls\":[{\"function\":{\"name\":\"fg\"}},{\"function\":"
	                         "{\"name\":\"g\"}}]}")),
	          0);
	oc_calls_names(&s.draft.calls, names, sizeof names);
	CHECK_STR(names, "f, g, fg, g");
	close_stream(&s);
}

/* A whole message is no bound for what comes after it. */
TEST(calls_go_on_behind_a_message)
{
	struct stream s;

	open_stream(&s);
	CHECK_INT(feed(&s, DELTA("{\"content\":\"a\"}")), 0);
	CHECK_INT(feed(&s, "{\"choices\":[{\"message\":{\"tool_calls\":[{\"index\":0,\"function\":"
	                   "{\"name\":\"f\"}}]}}]}"),
	          0);
	for (int i = 0; i < 9; i++)
		CHECK_INT(feed(&s, DELTA("{\"tool_calls\":[{\"index\":0,\"function\":{"
		                         "\"arguments\":\"0123456789012345\"}}]}")),
		          0);
	close_stream(&s);
}

/* However many names there are, the message has room for some. */
TEST(names_of_tools_are_bounded)
{
	struct oc_err err = {0};
	struct stream s;

	open_stream(&s);
	oc_draft_init(&s.draft, 100000, false);
	for (int i = 0; i < 1000; i++) {
		char event[200];

		(void)snprintf(event, sizeof event,
		               "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":"
		               "\"tool%d\"}}]}}]}",
		               i);
		CHECK_INT(feed(&s, event), 0);
	}
	CHECK_INT(oc_draft_finish(&s.draft, &asked, &s.reply, &err), OC_EPROTO);
	CHECK_ERR(&err, OC_EPROTO, "tool calls only (tool0, tool1, ");
	CHECK(strlen(err.message) <= 250);
	close_stream(&s);
}

TEST(the_last_name_and_usage_count)
{
	struct stream s;

	open_stream(&s);
	CHECK_INT(feed(&s, "{\"id\":\"1\",\"model\":\"a\",\"usage\":{\"prompt_tokens\":5,"
	                   "\"completion_tokens\":1,\"total_tokens\":6}}"),
	          0);
	CHECK_INT(s.reply.usage.total_tokens, 6);
	CHECK_INT(feed(&s, "{\"id\":\"1\",\"model\":\"a\",\"usage\":null}"), 0);
	CHECK_INT(feed(&s, "{\"usage\":{}}"), 0);
	CHECK_INT(feed(&s, "{\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}"), 0);
	CHECK_INT(s.reply.usage.total_tokens, 6);
	CHECK_INT(
	        feed(&s,
	             "{\"id\":\"2\",\"model\":\"b\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,"
	             "\"completion_tokens\":9,\"total_tokens\":14}}"),
	        0);
	/* Ollama's error in mid-stream, as its OpenAI writer encodes it */
	CHECK_INT(feed(&s, "{\"id\":\"\",\"model\":\"\",\"choices\":[{\"index\":0,\"delta\":{"
	                   "\"role\":\"\","
	                   "\"content\":\"\"},\"finish_reason\":null}]}"),
	          0);
	CHECK_STR(s.reply.id, "2");
	CHECK_STR(s.reply.model, "b");
	CHECK_STR(s.reply.finish_reason, NULL);
	CHECK_INT(s.reply.usage.input_tokens, 5);
	CHECK_INT(s.reply.usage.output_tokens, 9);
	CHECK_INT(s.reply.usage.total_tokens, 14);
	close_stream(&s);
}

TEST(names_that_cannot_be_shown_count_as_not_sent)
{
	struct stream s;

	open_stream(&s);
	CHECK_INT(feed(&s,
	               "{\"id\":\"1\\u001b\",\"model\":\"a\xff\",\"choices\":[{\"finish_reason\":"
	               "\"st\\u0000\"}]}"),
	          0);
	CHECK_STR(s.reply.id, NULL);
	CHECK_STR(s.reply.model, "a\xef\xbf\xbd");
	CHECK_STR(s.reply.finish_reason, NULL);
	close_stream(&s);
}

TEST(same_strings_stay_where_they_are)
{
	struct stream s;
	const char *model;

	open_stream(&s);
	CHECK_INT(feed(&s, "{\"model\":\"a\"}"), 0);
	model = s.reply.model;
	CHECK_INT(feed(&s, "{\"model\":\"\\u0061\"}"), 0);
	CHECK(s.reply.model == model);
	close_stream(&s);
}

TEST(events_that_end_a_stream)
{
	static const struct {
		const char *event;
		enum oc_code code;
		const char *message;
	} rows[] = {
	        {"{\"error\":{\"code\":500,\"message\":\"slot lost\",\"type\":\"server_error\"}}",
	         OC_EBUSY, "(500: slot lost)"},
	        {"{\"error\":{\"message\":\"m\"},\"message\":\"m\"}", OC_EPROTO, "error: m"},
	        {"{\"error\":\"Server overloaded, please retry shortly (ref: 1-2)\"}", OC_EBUSY,
	         "(ref: 1-2)"},
	        {"{\"object\":\"error\",\"message\":\"flat\",\"code\":40001}", OC_EPROTO, "flat"},
	        {"{\"error\":{\"code\":502,\"message\":\"up\"},\"choices\":[{\"index\":0,\"delta\":"
	         "{\"content\":"
	         "\"\"},\"finish_reason\":\"error\"}]}",
	         OC_EBUSY, "(502: up)"},
	        {"{\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}", OC_EPROTO,
	         "broke the answer"},
	        {"{\"detail\":\"Internal Server Error\"}", OC_EPROTO, "Internal Server Error"},
	        {"{\"errors\":[{\"message\":\"overloaded\",\"code\":503}]}", OC_EBUSY,
	         "overloaded"},
	        {"{\"code\":500,\"message\":\"no workers\"}", OC_EBUSY, "(500: no workers)"},
	        {"{\"status\":500,\"error\":{},\"message\":\"m\"}", OC_EBUSY, "(500: m)"},
	        {"[{\"error\":{\"code\":503,\"message\":\"m\"}}]", OC_EBUSY, "(503: m)"},
	        {"{\"error\":{}}", OC_EPROTO, "reports an error"},
	        {"{\"choices\":[],\"x_groq\":{\"id\":\"r\",\"error\":\"over capacity\"}}",
	         OC_EPROTO, "over capacity"},
	        {"{\"choices\":[", OC_EPROTO,
	         "an event of the stream is unusable: not JSON at byte 12"},
	        {"NaN", OC_EPROTO, "not JSON"},
	        {"7", OC_EPROTO, "no object"},
	        {"", OC_EPROTO, "is empty"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct stream s;

		open_stream(&s);
		CHECK_INT(feed(&s, rows[i].event), rows[i].code);
		CHECK_ERR(&s.err, rows[i].code, rows[i].message);
		CHECK_STR(s.draft.content.p, "");
		close_stream(&s);
	}
}

/* A character cut between two events is whole again when they are joined. */
TEST(stream_passes_bytes_through)
{
	struct stream s;

	open_stream(&s);
	CHECK_INT(feed(&s, DELTA("{\"content\":\"\xe2\x82\"}")), 0);
	CHECK_INT(feed(&s, DELTA("{\"content\":\"\xac\"}")), 0);
	CHECK_STR(s.draft.content.p, "\xe2\x82\xac");
	CHECK_INT(feed(&s, "{\"model\":\"a\xff\",\"choices\":[]}"), 0);
	CHECK_STR(s.reply.model, "a\xef\xbf\xbd");
	close_stream(&s);
}

TEST(stream_ceiling)
{
	struct stream s;

	open_stream(&s);
	s.draft.content.max = 1 << 20;
	while (s.draft.content.n < s.draft.content.max - 3)
		oc_buf_putc(&s.draft.content, 'x');
	CHECK_INT(feed(&s, DELTA("{\"content\":\"abc\"}")), 0);
	CHECK_INT(feed(&s, DELTA("{\"content\":\"a\"}")), OC_EPROTO);
	CHECK_ERR(&s.err, OC_EPROTO, "the answer is larger than 1 MiB");
	close_stream(&s);
}

/* ---- lists of models ---------------------------------------------------------------------- */

TEST(model_lists)
{
	static const struct {
		const char *body;
		size_t n;
		const char *ids; /* each followed by a comma */
	} rows[] = {
	        {"{\"object\":\"list\",\"data\":[{\"id\":\"a/"
	         "b:7b\",\"object\":\"model\"},{\"id\":\"c\"}]}",
	         2, "a/b:7b,c,"},
	        {"{\"object\":\"list\",\"data\":null}", 0, ""},
	        {"{\"data\":[]}", 0, ""},
	        {"{\"models\":[{\"name\":\"a:latest\",\"model\":\"b\"},{\"model\":\"c\"}]}", 2,
	         "a:latest,c,"},
	        {"{\"models\":null}", 0, ""},
	        /* bare, as Together sends it */
	        {"[{\"id\":\"a\",\"object\":\"model\",\"display_name\":\"A\"},{\"id\":\"b\"},7]", 2,
	         "a,b,"},
	        {"{\"data\":null,\"models\":[{\"name\":\"a\"}]}", 1, "a,"},
	        {"{\"models\":[{\"id\":\"x/a\",\"name\":\"The A\"}]}", 1, "x/a,"},
	        /* words that are no error */
	        {"{\"code\":0,\"message\":\"success\",\"error\":{},\"data\":[{\"id\":\"a\"}]}", 1,
	         "a,"},
	        /* llama.cpp sends both */
	        {"{\"models\":[{\"name\":\"x\"}],\"object\":\"list\",\"data\":[{\"id\":\"a\","
	         "\"meta\":null}]}",
	         1, "a,"},
	        /* ids that cannot be shown or are none */
	        {"{\"data\":[{\"id\":\"a\\nb\"},{\"id\":\"a\\u0000\"},{\"id\":\"\"},{\"id\":7},{},"
	         "null,\"s\","
	         "{\"id\":\"\\u009b\"},{\"id\":\"ok\"}]}",
	         1, "ok,"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_buf ids = {0};
		struct oc_err err = {0};
		size_t n = 99;

		oc_buf_init(&ids, 1000);
		CHECK_INT(oc_reply_models(oc_text_of(rows[i].body), &asked, &ids, &n, &err), 0);
		CHECK_INT(n, rows[i].n);
		for (size_t k = 0; k < ids.n; k++)
			ids.p[k] = ids.p[k] ? ids.p[k] : ',';
		CHECK_STR(ids.p, rows[i].ids);
		oc_buf_release(&ids);
	}
}

TEST(no_model_lists)
{
	static const struct {
		const char *body;
		enum oc_code code;
		const char *message;
	} rows[] = {
	        {"{}", OC_EPROTO, "no list of models"},
	        {"[]", OC_EPROTO, "no list of models"},
	        {"[7]", OC_EPROTO, "no list of models"},
	        {"[{\"a\":7}]", OC_EPROTO, "no list of models"},
	        {"[{\"error\":\"boom\"}]", OC_EPROTO, "boom"},
	        {"{\"data\":null,\"message\":\"boom\"}", OC_EPROTO, "boom"},
	        {"{\"data\":{}}", OC_EPROTO, "no list of models"},
	        {"{\"data\":\"x\"}", OC_EPROTO, "no list of models"},
	        {"<html>", OC_EPROTO, "the list of models is unusable"},
	        {"", OC_EPROTO, "is empty"},
	        {"{\"error\":\"Unexpected endpoint or method. (GET /models)\"}", OC_ENOTFOUND,
	         "base URL"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_buf ids = {0};
		struct oc_err err = {0};
		size_t n;

		oc_buf_init(&ids, 1000);
		CHECK_INT(oc_reply_models(oc_text_of(rows[i].body), &asked, &ids, &n, &err),
		          rows[i].code);
		CHECK_ERR(&err, rows[i].code, rows[i].message);
		oc_buf_release(&ids);
	}
}

/* ---- without memory ----------------------------------------------------------------------- */

static int parse_once(void *ctx)
{
	struct oc_reply reply = {0};
	int rc;

	oc_reply_init(&reply);
	rc = oc_reply_parse(oc_text_of(ctx), &asked, &reply, NULL);
	oc_reply_release(&reply);
	return rc;
}

static int feed_once(void *ctx)
{
	struct stream s;
	int rc;

	open_stream(&s);
	rc = feed(&s, ctx);
	close_stream(&s);
	return rc;
}

static int list_once(void *ctx)
{
	struct oc_buf ids = {0};
	size_t n;
	int rc;

	oc_buf_init(&ids, 1000);
	rc = oc_reply_models(oc_text_of(ctx), &asked, &ids, &n, NULL);
	oc_buf_release(&ids);
	return rc;
}

TEST(memory_may_be_out_at_any_moment)
{
	char answer[] =
	        "{\"id\":\"1\",\"choices\":[{\"message\":{\"content\":\"a\xff\",\"reasoning\":"
	        "\"b\"},\"finish_reason\":\"stop\"}]}";
	char event[] = "{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"a\"},"
	               "\"finish_reason\":\"stop\"}]}";
	char list[] = "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}";

	CHECK(fail_each_alloc(parse_once, answer) >= 7);
	CHECK(fail_each_alloc(feed_once, event) >= 5);
	CHECK(fail_each_alloc(list_once, list) >= 2);
}

TEST(an_event_that_brings_nothing_new_allocates_nothing)
{
	static const char event[] =
	        "{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{"
	        "\"content\":\"a\"},\"finish_reason\":null}],\"usage\":null}";
	struct stream s;
	int rc;

	open_stream(&s);
	CHECK_INT(feed(&s, event), 0);
	fail_alloc_from(1, true);
	rc = feed(&s, event);
	CHECK(!fail_alloc_stop());
	CHECK_INT(rc, 0);
	CHECK_STR(s.draft.content.p, "aa");
	close_stream(&s);
}
