/* SPDX-License-Identifier: MIT */
/* test-buf.c: the growing buffer. */
#include "unit.h"

#include "text/buf.h"
#include "fail-alloc.h"

/* Every test looks at p[n] too. */
static void check_is(const struct oc_buf *b, const char *want)
{
	CHECK_MEM(b->p, b->n, want, strlen(want));
	CHECK_STR(b->p, want);
	CHECK(b->cap ? b->n < b->cap : !b->n);
}

TEST(is_an_empty_string_at_first)
{
	struct oc_buf b = {0};
	long live = fail_alloc_live();

	oc_buf_init(&b, 10);
	check_is(&b, "");
	CHECK_INT(oc_buf_text(&b).n, 0);
	oc_buf_add(&b, NULL, 0);
	oc_buf_puts(&b, "");
	oc_buf_printf(&b, "%s", "");
	oc_buf_clear(&b);
	oc_buf_drop(&b, 0);
	check_is(&b, "");
	CHECK_INT(b.bad, OC_OK);
	CHECK_INT(fail_alloc_live(), live);
	oc_buf_release(&b);
}

TEST(appends)
{
	struct oc_buf b = {0};

	oc_buf_init(&b, 100);
	oc_buf_puts(&b, "one");
	oc_buf_putc(&b, ' ');
	oc_buf_add(&b, "two!", 3);
	oc_buf_printf(&b, " %d%s", 3, "");
	check_is(&b, "one two 3");
	oc_buf_release(&b);
	check_is(&b, "");
	CHECK_INT(b.max, 100);
}

TEST(keeps_nul_bytes)
{
	struct oc_buf b = {0};

	oc_buf_init(&b, 100);
	oc_buf_putc(&b, '\0');
	oc_buf_add(&b, "a\0b", 3);
	CHECK_MEM(b.p, b.n, "\0a\0b", 4);
	oc_buf_release(&b);
}

TEST(grows_to_its_ceiling_and_not_beyond)
{
	for (size_t max = 0; max < 300; max++) {
		struct oc_buf b = {0};

		oc_buf_init(&b, max);
		for (size_t i = 0; i < max; i++)
			oc_buf_putc(&b, 'x');
		CHECK_INT(b.bad, OC_OK);
		CHECK_INT(b.n, max);
		CHECK(b.cap <= max + 1);
		CHECK(max ? b.n < b.cap : !b.cap);
		oc_buf_putc(&b, 'y');
		CHECK_INT(b.bad, OC_EPROTO);
		CHECK_INT(b.n, max);
		CHECK_INT(strlen(b.p), max);
		oc_buf_release(&b);
		CHECK_INT(b.bad, OC_OK);
	}
}

TEST(remembers_the_first_failure)
{
	struct oc_buf b = {0};

	oc_buf_init(&b, 4);
	oc_buf_puts(&b, "abc");
	oc_buf_puts(&b, "de");
	CHECK_INT(b.bad, OC_EPROTO);
	oc_buf_puts(&b, "d");
	oc_buf_printf(&b, "%d", 1);
	CHECK(!oc_buf_room(&b, 1));
	check_is(&b, "abc");
	oc_buf_clear(&b);
	oc_buf_puts(&b, "four");
	CHECK_INT(b.bad, OC_OK);
	check_is(&b, "four");
	oc_buf_release(&b);
}

TEST(refuses_sizes_that_would_overflow)
{
	struct oc_buf b = {0};

	oc_buf_init(&b, 10);
	oc_buf_puts(&b, "abc");
	CHECK(!oc_buf_room(&b, SIZE_MAX));
	CHECK_INT(b.bad, OC_EPROTO);
	oc_buf_release(&b);
}

TEST(gives_room_to_write_into)
{
	struct oc_buf b = {0};
	char *room;

	oc_buf_init(&b, 1000);
	oc_buf_puts(&b, "ab");
	room = oc_buf_room(&b, 500);
	CHECK(room == b.p + 2);
	memset(room, 'x', 500);
	oc_buf_grew(&b, 3);
	check_is(&b, "abxxx");
	oc_buf_release(&b);
}

TEST(drops_from_the_front)
{
	struct oc_buf b = {0};

	oc_buf_init(&b, 100);
	oc_buf_puts(&b, "abcdef");
	oc_buf_drop(&b, 2);
	check_is(&b, "cdef");
	oc_buf_drop(&b, 4);
	check_is(&b, "");
	oc_buf_release(&b);
}

TEST(hands_its_block_over)
{
	struct oc_buf b = {0};
	char *p;

	oc_buf_init(&b, 100);
	oc_buf_puts(&b, "mine");
	p = oc_buf_detach(&b);
	CHECK_STR(p, "mine");
	free(p);
	check_is(&b, "");
	p = oc_buf_detach(&b);
	CHECK_STR(p, "");
	free(p);
	oc_buf_init(&b, 1);
	oc_buf_puts(&b, "too much");
	CHECK(!oc_buf_detach(&b));
	CHECK_INT(b.bad, OC_OK);
}

TEST(prints_at_any_length)
{
	for (int n = 0; n < 200; n++) {
		struct oc_buf b = {0};

		oc_buf_init(&b, 1000);
		oc_buf_puts(&b, "<");
		oc_buf_printf(&b, "%*d", n, 7);
		oc_buf_puts(&b, ">");
		CHECK_INT(b.n, (n < 1 ? 1 : n) + 2);
		CHECK_INT(strlen(b.p), b.n);
		oc_buf_release(&b);
	}
}

static int use(void *ctx)
{
	struct oc_buf b = {0};
	char *p;
	int rc;

	(void)ctx;
	oc_buf_init(&b, (size_t)4 << 20);
	for (int i = 0; i < 40000; i++)
		oc_buf_puts(&b, "0123456789012345678901234567890123456789");
	oc_buf_printf(&b, "%d", 1);
	rc = b.bad;
	if (!rc)
		CHECK_INT(b.n, 1600001);
	p = oc_buf_detach(&b);
	CHECK(!p == (rc != 0));
	free(p);
	return rc;
}

static int detach_nothing(void *ctx)
{
	struct oc_buf b = {0};
	char *p;

	(void)ctx;
	oc_buf_init(&b, 10);
	p = oc_buf_detach(&b);
	free(p);
	return p ? 0 : OC_ENOMEM;
}

TEST(survives_without_memory)
{
	CHECK(fail_each_alloc(use, NULL) > 10);
	CHECK_INT(fail_each_alloc(detach_nothing, NULL), 1);
}

TEST(keeps_its_content_when_growing_fails)
{
	struct oc_buf b = {0};

	oc_buf_init(&b, 1000);
	oc_buf_puts(&b, "safe");
	fail_alloc_from(1, false);
	oc_buf_printf(&b, "%0200d", 1);
	CHECK(fail_alloc_stop());
	CHECK_INT(b.bad, OC_ENOMEM);
	oc_buf_puts(&b, "x");
	check_is(&b, "safe");
	oc_buf_release(&b);
}
