/* SPDX-License-Identifier: MIT */
/* test-json.c: reading JSON. The expectations are RFC 8259's, written by hand. */
#include "unit.h"

#include <limits.h>

#include "fail-alloc.h"
#include "json.h"

/* Text with its length, as it may hold NUL bytes. */
#define LIT(s)                   \
	{                        \
		s, sizeof(s) - 1 \
	}

static const struct {
	struct oc_text text;
	size_t count; /* values and keys */
} valid[] = {
        {LIT("null"), 1},
        {LIT("true"), 1},
        {LIT("false"), 1},
        {LIT(" \t\r\n null \t\r\n "), 1},
        {LIT("0"), 1},
        {LIT("-0"), 1},
        {LIT("7"), 1},
        {LIT("10"), 1},
        {LIT("-120.50"), 1},
        {LIT("0.0"), 1},
        {LIT("1e5"), 1},
        {LIT("1E+05"), 1},
        {LIT("0e-0"), 1},
        {LIT("12.5e-3"), 1},
        {LIT("1e999999"), 1},
        {LIT("123456789012345678901234567890"), 1},
        {LIT("\"\""), 1},
        {LIT("\"plain text, longer than eight bytes\""), 1},
        {LIT("\"\x7f /'\""), 1},
        {LIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), 1},
        {LIT("\"\\u0000\\uABCD\\uabcd\\u0aB9\""), 1},
        {LIT("\"\\ud83d\\ude00\""), 1},
        {LIT("\"\\ud83d\""), 1},
        {LIT("\"\\ude00\\ud83d\""), 1},
        {LIT("\"\\ud83dx\\n\""), 1},
        {LIT("\"\\ud83d\\n\""), 1},
        {LIT("\"\\ud83d\\u0041\""), 1},
        {LIT("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\""), 1},
        {LIT("\"\xef\xbb\xbf\""), 1},
        {LIT("\xef\xbb\xbf[1]"), 2},
        {LIT("\xef\xbb\xbf 1"), 1},
        {LIT("[]"), 1},
        {LIT("{}"), 1},
        {LIT(" [ ] "), 1},
        {LIT(" { } "), 1},
        {LIT("[[],{}]"), 3},
        {LIT("[1,\"a\",null,true,false]"), 6},
        {LIT("[ 1 , 2 ]"), 3},
        {LIT("{\"a\":1}"), 3},
        {LIT("{ \"a\" : 1 , \"b\" : [ { } ] }"), 6},
        {LIT("{\"\":\"\"}"), 3},
        {LIT("{\"a\":1,\"a\":2}"), 5},
        {LIT("{\"\\u0061\":{\"b\":{\"c\":[]}}}"), 7},
        {LIT("{\"a\":{},\"b\":[],\"c\":\"{[,:]}\"}"), 7},
        {LIT("[1]\n"), 2},
};

static const struct oc_text invalid[] = {
        /* nothing, and parts of something */
        LIT(""),
        LIT(" "),
        LIT("\xef\xbb\xbf"),
        LIT("\xef\xbb"),
        /* what jsmn's strict mode accepts */
        LIT("{\"a\"}"),
        LIT("{\"a\":}"),
        LIT("{\"a\":1,}"),
        LIT("{,}"),
        LIT("[1,,2]"),
        LIT("[,]"),
        LIT("[1 2]"),
        LIT("{\"a\" \"b\"}"),
        LIT("{\"a\":\"b\":\"c\"}"),
        LIT("[\"a\":1]"),
        LIT("{}{}"),
        LIT(":,{},:"),
        LIT("-"),
        LIT("[-]"),
        LIT("01"),
        LIT("[01]"),
        LIT("1.2.3"),
        LIT("[1.2.3]"),
        LIT("1e"),
        LIT("[1e]"),
        LIT("nope"),
        LIT("[nope]"),
        LIT("tru "),
        LIT("[tru ]"),
        LIT("1{"),
        LIT("t\"x\""),
        LIT("{}:}"),
        LIT("{\"a\":1}\0junk"),
        LIT("[1,]"),
        LIT("[1"),
        LIT("{]"),
        LIT("{}]"),
        LIT("[10}"),
        /* what its other mode accepts */
        LIT("a"),
        LIT("{a:1}"),
        LIT("{'a':1}"),
        LIT("['a']"),
        LIT("{1:2}"),
        LIT("{[]:1}"),
        LIT("{null:1}"),
        LIT("[1] // comment"),
        LIT("/**/[1]"),
        LIT("NaN"),
        LIT("[NaN]"),
        LIT("[Infinity]"),
        LIT("[-Infinity]"),
        LIT("True"),
        LIT("truex"),
        LIT("nul"),
        LIT("nullnull"),
        /* numbers */
        LIT("+1"),
        LIT(".5"),
        LIT("5."),
        LIT("[5.]"),
        LIT("1.e1"),
        LIT("-.5"),
        LIT("-01"),
        LIT("00"),
        LIT("1e+"),
        LIT("1e1.5"),
        LIT("0x10"),
        LIT("1_000"),
        LIT("- 1"),
        LIT("1 2"),
        LIT("--1"),
        LIT("1f"),
        /* strings */
        LIT("\""),
        LIT("\"a"),
        LIT("\"\\\""),
        LIT("\"a\nb\""),
        LIT("\"a\tb\""),
        LIT("\"a\0b\""),
        LIT("\"\x1f\""),
        LIT("\"eight by\x01\""),
        LIT("\"\\a\""),
        LIT("\"\\'\""),
        LIT("\"\\x41\""),
        LIT("\"\\U0041\""),
        LIT("\"\\\0\""),
        LIT("\"\\u\""),
        LIT("\"\\u004\""),
        LIT("\"\\u004g\""),
        LIT("\"\\u+041\""),
        LIT("\"\\u 041\""),
        LIT("\"\\ud83d\\u\""),
        LIT("\"\x80\""),
        LIT("\"\xff\""),
        LIT("\"\xc0\x80\""),
        LIT("\"\xed\xa0\x80\""),
        LIT("\"\xe2\x82\""),
        LIT("\"\xf5\x80\x80\x80\""),
        /* blanks and bytes that are none of JSON's */
        LIT("\f1"),
        LIT("\v1"),
        LIT("\xc2\xa0[]"),
        LIT("\0"),
        LIT("1\0"),
        LIT("\0[]"),
        LIT("[1,\0]"),
        LIT("[\xff]"),
        LIT("\x1b[1]"),
        LIT("\xef\xbb\xbf\xef\xbb\xbf[1]"),
        LIT("[1]\xef\xbb\xbf"),
        LIT("[\xef\xbb\xbf]"),
        /* brackets and separators */
        LIT("["),
        LIT("{"),
        LIT("]"),
        LIT("}"),
        LIT(","),
        LIT(":"),
        LIT("[}"),
        LIT("[[]"),
        LIT("[]]"),
        LIT("[] []"),
        LIT("[1},"),
        LIT("{\"a\":1]"),
        LIT("{\"a\",1}"),
        LIT("{\"a\"::1}"),
        LIT("{\"a\":1 \"b\":2}"),
        LIT("{\"a\":1,,\"b\":2}"),
        LIT("{:1}"),
        LIT("{{}}"),
        LIT("{\"a\":1}}"),
        LIT("[1]1"),
        LIT("\"a\"\"b\""),
        LIT("[1:2]"),
        LIT("data: [1]"),
        LIT("<html></html>"),
};

/* A block of its own for each document, so that a look beyond its end is seen by a sanitizer. */
static char *exact(const char *p, size_t n)
{
	char *copy = malloc(n ? n : 1);

	CHECK(copy != NULL);
	if (n)
		memcpy(copy, p, n);
	return copy;
}

static int check(const char *p, size_t n, size_t *count)
{
	char *copy = exact(p, n);
	int rc = oc_json_check(copy, n, count, NULL);

	free(copy);
	return rc;
}

TEST(accepts_all_of_json)
{
	for (size_t i = 0; i < OC_COUNT(valid); i++) {
		size_t count = 0;
		int rc = check(valid[i].text.p, valid[i].text.n, &count);

		if (rc)
			printf("# %s\n", valid[i].text.p);
		CHECK_INT(rc, 0);
		CHECK_INT(count, valid[i].count);
		CHECK_INT(oc_json_check(valid[i].text.p, valid[i].text.n, NULL, NULL), 0);
	}
}

TEST(refuses_everything_else)
{
	struct oc_json j;

	oc_json_init(&j);
	for (size_t i = 0; i < OC_COUNT(invalid); i++) {
		struct oc_err err = {.code = OC_OK};
		char *copy = exact(invalid[i].p, invalid[i].n);
		int rc = oc_json_parse(&j, copy, invalid[i].n, &err);

		free(copy);
		if (rc != OC_EPROTO)
			printf("# accepted: %s\n", invalid[i].p);
		CHECK_INT(rc, OC_EPROTO);
		CHECK_INT(err.code, OC_EPROTO);
		CHECK(strncmp(err.message, "not JSON", 8) == 0);
		CHECK_INT(oc_json_type(&j, 0), OC_JSON_MISSING);
	}
	oc_json_release(&j);
}

/* Of a text whose root is an array, an object or a string, no beginning is JSON. */
TEST(refuses_what_is_cut_off)
{
	for (size_t i = 0; i < OC_COUNT(valid); i++) {
		size_t n = valid[i].text.n;

		while (n && strchr(" \n\r\t", valid[i].text.p[n - 1]))
			n--;
		if (!strchr("]}\"", valid[i].text.p[n - 1]))
			continue;
		while (n--)
			CHECK_INT(check(valid[i].text.p, n, NULL), OC_EPROTO);
	}
}

/* One wrong byte anywhere in a string of any length near the checker's step of eight. */
TEST(looks_at_every_byte_of_a_string)
{
	static const char wrong[] = "\x01\x1f\n\x80\xff\0";
	char text[40];

	for (size_t n = 2; n < sizeof text; n++) {
		memset(text, 'x', n);
		text[0] = text[n - 1] = '"';
		CHECK_INT(check(text, n, NULL), 0);
		for (size_t at = 1; at < n - 1; at++) {
			for (size_t i = 0; i < sizeof wrong - 1; i++) {
				text[at] = wrong[i];
				CHECK_INT(check(text, n, NULL), OC_EPROTO);
			}
			text[at] = '"';
			CHECK_INT(check(text, n, NULL), OC_EPROTO);
			text[at] = '\\';
			CHECK_INT(check(text, n, NULL), OC_EPROTO);
			text[at] = 'x';
		}
	}
}

static int check_nested(size_t depth, const char *opening, const char *core, char closing)
{
	size_t step = strlen(opening);
	size_t n = depth * step + strlen(core) + depth;
	char *text = malloc(n);
	int rc;

	CHECK(text != NULL);
	for (size_t i = 0; i < depth; i++)
		memcpy(text + i * step, opening, step);
	memcpy(text + depth * step, core, strlen(core));
	memset(text + depth * step + strlen(core), closing, depth);
	rc = oc_json_check(text, n, NULL, NULL);
	free(text);
	return rc;
}

TEST(has_a_ceiling_on_depth)
{
	CHECK_INT(check_nested(127, "[", "", ']'), 0);
	CHECK_INT(check_nested(128, "[", "1", ']'), 0);
	CHECK_INT(check_nested(129, "[", "", ']'), OC_EPROTO);
	CHECK_INT(check_nested(127, "{\"a\":", "[]", '}'), 0);
	CHECK_INT(check_nested(128, "{\"a\":", "1", '}'), 0);
	CHECK_INT(check_nested(128, "{\"a\":", "{}", '}'), OC_EPROTO);
	CHECK_INT(check_nested(1000000, "[", "", ']'), OC_EPROTO);
	CHECK_INT(check_nested(1000000, "{\"a\":", "1", '}'), OC_EPROTO);
}

TEST(says_where_and_what)
{
	static const struct {
		const char *text;
		const char *message;
	} cases[] = {
	        {"", "not JSON: the text is empty"},
	        {"[1", "not JSON at byte 2: the text ends too early"},
	        {"\"a", "not JSON at byte 2: the text ends too early"},
	        {"tru", "not JSON at byte 3: the text ends too early"},
	        {"[1 2]", "not JSON at byte 3: \",\" or \"]\" expected"},
	        {"{\"a\":1 2}", "not JSON at byte 7: \",\" or \"}\" expected"},
	        {"{\"a\" 1}", "not JSON at byte 5: \":\" expected"},
	        {"{\"a\":1,}", "not JSON at byte 7: a name in quotes expected"},
	        {"[1,]", "not JSON at byte 3: a value expected"},
	        {"[trux]", "not JSON at byte 1: a value expected"},
	        {"[NaN]", "not JSON at byte 1: a value expected"},
	        {"[-x]", "not JSON at byte 2: a digit expected"},
	        {"\"a\n\"", "not JSON at byte 2: control character in a string"},
	        {"\"\\x\"", "not JSON at byte 2: unknown escape in a string"},
	        {"\"\\u12G4\"", "not JSON at byte 5: four hexadecimal digits expected"},
	        {"\"ab\xff\"", "not JSON at byte 3: invalid UTF-8"},
	        {"\xef\xbb\xbf{} x", "not JSON at byte 6: the text goes on after its value"},
	};

	for (size_t i = 0; i < OC_COUNT(cases); i++) {
		struct oc_err err;

		CHECK_INT(oc_json_check(cases[i].text, strlen(cases[i].text), NULL, &err),
		          OC_EPROTO);
		CHECK_STR(err.message, cases[i].message);
	}
}

/* ---- parsed documents ---------------------------------------------------------------------- */

static void parse(struct oc_json *j, const char *text)
{
	CHECK_INT(oc_json_parse(j, text, strlen(text), NULL), 0);
}

static void check_raw(const struct oc_json *j, int at, const char *want)
{
	struct oc_text raw = oc_json_raw(j, at);

	CHECK_MEM(raw.p, raw.n, want, strlen(want));
}

TEST(parses_all_of_json)
{
	struct oc_json j;

	oc_json_init(&j);
	for (size_t i = 0; i < OC_COUNT(valid); i++) {
		char *copy = exact(valid[i].text.p, valid[i].text.n);
		size_t values = 0;

		CHECK_INT(oc_json_parse(&j, copy, valid[i].text.n, NULL), 0);
		for (int at = 0; oc_json_type(&j, at) != OC_JSON_MISSING; at++)
			values++;
		CHECK_INT(values, valid[i].count);
		free(copy);
	}
	oc_json_release(&j);
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
	struct oc_buf b;
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
	char *copy = exact(text, strlen(text));
	struct oc_json j;
	struct oc_buf b;

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
	CHECK(oc_json_is(&j, oc_json_item(&j, 0, 2), "\\"));
	CHECK(!oc_json_is(&j, oc_json_item(&j, 0, 2), "\\\\"));
	CHECK(!oc_json_is(&j, oc_json_item(&j, 0, 3), "stop"));
	CHECK(oc_json_is(&j, oc_json_item(&j, 0, 4), ""));
	CHECK(!oc_json_is(&j, oc_json_item(&j, 0, 5), "1"));
	CHECK(!oc_json_is(&j, 0, ""));
	oc_json_release(&j);
}

TEST(leaves_the_buffer_alone_where_there_is_no_string)
{
	struct oc_json j;
	struct oc_buf b;

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
	struct oc_err err;

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
	struct oc_buf text;
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

int main(void)
{
	return RUN(T(accepts_all_of_json), T(refuses_everything_else), T(refuses_what_is_cut_off),
	           T(looks_at_every_byte_of_a_string), T(has_a_ceiling_on_depth),
	           T(says_where_and_what), T(parses_all_of_json), T(tells_types_and_raw_text),
	           T(gets_members), T(lets_the_last_of_equal_names_count), T(counts_items),
	           T(walks_arrays_and_objects), T(answers_for_what_is_missing), T(decodes_strings),
	           T(replaces_lone_surrogates), T(compares_decoded_strings),
	           T(leaves_the_buffer_alone_where_there_is_no_string), T(reads_numbers),
	           T(has_a_ceiling_on_values), T(has_a_ceiling_on_length),
	           T(takes_memory_only_to_grow), T(survives_without_memory),
	           T(has_no_double_without_memory));
}
