/* SPDX-License-Identifier: MIT */
/*
 * chat.h: a conversation in a file, a chat message a line, as JSON. The file is locked from when it
 * is read until the new turn is appended, so that turns of several processes follow each other.
 */
#ifndef CHAT_H
#define CHAT_H

#include "ledger.h"
#include "text/buf.h"

struct chat {
	const char *path; /* NULL = there is none */

	/* Private. */
	struct oc_buf messages; /* the file's, and what comes behind them: an array */
	size_t n;               /* how many are in the file */
	struct ledger ledger;
};

/* Is the last message that of a tool? Then it is the model's turn, and no prompt is needed. False
 * where the file cannot be read or used, which chat_begin() tells. */
bool chat_waits(const struct chat *chat);

/*
 * Puts the file's messages before the request's. Those of a conversation that has begun have a
 * system message, or none: the request's is of use in the first call only. Waits until no other
 * process has the file, but no longer than the configuration's max_time, of which the rest stays.
 * Ends the program where the file cannot be read, written or used, or the time has passed.
 */
void chat_begin(struct chat *chat, struct oc_request *request, struct oc_config *config);

/* The same, for who only wants to see the request: touches nothing, and waits for nobody. */
void chat_look(struct chat *chat, struct oc_request *request);

/* Appends what was new in the request, and this answer, in one write, and gives the file free.
 * False where that fails: it has been said why, and the file is as it was. */
bool chat_append(struct chat *chat, const struct oc_request *request, const struct oc_reply *reply);

#endif
