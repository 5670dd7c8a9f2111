/* SPDX-License-Identifier: MIT */
/* test-answered.c: which requests an earlier run has answered. */
#include "fail-alloc.h"
#include "unit.h"

#include "batch/answered.h"

static struct oc_line_id id(uint64_t key, uint64_t request)
{
	return (struct oc_line_id){.key = key, .request = request};
}

TEST(empty)
{
	struct oc_answered set = {0};

	CHECK(!oc_answered_has(&set, id(1, 1)));
	CHECK(!oc_answered_is_left(&set, id(1, 1)));
	CHECK(!oc_answered_take(&set, id(1, 1)));
	CHECK_INT(set.left, 0);
	oc_answered_release(&set);
}

TEST(taken_once)
{
	struct oc_answered set = {0};

	CHECK_INT(oc_answered_add(&set, id(1, 10)), OC_OK);
	CHECK(oc_answered_has(&set, id(1, 10)));
	CHECK(!oc_answered_has(&set, id(1, 11)));
	CHECK(!oc_answered_has(&set, id(2, 10)));
	CHECK(!oc_answered_take(&set, id(1, 11))); /* another request */
	CHECK(!oc_answered_take(&set, id(2, 10))); /* another line */
	CHECK(oc_answered_is_left(&set, id(1, 10)));
	CHECK_INT(set.left, 1);
	CHECK(oc_answered_take(&set, id(1, 10)));
	CHECK(!oc_answered_take(&set, id(1, 10)));
	CHECK(oc_answered_has(&set, id(1, 10)));
	CHECK(!oc_answered_is_left(&set, id(1, 10)));
	CHECK_INT(set.left, 0);
	oc_answered_release(&set);
}

TEST(as_often_as_it_was_added)
{
	struct oc_answered set = {0};

	CHECK_INT(oc_answered_add(&set, id(1, 10)), OC_OK);
	CHECK_INT(oc_answered_add(&set, id(1, 10)), OC_OK);
	CHECK(oc_answered_take(&set, id(1, 10)));
	CHECK(oc_answered_take(&set, id(1, 10)));
	CHECK(!oc_answered_take(&set, id(1, 10)));
	oc_answered_release(&set);
}

TEST(an_unknown_request_matches_any)
{
	struct oc_answered set = {0};

	CHECK_INT(oc_answered_add(&set, id(7, 0)), OC_OK);
	CHECK(!oc_answered_take(&set, id(8, 10)));
	CHECK(oc_answered_take(&set, id(7, 10)));
	CHECK(!oc_answered_take(&set, id(7, 11)));
	oc_answered_release(&set);
}

TEST(requests_of_one_key_are_kept_apart)
{
	struct oc_answered set = {0};

	CHECK_INT(oc_answered_add(&set, id(1, 10)), OC_OK);
	CHECK_INT(oc_answered_add(&set, id(1, 11)), OC_OK);
	CHECK_INT(oc_answered_add(&set, id(10, 1)), OC_OK);
	CHECK(oc_answered_take(&set, id(1, 11)));
	CHECK(!oc_answered_take(&set, id(1, 11)));
	CHECK(!oc_answered_take(&set, id(11, 1)));
	CHECK(oc_answered_take(&set, id(1, 10)));
	CHECK(oc_answered_take(&set, id(10, 1)));
	CHECK_INT(set.left, 0);
	oc_answered_release(&set);
}

/* If its time grew with the square of their number, this would take hours. */
TEST(a_million_of_one_key)
{
	struct oc_answered set = {0};
	const uint64_t n = 1000000;
	uint64_t taken = 0;

	for (uint64_t i = 0; i < n; i++)
		CHECK_INT(oc_answered_add(&set, id(7, i % 2 ? i : 1)), OC_OK);
	CHECK_INT(set.left, n);
	for (uint64_t i = n; i-- > 0;) {
		taken += oc_answered_take(&set, id(7, i % 2 ? i : 1));
		CHECK(!oc_answered_take(&set, id(7, n + i)));
	}
	CHECK_INT(taken, n);
	CHECK_INT(set.left, 0);
	oc_answered_release(&set);
}

TEST(at_most_fifty_bytes_each)
{
	const size_t slot = sizeof(uint64_t) + sizeof(uint32_t);
	struct oc_answered set = {0};
	size_t before = 0;

	for (uint64_t i = 0; i < 100000; i++) {
		CHECK_INT(oc_answered_add(&set, id(i, i)), OC_OK);
		/* While it grows there are two tables. A few answers do not count. */
		if (set.cap != before)
			CHECK((set.cap + before) * slot <= 50 * (i + 25));
		before = set.cap;
	}
	oc_answered_release(&set);
}

static int add_hundred(void *ctx)
{
	struct oc_answered set = {0};
	int rc = OC_OK;

	(void)ctx;
	for (uint64_t i = 0; !rc && i < 100; i++)
		rc = oc_answered_add(&set, id(i, i));
	oc_answered_release(&set);
	return rc;
}

TEST(survives_without_memory)
{
	CHECK(fail_each_alloc(add_hundred, NULL) > 1);
}
