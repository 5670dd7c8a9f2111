/* SPDX-License-Identifier: MIT */
/* schemacheck.c: is a JSON document a usable JSON Schema? */
#include "compat.h"

#include "jsonptr.h"
#include "schema.h"

/* What a keyword's value must be. */
enum kind { SCHEMA, SCHEMA_LIST, SCHEMA_MAP, TYPES, NAMES, LIST, FLAG, COUNT, NUMBER, STEP, REF };

static const struct {
	const char *keyword;
	enum kind kind;
} rows[] = {
        {"type", TYPES},
        {"enum", LIST},
        {"required", NAMES},
        {"properties", SCHEMA_MAP},
        {"additionalProperties", SCHEMA},
        {"minProperties", COUNT},
        {"maxProperties", COUNT},
        {"items", SCHEMA},
        {"prefixItems", SCHEMA_LIST},
        {"minItems", COUNT},
        {"maxItems", COUNT},
        {"uniqueItems", FLAG},
        {"minimum", NUMBER},
        {"maximum", NUMBER},
        {"exclusiveMinimum", NUMBER},
        {"exclusiveMaximum", NUMBER},
        {"multipleOf", STEP},
        {"minLength", COUNT},
        {"maxLength", COUNT},
        {"allOf", SCHEMA_LIST},
        {"anyOf", SCHEMA_LIST},
        {"oneOf", SCHEMA_LIST},
        {"not", SCHEMA},
        {"$ref", REF},
        {"$defs", SCHEMA_MAP},
        {"definitions", SCHEMA_MAP}, /* where older drafts keep what is referred to */
};

struct check {
	const struct oc_json *j;
	struct oc_err *err;
	int *rc; /* of a failure */
};

static bool check_keyword(const struct check *c, const struct oc_place *place, enum kind kind);

static bool check_schema(const struct check *c, const struct oc_place *place)
{
	return check_keyword(c, place, SCHEMA);
}

static bool is(const struct check *c, const struct oc_place *place, enum oc_json_type type)
{
	return oc_json_type(c->j, place->at) == type;
}

typedef bool holds_fn(const struct check *c, const struct oc_place *place);

static bool is_boolean(const struct check *c, const struct oc_place *place)
{
	return is(c, place, OC_JSON_TRUE) || is(c, place, OC_JSON_FALSE);
}

static bool is_string(const struct check *c, const struct oc_place *place)
{
	return is(c, place, OC_JSON_STRING);
}

static bool is_object(const struct check *c, const struct oc_place *place)
{
	return is(c, place, OC_JSON_OBJECT);
}

static bool is_array(const struct check *c, const struct oc_place *place)
{
	return is(c, place, OC_JSON_ARRAY);
}

static bool is_filled_array(const struct check *c, const struct oc_place *place)
{
	return is_array(c, place) && oc_json_first(c->j, place->at) != OC_JSON_NONE;
}

static bool is_schema(const struct check *c, const struct oc_place *place)
{
	return is_object(c, place) || is_boolean(c, place);
}

static bool is_type_name(const struct check *c, const struct oc_place *place)
{
	static const char *const names[] = {"null",   "boolean", "object", "array",
	                                    "number", "string",  "integer"};

	for (size_t i = 0; i < OC_COUNT(names); i++) {
		if (oc_json_is(c->j, place->at, names[i]))
			return true;
	}
	return false;
}

/* Has every child the property? */
static bool all(const struct check *c, const struct oc_place *parent, holds_fn *holds)
{
	struct oc_place child;

	for (bool more = oc_place_first(c->j, parent, &child); more;
	     more = oc_place_next(c->j, &child)) {
		if (!holds(c, &child))
			return false;
	}
	return true;
}

static bool is_types(const struct check *c, const struct oc_place *place)
{
	return is_type_name(c, place) || (is_filled_array(c, place) && all(c, place, is_type_name));
}

static bool is_names(const struct check *c, const struct oc_place *place)
{
	return is_array(c, place) && all(c, place, is_string);
}

static bool is_count(const struct check *c, const struct oc_place *place)
{
	int64_t n;

	return oc_json_int64(c->j, place->at, &n) && n >= 0;
}

static bool is_number(const struct check *c, const struct oc_place *place)
{
	return is(c, place, OC_JSON_NUMBER);
}

static bool is_step(const struct check *c, const struct oc_place *place)
{
	double step;

	return oc_json_double(c->j, place->at, &step) && step > 0;
}

static bool is_reference(const struct check *c, const struct oc_place *place)
{
	struct oc_place target = {.at = OC_JSON_NONE};

	if (oc_json_ref(c->j, place->at, &target.at)) {
		*c->rc = oc_err_nomem(c->err);
		return false;
	}
	return is_schema(c, &target);
}

/* What is wrong within subschemas is found when these are visited. */
static const struct {
	holds_fn *holds;
	const char *expected;
} kinds[] = {
        [SCHEMA] = {is_schema, "a schema (an object, true or false)"},
        [SCHEMA_LIST] = {is_filled_array, "an array of schemas"},
        [SCHEMA_MAP] = {is_object, "an object of schemas"},
        [TYPES] = {is_types, "the name of a type, or an array of such"},
        [NAMES] = {is_names, "an array of strings"},
        [LIST] = {is_array, "an array"},
        [FLAG] = {is_boolean, "true or false"},
        [COUNT] = {is_count, "an integer, 0 or more"},
        [NUMBER] = {is_number, "a number"},
        [STEP] = {is_step, "a number greater than 0"},
        [REF] = {is_reference, "a place in this schema, like #/$defs/name,"},
};

static bool check_member(const struct check *c, const struct oc_place *member)
{
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		if (oc_json_is(c->j, member->key, rows[i].keyword))
			return check_keyword(c, member, rows[i].kind);
	}
	return true; /* an annotation */
}

static bool check_keyword(const struct check *c, const struct oc_place *place, enum kind kind)
{
	char text[128];

	if (!kinds[kind].holds(c, place)) {
		(void)snprintf(text, sizeof text, "%s expected", kinds[kind].expected);
		if (*c->rc == OC_EDATA)
			(void)oc_place_err(c->j, place, c->err, OC_EDATA, text);
		return false;
	}
	if (kind == SCHEMA)
		return is_boolean(c, place) || all(c, place, check_member);
	if (kind == SCHEMA_LIST || kind == SCHEMA_MAP)
		return all(c, place, check_schema);
	return true;
}

int oc_schema_check(const struct oc_json *schema, struct oc_err *err)
{
	int rc = OC_EDATA;
	const struct check c = {schema, err, &rc};

	return check_schema(&c, &OC_PLACE_ROOT) ? 0 : rc;
}
