/* SPDX-License-Identifier: MIT */
/* test-refusal.c: the code and the words of every error that servers are known to answer with. */
#include "compat.h"

#include "answer/reply.h"
#include "text/text.h"
#include "unit.h"

#define BASE "https://ollama.com/v1"

static const struct oc_refusal_context with_key = {
        .model = "llama9", .base_url = BASE, .request_id = "", .has_key = true};

static void check_error(const struct oc_refusal_context *context, int status, const char *body,
                        enum oc_code code, const char *message)
{
	struct oc_err err = {0};
	struct oc_text text = oc_text_of(body);

	CHECK_INT(oc_refusal_of_body(status, text, context, &err), code);
	CHECK_STR(err.message, message);
	CHECK_INT(err.code, code);
	CHECK_INT(err.http_status, status);
	CHECK_INT(oc_refusal_of_body(status, text, context, NULL), code);
}

struct row {
	int status;
	const char *body;
	enum oc_code code;
	const char *message;
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_error(&with_key, rows[i].status, rows[i].body, rows[i].code, rows[i].message);
}

/* ---- what the body says ------------------------------------------------------------------- */

#define REFUSED(why) BASE " refused the request (400: " why ")"

TEST(body_shapes)
{
	static const struct row rows[] = {
	        {400,
	         "{\"error\":{\"message\":\"why\",\"type\":\"invalid_request_error\",\"param\":"
	         "null}}",
	         OC_EREFUSED, REFUSED("why")},
	        {400, "{\"error\":\"why\",\"message\":\"not this\"}", OC_EREFUSED, REFUSED("why")},
	        {400, "{\"error\":{\"reason\":\"why\"}}", OC_EREFUSED,
	         REFUSED("{\"reason\":\"why\"}")},
	        {400, "{\"error\":[1, 2]}", OC_EREFUSED, REFUSED("[1, 2]")},
	        {400, "{\"error\":true}", OC_EREFUSED, REFUSED("true")},
	        {400, "{\"error\":null,\"message\":\"why\"}", OC_EREFUSED, REFUSED("why")},
	        {400, "{\"error\":false,\"detail\":\"why\"}", OC_EREFUSED, REFUSED("why")},
	        {400, "{\"object\":\"error\",\"message\":\"why\",\"code\":400}", OC_EREFUSED,
	         REFUSED("why")},
	        {400,
	         "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"why\",\"type\":\"missing\"},{\"msg\":"
	         "\"b\"}]}",
	         OC_EREFUSED, REFUSED("why")},
	        {400, "{\"status\":\"odd\"}", OC_EREFUSED, REFUSED("{\"status\":\"odd\"}")},
	        {400, "\"why\"", OC_EREFUSED, REFUSED("\"why\"")},
	        /* Gemini, Cloudflare, gateways, AWS, Apigee, OAuth, Fastify, RFC 9457 */
	        {400, "[{\"error\":{\"code\":400,\"message\":\"why\",\"status\":\"X\"}}]",
	         OC_EREFUSED, REFUSED("why")},
	        {400, "{\"errors\":[{\"message\":\"why\",\"code\":7}],\"success\":false}",
	         OC_EREFUSED, REFUSED("why")},
	        {400, "{\"errors\":[\"why\",\"b\"]}", OC_EREFUSED, REFUSED("why")},
	        {400, "{\"detail\":{\"error\":\"why\"}}", OC_EREFUSED, REFUSED("why")},
	        {400, "{\"detail\":{\"error\":{\"message\":\"why\"}}}", OC_EREFUSED,
	         REFUSED("why")},
	        {400, "{\"msg\":\"why\",\"code\":1}", OC_EREFUSED, REFUSED("why")},
	        {400, "{\"error\":{\"message\":{\"error\":{\"message\":\"why\"}}}}", OC_EREFUSED,
	         REFUSED("why")},
	        {400, "{\"error\":{\"errors\":[{\"message\":\"why\"}]}}", OC_EREFUSED,
	         REFUSED("why")},
	        {400, "{\"__type\":\"ValidationException\",\"message\":\"why\"}", OC_EREFUSED,
	         REFUSED("why")},
	        {400, "{\"fault\":{\"faultstring\":\"why\",\"detail\":{\"errorcode\":\"b\"}}}",
	         OC_EREFUSED, REFUSED("why")},
	        {400, "{\"error\":\"invalid_request\",\"error_description\":\"why\"}", OC_EREFUSED,
	         REFUSED("why")},
	        {400, "{\"statusCode\":400,\"error\":\"Bad Request\",\"message\":\"why\"}",
	         OC_EREFUSED, REFUSED("why")},
	        {400, "{\"type\":\"about:blank\",\"title\":\"Bad\",\"detail\":\"why\"}",
	         OC_EREFUSED, REFUSED("why")},
	        /* the error of another server within, as text */
	        {400,
	         "{\"error\":{\"message\":\"{\\n \\\"error\\\": {\\\"message\\\": "
	         "\\\"why\\\"}}\"}}",
	         OC_EREFUSED, REFUSED("why")},
	        {400, "{\"detail\":\"{\\\"error\\\":\\\"why\\\"}\"}", OC_EREFUSED, REFUSED("why")},
	        {400, "{\"error\":{\"message\":\"{braces}\"}}", OC_EREFUSED, REFUSED("{braces}")},
	        {400,
	         "{\"error\":{\"message\":\"Provider returned error\",\"code\":400,\"metadata\":{"
	         "\"raw\":\"{\\\"error\\\":{\\\"message\\\":\\\"why\\\"}}\",\"provider_name\":"
	         "\"p\"}}}",
	         OC_EREFUSED, REFUSED("Provider returned error: why")},
	        /* llama.cpp counts for programs */
	        {400,
	         "{\"error\":{\"message\":\"too long\",\"n_prompt_tokens\":5000,\"n_ctx\":4096}}",
	         OC_EREFUSED, REFUSED("too long (5000 tokens, of which 4096 fit)")},
	        {400,
	         "{\"error\":{\"message\":\"5000 are too many\",\"n_prompt_tokens\":5000,\"n_ctx\":"
	         "4096}}",
	         OC_EREFUSED, REFUSED("5000 are too many")},
	        {400, "plain words\n", OC_EREFUSED, REFUSED("plain words")},
	        {400, " two\r\n\r\n  lines\x1b[31m\tred\x07 \xff caf\xc3\xa9 ", OC_EREFUSED,
	         REFUSED("two lines [31m red caf\xc3\xa9")},
	        {400, "<!DOCTYPE html><HTML><head><Title>Bad\n page</TITLE></head>", OC_EREFUSED,
	         REFUSED("Bad page")},
	        {400, "\n<html>no title</html>", OC_EREFUSED, REFUSED("Bad Request")},
	        {400, "<title>never closed", OC_EREFUSED, REFUSED("never closed")},
	        {400, "data: {\"error\":{\"message\":\"why\"}}\n\ndata: [DONE]\n\n", OC_EREFUSED,
	         REFUSED("why")},
	        {400, "", OC_EREFUSED, REFUSED("Bad Request")},
	        {400, "{\"error\":{\"message\":\"\"}}", OC_EREFUSED, REFUSED("Bad Request")},
	};

	check_rows(rows, OC_COUNT(rows));
}

TEST(long_texts_are_cut)
{
	char body[3000];
	struct oc_err err = {0};

	memset(body, 'x', sizeof body);
	memcpy(body + 511, "\xc3\xa9", 2); /* does not fit whole */
	CHECK_INT(oc_refusal_of_body(400, (struct oc_text){body, sizeof body}, &with_key, &err),
	          OC_EREFUSED);
	CHECK_INT(strlen(err.message), strlen(REFUSED("")) + 511 + strlen("..."));
	CHECK(strstr(err.message, "xxx...)"));
}

#define RUN16 "iVBORw0KGgoAAAAN"
#define RUN80 RUN16 RUN16 RUN16 RUN16 RUN16

TEST(bytes_of_images_are_not_shown)
{
	static const struct row rows[] = {
	        {400, "bad image data:image/png;base64," RUN80 RUN16 "==, sorry", OC_EREFUSED,
	         REFUSED("bad image data:image/png;base64,... (98 characters), sorry")},
	        {400, "{\"error\":{\"message\":\"bad: \\\"" RUN80 "\\\"\"}}", OC_EREFUSED,
	         REFUSED("bad: \"... (80 characters)\"")},
	        {400, RUN80, OC_EREFUSED, REFUSED("... (80 characters)")},
	        {400, RUN80 " " RUN80, OC_EREFUSED,
	         REFUSED("... (80 characters) ... (80 characters)")},
	        {400, "short " RUN16, OC_EREFUSED, REFUSED("short " RUN16)},
	        /* its end is missing, and so is that of the document */
	        {400,
	         "{\"error\":{\"code\":500,\"message\":\"bad \\\"image\\\": [\\n  {\\\"url\\\": "
	         "\\\"data:image/png;base64," RUN80,
	         OC_EREFUSED,
	         REFUSED("bad \"image\": [ {\"url\": \"data:image/png;base64,... (80 characters)")},
	        {400, "{\"error\":{\"message\":\"cut \\u00", OC_EREFUSED, REFUSED("cut")},
	        {400, "{\"error\":{\"message\":\"cut\\", OC_EREFUSED, REFUSED("cut")},
	        {400, "{\"error\":{\"message\":\"whole\",\"param\":", OC_EREFUSED,
	         REFUSED("whole")},
	        {400, "[{\"error\":{\"code\":400,\"message\" : \"a\",\"message\":\"b", OC_EREFUSED,
	         REFUSED("b")},
	        {400, "{\"detail\":[{\"type\":\"missing\",\"msg\":\"why\",\"input\":{\"x\":\"",
	         OC_EREFUSED, REFUSED("why")},
	        {400, "{\"error\":\"bad \\\"data:image/png;base64," RUN80, OC_EREFUSED,
	         REFUSED("bad \"data:image/png;base64,... (80 characters)")},
	        {400, "{\"error\":{\"message\":", OC_EREFUSED, REFUSED("{\"error\":{\"message\":")},
	};

	check_rows(rows, OC_COUNT(rows));
}

/* ---- the code, and the advice ------------------------------------------------------------- */

TEST(codes_by_status)
{
	static const struct {
		int status;
		enum oc_code code;
	} rows[] = {
	        {100, OC_EPROTO},    {204, OC_EPROTO},   {302, OC_EPROTO},   {400, OC_EREFUSED},
	        {401, OC_EAUTH},     {402, OC_EQUOTA},   {403, OC_EAUTH},    {404, OC_ENOTFOUND},
	        {405, OC_EREFUSED},  {407, OC_EAUTH},    {408, OC_EBUSY},    {409, OC_EBUSY},
	        {410, OC_ENOTFOUND}, {413, OC_EREFUSED}, {418, OC_EREFUSED}, {422, OC_EREFUSED},
	        {425, OC_EBUSY},     {429, OC_EBUSY},    {499, OC_EREFUSED}, {500, OC_EBUSY},
	        {501, OC_EBUSY},     {503, OC_EBUSY},    {524, OC_EBUSY},    {529, OC_EBUSY},
	        {599, OC_EBUSY},     {600, OC_EPROTO},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++)
		CHECK_INT(oc_refusal_of_body(rows[i].status, (struct oc_text){"", 0}, &with_key,
		                             NULL),
		          rows[i].code);
}

TEST(models_that_are_missing)
{
	static const struct row rows[] = {
	        {404, "{\"error\":{\"message\":\"model not found\",\"type\":\"not_found_error\"}}",
	         OC_ENOTFOUND,
	         "model \"llama9\" is not served by " BASE " (404: model not found); "
	         "check the model's name"},
	        {410, "{\"error\":\"retired\"}", OC_ENOTFOUND,
	         "model \"llama9\" is no longer served by " BASE " (410: retired); "
	         "check the model's name"},
	};
	struct oc_refusal_context context = with_key;

	context.model = "qwen-of-nowhere";
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		char wanted[200];

		(void)snprintf(wanted, sizeof wanted, "model \"qwen-of-nowhere\"%s",
		               rows[i].message + strlen("model \"llama9\""));
		check_error(&context, rows[i].status, rows[i].body, rows[i].code, wanted);
	}
	check_error(&with_key, rows[0].status, rows[0].body, OC_ENOTFOUND,
	            "model \"llama9\" is not served by " BASE
	            " (404: model not found); did you mean llama3.3?");
	/* A name that is in the table is no near name of itself. */
	context.model = "llama3.3";
	check_error(&context, 404, "model 'llama3.3' not found", OC_ENOTFOUND,
	            "model \"llama3.3\" is not served by " BASE
	            " (404: model 'llama3.3' not found); check the model's name");
}

#define NO_API(why) \
	"there is no chat API at " BASE " (" why "); check the base URL, which often ends in /v1"

TEST(addresses_that_are_wrong)
{
	static const struct row rows[] = {
	        {404, "404 page not found", OC_ENOTFOUND, NO_API("404: 404 page not found")},
	        {404, "\n404 page not found\n", OC_ENOTFOUND, NO_API("404: 404 page not found")},
	        {404, "<html><title>404 Not Found</title>", OC_ENOTFOUND,
	         NO_API("404: 404 Not Found")},
	        {404, "{\"detail\":\"Not Found\"}", OC_ENOTFOUND, NO_API("404: Not Found")},
	        {404, "{\"error\":{\"code\":404,\"message\":\"File Not Found\"}}", OC_ENOTFOUND,
	         NO_API("404: File Not Found")},
	        {404, "", OC_ENOTFOUND, NO_API("404: Not Found")},
	        {404, "Cannot POST /chat/completions", OC_ENOTFOUND,
	         NO_API("404: Cannot POST /chat/completions")},
	        {405, "405 method not allowed", OC_EREFUSED, NO_API("405: 405 method not allowed")},
	};
	struct oc_refusal_context list = with_key;

	check_rows(rows, OC_COUNT(rows));
	/* Where no model was named, none can be missing. */
	list.model = NULL;
	check_error(&list, 404, "{\"error\":\"nothing here\"}", OC_ENOTFOUND,
	            NO_API("404: nothing here"));
}

TEST(keys)
{
	struct oc_refusal_context without = with_key;

	without.has_key = false;
	check_error(&with_key, 401, "{\"error\":\"Unauthorized\"}", OC_EAUTH,
	            BASE " refused the API key (401: Unauthorized); check that it belongs to this "
	                 "server and is still valid");
	check_error(&without, 401, "{\"error\":{\"message\":\"unauthorized\"}}", OC_EAUTH,
	            BASE " wants an API key (401: unauthorized); none was sent");
	check_error(&with_key, 403, "{\"error\":\"ollama cloud is disabled\"}", OC_EAUTH,
	            BASE " denies the request (403: ollama cloud is disabled); check what the "
	                 "key's account may use");
	/* A local Ollama that does not know the name in the Host header */
	check_error(&without, 403, "", OC_EAUTH,
	            BASE " denies the request (403: Forbidden); no API key was sent");
	check_error(&with_key, 407, "", OC_EAUTH,
	            "the proxy wants a user name and a password (407: no explanation); put them "
	            "into the proxy's URL");
}

TEST(quota_or_rate)
{
	static const struct row rows[] = {
	        {429, "{\"error\":\"you (u) have reached your weekly usage limit\"}", OC_EQUOTA,
	         NULL},
	        {429,
	         "{\"error\":{\"message\":\"You exceeded your current quota\",\"type\":"
	         "\"insufficient_quota\",\"code\":\"insufficient_quota\"}}",
	         OC_EQUOTA, NULL},
	        {429, "{\"error\":{\"message\":\"no\",\"code\":\"monthly_limit_exceeded\"}}",
	         OC_EQUOTA, NULL},
	        {429, "{\"error\":{\"message\":\"Insufficient credits\"}}", OC_EQUOTA, NULL},
	        {403, "{\"error\":\"this model requires a subscription, upgrade for access: u\"}",
	         OC_EQUOTA, NULL},
	        {402, "", OC_EQUOTA, NULL},
	        {429,
	         "{\"error\":{\"message\":\"Rate limit reached, add credits to raise it\",\"code\":"
	         "\"rate_limit_exceeded\"}}",
	         OC_EBUSY, NULL},
	        {429, "{\"error\":\"timed out waiting for a concurrent request slot\"}", OC_EBUSY,
	         NULL},
	        {429, "Server overloaded", OC_EBUSY, NULL},
	        {429, "", OC_EBUSY, NULL},
	        /* The same words mean nothing with another status. */
	        {500, "{\"error\":\"usage limit\"}", OC_EBUSY, NULL},
	        {400, "{\"error\":\"quota\"}", OC_EREFUSED, NULL},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_text body = oc_text_of(rows[i].body);

		printf("# %s\n", rows[i].body);
		CHECK_INT(oc_refusal_of_body(rows[i].status, body, &with_key, NULL), rows[i].code);
	}
	check_error(&with_key, 429, rows[0].body, OC_EQUOTA,
	            "the quota at " BASE " is used up, or does not cover this (429: you (u) have "
	            "reached your weekly usage limit); trying again soon is of no use");
	check_error(&with_key, 429, "", OC_EBUSY,
	            BASE " limits the rate of requests (429: Too Many Requests); try again later");
}

TEST(failures_that_may_pass)
{
	static const struct row rows[] = {
	        {503, "{\"error\":\"Server overloaded, please retry shortly (ref: 1b-2c)\"}",
	         OC_EBUSY,
	         BASE
	         " cannot answer now (503: Server overloaded, please retry shortly (ref: 1b-2c)); "
	         "try again later"},
	        {500, "{\"error\":\"Internal Server Error (ref: 1b-2c)\"}", OC_EBUSY,
	         BASE
	         " failed (500: Internal Server Error (ref: 1b-2c)); try again later; if that does "
	         "not help, try another model"},
	        {502, "<html>\r\n<head><title>502 Bad Gateway</title></head>", OC_EBUSY,
	         BASE " cannot answer now (502: 502 Bad Gateway); try again later"},
	        {524, "", OC_EBUSY,
	         BASE " cannot answer now (524: no explanation); try again later"},
	        {204, "", OC_EPROTO,
	         BASE " gave an answer that is of no use here (204: no explanation); check the "
	              "base URL"},
	};

	check_rows(rows, OC_COUNT(rows));
}

TEST(request_ids)
{
	struct oc_refusal_context context = with_key;

	context.request_id = "req-17";
	check_error(&context, 400, "{\"error\":\"why\"}", OC_EREFUSED,
	            REFUSED("why") " (request ID req-17)");
	check_error(&context, 400, "{\"error\":\"why (ref: 1b)\"}", OC_EREFUSED,
	            REFUSED("why (ref: 1b)"));
}

/* The whole texts of vendors; their sources are in docs/QUIRKS.md. */
TEST(what_a_server_accepts)
{
	static const char llamacpp[] =
	        "{\"error\":{\"code\":500,\"message\":\"Cannot use tools with "
	        "stream\",\"type\":\"server_error\"}}";
	static const struct {
		enum oc_delivery accepts;
		const char *body;
	} rows[] = {
	        {OC_DELIVERY_STREAM,
	         "{\"object\":\"error\",\"message\":{\"detail\":[{\"type\":\"extra_forbidden\","
	         "\"loc\":"
	         "[\"body\",\"stream_options\",\"include_usage\"],\"msg\":\"Extra inputs are not "
	         "permitted\",\"input\":true}]},\"type\":\"invalid_request_error\",\"param\":null,"
	         "\"code\":null}"},
	        {OC_DELIVERY_STREAM,
	         "{\"error\":{\"message\":\"litellm.BadRequestError: MistralException - {'detail': "
	         "[{'type': 'extra_forbidden', 'loc': ['body', 'stream_options', "
	         "'include_usage'], 'msg': 'Extra inputs are not permitted', 'input': True}]}. "
	         "Received Model Group=mistral\",\"type\":null,\"param\":null,\"code\":\"400\"}}"},
	        {OC_DELIVERY_STREAM,
	         "{\"error\":{\"message\":\"Unrecognized request argument supplied: "
	         "stream_options. Please contact us through an Azure support request\","
	         "\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}"},
	        {OC_DELIVERY_STREAM,
	         "{\"error_code\":\"BAD_REQUEST\",\"message\":\"json: unknown field "
	         "\\\"stream_options\\\"\"}"},
	        {OC_DELIVERY_STREAM,
	         "{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"stream_options\"],"
	         "\"msg\":\"Extra inputs are not "
	         "permitted\",\"input\":{\"include_usage\":true}}]}"},
	        {OC_DELIVERY_STREAM, "Failed to deserialize the JSON body: unknown field "
	                             "`stream_options`, expected one of `model`, `stream`"},
	        {OC_DELIVERY_WHOLE,
	         "{\"error\":{\"message\":\"Unsupported value: 'stream' does not support true with "
	         "this model. Supported values are: false.\",\"type\":\"invalid_request_error\","
	         "\"param\":\"stream\",\"code\":\"unsupported_value\"}}"},
	        {OC_DELIVERY_WHOLE,
	         "{\"error\":{\"message\":\"unsupported\",\"param\":\"stream\"}}"},
	        {OC_DELIVERY_WHOLE,
	         "{\"message\":\"Streaming completion is not support yet, please remove 'stream' "
	         "key value in the request payload.\"}"},
	        {OC_DELIVERY_WHOLE,
	         "{\"error\":{\"message\":\"bedrock error: Malformed input request: #: extraneous "
	         "key [stream] is not permitted, please reformat your input and try again.\"}}"},
	        {OC_DELIVERY_WHOLE,
	         "{\"error\":[\"Error in `stream`: `stream` is not supported for this model\"]}"},
	        /* What repeats the request names nothing. */
	        {OC_DELIVERY_USAGE,
	         "{\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\",\"prompt\"],\"msg\":\"Field "
	         "required\",\"input\":{\"model\":\"m\",\"stream\":true,\"stream_options\":{"
	         "\"include_usage\":true}}}]}"},
	        {OC_DELIVERY_USAGE, "{\"error\":\"Upstream request failed\"}"},
	        {OC_DELIVERY_USAGE, "<html><title>Bad Request</title>stream</html>"},
	        {OC_DELIVERY_USAGE, ""},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_text body = oc_text_of(rows[i].body);

		CHECK_INT(oc_refusal_accepts(400, body), rows[i].accepts);
		CHECK_INT(oc_refusal_accepts(422, body), rows[i].accepts);
		CHECK_INT(oc_refusal_accepts(500, body), OC_DELIVERY_USAGE);
		CHECK_INT(oc_refusal_accepts(403, body), OC_DELIVERY_USAGE);
	}
	CHECK_INT(oc_refusal_accepts(500, oc_text_of(llamacpp)), OC_DELIVERY_WHOLE);
}

/* Nothing is known of the request: every status still has its sentence. */
TEST(nothing_is_known)
{
	static const struct oc_refusal_context nobody = {.base_url = NULL};

	for (int status = 100; status < 700; status++) {
		struct oc_err err = {0};

		CHECK(oc_refusal_of_body(status, (struct oc_text){"why", 3}, &nobody, &err));
		CHECK_INT(err.http_status, status);
		CHECK(strstr(err.message, "the server") || status == 407);
	}
	check_error(&nobody, 410, "gone", OC_ENOTFOUND,
	            "what was asked for is no longer served by the server (410: gone)");
}
