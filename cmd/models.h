/* SPDX-License-Identifier: MIT */
/* models.h: oc-models, but for the way to a server. */
#ifndef MODELS_H
#define MODELS_H

#include "connect.h"

/* Asks the server for the ids that it serves, NULL-terminated, to be released by oc_list_free().
 * Ends the program where that fails. argv is what the program was called with. */
typedef char **models_ask_fn(struct connect *connect, char **argv);

/* The whole program: returns main's value. */
int models_main(int argc, char **argv, models_ask_fn *ask);

#endif
