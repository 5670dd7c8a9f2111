/* SPDX-License-Identifier: MIT */
/* request.h: from struct oc_request to the JSON body of POST /chat/completions. */
#ifndef OC_REQUEST_H
#define OC_REQUEST_H

#include "json/json.h"

/* The largest body: the prompt and images at their ceiling, with room for escapes. */
#define OC_BODY_MAX ((size_t)512 << 20)

/* Everything but the prompt: ranges, model, stop sequences, images, schema. OC_EARG, OC_EDATA. */
int oc_request_check(const struct oc_request *req, struct oc_err *err);

/* The schema alone, where the format is that of one. OC_EDATA, OC_ECONFIG. */
int oc_request_check_schema(const struct oc_request *req, struct oc_err *err);

/* Appends the conversation as it stands after an answer, a JSON array: for `messages` of the next
 * request, whose system message is in it. */
int oc_request_messages(const struct oc_request *req, const struct oc_reply *reply,
                        struct oc_buf *out, struct oc_err *err);

/* How an answer is asked for, from the least to the most that a server must accept. */
enum oc_delivery {
	OC_DELIVERY_WHOLE,  /* as one document */
	OC_DELIVERY_STREAM, /* as an event stream, and nothing that could be left out */
	OC_DELIVERY_USAGE,  /* as one that has the usage at its end */
};

/* Appends the body, compact, fields in a fixed order. The request must have passed its checks.
 * It asks for one document. */
int oc_request_body(const struct oc_request *req, struct oc_buf *out, struct oc_err *err);

/* Makes such a body ask for a stream, which only changes its end: with the usage, unless
 * req->fields say something of "stream_options". *asks: what it then asks for. */
int oc_request_stream(const struct oc_request *req, struct oc_buf *body, enum oc_delivery *asks,
                      struct oc_err *err);

/*
 * The same as oc_request_body() for a request that arrives as JSON: the members of the object `at`
 * of `line` win over req's fields of the same name and are sent as they are, members that are null
 * count as none, members with the names in `skip` (a NULL-terminated list) are left out, and
 * "messages" is built from req->prompt only where the object has none. req->model may be NULL if
 * the object has a "model". Its "max_completion_tokens" wins over req->max_tokens.
 */
int oc_request_body_over(const struct oc_request *req, const struct oc_json *line, int at,
                         const char *const *skip, struct oc_buf *out, struct oc_err *err);

#endif
