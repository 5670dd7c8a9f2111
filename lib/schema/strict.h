/* SPDX-License-Identifier: MIT */
/*
 * strict.h: is a JSON Schema one that servers take with "strict": true? They refuse others, where
 * they know that word. Without it they do what they can, and the answer is checked here anyway.
 *
 * Strict is what OpenAI and Azure have always taken (OpenAI's guide to structured outputs,
 * "Supported schemas"; Azure's "JSON Schema support and limitations", whose limits are lower):
 *
 *   - The root is an object; every object says what it has, requires all of it, and has
 *     "additionalProperties": false.
 *   - Every schema has a type, or is an anyOf (the root is not), or a $ref and nothing else.
 *   - Keywords: type, properties, required, additionalProperties, items, enum, const, anyOf, $ref,
 *     $defs, definitions, title, description, $schema. No others, whether they are enforced here
 *     or not: which ones are refused depends on the server and its age.
 *   - 100 properties, 5 levels, 500 values in enums, 15,000 bytes of names and values.
 */
#ifndef OC_STRICT_H
#define OC_STRICT_H

#include "json/json.h"

/* schema: one that oc_schema_new() has accepted. */
bool oc_schema_is_strict(const struct oc_json *schema);

#endif
