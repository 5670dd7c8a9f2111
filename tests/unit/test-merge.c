/* SPDX-License-Identifier: MIT */
/* test-merge.c: objects that are changed by objects. */
#include "unit.h"

#include "fail-alloc.h"
#include "json/merge.h"

enum how { MERGE, COMPOSE, WITHOUT };

static int change(const char *one, const char *two, enum how how, struct oc_buf *out)
{
	struct oc_json a;
	struct oc_json b;
	int rc;

	oc_json_init(&a);
	oc_json_init(&b);
	rc = oc_json_parse(&a, one, strlen(one), NULL);
	if (!rc)
		rc = oc_json_parse(&b, two, strlen(two), NULL);
	if (!rc && how == MERGE)
		oc_json_merge(&a, &b, out);
	if (!rc && how == COMPOSE)
		oc_json_compose(&a, &b, out);
	if (!rc && how == WITHOUT)
		oc_json_without(&a, &b, 0, out);
	oc_json_release(&a);
	oc_json_release(&b);
	return rc ? rc : out->bad;
}

struct row {
	const char *one;
	const char *two;
	const char *want;
};

static void check_rows(const struct row *rows, size_t n, enum how how)
{
	for (size_t i = 0; i < n; i++) {
		struct oc_buf out = {0};

		oc_buf_init(&out, 1000);
		CHECK_INT(change(rows[i].one, rows[i].two, how, &out), OC_OK);
		CHECK_STR(out.p, rows[i].want);
		oc_buf_release(&out);
	}
	CHECK(n > 0);
}

/* The appendix of RFC 7396, as far as the target is an object; and further ones. */
TEST(merge)
{
	static const struct row rows[] = {
	        {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
	        {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
	        {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
	        {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
	        {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
	        {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
	        {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
	         "{\"a\":{\"b\":\"d\"}}"},
	        {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
	        {"{\"a\":\"foo\"}", "null", "null"},
	        {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
	        {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
	        {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
	        {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
	        /* nulls within what replaces stay */
	        {"{}", "{\"a\":[null,{\"b\":null}]}", "{\"a\":[null,{\"b\":null}]}"},
	        /* what is not touched keeps its spelling */
	        {"{\"a\":{ \"b\" : 1e2 },\"c\":\"\\u0041\"}", "{\"d\":2}",
	         "{\"a\":{ \"b\" : 1e2 },\"c\":\"\\u0041\",\"d\":2}"},
	        /* names that are the same when they are decoded; NUL is a character of one */
	        {"{\"\\u0061\":1}", "{\"a\":2}", "{\"\\u0061\":2}"},
	        {"{\"a\":1}", "{\"\\u0061\":2}", "{\"a\":2}"},
	        {"{\"a\\u0000b\":1,\"a\":2}", "{\"a\\u0000b\":3}", "{\"a\\u0000b\":3,\"a\":2}"},
	        /* of members of the same name the last one */
	        {"{\"a\":1,\"b\":2,\"a\":3}", "{\"b\":0}", "{\"a\":1,\"b\":0,\"a\":3}"},
	        {"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":0}", "{\"b\":2,\"a\":0}"},
	        {"{}", "{\"a\":1,\"a\":2}", "{\"a\":2}"},
	        {"{\"a\":0}", "{\"a\":1,\"\\u0061\":null}", "{}"},
	        {"{}", "{\"a\":1,\"a\":null}", "{}"},
	};

	check_rows(rows, OC_COUNT(rows), MERGE);
}

TEST(compose)
{
	static const struct row rows[] = {
	        {"{}", "{\"a\":null}", "{\"a\":null}"},
	        {"{\"a\":null}", "{\"a\":1}", "{\"a\":1}"},
	        {"{\"a\":1}", "{\"a\":null}", "{\"a\":null}"},
	        {"{\"a\":{\"b\":null}}", "{\"a\":{\"c\":null}}", "{\"a\":{\"b\":null,\"c\":null}}"},
	        {"{}", "{\"a\":{\"b\":null}}", "{\"a\":{\"b\":null}}"},
	};

	check_rows(rows, OC_COUNT(rows), COMPOSE);
}

TEST(without)
{
	static const struct row rows[] = {
	        {"{\"a\":1,\"b\":2}", "{\"a\":0}", "{\"b\":2}"},
	        {"{\"a\":1,\"b\":null}", "{\"a\":null}", "{\"a\":1,\"b\":null}"},
	        {"{\"a\":1,\"a\":2}", "{}", "{\"a\":1,\"a\":2}"},
	        {"{\"a\":1}", "{\"\\u0061\":{}}", "{}"},
	        {"{}", "{\"a\":1}", "{}"},
	        {"{\"a\":1}", "[\"a\"]", "{\"a\":1}"},
	};

	check_rows(rows, OC_COUNT(rows), WITHOUT);
}

static int merge_all(void *ctx)
{
	struct oc_buf out = {0};
	int rc = OC_OK;

	(void)ctx;
	for (enum how how = MERGE; how <= WITHOUT && !rc; how++) {
		oc_buf_init(&out, 1000);
		rc = change("{\"\\u0061\":{\"x\":1},\"b\":2}", "{\"a\":{\"\\u0078\":3},\"c\":4}",
		            how, &out);
		oc_buf_release(&out);
	}
	return rc;
}

TEST(survives_without_memory)
{
	CHECK(fail_each_alloc(merge_all, NULL) > 0);
}
