/* SPDX-License-Identifier: MIT */
/* oc-stream: a prompt in, the answer's pieces out, each as soon as it has arrived. */
#include "compat.h"

#include "ask.h"
#include "text/clock.h"
#include "text/text.h"
#include "json/writer.h"

enum { OPT_EVENTS = CLI_LONG };

static const struct cli_option own_options[] = {
        {OPT_EVENTS, "events", NULL, "print a JSON line for each piece, and one at the end"},
        {0},
};

static const struct cli_option *const options[] = {
        ask_options,     ask_output_options, cache_options, own_options,
        connect_options, turn_options,       NULL,
};

struct stream {
	struct ask ask;
	bool events;
	struct oc_buf pending; /* what has arrived since the last write */
	struct oc_buf pending_reasoning;
	struct oc_buf whole; /* all that has come, for the cache and the conversation */
	struct oc_buf whole_reasoning;
};

static void take_option(void *ctx, int id, const char *arg)
{
	struct stream *stream = ctx;

	if (id == OPT_EVENTS)
		stream->events = true;
	else
		(void)ask_option(&stream->ask, id, arg);
}

static void put_event(struct oc_buf *out, const char *name, struct oc_text text)
{
	struct oc_jsonw w;

	oc_jsonw_init(&w, out);
	oc_jsonw_open(&w, '{');
	oc_jsonw_member_text(&w, name, text);
	oc_jsonw_close(&w, '}');
	oc_buf_putc(out, '\n');
}

/* One write for all that one read brought. The answer begins a line where a terminal shows both. */
static void flush(struct stream *stream)
{
	struct ask *ask = &stream->ask;

	cli_need_memory(!stream->pending.bad && !stream->pending_reasoning.bad);
	output_write(&ask->reasoning, stream->pending_reasoning.p, stream->pending_reasoning.n);
	oc_buf_clear(&stream->pending_reasoning);
	if (ask->reasoning_path && stream->pending.n)
		output_end_line(&ask->reasoning);
	output_write(&ask->out, stream->pending.p, stream->pending.n);
	oc_buf_clear(&stream->pending);
}

static int take_chunk(void *ctx, const struct oc_chunk *chunk)
{
	struct stream *stream = ctx;

	switch (chunk->kind) {
	case OC_CHUNK_CONTENT:
		oc_buf_add(&stream->whole, chunk->text.p, chunk->text.n);
		if (stream->events)
			put_event(&stream->pending, "content", chunk->text);
		else
			oc_buf_add(&stream->pending, chunk->text.p, chunk->text.n);
		break;
	case OC_CHUNK_REASONING:
		oc_buf_add(&stream->whole_reasoning, chunk->text.p, chunk->text.n);
		if (stream->events)
			put_event(&stream->pending, "reasoning", chunk->text);
		else if (stream->pending.n)
			flush(stream); /* what came first comes first */
		if (stream->ask.reasoning_path)
			oc_buf_add(&stream->pending_reasoning, chunk->text.p, chunk->text.n);
		break;
	case OC_CHUNK_FLUSH:
		flush(stream);
		break;
	}
	return 0;
}

/* Readers that are slow, too, end with the deadline. */
static void keep_to_deadline(struct ask *ask)
{
	if (ask->connect.config.max_time <= 0)
		return;
	ask->out.deadline = oc_now() + ask->connect.config.max_time;
	ask->reasoning.deadline = ask->out.deadline;
}

/* A kept answer is a stream that comes all at once. */
static void replay(struct stream *stream)
{
	const struct oc_reply *reply = &stream->ask.reply;
	const struct oc_chunk chunks[] = {
	        {OC_CHUNK_REASONING, oc_text_of_reasoning(reply)},
	        {OC_CHUNK_CONTENT, oc_text_of_content(reply)},
	        {OC_CHUNK_FLUSH, {NULL, 0}},
	};

	for (size_t i = 0; i < OC_COUNT(chunks); i++) {
		if (chunks[i].text.n || chunks[i].kind == OC_CHUNK_FLUSH)
			(void)take_chunk(stream, &chunks[i]);
	}
}

/* A stream that is too large to be kept is passed on all the same. */
static void keep(struct stream *stream, bool fresh)
{
	struct ask *ask = &stream->ask;
	struct oc_reply whole = ask->reply;

	whole.content = stream->whole.p;
	whole.content_len = stream->whole.n;
	whole.reasoning = stream->whole_reasoning.p;
	whole.reasoning_len = stream->whole_reasoning.n;
	if (fresh && !stream->whole.bad && !stream->whole_reasoning.bad)
		cache_keep(&ask->cache, &ask->request, &whole);
	if (ask->chat.path && stream->whole.bad)
		cli_die(CLI_PROTOCOL, "the answer is too large for %s", ask->chat.path);
	ask_remember(ask, &whole);
}

/* Behind what text there is, on lines of their own. */
static void print_calls(struct ask *ask)
{
	if (ask->out.last != '\n')
		output_write(&ask->out, "\n", 1);
	ask_write_calls(ask);
}

static void run(struct stream *stream)
{
	struct ask *ask = &stream->ask;
	struct oc_err err = {0};
	bool fresh;

	oc_buf_init(&stream->pending, SIZE_MAX / 2);
	oc_buf_init(&stream->pending_reasoning, SIZE_MAX / 2);
	/* Who wants none has none: they are full from the beginning. */
	oc_buf_init(&stream->whole, ask->cache.dir || ask->chat.path ? OC_ANSWER_MAX : 0);
	oc_buf_init(&stream->whole_reasoning, ask->cache.dir ? OC_ANSWER_MAX : 0);
	ask_open(ask);
	keep_to_deadline(ask);
	fresh = !cache_answers(&ask->cache, &ask->request, &ask->reply);
	if (!fresh)
		replay(stream);
	else if (oc_stream(&ask->connect.config, &ask->request, take_chunk, stream, &ask->reply,
	                   &err))
		ask_fail(ask, true, &err);
	keep(stream, fresh);
	if (stream->events)
		ask_put_reply(&stream->pending, &ask->reply, false);
	flush(stream);
	if (ask->reply.tool_calls && !stream->events)
		print_calls(ask);
	ask_commit(ask);
}

int main(int argc, char **argv)
{
	static const struct cli_program program = {
	        .name = "oc-stream",
	        .synopsis = "[OPTION]... [FILE]...",
	        .purpose = "Sends a prompt, read from files or standard input, and prints the "
	                   "answer as it arrives.",
	        .options = options,
	        .option = take_option,
	};
	static struct stream stream;

	ask_prepare(&stream.ask, &program, argc, argv, &stream);
	run(&stream);
}
