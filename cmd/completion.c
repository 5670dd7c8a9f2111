/* SPDX-License-Identifier: MIT */
/*
 * completion.c: completion scripts for shells, made from the option rows. What an option takes is
 * told by the name of its argument: FILE, ID (of a model), words like `a|b|c`, else free text. What
 * has a capital letter stands for something else, and is no word. Model ids are asked of oc-models
 * when they are needed.
 */
#include "compat.h"

#include "completion.h"

static const char models[] = "$(oc-models --format ids 2>/dev/null)";

enum takes { NOTHING, FILES, MODELS, WORDS, TEXT };

/* The next word of `a|b|N/s`, at *at, which moves on; n = 0: there is none. */
static struct oc_text next_word(const char **at)
{
	struct oc_text word = {*at, 0};

	while (*word.p) {
		word.n = strcspn(word.p, "|");
		*at = word.p + word.n + (word.p[word.n] == '|');
		if (strcspn(word.p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= word.n)
			return word;
		word = (struct oc_text){*at, 0};
	}
	return word;
}

static enum takes takes(const char *arg)
{
	if (!arg)
		return NOTHING;
	if (strcmp(arg, "FILE") == 0)
		return FILES;
	if (strcmp(arg, "ID") == 0)
		return MODELS;
	return strchr(arg, '|') && next_word(&arg).n ? WORDS : TEXT;
}

static bool operands_are_models(const struct cli_program *program)
{
	return strstr(program->synopsis, "MODEL") != NULL;
}

struct script {
	struct oc_buf *out;
	const struct cli_program *program;
	const struct cli_option *const *rows; /* up to a NULL */
};

typedef void put_row_fn(const struct script *script, const struct cli_option *row);

static void put_rows(const struct script *script, put_row_fn *put)
{
	for (const struct cli_option *const *row = script->rows; *row; row++)
		put(script, *row);
}

/* `a|b|c` as `a b c`, between these. */
static void put_words(struct oc_buf *out, const char *before, const char *arg, const char *after)
{
	struct oc_text word;

	for (; (word = next_word(&arg)).n; before = " ") {
		oc_buf_puts(out, before);
		oc_buf_add(out, word.p, word.n);
	}
	oc_buf_puts(out, after);
}

/* Text within single quotes, with a backslash before each of the special characters, and `quote`
 * for a single quote. */
static void put_escaped(struct oc_buf *out, const char *text, const char *special,
                        const char *quote)
{
	for (; *text; text++) {
		if (*text == '\'') {
			oc_buf_puts(out, quote);
			continue;
		}
		if (strchr(special, *text))
			oc_buf_putc(out, '\\');
		oc_buf_putc(out, *text);
	}
}

/* ---- bash ---------------------------------------------------------------------------------- */

static void put_bash_name(const struct script *script, const struct cli_option *row)
{
	oc_buf_printf(script->out, " --%s", row->name);
}

/* An arm of the case over options with a value. No words: bash's own default, files. */
static void put_bash_arm(const struct script *script, const struct cli_option *row)
{
	struct oc_buf *out = script->out;

	if (!row->arg)
		return;
	oc_buf_puts(out, "\t");
	if (row->id < CLI_LONG)
		oc_buf_printf(out, "-%c | ", row->id);
	oc_buf_printf(out, "--%s) words=", row->name);
	if (takes(row->arg) == MODELS)
		oc_buf_puts(out, models);
	else if (takes(row->arg) == WORDS)
		put_words(out, "'", row->arg, "'");
	oc_buf_puts(out, " ;;\n");
}

/*
 * The word is taken from the line, because bash splits --option=value and model ids at their = and
 * colons; of the replies, it expects only what lies behind the last colon.
 */
static void put_bash(const struct script *script)
{
	const struct cli_program *program = script->program;
	struct oc_buf *out = script->out;

	oc_buf_printf(out,
	              "_%s()\n"
	              "{\n"
	              "\tlocal line=${COMP_LINE:0:COMP_POINT} word option words\n"
	              "\tword=${line##*[[:blank:]]}\n"
	              "\tread -r -a words <<<\"${line%%\"$word\"}\"\n"
	              "\toption=${words[-1]}\n"
	              "\tcase $word in\n"
	              "\t--*=*) option=${word%%%%=*} word=${word#*=} ;;\n"
	              "\tesac\n"
	              "\tcase $option in\n",
	              program->name);
	put_rows(script, put_bash_arm);
	oc_buf_puts(out, "\t*)\n\t\twords=");
	if (operands_are_models(program))
		oc_buf_puts(out, models);
	oc_buf_puts(out, "\n\t\t[[ $word != -* ]] || words='");
	put_rows(script, put_bash_name);
	oc_buf_printf(out,
	              "'\n"
	              "\t\t;;\n"
	              "\tesac\n"
	              "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
	              "\t[[ $COMP_WORDBREAKS != *:* || $word != *:* ]] ||\n"
	              "\t\tCOMPREPLY=(\"${COMPREPLY[@]#\"${word%%:*}:\"}\")\n"
	              "}\n"
	              "complete -o default -F _%s %s\n",
	              program->name, program->name);
}

/* ---- zsh ----------------------------------------------------------------------------------- */

static void put_zsh_action(const struct script *script, const struct cli_option *row)
{
	struct oc_buf *out = script->out;

	oc_buf_putc(out, ':');
	put_escaped(out, row->arg, ":\\", "'\\''");
	oc_buf_putc(out, ':');
	switch (takes(row->arg)) {
	case FILES:
		oc_buf_puts(out, "_files");
		break;
	case MODELS:
		oc_buf_printf(out, "_%s_models", script->program->name);
		break;
	case WORDS:
		put_words(out, "(", row->arg, ")");
		break;
	case NOTHING:
	case TEXT:
		break;
	}
}

static void put_zsh_row(const struct script *script, const struct cli_option *row)
{
	struct oc_buf *out = script->out;

	oc_buf_puts(out, " \\\n\t\t'*'");
	if (row->id < CLI_LONG)
		oc_buf_printf(out, "{-%c%s,--%s%s}", row->id, row->arg ? "+" : "", row->name,
		              row->arg ? "=" : "");
	else
		oc_buf_printf(out, "--%s%s", row->name, row->arg ? "=" : "");
	oc_buf_puts(out, "'[");
	put_escaped(out, row->help, "[]:\\", "'\\''");
	oc_buf_putc(out, ']');
	if (row->arg)
		put_zsh_action(script, row);
	oc_buf_putc(out, '\'');
}

/* Works when it is sourced, and as the file _oc-NAME in a directory of $fpath, or from there. */
static void put_zsh(const struct script *script)
{
	const struct cli_program *program = script->program;
	struct oc_buf *out = script->out;
	const char *name = program->name;

	oc_buf_printf(out,
	              "#compdef %s\n"
	              "_%s_models() { compadd -- ${(f)\"%s\"}; }\n"
	              "_%s() {\n"
	              "\t_arguments -s -S",
	              name, name, models, name);
	put_rows(script, put_zsh_row);
	if (operands_are_models(program))
		oc_buf_printf(out, " \\\n\t\t'*:MODEL:_%s_models'\n", name);
	else
		oc_buf_puts(out, " \\\n\t\t'*:FILE:_files'\n");
	oc_buf_printf(out,
	              "}\n"
	              "if (( $funcstack[(I)_%s] )); then _%s \"$@\"; else compdef _%s %s; fi\n",
	              name, name, name, name);
}

/* ---- fish ---------------------------------------------------------------------------------- */

static void put_fish_row(const struct script *script, const struct cli_option *row)
{
	struct oc_buf *out = script->out;

	oc_buf_printf(out, "complete -c %s -l %s", script->program->name, row->name);
	if (row->id < CLI_LONG)
		oc_buf_printf(out, " -s %c", row->id);
	switch (takes(row->arg)) {
	case NOTHING:
		break;
	case FILES:
		oc_buf_puts(out, " -r -F");
		break;
	case MODELS:
		oc_buf_puts(out, " -x -a '(oc-models --format ids 2>/dev/null)'");
		break;
	case WORDS:
		put_words(out, " -x -a '", row->arg, "'");
		break;
	case TEXT:
		oc_buf_puts(out, " -x");
		break;
	}
	oc_buf_puts(out, " -d '");
	put_escaped(out, row->help, "\\", "\\'");
	oc_buf_puts(out, "'\n");
}

static void put_fish(const struct script *script)
{
	const struct cli_program *program = script->program;
	struct oc_buf *out = script->out;

	if (operands_are_models(program))
		oc_buf_printf(out, "complete -c %s -f -a '(oc-models --format ids 2>/dev/null)'\n",
		              program->name);
	put_rows(script, put_fish_row);
}

void completion_put(struct oc_buf *out, const struct cli_program *program,
                    const struct cli_option *const *rows, enum completion_shell shell)
{
	static void (*const put[])(const struct script *) = {put_bash, put_zsh, put_fish};
	const struct script script = {out, program, rows};

	put[shell](&script);
}
