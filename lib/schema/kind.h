/* SPDX-License-Identifier: MIT */
/* kind.h: what the value of a schema's keyword must be. */
#ifndef OC_KIND_H
#define OC_KIND_H

#include "json/json.h"

enum oc_schema_kind {
	OC_KIND_SCHEMA,
	OC_KIND_SCHEMAS,         /* an array of them, not empty */
	OC_KIND_SCHEMA_OR_ARRAY, /* `items` */
	OC_KIND_SCHEMA_MAP,
	OC_KIND_NAMES_MAP,
	OC_KIND_SCHEMA_NAMES_MAP, /* `dependencies` */
	OC_KIND_TYPES,
	OC_KIND_NAMES,
	OC_KIND_LIST,
	OC_KIND_FLAG,
	OC_KIND_COUNT,
	OC_KIND_NUMBER,
	OC_KIND_STEP,
	OC_KIND_STRING,
	OC_KIND_ANYTHING,
};

/* Is the value of this kind? What is wrong within schemas is not looked at. */
bool oc_kind_is(const struct oc_json *j, int at, enum oc_schema_kind kind);

/* "an array of schemas", for messages. */
const char *oc_kind_name(enum oc_schema_kind kind);

/* An object, true or false. */
bool oc_kind_is_schema(const struct oc_json *j, int at);

#endif
