/* SPDX-License-Identifier: MIT */
/* chat.c: a conversation in a file. */
#include "compat.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "chat.h"
#include "input.h"
#include "json/json.h"
#include "json/writer.h"
#include "request/request.h"
#include "text/clock.h"
#include "text/text.h"

/* ---- reading ---- */

struct reading {
	struct chat *chat;
	struct oc_json json;
	struct oc_text system; /* the request's */
	bool other_system;     /* the conversation begins with something else */
	uint64_t number;       /* of the line, from 1 */
};

OC_NORETURN static void refuse(const struct reading *r, const char *why)
{
	cli_die(CLI_DATAERR, "%s, line %" PRIu64 ": %s", r->chat->path, r->number, why);
}

/* One message goes to the others. torn: the line has no end. */
static void take_line(struct reading *r, struct oc_text line, bool torn)
{
	struct oc_buf *messages = &r->chat->messages;
	struct oc_err why = {0};
	int role;

	cli_need_memory(oc_json_parse(&r->json, line.p, line.n, &why) != OC_ENOMEM);
	if (why.code && torn)
		refuse(r, "the line is torn: it must be completed or removed");
	if (why.code)
		refuse(r, why.message);
	if (oc_json_type(&r->json, 0) == OC_JSON_ARRAY)
		refuse(r, "an array cannot be added to: jq -c '.[]' makes JSON Lines of it");
	role = oc_json_get(&r->json, 0, "role");
	if (oc_json_type(&r->json, role) != OC_JSON_STRING)
		refuse(r, "it is no chat message: an object with a \"role\"");
	if (!messages->n)
		r->other_system =
		        !oc_json_is(&r->json, role, "system") ||
		        !oc_json_same(&r->json, oc_json_get(&r->json, 0, "content"), r->system);
	oc_buf_putc(messages, messages->n ? ',' : '[');
	oc_buf_add(messages, line.p, line.n);
	r->chat->n++;
}

/* The file's messages, behind an opening bracket; nothing, where there are none. */
static void read_file(struct chat *chat, struct oc_text system)
{
	struct reading r = {.chat = chat, .system = system};
	struct oc_buf text = {0};
	struct oc_text rest;

	oc_buf_init(&text, OC_PROMPT_MAX);
	oc_buf_init(&chat->messages, SIZE_MAX / 2);
	oc_json_init(&r.json);
	input_read(chat->path, &text);
	for (rest = oc_buf_text(&text); rest.n;) {
		struct oc_text line = oc_text_take_line(&rest);

		r.number++;
		if (!oc_text_is_blank(line))
			take_line(&r, line, rest.p == line.p + line.n);
	}
	if (system.n && r.other_system)
		cli_note("note: %s has begun without this system message, which is not sent",
		         chat->path);
	oc_json_release(&r.json);
	oc_buf_release(&text);
}

/* Only of a file it is sure that it can be read to its end. */
static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool chat_waits(const struct chat *chat)
{
	struct oc_buf text = {0};
	struct oc_text rest;
	struct oc_text last = {"", 0}; /* that is not blank */
	struct oc_json json;
	bool waits;

	if (!is_file(chat->path) || access(chat->path, R_OK) < 0)
		return false;
	oc_buf_init(&text, OC_PROMPT_MAX);
	oc_json_init(&json);
	input_read(chat->path, &text);
	for (rest = oc_buf_text(&text); rest.n;) {
		struct oc_text line = oc_text_take_line(&rest);

		if (!oc_text_is_blank(line))
			last = line;
	}
	waits = oc_json_parse(&json, last.p, last.n, NULL) == 0 &&
	        oc_json_is(&json, oc_json_get(&json, 0, "role"), "tool");
	oc_json_release(&json);
	oc_buf_release(&text);
	return waits;
}

/* ---- before the call ---- */

/* Puts the request's messages, which have been checked, behind those of the file. */
static void join(struct chat *chat, struct oc_request *request)
{
	struct oc_buf *messages = &chat->messages;
	struct oc_text more = request->messages;
	struct oc_json json;

	read_file(chat, request->system);
	if (!chat->n)
		return;
	request->system = (struct oc_text){NULL, 0};
	oc_json_init(&json);
	if (more.n && oc_json_parse(&json, more.p, more.n, NULL))
		messages->bad = OC_ENOMEM;
	for (int at = oc_json_first(&json, 0); at != OC_JSON_NONE;
	     at = oc_json_next(&json, 0, at)) {
		struct oc_text raw = oc_json_raw(&json, at);

		oc_buf_putc(messages, ',');
		oc_buf_add(messages, raw.p, raw.n);
	}
	oc_json_release(&json);
	oc_buf_putc(messages, ']');
	cli_need_memory(!messages->bad);
	request->messages = oc_buf_text(messages);
}

void chat_look(struct chat *chat, struct oc_request *request)
{
	if (access(chat->path, F_OK) < 0)
		return;
	if (!is_file(chat->path))
		cli_die(CLI_CANTCREAT, "%s is no regular file", chat->path);
	join(chat, request);
}

static void wait_a_little(void)
{
	const struct timespec pause = {.tv_nsec = 10000000L};

	(void)nanosleep(&pause, NULL);
}

void chat_begin(struct chat *chat, struct oc_request *request, struct oc_config *config)
{
	double deadline = oc_now() + config->max_time;
	bool limited = config->max_time > 0;
	bool told = !config->log;

	while (!ledger_open_own(&chat->ledger, chat->path)) {
		if (!told)
			cli_note("waiting for %s, which another process uses", chat->path);
		told = true;
		wait_a_little();
		config->max_time = limited ? deadline - oc_now() : 0;
		if (limited && config->max_time <= 0)
			cli_die(CLI_TEMPFAIL,
			        "another process uses %s, and the deadline has passed", chat->path);
	}
	join(chat, request);
}

/* ---- after it ---- */

/* The turn, a message a line. False: no memory, and that has been said. */
static bool put_turn(const struct chat *chat, const struct oc_request *request,
                     const struct oc_reply *reply, struct oc_buf *lines)
{
	size_t number = 0;
	struct oc_buf array = {0};
	struct oc_err err = {0};
	struct oc_json json;
	struct oc_jsonw w;
	int rc;

	oc_buf_init(&array, SIZE_MAX / 2);
	oc_json_init(&json);
	rc = oc_request_messages(request, reply, &array, &err);
	if (!rc)
		rc = oc_json_parse(&json, array.p, array.n, &err);
	for (int at = oc_json_first(&json, 0); at != OC_JSON_NONE;
	     at = oc_json_next(&json, 0, at)) {
		if (number++ < chat->n)
			continue;
		oc_jsonw_init(&w, lines);
		oc_jsonw_foreign(&w, oc_json_raw(&json, at));
		oc_buf_putc(lines, '\n');
	}
	if (rc || lines->bad)
		cli_warn("cannot add to %s: out of memory", chat->path);
	oc_json_release(&json);
	oc_buf_release(&array);
	return !rc && !lines->bad;
}

bool chat_append(struct chat *chat, const struct oc_request *request, const struct oc_reply *reply)
{
	struct oc_buf lines = {0};
	bool done;

	oc_buf_init(&lines, SIZE_MAX / 2);
	done = put_turn(chat, request, reply, &lines) &&
	       ledger_try(&chat->ledger, oc_buf_text(&lines)) && !chat->ledger.lost;
	oc_buf_release(&lines);
	ledger_close(&chat->ledger);
	return done;
}
