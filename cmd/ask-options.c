/* SPDX-License-Identifier: MIT */
/* ask-options.c: the options that say what is asked. */
#include "compat.h"

#include "ask.h"

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

/* Options whose argument is a name or a text and nothing else, and those that have none. */
static bool plain_option(struct ask *ask, int id, const char *arg)
{
	const struct {
		int id;
		const char **text;
		bool *flag;
	} rows[] = {
	        {'m', &ask->request.model, NULL},
	        {'p', &ask->instruction, NULL},
	        {'c', &ask->chat.path, NULL},
	        {'s', &ask->system, NULL},
	        {'S', &ask->system_file, NULL},
	        {'o', &ask->output_path, NULL},
	        {OPT_EFFORT, &ask->request.effort, NULL},
	        {OPT_SCHEMA, &ask->schema_file, NULL},
	        {OPT_MESSAGES, &ask->messages_file, NULL},
	        {OPT_TOOLS, &ask->tools_file, NULL},
	        {OPT_TOOL_CHOICE, &ask->request.tool_choice, NULL},
	        {OPT_REPORT, &ask->report.path, NULL},
	        {OPT_REASONING, &ask->reasoning_path, NULL},
	        {OPT_NO_FORMAT, NULL, &ask->request.no_formats},
	        {OPT_REPLACE_INVALID, NULL, &ask->replace_invalid},
	        {OPT_KEEP_THINK, NULL, &ask->request.keep_think},
	        {OPT_KEEP_PARTIAL, NULL, &ask->keep_partial},
	        {OPT_DRY_RUN, NULL, &ask->dry_run},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		if (rows[i].id != id)
			continue;
		if (rows[i].text)
			*rows[i].text = arg;
		if (rows[i].flag)
			*rows[i].flag = true;
		return true;
	}
	return false;
}

/* Options whose values are checked here. */
static bool request_option(struct ask *ask, int id, const char *arg)
{
	struct oc_request *request = &ask->request;

	switch (id) {
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
	if (arg && strcmp(arg, "-") == 0)
		refuse_standard(id);
	note_field(ask, id);
	return plain_option(ask, id, arg) || request_option(ask, id, arg) ||
	       fields_option(&ask->fields, id, arg) || cache_option(&ask->cache, id, arg) ||
	       turn_option(&ask->turn, id, arg) || connect_option(&ask->connect, id, arg);
}
