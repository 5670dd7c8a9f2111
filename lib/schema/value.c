/* SPDX-License-Identifier: MIT */
/* value.c: the keywords of JSON Schema that look at a value as one. They are bounds, types,
 * constants, combinations of schemas, and what numbers and strings have. */
#include "compat.h"

#include <inttypes.h>

#include "schema/format.h"
#include "json/equal.h"
#include "json/number.h"
#include "schema/apply.h"
#include "text/text.h"

/* Tells that the value is not as the keyword's own value says; false, to be returned. */
static bool differs(struct oc_schema_run *r, const struct oc_schema_frame *f,
                    const struct oc_schema_word *word, const char *how)
{
	return oc_schema_fail(r, f, word->arg, "%s %s %s",
	                      oc_schema_show(r->value, f->place->at).text, how,
	                      oc_schema_show(&r->schema->json, word->arg).text);
}

/* ---- bounds --------------------------------------------------------------------------------- */

static int64_t count_characters(struct oc_schema_run *r, int at)
{
	int64_t n = 0;

	if (!oc_schema_decode(r, r->value, at))
		return 0;
	for (size_t i = 0; i < r->scratch.n; i++)
		n += ((unsigned char)r->scratch.p[i] & 0xc0) != 0x80;
	return n;
}

enum relation { AT_LEAST, AT_MOST, MORE_THAN, LESS_THAN };

static bool within(int order, enum relation relation)
{
	return relation == AT_LEAST    ? order >= 0
	       : relation == AT_MOST   ? order <= 0
	       : relation == MORE_THAN ? order > 0
	                               : order < 0;
}

static const char *const against[] = {
        [AT_LEAST] = "is less than the minimum",
        [AT_MOST] = "is more than the maximum",
        [MORE_THAN] = "is not more than",
        [LESS_THAN] = "is not less than",
};

static const enum relation relations[OC_KEYWORDS] = {
        [OC_KEY_MINIMUM] = AT_LEAST,
        [OC_KEY_MAXIMUM] = AT_MOST,
        [OC_KEY_EXCLUSIVE_MINIMUM] = MORE_THAN,
        [OC_KEY_EXCLUSIVE_MAXIMUM] = LESS_THAN,
        [OC_KEY_MIN_LENGTH] = AT_LEAST,
        [OC_KEY_MAX_LENGTH] = AT_MOST,
        [OC_KEY_MIN_ITEMS] = AT_LEAST,
        [OC_KEY_MAX_ITEMS] = AT_MOST,
        [OC_KEY_MIN_PROPERTIES] = AT_LEAST,
        [OC_KEY_MAX_PROPERTIES] = AT_MOST,
};

/* Of a number, or of the size of anything else. */
bool oc_holds_bound(struct oc_schema_run *r, const struct oc_schema_frame *f,
                    const struct oc_schema_word *word)
{
	enum oc_json_type type = oc_json_type(r->value, f->place->at);
	enum relation relation = relations[word->key];
	const struct oc_json *s = &r->schema->json;
	int at = f->place->at;
	int64_t limit = 0;
	int64_t size;

	if (type == OC_JSON_NUMBER)
		return within(oc_json_order(r->value, at, s, word->arg), relation) ||
		       differs(r, f, word, against[relation]);
	(void)oc_json_int64(s, word->arg, &limit); /* others are no schemas */
	size = type == OC_JSON_STRING ? count_characters(r, at)
	                              : (int64_t)oc_json_count(r->value, at);
	return within((size > limit) - (size < limit), relation) ||
	       oc_schema_fail(r, f, word->arg, "size %" PRId64 " %s %" PRId64, size,
	                      against[relation], limit);
}

/* ---- for any value ------------------------------------------------------------------------- */

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

bool oc_holds_type(struct oc_schema_run *r, const struct oc_schema_frame *f,
                   const struct oc_schema_word *word)
{
	const struct oc_json *s = &r->schema->json;

	if (is_type(r->value, f->place->at, s, word->arg))
		return true;
	for (int c = oc_json_first(s, word->arg); c != OC_JSON_NONE;
	     c = oc_json_next(s, word->arg, c)) {
		if (is_type(r->value, f->place->at, s, c))
			return true;
	}
	return differs(r, f, word, "is not of type");
}

/* Is the value the constant at `arg`? */
static bool equals(struct oc_schema_run *r, const struct oc_schema_frame *f, int arg)
{
	const struct oc_json *s = &r->schema->json;
	struct oc_text a = oc_json_raw(s, arg);
	struct oc_text b = oc_json_raw(r->value, f->place->at);
	bool equal = false;

	if (oc_json_type(s, arg) != oc_json_type(r->value, f->place->at))
		return false;
	if (oc_text_same(a, b))
		return true;
	/* Without escapes, what strings stand for is what they are. */
	if (oc_json_type(r->value, f->place->at) == OC_JSON_STRING && !memchr(a.p, '\\', a.n) &&
	    !memchr(b.p, '\\', b.n))
		return false;
	if (!oc_schema_spend(r, f, 1 + (a.n + b.n) / 16))
		return false;
	if (oc_json_equal(s, arg, r->value, f->place->at, &equal))
		return oc_schema_no_memory(r);
	return equal;
}

bool oc_holds_const(struct oc_schema_run *r, const struct oc_schema_frame *f,
                    const struct oc_schema_word *word)
{
	return equals(r, f, word->arg) || differs(r, f, word, "is not");
}

bool oc_holds_enum(struct oc_schema_run *r, const struct oc_schema_frame *f,
                   const struct oc_schema_word *word)
{
	const struct oc_json *s = &r->schema->json;

	for (int c = oc_json_first(s, word->arg); c != OC_JSON_NONE;
	     c = oc_json_next(s, word->arg, c)) {
		if (equals(r, f, c))
			return true;
		if (!oc_schema_spend(r, f, 1))
			return false;
	}
	return differs(r, f, word, "is none of");
}

bool oc_holds_ref(struct oc_schema_run *r, const struct oc_schema_frame *f,
                  const struct oc_schema_word *word)
{
	return oc_schema_apply_here(r, f, word->more);
}

/* The outermost of the resources that are being applied decides what a dynamic anchor is. */
static const struct oc_schema_anchor *
outermost(const struct oc_schema *s, const struct oc_schema_frame *f, struct oc_text name)
{
	const struct oc_schema_anchor *found = NULL;

	for (; f; f = f->up) {
		const struct oc_schema_anchor *anchor =
		        oc_schema_anchor(s, f->node->resource, name, true);

		if (anchor)
			found = anchor;
	}
	return found;
}

bool oc_holds_dynamic_ref(struct oc_schema_run *r, const struct oc_schema_frame *f,
                          const struct oc_schema_word *word)
{
	const struct oc_schema *s = r->schema;
	const struct oc_schema_anchor *first = &s->anchors[word->more];
	const struct oc_schema_anchor *found = outermost(s, f, first->name);

	return oc_schema_spend(r, f, (uint64_t)r->depth * (uint64_t)s->nanchors) &&
	       oc_schema_apply_here(r, f, (found ? found : first)->node);
}

bool oc_holds_all_of(struct oc_schema_run *r, const struct oc_schema_frame *f,
                     const struct oc_schema_word *word)
{
	const struct oc_json *s = &r->schema->json;
	bool holds = true;

	for (int c = oc_json_first(s, word->arg); c != OC_JSON_NONE;
	     c = oc_json_next(s, word->arg, c)) {
		holds &= oc_schema_apply_here(r, f, r->schema->node_of[c]);
		if (!holds && oc_schema_is_over(r))
			break;
	}
	return holds;
}

/* How many of the schemas hold; counts no further than to `enough`, unless it must be known what
 * they look at. */
static unsigned count_holding(struct oc_schema_run *r, const struct oc_schema_frame *f, int arg,
                              unsigned enough)
{
	const struct oc_json *s = &r->schema->json;
	unsigned n = 0;

	for (int c = oc_json_first(s, arg); c != OC_JSON_NONE && (n < enough || f->seen);
	     c = oc_json_next(s, arg, c))
		n += oc_schema_try_here(r, f, c);
	return n;
}

bool oc_holds_any_of(struct oc_schema_run *r, const struct oc_schema_frame *f,
                     const struct oc_schema_word *word)
{
	return count_holding(r, f, word->arg, 1) ||
	       oc_schema_fail(r, f, word->arg, "matches no schema of anyOf");
}

bool oc_holds_one_of(struct oc_schema_run *r, const struct oc_schema_frame *f,
                     const struct oc_schema_word *word)
{
	unsigned n = count_holding(r, f, word->arg, 2);

	return n == 1 || oc_schema_fail(r, f, word->arg, "matches %s schema of oneOf",
	                                n ? "more than one" : "no");
}

bool oc_holds_not(struct oc_schema_run *r, const struct oc_schema_frame *f,
                  const struct oc_schema_word *word)
{
	const struct oc_schema_frame apart = {.up = f->up, .node = f->node, .place = f->place};

	return !oc_schema_try_here(r, &apart, word->arg) ||
	       oc_schema_fail(r, f, word->arg, "matches the schema of not");
}

bool oc_holds_if(struct oc_schema_run *r, const struct oc_schema_frame *f,
                 const struct oc_schema_word *word)
{
	bool holds = oc_schema_try_here(r, f, word->arg);
	const struct oc_schema_word *next =
	        oc_schema_word(r->schema, f->node, holds ? OC_KEY_THEN : OC_KEY_ELSE);

	return !next || r->fatal || oc_schema_apply_here(r, f, r->schema->node_of[next->arg]);
}

/* ---- numbers and strings -------------------------------------------------------------------- */

bool oc_holds_multiple_of(struct oc_schema_run *r, const struct oc_schema_frame *f,
                          const struct oc_schema_word *word)
{
	const struct oc_json *s = &r->schema->json;
	int multiple;

	if (!oc_schema_spend(r, f, oc_json_raw(r->value, f->place->at).n))
		return false;
	multiple = oc_json_multiple(r->value, f->place->at, s, word->arg);
	if (multiple < 0)
		return oc_schema_give_up(r, f, "this number and multipleOf are too long");
	return multiple || differs(r, f, word, "is not a multiple of");
}

bool oc_holds_pattern(struct oc_schema_run *r, const struct oc_schema_frame *f,
                      const struct oc_schema_word *word)
{
	return (oc_schema_decode(r, r->value, f->place->at) &&
	        oc_schema_matches(r, f, word->more, oc_buf_text(&r->scratch))) ||
	       differs(r, f, word, "does not match the pattern");
}

bool oc_holds_format(struct oc_schema_run *r, const struct oc_schema_frame *f,
                     const struct oc_schema_word *word)
{
	struct oc_text name = oc_json_raw(&r->schema->json, word->arg);
	oc_format_check *check = oc_format_find(name.p + 1, name.n - 2);

	if (!check || !r->schema->formats)
		return true;
	return (oc_schema_decode(r, r->value, f->place->at) && check(oc_buf_text(&r->scratch))) ||
	       oc_schema_fail(r, f, word->arg, "%s is no %.*s",
	                      oc_schema_show(r->value, f->place->at).text, (int)name.n - 2,
	                      name.p + 1);
}
