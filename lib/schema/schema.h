/* SPDX-License-Identifier: MIT */
/*
 * schema.h: does a JSON value satisfy a JSON Schema? Servers may accept a schema and ignore it
 * (docs/capabilities/structured-outputs.mdx in ollama/ollama says that Ollama Cloud does), so the
 * answer is checked here.
 *
 * The schema is one of draft 2020-12 (json-schema.org/draft/2020-12), or of draft-07 where its
 * `$schema` says so; all of their keywords that decide about a value are enforced. An array as
 * `items`, with `additionalItems`, is read as in draft-07 everywhere. A reference that leaves the
 * document makes a schema unusable: nothing is ever fetched. Other keywords are notes.
 *
 * load.c reads a schema into nodes, schema.c applies them to values.
 */
#ifndef OC_SCHEMA_H
#define OC_SCHEMA_H

#include "json/json.h"

struct oc_schema;

enum oc_schema_formats {
	OC_FORMATS_ENFORCED, /* those that format.h knows */
	OC_FORMATS_NOTED,    /* none decides about a value */
};

/*
 * Reads a schema; `text` is borrowed until oc_schema_free(). OC_EDATA: it is none, with the place
 * in it that is wrong; OC_ECONFIG: it has a pattern, and there is no PCRE2; OC_ENOMEM.
 */
int oc_schema_new(struct oc_text text, enum oc_schema_formats formats, struct oc_schema **out,
                  struct oc_err *err);
void oc_schema_free(struct oc_schema *schema); /* NULL is fine */

/*
 * 0, or OC_EPROTO and a message with at most five things that are wrong, each with its place in the
 * value and that of the keyword: `/items/3/age: 17 is less than the minimum 18 (schema
 * /properties/items/items/properties/age/minimum)`. What cannot be decided with a fair amount of
 * work, which grows with the value, is OC_EPROTO, too.
 */
int oc_schema_validate(const struct oc_schema *schema, const struct oc_json *value,
                       struct oc_err *err);

#endif
