/* SPDX-License-Identifier: MIT */
/* ask-state.h: what options, files and standard input make of one question, or of the many of a
 * batch. It says, too, where the answer goes. ask.h begins and ends it. */
#ifndef ASK_STATE_H
#define ASK_STATE_H

#include "cache.h"
#include "chat.h"
#include "connect.h"
#include "fields.h"
#include "output.h"
#include "report.h"
#include "turn.h"

enum { ASK_IMAGES_MAX = 64 };

struct ask {
	struct connect connect;
	struct cache cache;
	struct oc_request request;

	/* As the options have it. */
	const char *instruction; /* -p */
	const char *system;
	const char *system_file;
	const char *schema_file;
	const char *messages_file;
	const char *tools_file;
	struct chat chat; /* its path is that of --chat */
	const char *image_files[ASK_IMAGES_MAX];
	const char *stop[OC_STOP_MAX];
	int64_t seed;
	const char *output_path;
	const char *reasoning_path;
	struct fields fields;
	bool replace_invalid;
	bool dry_run;
	bool check; /* an answer that is there already */
	bool keep_partial;
	bool forgotten; /* the conversation's file has not got the answer */

	/* What request points to. */
	struct oc_buf prompt;
	struct oc_buf system_text;
	struct oc_buf schema;
	struct oc_buf messages;
	struct oc_buf tools;
	struct oc_buf images[ASK_IMAGES_MAX];
	struct oc_text image_texts[ASK_IMAGES_MAX];

	struct output out;
	struct output reasoning; /* where reasoning_path is set */
	struct report report;    /* its path is that of --report */
	struct turn turn;
	struct oc_reply reply;
};

#endif
