/* SPDX-License-Identifier: MIT */
/* keyword.c: the keywords of JSON Schema. */
#include "compat.h"

#include "schema/keyword.h"

enum { BOTH, D2020 };
enum {
	ANY = OC_JSON_MISSING,
	NUMBER = OC_JSON_NUMBER,
	STRING = OC_JSON_STRING,
	ARRAY = OC_JSON_ARRAY,
	OBJECT = OC_JSON_OBJECT,
};

const struct oc_keyword_row oc_keywords[OC_KEYWORDS] = {
        [OC_KEY_ID] = {"$id", OC_KIND_STRING, BOTH, ANY, NULL},
        [OC_KEY_SCHEMA] = {"$schema", OC_KIND_STRING, BOTH, ANY, NULL},
        [OC_KEY_ANCHOR] = {"$anchor", OC_KIND_STRING, D2020, ANY, NULL},
        [OC_KEY_DYNAMIC_ANCHOR] = {"$dynamicAnchor", OC_KIND_STRING, D2020, ANY, NULL},
        [OC_KEY_DEFS] = {"$defs", OC_KIND_SCHEMA_MAP, BOTH, ANY, NULL},
        [OC_KEY_DEFINITIONS] = {"definitions", OC_KIND_SCHEMA_MAP, BOTH, ANY, NULL},
        [OC_KEY_REF] = {"$ref", OC_KIND_STRING, BOTH, ANY, oc_holds_ref},
        [OC_KEY_DYNAMIC_REF] = {"$dynamicRef", OC_KIND_STRING, D2020, ANY, oc_holds_dynamic_ref},
        [OC_KEY_TYPE] = {"type", OC_KIND_TYPES, BOTH, ANY, oc_holds_type},
        [OC_KEY_CONST] = {"const", OC_KIND_ANYTHING, BOTH, ANY, oc_holds_const},
        [OC_KEY_ENUM] = {"enum", OC_KIND_LIST, BOTH, ANY, oc_holds_enum},
        [OC_KEY_ALL_OF] = {"allOf", OC_KIND_SCHEMAS, BOTH, ANY, oc_holds_all_of},
        [OC_KEY_ANY_OF] = {"anyOf", OC_KIND_SCHEMAS, BOTH, ANY, oc_holds_any_of},
        [OC_KEY_ONE_OF] = {"oneOf", OC_KIND_SCHEMAS, BOTH, ANY, oc_holds_one_of},
        [OC_KEY_NOT] = {"not", OC_KIND_SCHEMA, BOTH, ANY, oc_holds_not},
        [OC_KEY_IF] = {"if", OC_KIND_SCHEMA, BOTH, ANY, oc_holds_if},
        [OC_KEY_THEN] = {"then", OC_KIND_SCHEMA, BOTH, ANY, NULL},
        [OC_KEY_ELSE] = {"else", OC_KIND_SCHEMA, BOTH, ANY, NULL},
        [OC_KEY_MINIMUM] = {"minimum", OC_KIND_NUMBER, BOTH, NUMBER, oc_holds_bound},
        [OC_KEY_MAXIMUM] = {"maximum", OC_KIND_NUMBER, BOTH, NUMBER, oc_holds_bound},
        [OC_KEY_EXCLUSIVE_MINIMUM] = {"exclusiveMinimum", OC_KIND_NUMBER, BOTH, NUMBER,
                                      oc_holds_bound},
        [OC_KEY_EXCLUSIVE_MAXIMUM] = {"exclusiveMaximum", OC_KIND_NUMBER, BOTH, NUMBER,
                                      oc_holds_bound},
        [OC_KEY_MULTIPLE_OF] = {"multipleOf", OC_KIND_STEP, BOTH, NUMBER, oc_holds_multiple_of},
        [OC_KEY_MIN_LENGTH] = {"minLength", OC_KIND_COUNT, BOTH, STRING, oc_holds_bound},
        [OC_KEY_MAX_LENGTH] = {"maxLength", OC_KIND_COUNT, BOTH, STRING, oc_holds_bound},
        [OC_KEY_PATTERN] = {"pattern", OC_KIND_STRING, BOTH, STRING, oc_holds_pattern},
        [OC_KEY_FORMAT] = {"format", OC_KIND_STRING, BOTH, STRING, oc_holds_format},
        [OC_KEY_MIN_ITEMS] = {"minItems", OC_KIND_COUNT, BOTH, ARRAY, oc_holds_bound},
        [OC_KEY_MAX_ITEMS] = {"maxItems", OC_KIND_COUNT, BOTH, ARRAY, oc_holds_bound},
        [OC_KEY_UNIQUE_ITEMS] = {"uniqueItems", OC_KIND_FLAG, BOTH, ARRAY, oc_holds_unique_items},
        [OC_KEY_PREFIX_ITEMS] = {"prefixItems", OC_KIND_SCHEMAS, D2020, ARRAY,
                                 oc_holds_prefix_items},
        [OC_KEY_ITEMS] = {"items", OC_KIND_SCHEMA_OR_ARRAY, BOTH, ARRAY, oc_holds_items},
        [OC_KEY_ADDITIONAL_ITEMS] = {"additionalItems", OC_KIND_SCHEMA, BOTH, ANY, NULL},
        [OC_KEY_CONTAINS] = {"contains", OC_KIND_SCHEMA, BOTH, ARRAY, oc_holds_contains},
        [OC_KEY_MIN_CONTAINS] = {"minContains", OC_KIND_COUNT, D2020, ANY, NULL},
        [OC_KEY_MAX_CONTAINS] = {"maxContains", OC_KIND_COUNT, D2020, ANY, NULL},
        [OC_KEY_UNEVALUATED_ITEMS] = {"unevaluatedItems", OC_KIND_SCHEMA, D2020, ARRAY,
                                      oc_holds_unevaluated},
        [OC_KEY_MIN_PROPERTIES] = {"minProperties", OC_KIND_COUNT, BOTH, OBJECT, oc_holds_bound},
        [OC_KEY_MAX_PROPERTIES] = {"maxProperties", OC_KIND_COUNT, BOTH, OBJECT, oc_holds_bound},
        [OC_KEY_REQUIRED] = {"required", OC_KIND_NAMES, BOTH, OBJECT, oc_holds_required},
        [OC_KEY_PROPERTIES] = {"properties", OC_KIND_SCHEMA_MAP, BOTH, OBJECT, oc_holds_members},
        [OC_KEY_PATTERN_PROPERTIES] = {"patternProperties", OC_KIND_SCHEMA_MAP, BOTH, OBJECT,
                                       oc_holds_members},
        [OC_KEY_ADDITIONAL_PROPERTIES] = {"additionalProperties", OC_KIND_SCHEMA, BOTH, OBJECT,
                                          oc_holds_members},
        [OC_KEY_PROPERTY_NAMES] = {"propertyNames", OC_KIND_SCHEMA, BOTH, OBJECT,
                                   oc_holds_property_names},
        [OC_KEY_DEPENDENCIES] = {"dependencies", OC_KIND_SCHEMA_NAMES_MAP, BOTH, OBJECT,
                                 oc_holds_dependencies},
        [OC_KEY_DEPENDENT_REQUIRED] = {"dependentRequired", OC_KIND_NAMES_MAP, D2020, OBJECT,
                                       oc_holds_dependencies},
        [OC_KEY_DEPENDENT_SCHEMAS] = {"dependentSchemas", OC_KIND_SCHEMA_MAP, D2020, OBJECT,
                                      oc_holds_dependencies},
        [OC_KEY_UNEVALUATED_PROPERTIES] = {"unevaluatedProperties", OC_KIND_SCHEMA, D2020, OBJECT,
                                           oc_holds_unevaluated},
};

enum oc_keyword oc_keyword_find(const struct oc_json *j, int key, bool draft7)
{
	for (int i = OC_KEY_NONE + 1; i < OC_KEYWORDS; i++) {
		if (!(draft7 && oc_keywords[i].d2020) && oc_json_is(j, key, oc_keywords[i].name))
			return (enum oc_keyword)i;
	}
	return OC_KEY_NONE;
}

/* ---- their values ---- */

static bool is_filled(const struct oc_json *j, int at)
{
	return oc_json_first(j, at) != OC_JSON_NONE;
}

static bool is_type_name(const struct oc_json *j, int at)
{
	static const char *const names[] = {"null",   "boolean", "object", "array",
	                                    "number", "string",  "integer"};

	for (size_t i = 0; i < OC_COUNT(names); i++) {
		if (oc_json_is(j, at, names[i]))
			return true;
	}
	return false;
}

static bool is_type_or_filled(const struct oc_json *j, int at)
{
	return is_type_name(j, at) || is_filled(j, at);
}

static bool is_count(const struct oc_json *j, int at)
{
	int64_t n;

	return oc_json_int64(j, at, &n) && n >= 0;
}

static bool is_step(const struct oc_json *j, int at)
{
	struct oc_text raw = oc_json_raw(j, at);

	if (*raw.p == '-')
		return false;
	for (; raw.n && *raw.p != 'e' && *raw.p != 'E'; raw.p++, raw.n--) {
		if (*raw.p >= '1' && *raw.p <= '9')
			return true;
	}
	return false;
}

#define MAY_BE(type)  (1U << OC_JSON_##type)
#define MAY_BE_SCHEMA (MAY_BE(OBJECT) | MAY_BE(TRUE) | MAY_BE(FALSE))

static const struct kind {
	const char *name; /* for messages */
	unsigned types;
	bool (*is)(const struct oc_json *j, int at); /* what else must hold, or NULL */
	enum oc_schema_kind items;                   /* what the elements of an array must be */
	enum oc_schema_kind members;
} kinds[] = {
        [OC_KIND_ANYTHING] = {"", ~0U, NULL, 0, 0},
        [OC_KIND_SCHEMA] = {"a schema (an object, true or false)", MAY_BE_SCHEMA, NULL, 0, 0},
        [OC_KIND_SCHEMA_OR_ARRAY] = {"a schema, or an array of schemas",
                                     MAY_BE_SCHEMA | MAY_BE(ARRAY), NULL, 0, 0},
        [OC_KIND_SCHEMA_OR_NAMES] = {"", MAY_BE_SCHEMA | MAY_BE(ARRAY), NULL, OC_KIND_STRING, 0},
        [OC_KIND_SCHEMAS] = {"an array of schemas", MAY_BE(ARRAY), is_filled, 0, 0},
        [OC_KIND_SCHEMA_MAP] = {"an object of schemas", MAY_BE(OBJECT), NULL, 0, 0},
        [OC_KIND_SCHEMA_NAMES_MAP] = {"an object of schemas, or of arrays of strings",
                                      MAY_BE(OBJECT), NULL, 0, OC_KIND_SCHEMA_OR_NAMES},
        [OC_KIND_NAMES_MAP] = {"an object of arrays of strings", MAY_BE(OBJECT), NULL, 0,
                               OC_KIND_NAMES},
        [OC_KIND_NAMES] = {"an array of strings", MAY_BE(ARRAY), NULL, OC_KIND_STRING, 0},
        [OC_KIND_TYPE] = {"", MAY_BE(STRING), is_type_name, 0, 0},
        [OC_KIND_TYPES] = {"the name of a type, or an array of such",
                           MAY_BE(STRING) | MAY_BE(ARRAY), is_type_or_filled, OC_KIND_TYPE, 0},
        [OC_KIND_LIST] = {"an array", MAY_BE(ARRAY), NULL, 0, 0},
        [OC_KIND_FLAG] = {"true or false", MAY_BE(TRUE) | MAY_BE(FALSE), NULL, 0, 0},
        [OC_KIND_COUNT] = {"an integer, 0 or more", MAY_BE(NUMBER), is_count, 0, 0},
        [OC_KIND_NUMBER] = {"a number", MAY_BE(NUMBER), NULL, 0, 0},
        [OC_KIND_STEP] = {"a number greater than 0", MAY_BE(NUMBER), is_step, 0, 0},
        [OC_KIND_STRING] = {"a string", MAY_BE(STRING), NULL, 0, 0},
};

/* What is wrong within schemas is found when these are visited. */
bool oc_kind_is(const struct oc_json *j, int at, enum oc_schema_kind kind)
{
	const struct kind *k = &kinds[kind];
	enum oc_json_type type = oc_json_type(j, at);
	bool object = type == OC_JSON_OBJECT;
	enum oc_schema_kind child = object ? k->members : k->items;

	if (!(k->types & 1U << type) || (k->is && !k->is(j, at)))
		return false;
	for (int c = oc_json_first(j, at); child && c != OC_JSON_NONE; c = oc_json_next(j, at, c)) {
		if (!oc_kind_is(j, object ? oc_json_value(j, c) : c, child))
			return false;
	}
	return true;
}

const char *oc_kind_name(enum oc_schema_kind kind)
{
	return kinds[kind].name;
}
