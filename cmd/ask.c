/* SPDX-License-Identifier: MIT */
/* ask.c: what is asked: from options, files and standard input to a request, and to its end. */
#include "compat.h"

#include <inttypes.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask.h"
#include "call/call.h"
#include "check.h"
#include "call/complete.h"
#include "answer/calls.h"
#include "answer/cut.h"
#include "text/err.h"
#include "prompt.h"
#include "tools.h"
#include "request/fields.h"
#include "request/request.h"

enum {
	OPT_TOP_P = CLI_LONG + 200,
	OPT_SEED,
	OPT_STOP,
	OPT_EFFORT,
	OPT_JSON_OBJECT,
	OPT_SCHEMA,
	OPT_NO_FORMAT,
	OPT_MESSAGES,
	OPT_TOOLS,
	OPT_TOOL_CHOICE,
	OPT_REPORT,
	OPT_REASONING,
	OPT_REPLACE_INVALID,
	OPT_DRY_RUN,
	OPT_KEEP_PARTIAL,
	OPT_KEEP_THINK,
};

enum { CUT_HOW_MAX = 160 };

const struct cli_option ask_options[] = {
        {'m', "model", "ID", "the model; default $OLLAMA_CLOUD_MODEL"},
        {'p', "prompt", "TEXT", "instruction placed before the input"},
        {'s', "system", "TEXT", "system message"},
        {'S', "system-file", "FILE", "system message from FILE"},
        {OPT_MESSAGES, "messages", "FILE", "chat messages that come before the prompt"},
        {'i', "image", "FILE", "add an image: png, jpeg or webp; repeatable"},
        {'t', "temperature", "N", "sampling temperature, 0.0-2.0"},
        {OPT_TOP_P, "top-p", "N", "nucleus sampling, 0.0-1.0"},
        {'n', "max-tokens", "N", "at most N tokens of answer"},
        {OPT_SEED, "seed", "N", "seed of the sampling"},
        {OPT_STOP, "stop", "TEXT", "end the answer before TEXT; repeatable, at most 4"},
        {OPT_EFFORT, "effort", "none|low|medium|high|max", "how much the model is to reason"},
        {OPT_JSON_OBJECT, "json-object", NULL, "the answer must be a JSON object"},
        {OPT_SCHEMA, "schema", "FILE", "the answer must satisfy the JSON Schema in FILE"},
        {OPT_NO_FORMAT, "no-format", NULL, "the schema's \"format\" decides nothing"},
        {OPT_TOOLS, "tools", "FILE", "tools that the model may call, as JSON"},
        {OPT_TOOL_CHOICE, "tool-choice", "auto|none|required|NAME",
         "whether and what it is to call"},
        {FIELDS_SET, "set", "NAME=VALUE", "any other field; VALUE is JSON, or else a string"},
        {FIELDS_UNSET, "unset", "NAME", "a field that is not to be sent"},
        {FIELDS_BODY, "body", "FILE", "the JSON object that the request's body begins with"},
        {OPT_REPORT, "report", "FILE", "append a JSON line about each call to FILE"},
        {OPT_REASONING, "reasoning", "FILE", "write the model's reasoning to FILE"},
        {OPT_KEEP_THINK, "keep-think", NULL,
         "leave a <think> block at its beginning in the answer"},
        {OPT_REPLACE_INVALID, "replace-invalid", NULL, "send U+FFFD for invalid UTF-8"},
        {OPT_DRY_RUN, "dry-run", NULL, "print the request and stop; asks nobody"},
        {0},
};

const struct cli_option ask_output_options[] = {
        {'c', "chat", "FILE", "go on with the conversation in FILE, and add the new turn to it"},
        {'o', "output", "FILE", "write to FILE, whole or not at all"},
        {OPT_KEEP_PARTIAL, "keep-partial", NULL, "write an answer that is cut short to FILE, too"},
        {0},
};

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
}

/* ---- options ---- */

static void add_image(struct ask *ask, int id, const char *arg)
{
	if (ask->request.nimages == ASK_IMAGES_MAX)
		cli_bad_option(id, "more than %d images", ASK_IMAGES_MAX);
	ask->image_files[ask->request.nimages++] = arg;
}

static void add_stop(struct ask *ask, int id, const char *arg)
{
	if (ask->request.nstop == OC_STOP_MAX)
		cli_bad_option(id, "more than %d stop sequences", OC_STOP_MAX);
	ask->stop[ask->request.nstop++] = arg;
	ask->request.stop = ask->stop;
}

/* Options that set a field of the request. */
static bool request_option(struct ask *ask, int id, const char *arg)
{
	struct oc_request *request = &ask->request;

	switch (id) {
	case 'm':
		request->model = arg;
		return true;
	case 'i':
		add_image(ask, id, arg);
		return true;
	case 't':
		request->temperature = cli_double(id, arg, 0.0, 2.0);
		return true;
	case OPT_TOP_P:
		request->top_p = cli_double(id, arg, 0.0, 1.0);
		return true;
	case 'n':
		request->max_tokens = cli_int64(id, arg, 1, INT64_MAX);
		return true;
	case OPT_SEED:
		ask->seed = cli_int64(id, arg, INT64_MIN, INT64_MAX);
		request->seed = &ask->seed;
		return true;
	case OPT_STOP:
		add_stop(ask, id, arg);
		return true;
	case OPT_EFFORT:
		request->effort = arg;
		return true;
	case OPT_JSON_OBJECT:
		request->format = OC_FORMAT_JSON_OBJECT;
		return true;
	default:
		return false;
	}
}

/* Of two options that set the same field the later one counts. */
static void note_field(struct ask *ask, int id)
{
	static const struct {
		int id;
		const char *field;
	} rows[] = {
	        {'t', "temperature"},
	        {OPT_TOP_P, "top_p"},
	        {'n', "max_tokens"},
	        {'n', "max_completion_tokens"},
	        {OPT_SEED, "seed"},
	        {OPT_STOP, "stop"},
	        {OPT_EFFORT, "reasoning_effort"},
	        {OPT_JSON_OBJECT, "response_format"},
	        {OPT_SCHEMA, "response_format"},
	        {OPT_TOOLS, "tools"},
	        {OPT_TOOL_CHOICE, "tool_choice"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		if (rows[i].id == id)
			fields_give(&ask->fields, rows[i].field);
	}
}

/* Where the argument of an option goes that is a name or a text and nothing else; or NULL. */
static const char **text_of(struct ask *ask, int id)
{
	switch (id) {
	case 'p':
		return &ask->instruction;
	case 'c':
		return &ask->chat.path;
	case 's':
		return &ask->system;
	case 'S':
		return &ask->system_file;
	case OPT_SCHEMA:
		return &ask->schema_file;
	case OPT_MESSAGES:
		return &ask->messages_file;
	case OPT_TOOLS:
		return &ask->tools_file;
	case OPT_TOOL_CHOICE:
		return &ask->request.tool_choice;
	case 'o':
		return &ask->output_path;
	case OPT_REPORT:
		return &ask->report_path;
	case OPT_REASONING:
		return &ask->reasoning_path;
	default:
		return NULL;
	}
}

/* What an option without an argument sets; NULL for others. */
static bool *flag_of(struct ask *ask, int id)
{
	switch (id) {
	case OPT_NO_FORMAT:
		return &ask->request.no_formats;
	case OPT_REPLACE_INVALID:
		return &ask->replace_invalid;
	case OPT_KEEP_THINK:
		return &ask->request.keep_think;
	case OPT_KEEP_PARTIAL:
		return &ask->keep_partial;
	case OPT_DRY_RUN:
		return &ask->dry_run;
	default:
		return NULL;
	}
}

/* Some things are in files of their own, and "-" is none. */
static void refuse_standard(int id)
{
	if (id == 'c')
		cli_bad_option(id, "a conversation is a file, and not standard input");
	else if (id == OPT_REPORT || id == OPT_REASONING)
		cli_bad_option(id, "%s never goes to standard output; name a file, or /dev/stderr",
		               id == OPT_REPORT ? "a report" : "reasoning");
}

bool ask_option(struct ask *ask, int id, const char *arg)
{
	const char **text = text_of(ask, id);
	bool *flag = flag_of(ask, id);

	if (fields_option(&ask->fields, id, arg))
		return true;
	note_field(ask, id);
	if (text && strcmp(arg, "-") == 0)
		refuse_standard(id);
	if (text)
		*text = arg;
	else if (flag)
		*flag = true;
	else
		return request_option(ask, id, arg) || cache_option(&ask->cache, id, arg) ||
		       turn_option(&ask->turn, id, arg) || connect_option(&ask->connect, id, arg);
	return true;
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
	tools_read(ask);
	checked = ask->request;
	checked.model = model;
	if (oc_request_check(&checked, &err))
		cli_die(cli_status_of(err.code), "%s", err.message);
	if (ask->dry_run)
		return;
	cache_finish(&ask->cache);
	ask->connect.keyless = ask->cache.offline;
	connect_finish(&ask->connect);
	ask->cache.keep_think = ask->request.keep_think;
	cache_open(&ask->cache, &ask->connect.config);
	/* Now, because it is too late when someone has typed a prompt. A kept answer needs no
	 * key. */
	if (!ask->cache.offline && oc_config_check(&ask->connect.config, &err) &&
	    !(ask->cache.dir && err.code == OC_ENOKEY))
		connect_die(&ask->connect, &err);
	if (!ask->cache.offline)
		turn_open(&ask->turn, &ask->connect, &ask->report, !ask->cache.dir);
}

static void begin(struct ask *ask, const char *tool)
{
	ask->report.fd = -1;
	if (!ask->dry_run)
		report_open(&ask->report, ask->report_path, tool);
}

/* The fields, and the model where no option names one. */
static void find_fields(struct ask *ask, bool one)
{
	fields_finish(&ask->fields, &ask->request, one);
	if (!ask->request.model)
		ask->request.model = cli_env("OLLAMA_CLOUD_MODEL");
}

static void finish(struct ask *ask, const char *tool)
{
	begin(ask, tool);
	if (!ask->dry_run)
		cli_at_exit(report_at_exit, ask);
	find_fields(ask, true);
	if (!ask->request.model)
		cli_die(CLI_USAGE, "no model named: use --model or OLLAMA_CLOUD_MODEL; oc-models "
		                   "lists some");
	if (ask->request.tool_choice && !ask->tools_file && !oc_request_has_tools(&ask->request))
		cli_die(CLI_USAGE, "--tool-choice needs --tools");
	complete_request(ask, ask->request.model);
}

void ask_finish_many(struct ask *ask, const char *tool)
{
	begin(ask, tool);
	find_fields(ask, false);
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
	output_write(&ask->out, body.p, body.n);
	output_commit(&ask->out);
	oc_buf_release(&body);
	cli_exit(CLI_OK);
}

static bool is_same(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev &&
	       sa.st_ino == sb.st_ino;
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
	finish(ask, program->name);
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
		output_open_direct(&ask->reasoning, ask->reasoning_path);
	/* A reader that has gone while the answer is awaited ends the call. */
	if (!output_is_file(&ask->out))
		ask->connect.config.watch_fd = ask->out.fd;
	advise(ask);
}

void ask_write_calls(struct ask *ask)
{
	const struct oc_reply *reply = &ask->reply;
	struct oc_buf lines = {0};
	struct oc_jsonw w;

	oc_buf_init(&lines, SIZE_MAX / 2);
	oc_jsonw_init(&w, &lines);
	oc_calls_list(&w, (struct oc_text){reply->tool_calls, reply->tool_calls_len}, true);
	if (lines.bad)
		cli_die(CLI_OSERR, "out of memory");
	output_write(&ask->out, lines.p, lines.n);
	oc_buf_release(&lines);
}

/* Did the server cut the answer short? Then `how` says in which way. */
static bool is_cut(const struct ask *ask, char how[CUT_HOW_MAX])
{
	int64_t limit = oc_request_limit(&ask->request);

	switch (oc_cut(&ask->reply, limit)) {
	case OC_CUT_LENGTH:
		if (ask->reply.tool_calls)
			(void)snprintf(how, CUT_HOW_MAX, "within its tool calls (finish reason %s)",
			               ask->reply.finish_reason);
		else
			(void)snprintf(how, CUT_HOW_MAX,
			               "at a limit of the server's (finish reason %s)%s",
			               ask->reply.finish_reason,
			               limit ? ", before that of --max-tokens"
			                     : "; --max-tokens sets another");
		return true;
	case OC_CUT_FILTER:
		(void)snprintf(how, CUT_HOW_MAX, "by the server's content filter");
		return true;
	case OC_CUT_NONE:
	case OC_CUT_OWN:
		break;
	}
	return false;
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
	if (withheld)
		output_drop(&ask->out);
	else
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
