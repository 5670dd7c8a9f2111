/* SPDX-License-Identifier: MIT */
/* oc-batch: JSON Lines in, a request a line; JSON Lines out, an answer a line. */
#include "compat.h"

#include "text/num.h"
#include "ask.h"
#include "batch-run.h"

enum {
	OPT_RATE = CLI_LONG,
	OPT_UNORDERED,
	OPT_RESUME,
	OPT_PROGRESS,
	OPT_ESTIMATE,
	OPT_PRICE,
	OPT_SYNC,
	OPT_NO_STREAM,
	PARALLEL_MAX = 1000,
};

static const struct cli_option own_options[] = {
        {'o', "output", "FILE", "append each answer to FILE as it comes"},
        {'P', "parallel", "N", "at most N requests at a time; default 4"},
        {OPT_RATE, "rate", "N/s|N/m", "start at most N requests a second, or a minute"},
        {OPT_UNORDERED, "unordered", NULL, "write answers as they come, not in input order"},
        {OPT_RESUME, "resume", NULL, "ask only what has no answer in the output file"},
        {OPT_SYNC, "sync", NULL, "let each answer reach the disk before the next is awaited"},
        {OPT_NO_STREAM, "no-stream", NULL, "ask for each answer as one document"},
        {'x', "extract", NULL, "of each answer take its first fenced code block, if there is one"},
        {OPT_ESTIMATE, "estimate", NULL, "with --dry-run: print how many tokens it takes, about"},
        {OPT_PRICE, "price", "IN:OUT", "with --estimate: at these prices of a million tokens"},
        {OPT_PROGRESS, "progress", NULL, "report the progress even if no terminal sees it"},
        {0},
};

static const struct cli_option *const options[] = {
        own_options,           ask_options,  cache_options, connect_options,
        connect_retry_options, turn_options, NULL,
};

/* "10/s" or "600/m" as a number per second. */
static double rate_of(const char *arg)
{
	double rate;

	if (!oc_num_rate(arg, &rate) || rate < 0.001 / 60 || rate > 1e6)
		cli_bad_option(OPT_RATE, "\"%s\" is not like 10/s or 600/m", arg);
	return rate;
}

static void take_price(struct run *run, const char *arg)
{
	run->estimate.priced = true;
	cli_price(OPT_PRICE, arg, &run->estimate.price);
}

static void take_option(void *ctx, int id, const char *arg)
{
	struct run *run = ctx;

	if (id == 'q')
		run->quiet = true;
	if (id == 'P')
		run->parallel = (unsigned)cli_int64(id, arg, 1, PARALLEL_MAX);
	else if (id == OPT_RATE)
		run->rate = rate_of(arg);
	else if (id == OPT_UNORDERED)
		run->unordered = true;
	else if (id == OPT_RESUME)
		run->resume = true;
	else if (id == 'x')
		run->ask.request.extract = true;
	else if (id == OPT_SYNC)
		run->sync = true;
	else if (id == OPT_NO_STREAM)
		run->ask.request.whole = true;
	else if (id == OPT_PROGRESS)
		run->progress_wanted = true;
	else if (id == OPT_ESTIMATE)
		run->estimate.wanted = true;
	else if (id == OPT_PRICE)
		take_price(run, arg);
	else
		(void)ask_option(&run->ask, id, arg);
}

int main(int argc, char **argv)
{
	static const struct cli_program program = {
	        .name = "oc-batch",
	        .synopsis = "[OPTION]... [FILE]...",
	        .purpose = "Sends a request for each line of JSON, and writes a line of JSON for "
	                   "each answer.",
	        .options = options,
	        .option = take_option,
	};
	static char standard_input[] = "-";
	static char *no_operands[] = {standard_input, NULL};
	static struct run run = {.parallel = 4};
	int operands;

	cli_init(program.name);
	ask_init(&run.ask);
	operands = cli_options(&program, argc, argv, &run);
	run.files = operands < argc ? argv + operands : no_operands;
	if (run.resume && (!run.ask.output_path || strcmp(run.ask.output_path, "-") == 0))
		cli_die(CLI_USAGE, "--resume needs --output FILE");
	if (run.estimate.wanted && !run.ask.dry_run)
		cli_die(CLI_USAGE, "--estimate needs --dry-run");
	if (run.estimate.priced && !run.estimate.wanted)
		cli_die(CLI_USAGE, "--price needs --estimate");
	ask_finish_many(&run.ask, program.name);
	if (run.ask.dry_run)
		run_dry(&run);
	run_batch(&run);
}
