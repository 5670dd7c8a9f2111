/* SPDX-License-Identifier: MIT */
/* form.h: has an answer the form that was asked for? Servers may accept a format and ignore it. */
#ifndef OC_FORM_H
#define OC_FORM_H

#include "text/buf.h"

/* Appends what was asked for of an answer: with req->extract what is in its first fenced code
 * block, else, where it is to be JSON, what is in one around everything. False where that is the
 * whole answer: then nothing is appended. */
bool oc_answer_part(const struct oc_request *req, struct oc_text answer, struct oc_buf *out);

/* Makes that the reply's content. OC_ENOMEM. */
int oc_answer_take(const struct oc_request *req, struct oc_reply *reply, struct oc_err *err);

/* Is that part of the answer what req->format and req->schema say? OC_EPROTO if not. reply: how it
 * ended, which may be the cause. Where it calls tools there is no answer yet, and nothing to
 * check. */
int oc_answer_check(const struct oc_request *req, const struct oc_reply *reply,
                    struct oc_text answer, struct oc_err *err);

#endif
