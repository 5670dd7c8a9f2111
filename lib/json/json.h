/* SPDX-License-Identifier: MIT */
/*
 * json.h: reading JSON (RFC 8259), strictly and in linear time.
 *
 * Two steps: oc_json_check() decides alone whether a text is JSON, with a ceiling on its depth, and
 * counts its values; only then does jsmn split it into tokens. Everything a caller sees of a text
 * is therefore well-formed, and jsmn's lenience and quadratic corners are out of reach.
 *
 * A value is named by its index `at` in the document; the root is 0. Every function accepts
 * OC_JSON_NONE for `at` and answers as for a missing value, so that look-ups can be chained.
 */
#ifndef OC_JSON_H
#define OC_JSON_H

#include "text/buf.h"

#define OC_JSON_VALUES_MAX ((size_t)1 << 20) /* values and keys in one parsed document */
#define OC_JSON_NONE       (-1)

enum oc_json_type {
	OC_JSON_MISSING, /* of OC_JSON_NONE */
	OC_JSON_NULL,
	OC_JSON_FALSE,
	OC_JSON_TRUE,
	OC_JSON_NUMBER,
	OC_JSON_STRING,
	OC_JSON_ARRAY,
	OC_JSON_OBJECT,
};

/* A parsed document. `text` is borrowed and must outlive it; the tokens are owned and are reused
 * by the next oc_json_parse(). */
struct oc_json {
	const char *text; /* behind its byte order mark */
	size_t len;
	void *tokens; /* jsmn's, of which there are ntok, in room for cap */
	int ntok;
	int cap;
	bool any_bytes; /* set after oc_json_init(): strings may hold bytes that are not UTF-8 */
};

/*
 * Is p[0..n) exactly one JSON value, with nothing but white space around it? UTF-8 is checked too;
 * one leading byte order mark is accepted. Lone surrogate escapes are accepted (RFC 8259 8.2).
 * Returns 0 and the number of values and keys in *count (which may be NULL), or OC_EPROTO with
 * a message like `not JSON at byte 17: "," or "]" expected`, where bytes are counted from 0.
 */
int oc_json_check(const char *p, size_t n, size_t *count, struct oc_err *err);

/* The same, but strings may hold any bytes from 0x80 up. */
int oc_json_check_bytes(const char *p, size_t n, size_t *count, struct oc_err *err);

/* Is it the beginning of a JSON value, whose rest is missing? Strings may hold any bytes. */
bool oc_json_is_cut(const char *p, size_t n);

/* JSON without what may stand around it: white space and a byte order mark. */
struct oc_text oc_json_bare(struct oc_text text);

void oc_json_init(struct oc_json *j);
void oc_json_release(struct oc_json *j);

/* Checks and parses. OC_EPROTO: not JSON, or over a ceiling; OC_ENOMEM. After a failure the
 * document is empty: its root is OC_JSON_MISSING. */
int oc_json_parse(struct oc_json *j, const char *p, size_t n, struct oc_err *err);

enum oc_json_type oc_json_type(const struct oc_json *j, int at);

/* A value's own text: a string with its quotes, an array with its brackets. Empty if missing. */
struct oc_text oc_json_raw(const struct oc_json *j, int at);

/* The member of an object by its decoded name; where a name occurs twice the last one counts, as
 * in Go and Python. OC_JSON_NONE if there is none, or `at` is no object. */
int oc_json_get(const struct oc_json *j, int at, const char *name);

/* The same, where a member that is null counts as none. */
int oc_json_given(const struct oc_json *j, int at, const char *name);

/* The same for n names in one walk: values[i] is the member names[i]. */
void oc_json_members(const struct oc_json *j, int at, const char *const *names, size_t n,
                     int *values);

/* The k-th element of an array, from 0. */
int oc_json_item(const struct oc_json *j, int at, size_t k);

/*
 * Walking an array or an object: the first child, and the one after it, or OC_JSON_NONE. For an
 * object the children are the keys (strings); oc_json_value() is a key's value. Duplicate keys
 * are all visited.
 */
int oc_json_first(const struct oc_json *j, int at);
int oc_json_next(const struct oc_json *j, int at, int child);
int oc_json_value(const struct oc_json *j, int key);

/* How many children there are. */
size_t oc_json_count(const struct oc_json *j, int at);

/* Appends a string's decoded content: pairs are combined, lone surrogates become U+FFFD. False,
 * with nothing appended, if the value is no string. */
bool oc_json_string(const struct oc_json *j, int at, struct oc_buf *out);

/* Is the value a string with exactly this decoded content? */
bool oc_json_is(const struct oc_json *j, int at, const char *s);

/* The same for a content that may hold NUL bytes. */
bool oc_json_same(const struct oc_json *j, int at, struct oc_text content);

/* A number that is an exact 64-bit integer; 12.0 and 1.2e1 are. */
bool oc_json_int64(const struct oc_json *j, int at, int64_t *out);

/* A number as the nearest double; false where it is too large for one, or memory
 * is out. */
bool oc_json_double(const struct oc_json *j, int at, double *out);

#endif
