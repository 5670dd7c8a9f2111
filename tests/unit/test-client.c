/* SPDX-License-Identifier: MIT */
/*
 * test-client.c: the two styles of oc.h, against the real loopback server: each test writes a reply
 * script, starts the server on it, and asks.
 */
#include "compat.h"

#include "text/buf.h"
#include "text/clock.h"
#include "fail-alloc.h"
#include "loopback.h"
#include "text/text.h"

/* ---- asking ------------------------------------------------------------------------------- */

/* What a sink got; it stops after so many pieces, if that is not 0. */
struct heard {
	struct oc_buf content;
	struct oc_buf reasoning;
	int pieces;
	int flushes;
	int stop_after;
};

/* What the call has brought that was made last. */
static struct oc_reply reply;
static struct oc_err err;
static struct heard heard;

static void forget(void)
{
	oc_reply_release(&reply);
	err = (struct oc_err){0};
	oc_buf_release(&heard.content);
	oc_buf_release(&heard.reasoning);
	heard = (struct heard){.pieces = 0};
	oc_buf_init(&heard.content, (size_t)1 << 20);
	oc_buf_init(&heard.reasoning, (size_t)1 << 20);
}

static int hear(void *ctx, const struct oc_chunk *chunk)
{
	struct heard *h = ctx;

	if (chunk->kind == OC_CHUNK_FLUSH) {
		h->flushes++;
		return 0;
	}
	oc_buf_add(chunk->kind == OC_CHUNK_CONTENT ? &h->content : &h->reasoning, chunk->text.p,
	           chunk->text.n);
	return ++h->pieces == h->stop_after;
}

static int complete(const struct oc_config *cfg, const struct oc_request *req)
{
	forget();
	return oc_complete(cfg, req, &reply, &err);
}

static int stream(const struct oc_config *cfg, const struct oc_request *req, int stop_after)
{
	forget();
	heard.stop_after = stop_after;
	return oc_stream(cfg, req, hear, &heard, &reply, &err);
}

/* ---- the function style ------------------------------------------------------------------- */

TEST(complete_returns_content_model_and_usage)
{
	struct oc_config cfg = config();
	struct oc_request req = request();

	serve("answer Hello\\u0000!");
	cfg.base_url = base_url;
	CHECK_INT(complete(&cfg, &req), OC_OK);
	CHECK_MEM(reply.content, reply.content_len, "Hello\0!", 7);
	CHECK_STR(reply.model, "m");
	CHECK_INT(reply.usage.input_tokens, 3);
	CHECK_INT(reply.usage.output_tokens, 2);
	CHECK_INT(reply.usage.total_tokens, 5);
	CHECK_INT(reply.http_status, 200);
	CHECK_INT(reply.attempts, 1);
}

TEST(complete_tries_again)
{
	struct oc_config cfg = config();
	struct oc_request req = request();

	serve("status 503\nframing close\nbody "
	      "{\"error\":\"busy\"}\n---\nclose\n---\nreset\n---\nanswer ok\n");
	CHECK_INT(complete(&cfg, &req), OC_OK);
	CHECK_STR(reply.content, "ok");
	CHECK_INT(reply.attempts, 4);
	serve("status 503\nbody {\"error\":\"busy\"}\n");
	cfg.max_retries = 2;
	CHECK_INT(complete(&cfg, &req), OC_EBUSY);
	CHECK_INT(err.http_status, 503);
	CHECK_INT(reply.attempts, 3);
	CHECK(strstr(err.message, "busy") && strstr(err.message, "3 tries"));
}

TEST(complete_does_not_repeat_the_key)
{
	struct oc_config cfg = config();
	struct oc_request req = request();

	cfg.api_key = "sk-secret";
	serve("status 401\nbody {\"error\":\"sk-secret is no key, sk-secret\"}\n");
	CHECK_INT(complete(&cfg, &req), OC_EAUTH);
	CHECK(!strstr(err.message, "secret"));
	CHECK(strstr(err.message, "********* is no key"));
	/* A message that ends within the key. */
	cfg.api_key = "sk-secret-of-many-letters";
	serve("body no JSON, but a word to say of a key, it is: sk-secret-of-many-letters\n");
	CHECK_INT(complete(&cfg, &req), OC_EPROTO);
	CHECK(strstr(err.message, "a key, it is: "));
	CHECK(!strstr(err.message, "sk-"));
	/* A key that masking does not change must not be masked for ever. */
	cfg.api_key = "*";
	serve("status 401\nbody {\"error\":\"* is no key\"}\n");
	CHECK_INT(complete(&cfg, &req), OC_EAUTH);
}

TEST(headers_are_sent_and_those_that_are_secret_are_not_told)
{
	static const struct oc_text bad[] = {{"X: y", 4}, {"host: z", 7}};
	static const struct oc_text many[65] = {{"X: y", 4}};
	char key[] = "api-key: secret-of-azure";
	struct oc_text headers[] = {{"X-Title: t", 10}, {key, strlen(key)}};
	struct oc_config cfg = config();
	struct oc_request req = request();
	struct oc_llm *llm;
	char *text;

	cfg.headers = headers;
	cfg.nheaders = 2;
	serve("status 401\nbody {\"error\":\"secret-of-azure is no key\"}\n---\nanswer one\n");
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_OK);
	memset(key, '?', strlen(key)); /* the object has its own copy */
	CHECK_INT(oc_llm_generate_response(llm, oc_text_of("hi"), &text, NULL, &err), OC_EAUTH);
	CHECK(strstr(err.message, "*************** is no key"));
	CHECK_INT(oc_llm_generate_response(llm, oc_text_of("hi"), &text, NULL, &err), OC_OK);
	CHECK_STR(text, "one");
	free(text);
	oc_llm_free(llm);
	cfg.headers = bad;
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_EARG);
	CHECK_STR(err.message, "the header host cannot be set");
	cfg.headers = many;
	cfg.nheaders = OC_COUNT(many);
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_EARG);
	CHECK_STR(err.message, "65 headers are too many: at most 64");
}

/* The object has no place for what is called. */
TEST(an_object_has_no_tools)
{
	struct oc_config cfg = config();
	struct oc_request req = request();
	struct oc_llm *llm = NULL;

	req.tools = oc_text_of("[{\"type\":\"x\"}]");
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_EARG);
	CHECK(!llm);
	req.tools = oc_text_of("");
	req.fields = oc_text_of("{\"tools\":[]}");
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_EARG);
}

/* What the request says of tools all the same is the object's own, too. */
TEST(an_object_keeps_what_makes_no_tools)
{
	struct oc_config cfg = config();
	struct oc_request req = request();
	char tools[] = "[{\"type\":\"x\"}]";
	char choice[] = "none";
	struct oc_llm *llm;
	char *text;

	serve("answer one\n");
	req.tools = oc_text_of(tools);
	req.tool_choice = choice;
	req.fields = oc_text_of("{\"tools\":null}");
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_OK);
	memset(tools, '?', sizeof tools - 1);
	memset(choice, 0xff, sizeof choice - 1);
	CHECK_INT(oc_llm_generate_response(llm, oc_text_of("hi"), &text, NULL, &err), OC_OK);
	CHECK_STR(text, "one");
	free(text);
	oc_llm_free(llm);
}

TEST(complete_takes_tools_that_are_called)
{
	struct oc_config cfg = config();
	struct oc_request req = request();

	serve("sse\ndata {\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{"
	      "\"name\":\"f\"}}]},\"finish_reason\":\"tool_calls\"}]}\ndone\n");
	req.prompt = oc_text_of("hi");
	req.tools = oc_text_of("[{\"type\":\"x\"}]");
	CHECK_INT(complete(&cfg, &req), OC_OK);
	CHECK_STR(reply.content, "");
	CHECK_STR(reply.tool_calls, "[{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":"
	                            "\"f\",\"arguments\":\"{}\"}}]");
	CHECK_INT(reply.tool_calls_len, strlen(reply.tool_calls));
}

TEST(complete_takes_a_stream_for_an_answer)
{
	struct oc_config cfg = config();
	struct oc_request req = request();

	serve("sse\ndelta a\\u00e9\ndata {\"choices\":[{\"delta\":{\"reasoning\":\"why\"}}]}\n"
	      "bytes data: {\"choices\":[{\"delta\":{\"content\":\"\\xff\"}}]}\\n\\n\nfinish "
	      "stop\ndone\n");
	CHECK_INT(complete(&cfg, &req), OC_OK);
	CHECK_STR(reply.content, "a\xc3\xa9\xef\xbf\xbd");
	CHECK_STR(reply.reasoning, "why");
	CHECK_STR(reply.finish_reason, "stop");
}

TEST(configurations_are_checked)
{
	static const struct {
		const char *base_url;
		const char *key;
		enum oc_code code;
	} rows[] = {
	        {NULL, NULL, OC_ENOKEY},
	        {"https://ollama.com/v1", "", OC_ENOKEY},
	        {"http://ollama.com/v1", "", OC_ENOKEY},
	        {"http://example.org/v1", "key", OC_ECONFIG},
	        {"http://127.0.0.2.example.org/v1", "key", OC_ECONFIG},
	        {"http://127.0.0.1:1/v1", "a\nb", OC_ECONFIG},
	        {"http://127.0.0.1:1/v1", "a b", OC_ECONFIG},
	        {"ftp://127.0.0.1/", "key", OC_EARG},
	        {"127.0.0.1:1", "key", OC_EARG},
	        {"http://u:secret@127.0.0.1/", "key", OC_EARG},
	        {"http://u:sec ret@127.0.0.1/", "key", OC_EARG},
	        {"http://127.0.0.1/a b", "key", OC_EARG},
	        {"http://127.0.0.1/?secret#secret", "key", OC_EARG},
	        {"http://", "key", OC_EARG},
	        /* These are this machine: nothing listens there, but they may be asked. */
	        {"http://127.0.0.1:1/v1", NULL, OC_ECONNECT},
	        {"http://127.9.9.9:1/v1//", "key", OC_ECONNECT},
	        {"http://0x7f.1:1/v1", "key", OC_ECONNECT},
	        {"http://[::1]:1/v1", "key", OC_ECONNECT},
	        {"HTTP://LOCALHOST:1/v1", "key", OC_ECONNECT},
	        {"http://127.0.0.1:1/?secret", "key", OC_ECONNECT},
	        /* Nothing is known against asking these without a key. */
	        {"http://0.0.0.0:1/v1", NULL, OC_ECONNECT},
	        {"https://0.0.0.0:1/v1", "", OC_ECONNECT},
	        {"https://0.0.0.0:1/v1", "key", OC_ECONNECT},
	};
	struct oc_request req = request();

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_config cfg = config();

		cfg.max_retries = 0;
		cfg.base_url = rows[i].base_url;
		cfg.api_key = rows[i].key;
		CHECK_INT(complete(&cfg, &req), rows[i].code);
		CHECK_INT(err.code, rows[i].code);
		CHECK(err.message[0] && !strstr(err.message, "secret"));
	}
}

TEST(stream_hands_pieces_over)
{
	struct oc_config cfg = config();
	struct oc_request req = request();

	serve("sse\ndelta Hel\ndata {\"choices\":[{\"delta\":{\"reasoning\":\"hm\"}}]}\ndelta lo\n"
	      "finish stop\ndata {\"choices\":[],\"usage\":{\"prompt_tokens\":4}}\ndone\n");
	CHECK_INT(stream(&cfg, &req, 0), OC_OK);
	CHECK_STR(heard.content.p, "Hello");
	CHECK_STR(heard.reasoning.p, "hm");
	CHECK_INT(heard.pieces, 3);
	CHECK(heard.flushes >= 1 && heard.flushes <= 3);
	CHECK_INT(reply.delivered, 5);
	CHECK_INT(reply.usage.input_tokens, 4);
	CHECK_STR(reply.finish_reason, "stop");
}

TEST(stream_joins_characters)
{
	struct oc_config cfg = config();
	struct oc_request req = request();

	serve("sse\nbytes data: {\"choices\":[{\"delta\":{\"content\":\"\\xe2\\x82\"}}]}\\n\\n\n"
	      "bytes data: {\"choices\":[{\"delta\":{\"content\":\"\\xac\\xff\"}}]}\\n\\n\n"
	      "bytes data: "
	      "{\"choices\":[{\"delta\":{\"content\":\"x\\xf0\\x9f\"}}]}\\n\\n\ndone\n");
	CHECK_INT(stream(&cfg, &req, 0), OC_OK);
	CHECK_STR(heard.content.p, "\xe2\x82\xac\xef\xbf\xbdx\xef\xbf\xbd");
}

TEST(stream_stops_when_the_sink_says_so)
{
	struct oc_config cfg = config();
	struct oc_request req = request();

	serve("sse\nrepeat forever delta x\n");
	CHECK_INT(stream(&cfg, &req, 3), OC_ESTOPPED);
	CHECK_STR(heard.content.p, "xxx");
}

TEST(stream_does_not_lie_about_its_end)
{
	static const struct {
		const char *script;
		enum oc_code code;
	} rows[] = {
	        {"sse\ndelta x\n", OC_EPROTO},
	        {"sse\ndelta x\nclose\n", OC_ECONNECT},
	        {"sse\ndelta x\nreset\n", OC_ECONNECT},
	        {"type text/event-stream\nframing close\ndelta x\n", OC_ECONNECT},
	        {"type text/event-stream\nframing close\ndelta x\nbytes data: {\"cho\n",
	         OC_ECONNECT},
	        {"type text/event-stream\nframing close\ndelta x\nbytes dat\n", OC_ECONNECT},
	        {"type text/event-stream\nframing close\ndelta x\nbytes data: {]\n", OC_EPROTO},
	        {"sse\ndelta x\ndata {\n", OC_EPROTO},
	        {"sse\ndelta x\ndata {\"error\":\"overloaded\"}\n", OC_EBUSY},
	        {"sse\ndelta x\nline error: {\"code\":500,\"message\":\"x\"}\nline\n", OC_EBUSY},
	        {"sse\ndelta x\nline event: error\nline data: broken\nline\n", OC_EPROTO},
	        {"sse\ndelta x\ndata "
	         "{\"model\":\"\",\"choices\":[{\"delta\":{\"content\":\"\"}}]}\n",
	         OC_EPROTO},
	        {"sse\ndone\n", OC_EPROTO},
	        {"sse\ndelta x\ndone\ndata {\n", OC_OK},
	        {"sse\ndelta x\nfinish stop\nreset\n", OC_OK},
	        {"sse\ndelta x\ndone\nstall\n", OC_OK},
	        {"answer x\n", OC_OK},
	};
	const size_t empty = 12;
	struct oc_config cfg = config();
	struct oc_request req = request();

	for (size_t i = 0; i < OC_COUNT(rows); i++) {

		serve(rows[i].script);
		printf("# %s", rows[i].script);
		CHECK_INT(stream(&cfg, &req, 0), rows[i].code);
		CHECK_STR(heard.content.p, i == empty ? "" : "x");
		CHECK_INT(reply.delivered, i == empty ? 0 : 1);
	}
}

static int stop_at_flush(void *ctx, const struct oc_chunk *chunk)
{
	(void)ctx;
	return chunk->kind == OC_CHUNK_FLUSH;
}

TEST(a_stream_that_was_stopped_has_a_status)
{
	struct oc_config cfg = config();
	struct oc_request req = request();

	serve("sse\ndelta x\nstall\n");
	forget();
	CHECK_INT(oc_stream(&cfg, &req, stop_at_flush, NULL, &reply, &err), OC_ESTOPPED);
	CHECK_INT(reply.http_status, 200);
	CHECK_INT(reply.delivered, 1);
}

/* ---- the object style --------------------------------------------------------------------- */

TEST(llm_answers_many_times)
{
	struct oc_config cfg = config();
	struct oc_request req = request();
	char model[] = "m";
	struct oc_llm *llm;
	char *text;
	size_t len;

	serve("answer one\n---\nanswer two\n---\nsse\ndelta three\ndone\n");
	req.model = model;
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_OK);
	model[0] = '?'; /* the object has its own copy */
	CHECK_INT(oc_llm_generate_response(llm, oc_text_of("hi"), &text, &len, &err), OC_OK);
	CHECK_MEM(text, len, "one", 3);
	free(text);
	CHECK_INT(oc_llm_generate_response(llm, oc_text_of("hi"), &text, NULL, &err), OC_OK);
	CHECK_STR(text, "two");
	free(text);
	CHECK_INT(oc_llm_generate_response(llm, oc_text_of(" \n"), &text, NULL, &err), OC_EDATA);
	CHECK(!text);
	forget();
	CHECK_INT(oc_llm_generate_response_stream(llm, oc_text_of("hi"), hear, &heard, &err),
	          OC_OK);
	CHECK_STR(heard.content.p, "three");
	oc_llm_free(llm);
	oc_llm_free(NULL);
}

/* The connection that the call before has left is lost; what the Kth request gets says how many
 * requests there were. */
TEST(llm_asks_as_often_as_it_says)
{
	struct oc_config cfg = config();
	struct oc_request req = request();

	for (int retries = 0; retries < 2; retries++) {
		static const char *const texts[] = {"1", NULL, "3", NULL, "5", "6"};
		struct oc_llm *llm;

		serve(retries ? "answer 1\n---\nclose\n---\nreset\n---\nanswer 3\n---\nreset\n---\n"
		                "close\n---\nanswer 5\n---\nreset\n---\nanswer 6\n"
		              : "answer 1\n---\nclose\n---\nanswer 3\n---\nreset\n---\nanswer 5\n"
		                "---\nanswer 6\n");
		cfg.max_retries = retries;
		CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_OK);
		for (size_t i = 0; i < OC_COUNT(texts); i++) {
			char *text;
			int rc = oc_llm_generate_response(llm, oc_text_of("hi"), &text, NULL, &err);

			CHECK_INT(rc, texts[i] ? OC_OK : OC_ECONNECT);
			CHECK_STR(text, texts[i]);
			free(text);
		}
		oc_llm_free(llm);
	}
}

TEST(llm_checks_its_arguments)
{
	struct oc_config cfg = config();
	struct oc_request req = request();
	struct oc_llm *llm;

	req.temperature = 2.5;
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_EARG);
	CHECK(!llm);
	CHECK_INT(oc_err_class(err.code), OC_CLASS_VALUE);
	req = request();
	cfg.base_url = "https://ollama.com";
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_ENOKEY);
	CHECK(!llm);
	CHECK_INT(oc_err_class(err.code), OC_CLASS_IMPORT);
	cfg.base_url = "http://example.org";
	cfg.api_key = "key";
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_ECONFIG);
	CHECK(!llm);
	cfg.key_in_clear = true;
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_OK);
	oc_llm_free(llm);
}

TEST(llm_fills_replies)
{
	struct oc_config cfg = config();
	struct oc_request req = request();
	struct oc_llm *llm;

	serve("body {\"id\":\"x-1\",\"choices\":[{\"message\":{\"content\":\"one\"},"
	      "\"finish_reason\":\"stop\"}],\"usage\":{\"total_tokens\":7}}\n"
	      "---\nsse\ndelta two\nfinish length\ndone\n");
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_OK);
	forget();
	CHECK_INT(oc_llm_complete(llm, oc_text_of("hi"), &reply, &err), OC_OK);
	CHECK_STR(reply.content, "one");
	CHECK_STR(reply.id, "x-1");
	CHECK_INT(reply.usage.total_tokens, 7);
	forget();
	CHECK_INT(oc_llm_stream(llm, oc_text_of("hi"), hear, &heard, &reply, &err), OC_OK);
	CHECK_STR(heard.content.p, "two");
	CHECK_STR(reply.finish_reason, "length");
	forget();
	CHECK_INT(oc_llm_complete(llm, oc_text_of(""), &reply, &err), OC_EDATA);
	oc_llm_free(llm);
}

TEST(a_stream_needs_a_sink)
{
	struct oc_config cfg = config();
	struct oc_request req = request();
	struct oc_llm *llm;

	serve("sse\ndelta one\ndone\n");
	forget();
	CHECK_INT(oc_stream(&cfg, &req, NULL, NULL, &reply, &err), OC_EARG);
	CHECK_STR(err.message, "there is no sink for the stream");
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, &err), OC_OK);
	forget();
	CHECK_INT(oc_llm_stream(llm, oc_text_of("hi"), NULL, NULL, &reply, &err), OC_EARG);
	CHECK_INT(oc_llm_generate_response_stream(llm, oc_text_of("hi"), NULL, NULL, NULL),
	          OC_EARG);
	oc_llm_free(llm);
}

TEST(a_configuration_that_was_not_initialised_is_refused)
{
	struct oc_config cfg = {0};
	struct oc_request req = request();
	struct oc_llm *llm;
	char **ids;

	cfg.base_url = config().base_url;
	serve("answer one\n");
	CHECK_INT(complete(&cfg, &req), OC_EARG);
	CHECK_STR(err.message, "the configuration is not oc_config_init()'s");
	forget();
	CHECK_INT(oc_stream(&cfg, &req, hear, NULL, &reply, NULL), OC_EARG);
	CHECK_INT(oc_llm_new(&cfg, &req, &llm, NULL), OC_EARG);
	CHECK_INT(oc_list_models(&cfg, &ids, NULL), OC_EARG);
}

TEST(structured_answers_are_checked)
{
	static const struct {
		const char *script;
		enum oc_format format;
		enum oc_code code;
	} rows[] = {
	        {"answer {\\\"a\\\":1}\n", OC_FORMAT_JSON_OBJECT, OC_OK},
	        {"answer [1]\n", OC_FORMAT_JSON_OBJECT, OC_EPROTO},
	        {"answer Sure: {}\n", OC_FORMAT_JSON_OBJECT, OC_EPROTO},
	        {"answer {\\\"a\\\":1}\n", OC_FORMAT_JSON_SCHEMA, OC_OK},
	        {"answer {\\\"a\\\":\\\"1\\\"}\n", OC_FORMAT_JSON_SCHEMA, OC_EPROTO},
	};
	struct oc_config cfg = config();
	struct oc_request req = request();

	req.schema = oc_text_of("{\"properties\":{\"a\":{\"type\":\"integer\"}}}");
	for (size_t i = 0; i < OC_COUNT(rows); i++) {

		serve(rows[i].script);
		req.format = rows[i].format;
		CHECK_INT(complete(&cfg, &req), rows[i].code);
		CHECK_INT(stream(&cfg, &req, 0), rows[i].code);
	}
}

TEST(models_are_listed)
{
	struct oc_config cfg = config();
	char **ids;

	forget();
	serve("body {\"data\":[{\"id\":\"b:1\"},{\"id\":\"a/x\"},{\"id\":\"b:1\"}]}\n");
	CHECK_INT(oc_list_models(&cfg, &ids, &err), OC_OK);
	CHECK_STR(ids[0], "a/x");
	CHECK_STR(ids[1], "b:1");
	CHECK(!ids[2]);
	oc_list_free(ids);
	serve("status 404\nbody 404 page not found\n---\nbody {\"models\":[{\"name\":\"c\"}]}\n");
	CHECK_INT(oc_list_models(&cfg, &ids, &err), OC_OK);
	CHECK_STR(ids[0], "c");
	CHECK_INT(err.code, OC_OK);
	CHECK_INT(err.http_status, 0);
	CHECK_STR(err.message, "");
	oc_list_free(ids);
	serve("status 401\nbody {\"error\":\"unauthorized\"}\n");
	CHECK_INT(oc_list_models(&cfg, &ids, &err), OC_EAUTH);
	CHECK(!ids);
	oc_list_free(ids);
}

TEST(models_have_one_deadline)
{
	struct oc_config cfg = config();
	char **ids;
	double started;

	serve("pause 2000\nstatus 404\nbody no\n---\nstall\n");
	cfg.max_time = 3; /* another one for the second request would be over after five */
	started = oc_now();
	CHECK_INT(oc_list_models(&cfg, &ids, &err), OC_ETIMEOUT);
	CHECK(strstr(err.message, "deadline"));
	CHECK(oc_now() - started < 5);
	oc_list_free(ids);
}

/* ---- without memory ----------------------------------------------------------------------- */

static int use_llm(void *ctx)
{
	static const struct oc_text image = {"\x89PNG\r\n\x1a\n", 8};
	static const char *const stop[] = {"a", "b"};
	struct oc_config cfg = config();
	struct oc_request req = request();
	struct oc_llm *llm;
	char *text;
	int64_t seed = 7;
	int rc;

	(void)ctx;
	cfg.api_key = "key";
	req.stop = stop;
	req.nstop = 2;
	req.seed = &seed;
	req.images = &image;
	req.nimages = 1;
	rc = oc_llm_new(&cfg, &req, &llm, &err);
	if (rc)
		return rc;
	rc = oc_llm_generate_response(llm, oc_text_of("hi"), &text, NULL, &err);
	free(text);
	oc_llm_free(llm);
	return rc;
}

static int gather_nothing(void *ctx, const struct oc_chunk *chunk)
{
	(void)ctx;
	(void)chunk;
	return 0;
}

static int use_stream(void *ctx)
{
	struct oc_config cfg = config();
	struct oc_request req = request();
	struct oc_reply got = {0};
	int rc = oc_stream(&cfg, &req, gather_nothing, ctx, &got, NULL);

	oc_reply_release(&got);
	return rc;
}

static int use_list(void *ctx)
{
	struct oc_config cfg = config();
	char **ids;
	int rc = oc_list_models(&cfg, &ids, NULL);

	(void)ctx;
	oc_list_free(ids);
	return rc;
}

TEST(memory_may_be_out_at_any_moment)
{
	serve("answer Hello\n");
	CHECK(fail_each_alloc(use_llm, NULL) > 10);
	serve("sse\ndelta a\ndelta b\nfinish stop\ndone\n");
	CHECK(fail_each_alloc(use_stream, NULL) > 10);
	serve("body {\"data\":[{\"id\":\"b\"},{\"id\":\"a\"}]}\n");
	CHECK(fail_each_alloc(use_list, NULL) > 10);
}
