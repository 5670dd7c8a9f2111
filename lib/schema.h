/* SPDX-License-Identifier: MIT */
/*
 * schema.h: does a JSON value satisfy a JSON Schema? Servers may accept a schema and ignore it
 * (docs/capabilities/structured-outputs.mdx in ollama/ollama says that Ollama Cloud does), so the
 * answer is checked here.
 *
 * The keywords of draft 2020-12 that are enforced are those that chat servers act on: type, enum,
 * const, properties, required, additionalProperties, minProperties, maxProperties, items,
 * prefixItems, minItems, maxItems, uniqueItems, minimum, maximum, exclusiveMinimum,
 * exclusiveMaximum, multipleOf, minLength, maxLength, allOf, anyOf, oneOf, not, $ref within the
 * document, and true and false as schemas. Others (pattern and format among them) are annotations
 * here: they are sent to the server, but not enforced.
 */
#ifndef OC_SCHEMA_H
#define OC_SCHEMA_H

#include "json.h"

/* Is this a usable schema: an object or a boolean, keywords with values of the right kind, and
 * every $ref resolvable? OC_EDATA and a message that names the place if not. */
int oc_schema_check(const struct oc_json *schema, struct oc_err *err);

/* 0, or OC_EPROTO and a message with the place as a JSON Pointer:
 * `/items/3/age: 17 is less than the minimum 18`. Recursion is bounded, so that a schema which
 * refers to itself ends in an error, too. */
int oc_schema_validate(const struct oc_json *schema, const struct oc_json *value,
                       struct oc_err *err);

#endif
