/* SPDX-License-Identifier: MIT */
/* turn.h: the options that say when a request may be sent, in view of those of other processes. */
#ifndef TURN_H
#define TURN_H

#include "connect.h"
#include "slots.h"

struct turn {
	unsigned max; /* --slots; 0 = not given */
	struct slots slots;
};

extern const struct cli_option turn_options[];

/* True if the option was one of ours. */
bool turn_option(struct turn *turn, int id, const char *arg);

/* After connect_finish(): reads the environment, opens what is needed, and makes connect->config
 * ask before each request. Ends the program where something is unusable. */
void turn_open(struct turn *turn, struct connect *connect);

#endif
