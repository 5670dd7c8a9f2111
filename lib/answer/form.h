/* SPDX-License-Identifier: MIT */
/* form.h: has an answer the form that was asked for? Servers may accept a format and ignore it. */
#ifndef OC_FORM_H
#define OC_FORM_H

#include "oc.h"

/* Is the answer what req->format and req->schema say? OC_EPROTO if not. reply: how it ended, which
 * may be the cause. Where it calls tools there is no answer yet, and nothing to check. */
int oc_answer_check(const struct oc_request *req, const struct oc_reply *reply,
                    struct oc_text answer, struct oc_err *err);

#endif
