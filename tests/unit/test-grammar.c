/* SPDX-License-Identifier: MIT */
/* test-grammar.c: what is JSON, and what is not. The expectations are RFC 8259's, by hand. */
#include "unit.h"

#include "json/json.h"

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
		struct oc_err err = {0};

		CHECK_INT(oc_json_check(cases[i].text, strlen(cases[i].text), NULL, &err),
		          OC_EPROTO);
		CHECK_STR(err.message, cases[i].message);
	}
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

/* Where any bytes are allowed, it is in strings only. */
TEST(can_let_any_bytes_stand_in_strings)
{
	static const struct oc_text fine[] = {
	        LIT("\"\xff\""),
	        LIT("\"\xe2\x82\""),
	        LIT("\"\x82\xac and more text\""),
	        LIT("{\"\xc0\":[\"\xed\xa0\x80\\n\"]}"),
	        LIT("\"\xc3\xa9\""),
	};
	static const struct oc_text wrong[] = {
	        LIT("\xff"),       LIT("[\xff]"),      LIT("\"\xff"),        LIT("\"\xff\n\""),
	        LIT("\"\xff\0\""), LIT("\"\xff\\x\""), LIT("\"\xff\" \xff"),
	};

	for (size_t i = 0; i < OC_COUNT(fine); i++) {
		size_t count = 0;

		CHECK_INT(oc_json_check_bytes(fine[i].p, fine[i].n, &count, NULL), 0);
		CHECK_INT(count, i == 3 ? 4 : 1);
	}
	for (size_t i = 0; i < OC_COUNT(wrong); i++)
		CHECK_INT(oc_json_check_bytes(wrong[i].p, wrong[i].n, NULL, NULL), OC_EPROTO);
}

TEST(knows_a_beginning)
{
	static const char whole[] = " {\"a\\u00e9\xe2\x82\xac\":[1.5e3,true,null,{}],\"b\":\"c\"}";
	static const char *const others[] = {
	        "{}",       "[1] ",  "12",   "null", "<html>", "{]",
	        "{\"a\" 1", "tru\"", "[1 2", "nul ", "{}{",    "\"a\nb",
	};

	for (size_t n = 0; n < sizeof whole - 1; n++)
		CHECK(oc_json_is_cut(whole, n));
	CHECK(!oc_json_is_cut(whole, sizeof whole - 1));
	for (size_t i = 0; i < OC_COUNT(others); i++) {
		printf("# %s\n", others[i]);
		CHECK(!oc_json_is_cut(others[i], strlen(others[i])));
	}
}
