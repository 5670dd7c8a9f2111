/* SPDX-License-Identifier: MIT */
/*
 * apply.h: a schema that is being applied to a value. The keywords of value.c and parts.c
 * share this with schema.c, which calls them.
 */
#ifndef OC_APPLY_H
#define OC_APPLY_H

#include "json/pointer.h"
#include "schema/node.h"
#include "schema/seen.h"

enum { OC_SCHEMA_SHOWN_MAX = 80 }; /* bytes of a value in a message */

struct oc_schema_run {
	const struct oc_schema *schema;
	const struct oc_json *value;
	struct oc_err *err;
	struct oc_buf scratch;  /* a decoded string */
	struct oc_buf failures; /* those that are told */
	unsigned nfailures;
	unsigned trials; /* > 0: a mismatch here need not be one of the whole */
	unsigned depth;
	uint64_t work;       /* what may still be done */
	uint64_t match_work; /* the same for patterns */
	int fatal;           /* not to be decided: an enum oc_code */
};

/* A schema that is being applied to a value. */
struct oc_schema_frame {
	const struct oc_schema_frame *up; /* whose keyword asked for it */
	const struct oc_schema_node *node;
	const struct oc_place *place;
	struct oc_seen *seen; /* which children have been looked at; NULL = nobody asks */
};

/* ---- what is found ---- */

/* The value does not match what is at `arg` in the schema. Always false, to be returned. */
bool oc_schema_fail(struct oc_schema_run *r, const struct oc_schema_frame *f, int arg,
                    const char *fmt, ...) OC_PRINTF(4, 5);

/* It cannot be said whether the value matches, for want of memory or time. Always false, too. */
bool oc_schema_no_memory(struct oc_schema_run *r);
bool oc_schema_give_up(struct oc_schema_run *r, const struct oc_schema_frame *f, const char *text);

/* After a mismatch: need no more be looked for? */
bool oc_schema_is_over(const struct oc_schema_run *r);

/* False where no more work may be done. */
bool oc_schema_spend(struct oc_schema_run *r, const struct oc_schema_frame *f, uint64_t work);

/* A value's own text, if it is short; else its beginning. */
struct oc_schema_shown {
	char text[OC_SCHEMA_SHOWN_MAX + sizeof "..."];
};

struct oc_schema_shown oc_schema_show(const struct oc_json *j, int at);

/* ---- the value ---- */

/* Decodes a string into r->scratch. False where memory is out. */
bool oc_schema_decode(struct oc_schema_run *r, const struct oc_json *j, int at);

/* Does a regular expression of the schema match the text? */
bool oc_schema_matches(struct oc_schema_run *r, const struct oc_schema_frame *f, int regex,
                       struct oc_text text);

/* ---- schemas within schemas ---- */

/* Applies the schema at `arg` to a value that lies within the frame's. */
bool oc_schema_apply_to(struct oc_schema_run *r, const struct oc_schema_frame *up, int arg,
                        const struct oc_place *place);

/* Applies a node to the same value: what it looks at has been looked at. */
bool oc_schema_apply_here(struct oc_schema_run *r, const struct oc_schema_frame *up, int node);

/* Applies the schema at `arg` to the same value, where it need not hold. What one that does not
 * hold looks at does not count. */
bool oc_schema_try_here(struct oc_schema_run *r, const struct oc_schema_frame *up, int arg);

/* A child of the value, or each of them, has been looked at. */
void oc_schema_mark(struct oc_schema_run *r, const struct oc_schema_frame *f, size_t child);
void oc_schema_mark_all(const struct oc_schema_frame *f);

#endif
