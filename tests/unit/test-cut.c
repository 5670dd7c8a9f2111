/* SPDX-License-Identifier: MIT */
/* test-cut.c: which answers are cut short, by the words of servers and by their counts. */
#include "compat.h"

#include "answer/cut.h"
#include "unit.h"

TEST(reasons)
{
	static const struct {
		const char *reason;
		enum oc_cut cut; /* without a limit of the request's */
		enum oc_code broken;
	} rows[] = {
	        {NULL, OC_CUT_NONE, OC_OK},
	        {"stop", OC_CUT_NONE, OC_OK},
	        {"STOP", OC_CUT_NONE, OC_OK},
	        {"eos", OC_CUT_NONE, OC_OK},
	        {"end_turn", OC_CUT_NONE, OC_OK},
	        {"tool_calls", OC_CUT_NONE, OC_OK},
	        {"lengthy", OC_CUT_NONE, OC_OK},
	        {"length", OC_CUT_LENGTH, OC_OK},
	        {"max_tokens", OC_CUT_LENGTH, OC_OK},
	        {"MAX_TOKENS", OC_CUT_LENGTH, OC_OK},
	        {"model_length", OC_CUT_LENGTH, OC_OK},
	        {"content_filter", OC_CUT_FILTER, OC_OK},
	        {"SAFETY", OC_CUT_FILTER, OC_OK},
	        {"PROHIBITED_CONTENT", OC_CUT_FILTER, OC_OK},
	        {"sensitive", OC_CUT_FILTER, OC_OK},
	        {"error", OC_CUT_NONE, OC_EPROTO},
	        {"abort", OC_CUT_NONE, OC_EBUSY},
	        {"insufficient_system_resource", OC_CUT_NONE, OC_EBUSY},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		char reason[40] = "";
		struct oc_reply reply = {.usage = {-1, -1, -1}};
		struct oc_err err = {0};

		if (rows[i].reason) {
			(void)snprintf(reason, sizeof reason, "%s", rows[i].reason);
			reply.finish_reason = reason;
		}
		CHECK_INT(oc_cut(&reply, 0), rows[i].cut);
		CHECK_INT(oc_cut_broken(reply.finish_reason, &err), rows[i].broken);
		CHECK_INT(oc_cut_broken(reply.finish_reason, NULL), rows[i].broken);
		CHECK_INT(err.code, rows[i].broken);
		CHECK(err.retry == (rows[i].broken == OC_EBUSY));
	}
}

TEST(whose_limit_it_was)
{
	static const struct {
		const char *reason;
		struct oc_usage usage;
		int64_t max_tokens;
		enum oc_cut cut;
	} rows[] = {
	        {"length", {3, 10, 13}, 10, OC_CUT_OWN},
	        {"length", {3, 11, 14}, 10, OC_CUT_OWN},
	        {"length", {3, 9, 12}, 10, OC_CUT_LENGTH},
	        {"length", {3, 10, 13}, 0, OC_CUT_LENGTH},
	        {"max_tokens", {3, 9, 12}, 9, OC_CUT_OWN},
	        /* counts that show nothing */
	        {"length", {-1, -1, -1}, 10, OC_CUT_OWN},
	        {"length", {0, 0, 0}, 10, OC_CUT_OWN},
	        {"length", {-1, 9, -1}, 10, OC_CUT_LENGTH},
	        {"length", {-1, -1, 20}, 10, OC_CUT_OWN},
	        {"length", {3, -1, 12}, 10, OC_CUT_LENGTH},
	        /* reasoning that is only in the total */
	        {"length", {3, 4, 13}, 10, OC_CUT_OWN},
	        {"length", {3, 4, 12}, 10, OC_CUT_LENGTH},
	        /* a total that is no sum */
	        {"length", {30, 10, 7}, 10, OC_CUT_OWN},
	        {"length", {0, INT64_MAX, INT64_MAX}, INT64_MAX, OC_CUT_OWN},
	        /* other reasons have nothing to do with it */
	        {"stop", {3, 9, 12}, 9, OC_CUT_NONE},
	        {"content_filter", {3, 9, 12}, 9, OC_CUT_FILTER},
	        {"model_length", {3, 9, 12}, 9, OC_CUT_LENGTH},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		char reason[40];
		struct oc_reply reply = {.usage = rows[i].usage, .finish_reason = reason};

		(void)snprintf(reason, sizeof reason, "%s", rows[i].reason);
		CHECK_INT(oc_cut(&reply, rows[i].max_tokens), rows[i].cut);
	}
}
