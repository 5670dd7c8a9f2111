/* SPDX-License-Identifier: MIT */
/* reply.h: from the server's JSON to struct oc_reply, a stream's delta, or an error. */
#ifndef OC_REPLY_H
#define OC_REPLY_H

#include "json.h"

/*
 * Reads a whole answer (the body of a 200). `model` is the request's, used where the server names
 * none. *reply must be initialised; what it held is replaced. Errors: the server's own error where
 * the body is one (servers send those with status 200, too), else OC_EPROTO.
 */
int oc_reply_parse(struct oc_text body, const char *model, struct oc_reply *reply,
                   struct oc_err *err);

/*
 * What one event of a stream brought: text in *content and *reasoning (appended), model, id,
 * finish reason and usage in *reply (last one wins). Only choice 0 counts. The text is appended as
 * the bytes that were sent, which need not be UTF-8: servers cut characters between two events.
 * `json` is the event's document afterwards, while `data` lives; its memory is reused between
 * calls. Errors as above.
 */
int oc_reply_event(struct oc_json *json, struct oc_text data, struct oc_reply *reply,
                   struct oc_buf *content, struct oc_buf *reasoning, struct oc_err *err);

/* What else is needed to word an error well. */
struct oc_reply_context {
	const char *model;
	const char *base_url;
	const char *request_id; /* of the response headers; "" = none */
	bool has_key;           /* was a key sent? */
};

/*
 * The error that an HTTP answer other than 200 stands for: code by the status and, for a quota,
 * by the text; message from any of the body shapes that servers use, JSON or not. Returns the
 * code; always a failure.
 */
int oc_reply_error(int http_status, struct oc_text body, const struct oc_reply_context *context,
                   struct oc_err *err);

/* The model ids in the body of GET /models, or of Ollama's /api/tags, appended to *ids, each
 * NUL-terminated; *n is their number. OC_EPROTO where it is neither. */
int oc_reply_models(struct oc_text body, struct oc_buf *ids, size_t *n, struct oc_err *err);

#endif
