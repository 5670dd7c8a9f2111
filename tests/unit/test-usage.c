/* SPDX-License-Identifier: MIT */
/* test-usage.c: records, their counts, what is no record, and the sums. */
#include "text/text.h"
#include "unit.h"

#include "fail-alloc.h"
#include "usage/meter.h"
#include "usage/price.h"
#include "usage/usage.h"

/* What a reader finds, as text: a line for each event. Every input is also read byte by byte. */
static char found[4096];

static void note(const struct oc_usage_reader *r, enum oc_usage_event event)
{
	size_t n = strlen(found);
	const struct oc_usage_record *record = &r->record;

	if (event == OC_USAGE_BAD)
		(void)snprintf(found + n, sizeof found - n,
		               "bad %" PRIu64 ":%" PRIu64 " %" PRIu64 "-%" PRIu64 " %s\n",
		               r->bad.line, r->bad.column, r->bad.first, r->bad.last,
		               r->bad.problem);
	else
		(void)snprintf(found + n, sizeof found - n,
		               "%" PRIu64 " %.*s %" PRId64 " %" PRId64 " %" PRId64 "%s%s%s%s\n",
		               record->line, (int)record->model.n,
		               record->model.n ? record->model.p : "", record->usage.input_tokens,
		               record->usage.output_tokens, record->usage.total_tokens,
		               record->unfit ? " unfit" : "", record->cached ? " cached" : "",
		               record->flaw ? " flaw " : "", record->flaw ? record->flaw : "");
}

static const char *read_in_steps(const char *input, size_t size, size_t step)
{
	struct oc_usage_reader r;
	enum oc_usage_event event;

	found[0] = '\0';
	CHECK_INT(oc_usage_init(&r, true, NULL), 0);
	for (size_t at = 0; at < size; at += step) {
		struct oc_text in = {input + at, size - at < step ? size - at : step};

		while ((event = oc_usage_next(&r, &in)) != OC_USAGE_MORE)
			note(&r, event);
	}
	while ((event = oc_usage_end(&r)) != OC_USAGE_MORE)
		note(&r, event);
	oc_usage_release(&r);
	return found;
}

static void check(const char *input, const char *want)
{
	size_t size = strlen(input);

	for (size_t step = 1; step < size; step++)
		CHECK_STR(read_in_steps(input, size, step), want);
	CHECK_STR(read_in_steps(input, size, size + 1), want);
}

TEST(five_kinds_of_record)
{
	check("{\"content\":\"hi\",\"model\":\"m\",\"usage\":{\"input_tokens\":3,\"output_tokens\":"
	      "4,"
	      "\"total_tokens\":7},\"finish_reason\":\"stop\",\"id\":null}\n",
	      "1 m 3 4 7\n");
	check("{\"time\":\"t\",\"tool\":\"oc-stream\",\"model\":\"m\",\"usage\":{\"input_tokens\":"
	      "3,"
	      "\"output_tokens\":4,\"total_tokens\":7},\"exit_status\":0,\"seconds\":0.25}\n",
	      "1 m 3 4 7\n");
	check("{\"custom_id\":\"a\",\"line\":1,\"content\":\"\",\"model\":\"m\",\"usage\":{"
	      "\"input_tokens\":3,\"output_tokens\":4,\"total_tokens\":7}}\n"
	      "{\"id\":\"b\",\"custom_id\":\"a\",\"response\":{\"status_code\":200,\"body\":{"
	      "\"model\":\"m\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,"
	      "\"total_tokens\":3}}},\"error\":null}",
	      "1 m 3 4 7\n2 m 1 2 3\n");
	check("{\"id\":\"x\",\"choices\":[{\"message\":{\"content\":\"\\\"usage\\\":{}\"}}],"
	      "\"model\":\"m\",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,"
	      "\"total_tokens\":7,\"prompt_tokens_details\":{\"cached_tokens\":2}}}",
	      "1 m 3 4 7\n");
	check("{\"content\":\"a\"}\n{\"reasoning\":\"b\"}\n{\"content\":\"c\"}\n"
	      "{\"model\":\"m\",\"usage\":{\"input_tokens\":3,\"output_tokens\":4,"
	      "\"total_tokens\":7},\"finish_reason\":\"stop\",\"id\":\"x\"}\n",
	      "4 m 3 4 7\n");
}

TEST(every_framing)
{
	check("", "");
	check("\n \r\n\t\n", "");
	check("\xef\xbb\xbf{\"model\":\"m\"}\r\n\r\n{\"model\":\"n\"}\r\n",
	      "1 m -1 -1 -1\n3 n -1 -1 -1\n");
	check("{\n  \"model\": \"m\",\n  \"usage\": {\n    \"input_tokens\": 1\n  }\n}\n"
	      "{\n  \"model\": \"n\"\n}\n",
	      "1 m 1 -1 -1\n7 n -1 -1 -1\n");
	check("[{\"model\":\"m\"},\n {\"model\":\"n\"}]\n[]{\"model\":\"o\"}",
	      "1 m -1 -1 -1\n2 n -1 -1 -1\n3 o -1 -1 -1\n");
	check("{\"model\":\"m\"}{\"model\":\"n\"}", "1 m -1 -1 -1\n1 n -1 -1 -1\n");
}

TEST(byte_order_marks_of_several_files)
{
	check("\xef\xbb\xbf{\"model\":\"m\"}\n\xef\xbb\xbf{\"model\":\"n\"}\n",
	      "1 m -1 -1 -1\n2 n -1 -1 -1\n");
	check("{\"model\":\"m\"}\xef\xbb\xbf\n{\"model\":\"n\"}", "1 m -1 -1 -1\n2 n -1 -1 -1\n");
	check("\xef\xbb\xbf", "");
	check("bad\n\xef\xbb\xbf{\"model\":\"n\"}", "bad 1:1 1-1 a value expected\n2 n -1 -1 -1\n");
	check("\xef\xbb{\"model\":\"n\"}", "bad 1:3 1-1 a value expected\n");
	check("[\xef\xbb\xbf{\"model\":\"n\"}]", "bad 1:2 1-1 a value expected\n");
	check("\xef\xbb", "bad 1:3 1-1 the text ends too early\n");
}

TEST(answers_that_were_repeated)
{
	check("{\"model\":\"m\",\"cached\":true,\"usage\":{\"total_tokens\":9}}",
	      "1 m -1 -1 9 cached\n");
	check("{\"cached\":false}{\"cached\":null}{\"cached\":1}{\"cached\":\"true\"}",
	      "1  -1 -1 -1\n1  -1 -1 -1\n1  -1 -1 -1\n1  -1 -1 -1\n");
	check("{\"cached\":true,\"cached\":false}", "1  -1 -1 -1\n");
	check("{\"usage\":{\"cached\":true},\"x\":{\"cached\":true}}", "1  -1 -1 -1\n");
}

TEST(a_cut_stream_is_a_record_without_counts)
{
	check("{\"content\":\"a\"}\n{\"content\":\"b\"}\n", "2  -1 -1 -1\n");
	check("{\"content\":\"a\"}\n{\"error\":\"gone\"}\n", "2  -1 -1 -1\n");
}

TEST(what_is_not_known_is_not_guessed)
{
	check("{}", "1  -1 -1 -1\n");
	check("{\"model\":null,\"usage\":null}", "1  -1 -1 -1\n");
	check("{\"model\":\"\",\"usage\":{}}", "1  -1 -1 -1\n");
	check("{\"usage\":{\"input_tokens\":5,\"output_tokens\":null}}", "1  5 -1 -1\n");
	check("{\"usage\":{\"input_tokens\":5,\"output_tokens\":6}}", "1  5 6 11\n");
	check("{\"usage\":{\"total_tokens\":9}}", "1  -1 -1 9\n");
	check("{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6,\"total_tokens\":20}}",
	      "1  5 6 20\n");
	check("{\"custom_id\":\"a\",\"line\":2,\"error\":{\"status\":75,\"message\":\"later\"}}",
	      "1  -1 -1 -1\n");
	check("{\"response\":null,\"error\":{\"code\":\"batch_expired\"}}", "1  -1 -1 -1\n");
	check("{\"response\":{\"status_code\":500,\"body\":null}}", "1  -1 -1 -1\n");
}

TEST(numbers_are_exact)
{
	check("{\"usage\":{\"input_tokens\":12.0,\"output_tokens\":1e3}}", "1  12 1000 1012\n");
	check("{\"usage\":{\"input_tokens\":9223372036854775807,\"output_tokens\":1}}",
	      "1  9223372036854775807 1 -1 unfit\n");
	check("{\"usage\":{\"input_tokens\":9223372036854775807,\"output_tokens\":1,"
	      "\"total_tokens\":1}}",
	      "1  9223372036854775807 1 1\n");
	check("{\"usage\":{\"input_tokens\":-0}}", "1  0 -1 -1\n");
}

TEST(impossible_values_are_flaws)
{
	check("{\"usage\":{\"input_tokens\":-1}}", "1  -1 -1 -1 flaw input_tokens\n");
	check("{\"usage\":{\"prompt_tokens\":1.5}}", "1  -1 -1 -1 flaw prompt_tokens\n");
	check("{\"usage\":{\"output_tokens\":\"7\"}}", "1  -1 -1 -1 flaw output_tokens\n");
	check("{\"usage\":{\"total_tokens\":9223372036854775808}}",
	      "1  -1 -1 -1 flaw total_tokens\n");
	check("{\"usage\":{\"input_tokens\":[1]}}", "1  -1 -1 -1 flaw input_tokens\n");
	check("{\"usage\":{\"input_tokens\":{\"input_tokens\":1}}}",
	      "1  -1 -1 -1 flaw input_tokens\n");
	check("{\"usage\":{\"input_tokens\":true}}", "1  -1 -1 -1 flaw input_tokens\n");
	check("{\"usage\":7}", "1  -1 -1 -1 flaw usage\n");
	check("{\"model\":7}", "1  -1 -1 -1 flaw model\n");
}

TEST(nothing_counts_twice)
{
	/* The last of several members of one name. */
	check("{\"usage\":{\"input_tokens\":1},\"model\":\"m\",\"usage\":{\"output_tokens\":2},"
	      "\"model\":\"n\"}",
	      "1 n -1 2 -1\n");
	check("{\"usage\":{\"input_tokens\":1,\"input_tokens\":null}}", "1  -1 -1 -1\n");
	/* Both spellings of one count. */
	check("{\"usage\":{\"prompt_tokens\":1,\"input_tokens\":2,\"completion_tokens\":3}}",
	      "1  2 3 5\n");
	/* A record and the body in it. */
	check("{\"model\":\"m\",\"usage\":{\"input_tokens\":1},\"response\":{\"body\":{\"model\":"
	      "\"n\","
	      "\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":3}}}}",
	      "1 n 2 3 5\n");
	/* Members of the same names elsewhere. */
	check("{\"choices\":[{\"usage\":{\"input_tokens\":1},\"model\":\"x\"}],\"body\":{\"usage\":"
	      "{"
	      "\"input_tokens\":2}},\"response\":{\"usage\":{\"input_tokens\":3}}}",
	      "1  -1 -1 -1\n");
}

TEST(escapes_are_decoded)
{
	check("{\"m\\u006fdel\":\"a\\/"
	      "\\u00e9\\ud83d\\ude00\",\"\\u0075sage\":{\"\\u0069nput_tokens\":"
	      "1}}",
	      "1 a/\xc3\xa9\xf0\x9f\x98\x80 1 -1 -1\n");
}

TEST(bad_lines_are_named_and_the_rest_is_read)
{
	check("oops\n{\"model\":\"m\"}\n", "bad 1:1 1-1 a value expected\n2 m -1 -1 -1\n");
	check("{\"model\":\"m\"}\n{\"model\":\"n\n{\"model\":\"o\"}\n",
	      "1 m -1 -1 -1\nbad 2:12 2-2 control character in a string\n3 o -1 -1 -1\n");
	/* A write that was torn between two members. */
	check("{\"model\":\"m\",\n{\"model\":\"n\"}\n",
	      "bad 1:0 1-1 the line ends too early\n2 n -1 -1 -1\n");
	check("{\"model\":\"m\"} x {\"model\":\"n\"}\n{\"model\":\"o\"}",
	      "1 m -1 -1 -1\nbad 1:15 1-1 a value expected\n2 o -1 -1 -1\n");
	check("{\"model\":\"m\"", "bad 1:13 1-1 the text ends too early\n");
	check("{\"a\":tru}\n", "bad 1:9 1-1 a value expected\n");
	check("\xef\xbb{}\n{}", "bad 1:3 1-1 a value expected\n2  -1 -1 -1\n");
}

TEST(a_bad_document_is_lost_as_a_whole)
{
	check("{\n  \"model\": \"m\",\n  oops,\n  \"usage\": {\n  }\n}\n{\"model\":\"n\"}\n",
	      "bad 3:3 1-6 a name in quotes expected\n7 n -1 -1 -1\n");
	check("[\n  {\"model\":\"m\"},\n  {\"model\":01},\n  {\"model\":\"n\"}\n]\n{}\n",
	      "2 m -1 -1 -1\nbad 3:13 3-5 \",\" or \"}\" expected\n6  -1 -1 -1\n");
}

TEST(values_that_are_no_records)
{
	check("7\n\"x\"\n{}", "bad 1:0 1-1 an object expected\n"
	                      "bad 2:0 2-2 an object expected\n3  -1 -1 -1\n");
	check("[null, [{\"model\":\"m\"}], {\"model\":\"n\"}]",
	      "bad 1:0 1-1 an object expected\n"
	      "bad 1:0 1-1 an object expected\n1 n -1 -1 -1\n");
}

TEST(long_texts_need_no_memory)
{
	static const char tail[] = "\",\"model\":\"m\",\"usage\":{\"input_tokens\":1}}";
	char name[400];
	char input[8192];

	memset(input, 'x', sizeof input);
	memcpy(input, "{\"content\":\"", 12);
	memcpy(input + sizeof input - sizeof tail, tail, sizeof tail);
	check(input, "1 m 1 -1 -1\n");
	memset(name, 'm', sizeof name);
	name[257] = '\0';
	(void)snprintf(input, sizeof input, "{\"model\":\"%s\"}", name);
	check(input, "1  -1 -1 -1 flaw model\n");
	name[256] = '\0';
	(void)snprintf(input, sizeof input, "{\"model\":\"%s\"}", name);
	CHECK_INT(strlen(read_in_steps(input, strlen(input), 100)), 2 + 256 + 10);
}

/* Reads and adds up a name in plain letters; names with escapes are decoded in memory of their
 * own. */
static int read_and_add(void *ctx)
{
	struct oc_text in = oc_text_of(ctx);
	struct oc_usage_reader r;
	struct oc_meter m;
	int rc = oc_usage_init(&r, true, NULL);

	if (rc)
		return rc;
	oc_meter_init(&m);
	while (!rc && oc_usage_next(&r, &in) == OC_USAGE_RECORD)
		rc = oc_meter_add(&m, &r.record, NULL);
	oc_meter_release(&m);
	oc_usage_release(&r);
	return rc;
}

TEST(survives_without_memory)
{
	char input[] = "{\"model\":\"m\"}\n{\"model\":\"n\"}\n";

	CHECK(fail_each_alloc(read_and_add, input) > 0);
}

static struct oc_usage_record record(const char *model, int64_t input, int64_t output,
                                     int64_t total)
{
	return (struct oc_usage_record){
	        .model = {model, strlen(model)},
	        .usage = {input, output, total},
	};
}

static void add(struct oc_meter *m, const char *model, int64_t input, int64_t output, int64_t total)
{
	struct oc_usage_record r = record(model, input, output, total);

	CHECK_INT(oc_meter_add(m, &r, NULL), 0);
}

TEST(rows_are_sorted_and_summed)
{
	struct oc_meter m;

	oc_meter_init(&m);
	add(&m, "phi4", 1, 2, 3);
	add(&m, "", 4, 5, 9);
	add(&m, "gemma2", 10, 20, 30);
	add(&m, "phi4", 100, -1, -1);
	add(&m, "gemma", 0, 0, 0);
	oc_meter_sort(&m);
	CHECK_INT(m.nrows, 4);
	CHECK_STR(m.rows[0].model.p, "gemma");
	CHECK_STR(m.rows[1].model.p, "gemma2");
	CHECK_STR(m.rows[2].model.p, "phi4");
	CHECK_INT(m.rows[3].model.n, 0);
	CHECK_INT(m.rows[0].records, 1);
	CHECK_INT(m.rows[0].uncounted, 0);
	CHECK_INT(m.rows[2].records, 2);
	CHECK_INT(m.rows[2].uncounted, 1);
	CHECK_INT(m.rows[2].usage.input_tokens, 101);
	CHECK_INT(m.rows[2].usage.output_tokens, 2);
	CHECK_INT(m.total.records, 5);
	CHECK_INT(m.total.uncounted, 1);
	CHECK_INT(m.total.usage.input_tokens, 115);
	CHECK_INT(m.total.usage.output_tokens, 27);
	CHECK_INT(m.total.usage.total_tokens, 42);
	oc_meter_release(&m);
}

TEST(sums_that_do_not_fit_are_refused)
{
	struct oc_usage_record r = record("m", 0, 1, 1);
	struct oc_meter m;
	struct oc_err err = {0};

	oc_meter_init(&m);
	add(&m, "m", 0, INT64_MAX, INT64_MAX - 1);
	CHECK_INT(oc_meter_add(&m, &r, &err), OC_EDATA);
	CHECK_STR(err.message, "the sum of the tokens does not fit in 64 bits");
	CHECK_INT(m.total.records, 1);
	CHECK_INT(m.rows[0].records, 1);
	CHECK_INT(m.rows[0].usage.output_tokens, INT64_MAX);
	r = record("m", 1, 0, -1);
	r.unfit = true;
	CHECK_INT(oc_meter_add(&m, &r, &err), OC_EDATA);
	CHECK_INT(m.total.records, 1);
	oc_meter_release(&m);
}

TEST(what_was_repeated_cost_nothing)
{
	struct oc_usage_record r = record("m", INT64_MAX, INT64_MAX, -1);
	struct oc_meter m;

	oc_meter_init(&m);
	add(&m, "m", 1, 2, 3);
	r.unfit = r.cached = true;
	CHECK_INT(oc_meter_add(&m, &r, NULL), 0);
	CHECK_INT(m.nrows, 1);
	CHECK_INT(m.rows[0].records, 1);
	CHECK_INT(m.rows[0].cached, 1);
	CHECK_INT(m.total.cached, 1);
	CHECK_INT(m.total.usage.total_tokens, 3);
	CHECK_INT(m.total.uncounted, 0);
	oc_meter_release(&m);
}

TEST(models_beyond_the_limit_share_a_row)
{
	struct oc_meter m;
	char name[16];

	oc_meter_init(&m);
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof name, "m%04d", i);
		add(&m, name, 1, 0, 1);
	}
	add(&m, "m0000", 1, 0, 1);
	oc_meter_sort(&m);
	CHECK_INT(m.nrows, 4097);
	CHECK_STR(m.rows[0].model.p, "(other models)");
	CHECK_INT(m.rows[0].records, 904);
	CHECK_STR(m.rows[1].model.p, "m0000");
	CHECK_INT(m.rows[1].records, 2);
	CHECK_INT(m.total.records, 5001);
	oc_meter_release(&m);
}

static const char *cost(const char *prices, int64_t input, int64_t output, int decimals)
{
	static char text[OC_COST_TEXT_MAX];
	struct oc_price price;
	struct oc_cost amount;

	if (!oc_price_parse(prices, &price))
		return "bad price";
	if (!oc_price_cost(&price, input, output, &amount))
		return "too large";
	(void)oc_cost_text(&amount, decimals, text);
	return text;
}

TEST(costs_are_exact)
{
	CHECK_STR(cost("0.15:0.6", 1000000, 1000000, 2), "0.75");
	CHECK_STR(cost("0.15:0.6", 1, 0, 2), "0.00000015");
	CHECK_STR(cost("0.000001:0", 1, 0, 2), "0.000000000001");
	CHECK_STR(cost("3:15", 0, 0, 2), "0.00");
	CHECK_STR(cost("3:15", 1234567, 7654321, 2), "118.518516");
	CHECK_STR(cost("3:15", 1000000, 0, 0), "3");
	CHECK_STR(cost("3:15", 1000000, 0, 4), "3.0000");
	CHECK_STR(cost("0.1:0.2", 1500000, 1500000, 2), "0.45");
	CHECK_STR(cost("1000000:0", INT64_C(9000000000000), 0, 2), "9000000000000.00");
	CHECK_STR(cost("1000000:0", INT64_C(9300000000000), 0, 2), "too large");
	CHECK_STR(cost("0:1000000", 0, INT64_MAX, 2), "too large");
}

TEST(prices_are_checked)
{
	static const char *const bad[] = {
	        "",      "1",     ":",         "1:",          ":1",    "1:2:3",
	        "-1:2",  "1:2 ",  " 1:2",      "1.:2",        ".5:1",  "1e3:1",
	        "1,5:1", "0x1:1", "1000001:1", "1:0.0000001", "nan:1", "99999999999999999999:1"};

	for (size_t i = 0; i < OC_COUNT(bad); i++)
		CHECK_STR(cost(bad[i], 1, 1, 2), "bad price");
	CHECK_STR(cost("1000000:0.000001", 0, 0, 2), "0.00");
}
