/* SPDX-License-Identifier: MIT */
/* pointer.h: places in a JSON document, as JSON Pointers (RFC 6901). */
#ifndef OC_POINTER_H
#define OC_POINTER_H

#include "json/json.h"

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

/* Appends a place: `/items/3/age`, "(root)" for the root. JSON's own escapes are left as they
 * are. */
void oc_place_put(const struct oc_json *j, const struct oc_place *place, struct oc_buf *out);

/* The same for the value `at`, or for a key. */
void oc_pointer_put(const struct oc_json *j, int at, struct oc_buf *out);

/* One step along a pointer that begins with a slash, which is taken from it; the pointer may be
 * part of a URI, with its escapes. *at becomes the child that it names, or OC_JSON_NONE. 0 or
 * OC_ENOMEM. */
int oc_pointer_step(const struct oc_json *j, struct oc_text *pointer, int *at);

#endif
