/* SPDX-License-Identifier: MIT */
/* test-question.c: a request's body, try after try. */
#include "unit.h"

#include "call/question.h"

/* A body that asks for the most. */
static void begin(struct oc_question *q, struct oc_buf *body, const char *model)
{
	static const struct oc_request req = {.model = NULL};

	oc_buf_init(body, 1000);
	oc_buf_puts(body, "{\"a\":1}");
	CHECK_INT(oc_question_init(q, &req, body, true, NULL), OC_OK);
	q->model = model;
}

/* What the body of a new call would ask for. */
static enum oc_delivery asked_of(const struct oc_accepted *known, const char *model)
{
	struct oc_question q;
	struct oc_buf body = {0};

	begin(&q, &body, model);
	(void)oc_question_body(&q, known);
	oc_buf_release(&body);
	return q.asks;
}

TEST(takes_off_what_is_refused)
{
	struct oc_accepted known = {.n = 0};
	struct oc_question q;
	struct oc_buf body = {0};

	begin(&q, &body, "m");
	CHECK(oc_question_lower(&q, OC_EREFUSED, OC_DELIVERY_STREAM, &known));
	CHECK_STR(oc_question_body(&q, &known).p, "{\"a\":1,\"stream\":true}");
	CHECK(oc_question_lower(&q, OC_EREFUSED, OC_DELIVERY_WHOLE, &known));
	CHECK_STR(oc_question_body(&q, &known).p, "{\"a\":1}");
	CHECK(!oc_question_lower(&q, OC_EREFUSED, OC_DELIVERY_WHOLE, &known));
	CHECK_STR(body.p, "{\"a\":1}");
	oc_buf_release(&body);
}

/* A server may name the stream in a refusal of something else, which then is refused without it,
 * too. */
TEST(only_an_answer_is_remembered)
{
	struct oc_accepted known = {.n = 0};
	struct oc_question q;
	struct oc_buf body = {0};

	begin(&q, &body, "m");
	CHECK(oc_question_lower(&q, OC_EREFUSED, OC_DELIVERY_WHOLE, &known));
	CHECK(!oc_question_lower(&q, OC_EREFUSED, OC_DELIVERY_USAGE, &known));
	CHECK_INT(asked_of(&known, "m"), OC_DELIVERY_USAGE);
	CHECK(!oc_question_lower(&q, OC_OK, OC_DELIVERY_USAGE, &known));
	CHECK_INT(asked_of(&known, "m"), OC_DELIVERY_WHOLE);
	CHECK_INT(asked_of(&known, "n"), OC_DELIVERY_USAGE);
	CHECK_INT(asked_of(&known, NULL), OC_DELIVERY_USAGE);
	oc_buf_release(&body);
}

/* Who asked for a whole answer of his own accord has learned nothing about the server. */
TEST(a_whole_answer_that_was_wanted)
{
	struct oc_accepted known = {.n = 0};
	static const struct oc_request req = {.model = NULL};
	struct oc_question q;
	struct oc_buf body = {0};

	oc_buf_init(&body, 1000);
	oc_buf_puts(&body, "{\"a\":1}");
	CHECK_INT(oc_question_init(&q, &req, &body, false, NULL), OC_OK);
	CHECK_STR(oc_question_body(&q, &known).p, "{\"a\":1}");
	CHECK(!oc_question_lower(&q, OC_EREFUSED, OC_DELIVERY_WHOLE, &known));
	CHECK(!oc_question_lower(&q, OC_OK, OC_DELIVERY_USAGE, &known));
	CHECK_INT(known.n, 0);
	oc_buf_release(&body);
}

TEST(many_models)
{
	struct oc_accepted known = {.n = 0};
	struct oc_question q;
	struct oc_buf body = {0};
	char name[16];

	for (int i = 0; i < OC_ACCEPTED_MAX + 1; i++) {
		(void)snprintf(name, sizeof name, "m%d", i);
		begin(&q, &body, name);
		CHECK(oc_question_lower(&q, OC_EREFUSED, OC_DELIVERY_STREAM, &known));
		CHECK(!oc_question_lower(&q, OC_OK, OC_DELIVERY_USAGE, &known));
		oc_buf_release(&body);
	}
	CHECK_INT(asked_of(&known, "m0"), OC_DELIVERY_USAGE); /* the oldest made room */
	CHECK_INT(asked_of(&known, "m1"), OC_DELIVERY_STREAM);
	CHECK_INT(asked_of(&known, "m16"), OC_DELIVERY_STREAM);
}

TEST(no_body)
{
	struct oc_accepted known = {.n = 0};
	struct oc_question q = {.body = NULL};

	CHECK_INT(oc_question_body(&q, &known).n, 0);
	CHECK(!oc_question_lower(&q, OC_EREFUSED, OC_DELIVERY_WHOLE, &known));
	CHECK(!oc_question_lower(&q, OC_OK, OC_DELIVERY_USAGE, &known));
}
