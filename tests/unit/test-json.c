/* SPDX-License-Identifier: MIT */
/* test-json.c: parsed JSON documents. What is JSON at all is for test-grammar.c. */
#include "unit.h"

#include <limits.h>

#include "fail-alloc.h"
#include "json/json.h"

static void parse(struct oc_json *j, const char *text)
{
	CHECK_INT(oc_json_parse(j, text, strlen(text), NULL), 0);
}

static void check_raw(const struct oc_json *j, int at, const char *want)
{
	struct oc_text raw = oc_json_raw(j, at);

	CHECK_MEM(raw.p, raw.n, want, strlen(want));
}

TEST(tells_types_and_raw_text)
{
	static const struct {
		const char *text;
		enum oc_json_type type;
		const char *raw;
	} cases[] = {
	        {" null", OC_JSON_NULL, "null"},
	        {"true\n", OC_JSON_TRUE, "true"},
	        {"false", OC_JSON_FALSE, "false"},
	        {"\xef\xbb\xbf -1.5e3 ", OC_JSON_NUMBER, "-1.5e3"},
	        {"0", OC_JSON_NUMBER, "0"},
	        {" \"a\\n\" ", OC_JSON_STRING, "\"a\\n\""},
	        {"\"\"", OC_JSON_STRING, "\"\""},
	        {" [1, 2] ", OC_JSON_ARRAY, "[1, 2]"},
	        {"[]", OC_JSON_ARRAY, "[]"},
	        {" {\"a\" : 1} ", OC_JSON_OBJECT, "{\"a\" : 1}"},
	        {"{}", OC_JSON_OBJECT, "{}"},
	};
	struct oc_json j;

	oc_json_init(&j);
	for (size_t i = 0; i < OC_COUNT(cases); i++) {
		parse(&j, cases[i].text);
		CHECK_INT(oc_json_type(&j, 0), cases[i].type);
		check_raw(&j, 0, cases[i].raw);
	}
	oc_json_release(&j);
}

TEST(gets_members)
{
	struct oc_json j;

	oc_json_init(&j);
	parse(&j, "{\"a\":1,\"b\":{\"a\":2,\"c\":[{\"a\":3},{\"a\":[]}]},\"a\\\\n\":4,"
	          "\"\\u0063\\u006f\":5,\"\":6,\"\\ud83d\\ude00\":7,\"\\u0000\":8,\"last\":9}");
	check_raw(&j, oc_json_get(&j, 0, "a"), "1");
	check_raw(&j, oc_json_get(&j, oc_json_get(&j, 0, "b"), "a"), "2");
	check_raw(&j, oc_json_get(&j, 0, "a\\n"), "4");
	check_raw(&j, oc_json_get(&j, 0, "co"), "5");
	check_raw(&j, oc_json_get(&j, 0, ""), "6");
	check_raw(&j, oc_json_get(&j, 0, "\xf0\x9f\x98\x80"), "7");
	check_raw(&j, oc_json_get(&j, 0, "last"), "9");
	CHECK_INT(oc_json_get(&j, 0, "c"), OC_JSON_NONE);
	CHECK_INT(oc_json_get(&j, 0, "\\u0063\\u006f"), OC_JSON_NONE);
	CHECK_INT(oc_json_get(&j, 0, "a\\\\n"), OC_JSON_NONE);
	CHECK_INT(oc_json_get(&j, 0, "las"), OC_JSON_NONE);
	CHECK_INT(oc_json_get(&j, 0, "lastt"), OC_JSON_NONE);
	parse(&j, "{\"key\":\"a\"}");
	CHECK_INT(oc_json_get(&j, 0, "a"), OC_JSON_NONE);
	parse(&j, "[\"a\",1]");
	CHECK_INT(oc_json_get(&j, 0, "a"), OC_JSON_NONE);
	parse(&j, "{}");
	CHECK_INT(oc_json_get(&j, 0, "a"), OC_JSON_NONE);
	oc_json_release(&j);
}

TEST(lets_the_last_of_equal_names_count)
{
	struct oc_json j;

	oc_json_init(&j);
	parse(&j, "{\"a\":1,\"b\":2,\"\\u0061\":[3],\"c\":{\"a\":4}}");
	check_raw(&j, oc_json_get(&j, 0, "a"), "[3]");
	parse(&j, "{\"\\u0061\":{\"x\":1},\"a\":2}");
	check_raw(&j, oc_json_get(&j, 0, "a"), "2");
	oc_json_release(&j);
}

TEST(gets_several_members_at_once)
{
	static const char *const names[] = {"c", "a", "", "none", "aa", "a", "\xc3\xa9"};
	int values[OC_COUNT(names)];
	struct oc_json j;

	oc_json_init(&j);
	parse(&j, "{\"a\":1,\"\":2,\"aa\":{\"c\":0},\"\\u0063\":[3],\"a\":4,\"\\u00e9\":5}");
	oc_json_members(&j, 0, names, OC_COUNT(names), values);
	check_raw(&j, values[0], "[3]");
	check_raw(&j, values[1], "4");
	check_raw(&j, values[2], "2");
	CHECK_INT(values[3], OC_JSON_NONE);
	check_raw(&j, values[4], "{\"c\":0}");
	check_raw(&j, values[5], "4");
	check_raw(&j, values[6], "5");
	oc_json_members(&j, values[0], names, OC_COUNT(names), values);
	for (size_t i = 0; i < OC_COUNT(names); i++)
		CHECK_INT(values[i], OC_JSON_NONE);
	oc_json_release(&j);
}

TEST(counts_items)
{
	struct oc_json j;
	int inner;

	oc_json_init(&j);
	parse(&j, "[[1,[2]],{\"a\":[3]},\"x\",[],4]");
	check_raw(&j, oc_json_item(&j, 0, 0), "[1,[2]]");
	check_raw(&j, oc_json_item(&j, 0, 1), "{\"a\":[3]}");
	check_raw(&j, oc_json_item(&j, 0, 2), "\"x\"");
	check_raw(&j, oc_json_item(&j, 0, 3), "[]");
	check_raw(&j, oc_json_item(&j, 0, 4), "4");
	CHECK_INT(oc_json_item(&j, 0, 5), OC_JSON_NONE);
	CHECK_INT(oc_json_item(&j, 0, SIZE_MAX), OC_JSON_NONE);
	inner = oc_json_item(&j, 0, 0);
	check_raw(&j, oc_json_item(&j, inner, 1), "[2]");
	CHECK_INT(oc_json_item(&j, inner, 2), OC_JSON_NONE);
	CHECK_INT(oc_json_item(&j, oc_json_item(&j, 0, 3), 0), OC_JSON_NONE);
	CHECK_INT(oc_json_item(&j, oc_json_item(&j, 0, 1), 0), OC_JSON_NONE);
	oc_json_release(&j);
}

TEST(walks_arrays_and_objects)
{
	struct oc_json j;
	int at;

	oc_json_init(&j);
	parse(&j, "{\"a\":[1,{\"x\":[]},[2]],\"b\":{},\"a\":\"s\"}");
	at = oc_json_first(&j, 0);
	check_raw(&j, at, "\"a\"");
	check_raw(&j, oc_json_value(&j, at), "[1,{\"x\":[]},[2]]");
	at = oc_json_next(&j, 0, at);
	check_raw(&j, at, "\"b\"");
	check_raw(&j, oc_json_value(&j, at), "{}");
	CHECK_INT(oc_json_first(&j, oc_json_value(&j, at)), OC_JSON_NONE);
	at = oc_json_next(&j, 0, at);
	check_raw(&j, at, "\"a\"");
	check_raw(&j, oc_json_value(&j, at), "\"s\"");
	CHECK_INT(oc_json_next(&j, 0, at), OC_JSON_NONE);
	CHECK_INT(oc_json_value(&j, oc_json_value(&j, at)), OC_JSON_NONE);

	at = oc_json_value(&j, oc_json_first(&j, 0));
	CHECK_INT(oc_json_value(&j, at), OC_JSON_NONE);
	check_raw(&j, oc_json_first(&j, at), "1");
	check_raw(&j, oc_json_next(&j, at, oc_json_first(&j, at)), "{\"x\":[]}");
	CHECK_INT(oc_json_value(&j, 0), OC_JSON_NONE);
	oc_json_release(&j);
}

TEST(answers_for_what_is_missing)
{
	struct oc_json j;
	struct oc_buf b = {0};
	int64_t i = 42;
	double d = 42;

	oc_buf_init(&b, 100);
	oc_json_init(&j);
	for (int round = 0; round < 2; round++) {
		int at = round ? 7 : OC_JSON_NONE;

		CHECK_INT(oc_json_type(&j, at), OC_JSON_MISSING);
		CHECK_INT(oc_json_raw(&j, at).n, 0);
		CHECK_INT(oc_json_get(&j, at, "a"), OC_JSON_NONE);
		CHECK_INT(oc_json_item(&j, at, 0), OC_JSON_NONE);
		CHECK_INT(oc_json_first(&j, at), OC_JSON_NONE);
		CHECK_INT(oc_json_next(&j, at, 0), OC_JSON_NONE);
		CHECK_INT(oc_json_next(&j, 0, at), OC_JSON_NONE);
		CHECK_INT(oc_json_value(&j, at), OC_JSON_NONE);
		CHECK(!oc_json_string(&j, at, &b));
		CHECK(!oc_json_is(&j, at, ""));
		CHECK(!oc_json_int64(&j, at, &i));
		CHECK(!oc_json_double(&j, at, &d));
		parse(&j, "{\"a\":1}");
	}
	CHECK_INT(b.n, 0);
	CHECK_INT(i, 42);
	CHECK(d == 42);
	CHECK_INT(oc_json_first(&j, oc_json_get(&j, 0, "a")), OC_JSON_NONE);
	CHECK_INT(oc_json_next(&j, oc_json_get(&j, 0, "a"), 0), OC_JSON_NONE);
	oc_json_release(&j);
}

/* ---- strings and numbers ------------------------------------------------------------------- */

static void check_decoded(const char *text, const char *want, size_t n)
{
	/* A block of its own, so that a look beyond its end is seen by a sanitizer. */
	char *copy = malloc(strlen(text));
	struct oc_json j;
	struct oc_buf b = {0};

	CHECK(copy != NULL);
	memcpy(copy, text, strlen(text));
	oc_json_init(&j);
	oc_buf_init(&b, 1000);
	oc_buf_puts(&b, "before:");
	CHECK_INT(oc_json_parse(&j, copy, strlen(text), NULL), 0);
	CHECK(oc_json_string(&j, 0, &b));
	CHECK_MEM(b.p + 7, b.n - 7, want, n);
	if (!memchr(want, '\0', n))
		CHECK(oc_json_is(&j, 0, want));
	CHECK(!oc_json_is(&j, 0, "something else"));
	oc_buf_release(&b);
	oc_json_release(&j);
	free(copy);
}

#define FFFD                      "\xef\xbf\xbd"
#define CHECK_DECODED(text, want) check_decoded(text, want, sizeof(want) - 1)

TEST(decodes_strings)
{
	CHECK_DECODED("\"\"", "");
	CHECK_DECODED("\"plain\"", "plain");
	CHECK_DECODED("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
	CHECK_DECODED("\"a\\u0041\\u00e9\\u20AC\\uffffz\"", "aA\xc3\xa9\xe2\x82\xac\xef\xbf\xbfz");
	CHECK_DECODED("\"\\u0000a\\u0000\"", "\0a\0");
	CHECK_DECODED("\"\xc3\xa9\\n\xe2\x82\xac\"", "\xc3\xa9\n\xe2\x82\xac");
	CHECK_DECODED("\"\\\\u0041\"", "\\u0041");
	CHECK_DECODED("\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80");
	CHECK_DECODED("\"\\uD800\\uDC00\\uDBFF\\uDFFF\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
}

TEST(replaces_lone_surrogates)
{
	CHECK_DECODED("\"\\ud83d\"", FFFD);
	CHECK_DECODED("\"\\ude00\"", FFFD);
	CHECK_DECODED("\"\\ude00\\ud83d\"", FFFD FFFD);
	CHECK_DECODED("\"\\ud83d\\ud83d\\ude00\"", FFFD "\xf0\x9f\x98\x80");
	CHECK_DECODED("\"\\ud83dx\"", FFFD "x");
	CHECK_DECODED("\"\\ud83d\\n\"", FFFD "\n");
	CHECK_DECODED("\"\\ud83d\\\\u\"", FFFD "\\u");
	CHECK_DECODED("\"\\ud83d\\u0041\"", FFFD "A");
	CHECK_DECODED("\"\\ude00\\ude00\"", FFFD FFFD);
	CHECK_DECODED("\"\\ud83d\\ndc00\"", FFFD "\ndc00");
	CHECK_DECODED("\"\\udfff\\ud800\\ue000\\ud7ff\"", FFFD FFFD "\xee\x80\x80\xed\x9f\xbf");
}

TEST(compares_decoded_strings)
{
	struct oc_json j;

	oc_json_init(&j);
	parse(&j, "[\"stop\",\"st\\u006fp\",\"\\\\\",\"stop\\u0000\",\"\",1]");
	CHECK(oc_json_is(&j, oc_json_item(&j, 0, 0), "stop"));
	CHECK(!oc_json_is(&j, oc_json_item(&j, 0, 0), "sto"));
	CHECK(!oc_json_is(&j, oc_json_item(&j, 0, 0), "stopp"));
	CHECK(!oc_json_is(&j, oc_json_item(&j, 0, 0), ""));
	CHECK(oc_json_is(&j, oc_json_item(&j, 0, 1), "stop"));
	CHECK(!oc_json_is(&j, oc_json_item(&j, 0, 1), "st\\u006fp"));
	CHECK(!oc_json_is(&j, oc_json_item(&j, 0, 1), "stopp"));
	CHECK(!oc_json_is(&j, oc_json_item(&j, 0, 1), "sto"));
	CHECK(oc_json_is(&j, oc_json_item(&j, 0, 2), "\\"));
	CHECK(!oc_json_is(&j, oc_json_item(&j, 0, 2), "\\\\"));
	CHECK(!oc_json_is(&j, oc_json_item(&j, 0, 3), "stop"));
	CHECK(oc_json_is(&j, oc_json_item(&j, 0, 4), ""));
	CHECK(!oc_json_is(&j, oc_json_item(&j, 0, 5), "1"));
	CHECK(!oc_json_is(&j, 0, ""));
	oc_json_release(&j);
}

TEST(keeps_bytes_that_are_not_utf8)
{
	static const char text[] = "[\"a\xe2\x82\",\"\xac\\n\xff\"]";
	struct oc_json j;
	struct oc_buf b = {0};

	oc_json_init(&j);
	oc_buf_init(&b, 100);
	CHECK_INT(oc_json_parse(&j, text, strlen(text), NULL), OC_EPROTO);
	j.any_bytes = true;
	parse(&j, text);
	CHECK(oc_json_string(&j, 1, &b));
	CHECK(oc_json_string(&j, 2, &b));
	CHECK_STR(b.p, "a\xe2\x82\xac\n\xff");
	oc_buf_release(&b);
	oc_json_release(&j);
}

TEST(leaves_the_buffer_alone_where_there_is_no_string)
{
	struct oc_json j;
	struct oc_buf b = {0};

	oc_json_init(&j);
	oc_buf_init(&b, 100);
	parse(&j, "[1,null,[],{\"k\":true}]");
	for (int at = 0; at < 7; at++)
		CHECK(oc_json_string(&j, at, &b) == (at == 5)); /* the key */
	CHECK_STR(b.p, "k");
	oc_buf_release(&b);
	oc_json_release(&j);
}

TEST(reads_numbers)
{
	struct oc_json j;
	int64_t i = 0;
	double d = 0;

	oc_json_init(&j);
	parse(&j, "[12,12.0,-0.5,1e999,9007199254740993,\"12\",true]");
	CHECK(oc_json_int64(&j, 1, &i));
	CHECK_INT(i, 12);
	CHECK(oc_json_int64(&j, 2, &i));
	CHECK_INT(i, 12);
	CHECK(!oc_json_int64(&j, 3, &i));
	CHECK(!oc_json_int64(&j, 4, &i));
	CHECK(oc_json_int64(&j, 5, &i));
	CHECK_INT(i, INT64_C(9007199254740993));
	CHECK(!oc_json_int64(&j, 6, &i));
	CHECK(!oc_json_int64(&j, 7, &i));
	CHECK(!oc_json_int64(&j, 0, &i));
	CHECK(oc_json_double(&j, 3, &d));
	CHECK(d == -0.5);
	CHECK(oc_json_double(&j, 1, &d));
	CHECK(d == 12);
	CHECK(!oc_json_double(&j, 4, &d));
	CHECK(!oc_json_double(&j, 6, &d));
	CHECK(!oc_json_double(&j, 0, &d));
	parse(&j, "3.25");
	CHECK(oc_json_double(&j, 0, &d));
	CHECK(d == 3.25);
	oc_json_release(&j);
}

/* ---- ceilings and memory ------------------------------------------------------------------- */

/* [0,0,…] with so many values, the array included. */
static int parse_array(struct oc_json *j, size_t values)
{
	size_t n = 2 * values - 1;
	char *text = malloc(n);
	int rc;

	CHECK(text != NULL);
	for (size_t i = 0; i < n; i++)
		text[i] = i % 2 ? '0' : ',';
	text[0] = '[';
	text[n - 1] = ']';
	rc = oc_json_parse(j, text, n, NULL);
	free(text);
	return rc;
}

TEST(has_a_ceiling_on_values)
{
	struct oc_json j;

	oc_json_init(&j);
	CHECK_INT(parse_array(&j, OC_JSON_VALUES_MAX), 0);
	CHECK(oc_json_item(&j, 0, OC_JSON_VALUES_MAX - 2) != OC_JSON_NONE);
	CHECK_INT(parse_array(&j, OC_JSON_VALUES_MAX + 1), OC_EPROTO);
	CHECK_INT(oc_json_type(&j, 0), OC_JSON_MISSING);
	oc_json_release(&j);
}

/* The length is refused before the text is looked at. */
TEST(has_a_ceiling_on_length)
{
	struct oc_json j;
	struct oc_err err = {0};

	oc_json_init(&j);
	CHECK_INT(oc_json_parse(&j, "1", (size_t)INT_MAX + 1, &err), OC_EPROTO);
	CHECK_STR(err.message, "2147483648 bytes are too much JSON");
	oc_json_release(&j);
}

TEST(takes_memory_only_to_grow)
{
	struct oc_json j;
	long live = fail_alloc_live();

	oc_json_init(&j);
	parse(&j, "[1,2,3,4]");
	CHECK_INT(fail_alloc_live(), live + 1);
	fail_alloc_from(1, true);
	for (int i = 0; i < 100; i++)
		parse(&j, "{\"a\":[1,2,3,4],\"b\":\"\\u0041\"}");
	CHECK(oc_json_get(&j, 0, "a") != OC_JSON_NONE);
	CHECK(!fail_alloc_stop());
	oc_json_release(&j);
	CHECK_INT(fail_alloc_live(), live);
}

static int parse_growing(void *ctx)
{
	struct oc_json j;
	struct oc_buf text = {0};
	int rc = 0;

	(void)ctx;
	oc_json_init(&j);
	oc_buf_init(&text, 10000);
	oc_buf_puts(&text, "[1");
	for (int i = 0; i < 2000; i++)
		oc_buf_puts(&text, ",1");
	oc_buf_puts(&text, "]");
	if (text.bad) {
		rc = text.bad;
		goto out;
	}
	rc = oc_json_parse(&j, "[1,2]", 5, NULL);
	if (!rc)
		rc = oc_json_parse(&j, text.p, text.n, NULL);
	CHECK(!rc == (oc_json_type(&j, 0) == OC_JSON_ARRAY));
	/* A failure does not spoil the document for the next text. */
	if (rc && oc_json_parse(&j, "{}", 2, NULL) == 0)
		CHECK_INT(oc_json_type(&j, 0), OC_JSON_OBJECT);
out:
	oc_buf_release(&text);
	oc_json_release(&j);
	return rc;
}

TEST(survives_without_memory)
{
	CHECK(fail_each_alloc(parse_growing, NULL) >= 3);
}

static int read_double(void *ctx)
{
	struct oc_json j;
	double d;
	int rc;

	oc_json_init(&j);
	rc = oc_json_parse(&j, ctx, strlen(ctx), NULL);
	if (!rc && !oc_json_double(&j, 0, &d))
		rc = OC_ENOMEM;
	oc_json_release(&j);
	return rc;
}

TEST(has_no_double_without_memory)
{
	char text[] = "0.5";

	CHECK(fail_each_alloc(read_double, text) >= 2);
}
