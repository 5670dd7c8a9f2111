/* SPDX-License-Identifier: MIT */
/* test-writer.c: writing JSON. */
#include "unit.h"

#include "fail-alloc.h"
#include "json/json.h"
#include "json/writer.h"
#include "text/text.h"

static void check_string(const char *in, size_t n, const char *want)
{
	struct oc_jsonw w;
	struct oc_buf b = {0};

	oc_buf_init(&b, 1000);
	oc_jsonw_init(&w, &b);
	oc_jsonw_string(&w, in, n);
	CHECK_STR(b.p, want);
	oc_buf_release(&b);
}

TEST(escapes_what_must_be_and_no_more)
{
	check_string("", 0, "\"\"");
	check_string(NULL, 0, "\"\"");
	check_string("plain", 5, "\"plain\"");
	check_string("say \"hi\\\"", 9, "\"say \\\"hi\\\\\\\"\"");
	check_string("\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"");
	check_string("\0\x01\x1f", 3, "\"\\u0000\\u0001\\u001f\"");
	check_string(" /<>&'\x7f", 7, "\" /<>&'\x7f\"");
	check_string("\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80", 9,
	             "\"\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\"");
}

TEST(puts_the_commas)
{
	struct oc_jsonw w;
	struct oc_buf b = {0};

	oc_buf_init(&b, 1000);
	oc_jsonw_init(&w, &b);
	oc_jsonw_open(&w, '{');
	oc_jsonw_key(&w, "a\"");
	oc_jsonw_open(&w, '[');
	oc_jsonw_open(&w, '[');
	oc_jsonw_close(&w, ']');
	oc_jsonw_open(&w, '{');
	oc_jsonw_close(&w, '}');
	oc_jsonw_null(&w);
	oc_jsonw_raw(&w, oc_text_of("true"));
	oc_jsonw_close(&w, ']');
	oc_jsonw_member_raw(&w, "b", oc_text_of("1e5"));
	oc_jsonw_key(&w, "c");
	oc_jsonw_string(&w, "x", 1);
	oc_jsonw_member_bool(&w, "d", true);
	oc_jsonw_member_bool(&w, "e", false);
	oc_jsonw_close(&w, '}');
	CHECK_STR(b.p,
	          "{\"a\\\"\":[[],{},null,true],\"b\":1e5,\"c\":\"x\",\"d\":true,\"e\":false}");
	oc_buf_release(&b);
}

TEST(writes_numbers)
{
	struct oc_jsonw w;
	struct oc_buf b = {0};

	oc_buf_init(&b, 1000);
	oc_jsonw_init(&w, &b);
	oc_jsonw_open(&w, '[');
	oc_jsonw_int(&w, 0);
	oc_jsonw_int(&w, INT64_MIN);
	oc_jsonw_int(&w, INT64_MAX);
	oc_jsonw_double(&w, 0.7);
	oc_jsonw_double(&w, 2);
	oc_jsonw_double(&w, -1e300);
	oc_jsonw_close(&w, ']');
	CHECK_STR(b.p, "[0,-9223372036854775808,9223372036854775807,0.7,2,-1e+300]");
	oc_buf_release(&b);
}

TEST(writes_null_for_what_is_not_known)
{
	struct oc_usage usage = {.input_tokens = 12, .output_tokens = -1, .total_tokens = 0};
	struct oc_jsonw w;
	struct oc_buf b = {0};

	oc_buf_init(&b, 1000);
	oc_jsonw_init(&w, &b);
	oc_jsonw_open(&w, '{');
	oc_jsonw_member(&w, "a", NULL);
	oc_jsonw_member(&w, "b", "");
	oc_jsonw_member(&w, "c", "s");
	oc_jsonw_member_count(&w, "d", -1);
	oc_jsonw_member_count(&w, "e", 0);
	oc_jsonw_key(&w, "f");
	oc_jsonw_usage(&w, &usage);
	oc_jsonw_close(&w, '}');
	CHECK_STR(b.p, "{\"a\":null,\"b\":\"\",\"c\":\"s\",\"d\":null,\"e\":0,"
	               "\"f\":{\"input_tokens\":12,\"output_tokens\":null,\"total_tokens\":0}}");
	oc_buf_release(&b);
}

/* All bytes of ASCII and some characters: what is written reads back as it was. */
TEST(writes_what_the_reader_reads)
{
	char text[256 + 16];
	size_t n = 0;
	struct oc_jsonw w;
	struct oc_json j;
	struct oc_buf b = {0};
	struct oc_buf back = {0};

	for (int c = 0; c < 128; c++)
		text[n++] = (char)c;
	memcpy(text + n, "\xc2\x80\xef\xbf\xbd\xf4\x8f\xbf\xbf", 9);
	n += 9;
	oc_buf_init(&b, 10000);
	oc_buf_init(&back, 10000);
	oc_json_init(&j);
	oc_jsonw_init(&w, &b);
	oc_jsonw_string(&w, text, n);
	CHECK_INT(oc_json_parse(&j, b.p, b.n, NULL), 0);
	CHECK(oc_json_string(&j, 0, &back));
	CHECK_MEM(back.p, back.n, text, n);
	oc_json_release(&j);
	oc_buf_release(&b);
	oc_buf_release(&back);
}

static int write_some(void *ctx)
{
	struct oc_jsonw w;
	struct oc_buf b = {0};
	int rc;

	(void)ctx;
	oc_buf_init(&b, 100000);
	oc_jsonw_init(&w, &b);
	oc_jsonw_open(&w, '[');
	for (int i = 0; i < 1000; i++)
		oc_jsonw_string(&w, "\n\"x\x01", 4);
	oc_jsonw_close(&w, ']');
	rc = b.bad;
	if (!rc)
		CHECK_INT(b.n, 14 * 1000 + 1);
	oc_buf_release(&b);
	return rc;
}

TEST(leaves_failures_to_the_buffer)
{
	struct oc_jsonw w;
	struct oc_buf b = {0};

	CHECK(fail_each_alloc(write_some, NULL) > 3);
	oc_buf_init(&b, 5);
	oc_jsonw_init(&w, &b);
	oc_jsonw_string(&w, "too long", 8);
	CHECK_INT(b.bad, OC_EPROTO);
	oc_buf_release(&b);
}
