/* SPDX-License-Identifier: MIT */
/* said.h: what a server says in place of an answer: finding it in the shapes that servers use. */
#ifndef OC_SAID_H
#define OC_SAID_H

#include "json/json.h"

#define OC_SAID_MAX 512 /* bytes of what is shown */

struct oc_said {
	int status;          /* the HTTP status that it names itself; 0 = none */
	bool html;           /* it is a page for people */
	struct oc_buf kind;  /* the type and the code that it names, as they are written */
	struct oc_buf words; /* all that it says, UTF-8, but for bytes of images */
};

void oc_said_init(struct oc_said *said);
void oc_said_release(struct oc_said *said);

/* Reads the body of an error: of its shapes, JSON is only one. http_status: its. Where memory is
 * out, words.bad says so. */
void oc_said_body(struct oc_said *said, int http_status, struct oc_text body);

/* Reads an error that oc_said_find() or oc_said_member() found. */
void oc_said_value(struct oc_said *said, const struct oc_json *j, int at);

/*
 * The error that a body or an event of a stream carries, or OC_JSON_NONE:
 *
 *	{"error":…}                    unless that is empty: null, false, 0, "", {} or [] (which is
 *	                               an error where it is all that the object says)
 *	{"object":"error","message":…} the object itself
 *	{"errors":[…]}, {"detail":…}   not empty, and where there is no array of
 *	                               choices, data or models
 *	{"message":"…"}, {"msg":"…"}   likewise; the object itself
 *	[{…}]                          any of these
 */
int oc_said_find(const struct oc_json *j);

/* The member "error" of an object that is only a part of a body; OC_JSON_NONE where it is empty. */
int oc_said_member(const struct oc_json *j, int at);

#endif
