/* SPDX-License-Identifier: MIT */
/* test-line.c: the request lines of a batch. */
#include "fail-alloc.h"
#include "unit.h"

#include "answer/form.h"
#include "batch/line.h"
#include "text/text.h"

static struct oc_request defaults(void)
{
	struct oc_request req;

	oc_request_init(&req);
	req.model = "m";
	return req;
}

/* A line read with these defaults; the caller releases it. */
static int read_with(struct oc_line *line, uint64_t number, const char *text,
                     const struct oc_request *req, struct oc_err *err)
{
	struct oc_json json;
	int rc;

	*err = (struct oc_err){.code = OC_OK};
	oc_line_init(line);
	oc_json_init(&json);
	rc = oc_line_read(line, number, oc_text_of(text), &json, req, err);
	oc_json_release(&json);
	return rc;
}

/* Checks the body that a line becomes. */
static void check_body(const char *text, const struct oc_request *req, const char *want)
{
	struct oc_line line;
	struct oc_err err = {0};

	CHECK_INT(read_with(&line, 1, text, req, &err), OC_OK);
	CHECK_STR(line.body.p, want);
	oc_line_release(&line);
}

/* Checks what is said about a line that cannot be used. */
static void check_refused_by(const struct oc_request *req, const char *text, const char *why)
{
	struct oc_line line;
	struct oc_err err = {0};
	char want[256];

	(void)snprintf(want, sizeof want, "the line is unusable: %s", why);
	CHECK_INT(read_with(&line, 1, text, req, &err), OC_EDATA);
	CHECK_STR(err.message, want);
	CHECK_INT(line.id.request, 0);
	oc_line_release(&line);
}

static void check_refused(const char *text, const char *why)
{
	struct oc_request req = defaults();

	check_refused_by(&req, text, why);
}

static struct oc_line_id id_of(uint64_t number, const char *text, const struct oc_request *req)
{
	struct oc_line line;
	struct oc_err err = {0};
	struct oc_line_id id;

	CHECK_INT(read_with(&line, number, text, req, &err), OC_OK);
	id = line.id;
	oc_line_release(&line);
	return id;
}

/* ---- bodies ---- */

TEST(four_forms)
{
	struct oc_request req = defaults();
	static const char hi[] =
	        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

	check_body("{\"prompt\":\"hi\"}", &req, hi);
	check_body("\"hi\"", &req, hi);
	check_body("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}", &req, hi);
	check_body("{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\","
	           "\"body\":{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}}",
	           &req, hi);
}

TEST(white_space_around)
{
	struct oc_request req = defaults();

	check_body("\xef\xbb\xbf \t{ \"prompt\" : \"\\u0068i\" } \r", &req,
	           "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
}

TEST(fields_of_the_line_win)
{
	struct oc_request req = defaults();

	req.temperature = 0.5;
	req.max_tokens = 7;
	check_body("{\"custom_id\":\"x\",\"prompt\":\"hi\",\"model\":\"n\",\"temperature\":1e0,"
	           "\"stream\":true,\"logit_bias\":{}}",
	           &req,
	           "{\"model\":\"n\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
	           "\"temperature\":1e0,\"max_tokens\":7,\"logit_bias\":{}}");
}

TEST(null_is_not_given)
{
	struct oc_request req = defaults();
	static const char hi[] = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\","
	                         "\"content\":\"hi\"}],\"temperature\":0.5}";

	req.temperature = 0.5;
	check_body("{\"prompt\":\"hi\",\"messages\":null,\"body\":null,\"custom_id\":null,"
	           "\"model\":null,\"temperature\":null,\"response_format\":null,\"top_k\":null}",
	           &req, hi);
	check_body("{\"prompt\":null,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}", &req,
	           hi);
	check_body("{\"custom_id\":null,\"method\":null,\"url\":null,\"body\":{\"model\":null,"
	           "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}}",
	           &req, hi);
	/* What is inside of a member is the server's. */
	check_body("{\"messages\":[{\"role\":\"user\",\"content\":null}],\"temperature\":1}", &req,
	           "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":null}],"
	           "\"temperature\":1}");
	req.model = NULL;
	check_refused_by(&req, "{\"prompt\":\"hi\",\"model\":null}", "no model is named");
}

TEST(one_limit_of_tokens)
{
	struct oc_request req = defaults();
	static const char both[] = "{\"messages\":[],\"max_completion_tokens\":1,\"max_tokens\":2}";

	req.max_tokens = 7;
	check_body("{\"messages\":[],\"max_completion_tokens\":9}", &req,
	           "{\"model\":\"m\",\"messages\":[],\"max_completion_tokens\":9}");
	check_body("{\"messages\":[],\"max_completion_tokens\":null}", &req,
	           "{\"model\":\"m\",\"messages\":[],\"max_tokens\":7}");
	check_body(
	        both, &req,
	        "{\"model\":\"m\",\"messages\":[],\"max_tokens\":2,\"max_completion_tokens\":1}");
}

/* Which limit counts where an answer has reached one. */
TEST(limit_of_the_answer)
{
	static const struct {
		const char *line;
		int64_t limit;
	} rows[] = {
	        {"\"hi\"", 100},
	        {"{\"prompt\":\"hi\"}", 100},
	        {"{\"prompt\":\"hi\",\"max_tokens\":7}", 7},
	        {"{\"prompt\":\"hi\",\"max_tokens\":700}", 700},
	        {"{\"prompt\":\"hi\",\"max_completion_tokens\":8}", 8},
	        {"{\"prompt\":\"hi\",\"max_completion_tokens\":8,\"max_tokens\":9}", 8},
	        {"{\"prompt\":\"hi\",\"max_completion_tokens\":9,\"max_tokens\":8}", 8},
	        {"{\"prompt\":\"hi\",\"max_tokens\":null}", 100},
	        {"{\"prompt\":\"hi\",\"max_tokens\":-1}", 0},
	        {"{\"prompt\":\"hi\",\"max_tokens\":\"7\"}", 0},
	        {"{\"body\":{\"messages\":[],\"max_tokens\":6},\"max_tokens\":5}", 6},
	};
	struct oc_request req = defaults();

	req.max_tokens = 100;
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_line line;
		struct oc_err err = {0};

		printf("# %s\n", rows[i].line);
		CHECK_INT(read_with(&line, 1, rows[i].line, &req, &err), OC_OK);
		CHECK_INT(line.form.max_tokens, rows[i].limit);
		oc_line_release(&line);
	}
}

TEST(tools_of_the_request)
{
	static const struct {
		const char *line;
		bool tools;
	} rows[] = {
	        {"\"hi\"", false},
	        {"{\"prompt\":\"hi\",\"tools\":null}", false},
	        {"{\"prompt\":\"hi\",\"tools\":[]}", true},
	        {"{\"prompt\":\"hi\",\"functions\":[]}", true},
	        {"{\"body\":{\"messages\":[],\"tools\":[]}}", true},
	        {"{\"body\":{\"messages\":[]},\"tools\":[]}", false},
	};
	struct oc_request req = defaults();

	for (size_t i = 0; i < 2 * OC_COUNT(rows); i++) {
		bool by_default = i >= OC_COUNT(rows);
		struct oc_line line;
		struct oc_err err = {0};

		req.tools.p = by_default ? "[{\"type\":\"x\"}]" : NULL;
		req.tools.n = by_default ? strlen(req.tools.p) : 0;
		printf("# %s\n", rows[i % OC_COUNT(rows)].line);
		CHECK_INT(read_with(&line, 1, rows[i % OC_COUNT(rows)].line, &req, &err), OC_OK);
		CHECK_INT(line.has_tools, by_default || rows[i].tools);
		oc_line_release(&line);
	}
}

TEST(escapes_in_an_envelope)
{
	struct oc_request req = defaults();
	static const char empty[] = "{\"model\":\"m\",\"messages\":[]}";

	check_body("{\"url\":\"\\/v1\\/chat\\/completions\",\"body\":{\"messages\":[]}}", &req,
	           empty);
	check_body("{\"\\u0075rl\":\"/v1/chat/completion\\u0073\",\"method\":\"\\u0050OST\","
	           "\"b\\u006fdy\":{\"messages\":[]}}",
	           &req, empty);
	check_refused("{\"url\":\"/v1/chat/completions\\u0000\",\"body\":{\"messages\":[]}}",
	              "\"url\" is not /v1/chat/completions");
}

TEST(instruction_and_system_message)
{
	struct oc_request req = defaults();

	req.prompt = oc_text_of("Translate.");
	req.system = oc_text_of("Be brief.");
	check_body("\"hi\"", &req,
	           "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},"
	           "{\"role\":\"user\",\"content\":\"Translate.\\n\\nhi\"}]}");
	check_body("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}", &req,
	           "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
}

TEST(model_of_the_line)
{
	struct oc_request req = defaults();
	struct oc_line line;
	struct oc_err err = {0};

	req.model = NULL;
	CHECK_INT(read_with(&line, 1, "{\"prompt\":\"hi\",\"model\":\"n\"}", &req, &err), OC_OK);
	CHECK_STR(line.form.model, "n");
	oc_line_release(&line);
	CHECK_INT(read_with(&line, 1, "{\"prompt\":\"hi\"}", &req, &err), OC_EDATA);
	CHECK_STR(err.message, "the line is unusable: no model is named");
	oc_line_release(&line);
	CHECK_INT(read_with(&line, 1, "\"hi\"", &req, &err), OC_EDATA);
	CHECK_STR(err.message, "the line is unusable: no model is named");
	oc_line_release(&line);
}

TEST(refused)
{
	check_refused("", "not JSON: the text is empty");
	check_refused("hi", "not JSON at byte 0: a value expected");
	check_refused("7", "it is neither an object nor a string");
	check_refused("[\"hi\"]", "it is neither an object nor a string");
	check_refused("{}", "there is neither \"prompt\" nor \"messages\" nor \"body\"");
	check_refused("{\"prompt\":7}", "\"prompt\" is no string");
	check_refused("{\"prompt\":null}",
	              "there is neither \"prompt\" nor \"messages\" nor \"body\"");
	check_refused("{\"prompt\":\"a\",\"model\":5}", "\"model\" is no string");
	check_refused("{\"body\":{\"messages\":[],\"model\":[]}}", "\"model\" is no string");
	check_refused("{\"prompt\":\"\"}", "the prompt is blank: no bytes at all");
	check_refused("\" \\n\"", "the prompt is blank: only white space");
	check_refused("{\"messages\":\"hi\"}", "\"messages\" is no array");
	check_refused("{\"prompt\":\"a\",\"messages\":[]}",
	              "both \"prompt\" and \"messages\" are given");
	check_refused("{\"custom_id\":7,\"prompt\":\"a\"}", "\"custom_id\" is no string");
	check_refused("{\"custom_id\":\"a\",\"body\":7}", "\"body\" is no object");
	check_refused("{\"custom_id\":\"a\",\"url\":\"/v1/chat/completions\"}",
	              "\"body\" is no object");
	check_refused("{\"method\":\"GET\",\"body\":{}}", "\"method\" is not POST");
	check_refused("{\"url\":\"/v1/embeddings\",\"body\":{\"messages\":[]}}",
	              "\"url\" is not /v1/chat/completions");
	check_refused("{\"body\":{\"prompt\":\"a\"}}", "\"messages\" is no array");
}

TEST(custom_id_of_a_bad_line_is_known)
{
	struct oc_request req = defaults();
	struct oc_line line;
	struct oc_err err = {0};

	CHECK_INT(read_with(&line, 1, "{\"custom_id\":\"\\u00e9\",\"prompt\":7}", &req, &err),
	          OC_EDATA);
	CHECK_STR(line.custom_id.p, "\"\\u00e9\"");
	oc_line_release(&line);
}

/* ---- identity ---- */

TEST(key_is_custom_id_or_number)
{
	struct oc_request req = defaults();
	struct oc_line_id one = id_of(1, "\"hi\"", &req);
	struct oc_line_id two = id_of(2, "\"hi\"", &req);
	struct oc_line_id named = id_of(1, "{\"custom_id\":\"1\",\"prompt\":\"hi\"}", &req);
	struct oc_line_id moved = id_of(9, "{\"custom_id\":\"\\u0031\",\"prompt\":\"hi\"}", &req);

	CHECK(one.key != two.key);
	CHECK(one.request == two.request);
	CHECK(one.key != named.key); /* a number and a name that looks like it */
	CHECK(named.key == moved.key);
	CHECK(one.request == named.request);
}

TEST(request_is_all_that_is_sent)
{
	struct oc_request req = defaults();
	struct oc_line_id before = id_of(1, "\"hi\"", &req);

	CHECK(before.request == id_of(1, "{ \"prompt\": \"hi\" }", &req).request);
	CHECK(before.request != id_of(1, "\"ho\"", &req).request);
	req.temperature = 0.0;
	CHECK(before.request != id_of(1, "\"hi\"", &req).request);
}

/* The hash is in users' files: it must stay what it is. FNV-1a of the body of "hi" and the
 * finalizer of MurmurHash3, worked out with another program. */
TEST(request_hash_is_stable)
{
	struct oc_request req = defaults();

	CHECK(id_of(1, "\"hi\"", &req).request == 0xe1b461d725aa2b68u);
}

/* ---- the form of answers ---- */

static int check_answer(const char *text, const struct oc_request *req, const char *answer)
{
	struct oc_line line;
	struct oc_reply reply = {0};
	struct oc_err err = {0};
	int rc;

	oc_reply_init(&reply);
	CHECK_INT(read_with(&line, 1, text, req, &err), OC_OK);
	rc = oc_answer_check(&line.form, &reply, oc_text_of(answer), &err);
	oc_reply_release(&reply);
	oc_line_release(&line);
	return rc;
}

TEST(form_of_the_defaults)
{
	struct oc_request req = defaults();

	CHECK_INT(check_answer("\"hi\"", &req, "plain"), OC_OK);
	req.format = OC_FORMAT_JSON_OBJECT;
	CHECK_INT(check_answer("\"hi\"", &req, "plain"), OC_EPROTO);
	CHECK_INT(check_answer("\"hi\"", &req, "{}"), OC_OK);
	req.format = OC_FORMAT_JSON_SCHEMA;
	req.schema = oc_text_of("{\"type\":\"array\"}");
	CHECK_INT(check_answer("\"hi\"", &req, "{}"), OC_EPROTO);
	CHECK_INT(check_answer("\"hi\"", &req, "[]"), OC_OK);
}

TEST(form_of_the_line_wins)
{
	struct oc_request req = defaults();
	static const char object[] =
	        "{\"prompt\":\"hi\",\"response_format\":{\"type\":\"json_object\"}}";
	static const char number[] =
	        "{\"prompt\":\"hi\",\"response_format\":{\"type\":\"json_schema\","
	        "\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"number\"}}}}";
	static const char plain[] = "{\"prompt\":\"hi\",\"response_format\":{\"type\":\"text\"}}";

	CHECK_INT(check_answer(object, &req, "plain"), OC_EPROTO);
	CHECK_INT(check_answer(number, &req, "{}"), OC_EPROTO);
	CHECK_INT(check_answer(number, &req, "7"), OC_OK);
	req.format = OC_FORMAT_JSON_OBJECT;
	CHECK_INT(check_answer(plain, &req, "plain"), OC_OK);
	CHECK_INT(check_answer(number, &req, "7"), OC_OK);
}

TEST(an_unusable_schema_is_refused)
{
	struct oc_request req = defaults();
	struct oc_line line;
	struct oc_err err = {0};

	CHECK_INT(read_with(&line, 1,
	                    "{\"prompt\":\"hi\",\"response_format\":{\"type\":\"json_schema\","
	                    "\"json_schema\":{\"schema\":{\"type\":7}}}}",
	                    &req, &err),
	          OC_EDATA);
	oc_line_release(&line);
}

static int read_a_line(void *ctx)
{
	struct oc_request req = defaults();
	struct oc_line line;
	struct oc_err err = {0};
	int rc = read_with(&line, 1, ctx, &req, &err);

	oc_line_release(&line);
	return rc;
}

TEST(survives_without_memory)
{
	CHECK(fail_each_alloc(read_a_line, (char[]){"\"hi\""}) > 2);
	CHECK(fail_each_alloc(
	              read_a_line,
	              (char[]){"{\"custom_id\":\"a\",\"url\":\"/chat/completions\","
	                       "\"body\":{\"model\":\"n\","
	                       "\"messages\":[],\"response_format\":{\"type\":\"json_schema\","
	                       "\"json_schema\":{\"schema\":{\"type\":\"number\"}}}}}"}) > 4);
}
