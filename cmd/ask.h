/* SPDX-License-Identifier: MIT */
/* ask.h: the way of a prompt into a request, and of the answer out. The options that say what is
 * asked are in ask-options.c. */
#ifndef ASK_H
#define ASK_H

#include "ask-state.h"

extern const struct cli_option ask_options[];
extern const struct cli_option ask_output_options[]; /* for commands with one answer */

/* True if the option was one of these, or of those of the cache, the slots and the server. */
bool ask_option(struct ask *ask, int id, const char *arg);

void ask_init(struct ask *ask);

/* For a command that asks many times, and gives each its own prompt and report, after its last
 * option: reads the set-up. -p is the request's prompt, and a model need not be named. Ends the
 * program where something is missing or unusable. tool: the command's name. */
void ask_finish_many(struct ask *ask, const char *tool);

/*
 * All that a command with one prompt does before it asks: reads the options, opens the report, so
 * that from here on every end of the program is in it, and makes request and connect. The prompt is
 * that of -p and of the operands, or standard input where there are neither. Ends the program where
 * something is missing or unusable, and after --dry-run. ctx: for program->option.
 */
void ask_prepare(struct ask *ask, const struct cli_program *program, int argc, char **argv,
                 void *ctx);

/* Opens the output and the reasoning's file, before anything is asked, and gives advice about the
 * model. */
void ask_open(struct ask *ask);

/* Adds the turn to the conversation's file, if there is one, and the answer is whole. reply: ask's
 * own, with the answer's text. */
void ask_remember(struct ask *ask, const struct oc_reply *reply);

/* Puts the reply as a JSON object on a line, with its content or without. */
void ask_put_reply(struct oc_buf *out, const struct oc_reply *reply, bool content);

/* Writes the tools that the model calls, a line of JSON each. */
void ask_write_calls(struct ask *ask);

/* The end after an answer: delivers what is still held, and ends the program with status 0, with 4
 * where the model calls tools, or with 3 where the server cut the answer short. Such an answer does
 * not replace a file, unless the user wants that. */
void ask_commit(struct ask *ask) OC_NORETURN;

/* The end after a failure: ends the program with the status of the error. With `told` it says what
 * became of the text that had come. */
void ask_fail(struct ask *ask, bool told, const struct oc_err *err) OC_NORETURN;

#endif
