/* SPDX-License-Identifier: MIT */
/* refusal.h: what servers send in place of an answer: finding it, and saying it. */
#ifndef OC_REFUSAL_H
#define OC_REFUSAL_H

#include "json.h"

/*
 * The error that a body or an event of a stream carries, or OC_JSON_NONE:
 *
 *	{"error":…}                    unless that is empty: null, false, "", {} or [] (one that is
 *	                               all that the object says is an error nevertheless)
 *	{"object":"error","message":…} the object itself
 *	{"errors":[…]}, {"detail":…}   not empty, and where there is no array of
 *	                               choices, data or models
 *	{"message":"…"}, {"msg":"…"}   likewise; the object itself
 *	[{…}]                          any of these
 */
int oc_refusal_find(const struct oc_json *j, int at);

/* The member "error" of an object that is only a part of a body; OC_JSON_NONE where it is empty. */
int oc_refusal_member(const struct oc_json *j, int at);

/* What is known of the request that was refused. Any member may be NULL or "". */
struct oc_refusal_context {
	const char *base_url;
	const char *model;
	const char *request_id; /* of the response headers */
	bool has_key;           /* was a key sent? */
};

/*
 * Both fill *err with the judge's verdict, err->http_status with the status that counts, which is
 * never 0, and the message with what the server said. They return the code; always a failure.
 */

/* The error that an HTTP answer other than 200 stands for, whose body has any of the shapes that
 * servers use, JSON or not. */
int oc_refusal_of_body(int http_status, struct oc_text body,
                       const struct oc_refusal_context *context, struct oc_err *err);

/* The error at `at`, which was found in an answer of status 200 or in a stream. */
int oc_refusal_of_value(const struct oc_json *j, int at, const struct oc_refusal_context *context,
                        struct oc_err *err);

#endif
