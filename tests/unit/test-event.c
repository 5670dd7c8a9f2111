/* SPDX-License-Identifier: MIT */
/* test-event.c: the fast reader of events says what the plain one says. */
#include "compat.h"

#include "event-twin.h"
#include "unit.h"

#define CHUNK(delta) \
	"{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":" delta "}]}"

/* Feeds the events, one after the other, and checks the joined text. */
static void check(const char *const *events, const char *content, const char *reasoning)
{
	struct twin t;

	twin_init(&t);
	for (; *events; events++)
		CHECK(twin_feed(&t, *events, strlen(*events)));
	CHECK_MEM(t.fast.draft.content.p, t.fast.draft.content.n, content, strlen(content));
	CHECK_MEM(t.fast.draft.reasoning.p, t.fast.draft.reasoning.n, reasoning, strlen(reasoning));
	twin_release(&t);
}

TEST(texts_are_joined)
{
	check((const char *[]){CHUNK("{\"content\":\"a\"}"), CHUNK("{\"content\":\"\"}"),
	                       CHUNK("{\"content\":\"\\\"b\\\"\"}"),
	                       CHUNK("{\"content\":\"\\ud83d\\ude00\"}"),
	                       CHUNK("{\"content\":\"\\\\\"}"), NULL},
	      "a\"b\"\xf0\x9f\x98\x80\\", "");
}

TEST(reasoning_is_told_apart)
{
	check((const char *[]){CHUNK("{\"content\":\"\",\"reasoning\":\"a\"}"),
	                       CHUNK("{\"content\":\"\",\"reasoning\":\"b\"}"),
	                       CHUNK("{\"content\":\"c\",\"reasoning\":\"b\"}"),
	                       CHUNK("{\"content\":\"d\",\"reasoning\":\"b\"}"),
	                       CHUNK("{\"content\":\"e\",\"reasoning\":\"\"}"), NULL},
	      "cde", "abbb");
}

TEST(a_quote_does_not_end_a_text_early)
{
	struct twin t;
	static const char first[] = CHUNK("{\"content\":\"a\"}");
	static const char broken[] = CHUNK("{\"content\":\"a\",\"x\":\"\"}");
	static const char invalid[] = CHUNK("{\"content\":\"a\"b\"}");

	twin_init(&t);
	CHECK(twin_feed(&t, first, strlen(first)));
	CHECK(twin_feed(&t, broken, strlen(broken)));
	CHECK(twin_feed(&t, first, strlen(first)));
	CHECK(twin_feed(&t, invalid, strlen(invalid)));
	CHECK_INT(t.fast.rc, OC_EPROTO);
	CHECK_STR(t.fast.draft.content.p, "aaa");
	twin_release(&t);
}

TEST(another_choice_is_not_taken)
{
	static const char one[] = "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"}}]}";
	static const char two[] = "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"y\"}}]}";
	static const char both[] = "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"p\"}},"
	                           "{\"index\":0,\"delta\":{\"content\":\"q\"}}]}";

	check((const char *[]){one, two, both, both, NULL}, "qq", "");
}

TEST(all_else_that_changes_is_seen)
{
	struct twin t;
	static const char one[] = CHUNK("{\"content\":\"a\"}");
	static const char two[] =
	        "{\"id\":\"d\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"
	        "\"a\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":7}}";

	twin_init(&t);
	CHECK(twin_feed(&t, one, strlen(one)));
	CHECK(twin_feed(&t, two, strlen(two)));
	CHECK_STR(t.fast.reply.id, "d");
	CHECK_STR(t.fast.reply.finish_reason, "stop");
	CHECK_INT(t.fast.reply.usage.input_tokens, 7);
	twin_release(&t);
}

/* Where more than a text is said, again and again, it counts each time. */
TEST(all_else_that_is_said_is_heard_each_time)
{
	struct twin t;
	static const char *const events[] = {
	        CHUNK("{\"content\":\"a\",\"refusal\":\"r\"}"),
	        CHUNK("{\"content\":\"a\",\"reasoning_details\":[{\"text\":\"t\"}]}"),
	        CHUNK("{\"content\":\"a\",\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}"),
	        "{\"choices\":[{\"delta\":{\"reasoning\":\"r\"},\"message\":{\"content\":\"m\"}}]}",
	        CHUNK("{\"content\":\"a\",\"tool_calls\":[],\"refusal\":null,\"reasoning\":\"\"}"),
	};

	twin_init(&t);
	for (size_t i = 0; i < 3 * OC_COUNT(events); i++)
		CHECK(twin_feed(&t, events[i / 3], strlen(events[i / 3])));
	CHECK_STR(t.fast.draft.refusal.p, "rrr");
	CHECK_STR(t.fast.draft.reasoning.p, "tttrrr");
	CHECK_INT(t.fast.draft.calls.n, 1);
	twin_release(&t);
}

/* What is beside the text may count again, though it is the same. */
TEST(a_message_beside_a_delta_is_read)
{
#define BOTH(thought, message)                               \
	"{\"choices\":[{\"delta\":{\"reasoning\":\"" thought \
	"\"},\"message\":{\"content\":\"" message "\"}}]}"
	check((const char *[]){BOTH("r", "x"), BOTH("s", "y"), BOTH("t", "y"), NULL}, "xyy", "rst");
}

TEST(halves_of_characters_are_joined)
{
	check((const char *[]){CHUNK("{\"content\":\"a\"}"), CHUNK("{\"content\":\"b\\ud83d\"}"),
	                       CHUNK("{\"content\":\"\\ude00\"}"),
	                       CHUNK("{\"content\":\"\\ud83d\"}"),
	                       CHUNK("{\"content\":\"c\\\\ud83d\"}"), NULL},
	      "ab\xf0\x9f\x98\x80\xef\xbf\xbd"
	      "c\\ud83d",
	      "");
}

/* Every way to cut an event short, and to put another byte into it, right behind a good one. */
TEST(damaged_events_are_judged_alike)
{
	static const char good[] = CHUNK("{\"content\":\"ab\"}");
	static const char bytes[] = "\"\\{}[],:x\n\xff";
	struct twin t;

	twin_init(&t);
	for (size_t at = 0; at < strlen(good); at++) {
		CHECK(twin_feed(&t, good, strlen(good)));
		CHECK(twin_feed(&t, good, at));
		for (const char *byte = bytes; *byte; byte++) {
			char damaged[sizeof good];

			memcpy(damaged, good, sizeof good);
			damaged[at] = *byte;
			CHECK(twin_feed(&t, good, strlen(good)));
			CHECK(twin_feed(&t, damaged, strlen(damaged)));
		}
	}
	twin_release(&t);
}
