/* SPDX-License-Identifier: MIT */
/* prompt.c: the texts, images and tools of a request, from options, files and standard input. */
#include "compat.h"

#include <errno.h>
#include <unistd.h>

#include "input.h"
#include "json/json.h"
#include "json/writer.h"
#include "prompt.h"
#include "request/messages.h"
#include "text/utf8.h"
#include "text/text.h"

/* What files that are no text are by their first bytes, and what is to be done about it. */
static const char *advice_for(struct oc_text text)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *advice;
	} kinds[] = {
	        {"%PDF-", 5, "it is a PDF document: pdftotext makes text of it"},
	        {"\x89PNG", 4, "it is an image: --image sends it"},
	        {"\xff\xd8\xff", 3, "it is an image: --image sends it"},
	        {"RIFF", 4, "it is an image, or sound: --image sends WebP"},
	        {"\xff\xfe", 2, "it is UTF-16, perhaps: iconv makes UTF-8 of it"},
	        {"\xfe\xff", 2, "it is UTF-16, perhaps: iconv makes UTF-8 of it"},
	        {"PK\x03\x04", 4, "it is a zip archive, or a document in one: unpack it first"},
	        {"\x1f\x8b", 2, "it is compressed: zcat makes text of it"},
	        {"\177ELF", 4, "it is a program"},
	        {"\xd0\xcf\x11\xe0", 4, "it is an office document: convert it to text first"},
	};

	for (size_t i = 0; i < OC_COUNT(kinds); i++) {
		if (text.n >= kinds[i].n && memcmp(text.p, kinds[i].magic, kinds[i].n) == 0)
			return kinds[i].advice;
	}
	return "--replace-invalid sends U+FFFD instead";
}

/* Is buf from `start` on UTF-8? Mends it where the user said so. */
static void check_utf8(const struct ask *ask, struct oc_buf *buf, size_t start, const char *name)
{
	struct oc_text text = {buf->p + start, buf->n - start};
	size_t good = oc_utf8_check(text.p, text.n);
	struct oc_buf mended = {0};

	if (good == text.n)
		return;
	if (!ask->replace_invalid)
		cli_die(CLI_DATAERR, "%s: invalid UTF-8 at byte offset %zu; %s", name, good,
		        advice_for(text));
	oc_buf_init(&mended, buf->max);
	oc_buf_add(&mended, buf->p, start);
	oc_utf8_replace(&mended, text.p, text.n);
	if (mended.bad)
		cli_die(mended.bad == OC_ENOMEM ? CLI_OSERR : CLI_DATAERR,
		        "%s: too large to replace its invalid UTF-8", name);
	oc_buf_release(buf);
	*buf = mended;
}

/* ---- what surrounds the prompt ---- */

static void read_system(struct ask *ask)
{
	if (ask->system && ask->system_file)
		cli_die(CLI_USAGE, "--system and --system-file exclude each other");
	if (ask->system)
		oc_buf_puts(&ask->system_text, ask->system);
	if (ask->system_file)
		input_read(ask->system_file, &ask->system_text);
	cli_need_memory(!ask->system_text.bad);
	check_utf8(ask, &ask->system_text, 0,
	           ask->system_file ? input_name(ask->system_file) : "--system");
	ask->request.system = oc_buf_text(&ask->system_text);
}

void prompt_read_schema(struct ask *ask)
{
	if (!ask->schema_file)
		return;
	input_read(ask->schema_file, &ask->schema);
	ask->request.format = OC_FORMAT_JSON_SCHEMA;
	ask->request.schema = oc_buf_text(&ask->schema);
}

/* The next line that is not blank; empty at the end. */
static struct oc_text next_line(struct oc_text *rest)
{
	struct oc_text line = {rest->p, 0};

	while (rest->n && oc_text_is_blank(line))
		line = oc_text_take_line(rest);
	return oc_text_is_blank(line) ? (struct oc_text){rest->p, 0} : line;
}

/* An object, and JSON Lines, become an array; what is one already stays as it is, and so does what
 * is neither, for the request's check to say so. */
static void make_array(struct oc_buf *messages)
{
	struct oc_text rest = oc_buf_text(messages);
	struct oc_text line = next_line(&rest);
	struct oc_buf array = {0};

	if (!line.n || *line.p != '{')
		return;
	if (oc_json_check(messages->p, messages->n, NULL, NULL) == 0) {
		line = oc_buf_text(messages);
		rest.n = 0;
	}
	oc_buf_init(&array, messages->max + 2);
	for (char before = '['; line.n; before = ',') {
		oc_buf_putc(&array, before);
		oc_buf_add(&array, line.p, line.n);
		line = next_line(&rest);
	}
	oc_buf_putc(&array, ']');
	cli_need_memory(!array.bad);
	oc_buf_release(messages);
	*messages = array;
}

/* Reads a file of JSON objects as an array of them: an array, one object, or JSON Lines. */
static void read_array(const struct ask *ask, const char *file, const char *what,
                       struct oc_buf *array)
{
	input_read(file, array);
	check_utf8(ask, array, 0, input_name(file));
	if (oc_text_is_blank(oc_buf_text(array)))
		cli_die(CLI_DATAERR, "there are no %s in %s", what, input_name(file));
	make_array(array);
}

static void read_messages(struct ask *ask)
{
	if (!ask->messages_file)
		return;
	read_array(ask, ask->messages_file, "messages", &ask->messages);
	ask->request.messages = oc_buf_text(&ask->messages);
}

/* ---- tools ---- */

static bool is_known(const struct oc_json *j, int key)
{
	return oc_json_is(j, key, "name") || oc_json_is(j, key, "description") ||
	       oc_json_is(j, key, "parameters") || oc_json_is(j, key, "strict");
}

/* A function stands alone where nothing says that it is a tool. Other APIs have other members,
 * which a server would not look at. */
static bool is_function(const struct ask *ask, const struct oc_json *j, int tool)
{
	if (oc_json_get(j, tool, "type") != OC_JSON_NONE ||
	    oc_json_type(j, oc_json_get(j, tool, "name")) != OC_JSON_STRING)
		return false;
	for (int key = oc_json_first(j, tool); key != OC_JSON_NONE;
	     key = oc_json_next(j, tool, key)) {
		if (!is_known(j, key))
			cli_die(CLI_DATAERR, "%s: a function has no member %.*s",
			        input_name(ask->tools_file), (int)oc_json_raw(j, key).n,
			        oc_json_raw(j, key).p);
	}
	return true;
}

static void put_tool(struct oc_jsonw *w, struct oc_text raw, bool function)
{
	if (function) {
		oc_jsonw_open(w, '{');
		oc_jsonw_member(w, "type", "function");
		oc_jsonw_key(w, "function");
	}
	oc_jsonw_foreign(w, raw);
	if (function)
		oc_jsonw_close(w, '}');
}

/* Functions that stand alone become tools. */
static void read_tools(struct ask *ask)
{
	struct oc_buf tools = {0};
	struct oc_jsonw w;
	struct oc_json j;
	int rc;

	if (!ask->tools_file)
		return;
	read_array(ask, ask->tools_file, "tools", &ask->tools);
	oc_json_init(&j);
	oc_buf_init(&tools, SIZE_MAX / 2);
	oc_jsonw_init(&w, &tools);
	rc = oc_json_parse(&j, ask->tools.p, ask->tools.n, NULL);
	cli_need_memory(rc != OC_ENOMEM);
	if (!rc && oc_json_type(&j, 0) == OC_JSON_ARRAY) {
		oc_jsonw_open(&w, '[');
		for (int at = oc_json_first(&j, 0); at != OC_JSON_NONE;
		     at = oc_json_next(&j, 0, at))
			put_tool(&w, oc_json_raw(&j, at), is_function(ask, &j, at));
		oc_jsonw_close(&w, ']');
		oc_buf_release(&ask->tools);
		ask->tools = tools;
	}
	cli_need_memory(!tools.bad);
	oc_json_release(&j);
	ask->request.tools = oc_buf_text(&ask->tools);
}

/* ---- images, and all that surrounds the prompt ---- */

static void read_images(struct ask *ask)
{
	for (size_t i = 0; i < ask->request.nimages; i++) {
		oc_buf_init(&ask->images[i], OC_PROMPT_MAX);
		input_read(ask->image_files[i], &ask->images[i]);
		ask->image_texts[i] = oc_buf_text(&ask->images[i]);
		if (!oc_image_type(ask->image_texts[i]))
			cli_die(CLI_DATAERR, "%s is no png, jpeg or webp image",
			        input_name(ask->image_files[i]));
	}
	ask->request.images = ask->image_texts;
}

void prompt_read_surroundings(struct ask *ask)
{
	read_system(ask);
	read_messages(ask);
	prompt_read_schema(ask);
	read_images(ask);
	read_tools(ask);
}

/* ---- the prompt ---- */

/* Of several parts none may be blank: an empty `git diff` behind -p is no question. */
static void check_part(const struct ask *ask, size_t start, const char *name)
{
	struct oc_text part = {ask->prompt.p + start, ask->prompt.n - start};

	if (oc_text_is_blank(part))
		cli_die(CLI_DATAERR, "%s is %s, which makes no part of a prompt", name,
		        part.n ? "only white space" : "empty");
}

/* Words where files' names should be are a prompt, perhaps: none of them is a file, and there are
 * several, or one has a blank. */
static bool is_prompt(int noperands, char **operands)
{
	for (int i = 0; i < noperands; i++) {
		if (strcmp(operands[i], "-") == 0 || access(operands[i], F_OK) == 0)
			return false;
	}
	return noperands > 1 || (noperands && strchr(operands[0], ' '));
}

static void add_file(struct ask *ask, const char *path, bool alone)
{
	size_t start;

	oc_prompt_separate(&ask->prompt);
	start = ask->prompt.n;
	input_read(path, &ask->prompt);
	check_utf8(ask, &ask->prompt, start, input_name(path));
	if (!alone)
		check_part(ask, start, input_name(path));
}

void prompt_read_instruction(struct ask *ask)
{
	if (!ask->instruction)
		return;
	oc_buf_puts(&ask->prompt, ask->instruction);
	cli_need_memory(!ask->prompt.bad);
	check_utf8(ask, &ask->prompt, 0, "--prompt");
	ask->request.prompt = oc_buf_text(&ask->prompt);
}

void prompt_read(struct ask *ask, int noperands, char **operands)
{
	struct oc_err err = {0};

	prompt_read_instruction(ask);
	if (ask->instruction && noperands)
		check_part(ask, 0, "--prompt");
	if (!ask->instruction && is_prompt(noperands, operands))
		cli_die(CLI_NOINPUT,
		        "cannot read %s: %s; operands name files, -p 'TEXT' is the prompt itself",
		        operands[0], strerror(ENOENT));
	for (int i = 0; i < noperands; i++)
		add_file(ask, operands[i], noperands == 1 && !ask->instruction);
	if (!noperands && !ask->instruction &&
	    (ask->messages_file || (ask->chat.path && chat_waits(&ask->chat))))
		return; /* these are all that is asked */
	if (!noperands && !ask->instruction)
		add_file(ask, "-", true);
	cli_need_memory(ask->prompt.bad != OC_ENOMEM);
	if (ask->prompt.bad)
		cli_die(CLI_DATAERR, "the prompt is too large: the limit is %zu bytes",
		        OC_PROMPT_MAX);
	ask->request.prompt = oc_buf_text(&ask->prompt);
	if (oc_prompt_check(ask->request.prompt, &err))
		cli_die(cli_status_of(err.code), "%s", err.message);
}
