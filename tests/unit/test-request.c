/* SPDX-License-Identifier: MIT */
/* test-request.c: the exact bytes of a request, and what is refused before one is made. */
#include "compat.h"

#include <math.h>

#include "fail-alloc.h"
#include "request/fields.h"
#include "request/messages.h"
#include "request/request.h"
#include "text/text.h"
#include "unit.h"

#define PNG "\x89PNG\r\n\x1a\n"

static struct oc_request request_for(const char *prompt)
{
	struct oc_request req;

	oc_request_init(&req);
	req.model = "m";
	req.prompt = oc_text_of(prompt);
	return req;
}

/* ---- bodies ------------------------------------------------------------------------------- */

/* asks: what the body is to ask for; beyond a document it is made to ask for all that it may. */
static void check_body(const struct oc_request *req, enum oc_delivery asks, const char *wanted)
{
	enum oc_delivery got = OC_DELIVERY_WHOLE;
	struct oc_buf out = {0};
	struct oc_err err = {0};
	int rc;

	oc_buf_init(&out, 100000);
	rc = oc_request_body(req, &out, &err);
	if (!rc && asks)
		rc = oc_request_stream(req, &out, &got, &err);
	CHECK_INT(got, asks);
	CHECK_STR(rc ? err.message : "", "");
	CHECK_STR(out.p, wanted);
	oc_buf_release(&out);
}

TEST(least_body)
{
	struct oc_request req = request_for("Hi");

	check_body(&req, OC_DELIVERY_WHOLE,
	           "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
	check_body(&req, OC_DELIVERY_USAGE,
	           "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
	           "\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
}

TEST(every_field_in_its_order)
{
	static const char *const stops[] = {"\n\n", "END"};
	static const int64_t seed = -7;
	struct oc_request req = request_for("Hi");

	req.system = oc_text_of("Be brief.");
	req.temperature = 0.0;
	req.top_p = 0.95;
	req.max_tokens = 100;
	req.seed = &seed;
	req.stop = stops;
	req.nstop = 2;
	req.effort = "low";
	req.format = OC_FORMAT_JSON_OBJECT;
	check_body(&req, OC_DELIVERY_USAGE,
	           "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},"
	           "{\"role\":\"user\",\"content\":\"Hi\"}],\"temperature\":0,\"top_p\":0.95,"
	           "\"max_tokens\":100,\"seed\":-7,\"stop\":[\"\\n\\n\",\"END\"],"
	           "\"reasoning_effort\":\"low\",\"response_format\":{\"type\":\"json_object\"},"
	           "\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
}

#define WEATHER  "{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}"
#define MESSAGES "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"

TEST(tools)
{
	struct oc_request req = request_for("Hi");
	struct oc_err err = {0};

	req.tools = oc_text_of("\xef\xbb\xbf [" WEATHER ", {\"type\":\"web\"}]\n");
	CHECK_INT(oc_request_check(&req, &err), OC_OK);
	check_body(&req, OC_DELIVERY_WHOLE,
	           MESSAGES ",\"tools\":[" WEATHER ", {\"type\":\"web\"}]}");
	req.tools = oc_text_of("[" WEATHER "]");
	req.tool_choice = "required";
	CHECK_INT(oc_request_check(&req, &err), OC_OK);
	check_body(&req, OC_DELIVERY_WHOLE,
	           MESSAGES ",\"tools\":[" WEATHER "],\"tool_choice\":\"required\"}");
	req.tool_choice = "weather";
	CHECK_INT(oc_request_check(&req, &err), OC_OK);
	check_body(&req, OC_DELIVERY_WHOLE,
	           MESSAGES ",\"tools\":[" WEATHER "],\"tool_choice\":" WEATHER "}");
}

TEST(tools_that_cannot_be)
{
	static const struct {
		const char *tools;
		const char *choice;
		enum oc_code code;
		const char *message;
	} rows[] = {
	        {"[]", NULL, OC_EDATA, "the tools are no array with something in it"},
	        {"{\"a\":1}", NULL, OC_EDATA, "the tools are no array with something in it"},
	        {"[" WEATHER ",3]", NULL, OC_EDATA, "tool 2 is no object with a \"type\""},
	        {"[{\"type\":1}]", NULL, OC_EDATA, "tool 1 is no object with a \"type\""},
	        {"[{\"type\":\"function\",\"function\":{\"name\":7}}]", NULL, OC_EDATA,
	         "tool 1 is of type \"function\", and has no \"function\" with a \"name\""},
	        {"[", NULL, OC_EDATA,
	         "the tools are unusable: not JSON at byte 1: the text ends too early"},
	        {"[" WEATHER "]", "", OC_EARG, "the choice of a tool is no word"},
	        {"[" WEATHER "]", "a\n", OC_EARG, "the choice of a tool is no word"},
	        {"[" WEATHER "]", "Weather", OC_EARG,
	         "the tool \"Weather\" that is to be called is none of those that are given"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_request req = request_for("Hi");
		struct oc_err err = {0};

		req.tools = oc_text_of(rows[i].tools);
		req.tool_choice = rows[i].choice;
		CHECK_INT(oc_request_check(&req, &err), rows[i].code);
		CHECK_STR(err.message, rows[i].message);
	}
}

static bool has_tools(const char *tools, const char *fields)
{
	struct oc_request req = request_for("Hi");

	req.tools = oc_text_of(tools);
	req.fields = oc_text_of(fields);
	return oc_request_has_tools(&req);
}

TEST(tools_may_be_fields)
{
	CHECK(!has_tools("", ""));
	CHECK(!has_tools("", "{\"tools\":null}"));
	CHECK(has_tools("", "{\"tools\":[]}"));
	CHECK(has_tools("", "{\"functions\":[{}]}"));
	CHECK(has_tools("[" WEATHER "]", "{\"top_k\":1}"));
	CHECK(!has_tools("[" WEATHER "]", "{\"tools\":null}"));
}

static void check_messages(const struct oc_request *req, struct oc_reply reply, const char *want)
{
	struct oc_buf out = {0};
	struct oc_err err = {0};

	oc_buf_init(&out, 1000);
	CHECK_INT(oc_request_messages(req, &reply, &out, &err), OC_OK);
	CHECK_STR(out.p, want);
	oc_buf_release(&out);
}

#define HI_THERE "{\"role\":\"user\",\"content\":\"Hi\"}"

TEST(the_conversation_with_its_answer)
{
	struct oc_request req = request_for("Hi");
	char calls[] = "[{\"id\":\"a\"}]";
	char content[] = "Ho";

	req.system = oc_text_of("sys");
	check_messages(&req, (struct oc_reply){.content = content, .content_len = 2},
	               "[{\"role\":\"system\",\"content\":\"sys\"}," HI_THERE
	               ",{\"role\":\"assistant\",\"content\":\"Ho\"}]");
	req.system = oc_text_of("");
	req.messages = oc_text_of("[ 1, 2 ]");
	check_messages(&req,
	               (struct oc_reply){.content = content,
	                                 .tool_calls = calls,
	                                 .tool_calls_len = strlen(calls)},
	               "[1, 2," HI_THERE ",{\"role\":\"assistant\",\"content\":null,"
	               "\"tool_calls\":[{\"id\":\"a\"}]}]");
	req.prompt = oc_text_of("");
	check_messages(&req,
	               (struct oc_reply){.content = content,
	                                 .content_len = 2,
	                                 .tool_calls = calls,
	                                 .tool_calls_len = strlen(calls)},
	               "[1, 2,{\"role\":\"assistant\",\"content\":\"Ho\","
	               "\"tool_calls\":[{\"id\":\"a\"}]}]");
}

TEST(schema)
{
	struct oc_request req = request_for("Hi");

	req.format = OC_FORMAT_JSON_SCHEMA;
	req.schema = oc_text_of("\xef\xbb\xbf {\"type\": \"object\"}\r\n");
	check_body(&req, OC_DELIVERY_WHOLE,
	           "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
	           "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":"
	           "\"answer\","
	           "\"schema\":{\"type\": \"object\"}}}}");
	/* one that servers take as strict */
	req.schema = oc_text_of("{\"type\":\"object\",\"properties\":{},\"required\":[],"
	                        "\"additionalProperties\":false}");
	check_body(&req, OC_DELIVERY_WHOLE,
	           "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
	           "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":"
	           "\"answer\","
	           "\"schema\":{\"type\":\"object\",\"properties\":{},\"required\":[],"
	           "\"additionalProperties\":false},\"strict\":true}}}");
}

TEST(prompt_is_escaped_and_nothing_else)
{
	struct oc_request req = request_for("");

	req.prompt = (struct oc_text){"a\"\\/\b\f\n\r\t\0\x1f\x7f\xc3\xa9\xe2\x80\xa8<", 18};
	check_body(&req, OC_DELIVERY_WHOLE,
	           "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\\\"\\\\/"
	           "\\b\\f\\n\\r\\t"
	           "\\u0000\\u001f\x7f\xc3\xa9\xe2\x80\xa8<\"}]}");
}

TEST(images)
{
	/* The three lengths modulo 3, each after a magic number: 8, 3 and 13 bytes. */
	static const struct oc_text files[] = {
	        {PNG, 8},
	        {"\xff\xd8\xff", 3},
	        {"RIFF\0\0\0\0WEBP\xff", 13},
	};
	struct oc_request req = request_for("Which?");

	req.images = files;
	req.nimages = 3;
	check_body(
	        &req, false,
	        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":["
	        "{\"type\":\"text\",\"text\":\"Which?\"},"
	        "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/"
	        "png;base64,iVBORw0KGgo=\"}},"
	        "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/jpeg;base64,/9j/\"}},"
	        "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/webp;base64,"
	        "UklGRgAAAABXRUJQ/w==\"}}]}]}");
}

TEST(image_types)
{
	CHECK_STR(oc_image_type((struct oc_text){PNG "...", 11}), "image/png");
	CHECK_STR(oc_image_type((struct oc_text){"\xff\xd8\xff\xe0", 4}), "image/jpeg");
	CHECK_STR(oc_image_type((struct oc_text){"RIFF1234WEBPVP8 ", 16}), "image/webp");
	CHECK_STR(oc_image_type((struct oc_text){PNG, 7}), NULL);
	CHECK_STR(oc_image_type((struct oc_text){"RIFF1234WAVE", 12}), NULL);
	CHECK_STR(oc_image_type((struct oc_text){"RIFF1234WEB", 11}), NULL);
	CHECK_STR(oc_image_type((struct oc_text){"GIF89a", 6}), NULL);
	CHECK_STR(oc_image_type((struct oc_text){NULL, 0}), NULL);
}

/* ---- ceilings ----------------------------------------------------------------------------- */

TEST(body_over_its_ceiling)
{
	struct oc_request req = request_for("Hi");
	struct oc_err err = {0};
	struct oc_buf out = {0};

	oc_buf_init(&out, 56); /* the least body has 57 bytes */
	CHECK_INT(oc_request_body(&req, &out, &err), OC_EDATA);
	CHECK_STR(err.message, "the request is larger than 56 bytes");
	oc_buf_release(&out);
	oc_buf_init(&out, 57);
	CHECK_INT(oc_request_body(&req, &out, &err), 0);
	CHECK_INT(out.n, 57);
	oc_buf_release(&out);
}

TEST(sizes_are_limited_together)
{
	size_t half = OC_PROMPT_MAX / 2;
	char *bytes = malloc(half + 1);
	struct oc_request req = request_for("");
	struct oc_text image;
	struct oc_err err = {0};
	struct oc_buf out = {0};

	CHECK(bytes);
	memset(bytes, 'x', half + 1);
	oc_buf_init(&out, 2 * OC_PROMPT_MAX);
	req.prompt = (struct oc_text){bytes, half + 1};
	req.system = (struct oc_text){bytes, half};
	CHECK_INT(oc_request_body(&req, &out, &err), OC_EDATA);
	CHECK_STR(err.message, "prompt and system message together are larger than 64 MiB");
	req.prompt.n = half;
	CHECK_INT(oc_request_body(&req, &out, &err), 0);
	image = (struct oc_text){PNG, 8};
	req.images = &image;
	req.nimages = 1;
	CHECK_INT(oc_request_body(&req, &out, &err), OC_EDATA);
	CHECK_STR(err.message, "prompt, system message and images together are larger than 64 MiB");
	oc_buf_release(&out);
	free(bytes);
}

/* A prompt as people send them must not make the buffer grow while it is written. */
TEST(large_body_is_one_block)
{
	size_t n = (size_t)8 << 20;
	char *bytes = malloc(n);
	struct oc_request req = request_for("");
	struct oc_err err = {0};
	struct oc_buf out = {0};

	CHECK(bytes);
	for (size_t i = 0; i < n; i++)
		bytes[i] = i % 40 ? 'x' : '\n';
	req.prompt = (struct oc_text){bytes, n};
	oc_buf_init(&out, 6 * n);
	CHECK_INT(oc_request_body(&req, &out, &err), 0);
	CHECK(out.n > n + n / 40);
	CHECK(out.cap <= 2 * n);
	oc_buf_release(&out);
	free(bytes);
}

/* ---- checks ------------------------------------------------------------------------------- */

static void check_refused(const struct oc_request *req, enum oc_code code, const char *message)
{
	struct oc_err err = {0};

	CHECK_INT(oc_request_check(req, &err), code);
	CHECK_STR(err.message, message);
	CHECK_INT(oc_request_check(req, NULL), code);
}

static void check_accepted(const struct oc_request *req)
{
	struct oc_err err = {0};
	int rc = oc_request_check(req, &err);

	CHECK_STR(rc ? err.message : "", "");
}

TEST(temperature_and_top_p)
{
	struct oc_request req = request_for("x");

	check_accepted(&req);
	req.temperature = 2.0;
	req.top_p = 1.0;
	check_accepted(&req);
	req.temperature = 0.0;
	req.top_p = 0.0;
	check_accepted(&req);
	req.temperature = 2.1;
	check_refused(&req, OC_EARG, "temperature 2.1 is out of range: 0.0 to 2.0");
	req.temperature = -0.5;
	check_refused(&req, OC_EARG, "temperature -0.5 is out of range: 0.0 to 2.0");
	req.temperature = (double)NAN;
	check_refused(&req, OC_EARG, "temperature NaN is out of range: 0.0 to 2.0");
	req.temperature = -(double)INFINITY;
	check_refused(&req, OC_EARG, "temperature -infinite is out of range: 0.0 to 2.0");
	req.temperature = OC_UNSET;
	req.top_p = 1.5;
	check_refused(&req, OC_EARG, "top_p 1.5 is out of range: 0.0 to 1.0");
}

TEST(model_names)
{
	struct oc_request req = request_for("x");

	req.model = "user/gpt-oss:120b-cloud";
	check_accepted(&req);
	req.model = "mod\xc3\xa8le";
	check_accepted(&req);
	req.model = NULL;
	check_refused(&req, OC_EARG, "no model is named");
	req.model = " \t";
	check_refused(&req, OC_EARG, "no model is named");
	req.model = "a\nb";
	check_refused(&req, OC_EARG,
	              "the model's name \"a\\x0ab\" has control characters or invalid UTF-8");
	req.model = "a\xff";
	check_refused(&req, OC_EARG,
	              "the model's name \"a\\xff\" has control characters or invalid UTF-8");
}

TEST(tokens_stops_and_effort)
{
	static const char *const stops[] = {"a", "b", "c", "", "e"};
	static const char *const broken[] = {"ok", "ab\xc3"};
	struct oc_request req = request_for("x");

	req.max_tokens = 1;
	req.stop = stops;
	req.nstop = 3;
	req.effort = "max";
	check_accepted(&req);
	req.max_tokens = -1;
	check_refused(&req, OC_EARG, "max_tokens -1 is out of range: 1 or more");
	req.max_tokens = 0;
	req.nstop = 4;
	check_refused(&req, OC_EARG, "stop sequence 4 is empty");
	req.nstop = 5;
	check_refused(&req, OC_EARG, "5 stop sequences are too many: at most 4");
	req.stop = broken;
	req.nstop = 2;
	check_refused(&req, OC_EARG, "stop sequence 2 is not valid UTF-8 at byte 2");
	req.nstop = 0;
	req.effort = "minimal";
	CHECK_INT(oc_request_check(&req, NULL), OC_OK);
	req.effort = "";
	check_refused(&req, OC_EARG, "the effort is no word");
	req.effort = "lo\nw";
	check_refused(&req, OC_EARG, "the effort is no word");
}

TEST(system_images_and_schema)
{
	static const struct oc_text files[] = {{PNG, 8}, {"hello", 5}};
	struct oc_request req = request_for("x");

	req.system = oc_text_of("caf\xe9");
	check_refused(&req, OC_EDATA, "the system message is not valid UTF-8 at byte 3");
	req.system = (struct oc_text){NULL, 0};
	req.images = files;
	req.nimages = 1;
	check_accepted(&req);
	req.nimages = 2;
	check_refused(&req, OC_EDATA, "image 2 is not a PNG, JPEG or WebP file");
	req.nimages = 0;
	req.format = OC_FORMAT_JSON_SCHEMA;
	req.schema = oc_text_of("{\"type\":\"object\"}");
	check_accepted(&req);
	req.schema = oc_text_of("{\"type\":\"object\"");
	check_refused(&req, OC_EDATA,
	              "the schema is unusable: not JSON at byte 16: the text ends too early");
	req.format = OC_FORMAT_TEXT;
	check_accepted(&req);
}

TEST(prompts)
{
	static const struct {
		const char *prompt;
		const char *message; /* NULL: it is fit */
	} rows[] = {
	        {"x", NULL},
	        {" \n x \n", NULL},
	        {"\xc3\xa9", NULL},
	        {"", "the prompt is blank: no bytes at all"},
	        {" \t\r\n\v\f", "the prompt is blank: only white space"},
	        {"\xff", "the prompt is not valid UTF-8 at byte 0"},
	        {"ab\xed\xa0\x80", "the prompt is not valid UTF-8 at byte 2"},
	        {"ab\xe2\x82", "the prompt is not valid UTF-8 at byte 2"},
	};
	struct oc_err err = {0};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		CHECK_INT(oc_prompt_check(oc_text_of(rows[i].prompt), &err),
		          rows[i].message ? OC_EDATA : 0);
		if (rows[i].message)
			CHECK_STR(err.message, rows[i].message);
	}
	CHECK_INT(oc_prompt_check((struct oc_text){NULL, 0}, NULL), OC_EDATA);
	CHECK_INT(oc_prompt_check((struct oc_text){"\0", 1}, NULL), 0);
	/* Only the size is looked at. */
	CHECK_INT(oc_prompt_check((struct oc_text){"x", OC_PROMPT_MAX + 1}, &err), OC_EDATA);
	CHECK_STR(err.message, "the prompt is larger than 64 MiB");
}

/* ---- lines of a batch --------------------------------------------------------------------- */

static const char *const skip[] = {"prompt", "custom_id", "system", NULL};

static int body_over(const struct oc_request *req, const char *line, struct oc_buf *out,
                     struct oc_err *err)
{
	struct oc_json json;
	int rc;

	oc_json_init(&json);
	oc_buf_init(out, 10000);
	CHECK_INT(oc_json_parse(&json, line, strlen(line), NULL), 0);
	rc = oc_request_body_over(req, &json, 0, skip, out, err);
	oc_json_release(&json);
	return rc;
}

static void check_over(const struct oc_request *req, const char *line, const char *wanted)
{
	struct oc_err err = {0};
	struct oc_buf out = {0};
	int rc = body_over(req, line, &out, &err);

	CHECK_STR(rc ? err.message : "", "");
	CHECK_STR(out.p, wanted);
	oc_buf_release(&out);
}

#define HI "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"

TEST(lines)
{
	struct oc_request req = request_for("Hi");

	req.temperature = 0.5;
	req.max_tokens = 9;
	check_over(&req, "{\"prompt\":\"Hi\",\"custom_id\":7}",
	           "{\"model\":\"m\"," HI ",\"temperature\":0.5,\"max_tokens\":9}");
	/* The line's members win, as they are written, in the usual places. */
	check_over(&req,
	           "{\"max_tokens\": 10.0 "
	           ",\"temperature\":0e1,\"prompt\":\"Hi\",\"model\":\"\\u0062\"}",
	           "{\"model\":\"\\u0062\"," HI ",\"temperature\":0e1,\"max_tokens\":10.0}");
	/* But null is nothing. */
	check_over(&req, "{\"max_tokens\":null,\"model\":null,\"top_k\":null}",
	           "{\"model\":\"m\"," HI ",\"temperature\":0.5,\"max_tokens\":9}");
	/* Its messages, too; its order does not count, its last duplicate does. */
	check_over(&req, "{\"messages\":[],\"messages\":[{\"role\": \"user\"}]}",
	           "{\"model\":\"m\",\"messages\":[{\"role\": \"user\"}],\"temperature\":0.5,"
	           "\"max_tokens\":9}");
	/* Unknown members follow. A stream is never asked for. */
	check_over(&req,
	           "{\"top_k\":[1, 2],\"stream\":true,\"stre\\u0061m_options\":{},\"n\\\"\":1}",
	           "{\"model\":\"m\"," HI ",\"temperature\":0.5,\"max_tokens\":9,\"top_k\":[1, 2],"
	           "\"n\\\"\":1}");
	check_over(&req, "{}", "{\"model\":\"m\"," HI ",\"temperature\":0.5,\"max_tokens\":9}");
}

TEST(lines_without_a_model)
{
	struct oc_request req = request_for("Hi");
	struct oc_err err = {0};
	struct oc_buf out = {0};

	req.model = NULL;
	check_over(&req, "{\"x\":{},\"model\":\"a\"}", "{\"model\":\"a\"," HI ",\"x\":{}}");
	CHECK_INT(body_over(&req, "{\"prompt\":\"Hi\"}", &out, &err), OC_EARG);
	CHECK_STR(err.message, "no model is named");
	oc_buf_release(&out);
	CHECK_INT(body_over(&req, "[1]", &out, &err), OC_EDATA);
	CHECK_STR(err.message, "the request is not a JSON object");
	oc_buf_release(&out);
}

/* ---- further fields ----------------------------------------------------------------------- */

static void check_fields(const char *fields, enum oc_delivery asks, const char *rest)
{
	struct oc_request req = request_for("Hi");
	struct oc_err err = {0};
	char want[500];

	req.temperature = 0.5;
	req.max_tokens = 9;
	req.format = OC_FORMAT_JSON_OBJECT;
	req.fields = oc_text_of(fields);
	CHECK_INT(oc_request_check(&req, &err), OC_OK);
	(void)snprintf(want, sizeof want, "{\"model\":\"m\"," HI ",%s}", rest);
	check_body(&req, asks, want);
}

TEST(fields)
{
#define LIMIT  "\"temperature\":0.5,\"max_tokens\":9,"
#define FORMAT "\"response_format\":{\"type\":\"json_object\"},"
#define STREAM "\"stream\":true,\"stream_options\":{\"include_usage\":true}"
	check_fields("{}", OC_DELIVERY_USAGE, LIMIT FORMAT STREAM);
	check_fields("{\"options\":{\"num_ctx\":8192}}", OC_DELIVERY_USAGE,
	             LIMIT FORMAT "\"options\":{\"num_ctx\":8192}," STREAM);
	check_fields("{\"temperature\":2,\"max_tokens\":null}", OC_DELIVERY_USAGE,
	             "\"temperature\":2," FORMAT STREAM);
	check_fields("{\"stream_options\":{\"x\":1}}", OC_DELIVERY_WHOLE,
	             "\"temperature\":0.5,\"max_tokens\":9,\"response_format\":{\"type\":\"json_"
	             "object\"}");
	check_fields("{\"stream_options\":null}", OC_DELIVERY_STREAM,
	             LIMIT FORMAT "\"stream\":true");
	check_fields("{\"stream_options\":{\"x\":1}}", OC_DELIVERY_STREAM,
	             LIMIT FORMAT "\"stream\":true,\"stream_options\":{\"include_usage\":true,"
	                          "\"x\":1}");
	check_fields("{\"response_format\":{\"type\":\"text\"}}", OC_DELIVERY_USAGE,
	             LIMIT "\"response_format\":{\"type\":\"text\"}," STREAM);
	check_fields("\xef\xbb\xbf {\"a\": 1}\n", OC_DELIVERY_USAGE,
	             LIMIT FORMAT "\"a\":1," STREAM);
#undef LIMIT
#undef FORMAT
#undef STREAM
}

TEST(fields_that_cannot_be)
{
	static const struct {
		const char *fields;
		enum oc_code code;
		const char *message;
	} rows[] = {
	        {"[1]", OC_EARG, "the further fields are no JSON object"},
	        {"{\"model\":\"x\"}", OC_EARG, "the field \"model\" cannot be set so"},
	        {"{\"messages\":null}", OC_EARG, "the field \"messages\" cannot be set so"},
	        {"{\"str\\u0065am\":false}", OC_EARG, "the field \"stream\" cannot be set so"},
	        {"{\"a\":\"\xff\"}", OC_EDATA,
	         "the further fields are unusable: not JSON at byte 6: invalid UTF-8"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_request req = request_for("Hi");
		struct oc_err err = {0};

		req.fields = oc_text_of(rows[i].fields);
		CHECK_INT(oc_request_check(&req, &err), rows[i].code);
		CHECK_STR(err.message, rows[i].message);
	}
}

TEST(fields_over_their_ceiling)
{
	struct oc_request req = request_for("Hi");
	struct oc_buf large = {0};
	struct oc_err err = {0};

	oc_buf_init(&large, OC_FIELDS_MAX + 1);
	oc_buf_puts(&large, "{\"a\":1}");
	while (large.n < OC_FIELDS_MAX)
		oc_buf_putc(&large, ' ');
	req.fields = oc_buf_text(&large);
	CHECK_INT(oc_request_check(&req, &err), OC_OK);
	oc_buf_putc(&large, ' ');
	req.fields = oc_buf_text(&large);
	CHECK_INT(oc_request_check(&req, &err), OC_EDATA);
	CHECK_STR(err.message, "the further fields are larger than 1048576 bytes");
	/* An array, a name, and as many values as make it one too many. */
	oc_buf_clear(&large);
	oc_buf_puts(&large, "{\"a\":[0");
	for (size_t i = 4; i < OC_FIELDS_VALUES_MAX; i++)
		oc_buf_puts(&large, ",0");
	oc_buf_puts(&large, "]}");
	req.fields = oc_buf_text(&large);
	CHECK_INT(oc_request_check(&req, &err), OC_OK);
	oc_buf_cut(&large, large.n - 2);
	oc_buf_puts(&large, ",0]}");
	req.fields = oc_buf_text(&large);
	CHECK_INT(oc_request_check(&req, &err), OC_EDATA);
	CHECK_STR(err.message, "the further fields have more than 8192 names and values");
	oc_buf_release(&large);
}

TEST(limit_of_tokens)
{
	static const struct {
		const char *fields;
		int64_t limit;
	} rows[] = {
	        {"", 9},
	        {"{}", 9},
	        {"{\"max_tokens\":5}", 5},
	        {"{\"max_tokens\":null}", 0},
	        {"{\"max_completion_tokens\":7}", 7},
	        {"{\"max_tokens\":null,\"max_completion_tokens\":7}", 7},
	        {"{\"max_tokens\":8,\"max_completion_tokens\":7}", 7},
	        {"{\"max_tokens\":\"8\"}", 0},
	        {"{\"max_completion_tokens\":null}", 9},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_request req = request_for("Hi");

		req.max_tokens = 9;
		req.fields = oc_text_of(rows[i].fields);
		CHECK_INT(oc_request_limit(&req), rows[i].limit);
	}
}

TEST(fields_and_lines)
{
	struct oc_request req = request_for("Hi");

	req.temperature = 0.5;
	req.fields = oc_text_of("{\"temperature\":1,\"min_p\":0.1,\"o\":{\"a\":1},\"seed\":null}");
	check_over(&req, "{}",
	           "{\"model\":\"m\"," HI ",\"temperature\":1,\"min_p\":0.1,\"o\":{\"a\":1}}");
	check_over(&req, "{\"temperature\":0,\"o\":{\"b\":2},\"seed\":4}",
	           "{\"model\":\"m\"," HI ",\"temperature\":0,\"seed\":4,\"o\":{\"b\":2},"
	           "\"min_p\":0.1}");
	/* null is not given */
	check_over(&req, "{\"min_p\":null}",
	           "{\"model\":\"m\"," HI ",\"temperature\":1,\"min_p\":0.1,\"o\":{\"a\":1}}");
}

static int build_once(void *ctx)
{
	struct oc_buf out = {0};
	int rc;

	oc_buf_init(&out, 100000);
	rc = oc_request_body(ctx, &out, NULL);
	oc_buf_release(&out);
	return rc;
}

static int check_once(void *ctx)
{
	return oc_request_check(ctx, NULL);
}

static int stream_once(void *ctx)
{
	enum oc_delivery asks;
	struct oc_buf out = {0};
	int rc;

	oc_buf_init(&out, 100000);
	rc = oc_request_body(ctx, &out, NULL);
	if (!rc)
		rc = oc_request_stream(ctx, &out, &asks, NULL);
	oc_buf_release(&out);
	return rc;
}

TEST(memory_may_be_out)
{
	struct oc_request req = request_for("Hi");

	CHECK_INT(fail_each_alloc(build_once, &req), 1);
	req.format = OC_FORMAT_JSON_SCHEMA;
	req.schema = oc_text_of("{\"type\":\"object\"}");
	CHECK_INT(fail_each_alloc(build_once, &req), 2);
	req.tools = oc_text_of("[" WEATHER "]");
	req.tool_choice = "weather";
	CHECK_INT(fail_each_alloc(build_once, &req), 2);
	CHECK(fail_each_alloc(check_once, &req) > 4);
	req.fields = oc_text_of("{\"a\":{\"b\":1}}");
	CHECK(fail_each_alloc(build_once, &req) > 4);
	req.fields = oc_text_of("{\"stream_options\":{\"b\":1}}");
	CHECK(fail_each_alloc(stream_once, &req) > 8);
}
