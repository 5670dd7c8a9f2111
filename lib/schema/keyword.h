/* SPDX-License-Identifier: MIT */
/* keyword.h: the keywords of JSON Schema: what their values must be, and what holds a value against
 * them. */
#ifndef OC_KEYWORD_H
#define OC_KEYWORD_H

#include "json/json.h"

/* The keywords that decide about a value, or about other keywords. */
enum oc_keyword {
	OC_KEY_NONE, /* a note */
	/* Where schemas are, or are named. */
	OC_KEY_ID,
	OC_KEY_SCHEMA,
	OC_KEY_ANCHOR,
	OC_KEY_DYNAMIC_ANCHOR,
	OC_KEY_DEFS,
	OC_KEY_DEFINITIONS, /* the older name of the same */
	OC_KEY_REF,
	OC_KEY_DYNAMIC_REF,
	/* For any value. */
	OC_KEY_TYPE,
	OC_KEY_CONST,
	OC_KEY_ENUM,
	OC_KEY_ALL_OF,
	OC_KEY_ANY_OF,
	OC_KEY_ONE_OF,
	OC_KEY_NOT,
	OC_KEY_IF,
	OC_KEY_THEN,
	OC_KEY_ELSE,
	/* For numbers. */
	OC_KEY_MINIMUM,
	OC_KEY_MAXIMUM,
	OC_KEY_EXCLUSIVE_MINIMUM,
	OC_KEY_EXCLUSIVE_MAXIMUM,
	OC_KEY_MULTIPLE_OF,
	/* For strings. */
	OC_KEY_MIN_LENGTH,
	OC_KEY_MAX_LENGTH,
	OC_KEY_PATTERN,
	OC_KEY_FORMAT,
	/* For arrays. */
	OC_KEY_MIN_ITEMS,
	OC_KEY_MAX_ITEMS,
	OC_KEY_UNIQUE_ITEMS,
	OC_KEY_PREFIX_ITEMS,     /* and `items` where it is an array */
	OC_KEY_ITEMS,            /* for what is behind these, and `additionalItems` */
	OC_KEY_ADDITIONAL_ITEMS, /* becomes OC_KEY_ITEMS where `items` is an array */
	OC_KEY_CONTAINS,
	OC_KEY_MIN_CONTAINS,
	OC_KEY_MAX_CONTAINS,
	OC_KEY_UNEVALUATED_ITEMS,
	/* For objects. */
	OC_KEY_MIN_PROPERTIES,
	OC_KEY_MAX_PROPERTIES,
	OC_KEY_REQUIRED,
	OC_KEY_PROPERTIES,
	OC_KEY_PATTERN_PROPERTIES,
	OC_KEY_ADDITIONAL_PROPERTIES,
	OC_KEY_PROPERTY_NAMES,
	OC_KEY_DEPENDENCIES,
	OC_KEY_DEPENDENT_REQUIRED,
	OC_KEY_DEPENDENT_SCHEMAS,
	OC_KEY_UNEVALUATED_PROPERTIES,
	OC_KEYWORDS
};

/* What the value of a keyword must be. */
enum oc_schema_kind {
	OC_KIND_ANYTHING, /* 0 */
	OC_KIND_SCHEMA,
	OC_KIND_SCHEMA_OR_ARRAY, /* `items` */
	OC_KIND_SCHEMA_OR_NAMES,
	OC_KIND_SCHEMAS, /* an array of them, not empty */
	OC_KIND_SCHEMA_MAP,
	OC_KIND_SCHEMA_NAMES_MAP, /* `dependencies` */
	OC_KIND_NAMES_MAP,
	OC_KIND_NAMES,
	OC_KIND_TYPE,
	OC_KIND_TYPES,
	OC_KIND_LIST,
	OC_KIND_FLAG,
	OC_KIND_COUNT,
	OC_KIND_NUMBER,
	OC_KIND_STEP,
	OC_KIND_STRING,
};

struct oc_schema_run;
struct oc_schema_frame;
struct oc_schema_word;

/* Does a keyword hold for the value, which is of its type? */
typedef bool oc_schema_holds_fn(struct oc_schema_run *r, const struct oc_schema_frame *f,
                                const struct oc_schema_word *word);

struct oc_keyword_row {
	const char *name;
	enum oc_schema_kind kind;
	bool d2020;                /* not in draft-07 */
	int type;                  /* of the values that it is about; OC_JSON_MISSING = any */
	oc_schema_holds_fn *holds; /* NULL = it decides about other keywords, or places */
};

extern const struct oc_keyword_row oc_keywords[OC_KEYWORDS];

/* The keyword that is a key of a schema; OC_KEY_NONE for others. */
enum oc_keyword oc_keyword_find(const struct oc_json *j, int key, bool draft7);

/* Is the value of this kind? What is wrong within schemas is not looked at. */
bool oc_kind_is(const struct oc_json *j, int at, enum oc_schema_kind kind);

/* "an array of schemas", for messages. */
const char *oc_kind_name(enum oc_schema_kind kind);

/* Those of value.c and parts.c. */
oc_schema_holds_fn oc_holds_all_of;
oc_schema_holds_fn oc_holds_any_of;
oc_schema_holds_fn oc_holds_bound;
oc_schema_holds_fn oc_holds_const;
oc_schema_holds_fn oc_holds_contains;
oc_schema_holds_fn oc_holds_dependencies;
oc_schema_holds_fn oc_holds_dynamic_ref;
oc_schema_holds_fn oc_holds_enum;
oc_schema_holds_fn oc_holds_format;
oc_schema_holds_fn oc_holds_if;
oc_schema_holds_fn oc_holds_items;
oc_schema_holds_fn oc_holds_members;
oc_schema_holds_fn oc_holds_multiple_of;
oc_schema_holds_fn oc_holds_not;
oc_schema_holds_fn oc_holds_one_of;
oc_schema_holds_fn oc_holds_pattern;
oc_schema_holds_fn oc_holds_prefix_items;
oc_schema_holds_fn oc_holds_property_names;
oc_schema_holds_fn oc_holds_ref;
oc_schema_holds_fn oc_holds_required;
oc_schema_holds_fn oc_holds_type;
oc_schema_holds_fn oc_holds_unevaluated;
oc_schema_holds_fn oc_holds_unique_items;

#endif
