/* SPDX-License-Identifier: MIT */
/* refusal.h: what servers send in place of an answer, judged and worded. */
#ifndef OC_REFUSAL_H
#define OC_REFUSAL_H

#include "json/json.h"
#include "request/request.h"

/* What is known of the request. Any member may be NULL or "". */
struct oc_refusal_context {
	const char *base_url;
	const char *model;
	const char *request_id; /* of the response headers */
	const char *encoding;   /* of a body that therefore cannot be read */
	bool has_key;           /* was a key sent? */
	bool keep_think;        /* a block <think>…</think> stays in the answer */
	bool has_tools;         /* calls of tools are an answer */
};

/*
 * Both fill *err with the judge's verdict, err->http_status with the status that counts, which is
 * never 0, and the message with what the server said. They return the code; always a failure.
 */

/* The error that an HTTP answer other than 200 stands for, whose body has any of the shapes that
 * servers use, JSON or not. */
int oc_refusal_of_body(int http_status, struct oc_text body,
                       const struct oc_refusal_context *context, struct oc_err *err);

/* The error at `at`, as oc_said_find() found it in an answer of status 200 or in a stream. */
int oc_refusal_of_value(const struct oc_json *j, int at, const struct oc_refusal_context *context,
                        struct oc_err *err);

/* How the answer may be asked for, going by the body of a refusal: without the usage where it names
 * that option of a stream, without a stream where it names this, else in any way. http_status: the
 * one that counts. */
enum oc_delivery oc_refusal_accepts(int http_status, struct oc_text body);

#endif
