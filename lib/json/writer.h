/* SPDX-License-Identifier: MIT */
/*
 * writer.h: writing JSON. The writer puts the commas; the caller pairs the brackets. Failures are
 * the buffer's `bad`.
 */
#ifndef OC_WRITER_H
#define OC_WRITER_H

#include "text/buf.h"

struct oc_jsonw {
	struct oc_buf *out;
	bool comma; /* the next value needs one before it */
};

void oc_jsonw_init(struct oc_jsonw *w, struct oc_buf *out);

void oc_jsonw_open(struct oc_jsonw *w, char bracket);  /* '{' or '[' */
void oc_jsonw_close(struct oc_jsonw *w, char bracket); /* '}' or ']' */

void oc_jsonw_key(struct oc_jsonw *w, const char *name);

/* Valid UTF-8 only; the text is escaped as RFC 8259 7 demands, and no further. */
void oc_jsonw_string(struct oc_jsonw *w, const char *p, size_t n);
void oc_jsonw_int(struct oc_jsonw *w, int64_t v);
void oc_jsonw_double(struct oc_jsonw *w, double v); /* finite */
void oc_jsonw_null(struct oc_jsonw *w);
void oc_jsonw_raw(struct oc_jsonw *w, struct oc_text json); /* a value's own text, already JSON */

/* The same for what others have sent, on one line and fit for every reader: without a byte order
 * mark, line ends and bytes that are not UTF-8, and with U+FFFD for each escape that is half a
 * pair. */
void oc_jsonw_foreign(struct oc_jsonw *w, struct oc_text json);

/* A member: a string (null where value is NULL), a text, what need not be UTF-8, a count (null
 * where it is negative), true or false, what is JSON already, or the bracket that begins it. */
void oc_jsonw_member(struct oc_jsonw *w, const char *name, const char *value);
void oc_jsonw_member_text(struct oc_jsonw *w, const char *name, struct oc_text value);
void oc_jsonw_member_any(struct oc_jsonw *w, const char *name, struct oc_text value);
void oc_jsonw_member_count(struct oc_jsonw *w, const char *name, int64_t v);
void oc_jsonw_member_bool(struct oc_jsonw *w, const char *name, bool v);
void oc_jsonw_member_raw(struct oc_jsonw *w, const char *name, struct oc_text json);
void oc_jsonw_member_open(struct oc_jsonw *w, const char *name, char bracket);

/* {"input_tokens":…,"output_tokens":…,"total_tokens":…}, the seed's usage object. */
void oc_jsonw_usage(struct oc_jsonw *w, const struct oc_usage *usage);

/* The members "model", "usage", "finish_reason" and "id" of an object that is open: all of a reply
 * but its text. model: the request's, for a reply that names none; may be NULL. */
void oc_jsonw_outcome(struct oc_jsonw *w, const struct oc_reply *reply, const char *model);

#endif
