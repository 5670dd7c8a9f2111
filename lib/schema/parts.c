/* SPDX-License-Identifier: MIT */
/* parts.c: the keywords of JSON Schema that look into a value: arrays and objects. */
#include "compat.h"

#include <inttypes.h>

#include "json/equal.h"
#include "schema/apply.h"

/* ---- arrays --------------------------------------------------------------------------------- */

bool oc_holds_unique_items(struct oc_schema_run *r, const struct oc_schema_frame *f,
                           const struct oc_schema_word *word)
{
	int first;
	int second;

	if (oc_json_type(&r->schema->json, word->arg) != OC_JSON_TRUE)
		return true;
	if (!oc_schema_spend(r, f, oc_json_raw(r->value, f->place->at).n / 8))
		return false;
	if (oc_json_twins(r->value, f->place->at, &first, &second))
		return oc_schema_no_memory(r);
	return first < 0 ||
	       oc_schema_fail(r, f, word->arg, "items %d and %d are equal", first, second);
}

bool oc_holds_prefix_items(struct oc_schema_run *r, const struct oc_schema_frame *f,
                           const struct oc_schema_word *word)
{
	const struct oc_json *s = &r->schema->json;
	int sub = oc_json_first(s, word->arg);
	struct oc_place item;
	bool holds = true;

	for (bool more = oc_place_first(r->value, f->place, &item); more && sub != OC_JSON_NONE;
	     more = oc_place_next(r->value, &item)) {
		holds &= oc_schema_apply_to(r, f, sub, &item);
		if (!holds && oc_schema_is_over(r))
			return false;
		oc_schema_mark(r, f, item.index);
		sub = oc_json_next(s, word->arg, sub);
	}
	return holds;
}

/* Applies a schema to the children from `first` on that have not been seen. */
static bool holds_for_rest(struct oc_schema_run *r, const struct oc_schema_frame *f,
                           const struct oc_schema_word *word, size_t first,
                           const struct oc_seen *seen)
{
	struct oc_place child;
	bool holds = true;

	for (bool more = oc_place_first(r->value, f->place, &child); more;
	     more = oc_place_next(r->value, &child)) {
		holds &= child.index < first || (seen && oc_seen_has(seen, child.index)) ||
		         oc_schema_apply_to(r, f, word->arg, &child);
		if (!holds && oc_schema_is_over(r))
			return false;
	}
	oc_schema_mark_all(f);
	return holds;
}

/* `items` is for what lies behind `prefixItems`. */
bool oc_holds_items(struct oc_schema_run *r, const struct oc_schema_frame *f,
                    const struct oc_schema_word *word)
{
	const struct oc_schema_word *prefix =
	        oc_schema_word(r->schema, f->node, OC_KEY_PREFIX_ITEMS);
	size_t first = prefix ? oc_json_count(&r->schema->json, prefix->arg) : 0;

	return holds_for_rest(r, f, word, first, NULL);
}

static int64_t bound_of(const struct oc_schema_run *r, const struct oc_schema_frame *f,
                        enum oc_keyword key, int64_t otherwise)
{
	const struct oc_schema_word *word = oc_schema_word(r->schema, f->node, key);

	if (word)
		(void)oc_json_int64(&r->schema->json, word->arg, &otherwise);
	return otherwise;
}

bool oc_holds_contains(struct oc_schema_run *r, const struct oc_schema_frame *f,
                       const struct oc_schema_word *word)
{
	int64_t least = bound_of(r, f, OC_KEY_MIN_CONTAINS, 1);
	int64_t most = bound_of(r, f, OC_KEY_MAX_CONTAINS, INT64_MAX);
	struct oc_place item;
	int64_t n = 0;

	r->trials++;
	for (bool more = oc_place_first(r->value, f->place, &item); more;
	     more = oc_place_next(r->value, &item)) {
		if (!oc_schema_apply_to(r, f, word->arg, &item))
			continue;
		oc_schema_mark(r, f, item.index);
		n++;
	}
	r->trials--;
	if (n >= least && n <= most)
		return true;
	return oc_schema_fail(r, f, word->arg, "%" PRId64 " items match contains, which is too %s",
	                      n, n < least ? "few" : "many");
}

/* What nothing else has looked at. */
bool oc_holds_unevaluated(struct oc_schema_run *r, const struct oc_schema_frame *f,
                          const struct oc_schema_word *word)
{
	return holds_for_rest(r, f, word, 0, f->seen);
}

/* ---- objects -------------------------------------------------------------------------------- */

/* The member of the value that has the name which is a string in the schema. */
static int find_member(struct oc_schema_run *r, const struct oc_schema_frame *f, int name)
{
	const struct oc_json *j = r->value;
	struct oc_text wanted;

	if (!oc_schema_decode(r, &r->schema->json, name) || !oc_schema_spend(r, f, 1))
		return OC_JSON_NONE;
	wanted = oc_buf_text(&r->scratch);
	for (int key = oc_json_first(j, f->place->at); key != OC_JSON_NONE;
	     key = oc_json_next(j, f->place->at, key)) {
		if (!oc_schema_spend(r, f, 1))
			return OC_JSON_NONE;
		if (oc_json_same(j, key, wanted))
			return key;
	}
	return OC_JSON_NONE;
}

/* Are all the names of a list there? */
static bool has_names(struct oc_schema_run *r, const struct oc_schema_frame *f, int list)
{
	const struct oc_json *s = &r->schema->json;
	bool holds = true;

	for (int c = oc_json_first(s, list); c != OC_JSON_NONE; c = oc_json_next(s, list, c)) {
		if (find_member(r, f, c) == OC_JSON_NONE)
			holds = oc_schema_fail(r, f, list, "%s is missing",
			                       oc_schema_show(s, c).text);
		if (!holds && oc_schema_is_over(r))
			break;
	}
	return holds;
}

bool oc_holds_required(struct oc_schema_run *r, const struct oc_schema_frame *f,
                       const struct oc_schema_word *word)
{
	return has_names(r, f, word->arg);
}

/* What depends on a member: other members, or a schema for the object. */
bool oc_holds_dependencies(struct oc_schema_run *r, const struct oc_schema_frame *f,
                           const struct oc_schema_word *word)
{
	const struct oc_json *s = &r->schema->json;
	bool holds = true;

	for (int key = oc_json_first(s, word->arg); key != OC_JSON_NONE;
	     key = oc_json_next(s, word->arg, key)) {
		int arg = oc_json_value(s, key);

		if (find_member(r, f, key) == OC_JSON_NONE)
			continue;
		holds &= oc_json_type(s, arg) == OC_JSON_ARRAY
		                 ? has_names(r, f, arg)
		                 : oc_schema_apply_here(r, f, r->schema->node_of[arg]);
		if (!holds && oc_schema_is_over(r))
			break;
	}
	return holds;
}

/* The words that decide about members by their names. */
struct members {
	const struct oc_schema_word *properties;
	const struct oc_schema_word *patterns;
	const struct oc_schema_word *others;
};

/* Applies the schemas of all the patterns that the name matches; *known where there is one. */
static bool holds_for_patterns(struct oc_schema_run *r, const struct oc_schema_frame *f,
                               const struct oc_schema_word *word, struct oc_text name,
                               const struct oc_place *member, bool *known)
{
	const struct oc_json *s = &r->schema->json;
	int regex = word->more;
	bool holds = true;

	for (int key = oc_json_first(s, word->arg); key != OC_JSON_NONE && !r->fatal;
	     key = oc_json_next(s, word->arg, key)) {
		if (!oc_schema_matches(r, f, regex++, name))
			continue;
		*known = true;
		holds &= oc_schema_apply_to(r, f, oc_json_value(s, key), member);
	}
	return holds;
}

/* `additionalProperties` is for those that nothing else is for. */
static bool holds_for_member(struct oc_schema_run *r, const struct oc_schema_frame *f,
                             const struct members *words, struct oc_text name,
                             const struct oc_place *member)
{
	int sub = words->properties ? oc_schema_property(r->schema, words->properties, name)
	                            : OC_JSON_NONE;
	bool known = sub != OC_JSON_NONE;
	bool holds = true;

	if (known)
		holds = oc_schema_apply_to(r, f, sub, member);
	if (words->patterns)
		holds &= holds_for_patterns(r, f, words->patterns, name, member, &known);
	if (!known && words->others) {
		known = true;
		holds &= oc_schema_apply_to(r, f, words->others->arg, member);
	}
	if (known)
		oc_schema_mark(r, f, member->index);
	return holds;
}

/* Called for the first of these words that there is, and does the work of all. */
bool oc_holds_members(struct oc_schema_run *r, const struct oc_schema_frame *f,
                      const struct oc_schema_word *word)
{
	const struct members words = {
	        .properties = oc_schema_word(r->schema, f->node, OC_KEY_PROPERTIES),
	        .patterns = oc_schema_word(r->schema, f->node, OC_KEY_PATTERN_PROPERTIES),
	        .others = oc_schema_word(r->schema, f->node, OC_KEY_ADDITIONAL_PROPERTIES),
	};
	const struct oc_schema_word *first = words.properties ? words.properties
	                                     : words.patterns ? words.patterns
	                                                      : words.others;
	struct oc_place member;
	struct oc_buf name = {0};
	bool holds = true;

	if (word != first)
		return true;
	oc_buf_init(&name, OC_ANSWER_MAX);
	for (bool more = oc_place_first(r->value, f->place, &member); more;
	     more = oc_place_next(r->value, &member)) {
		oc_buf_clear(&name);
		(void)oc_json_string(r->value, member.key, &name);
		if (name.bad)
			holds = oc_schema_no_memory(r);
		else
			holds &= holds_for_member(r, f, &words, oc_buf_text(&name), &member);
		if (!holds && oc_schema_is_over(r))
			break;
	}
	oc_buf_release(&name);
	return holds;
}

bool oc_holds_property_names(struct oc_schema_run *r, const struct oc_schema_frame *f,
                             const struct oc_schema_word *word)
{
	struct oc_place member;
	bool holds = true;

	for (bool more = oc_place_first(r->value, f->place, &member); more;
	     more = oc_place_next(r->value, &member)) {
		struct oc_place name = member;

		name.at = member.key;
		holds &= oc_schema_apply_to(r, f, word->arg, &name);
		if (!holds && oc_schema_is_over(r))
			break;
	}
	return holds;
}
