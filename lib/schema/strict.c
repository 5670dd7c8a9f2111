/* SPDX-License-Identifier: MIT */
/* strict.c: is a JSON Schema one that servers take with "strict": true? */
#include "compat.h"

#include "schema/strict.h"
#include "text/text.h"

enum {
	PROPERTIES_MAX = 100,
	LEVELS_MAX = 5,
	VALUES_MAX = 500,
	TEXT_MAX = 15000,
	LONG_ENUM = 250, /* one with more values than this … */
	LONG_ENUM_TEXT_MAX = 7500,
};

/* The keywords, and what they may be beside. */
enum { TYPE, PROPERTIES, REQUIRED, ADDITIONAL, ITEMS, ENUM, CONST, ANY_OF, REF, DEFS, DEFINITIONS };

static const char *const keywords[] = {
        [TYPE] = "type",
        [PROPERTIES] = "properties",
        [REQUIRED] = "required",
        [ADDITIONAL] = "additionalProperties",
        [ITEMS] = "items",
        [ENUM] = "enum",
        [CONST] = "const",
        [ANY_OF] = "anyOf",
        [REF] = "$ref",
        [DEFS] = "$defs",
        [DEFINITIONS] = "definitions",
};

static const char *const annotations[] = {"title", "description", "$schema"};

struct strict {
	const struct oc_json *j;
	size_t properties;
	size_t values;
	size_t text;
};

static bool is_schema(struct strict *s, int at, int level);

static bool is_one_of(const struct oc_json *j, int key, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (oc_json_is(j, key, words[i]))
			return true;
	}
	return false;
}

static bool has_known_keywords(const struct oc_json *j, int at)
{
	for (int key = oc_json_first(j, at); key != OC_JSON_NONE; key = oc_json_next(j, at, key)) {
		if (!is_one_of(j, key, keywords, OC_COUNT(keywords)) &&
		    !is_one_of(j, key, annotations, OC_COUNT(annotations)))
			return false;
	}
	return true;
}

/* Does a type, which is a name or an array of names, include this one? */
static bool includes(const struct oc_json *j, int type, const char *name)
{
	for (int at = oc_json_first(j, type); at != OC_JSON_NONE; at = oc_json_next(j, type, at)) {
		if (oc_json_is(j, at, name))
			return true;
	}
	return oc_json_is(j, type, name);
}

/* Counts the text of a name or a value; false beyond the limit. */
static bool add_text(struct strict *s, int at)
{
	s->text += oc_json_raw(s->j, at).n;
	return s->text <= TEXT_MAX;
}

static bool is_enum(struct strict *s, int at)
{
	size_t n = oc_json_count(s->j, at);
	size_t before = s->text;

	s->values += n;
	if (s->values > VALUES_MAX)
		return false;
	for (int value = oc_json_first(s->j, at); value != OC_JSON_NONE;
	     value = oc_json_next(s->j, at, value)) {
		if (!add_text(s, value))
			return false;
	}
	return n <= LONG_ENUM || s->text - before <= LONG_ENUM_TEXT_MAX;
}

/* Is the name in the list, in the same spelling? */
static bool is_listed(const struct oc_json *j, int list, int name)
{
	struct oc_text wanted = oc_json_raw(j, name);

	for (int at = oc_json_first(j, list); at != OC_JSON_NONE; at = oc_json_next(j, list, at)) {
		if (oc_text_same(oc_json_raw(j, at), wanted))
			return true;
	}
	return false;
}

static bool are_schemas(struct strict *s, int map, int level)
{
	for (int key = oc_json_first(s->j, map); key != OC_JSON_NONE;
	     key = oc_json_next(s->j, map, key)) {
		if (!add_text(s, key) || !is_schema(s, oc_json_value(s->j, key), level))
			return false;
	}
	return true;
}

static bool is_object(struct strict *s, const int *found, int level)
{
	const struct oc_json *j = s->j;
	size_t n = oc_json_count(j, found[PROPERTIES]);

	s->properties += n;
	if (oc_json_type(j, found[PROPERTIES]) != OC_JSON_OBJECT || s->properties > PROPERTIES_MAX)
		return false;
	if (oc_json_type(j, found[ADDITIONAL]) != OC_JSON_FALSE ||
	    oc_json_count(j, found[REQUIRED]) != n)
		return false;
	for (int key = oc_json_first(j, found[PROPERTIES]); key != OC_JSON_NONE;
	     key = oc_json_next(j, found[PROPERTIES], key)) {
		if (!is_listed(j, found[REQUIRED], key))
			return false;
	}
	return are_schemas(s, found[PROPERTIES], level);
}

static bool are_variants(struct strict *s, int list, int level)
{
	for (int at = oc_json_first(s->j, list); at != OC_JSON_NONE;
	     at = oc_json_next(s->j, list, at)) {
		if (!is_schema(s, at, level))
			return false;
	}
	return true;
}

/* level: how many objects and arrays this is in. */
static bool is_schema(struct strict *s, int at, int level)
{
	const struct oc_json *j = s->j;
	int found[OC_COUNT(keywords)];
	bool object;
	bool array;

	if (oc_json_type(j, at) != OC_JSON_OBJECT || !has_known_keywords(j, at))
		return false;
	oc_json_members(j, at, keywords, OC_COUNT(keywords), found);
	if (found[REF] != OC_JSON_NONE)
		return oc_json_count(j, at) == 1;
	if (found[TYPE] == OC_JSON_NONE && found[ANY_OF] == OC_JSON_NONE)
		return false;
	object = includes(j, found[TYPE], "object");
	array = includes(j, found[TYPE], "array");
	level += object || array;
	if (level > LEVELS_MAX || (object && !is_object(s, found, level)) ||
	    (array && !is_schema(s, found[ITEMS], level)))
		return false;
	if ((!object && found[PROPERTIES] != OC_JSON_NONE) ||
	    (!array && found[ITEMS] != OC_JSON_NONE))
		return false;
	return add_text(s, found[CONST]) && is_enum(s, found[ENUM]) &&
	       are_variants(s, found[ANY_OF], level) && are_schemas(s, found[DEFS], 0) &&
	       are_schemas(s, found[DEFINITIONS], 0);
}

bool oc_schema_is_strict(const struct oc_json *schema)
{
	struct strict s = {.j = schema};

	return oc_json_is(schema, oc_json_get(schema, 0, "type"), "object") &&
	       oc_json_get(schema, 0, "anyOf") == OC_JSON_NONE && is_schema(&s, 0, 0);
}
