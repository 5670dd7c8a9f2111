/* SPDX-License-Identifier: MIT */
/* turn.h: the options that say when a request may be sent, in view of those of other processes. */
#ifndef TURN_H
#define TURN_H

#include "budget.h"
#include "connect.h"
#include "slots.h"

struct turn {
	struct slots slots;   /* --slots */
	struct budget budget; /* --budget */
};

extern const struct cli_option turn_options[];

/* True if the option was one of ours. */
bool turn_option(struct turn *turn, int id, const char *arg);

/* After connect_finish(): reads the environment, opens what is needed, and makes connect->config
 * ask before each request. certain: there will be one. Ends the program where something is
 * unusable, or the budget is used up. */
void turn_open(struct turn *turn, struct connect *connect, const struct report *report,
               bool certain);

#endif
