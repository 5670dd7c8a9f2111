/* SPDX-License-Identifier: MIT */
/* turn.c: when a request may be sent, in view of those of other processes. */
#include "compat.h"

#include "http/url.h"
#include "text/num.h"
#include "turn.h"

enum { OPT_SLOTS = CLI_LONG + 700 };

const struct cli_option turn_options[] = {
        {OPT_SLOTS, "slots", "N", "at most N requests at a time, of all processes together"},
        {0},
};

bool turn_option(struct turn *turn, int id, const char *arg)
{
	if (id != OPT_SLOTS)
		return false;
	turn->max = (unsigned)cli_int64(id, arg, 1, SLOTS_MAX);
	return true;
}

static int enter(void *ctx, double *wait, struct oc_err *err)
{
	struct turn *turn = ctx;

	return slots_enter(&turn->slots, wait, err);
}

static void leave(void *ctx, bool sent)
{
	struct turn *turn = ctx;

	if (sent)
		slots_leave(&turn->slots);
	else
		slots_leave_queue(&turn->slots);
}

static void read_environment(struct turn *turn)
{
	const char *slots = cli_env("OLLAMA_CLOUD_SLOTS");
	int64_t n;

	if (turn->max || !slots)
		return;
	if (!oc_num_int64(slots, &n) || n < 1 || n > SLOTS_MAX)
		cli_die(CLI_USAGE, "OLLAMA_CLOUD_SLOTS: \"%s\" is not a whole number from 1 to %d",
		        slots, SLOTS_MAX);
	turn->max = (unsigned)n;
}

void turn_open(struct turn *turn, struct connect *connect)
{
	struct oc_config *config = &connect->config;
	struct oc_server server;
	struct oc_err err = {0};

	read_environment(turn);
	if (!turn->max)
		return;
	if (oc_server_init(&server, config->base_url, &err))
		connect_die(connect, &err);
	slots_open(&turn->slots, turn->max, server.base_url, config->api_key);
	oc_server_release(&server);
	config->enter = enter;
	config->leave = leave;
	config->enter_ctx = turn;
}
