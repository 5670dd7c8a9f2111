/* SPDX-License-Identifier: MIT */
/* reply.h: from the server's JSON to struct oc_reply, a stream's delta, or an error. */
#ifndef OC_REPLY_H
#define OC_REPLY_H

#include "answer/draft.h"
#include "answer/refusal.h"

/*
 * Reads a whole answer (the body of a 200). The request's model is used where the server names
 * none. *reply must be initialised; what it held is replaced. Errors: the server's own error where
 * the body is one (servers send those with status 200, too), else OC_EPROTO. Of the two, only the
 * server's own sets err->http_status, and names the server.
 */
int oc_reply_parse(struct oc_text body, const struct oc_refusal_context *context,
                   struct oc_reply *reply, struct oc_err *err);

/*
 * What one event of a stream brought: its text in *draft, model, id, finish reason and usage in
 * *reply (last one wins). Only choice 0 counts; an event that is null says nothing. `json` is the
 * event's document afterwards, while `data` lives; its memory is reused between calls. Errors as
 * above.
 */
int oc_reply_event(struct oc_json *json, struct oc_text data,
                   const struct oc_refusal_context *context, struct oc_reply *reply,
                   struct oc_draft *draft, struct oc_err *err);

/* The model ids in the body of GET /models, which may be a bare array, or of Ollama's /api/tags,
 * appended to *ids, each NUL-terminated; *n is their number. OC_EPROTO where it is neither. */
int oc_reply_models(struct oc_text body, const struct oc_refusal_context *context,
                    struct oc_buf *ids, size_t *n, struct oc_err *err);

#endif
