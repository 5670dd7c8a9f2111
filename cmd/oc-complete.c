/* SPDX-License-Identifier: MIT */
/* oc-complete: a prompt in, the whole answer out. */
#include "compat.h"

#include "ask.h"
#include "answer/form.h"
#include "call/complete.h"
#include "text/utf8.h"

enum { OPT_RAW = CLI_LONG, OPT_CHECK, OPT_RETRY_INVALID, OPT_NO_STREAM };
enum { TEXT_MAX = 500 }; /* bytes of the text beside calls, in a message */

static const struct cli_option own_options[] = {
        {'j', "json", NULL, "print the answer, model and usage as one JSON object"},
        {'x', "extract", NULL, "print the first fenced code block, if there is one"},
        {OPT_RAW, "raw", NULL, "add no final newline"},
        {OPT_RETRY_INVALID, "retry-invalid", "N",
         "ask again, N times at most, for an answer of the wrong form"},
        {OPT_NO_STREAM, "no-stream", NULL, "ask for the answer as one document"},
        {OPT_CHECK, "check", NULL, "check an answer that is there already; asks nobody"},
        {0},
};

static const struct cli_option *const options[] = {
        ask_options,     ask_output_options,    cache_options, own_options,
        connect_options, connect_retry_options, turn_options,  NULL,
};

struct complete {
	struct ask ask;
	bool json;
	bool raw;
};

static void take_option(void *ctx, int id, const char *arg)
{
	struct complete *complete = ctx;

	if (id == 'j')
		complete->json = true;
	else if (id == 'x')
		complete->ask.request.extract = true;
	else if (id == OPT_RAW)
		complete->raw = true;
	else if (id == OPT_RETRY_INVALID)
		complete->ask.request.retry_invalid = (int)cli_int64(id, arg, 0, 1000);
	else if (id == OPT_NO_STREAM)
		complete->ask.request.whole = true;
	else if (id == OPT_CHECK)
		complete->ask.check = true;
	else
		(void)ask_option(&complete->ask, id, arg);
}

static void print_json(struct complete *complete)
{
	struct oc_buf line = {0};

	oc_buf_init(&line, 8 * OC_ANSWER_MAX);
	ask_put_reply(&line, &complete->ask.reply, true);
	output_text(&complete->ask.out, &line);
}

/* In one write: several at a time may write to the same file. */
static void print_text(struct complete *complete)
{
	struct oc_reply *reply = &complete->ask.reply;
	size_t n = reply->content_len;
	bool add = !complete->raw && n && reply->content[n - 1] != '\n';

	if (add)
		reply->content[n] = '\n'; /* where its NUL is */
	output_write(&complete->ask.out, reply->content, n + add);
	if (add)
		reply->content[n] = '\0';
}

/* Standard output is calls, then, and nothing else; what the model says beside them is told. */
static void print_calls(struct complete *complete)
{
	const struct oc_reply *reply = &complete->ask.reply;
	char line[TEXT_MAX + OC_UTF8_LINE_MORE];

	if (oc_utf8_line(line, TEXT_MAX, reply->content, reply->content_len))
		cli_note("beside its calls of tools the model says: \"%s\"", line);
	ask_write_calls(&complete->ask);
}

static void print(struct complete *complete)
{
	struct ask *ask = &complete->ask;
	struct oc_err err = {0};

	if (ask->reasoning_path) {
		output_write(&ask->reasoning, ask->reply.reasoning, ask->reply.reasoning_len);
		output_end_line(&ask->reasoning);
	}
	ask_remember(ask, &ask->reply);
	if (oc_answer_take(&ask->request, &ask->reply, &err))
		cli_die(CLI_OSERR, "%s", err.message);
	if (complete->json)
		print_json(complete);
	else if (ask->reply.tool_calls)
		print_calls(complete);
	else
		print_text(complete);
}

/* What there is of a stream that broke off is for who wants it. */
OC_NORETURN static void fail(struct complete *complete, const struct oc_err *err)
{
	struct ask *ask = &complete->ask;
	bool kept = ask->keep_partial && ask->output_path && ask->reply.content;

	if (kept) {
		print(complete);
		ask->reply.delivered = ask->reply.content_len;
	}
	ask_fail(ask, kept, err);
}

static void run(struct complete *complete)
{
	struct ask *ask = &complete->ask;
	struct oc_err err = {0};

	ask_open(ask);
	if (!cache_answers(&ask->cache, &ask->request, &ask->reply)) {
		if (oc_complete_all(&ask->connect.config, &ask->request, &ask->reply, &err))
			fail(complete, &err);
		cache_keep(&ask->cache, &ask->request, &ask->reply);
	}
	print(complete);
	ask_commit(ask);
}

int main(int argc, char **argv)
{
	static const struct cli_program program = {
	        .name = "oc-complete",
	        .synopsis = "[OPTION]... [FILE]...",
	        .purpose = "Sends a prompt, read from files or standard input, and prints the "
	                   "answer.",
	        .options = options,
	        .option = take_option,
	};
	static struct complete complete;

	ask_prepare(&complete.ask, &program, argc, argv, &complete);
	run(&complete);
}
