/* SPDX-License-Identifier: MIT */
/* ask.c: what is asked: from files and standard input to a request, and to its end. */
#include "compat.h"

#include <inttypes.h>
#include <strings.h>
#include <sys/stat.h>

#include "answer/calls.h"
#include "answer/cut.h"
#include "ask.h"
#include "call/complete.h"
#include "check.h"
#include "files.h"
#include "json/writer.h"
#include "prompt.h"
#include "request/fields.h"
#include "request/request.h"
#include "text/err.h"
#include "text/text.h"

enum { CUT_HOW_MAX = 160 };

void ask_init(struct ask *ask)
{
	memset(ask, 0, sizeof *ask);
	connect_init(&ask->connect);
	cache_init(&ask->cache);
	oc_request_init(&ask->request);
	oc_reply_init(&ask->reply);
	oc_buf_init(&ask->prompt, OC_PROMPT_MAX);
	oc_buf_init(&ask->system_text, OC_PROMPT_MAX);
	oc_buf_init(&ask->schema, OC_PROMPT_MAX);
	oc_buf_init(&ask->messages, OC_PROMPT_MAX);
	fields_init(&ask->fields);
	oc_buf_init(&ask->tools, OC_PROMPT_MAX);
	ask->report.fd = -1;
}

static int report_at_exit(void *ctx, int status)
{
	struct ask *ask = ctx;
	bool reported = report_add(&ask->report, ask->request.model, &ask->reply, status);

	return reported || status ? status : CLI_IOERR;
}

/* What is the same for one call and for many. model: may be another than the request's. */
static void complete_request(struct ask *ask, const char *model)
{
	struct oc_request checked;
	struct oc_err err = {0};

	prompt_read_surroundings(ask);
	checked = ask->request;
	checked.model = model;
	if (oc_request_check(&checked, &err))
		cli_die(cli_status_of(err.code), "%s", err.message);
	if (ask->dry_run)
		return;
	cache_finish(&ask->cache);
	connect_finish(&ask->connect, ask->cache.offline);
	cache_open(&ask->cache, &ask->connect, ask->request.keep_think);
	if (ask->cache.offline)
		return;
	/* Now, because it is too late when someone has typed a prompt. A kept answer needs no
	 * key. */
	if (oc_config_check(&ask->connect.config, &err) &&
	    !(ask->cache.dir && err.code == OC_ENOKEY))
		connect_die(&ask->connect, &err);
	turn_open(&ask->turn, &ask->connect, &ask->report, !ask->cache.dir);
}

/* Opens the report, and completes the fields, and the model where no option names one. */
static void begin(struct ask *ask, const char *tool, bool one)
{
	if (!ask->dry_run)
		report_open(&ask->report, tool);
	if (one)
		cli_at_exit(report_at_exit, ask);
	fields_finish(&ask->fields, &ask->request, one);
	if (!ask->request.model)
		ask->request.model = cli_env("OLLAMA_CLOUD_MODEL");
}

void ask_finish_many(struct ask *ask, const char *tool)
{
	begin(ask, tool, false);
	complete_request(ask, ask->request.model ? ask->request.model : "that of each line");
	prompt_read_instruction(ask);
}

OC_NORETURN static void dry_run(struct ask *ask)
{
	struct oc_question question = {.body = NULL};
	struct oc_buf body = {0};
	struct oc_err err = {0};

	oc_buf_init(&body, OC_BODY_MAX);
	if (oc_request_body(&ask->request, &body, &err) ||
	    oc_question_init(&question, &ask->request, &body, !ask->request.whole, &err))
		cli_die(cli_status_of(err.code), "%s", err.message);
	output_open(&ask->out, NULL);
	output_text(&ask->out, &body);
	output_commit(&ask->out);
	cli_exit(CLI_OK);
}

static bool is_same(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && files_same(&sa, &sb);
}

/* The conversation comes before all else that is asked. */
static void take_chat(struct ask *ask)
{
	struct chat *chat = &ask->chat;

	if (!chat->path)
		return;
	if (ask->dry_run)
		chat_look(chat, &ask->request);
	else
		chat_begin(chat, &ask->request, &ask->connect.config);
	if (ask->output_path && is_same(chat->path, ask->output_path))
		cli_die(CLI_USAGE, "--chat and --output name the same file");
}

void ask_prepare(struct ask *ask, const struct cli_program *program, int argc, char **argv,
                 void *ctx)
{
	int operands;

	cli_init(program->name);
	ask_init(ask);
	operands = cli_options(program, argc, argv, ctx);
	if (ask->check)
		check_answer(ask, argc - operands, argv + operands);
	begin(ask, program->name, true);
	if (!ask->request.model)
		cli_die(CLI_USAGE, "no model named: use --model or OLLAMA_CLOUD_MODEL; oc-models "
		                   "lists some");
	if (ask->request.tool_choice && !ask->tools_file && !oc_request_has_tools(&ask->request))
		cli_die(CLI_USAGE, "--tool-choice needs --tools");
	complete_request(ask, ask->request.model);
	prompt_read(ask, argc - operands, argv + operands);
	/* Now, because a prompt may be long in coming, from another process that uses the file. */
	take_chat(ask);
	if (ask->dry_run)
		dry_run(ask);
}

/* ---- beginning and end ---- */

static bool takes_images(const struct oc_model *row)
{
	for (size_t i = 0; i < OC_MODEL_LIST_MAX && row->input_types[i]; i++) {
		if (strcasecmp(row->input_types[i], "image") == 0)
			return true;
	}
	return false;
}

/* What the model table knows. The table may be behind the times: nothing is refused. */
static void advise(const struct ask *ask)
{
	const struct oc_model *row = oc_model_find(ask->request.model);
	size_t bytes = ask->request.prompt.n + ask->request.system.n;

	if (!row)
		return;
	if (ask->request.nimages && !takes_images(row))
		cli_note("note: model %s takes no images, as far as is known", ask->request.model);
	/* A token is some four bytes of English; eight is more than any tokenizer reaches. */
	if ((int64_t)(bytes / 8) > row->max_input_tokens)
		cli_note("note: a prompt of %zu bytes will not fit into the %" PRId64
		         " input tokens of model %s",
		         bytes, row->max_input_tokens, ask->request.model);
}

void ask_open(struct ask *ask)
{
	output_open(&ask->out, ask->output_path);
	if (ask->reasoning_path)
		output_open_direct(&ask->reasoning, ask->reasoning_path, false);
	/* A reader that has gone while the answer is awaited ends the call. */
	if (!output_is_file(&ask->out))
		ask->connect.config.watch_fd = ask->out.fd;
	advise(ask);
}

void ask_put_reply(struct oc_buf *out, const struct oc_reply *reply, bool content)
{
	struct oc_jsonw w;

	oc_jsonw_init(&w, out);
	oc_jsonw_open(&w, '{');
	if (content)
		oc_jsonw_member_text(&w, "content", oc_text_of_content(reply));
	oc_jsonw_outcome(&w, reply, NULL);
	oc_calls_member(&w, reply);
	oc_jsonw_close(&w, '}');
	oc_buf_putc(out, '\n');
}

void ask_write_calls(struct ask *ask)
{
	const struct oc_reply *reply = &ask->reply;
	struct oc_buf lines = {0};
	struct oc_jsonw w;

	oc_buf_init(&lines, SIZE_MAX / 2);
	oc_jsonw_init(&w, &lines);
	oc_calls_list(&w, oc_text_of_calls(reply), true);
	output_text(&ask->out, &lines);
}

/* Did the server cut the answer short? Then `how` says in which way. */
static bool is_cut(const struct ask *ask, char how[CUT_HOW_MAX])
{
	int64_t limit = oc_request_limit(&ask->request);
	enum oc_cut cut = oc_cut(&ask->reply, limit);

	if (cut == OC_CUT_FILTER)
		(void)snprintf(how, CUT_HOW_MAX, "by the server's content filter");
	else if (cut == OC_CUT_LENGTH && ask->reply.tool_calls)
		(void)snprintf(how, CUT_HOW_MAX, "within its tool calls (finish reason %s)",
		               ask->reply.finish_reason);
	else if (cut == OC_CUT_LENGTH)
		(void)snprintf(how, CUT_HOW_MAX, "at a limit of the server's (finish reason %s)%s",
		               ask->reply.finish_reason,
		               limit ? ", before that of --max-tokens"
		                     : "; --max-tokens sets another");
	return cut > OC_CUT_OWN;
}

void ask_remember(struct ask *ask, const struct oc_reply *reply)
{
	char how[CUT_HOW_MAX];

	if (ask->chat.path && !is_cut(ask, how))
		ask->forgotten = !chat_append(&ask->chat, &ask->request, reply);
}

void ask_commit(struct ask *ask)
{
	char how[CUT_HOW_MAX];
	bool cut = is_cut(ask, how);
	bool withheld = cut && output_is_file(&ask->out) && !ask->keep_partial;

	if (ask->reasoning_path)
		output_commit(&ask->reasoning);
	if (withheld)
		cli_warn("the answer was cut short %s; %s is left as it was, and --keep-partial "
		         "would take the answer as it is",
		         how, output_name(&ask->out));
	else if (cut)
		cli_warn("the answer was cut short %s", how);
	if (cut && ask->chat.path)
		cli_warn("nothing is added to %s", ask->chat.path);
	if (!withheld)
		output_commit(&ask->out);
	cli_exit(cut                     ? CLI_CUT
	         : ask->forgotten        ? CLI_IOERR
	         : ask->reply.tool_calls ? CLI_CALLS
	                                 : CLI_OK);
}

/* What became of the text of a stream that has failed. */
static void tell_delivered(struct ask *ask, struct oc_err *err)
{
	uint64_t n = ask->reply.delivered;

	if (!output_is_file(&ask->out)) {
		oc_err_reword(err, "%s (%" PRIu64 " bytes of the answer were delivered)",
		              err->message, n);
	} else if (ask->keep_partial && n) {
		oc_err_reword(err, "%s (%" PRIu64 " bytes of the answer were written to %s)",
		              err->message, n, output_name(&ask->out));
		output_commit(&ask->out);
	} else {
		oc_err_reword(err, "%s (nothing was written to %s)", err->message,
		              output_name(&ask->out));
	}
}

void ask_fail(struct ask *ask, bool told, const struct oc_err *err)
{
	struct oc_err why = *err;

	if (err->code == OC_ESTOPPED)
		cli_reader_left(output_name(&ask->out));
	if (ask->reasoning_path)
		output_end_line(&ask->reasoning);
	output_end_line(&ask->out);
	if (told && ask->reply.http_status == 200)
		tell_delivered(ask, &why);
	if (err->http_status)
		ask->reply.http_status = err->http_status; /* for the report */
	connect_die(&ask->connect, &why);
}
