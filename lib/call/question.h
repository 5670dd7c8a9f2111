/* SPDX-License-Identifier: MIT */
/*
 * question.h: a request's body, try after try. A stream, and the usage at its end, are asked for in
 * every request; where a server refuses a request for that alone, it is sent once more without, and
 * what was right is remembered for those that follow. Pure.
 */
#ifndef OC_QUESTION_H
#define OC_QUESTION_H

#include "request/request.h"

enum { OC_ACCEPTED_MAX = 16 };

/* The models that are known to accept less than a stream with the usage at its end. All zero at
 * first. */
struct oc_accepted {
	struct {
		uint64_t model; /* a hash of its name */
		enum oc_delivery accepts;
	} of[OC_ACCEPTED_MAX]; /* the last ones */
	unsigned n;            /* all that were ever found */
};

struct oc_question {
	struct oc_buf *body; /* borrowed; its end may be changed. NULL = none */
	const char *model;   /* for messages, too; NULL where it is not known */
	bool keep_think;     /* as in struct oc_request */
	bool has_tools; /* and has tools, which is for the caller to set: calls are an answer */
	size_t plain;   /* bytes of the body before what asks for a stream, or its "}" */
	enum oc_delivery asks;
	bool lowered; /* what the server refused was taken from the body */
};

/* A question of the request with the body that was made of it, which is changed to ask for a stream
 * if that is wanted. OC_ENOMEM, OC_EDATA for a body that then is too large. */
int oc_question_init(struct oc_question *q, const struct oc_request *req, struct oc_buf *body,
                     bool stream, struct oc_err *err);

/* The body without what asks for a stream; it stays so. */
struct oc_text oc_question_plain(struct oc_question *q);

/* The body for the next try, which asks for no more than the model is known to accept. */
struct oc_text oc_question_body(struct oc_question *q, const struct oc_accepted *known);

/*
 * After a try that ended with this code: true if it failed because the body asks for more than the
 * server accepts. Then the body asks for less, and is to be sent again at once: that is no retry,
 * and comes to an end. An answer to a body that was lowered is remembered in *known.
 */
bool oc_question_lower(struct oc_question *q, enum oc_code code, enum oc_delivery accepts,
                       struct oc_accepted *known);

#endif
