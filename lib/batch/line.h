/* SPDX-License-Identifier: MIT */
/*
 * line.h: the request lines of a batch, and what tells which answer belongs to which of them.
 *
 * A request line is {"prompt":…}, {"messages":[…]}, a JSON string, or an envelope of the OpenAI
 * batch API: {"custom_id","method","url","body"}. Members of the request override the defaults;
 * those that are null count as not given.
 */
#ifndef OC_LINE_H
#define OC_LINE_H

#include "json/json.h"

/* What an answer is found by. Two hashes of 64 bits: at a million lines, the chance that any two
 * are confused is less than one in ten million. */
struct oc_line_id {
	uint64_t key;     /* of the custom_id, or of the line's number where it has none */
	uint64_t request; /* of the request's body; 0 = not known, or there is no request */
};

/* The key of a custom_id (an index in json) that is a string, else of the number. OC_ENOMEM. */
int oc_line_key(const struct oc_json *json, int custom_id, uint64_t number, uint64_t *key,
                struct oc_err *err);

struct oc_line {
	uint64_t number; /* from 1 */
	bool envelope;
	struct oc_line_id id;
	struct oc_buf custom_id; /* as JSON; empty = none */
	struct oc_buf model;     /* the line's own, decoded; empty = the defaults' */
	struct oc_buf body;      /* of the request */
	struct oc_buf schema;    /* the line's own; empty = the defaults' */
	bool has_tools;          /* in the request: calls of them are an answer */
	/* What is asked for of the answer: model, max_tokens, format and schema are the line's own,
	 * or else, as all the rest, the defaults', which it borrows from. */
	struct oc_request form;
};

void oc_line_init(struct oc_line *line);
void oc_line_release(struct oc_line *line);

/*
 * Reads a request line. json is scratch memory that is reused between calls. defaults: checked
 * with oc_request_check(), but its model may be NULL, and its prompt is the text that is placed
 * before the lines' prompts (not before "messages"). OC_EDATA, OC_ENOMEM; number, key and
 * custom_id, as far as there is one, are valid on failure too.
 */
int oc_line_read(struct oc_line *line, uint64_t number, struct oc_text text, struct oc_json *json,
                 const struct oc_request *defaults, struct oc_err *err);

#endif
