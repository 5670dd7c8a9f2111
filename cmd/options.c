/* SPDX-License-Identifier: MIT */
/* options.c: option rows to getopt_long() and --help, and the values of options. */
#include "compat.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>

#include "text/buf.h"
#include "cli.h"
#include "completion.h"
#include "text/near.h"
#include "text/num.h"
#include "output.h"
#include "usage/price.h"

enum { ROWS_MAX = 64, BUILT_IN = 10000, HELP_COLUMN = 28 };

enum { OPT_HELP = 'h', OPT_VERSION = 'V', OPT_COMPLETION = BUILT_IN };

static const struct cli_option built_in[] = {
        {OPT_HELP, "help", NULL, "show this help"},
        {OPT_VERSION, "version", NULL, "show the version"},
        {OPT_COMPLETION, "completion", "bash|zsh|fish", "print a completion script for the shell"},
        {0},
};

/* The program being parsed, and all of its rows in their order. */
static struct {
	const struct cli_program *program;
	const struct cli_option *rows[ROWS_MAX + 1];
	size_t nrows;
} current;

static void take_rows(const struct cli_option *row)
{
	for (; row->id && current.nrows < ROWS_MAX; row++)
		current.rows[current.nrows++] = row;
}

static void take_program(const struct cli_program *program)
{
	current.program = program;
	current.nrows = 0;
	for (const struct cli_option *const *table = program->options; *table; table++)
		take_rows(*table);
	take_rows(built_in);
}

static const struct cli_option *row_of(int id)
{
	size_t i = 0;

	while (i < current.nrows && current.rows[i]->id != id)
		i++;
	return current.rows[i];
}

/* What getopt_long() wants to know, made from the rows. */
struct getopt_tables {
	char letters[2 * ROWS_MAX + 2];
	struct option words[ROWS_MAX + 1];
	size_t nletters;
	size_t nwords;
};

static void add_row(struct getopt_tables *to, const struct cli_option *row)
{
	int has_arg = row->arg ? required_argument : no_argument;

	to->words[to->nwords++] = (struct option){row->name, has_arg, NULL, row->id};
	if (row->id >= CLI_LONG)
		return;
	to->letters[to->nletters++] = (char)row->id;
	if (row->arg)
		to->letters[to->nletters++] = ':';
}

static void put_row(struct oc_buf *out, const struct cli_option *row)
{
	size_t start = out->n;

	if (row->id < CLI_LONG)
		oc_buf_printf(out, "  -%c, ", row->id);
	else
		oc_buf_puts(out, "      ");
	oc_buf_printf(out, "--%s", row->name);
	if (row->arg)
		oc_buf_printf(out, " %s", row->arg);
	if (out->n - start > HELP_COLUMN - 2)
		oc_buf_printf(out, "\n%*s", HELP_COLUMN, "");
	else
		oc_buf_printf(out, "%*s", (int)(HELP_COLUMN - (out->n - start)), "");
	oc_buf_printf(out, "%s\n", row->help);
}

static void put_help(struct oc_buf *out, const struct cli_program *program)
{
	oc_buf_printf(out, "Usage: %s %s\n%s\n\n", program->name, program->synopsis,
	              program->purpose);
	for (size_t i = 0; i < current.nrows; i++)
		put_row(out, current.rows[i]);
	oc_buf_printf(out, "\nThe manual is %s(1); exit statuses are in oc(7).\n", program->name);
}

static void print_and_exit(int id, const char *arg)
{
	static const char *const shells[] = {"bash", "zsh", "fish", NULL}; /* completion_shell */
	struct output out;
	struct oc_buf text = {0};

	oc_buf_init(&text, (size_t)1 << 20);
	if (id == OPT_HELP)
		put_help(&text, current.program);
	else if (id == OPT_VERSION)
		oc_buf_printf(&text, "%s %s\n", current.program->name, OC_VERSION);
	else
		completion_put(&text, current.program, current.rows,
		               (enum completion_shell)cli_choice(id, arg, shells));
	output_open(&out, NULL);
	output_text(&out, &text);
	output_commit(&out);
	cli_exit(CLI_OK);
}

/* Why a long option is none: several begin like it, or none does, and perhaps one is near. */
OC_NORETURN static void refuse_word(const struct option *words, const char *word)
{
	size_t n = strcspn(word, "=");
	struct oc_near near;
	struct oc_buf meant = {0};

	oc_near_init(&near, word + 2, n - 2);
	oc_buf_init(&meant, OC_ERR_MESSAGE_MAX);
	for (; words->name; words++) {
		oc_near_offer(&near, words->name);
		if (n > 2 && strncmp(words->name, word + 2, n - 2) == 0)
			oc_buf_printf(&meant, "%s--%s", meant.n ? ", " : "", words->name);
	}
	if (meant.n)
		cli_die(CLI_USAGE, "option %.*s is ambiguous: %s", (int)n, word, meant.p);
	if (near.best)
		cli_die(CLI_USAGE, "unknown option %.*s; did you mean --%s?", (int)n, word,
		        near.best);
	cli_die(CLI_USAGE, "unknown option %.*s; %s --help lists them", (int)n, word,
	        current.program->name);
}

/* getopt_long() has refused something: says what. */
OC_NORETURN static void refuse(int answer, char **argv, const struct option *words)
{
	const struct cli_option *row = optopt ? row_of(optopt) : NULL;

	if (row && answer == ':')
		cli_die(CLI_USAGE, "option --%s needs a value: %s", row->name, row->arg);
	if (row)
		cli_die(CLI_USAGE, "option --%s takes no value", row->name);
	if (optopt)
		cli_die(CLI_USAGE, "unknown option -%c; %s --help lists them", optopt,
		        current.program->name);
	refuse_word(words, argv[optind - 1]);
}

int cli_options(const struct cli_program *program, int argc, char **argv, void *ctx)
{
	/* The leading ':' tells a missing value from an unknown option. */
	struct getopt_tables tables = {.letters = ":", .nletters = 1};
	int id;

	take_program(program);
	for (size_t i = 0; i < current.nrows; i++)
		add_row(&tables, current.rows[i]);
	opterr = 0;
	while ((id = getopt_long(argc, argv, tables.letters, tables.words, NULL)) != -1) {
		if (id == '?' || id == ':')
			refuse(id, argv, tables.words);
		else if (id == OPT_HELP || id == OPT_VERSION || id == OPT_COMPLETION)
			print_and_exit(id, optarg);
		else
			program->option(ctx, id, optarg);
	}
	return optind;
}

void cli_bad_option(int id, const char *fmt, ...)
{
	char text[OC_ERR_MESSAGE_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	cli_die(CLI_USAGE, "option --%s: %s", row_of(id)->name, text);
}

double cli_double(int id, const char *arg, double low, double high)
{
	char from[OC_NUM_TEXT_MAX];
	char to[OC_NUM_TEXT_MAX];
	double d;

	if (oc_num_double(arg, &d) && d >= low && d <= high)
		return d;
	oc_num_text(from, low);
	oc_num_text(to, high);
	cli_bad_option(id, "\"%s\" is not a number from %s to %s", arg, from, to);
}

int64_t cli_int64(int id, const char *arg, int64_t low, int64_t high)
{
	int64_t v;

	if (oc_num_int64(arg, &v) && v >= low && v <= high)
		return v;
	if (low == INT64_MIN && high == INT64_MAX)
		cli_bad_option(id, "\"%s\" is not a whole number of 64 bits", arg);
	if (high == INT64_MAX)
		cli_bad_option(id, "\"%s\" is not a whole number from %" PRId64 " up", arg, low);
	cli_bad_option(id, "\"%s\" is not a whole number from %" PRId64 " to %" PRId64, arg, low,
	               high);
}

void cli_price(int id, const char *arg, struct oc_price *out)
{
	if (!oc_price_parse(arg, out))
		cli_bad_option(id,
		               "\"%s\" is not IN:OUT, two prices like 0.15:0.6, from 0 to 1000000 "
		               "with up to six decimals",
		               arg);
}

int cli_choice(int id, const char *arg, const char *const *words)
{
	struct oc_buf list = {0};

	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], arg) == 0)
			return i;
	}
	oc_buf_init(&list, OC_ERR_MESSAGE_MAX);
	for (int i = 0; words[i]; i++)
		oc_buf_printf(&list, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
	cli_bad_option(id, "\"%s\" is not %s", arg, list.p);
}
