/* SPDX-License-Identifier: MIT */
/*
 * attempt.h: one try of one request: an HTTP exchange goes in, a reply or an error comes out. A
 * call is one or more of these; a batch has many under way at once.
 */
#ifndef OC_ATTEMPT_H
#define OC_ATTEMPT_H

#include "http/http.h"
#include "answer/events.h"
#include "request/request.h"
#include "http/url.h"

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
	const struct oc_server *server;
	const char *api_key; /* NULL or "" = none */
	const struct oc_text *headers;
	size_t nheaders;
	const char *url;
	const char *model;   /* for messages */
	struct oc_text body; /* of the request */
	bool stream;         /* the body asks for a stream */
	bool keep_think;     /* as in struct oc_request */
	bool has_tools;      /* and has tools: calls of them are an answer */
	/* Reads a whole answer of another kind, in place of oc_reply_parse(), whose errors it has;
	 * NULL = none. */
	int (*read)(void *ctx, struct oc_text body, const struct oc_refusal_context *context,
	            struct oc_err *err);
	void *read_ctx;
	double timeout;  /* s; this and the next two as in struct oc_exchange */
	double wait;     /* s */
	double deadline; /* on oc_now()'s clock; 0 = none */
	oc_sink *sink;   /* NULL = gather */
	void *sink_ctx;
	struct oc_reply *reply; /* filled; initialised by the caller */

	/* Valid when oc_attempt_done(). */
	struct oc_err err;  /* code OC_OK on success */
	double retry_after; /* s; < 0 = the server named no time */
	double spent;       /* s until a limit of which nothing remains is there again; < 0 = the
	                           server does not say so */
	struct oc_buf received; /* the body, unless it is an event stream */
	/* All that the server bears of what the body may ask for, as its refusal says. */
	enum oc_delivery bears;

	/* Private. */
	struct oc_exchange x;
	struct oc_refusal_context context;
	enum oc_attempt_mode mode;
	bool ending; /* the stream's end is proven */
	bool ended;  /* by its last event */
	struct oc_events in;
};

int oc_attempt_start(struct oc_attempt *a, struct oc_http *http, struct oc_err *err);

/* After every oc_http_step(): tells the sink that the next step may wait; true when the attempt is
 * over, and then err, retry_after and *reply are filled. */
bool oc_attempt_done(struct oc_attempt *a);

/* How it went, for a log: "status 200 after 0.413 s". */
enum { OC_ATTEMPT_TOLD_MAX = 64 };
const char *oc_attempt_tell(const struct oc_attempt *a, char told[static OC_ATTEMPT_TOLD_MAX]);

/* Releases what the attempt holds, also one that is still under way. */
void oc_attempt_end(struct oc_attempt *a, struct oc_http *http);

#endif
