/* SPDX-License-Identifier: MIT */
/* kind.c: what the value of a schema's keyword must be. */
#include "compat.h"

#include "schema/kind.h"

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

static bool is_string(const struct oc_json *j, int at)
{
	return oc_json_type(j, at) == OC_JSON_STRING;
}

bool oc_kind_is_schema(const struct oc_json *j, int at)
{
	enum oc_json_type type = oc_json_type(j, at);

	return type == OC_JSON_OBJECT || type == OC_JSON_TRUE || type == OC_JSON_FALSE;
}

/* An array all of whose items are such; not an empty one, where there must be one. */
static bool is_array_of(const struct oc_json *j, int at, bool filled,
                        bool (*is)(const struct oc_json *j, int at))
{
	int child = oc_json_first(j, at);

	if (oc_json_type(j, at) != OC_JSON_ARRAY || (filled && child == OC_JSON_NONE))
		return false;
	for (; child != OC_JSON_NONE; child = oc_json_next(j, at, child)) {
		if (!is(j, child))
			return false;
	}
	return true;
}

static bool is_names(const struct oc_json *j, int at)
{
	return is_array_of(j, at, false, is_string);
}

static bool is_schema_or_names(const struct oc_json *j, int at)
{
	return oc_kind_is_schema(j, at) || is_names(j, at);
}

static bool is_object_of(const struct oc_json *j, int at,
                         bool (*is)(const struct oc_json *j, int at))
{
	if (oc_json_type(j, at) != OC_JSON_OBJECT)
		return false;
	for (int key = oc_json_first(j, at); key != OC_JSON_NONE; key = oc_json_next(j, at, key)) {
		if (!is(j, oc_json_value(j, key)))
			return false;
	}
	return true;
}

static bool is_count(const struct oc_json *j, int at)
{
	int64_t n;

	return oc_json_int64(j, at, &n) && n >= 0;
}

static bool is_step(const struct oc_json *j, int at)
{
	struct oc_text raw = oc_json_raw(j, at);

	if (oc_json_type(j, at) != OC_JSON_NUMBER || *raw.p == '-')
		return false;
	for (; raw.n && *raw.p != 'e' && *raw.p != 'E'; raw.p++, raw.n--) {
		if (*raw.p >= '1' && *raw.p <= '9')
			return true;
	}
	return false;
}

/* What is wrong within schemas is found when these are visited. */
bool oc_kind_is(const struct oc_json *j, int at, enum oc_schema_kind kind)
{
	enum oc_json_type type = oc_json_type(j, at);

	switch (kind) {
	case OC_KIND_SCHEMA:
		return oc_kind_is_schema(j, at);
	case OC_KIND_SCHEMAS:
		return type == OC_JSON_ARRAY && oc_json_first(j, at) != OC_JSON_NONE;
	case OC_KIND_SCHEMA_OR_ARRAY:
		return oc_kind_is_schema(j, at) || type == OC_JSON_ARRAY;
	case OC_KIND_SCHEMA_MAP:
		return type == OC_JSON_OBJECT;
	case OC_KIND_NAMES_MAP:
		return is_object_of(j, at, is_names);
	case OC_KIND_SCHEMA_NAMES_MAP:
		return is_object_of(j, at, is_schema_or_names);
	case OC_KIND_TYPES:
		return is_type_name(j, at) || is_array_of(j, at, true, is_type_name);
	case OC_KIND_NAMES:
		return is_names(j, at);
	case OC_KIND_LIST:
		return type == OC_JSON_ARRAY;
	case OC_KIND_FLAG:
		return type == OC_JSON_TRUE || type == OC_JSON_FALSE;
	case OC_KIND_COUNT:
		return is_count(j, at);
	case OC_KIND_NUMBER:
		return type == OC_JSON_NUMBER;
	case OC_KIND_STEP:
		return is_step(j, at);
	case OC_KIND_STRING:
		return type == OC_JSON_STRING;
	case OC_KIND_ANYTHING:
		break;
	}
	return true;
}

const char *oc_kind_name(enum oc_schema_kind kind)
{
	static const char *const names[] = {
	        [OC_KIND_SCHEMA] = "a schema (an object, true or false)",
	        [OC_KIND_SCHEMAS] = "an array of schemas",
	        [OC_KIND_SCHEMA_OR_ARRAY] = "a schema, or an array of schemas",
	        [OC_KIND_SCHEMA_MAP] = "an object of schemas",
	        [OC_KIND_NAMES_MAP] = "an object of arrays of strings",
	        [OC_KIND_SCHEMA_NAMES_MAP] = "an object of schemas, or of arrays of strings",
	        [OC_KIND_TYPES] = "the name of a type, or an array of such",
	        [OC_KIND_NAMES] = "an array of strings",
	        [OC_KIND_LIST] = "an array",
	        [OC_KIND_FLAG] = "true or false",
	        [OC_KIND_COUNT] = "an integer, 0 or more",
	        [OC_KIND_NUMBER] = "a number",
	        [OC_KIND_STEP] = "a number greater than 0",
	        [OC_KIND_STRING] = "a string",
	        [OC_KIND_ANYTHING] = "",
	};

	return names[kind];
}
