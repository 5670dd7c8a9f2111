/* SPDX-License-Identifier: MIT */
/*
 * calls.h: the tools that a model calls, on their way in. A call comes whole or in fragments, which
 * servers tell apart by an index, by an id, by both or by neither.
 */
#ifndef OC_CALLS_H
#define OC_CALLS_H

#include "json/writer.h"
#include "json/json.h"

#define OC_CALLS_MAX 1024 /* in one answer; models are told of 128 tools at most */

struct oc_tool_call;

struct oc_calls {
	struct oc_tool_call *list;
	size_t n; /* those without a name, which call nothing, are among them */
	size_t cap;
	size_t left;       /* bytes that may still come */
	unsigned messages; /* that have been read */
	bool too_many;
	enum oc_code bad; /* OC_ENOMEM, OC_EPROTO: over the ceiling, or OC_OK */
};

/* max: bytes of all calls together. */
void oc_calls_init(struct oc_calls *c, size_t max);
void oc_calls_release(struct oc_calls *c);

/* Adds what the "tool_calls" of a delta, or of a message, say: an array. */
void oc_calls_add(struct oc_calls *c, const struct oc_json *j, int calls);

/* The same for a "function_call", the form before that: an object. */
void oc_calls_add_function(struct oc_calls *c, const struct oc_json *j, int function);

/* Takes over the calls of a whole message, which are those that came in pieces, if any did. */
void oc_calls_add_once(struct oc_calls *c, struct oc_calls *whole);

/* There is no more: appends what stands for halves of characters. */
void oc_calls_end(struct oc_calls *c);

/* Is anything called that has a name? */
bool oc_calls_are(const struct oc_calls *c);

/* The names, as "f, g"; of many, the first. max: the room at `names`. */
void oc_calls_names(const struct oc_calls *c, char *names, size_t max);

/* Appends struct oc_reply's tool_calls: a JSON array in the form of a message that is sent back. A
 * call without an id gets one, and one without arguments gets "{}". */
void oc_calls_put(const struct oc_calls *c, struct oc_buf *out);

/*
 * Writes the calls of such an array as objects {"id","name","arguments"}: with the arguments as the
 * JSON that they are, or as a string where they are none. As elements of an array that is open, or
 * as a line each. Failures are w->out->bad.
 */
void oc_calls_list(struct oc_jsonw *w, struct oc_text tool_calls, bool lines);

/* The member "tool_calls" of an object that is open, with an array of these; nothing, where the
 * reply has none. */
void oc_calls_member(struct oc_jsonw *w, const struct oc_reply *reply);

#endif
