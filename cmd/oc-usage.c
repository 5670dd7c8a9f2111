/* SPDX-License-Identifier: MIT */
/* oc-usage: adds up the token counts of answers, reports and batches. */
#include "compat.h"

#include <inttypes.h>
#include <unistd.h>

#include "input.h"
#include "output.h"
#include "text/moment.h"
#include "text/text.h"
#include "usage/window.h"
#include "usage-sums.h"

enum { PIECE = 128 * 1024, WARNINGS_MAX = 20 };

/* A form of rows, or: */
enum { FORM_FIELD = ROWS_MARKDOWN + 1 };

enum {
	OPT_JSON = CLI_LONG,
	OPT_TSV,
	OPT_FIELD,
	OPT_MAX_INPUT,
	OPT_MAX_OUTPUT,
	OPT_MAX_TOTAL,
	OPT_PRICE,
	OPT_SINCE,
};

static const struct cli_option rows[] = {
        {OPT_JSON, "json", NULL, "print one JSON object"},
        {OPT_TSV, "tsv", NULL, "print lines of tab-separated fields"},
        {OPT_FIELD, "field", "input|output|total|records", "print this number alone"},
        {OPT_MAX_INPUT, "max-input", "N", "exit with 1 if there are more than N input tokens"},
        {OPT_MAX_OUTPUT, "max-output", "N", "exit with 1 if there are more than N output tokens"},
        {OPT_MAX_TOTAL, "max-total", "N", "exit with 1 if there are more than N tokens in all"},
        {OPT_PRICE, "price", "IN:OUT", "add the cost, at these prices of a million tokens"},
        {OPT_SINCE, "since", "1d|12h|2w|TIME", "count only records of that time and later"},
        {'q', "quiet", NULL, "no note about records without counts"},
        {0},
};

static const char *const fields[] = {"input", "output", "total", "records", NULL};

struct usage {
	struct oc_meter meter;
	int64_t bad;   /* things that could not be counted, each of them named */
	int64_t unfit; /* of these: what made a sum too large */

	int form;
	int field; /* index in fields, and in the result of figures() */
	bool priced;
	struct oc_price price;
	struct oc_window window;
	int64_t max[3]; /* input, output, total; -1 = any number */
};

static void choose_form(struct usage *u, int id, int form)
{
	if (u->form != ROWS_TABLE && u->form != form)
		cli_bad_option(id, "--json, --tsv and --field exclude each other");
	u->form = form;
}

/* A window of so many seconds ends now, as a budget's does. */
static int64_t since_of(const char *arg, int64_t now)
{
	int64_t n;

	if (oc_window_seconds(arg, &n))
		return now - n + 1;
	if (!oc_moment_read(oc_text_of(arg), &n))
		cli_bad_option(OPT_SINCE,
		               "\"%s\" is neither like 12h, 1d or 2w nor like 2026-11-25T17:44:22Z",
		               arg);
	return n;
}

static void on_option(void *ctx, int id, const char *arg)
{
	struct usage *u = ctx;

	switch (id) {
	case OPT_JSON:
		choose_form(u, id, ROWS_JSON);
		break;
	case OPT_TSV:
		choose_form(u, id, ROWS_TSV);
		break;
	case OPT_FIELD:
		choose_form(u, id, FORM_FIELD);
		u->field = cli_choice(id, arg, fields);
		break;
	case OPT_MAX_INPUT:
	case OPT_MAX_OUTPUT:
	case OPT_MAX_TOTAL:
		u->max[id - OPT_MAX_INPUT] = cli_int64(id, arg, 0, INT64_MAX);
		break;
	case OPT_PRICE:
		u->priced = true;
		cli_price(id, arg, &u->price);
		break;
	case OPT_SINCE:
		u->window.now = (int64_t)time(NULL);
		u->window.since = since_of(arg, u->window.now);
		break;
	default:
		cli_set_quiet();
	}
}

/* Counts what is wrong; the first ones are named, lest a file that is no ledger at all floods
 * standard error. */
static bool may_warn(struct usage *u)
{
	return ++u->bad <= WARNINGS_MAX;
}

static void warn_bad(struct usage *u, const char *name, const struct oc_usage_bad *bad)
{
	char place[64] = "";
	char lost[96] = "";

	if (!may_warn(u))
		return;
	if (bad->column)
		(void)snprintf(place, sizeof place, ":%" PRIu64, bad->column);
	if (bad->first < bad->last)
		(void)snprintf(lost, sizeof lost,
		               "; lines %" PRIu64 " to %" PRIu64 " are not counted", bad->first,
		               bad->last);
	cli_warn("%s:%" PRIu64 "%s: %s: %s%s", name, bad->line, place,
	         bad->not_json ? "not JSON" : "not a record", bad->problem, lost);
}

static void add_record(struct usage *u, const char *name, const struct oc_usage_record *record)
{
	struct oc_err err = {0};
	int rc;

	if (!oc_window_has(&u->window, record))
		return;
	rc = oc_meter_add(&u->meter, record, &err);
	if (rc == OC_ENOMEM)
		cli_die(CLI_OSERR, "%s", err.message);
	u->unfit += rc != 0;
	if (rc && may_warn(u))
		cli_warn("%s:%" PRIu64 ": not counted: %s", name, record->line, err.message);
	if (record->flaw && may_warn(u))
		cli_warn("%s:%" PRIu64 ": the value of \"%s\" is impossible, and taken as unknown",
		         name, record->line, record->flaw);
}

static void on_event(struct usage *u, const char *name, const struct oc_usage_reader *reader,
                     enum oc_usage_event event)
{
	if (event == OC_USAGE_RECORD)
		add_record(u, name, &reader->record);
	else
		warn_bad(u, name, &reader->bad);
}

static void read_file(struct usage *u, const char *path)
{
	static char piece[PIECE];
	const char *name = input_name(path);
	struct oc_usage_reader reader;
	enum oc_usage_event event;
	struct oc_err err = {0};
	int fd = input_open(path);
	size_t n;

	if (oc_usage_init(&reader, u->window.since != OC_WINDOW_ALL, &err))
		cli_die(CLI_OSERR, "%s", err.message);
	while ((n = input_some(fd, path, piece, sizeof piece)) > 0) {
		struct oc_text in = {piece, n};

		while ((event = oc_usage_next(&reader, &in)) != OC_USAGE_MORE)
			on_event(u, name, &reader, event);
	}
	while ((event = oc_usage_end(&reader)) != OC_USAGE_MORE)
		on_event(u, name, &reader, event);
	oc_usage_release(&reader);
	if (fd != STDIN_FILENO)
		(void)close(fd);
}

/* In the order of `fields`. */
static void figures(const struct usage *u, int64_t out[4])
{
	const struct oc_meter_row *total = &u->meter.total;

	out[0] = total->usage.input_tokens;
	out[1] = total->usage.output_tokens;
	out[2] = total->usage.total_tokens;
	out[3] = total->records;
}

static void print(struct usage *u)
{
	const struct oc_price *price = u->priced ? &u->price : NULL;
	struct output out;
	struct oc_buf text = {0};
	int64_t figure[4];

	output_open(&out, NULL);
	oc_buf_init(&text, (size_t)64 << 20);
	oc_meter_sort(&u->meter);
	if (u->form == FORM_FIELD) {
		figures(u, figure);
		oc_buf_printf(&text, "%" PRId64 "\n", figure[u->field]);
	} else {
		sums_put(&u->meter, price, u->bad, (enum rows_form)u->form, table_width(&out),
		         &text);
	}
	output_text(&out, &text);
	output_commit(&out);
}

/* Is a budget exceeded? What does not fit in a sum is over all of them. */
static bool is_over(const struct usage *u)
{
	int64_t figure[4];
	bool over = false;

	figures(u, figure);
	for (int i = 0; i < 3; i++) {
		if (u->max[i] < 0 || (figure[i] <= u->max[i] && !u->unfit))
			continue;
		over = true;
		if (u->unfit)
			cli_warn("what does not fit in a sum is over the budget of --max-%s "
			         "%" PRId64,
			         fields[i], u->max[i]);
		else
			cli_warn("%" PRId64 " %s tokens are over the budget of --max-%s %" PRId64,
			         figure[i], fields[i], fields[i], u->max[i]);
	}
	return over;
}

/* Says what the numbers do not, and makes the exit status. */
static int judge(const struct usage *u)
{
	const struct oc_meter_row *total = &u->meter.total;
	bool over;

	if (total->uncounted)
		cli_note("%" PRId64 " of %" PRId64
		         " records do not say all of their tokens: the sums "
		         "are what is known",
		         total->uncounted, total->records);
	if (u->window.timeless)
		cli_note("%" PRIu64 " of the records name no time: they are not counted",
		         u->window.timeless);
	if (u->window.future)
		cli_note("%" PRIu64 " of the records are from the future: they are counted",
		         u->window.future);
	over = is_over(u);
	if (u->bad > WARNINGS_MAX)
		cli_warn("%" PRId64 " more like these are not shown", u->bad - WARNINGS_MAX);
	if (u->bad > u->unfit || (u->bad && !over))
		return CLI_DATAERR;
	return over ? CLI_NO : CLI_OK;
}

int main(int argc, char **argv)
{
	static const struct cli_option *const tables[] = {rows, NULL};
	static const struct cli_program program = {
	        .name = "oc-usage",
	        .synopsis = "[OPTION]... [FILE]...",
	        .purpose = "Add up the token counts in answers, reports and batches.",
	        .options = tables,
	        .option = on_option,
	};
	struct usage u = {.max = {-1, -1, -1}, .window = {.since = OC_WINDOW_ALL}};
	int status;
	int i;

	cli_init(program.name);
	i = cli_options(&program, argc, argv, &u);
	if (i == argc)
		read_file(&u, "-");
	for (; i < argc; i++)
		read_file(&u, argv[i]);
	print(&u);
	status = judge(&u);
	oc_meter_release(&u.meter);
	return status;
}
