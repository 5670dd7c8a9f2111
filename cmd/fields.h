/* SPDX-License-Identifier: MIT */
/* fields.h: --set, --unset and --body: any field of a request's body. */
#ifndef FIELDS_H
#define FIELDS_H

#include "cli.h"
#include "text/buf.h"

/* Private. */
struct fields {
	const char *body_file; /* NULL = none */
	struct oc_buf patch;   /* what --set and --unset say, a JSON Merge Patch; empty = nothing */
	struct oc_buf given;   /* an object with the fields that other options set; likewise */
	struct oc_buf body;    /* what is in body_file */
	struct oc_buf model;   /* that of body_file */
};

void fields_init(struct fields *fields);

enum { FIELDS_SET = CLI_LONG + 300, FIELDS_UNSET, FIELDS_BODY };

/* True if the option was one of these. */
bool fields_option(struct fields *fields, int id, const char *arg);

/* Another option sets this field: what was said of it before does not count. */
void fields_give(struct fields *fields, const char *name);

/* After the last option: reads the body's file, and puts what all of them say into the request: its
 * fields, and where the request has none, the file's messages and model. They live as long as
 * *fields. Ends the program where something is unusable. one: the request is to have one answer. */
void fields_finish(struct fields *fields, struct oc_request *request, bool one);

#endif
