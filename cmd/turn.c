/* SPDX-License-Identifier: MIT */
/* turn.c: when a request may be sent, in view of those of other processes. */
#include "compat.h"

#include "text/num.h"
#include "turn.h"

enum { OPT_SLOTS = CLI_LONG + 700, OPT_BUDGET };

#define BUDGET_FORMS "a number of tokens like 200000, 20000/h, 200000/d or 1000000/w"

const struct cli_option turn_options[] = {
        {OPT_SLOTS, "slots", "N", "at most N requests at a time, of all processes together"},
        {OPT_BUDGET, "budget", "N[/h|/d|/w]",
         "no request once the report has N tokens, in an hour, day or week"},
        {0},
};

bool turn_option(struct turn *turn, int id, const char *arg)
{
	if (id == OPT_SLOTS)
		turn->slots.max = (unsigned)cli_int64(id, arg, 1, SLOTS_MAX);
	else if (id == OPT_BUDGET && !budget_parse(arg, &turn->budget))
		cli_bad_option(id, "\"%s\" is not " BUDGET_FORMS, arg);
	return id == OPT_SLOTS || id == OPT_BUDGET;
}

static void leave(void *ctx, bool sent)
{
	struct turn *turn = ctx;

	if (sent)
		slots_leave(&turn->slots);
	else
		slots_leave_queue(&turn->slots);
}

/* The budget comes last: while a slot was waited for, others have used it up, perhaps. */
static int enter(void *ctx, double *wait, struct oc_err *err)
{
	struct turn *turn = ctx;
	int rc = turn->slots.max ? slots_enter(&turn->slots, wait, err) : OC_OK;

	if (rc || *wait > 0 || !turn->budget.limit)
		return rc;
	rc = budget_check(&turn->budget, err);
	if (rc)
		leave(turn, true);
	return rc;
}

static void read_environment(struct turn *turn)
{
	const char *slots = cli_env("OLLAMA_CLOUD_SLOTS");
	const char *budget = cli_env("OLLAMA_CLOUD_BUDGET");
	int64_t n;

	if (!turn->slots.max && slots) {
		if (!oc_num_int64(slots, &n) || n < 1 || n > SLOTS_MAX)
			cli_die(CLI_USAGE,
			        "OLLAMA_CLOUD_SLOTS: \"%s\" is not a whole number from 1 to %d",
			        slots, SLOTS_MAX);
		turn->slots.max = (unsigned)n;
	}
	if (!turn->budget.limit && budget && !budget_parse(budget, &turn->budget))
		cli_die(CLI_USAGE, "OLLAMA_CLOUD_BUDGET: \"%s\" is not " BUDGET_FORMS, budget);
}

void turn_open(struct turn *turn, struct connect *connect, const struct report *report,
               bool certain)
{
	struct oc_config *config = &connect->config;

	read_environment(turn);
	turn->budget.verbose = config->log != NULL;
	if (turn->budget.limit)
		budget_open(&turn->budget, report, certain);
	if (turn->slots.max)
		slots_open(&turn->slots, connect->server.base_url, config->api_key);
	if (!turn->slots.max && !turn->budget.limit)
		return;
	config->enter = enter;
	config->leave = leave;
	config->enter_ctx = turn;
}
