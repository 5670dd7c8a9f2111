/* SPDX-License-Identifier: MIT */
/* complete.h: oc.h's calls on a client that exists already. */
#ifndef OC_COMPLETE_H
#define OC_COMPLETE_H

#include "call/call.h"

/* As oc_complete() and oc_stream(), but that the reply holds all of the answer, whatever part of it
 * is asked for. */
int oc_client_complete(struct oc_client *client, const struct oc_request *req,
                       struct oc_reply *reply, struct oc_err *err);
int oc_client_stream(struct oc_client *client, const struct oc_request *req, oc_sink *sink,
                     void *ctx, struct oc_reply *reply, struct oc_err *err);

/* The first one with connections of its own. */
int oc_complete_all(const struct oc_config *cfg, const struct oc_request *req,
                    struct oc_reply *reply, struct oc_err *err);

#endif
