/* SPDX-License-Identifier: MIT */
/*
 * attempt.h: one try of one request: an HTTP exchange goes in, a reply or an error comes out. A
 * call is one or more of these; a batch has many under way at once.
 */
#ifndef OC_ATTEMPT_H
#define OC_ATTEMPT_H

#include "answer/events.h"
#include "call/client.h"
#include "call/retry.h"

enum oc_attempt_mode {
	OC_ATTEMPT_UNDECIDED, /* too little has arrived to know */
	OC_ATTEMPT_ERROR,     /* any status but 200: the body tells what is wrong */
	OC_ATTEMPT_WHOLE,     /* one JSON document */
	OC_ATTEMPT_EVENTS,    /* an event stream */
};

/*
 * Servers answer a request for a stream with a whole document and the other way round, so what
 * arrives decides how it is read. With a sink, text goes there at once; without, it is gathered in
 * the reply. The object must stay where it is while the attempt is under way.
 */
struct oc_attempt {
	/* Set by the caller before oc_attempt_start(), and borrowed until oc_attempt_end(). */
	struct oc_client *client;
	struct oc_question *question;
	const char *url;
	struct oc_buf *models; /* gets the ids of a list of models, as oc_reply_models() appends
	                          them; NULL = a chat completion is asked for */
	double deadline;       /* on oc_now()'s clock; 0 = none */
	oc_sink *sink;         /* NULL = gather */
	void *sink_ctx;
	struct oc_reply *reply; /* filled; initialised by the caller */

	/* Valid when oc_attempt_done(). */
	size_t nmodels;
	struct oc_err err;  /* code OC_OK on success */
	double retry_after; /* s; < 0 = the server named no time */
	double spent;       /* s until a limit of which nothing remains is there again; < 0 = the
	                           server does not say so */
	struct oc_buf received; /* the body, unless it is an event stream */

	/* Private. */
	struct oc_exchange x;
	struct oc_refusal_context context;
	enum oc_attempt_mode mode;
	bool ending; /* the stream's end is proven */
	bool ended;  /* by its last event */
	struct oc_events in;
};

int oc_attempt_start(struct oc_attempt *a, struct oc_err *err);

/* After every oc_http_step(): tells the sink that the next step may wait; true when the attempt is
 * over, and then err, retry_after and *reply are filled. */
bool oc_attempt_done(struct oc_attempt *a);

/* Masks what the server may have repeated of the client's secrets in the results, all but the text
 * of the answer. To be called when it is over, before anything of it is shown. */
void oc_attempt_conceal(struct oc_attempt *a);

/* How it went, for a log: "status 200 after 0.413 s". */
enum { OC_ATTEMPT_TOLD_MAX = 64 };
const char *oc_attempt_tell(const struct oc_attempt *a, char told[static OC_ATTEMPT_TOLD_MAX]);

/* Did it fail because more was asked for than the server accepts? Then the question asks for less,
 * as oc_question_lower() does it. */
bool oc_attempt_lower(const struct oc_attempt *a);

/* How it failed, for oc_retry(): all but retries_made, where one with err.loading does not count.
 * asked: when the first request was sent, on oc_now()'s clock. */
struct oc_failure oc_attempt_failure(const struct oc_attempt *a, double asked);

/* Fills *err with its error, as that of the last try of a call. Returns the code. Where a name
 * could not be resolved, this finds out why, which may take two seconds. */
int oc_attempt_error(const struct oc_attempt *a, struct oc_err *err);

/* Releases what the attempt holds, also one that is still under way. */
void oc_attempt_end(struct oc_attempt *a);

#endif
