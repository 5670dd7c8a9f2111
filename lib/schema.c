/* SPDX-License-Identifier: MIT */
/* schema.c: does a JSON value satisfy a JSON Schema? */
#include "compat.h"

#include <inttypes.h>
#include <stdarg.h>

#include "jsoneq.h"
#include "jsonnum.h"
#include "jsonptr.h"
#include "schema.h"
#include "utf8.h"

enum {
	DEPTH_MAX = 512,     /* schemas within schemas, $ref followed */
	STEPS_MAX = 4000000, /* schemas applied to values in one validation */
	SHOWN_MAX = 80,      /* bytes of a value in a message */
};

struct run {
	const struct oc_json *schema;
	const struct oc_json *value;
	struct oc_err *err;
	struct oc_buf scratch; /* a decoded name */
	unsigned trials;       /* > 0: a mismatch here need not be one of the whole */
	unsigned depth;
	unsigned steps;
	int fatal; /* not to be decided: an enum oc_code */
};

/* ---- messages ------------------------------------------------------------------------------ */

/* The value does not match. Always false, to be returned. */
static bool OC_PRINTF(3, 4) fail(struct run *r, const struct oc_place *place, const char *fmt, ...)
{
	char text[OC_ERR_MESSAGE_MAX];
	va_list ap;

	if (r->trials || r->fatal)
		return false;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	(void)oc_place_err(r->value, place, r->err, OC_EPROTO, text);
	return false;
}

/* It cannot be said whether the value matches. Always false, too. */
static bool give_up(struct run *r, const struct oc_place *place, const char *text)
{
	r->fatal = oc_place_err(r->value, place, r->err, OC_EPROTO, text);
	return false;
}

static bool no_memory(struct run *r)
{
	r->fatal = oc_err_nomem(r->err);
	return false;
}

/* Decodes a string into r->scratch. */
static void decode(struct run *r, const struct oc_json *j, int at)
{
	oc_buf_clear(&r->scratch);
	(void)oc_json_string(j, at, &r->scratch);
	if (r->scratch.bad)
		(void)no_memory(r);
}

struct shown {
	char text[SHOWN_MAX + sizeof "..."];
};

/* A value's own text, if it is short; else its beginning. */
static struct shown show(const struct oc_json *j, int at)
{
	struct oc_text raw = oc_json_raw(j, at);
	size_t n = raw.n > SHOWN_MAX ? SHOWN_MAX - oc_utf8_tail(raw.p, SHOWN_MAX) : raw.n;
	struct shown shown;

	(void)snprintf(shown.text, sizeof shown.text, "%.*s%s", (int)n, raw.p,
	               n < raw.n ? "..." : "");
	return shown;
}

/* ---- bounds --------------------------------------------------------------------------------- */

static int64_t count_characters(struct run *r, int at)
{
	int64_t n = 0;

	decode(r, r->value, at);
	for (size_t i = 0; i < r->scratch.n; i++)
		n += ((unsigned char)r->scratch.p[i] & 0xc0) != 0x80;
	return n;
}

static int64_t count_children(const struct oc_json *j, int at)
{
	int64_t n = 0;

	for (int c = oc_json_first(j, at); c != OC_JSON_NONE; c = oc_json_next(j, at, c))
		n++;
	return n;
}

enum relation { AT_LEAST, AT_MOST, MORE_THAN, LESS_THAN };

/* The keywords that bound a number, or the size of something. */
static const struct limit {
	const char *keyword;
	enum oc_json_type type; /* of the values that it applies to */
	enum relation relation;
} limits[] = {
        {"minimum", OC_JSON_NUMBER, AT_LEAST},
        {"maximum", OC_JSON_NUMBER, AT_MOST},
        {"exclusiveMinimum", OC_JSON_NUMBER, MORE_THAN},
        {"exclusiveMaximum", OC_JSON_NUMBER, LESS_THAN},
        {"minLength", OC_JSON_STRING, AT_LEAST},
        {"maxLength", OC_JSON_STRING, AT_MOST},
        {"minItems", OC_JSON_ARRAY, AT_LEAST},
        {"maxItems", OC_JSON_ARRAY, AT_MOST},
        {"minProperties", OC_JSON_OBJECT, AT_LEAST},
        {"maxProperties", OC_JSON_OBJECT, AT_MOST},
};

static bool within(int order, enum relation relation)
{
	return relation == AT_LEAST    ? order >= 0
	       : relation == AT_MOST   ? order <= 0
	       : relation == MORE_THAN ? order > 0
	                               : order < 0;
}

static bool holds_limit(struct run *r, const struct limit *limit, int bound,
                        const struct oc_place *place)
{
	static const char *const against[] = {
	        [AT_LEAST] = "less than the minimum",
	        [AT_MOST] = "more than the maximum",
	        [MORE_THAN] = "not more than",
	        [LESS_THAN] = "not less than",
	};
	int64_t size;
	int64_t n;

	if (limit->type == OC_JSON_NUMBER)
		return within(oc_json_order(r->value, place->at, r->schema, bound),
		              limit->relation) ||
		       fail(r, place, "%s is %s %s", show(r->value, place->at).text,
		            against[limit->relation], show(r->schema, bound).text);
	if (!oc_json_int64(r->schema, bound, &n))
		return true;
	size = limit->type == OC_JSON_STRING ? count_characters(r, place->at)
	                                     : count_children(r->value, place->at);
	return within((size > n) - (size < n), limit->relation) ||
	       fail(r, place, "size %" PRId64 " is %s %" PRId64, size, against[limit->relation], n);
}

/* ---- keywords ------------------------------------------------------------------------------ */

/* Does the value at `place` satisfy the schema? */
static bool apply(struct run *r, int schema, const struct oc_place *place);

/* The same, where another schema may be satisfied instead. */
static bool try(struct run *r, int schema, const struct oc_place *place)
{
	bool holds;

	r->trials++;
	holds = apply(r, schema, place);
	r->trials--;
	return holds;
}

/* The member of `object` in one document that has the name which is a string in another. */
static int find(struct run *r, const struct oc_json *j, int object, const struct oc_json *names,
                int name)
{
	decode(r, names, name);
	if (memchr(r->scratch.p, '\0', r->scratch.n))
		return OC_JSON_NONE; /* look-ups end at a NUL */
	return oc_json_get(j, object, r->scratch.p);
}

static bool is_type(const struct oc_json *j, int at, const struct oc_json *schema, int name)
{
	static const char *const names[] = {
	        [OC_JSON_MISSING] = "",      [OC_JSON_NULL] = "null",
	        [OC_JSON_FALSE] = "boolean", [OC_JSON_TRUE] = "boolean",
	        [OC_JSON_NUMBER] = "number", [OC_JSON_STRING] = "string",
	        [OC_JSON_ARRAY] = "array",   [OC_JSON_OBJECT] = "object",
	};
	enum oc_json_type type = oc_json_type(j, at);

	return oc_json_is(schema, name, names[type]) ||
	       (type == OC_JSON_NUMBER && oc_json_is(schema, name, "integer") &&
	        oc_json_integral(j, at));
}

/* A keyword: arg is its own value in the schema. */
typedef bool holds_fn(struct run *r, int arg, const struct oc_place *place);

static bool holds_type(struct run *r, int arg, const struct oc_place *place)
{
	const struct oc_json *s = r->schema;

	if (is_type(r->value, place->at, s, arg))
		return true;
	for (int c = oc_json_first(s, arg); c != OC_JSON_NONE; c = oc_json_next(s, arg, c)) {
		if (is_type(r->value, place->at, s, c))
			return true;
	}
	return fail(r, place, "%s is not of type %s", show(r->value, place->at).text,
	            show(s, arg).text);
}

static bool equals(struct run *r, int constant, const struct oc_place *place)
{
	bool equal;

	if (oc_json_equal(r->schema, constant, r->value, place->at, &equal))
		return no_memory(r);
	return equal;
}

static bool holds_const(struct run *r, int arg, const struct oc_place *place)
{
	return equals(r, arg, place) ||
	       fail(r, place, "%s is not %s", show(r->value, place->at).text,
	            show(r->schema, arg).text);
}

static bool holds_enum(struct run *r, int arg, const struct oc_place *place)
{
	const struct oc_json *s = r->schema;

	for (int c = oc_json_first(s, arg); c != OC_JSON_NONE; c = oc_json_next(s, arg, c)) {
		if (equals(r, c, place))
			return true;
	}
	return fail(r, place, "%s is none of %s", show(r->value, place->at).text,
	            show(s, arg).text);
}

static bool holds_multiple_of(struct run *r, int arg, const struct oc_place *place)
{
	return oc_json_type(r->value, place->at) != OC_JSON_NUMBER ||
	       oc_json_multiple(r->value, place->at, r->schema, arg) ||
	       fail(r, place, "%s is not a multiple of %s", show(r->value, place->at).text,
	            show(r->schema, arg).text);
}

static bool holds_unique_items(struct run *r, int arg, const struct oc_place *place)
{
	int first;
	int second;

	if (oc_json_type(r->schema, arg) != OC_JSON_TRUE)
		return true;
	if (oc_json_twins(r->value, place->at, &first, &second))
		return no_memory(r);
	return first < 0 || fail(r, place, "items %d and %d are equal", first, second);
}

static bool holds_required(struct run *r, int arg, const struct oc_place *place)
{
	const struct oc_json *s = r->schema;

	if (oc_json_type(r->value, place->at) != OC_JSON_OBJECT)
		return true;
	for (int c = oc_json_first(s, arg); c != OC_JSON_NONE; c = oc_json_next(s, arg, c)) {
		if (find(r, r->value, place->at, s, c) == OC_JSON_NONE)
			return fail(r, place, "%s is missing", show(s, c).text);
	}
	return true;
}

static bool holds_all_of(struct run *r, int arg, const struct oc_place *place)
{
	const struct oc_json *s = r->schema;

	for (int c = oc_json_first(s, arg); c != OC_JSON_NONE; c = oc_json_next(s, arg, c)) {
		if (!apply(r, c, place))
			return false;
	}
	return true;
}

/* How many of the schemas hold; counts no further than to `enough`. */
static unsigned count_holding(struct run *r, int arg, const struct oc_place *place, unsigned enough)
{
	const struct oc_json *s = r->schema;
	unsigned n = 0;

	for (int c = oc_json_first(s, arg); c != OC_JSON_NONE && n < enough;
	     c = oc_json_next(s, arg, c))
		n += try(r, c, place);
	return n;
}

static bool holds_any_of(struct run *r, int arg, const struct oc_place *place)
{
	return count_holding(r, arg, place, 1) == 1 || fail(r, place, "matches no schema of anyOf");
}

static bool holds_one_of(struct run *r, int arg, const struct oc_place *place)
{
	unsigned n = count_holding(r, arg, place, 2);

	return n == 1 || fail(r, place, "matches %s schema of oneOf", n ? "more than one" : "no");
}

static bool holds_not(struct run *r, int arg, const struct oc_place *place)
{
	return !try(r, arg, place) || fail(r, place, "matches the schema of not");
}

static bool holds_ref(struct run *r, int arg, const struct oc_place *place)
{
	int target;

	if (oc_json_ref(r->schema, arg, &target))
		return no_memory(r);
	return apply(r, target, place);
}

static const struct keyword {
	const char *name;
	holds_fn *holds;
} keywords[] = {
        {"$ref", holds_ref},
        {"type", holds_type},
        {"const", holds_const},
        {"enum", holds_enum},
        {"multipleOf", holds_multiple_of},
        {"uniqueItems", holds_unique_items},
        {"required", holds_required},
        {"allOf", holds_all_of},
        {"anyOf", holds_any_of},
        {"oneOf", holds_one_of},
        {"not", holds_not},
};

/* ---- from a schema into its parts ---------------------------------------------------------- */

/* `items` is for what lies behind `prefixItems`. */
static bool holds_for_items(struct run *r, int schema, const struct oc_place *place)
{
	const struct oc_json *s = r->schema;
	int prefix = oc_json_get(s, schema, "prefixItems");
	int rest = oc_json_get(s, schema, "items");
	int sub = oc_json_first(s, prefix);
	struct oc_place item;

	for (bool more = oc_place_first(r->value, place, &item); more;
	     more = oc_place_next(r->value, &item)) {
		if (!apply(r, sub != OC_JSON_NONE ? sub : rest, &item))
			return false;
		sub = oc_json_next(s, prefix, sub);
	}
	return true;
}

/* `additionalProperties` is for those that `properties` does not name. */
static bool holds_for_members(struct run *r, int schema, const struct oc_place *place)
{
	const struct oc_json *s = r->schema;
	int named = oc_json_get(s, schema, "properties");
	int rest = oc_json_get(s, schema, "additionalProperties");
	struct oc_place member;

	for (bool more = oc_place_first(r->value, place, &member); more;
	     more = oc_place_next(r->value, &member)) {
		int sub = find(r, s, named, r->value, member.key);

		if (!apply(r, sub != OC_JSON_NONE ? sub : rest, &member))
			return false;
	}
	return true;
}

static bool holds_for_parts(struct run *r, int schema, const struct oc_place *place)
{
	enum oc_json_type type = oc_json_type(r->value, place->at);

	if (type == OC_JSON_ARRAY)
		return holds_for_items(r, schema, place);
	if (type == OC_JSON_OBJECT)
		return holds_for_members(r, schema, place);
	return true;
}

static bool apply_object(struct run *r, int schema, const struct oc_place *place)
{
	enum oc_json_type type = oc_json_type(r->value, place->at);

	for (size_t i = 0; i < OC_COUNT(keywords); i++) {
		int arg = oc_json_get(r->schema, schema, keywords[i].name);

		if (arg != OC_JSON_NONE && !keywords[i].holds(r, arg, place))
			return false;
	}
	for (size_t i = 0; i < OC_COUNT(limits); i++) {
		int bound = limits[i].type == type
		                    ? oc_json_get(r->schema, schema, limits[i].keyword)
		                    : OC_JSON_NONE;

		if (bound != OC_JSON_NONE && !holds_limit(r, &limits[i], bound, place))
			return false;
	}
	return holds_for_parts(r, schema, place);
}

/* No schema at all is one that allows everything. */
static bool apply(struct run *r, int schema, const struct oc_place *place)
{
	enum oc_json_type type = oc_json_type(r->schema, schema);
	bool holds;

	if (type == OC_JSON_FALSE)
		return fail(r, place, "not allowed");
	if (type != OC_JSON_OBJECT)
		return true;
	if (r->fatal)
		return false;
	if (r->depth == DEPTH_MAX || r->steps == STEPS_MAX)
		return give_up(r, place, "the schema is too deep or too complex");
	r->steps++;
	r->depth++;
	holds = apply_object(r, schema, place);
	r->depth--;
	return holds;
}

int oc_schema_validate(const struct oc_json *schema, const struct oc_json *value,
                       struct oc_err *err)
{
	struct run r = {.schema = schema, .value = value, .err = err};
	bool holds;

	oc_buf_init(&r.scratch, OC_ANSWER_MAX);
	holds = apply(&r, 0, &OC_PLACE_ROOT);
	oc_buf_release(&r.scratch);
	if (r.fatal)
		return r.fatal;
	return holds ? 0 : OC_EPROTO;
}
