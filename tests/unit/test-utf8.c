/* SPDX-License-Identifier: MIT */
/* test-utf8.c: checking, mending and showing UTF-8. */
#include "unit.h"

#include "text/utf8.h"

/* Every length, each at both ends of its range. */
static const char *const good[] = {
        "a",
        "\x7f",
        "\xc2\x80",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xe1\x80\x80",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf1\x80\x80\x80",
        "\xf3\xbf\xbf\xbf",
        "\xf4\x8f\xbf\xbf",
        "\xef\xbf\xbd",
};

/* Bytes that are not a character: strays, overlong forms, surrogates, beyond U+10FFFF, cut off. */
static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc2",
        "\xc2 ",
        "\xc2\xc2",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xe1\x80",
        "\xe1\x80 ",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf1\x80\x80",
        "\xf5\x80\x80\x80",
        "\xf8\x88\x80\x80",
        "\xfe",
        "\xff",
};

TEST(tells_good_sequences_from_bad)
{
	for (size_t i = 0; i < OC_COUNT(good); i++) {
		CHECK_INT(oc_utf8_sequence(good[i], strlen(good[i])), strlen(good[i]));
		CHECK_INT(oc_utf8_check(good[i], strlen(good[i])), strlen(good[i]));
	}
	for (size_t i = 0; i < OC_COUNT(bad); i++) {
		CHECK_INT(oc_utf8_sequence(bad[i], strlen(bad[i])), 0);
		CHECK_INT(oc_utf8_check(bad[i], strlen(bad[i])), 0);
	}
	CHECK_INT(oc_utf8_sequence("\0", 1), 1);
	CHECK_INT(oc_utf8_check(NULL, 0), 0);
}

TEST(agrees_with_the_definition_on_all_pairs_and_triples)
{
	for (unsigned a = 0; a < 256; a++) {
		for (unsigned b = 0; b < 256; b++) {
			char s[3] = {(char)a, (char)b, (char)0x80};
			unsigned cp2 = (a & 0x1f) << 6 | (b & 0x3f);
			unsigned cp3 = (a & 0x0f) << 12 | (b & 0x3f) << 6;
			bool tail = (b & 0xc0) == 0x80;
			bool two = (a & 0xe0) == 0xc0 && tail && cp2 >= 0x80;
			bool three = (a & 0xf0) == 0xe0 && tail && cp3 >= 0x800 &&
			             !(cp3 >= 0xd800 && cp3 <= 0xdfff);

			CHECK_INT(oc_utf8_sequence(s, 2), a < 0x80 ? 1 : two ? 2 : 0);
			CHECK_INT(oc_utf8_sequence(s, 3), a < 0x80 ? 1 : two ? 2 : three ? 3 : 0);
		}
	}
}

TEST(finds_the_first_bad_byte_anywhere)
{
	char text[64];

	for (size_t n = 1; n < sizeof text; n++) {
		for (size_t at = 0; at < n; at++) {
			memset(text, 'x', sizeof text);
			text[at] = (char)0xff;
			CHECK_INT(oc_utf8_check(text, n), at);
		}
	}
}

TEST(encodes_every_length)
{
	static const struct {
		uint32_t cp;
		const char *bytes;
	} cases[] = {
	        {0x41, "A"},
	        {0x7f, "\x7f"},
	        {0x80, "\xc2\x80"},
	        {0x7ff, "\xdf\xbf"},
	        {0x800, "\xe0\xa0\x80"},
	        {0xfffd, "\xef\xbf\xbd"},
	        {0xffff, "\xef\xbf\xbf"},
	        {0x10000, "\xf0\x90\x80\x80"},
	        {0x1f600, "\xf0\x9f\x98\x80"},
	        {0x10ffff, "\xf4\x8f\xbf\xbf"},
	};

	for (size_t i = 0; i < OC_COUNT(cases); i++) {
		struct oc_buf b = {0};

		oc_buf_init(&b, 4);
		oc_utf8_put(&b, cases[i].cp);
		CHECK_STR(b.p, cases[i].bytes);
		oc_buf_release(&b);
	}
}

TEST(encodes_nul)
{
	char out[OC_UTF8_MAX] = "x";

	CHECK_INT(oc_utf8_encode(0, out), 1);
	CHECK_INT(out[0], 0);
}

/* The tail of good text cut at any byte is what was begun of its last character. */
TEST(finds_the_tail_at_every_cut)
{
	static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
	static const size_t tail[] = {0, 0, 1, 0, 1, 2, 0, 1, 2, 3, 0, 0};

	CHECK_INT(sizeof text, OC_COUNT(tail));
	for (size_t cut = 0; cut < OC_COUNT(tail); cut++)
		CHECK_INT(oc_utf8_tail(text, cut), tail[cut]);
}

TEST(has_no_tail_that_cannot_be_completed)
{
	static const char *const none[] = {
	        "\x80",
	        "\x80\x80\x80",
	        "\x80\x80\x80\x80",
	        "\xc0",
	        "\xe0\x80",
	        "\xed\xa0",
	        "\xf0\x80",
	        "\xf4\x90",
	        "\xf5",
	        "\xff",
	        "\xe0\x9f",
	        "\xc3\xa9\x80",
	        "\xe2\x82\xac\x80",
	        "\xf0\x9f\x98\x80\x80",
	};

	for (size_t i = 0; i < OC_COUNT(none); i++)
		CHECK_INT(oc_utf8_tail(none[i], strlen(none[i])), 0);
	CHECK_INT(oc_utf8_tail("\xff\xe2\x82", 3), 2);
	CHECK_INT(oc_utf8_tail("\xf4\x8f", 2), 2);
}

static void check_replaced(const char *in, const char *want)
{
	struct oc_buf b = {0};

	oc_buf_init(&b, 1000);
	oc_utf8_replace(&b, in, strlen(in));
	CHECK_STR(b.p, want);
	oc_buf_release(&b);
}

#define FFFD "\xef\xbf\xbd"

/* The examples are those of Unicode 15, section 3.9, tables 3-8 to 3-11. */
TEST(replaces_maximal_parts)
{
	check_replaced("", "");
	check_replaced("good \xc3\xa9", "good \xc3\xa9");
	check_replaced("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41",
	               FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD "A");
	check_replaced("\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41",
	               FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD "A");
	check_replaced("\xf4\x91\x92\x93\xff\x41\x80\xbf\x42",
	               FFFD FFFD FFFD FFFD FFFD "A" FFFD FFFD "B");
	check_replaced("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", FFFD FFFD FFFD FFFD "A");
	check_replaced("end\xe2\x82", "end" FFFD);
}

static void check_visible(enum oc_visible how, const char *in, size_t n, const char *want)
{
	struct oc_buf b = {0};

	oc_buf_init(&b, 1000);
	oc_utf8_visible(&b, in, n, how);
	CHECK_STR(b.p, want);
	oc_buf_release(&b);
}

TEST(shows_what_could_drive_a_terminal)
{
	check_visible(OC_VISIBLE_LINE, "a\tb\n", 4, "a\\x09b\\x0a");
	check_visible(OC_VISIBLE_TEXT, "a\tb\n", 4, "a\tb\n");
	check_visible(OC_VISIBLE_TEXT, "\x1b[31m\r\0\x7f", 8, "\\x1b[31m\\x0d\\x00\\x7f");
	check_visible(OC_VISIBLE_TEXT,
	              "\xc2\x9b"
	              "1m",
	              4, "\\xc2\\x9b1m");
	check_visible(OC_VISIBLE_TEXT, "\xc2\xa0\xc3\xa9\xf0\x9f\x98\x80", 8,
	              "\xc2\xa0\xc3\xa9\xf0\x9f\x98\x80");
	check_visible(OC_VISIBLE_TEXT, "\xff\xe2\x82", 3, "\\xff\\xe2\\x82");
}

TEST(tells_printable_text)
{
	CHECK(oc_utf8_printable("", 0));
	CHECK(oc_utf8_printable("gpt-oss:120b \xc3\xa9", 15));
	CHECK(!oc_utf8_printable("a\n", 2));
	CHECK(!oc_utf8_printable("a\x7f", 2));
	CHECK(!oc_utf8_printable("a\xc2\x85", 3));
	CHECK(!oc_utf8_printable("a\xff", 2));
	CHECK(!oc_utf8_printable("a\0", 2));
}

TEST(makes_lines)
{
	static const struct {
		const char *text;
		size_t max;
		const char *line;
	} rows[] = {
	        {"", 10, ""},
	        {" \r\n\t ", 10, ""},
	        {" two\r\n\r\n  lines\x1b[31m\tred\x07 \xff caf\xc3\xa9 ", 40,
	         "two lines [31m red caf\xc3\xa9"},
	        {"0123456789", 10, "0123456789"},
	        {"0123456789 ", 10, "0123456789"},
	        {"0123456789x", 10, "0123456789..."},
	        {"01234567 9x", 10, "01234567 9..."},
	        {"012345678 x", 10, "012345678..."},
	        {"012345678\xc3\xa9", 10, "012345678..."},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		char line[40 + OC_UTF8_LINE_MORE];

		CHECK_INT(oc_utf8_line(line, rows[i].max, rows[i].text, strlen(rows[i].text)),
		          strlen(rows[i].line));
		CHECK_STR(line, rows[i].line);
	}
}
