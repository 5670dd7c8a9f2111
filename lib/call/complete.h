/* SPDX-License-Identifier: MIT */
/* complete.h: oc.h's calls on a client that exists already. */
#ifndef OC_COMPLETE_H
#define OC_COMPLETE_H

#include "call/call.h"

/* As oc_complete() and oc_stream(). */
int oc_client_complete(struct oc_client *client, const struct oc_request *req,
                       struct oc_reply *reply, struct oc_err *err);
int oc_client_stream(struct oc_client *client, const struct oc_request *req, oc_sink *sink,
                     void *ctx, struct oc_reply *reply, struct oc_err *err);

#endif
