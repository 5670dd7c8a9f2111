/* SPDX-License-Identifier: MIT */
/* fields.h: fields of a body that are given as JSON: those of struct oc_request, and a line's. */
#ifndef OC_FIELDS_H
#define OC_FIELDS_H

#include "json/json.h"

/* The most that a request may have of them: in bytes, and in names and values, because merging
 * takes time that grows with their square. */
#define OC_FIELDS_MAX        ((size_t)1 << 20)
#define OC_FIELDS_VALUES_MAX ((size_t)1 << 13)

/* Are they an object, and none of them one that the library sets itself? OC_EARG, OC_EDATA,
 * OC_ENOMEM. */
int oc_fields_check(struct oc_text fields, struct oc_err *err);

/* Appends a body with the fields merged into it, all but "stream_options", and those that the
 * object `at` of `line` has: OC_JSON_NONE = there is none. OC_EDATA, OC_ENOMEM. */
int oc_fields_apply(struct oc_text fields, const struct oc_json *line, int at, struct oc_text body,
                    struct oc_buf *out, struct oc_err *err);

/* Appends members with what asks for a stream, and for the usage at its end, to an object that has
 * some; what the fields say of "stream_options" is merged into that, and *own is true.
 * OC_ENOMEM. */
int oc_fields_stream(struct oc_text fields, struct oc_buf *out, bool *own, struct oc_err *err);

/* The limit of the answer's tokens in an object, by either of its names; the lower one. 0 = it says
 * of one what is none; where it does not mention any: otherwise. */
int64_t oc_fields_limit(const struct oc_json *j, int at, int64_t otherwise);

/* The limit of the answer's tokens that is sent with a request; 0 = none. */
int64_t oc_request_limit(const struct oc_request *req);

/* Are there tools in an object, by either of their names? Where it mentions none: otherwise. */
bool oc_fields_tools(const struct oc_json *j, int at, bool otherwise);

/* Are tools sent with a request? */
bool oc_request_has_tools(const struct oc_request *req);

#endif
