/* SPDX-License-Identifier: MIT */
/* jsonptr.h: places in a JSON document, as JSON Pointers (RFC 6901). */
#ifndef OC_JSONPTR_H
#define OC_JSONPTR_H

#include "json.h"

/* A value and the way to it from the root: a chain of structs on the stack of whoever walks. */
struct oc_place {
	const struct oc_place *up; /* NULL = the root */
	int at;                    /* the value */
	int key;                   /* its name in an object; OC_JSON_NONE in an array */
	size_t index;              /* in an array */
};

#define OC_PLACE_ROOT ((struct oc_place){.up = NULL, .at = 0, .key = OC_JSON_NONE})

/* Walking an array or an object with places: *child becomes the first child of parent, or the one
 * after itself. False at the end. */
bool oc_place_first(const struct oc_json *j, const struct oc_place *parent, struct oc_place *child);
bool oc_place_next(const struct oc_json *j, struct oc_place *child);

/* Fills *err with the place and the text: `/items/3/age: …`. JSON's own escapes are left as they
 * are. Returns code. */
int oc_place_err(const struct oc_json *j, const struct oc_place *place, struct oc_err *err,
                 enum oc_code code, const char *text);

/* The value that a string like "#/$defs/item" names in its own document, in *target; OC_JSON_NONE
 * if there is none, or `at` is no such string. 0 or OC_ENOMEM. */
int oc_json_ref(const struct oc_json *j, int at, int *target);

#endif
