/* SPDX-License-Identifier: MIT */
/* test-lookup.c: names of which the system knows without asking a name server. */
#include "compat.h"

#include "http/lookup.h"
#include "text/text.h"
#include "unit.h"

TEST(a_name_is_missing_or_not)
{
	CHECK(!oc_lookup_is_missing(oc_text_of("127.0.0.1"), 60));
	CHECK(!oc_lookup_is_missing(oc_text_of("::1"), 60));
	/* No label begins so. */
	CHECK(oc_lookup_is_missing(oc_text_of("-nowhere.invalid"), 60));
	CHECK(oc_lookup_is_missing(oc_text_of("a..b"), 60));
}

/* Nothing is certain in no time, and the thread that comes too late does no harm. */
TEST(no_answer_in_time_is_none)
{
	for (int i = 0; i < 20; i++) {
		(void)oc_lookup_is_missing(oc_text_of("-nowhere.invalid"), 0);
		(void)oc_lookup_is_missing(oc_text_of("-nowhere.invalid"), -1);
	}
	CHECK(!oc_lookup_is_missing(oc_text_of("127.0.0.1"), 0));
}
