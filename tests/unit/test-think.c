/* SPDX-License-Identifier: MIT */
/* test-think.c: a block of thinking before the content. */
#include "fail-alloc.h"
#include "unit.h"

#include "answer/think.h"

/* Content as it is handed on, piece by piece. */
struct flow {
	struct oc_think think;
	struct oc_buf content;
	struct oc_buf reasoning;
};

static void init(struct flow *f)
{
	oc_think_init(&f->think, 10000);
	oc_buf_init(&f->content, 10000);
	oc_buf_init(&f->reasoning, 10000);
}

static void release(struct flow *f)
{
	oc_think_release(&f->think);
	oc_buf_release(&f->content);
	oc_buf_release(&f->reasoning);
}

static void give(struct flow *f, const char *p, size_t n)
{
	size_t from = f->content.n;

	oc_buf_add(&f->content, p, n);
	if (f->think.state != OC_THINK_OVER)
		oc_think_take(&f->think, &f->content, from, &f->reasoning);
}

struct row {
	const char *text;
	const char *reasoning;
	const char *content;
};

static const struct row rows[] = {
        /* DeepSeek-R1 in Ollama's and vLLM's content; Qwen3 that is told not to think */
        {"<think>\nA sky.\n</think>\n\nBlue.", "A sky.", "Blue."},
        {"<think>\n\n</think>\n\nBlue.", "", "Blue."},
        {"<think></think>Blue.", "", "Blue."},
        /* blanks before it; what is behind the line ends stays */
        {" \r\n\t<think>a b</think>\r\n\r\n  x\n\n", "a b", "  x\n\n"},
        /* tags of all kinds within it */
        {"<think>a<b></thin></think></think>x", "a<b></thin>", "</think>x"},
        {"<think>a </th\n</think>x", "a </th", "x"},
        {"<think><think>a</think>x", "<think>a", "x"},
        {"<think><</</</think>x", "<</</", "x"},
        /* what is none */
        {"", "", ""},
        {"x<think>a</think>", "", "x<think>a</think>"},
        {"<", "", "<"},
        {"<html>", "", "<html>"},
        {"  <thin", "", "  <thin"},
        {"<thinking>a</thinking>x", "", "<thinking>a</thinking>x"},
        {"<THINK>a</THINK>", "", "<THINK>a</THINK>"},
        {"\n\n x", "", "\n\n x"},
        {" \n", "", " \n"},
        {"a</think>x", "", "a</think>x"},
        /* a second block is text */
        {"<think>a</think><think>b</think>", "a", "<think>b</think>"},
        /* one that is not closed */
        {"<think>a b", "a b", ""},
        {"<think>a</thin", "a</thin", ""},
        {"<think>", "", ""},
        {"<think>a</think>\n", "a", ""},
};

static void check_flow(struct flow *f, const struct row *row)
{
	oc_think_end(&f->think, &f->content, &f->reasoning);
	CHECK_STR(f->content.p, row->content);
	CHECK_STR(f->reasoning.p, row->reasoning);
	release(f);
}

TEST(whole)
{
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct flow f;

		init(&f);
		give(&f, rows[i].text, strlen(rows[i].text));
		check_flow(&f, &rows[i]);
	}
}

TEST(split_at_any_two_bytes)
{
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		const char *text = rows[i].text;
		size_t n = strlen(text);

		for (size_t a = 0; a <= n; a++) {
			for (size_t b = a; b <= n; b++) {
				struct flow f;

				init(&f);
				give(&f, text, a);
				give(&f, text + a, b - a);
				give(&f, text + b, n - b);
				check_flow(&f, &rows[i]);
			}
		}
	}
}

TEST(byte_by_byte)
{
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct flow f;

		init(&f);
		for (const char *p = rows[i].text; *p; p++)
			give(&f, p, 1);
		check_flow(&f, &rows[i]);
	}
}

/* What has been handed on after so many bytes. */
TEST(nothing_is_held_back_longer_than_need_be)
{
	static const struct {
		const char *text;
		const char *reasoning;
		const char *content;
	} steps[] = {
	        {"<", "", ""},
	        {"<th", "", ""},
	        {"<tr", "", "<tr"},
	        {"a", "", "a"},
	        {" ", "", ""},
	        {" a ", "", " a "},
	        {"<think>a", "a", ""},
	        {"<think>a b", "a b", ""},
	        {"<think>a <", "a", ""},
	        {"<think>a <b", "a <b", ""},
	        {"<think>a</think>x", "a", "x"},
	};

	for (size_t i = 0; i < OC_COUNT(steps); i++) {
		struct flow f;

		init(&f);
		for (const char *p = steps[i].text; *p; p++)
			give(&f, p, 1);
		CHECK_STR(f.content.p, steps[i].content);
		CHECK_STR(f.reasoning.p, steps[i].reasoning);
		release(&f);
	}
}

TEST(blanks_without_end)
{
	struct flow f;
	char text[400];

	init(&f);
	for (int i = 0; i < 3000; i++)
		give(&f, "\n", 1);
	CHECK(f.content.n > 2000);
	give(&f, "<think>a", 8);
	oc_think_end(&f.think, &f.content, &f.reasoning);
	CHECK_INT(f.content.n, 3008);
	release(&f);

	init(&f);
	give(&f, "<think>a", 8);
	for (int i = 0; i < 3000; i++)
		give(&f, " ", 1);
	CHECK(f.reasoning.n > 2000);
	give(&f, "</think>x", 9);
	CHECK_STR(f.content.p, "x");
	release(&f);

	/* Within the block none need to be held back, however many come at once. */
	init(&f);
	(void)snprintf(text, sizeof text, "<think>%300sa", "");
	give(&f, text, strlen(text));
	CHECK_STR(f.reasoning.p, "a");
	release(&f);
}

static int flow_once(void *ctx)
{
	struct flow f;
	int rc;

	(void)ctx;
	init(&f);
	give(&f, "<think>a", 8);
	give(&f, "b</th", 5);
	give(&f, "ink>\nx", 6);
	give(&f, "y", 1);
	oc_think_end(&f.think, &f.content, &f.reasoning);
	rc = f.content.bad ? f.content.bad : f.reasoning.bad;
	if (!rc) {
		CHECK_STR(f.content.p, "xy");
		CHECK_STR(f.reasoning.p, "ab");
	}
	release(&f);
	return rc;
}

TEST(survives_without_memory)
{
	CHECK(fail_each_alloc(flow_once, NULL) > 0);
}
