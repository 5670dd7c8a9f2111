/* SPDX-License-Identifier: MIT */
/* refusal.h: what servers send in place of an answer. oc_reply_error() of reply.h belongs here. */
#ifndef OC_REFUSAL_H
#define OC_REFUSAL_H

#include "json.h"

/*
 * The error that an object carries: its member "error", whatever that is but null and false; or
 * the object itself where it says {"object":"error"}. OC_JSON_NONE if it carries none.
 */
int oc_refusal_find(const struct oc_json *j, int at);

/* Words the error at `at`, found in an answer of status 200 or in a stream: its code is that of
 * the status, the type or the text in it, or OC_EPROTO where these say nothing. */
int oc_refusal_set(const struct oc_json *j, int at, struct oc_err *err);

#endif
