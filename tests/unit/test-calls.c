/* SPDX-License-Identifier: MIT */
/* test-calls.c: calls of tools, as servers send them: whole, in fragments, one or several. */
#include "compat.h"

#include "answer/calls.h"
#include "answer/draft.h"
#include "fail-alloc.h"
#include "unit.h"

enum { DELTAS_MAX = 8 };

struct row {
	const char *name;
	const char *deltas[DELTAS_MAX];
	const char *lines; /* how they come out */
};

#define CALLS(calls) "{\"tool_calls\":[" calls "]}"
#define LINE(id, name, arguments) \
	"{\"id\":\"" id "\",\"name\":\"" name "\",\"arguments\":" arguments "}\n"

/* What servers send, from their sources and from reports (docs/QUIRKS.md). */
static const struct row rows[] = {
        {"OpenAI: by index, the id and the name once",
         {CALLS("{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                "\"arguments\":\"\"}}"),
          CALLS("{\"index\":0,\"function\":{\"arguments\":\"{\\\"x\\\"\"}}"),
          CALLS("{\"index\":0,\"function\":{\"arguments\":\":1}\"}}")},
         LINE("a", "f", "{\"x\":1}")},
        {"parallel and interleaved",
         {CALLS("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}},"
                "{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"\"}}"),
          CALLS("{\"index\":1,\"function\":{\"arguments\":\"[2\"}}"),
          CALLS("{\"index\":0,\"function\":{\"arguments\":\"{}\"}},"
                "{\"index\":1,\"function\":{\"arguments\":\"]\"}}")},
         LINE("a", "f", "{}") LINE("b", "g", "[2]")},
        {"Ollama: whole in one delta",
         {CALLS("{\"id\":\"call_x\",\"index\":0,\"type\":\"function\",\"function\":{\"name\":"
                "\"f\",\"arguments\":\"{\\\"s\\\":\\\"\\\\u003c\\\"}\"}}"),
          CALLS("{\"id\":\"call_y\",\"index\":1,\"type\":\"function\",\"function\":{\"name\":"
                "\"f\",\"arguments\":\"{}\"}}")},
         LINE("call_x", "f", "{\"s\":\"\\u003c\"}") LINE("call_y", "f", "{}")},
        {"arguments as an object",
         {CALLS("{\"function\":{\"name\":\"f\",\"arguments\":{\"x\": [1]}}}")},
         LINE("call_1", "f", "{\"x\": [1]}")},
        {"llama.cpp: the id and the name in every fragment",
         {CALLS("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}"),
          CALLS("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"}\"}}")},
         LINE("a", "f", "{}")},
        {"the name in every fragment, the last one empty",
         {CALLS("{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\"}}"),
          CALLS("{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"\\\"}\\\"}\"}}"),
          CALLS("{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"\"}}")},
         LINE("call_1", "f", "{\"a\":\"}\"}")},
        {"an id of its own in every fragment, as vLLM once did",
         {CALLS("{\"index\":0,\"id\":\"1\",\"function\":{\"name\":\"f\"}}"),
          CALLS("{\"index\":0,\"id\":\"2\",\"function\":{\"arguments\":\"{\"}}"),
          CALLS("{\"index\":0,\"id\":\"3\",\"function\":{\"arguments\":\"}\"}}")},
         LINE("1", "f", "{}")},
        {"Gemini: one index for all, with ids",
         {CALLS("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"),
          CALLS("{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}")},
         LINE("a", "f", "{}") LINE("b", "f", "{}")},
        {"one index for all, and empty ids",
         {CALLS("{\"index\":0,\"id\":\"\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"),
          CALLS("{\"index\":0,\"id\":\"\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"),
          CALLS("{\"index\":0,\"id\":\"\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}")},
         LINE("call_1", "f", "{}") LINE("call_2", "f", "{}") LINE("call_3", "g", "{}")},
        {"one index for all, in one delta",
         {CALLS("{\"index\":0,\"function\":{\"name\":\"f\"}},{\"index\":0,\"function\":{\"name\":"
                "\"f\"}}")},
         LINE("call_1", "f", "{}") LINE("call_2", "f", "{}")},
        {"no index: by id",
         {CALLS("{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}"),
          CALLS("{\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"[\"}}"),
          CALLS("{\"id\":\"a\",\"function\":{\"arguments\":\"}\"}}"),
          CALLS("{\"id\":\"b\",\"function\":{\"arguments\":\"]\"}}")},
         LINE("a", "f", "{}") LINE("b", "g", "[]")},
        {"neither index nor id: the last one goes on",
         {CALLS("{\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}"),
          CALLS("{\"function\":{\"arguments\":\"}\"}}"),
          CALLS("{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"),
          CALLS("{\"function\":{\"name\":\"g\",\"arguments\":null}}")},
         LINE("call_1", "f", "{}") LINE("call_2", "f", "{}") LINE("call_3", "g", "{}")},
        {"no arguments, or blank ones, are none",
         {CALLS("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\"}},"
                "{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":null}},"
                "{\"index\":2,\"id\":\"c\",\"function\":{\"name\":\"h\",\"arguments\":\" \\n\"}}")},
         LINE("a", "f", "{}") LINE("b", "g", "{}") LINE("c", "h", "{}")},
        {"an empty object stands for what is to come, as behind some proxies of Anthropic",
         {CALLS("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"),
          CALLS("{\"index\":0,\"function\":{\"arguments\":\"{\\\"x\\\":\"}}"),
          CALLS("{\"index\":0,\"function\":{\"arguments\":\"1}\"}}")},
         LINE("a", "f", "{\"x\":1}")},
        {"a call that is said twice",
         {CALLS("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"),
          CALLS("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}")},
         LINE("a", "f", "{}")},
        {"arguments that are no JSON are a string",
         {CALLS("{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\"}},"
                "{\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"{}}\"}}")},
         LINE("a", "f", "\"{\\\"x\"") LINE("b", "g", "\"{}}\"")},
        {"arguments over several lines are one",
         {CALLS("{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\n\\\"x\\\":\\r\\n1}"
                "\\n\"}}")},
         LINE("a", "f", "{ \"x\":  1}")},
        {"the form before that",
         {"{\"function_call\":{\"name\":\"f\",\"arguments\":\"{\"}}",
          "{\"function_call\":{\"arguments\":\"}\"}}",
          "{\"tool_calls\":[],\"function_call\":null}"},
         LINE("call_1", "f", "{}")},
        {"both forms say the same",
         {"{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}],"
          "\"function_call\":{\"name\":\"f\",\"arguments\":\"{}\"}}"},
         LINE("a", "f", "{}")},
        {"what has no name is no call",
         {CALLS("{\"id\":\"a\"},null,{\"id\":\"b\",\"function\":{\"name\":\"\"}},"
                "{\"id\":\"c\",\"function\":{\"name\":\"f\"}}")},
         LINE("c", "f", "{}")},
        {"half a character at the end",
         {CALLS("{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"\\ud83d\"}}")},
         LINE("a", "f", "\"\xef\xbf\xbd\"")},
};

static int parse(struct oc_json *j, const char *text)
{
	return oc_json_parse(j, text, strlen(text), NULL);
}

/* The row's calls, as they come out. OC_ENOMEM where memory is out. */
static int run(const struct row *row, bool whole, struct oc_buf *lines)
{
	struct oc_draft draft;
	struct oc_reply reply = {0};
	struct oc_jsonw w;
	struct oc_json j;
	int rc = 0;

	oc_json_init(&j);
	oc_draft_init(&draft, 100000, false);
	for (size_t i = 0; !rc && i < DELTAS_MAX && row->deltas[i]; i++) {
		rc = parse(&j, row->deltas[i]);
		if (!rc)
			(whole ? oc_draft_add_whole : oc_draft_add)(&draft, &j, 0);
	}
	oc_draft_end(&draft);
	if (!rc)
		rc = oc_draft_check(&draft, NULL);
	if (!rc)
		rc = oc_draft_take_calls(&draft, &reply, NULL);
	oc_jsonw_init(&w, lines);
	if (!rc)
		oc_calls_list(&w, (struct oc_text){reply.tool_calls, reply.tool_calls_len}, true);
	free(reply.tool_calls);
	oc_draft_release(&draft);
	oc_json_release(&j);
	return rc ? rc : (int)lines->bad;
}

static void check(const struct row *row, bool whole)
{
	struct oc_buf lines = {0};

	printf("# %s\n", row->name);
	oc_buf_init(&lines, 100000);
	CHECK_INT(run(row, whole, &lines), 0);
	CHECK_STR(lines.p, row->lines);
	oc_buf_release(&lines);
}

TEST(fragments_are_joined)
{
	for (size_t i = 0; i < OC_COUNT(rows); i++)
		check(&rows[i], false);
}

/* A message says all at once, and what it says again is no more than that. */
TEST(whole_messages)
{
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		if (!rows[i].deltas[1])
			check(&rows[i], true);
	}
}

TEST(the_form_that_is_sent_back)
{
	static const char *const google = "{\"google\":{\"thought_signature\":\"s\"}}";
	struct oc_calls calls;
	struct oc_buf out = {0};
	struct oc_json j;
	char text[400];

	(void)snprintf(text, sizeof text,
	               "[{\"id\":\"a\\u0001\",\"extra_content\":%s,\"function\":{\"name\":\"f\","
	               "\"arguments\":\"{\\\"x\\\": 1}\"}},{\"function\":{\"name\":\"g\"}}]",
	               google);
	oc_json_init(&j);
	oc_buf_init(&out, 1000);
	oc_calls_init(&calls, 1000);
	CHECK_INT(parse(&j, text), 0);
	oc_calls_add(&calls, &j, 0);
	oc_calls_put(&calls, &out);
	CHECK_STR(out.p, "[{\"id\":\"a\\u0001\",\"type\":\"function\",\"function\":{\"name\":\"f\","
	                 "\"arguments\":\"{\\\"x\\\": 1}\"},\"extra_content\":{\"google\":{"
	                 "\"thought_signature\":\"s\"}}},{\"id\":\"call_2\",\"type\":\"function\","
	                 "\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]");
	oc_calls_release(&calls);
	oc_buf_release(&out);
	oc_json_release(&j);
}

static void add(struct oc_calls *calls, const char *text)
{
	struct oc_json j;

	oc_json_init(&j);
	CHECK_INT(parse(&j, text), 0);
	oc_calls_add(calls, &j, 0);
	oc_json_release(&j);
}

TEST(ceilings)
{
	struct oc_calls calls;
	char text[100];

	oc_calls_init(&calls, 40); /* 3 for the name, 9 for the arguments */
	for (int i = 0; i < 4; i++) {
		CHECK_INT(calls.bad, OC_OK);
		add(&calls,
		    "[{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"1234567\"}}]");
	}
	CHECK_INT(calls.bad, OC_EPROTO);
	oc_calls_release(&calls);
	oc_calls_init(&calls, SIZE_MAX);
	for (int i = 0; i <= OC_CALLS_MAX; i++) {
		CHECK(!calls.too_many);
		(void)snprintf(text, sizeof text, "[{\"index\":%d,\"function\":{\"name\":\"f\"}}]",
		               i);
		add(&calls, text);
	}
	CHECK(calls.too_many);
	CHECK_INT(calls.n, OC_CALLS_MAX);
	oc_calls_release(&calls);
}

TEST(some_names_of_many)
{
	struct oc_calls calls;
	char names[10];

	oc_calls_init(&calls, 1000);
	oc_calls_names(&calls, names, sizeof names);
	CHECK_STR(names, "");
	CHECK(!oc_calls_are(&calls));
	add(&calls, "[{\"id\":\"x\"}]");
	CHECK(!oc_calls_are(&calls) && calls.n > 0);
	add(&calls, "[{\"function\":{\"name\":\"ab\"}},{\"function\":{\"name\":\"toolong\"}},"
	            "{\"function\":{\"name\":\"cde\"}},{\"function\":{\"name\":\"f\"}}]");
	CHECK(oc_calls_are(&calls));
	oc_calls_names(&calls, names, sizeof names);
	CHECK_STR(names, "ab, cde");
	oc_calls_release(&calls);
}

static int run_row(void *ctx)
{
	struct oc_buf lines = {0};
	int rc;

	oc_buf_init(&lines, 100000);
	rc = run(ctx, false, &lines);
	oc_buf_release(&lines);
	return rc;
}

TEST(survives_without_memory)
{
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct row row = rows[i];

		printf("# %s\n", row.name);
		CHECK(fail_each_alloc(run_row, &row) > 5);
	}
}
