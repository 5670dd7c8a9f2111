/* SPDX-License-Identifier: MIT */
/* refusal.h: what servers send in place of an answer. oc_reply_error() of reply.h belongs here. */
#ifndef OC_REFUSAL_H
#define OC_REFUSAL_H

#include "json.h"

/*
 * The error that a body or an event of a stream carries, or OC_JSON_NONE:
 *
 *	{"error":…}                    unless that is empty: null, false, "", {} or [] (one that is
 *	                               all that the object says is an error nevertheless)
 *	{"object":"error","message":…} the object itself
 *	{"errors":[…]}, {"detail":…}   not empty, and where there are no choices
 *	{"message":"…"}, {"msg":"…"}   likewise; the object itself
 *	[{…}]                          any of these
 */
int oc_refusal_find(const struct oc_json *j, int at);

/* The member "error" of an object that is only a part of a body; OC_JSON_NONE where it is empty. */
int oc_refusal_member(const struct oc_json *j, int at);

/* Words the error at `at`, found in an answer of status 200 or in a stream: its code is that of
 * the status, the type or the text in it, or OC_EPROTO where these say nothing. */
int oc_refusal_set(const struct oc_json *j, int at, struct oc_err *err);

#endif
