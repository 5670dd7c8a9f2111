/* SPDX-License-Identifier: MIT */
/* test-answered.c: which requests an earlier run has answered. */
#include "fail-alloc.h"
#include "unit.h"

#include "answered.h"

static struct oc_line_id id(uint64_t key, uint64_t request)
{
	return (struct oc_line_id){.key = key, .request = request};
}

TEST(empty)
{
	struct oc_answered set;

	oc_answered_init(&set);
	CHECK(!oc_answered_has(&set, id(1, 1)));
	CHECK(!oc_answered_take(&set, id(1, 1)));
	oc_answered_replace(&set, 1);
	CHECK_INT(oc_answered_replaced(&set), 0);
	CHECK(!oc_answered_drop(&set, id(1, 1)));
	oc_answered_release(&set);
}

TEST(taken_once)
{
	struct oc_answered set;

	oc_answered_init(&set);
	CHECK_INT(oc_answered_add(&set, id(1, 10)), OC_OK);
	CHECK(oc_answered_has(&set, id(1, 10)));
	CHECK(!oc_answered_has(&set, id(1, 11)));
	CHECK(!oc_answered_has(&set, id(2, 10)));
	CHECK(!oc_answered_take(&set, id(1, 11))); /* another request */
	CHECK(!oc_answered_take(&set, id(2, 10))); /* another line */
	CHECK(oc_answered_take(&set, id(1, 10)));
	CHECK(!oc_answered_take(&set, id(1, 10)));
	CHECK(oc_answered_has(&set, id(1, 10)));
	oc_answered_release(&set);
}

TEST(as_often_as_it_was_added)
{
	struct oc_answered set;

	oc_answered_init(&set);
	CHECK_INT(oc_answered_add(&set, id(1, 10)), OC_OK);
	CHECK_INT(oc_answered_add(&set, id(1, 10)), OC_OK);
	CHECK(oc_answered_take(&set, id(1, 10)));
	CHECK(oc_answered_take(&set, id(1, 10)));
	CHECK(!oc_answered_take(&set, id(1, 10)));
	oc_answered_release(&set);
}

TEST(an_unknown_request_matches_any)
{
	struct oc_answered set;

	oc_answered_init(&set);
	CHECK_INT(oc_answered_add(&set, id(7, 0)), OC_OK);
	CHECK(!oc_answered_take(&set, id(8, 10)));
	CHECK(oc_answered_take(&set, id(7, 10)));
	CHECK(!oc_answered_take(&set, id(7, 11)));
	oc_answered_release(&set);
}

TEST(a_changed_request_replaces)
{
	struct oc_answered set;

	oc_answered_init(&set);
	CHECK_INT(oc_answered_add(&set, id(1, 10)), OC_OK);
	CHECK_INT(oc_answered_add(&set, id(2, 20)), OC_OK);
	CHECK(!oc_answered_take(&set, id(1, 11)));
	CHECK_INT(oc_answered_replaced(&set), 0); /* not before there is a new answer */
	CHECK(!oc_answered_drop(&set, id(1, 10)));
	oc_answered_replace(&set, 1);
	CHECK_INT(oc_answered_replaced(&set), 1);
	CHECK(!oc_answered_drop(&set, id(1, 11)));
	CHECK(!oc_answered_drop(&set, id(2, 20)));
	CHECK(oc_answered_drop(&set, id(1, 10)));
	CHECK(!oc_answered_drop(&set, id(1, 10)));
	CHECK_INT(oc_answered_replaced(&set), 0);
	oc_answered_release(&set);
}

TEST(two_lines_of_one_key_replace_nothing)
{
	struct oc_answered set;

	oc_answered_init(&set);
	CHECK_INT(oc_answered_add(&set, id(1, 10)), OC_OK);
	CHECK_INT(oc_answered_add(&set, id(1, 11)), OC_OK);
	CHECK(oc_answered_take(&set, id(1, 11)));
	oc_answered_replace(&set, 1);
	CHECK(oc_answered_take(&set, id(1, 10))); /* its line came later */
	oc_answered_replace(&set, 1);
	CHECK_INT(oc_answered_replaced(&set), 0);
	oc_answered_release(&set);
}

TEST(many_with_colliding_keys)
{
	struct oc_answered set;
	const uint64_t n = 5000;

	oc_answered_init(&set);
	for (uint64_t i = 0; i < n; i++)
		CHECK_INT(oc_answered_add(&set, id(i << 20 | i % 3, i + 1)), OC_OK);
	for (uint64_t i = n; i-- > 0;) {
		CHECK(!oc_answered_take(&set, id(i << 20 | i % 3, i + 2)));
		CHECK(oc_answered_take(&set, id(i << 20 | i % 3, i + 1)));
		CHECK(!oc_answered_take(&set, id(i << 20 | i % 3, i + 1)));
	}
	oc_answered_release(&set);
}

static int add_hundred(void *ctx)
{
	struct oc_answered set;
	int rc = OC_OK;

	(void)ctx;
	oc_answered_init(&set);
	for (uint64_t i = 0; !rc && i < 100; i++)
		rc = oc_answered_add(&set, id(i, i));
	oc_answered_release(&set);
	return rc;
}

TEST(survives_without_memory)
{
	CHECK(fail_each_alloc(add_hundred, NULL) > 1);
}

int main(void)
{
	return RUN(T(empty), T(taken_once), T(as_often_as_it_was_added),
	           T(an_unknown_request_matches_any), T(a_changed_request_replaces),
	           T(two_lines_of_one_key_replace_nothing), T(many_with_colliding_keys),
	           T(survives_without_memory));
}
