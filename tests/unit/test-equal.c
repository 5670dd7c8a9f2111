/* SPDX-License-Identifier: MIT */
/* test-equal.c: which JSON values are the same value. */
#include "document.h"

#include "json/equal.h"

struct row {
	const char *a;
	const char *b;
};

static void check_rows(const struct row *rows, size_t n, bool want)
{
	for (size_t i = 0; i < n; i++) {
		struct oc_json a;
		struct oc_json b;
		bool there = !want;
		bool back = !want;

		parse(&a, rows[i].a);
		parse(&b, rows[i].b);
		CHECK_INT(oc_json_equal(&a, 0, &b, 0, &there), 0);
		CHECK_INT(oc_json_equal(&b, 0, &a, 0, &back), 0);
		oc_json_release(&a);
		oc_json_release(&b);
		if (there != want || back != want) {
			printf("# %s and %s\n", rows[i].a, rows[i].b);
			CHECK(false);
		}
	}
	CHECK(n > 0);
}

TEST(equal)
{
	static const struct row rows[] = {
	        {"null", " null "},
	        {"true", "true"},
	        {"0", "-0"},
	        {"0", "0.000"},
	        {"0", "0e99999999999999999999"},
	        {"1", "1.0"},
	        {"1", "10e-1"},
	        {"1", "0.01E+2"},
	        {"-1200", "-1.2e3"},
	        {"10500", "1.05e4"},
	        {"0.00102", "1.02e-3"},
	        {"123456789012345678901234567890", "12345678901234567890123456789e1"},
	        {"1e400", "10e399"},
	        {"\"a\"", "\"\\u0061\""},
	        {"\"\\/\"", "\"/\""},
	        {"\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\""},
	        {"[]", "[ ]"},
	        {"[1,[2,\"3\"]]", "[1.0,[2,\"3\"]]"},
	        {"{}", "{ }"},
	        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"},
	        {"{\"a\":{\"x\":[],\"y\":{}}}", "{\"a\":{\"y\":{},\"x\":[]}}"},
	        {"{\"a\":1,\"a\":2}", "{\"a\":2}"},
	        {"{\"\\u0061\":1,\"b\":0,\"a\":2}", "{\"b\":0,\"a\":2}"},
	};

	check_rows(rows, OC_COUNT(rows), true);
}

TEST(different)
{
	static const struct row rows[] = {
	        {"null", "false"},
	        {"false", "true"},
	        {"0", "false"},
	        {"1", "\"1\""},
	        {"1", "-1"},
	        {"1", "10"},
	        {"1", "1.0000000000000000000001"},
	        {"12", "120"},
	        {"102", "12"},
	        {"0.1", "0.01"},
	        {"9007199254740992", "9007199254740993"},
	        {"1e400", "1e401"},
	        {"\"\"", "null"},
	        {"\"a\"", "\"A\""},
	        {"\"a\"", "\"a\\u0000\""},
	        {"\"a\\u0000b\"", "\"a\\u0000c\""},
	        {"[]", "{}"},
	        {"[1,2]", "[2,1]"},
	        {"[1,2]", "[12]"},
	        {"[1,2]", "[1,2,2]"},
	        {"[[1],2]", "[[1,2]]"},
	        {"[\"a\",\"b\"]", "[\"a,b\"]"},
	        {"{\"a\":1}", "{\"a\":1,\"b\":null}"},
	        {"{\"a\":1}", "{\"b\":1}"},
	        {"{\"a\":\"b\"}", "{\"a\":{\"b\":0}}"},
	        {"{\"a\":1,\"a\":2}", "{\"a\":1}"},
	        {"{\"\":\"ab\"}", "{\"a\":\"b\"}"},
	};

	check_rows(rows, OC_COUNT(rows), false);
}

/* Equality of parts of two documents, and of one. */
TEST(parts)
{
	struct oc_json j;
	bool equal = false;

	parse(&j, "{\"a\":[1,{\"x\":2}],\"b\":{\"x\":2.0}}");
	CHECK_INT(oc_json_equal(&j, oc_json_item(&j, oc_json_get(&j, 0, "a"), 1), &j,
	                        oc_json_get(&j, 0, "b"), &equal),
	          0);
	CHECK(equal);
	CHECK_INT(oc_json_equal(&j, 0, &j, oc_json_get(&j, 0, "b"), &equal), 0);
	CHECK(!equal);
	CHECK_INT(oc_json_equal(&j, OC_JSON_NONE, &j, 0, &equal), 0);
	CHECK(!equal);
	oc_json_release(&j);
}

TEST(twins)
{
	static const struct {
		const char *array;
		int first;
		int second;
	} rows[] = {
	        {"[]", -1, -1},
	        {"[1]", -1, -1},
	        {"[1,2,3]", -1, -1},
	        {"[1,true,\"1\",[1],{\"1\":1},null]", -1, -1},
	        {"[3,2,1,2.0]", 1, 3},
	        {"[\"b\",\"a\",\"b\"]", 0, 2},
	        {"[{\"a\":1,\"b\":2},0,{\"b\":2,\"a\":1}]", 0, 2},
	        {"[[],[[]],[]]", 0, 2},
	        {"[0,-0]", 0, 1},
	        {"[5,5,5]", 0, 1},
	        {"[1,11,111]", -1, -1},
	        {"7", -1, -1},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_json j;
		int first = 0;
		int second = 0;

		parse(&j, rows[i].array);
		CHECK_INT(oc_json_twins(&j, 0, &first, &second), 0);
		oc_json_release(&j);
		if (first != rows[i].first || second != rows[i].second) {
			printf("# %s: %d, %d\n", rows[i].array, first, second);
			CHECK(false);
		}
	}
}

/* Two hundred thousand elements, and as many keys: a quadratic comparison would take hours. */
TEST(large_values)
{
	enum { N = 200000 };
	struct oc_buf text = {0};
	struct oc_json j;
	int first = 0;
	int second = 0;
	bool equal = false;

	oc_buf_init(&text, OC_ANSWER_MAX);
	oc_buf_putc(&text, '[');
	for (int i = 0; i < N; i++)
		oc_buf_printf(&text, "%d,", i * 7919 % 1000003);
	oc_buf_puts(&text, "\"end\"]");
	parse(&j, text.p);
	CHECK_INT(oc_json_twins(&j, 0, &first, &second), 0);
	CHECK_INT(first, -1);
	oc_json_release(&j);

	oc_buf_clear(&text);
	oc_buf_putc(&text, '{');
	for (int i = 0; i < N; i++)
		oc_buf_printf(&text, "\"%d\":0,", i);
	oc_buf_puts(&text, "\"end\":1}");
	parse(&j, text.p);
	CHECK_INT(oc_json_equal(&j, 0, &j, 0, &equal), 0);
	CHECK(equal);
	oc_json_release(&j);
	oc_buf_release(&text);
}
