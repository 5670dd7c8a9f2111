/* SPDX-License-Identifier: MIT */
/*
 * merge.h: changing objects by objects. A patch is a JSON Merge Patch (RFC 7396): its objects are
 * merged member by member, at any depth; null removes a member; anything else takes the place of
 * what was there. Of members of the same name the last one counts, and names are compared decoded.
 *
 * The time grows with the members of the one object times those of the other, and with the square
 * of those of a patch. Failures are the buffer's `bad`.
 */
#ifndef OC_MERGE_H
#define OC_MERGE_H

#include "json/json.h"

/* Appends the document `target`, changed by the patch. */
void oc_json_merge(const struct oc_json *target, const struct oc_json *patch, struct oc_buf *out);

/* Appends the patch that does what the first one and then the second one does: the same, but null
 * is kept. */
void oc_json_compose(const struct oc_json *first, const struct oc_json *second, struct oc_buf *out);

/* Appends the object that a document is, without the members that the object `at` of `other` has,
 * unless they are null there. */
void oc_json_without(const struct oc_json *j, const struct oc_json *other, int at,
                     struct oc_buf *out);

#endif
