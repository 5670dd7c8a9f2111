/* SPDX-License-Identifier: MIT */
/* schema.c: does a JSON value satisfy a JSON Schema? */
#include "compat.h"

#include <inttypes.h>
#include <stdarg.h>

#include "format.h"
#include "jsoneq.h"
#include "jsonnum.h"
#include "jsonptr.h"
#include "schemanode.h"
#include "seen.h"
#include "utf8.h"

enum {
	DEPTH_MAX = 512,  /* schemas within schemas, references followed */
	FAILURES_MAX = 5, /* in one message */
	SHOWN_MAX = 80,   /* bytes of a value in a message */
};

/* How much may be done: a step is a keyword that is applied to a short value. Schemas of ordinary
 * shape need a few for each value; those that need more than this do not end in a fair time. */
#define WORK_BASE    UINT64_C(4000000)
#define WORK_A_VALUE UINT64_C(200)
#define WORK_A_STEP  256 /* bytes of a value that count as a step */
#define MATCH_FACTOR 10  /* a step of PCRE2 is shorter */

struct run {
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
struct frame {
	const struct frame *up; /* whose keyword asked for it */
	const struct oc_schema_node *node;
	const struct oc_place *place;
	struct oc_seen *seen; /* which children have been looked at; NULL = nobody asks */
};

/* A keyword: does it hold for the value? */
typedef bool holds_fn(struct run *r, const struct frame *f, const struct oc_schema_word *word);

/* ---- messages ------------------------------------------------------------------------------ */

static bool is_over(const struct run *r)
{
	return r->fatal || r->trials || r->nfailures == FAILURES_MAX;
}

static void put_root(struct oc_buf *out, size_t start)
{
	if (out->n == start)
		oc_buf_puts(out, "(root)");
}

/* The value does not match what is at `arg` in the schema. Always false, to be returned. */
static bool OC_PRINTF(4, 5)
        fail(struct run *r, const struct frame *f, int arg, const char *fmt, ...)
{
	char text[OC_ERR_MESSAGE_MAX / 2];
	struct oc_buf *out = &r->failures;
	size_t start;
	va_list ap;

	if (is_over(r))
		return false;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	oc_buf_puts(out, r->nfailures++ ? "; " : "");
	start = out->n;
	oc_place_put(r->value, f->place, out);
	put_root(out, start);
	oc_buf_printf(out, ": %s (schema ", text);
	start = out->n;
	oc_pointer_put(&r->schema->json, arg, out);
	put_root(out, start);
	oc_buf_putc(out, ')');
	return false;
}

static bool no_memory(struct run *r)
{
	r->fatal = oc_err_nomem(r->err);
	return false;
}

/* It cannot be said whether the value matches. Always false, too. */
static bool give_up(struct run *r, const struct frame *f, const char *text)
{
	struct oc_buf place = {0};

	oc_buf_init(&place, OC_ERR_MESSAGE_MAX / 2);
	oc_place_put(r->value, f->place, &place);
	put_root(&place, 0);
	r->fatal = oc_err_set(r->err, OC_EPROTO, "%s: %s", place.p, text);
	oc_buf_release(&place);
	return false;
}

/* False where no more work may be done. */
static bool spend(struct run *r, const struct frame *f, uint64_t work)
{
	if (r->fatal)
		return false;
	if (work > r->work)
		return give_up(r, f, "the schema is too deep or too complex for this value");
	r->work -= work;
	return true;
}

/* Decodes a string into r->scratch. */
static bool decode(struct run *r, const struct oc_json *j, int at)
{
	oc_buf_clear(&r->scratch);
	(void)oc_json_string(j, at, &r->scratch);
	return !r->scratch.bad || no_memory(r);
}

struct shown {
	char text[SHOWN_MAX + sizeof "..."];
};

/* A value's own text, if it is short; else its beginning. */
static struct shown show(const struct oc_json *j, int at)
{
	struct oc_text raw = oc_json_raw(j, at);
	size_t n = raw.n > SHOWN_MAX ? SHOWN_MAX - oc_utf8_tail(raw.p, SHOWN_MAX) : raw.n;
	struct shown shown;

	(void)snprintf(shown.text, sizeof shown.text, "%.*s%s", (int)n, raw.p,
	               n < raw.n ? "..." : "");
	return shown;
}

static struct shown show_value(const struct run *r, const struct frame *f)
{
	return show(r->value, f->place->at);
}

static struct shown show_arg(const struct run *r, const struct oc_schema_word *word)
{
	return show(&r->schema->json, word->arg);
}

/* ---- schemas within schemas ---------------------------------------------------------------- */

static bool apply(struct run *r, const struct frame *f);

/* Applies the schema at `arg` to a value that lies within the frame's. */
static bool apply_to(struct run *r, const struct frame *up, int arg, const struct oc_place *place)
{
	const struct oc_schema_node *node = &r->schema->nodes[r->schema->node_of[arg]];
	const struct frame f = {.up = up, .node = node, .place = place};

	return apply(r, &f);
}

/* Applies a node to the same value: what it looks at has been looked at. */
static bool apply_here(struct run *r, const struct frame *up, int node)
{
	const struct frame f = {
	        .up = up,
	        .node = &r->schema->nodes[node],
	        .place = up->place,
	        .seen = up->seen,
	};

	return apply(r, &f);
}

/* The same, where it need not hold. What a schema that does not hold looks at does not count. */
static bool try_here(struct run *r, const struct frame *up, int arg)
{
	struct oc_seen seen = {0};
	const struct frame f = {
	        .up = up,
	        .node = &r->schema->nodes[r->schema->node_of[arg]],
	        .place = up->place,
	        .seen = up->seen ? &seen : NULL,
	};
	bool holds;

	r->trials++;
	holds = apply(r, &f);
	r->trials--;
	if (holds && up->seen && !oc_seen_add(up->seen, &seen))
		holds = no_memory(r);
	oc_seen_release(&seen);
	return holds;
}

static void mark(struct run *r, const struct frame *f, size_t child)
{
	if (f->seen && !oc_seen_mark(f->seen, child))
		(void)no_memory(r);
}

static void mark_all(const struct frame *f)
{
	if (f->seen)
		f->seen->all = true;
}

/* ---- bounds --------------------------------------------------------------------------------- */

static int64_t count_characters(struct run *r, int at)
{
	int64_t n = 0;

	if (!decode(r, r->value, at))
		return 0;
	for (size_t i = 0; i < r->scratch.n; i++)
		n += ((unsigned char)r->scratch.p[i] & 0xc0) != 0x80;
	return n;
}

static int64_t count_children(const struct oc_json *j, int at)
{
	int64_t n = 0;

	for (int c = oc_json_first(j, at); c != OC_JSON_NONE; c = oc_json_next(j, at, c))
		n++;
	return n;
}

static enum oc_json_type type_of(const struct run *r, const struct frame *f)
{
	return oc_json_type(r->value, f->place->at);
}

enum relation { AT_LEAST, AT_MOST, MORE_THAN, LESS_THAN };

static bool within(int order, enum relation relation)
{
	return relation == AT_LEAST    ? order >= 0
	       : relation == AT_MOST   ? order <= 0
	       : relation == MORE_THAN ? order > 0
	                               : order < 0;
}

static const char *const against[] = {
        [AT_LEAST] = "less than the minimum",
        [AT_MOST] = "more than the maximum",
        [MORE_THAN] = "not more than",
        [LESS_THAN] = "not less than",
};

static bool holds_number(struct run *r, const struct frame *f, const struct oc_schema_word *word,
                         enum relation relation)
{
	const struct oc_json *s = &r->schema->json;

	if (type_of(r, f) != OC_JSON_NUMBER ||
	    within(oc_json_order(r->value, f->place->at, s, word->arg), relation))
		return true;
	return fail(r, f, word->arg, "%s is %s %s", show_value(r, f).text, against[relation],
	            show_arg(r, word).text);
}

/* The size of a string, an array or an object. */
static bool holds_size(struct run *r, const struct frame *f, const struct oc_schema_word *word,
                       enum oc_json_type type, enum relation relation)
{
	int64_t bound;
	int64_t size;

	if (type_of(r, f) != type || !oc_json_int64(&r->schema->json, word->arg, &bound))
		return true;
	size = type == OC_JSON_STRING ? count_characters(r, f->place->at)
	                              : count_children(r->value, f->place->at);
	return within((size > bound) - (size < bound), relation) ||
	       fail(r, f, word->arg, "size %" PRId64 " is %s %" PRId64, size, against[relation],
	            bound);
}

static bool holds_bound(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	switch ((int)word->key) {
	case OC_KEY_MINIMUM:
		return holds_number(r, f, word, AT_LEAST);
	case OC_KEY_MAXIMUM:
		return holds_number(r, f, word, AT_MOST);
	case OC_KEY_EXCLUSIVE_MINIMUM:
		return holds_number(r, f, word, MORE_THAN);
	case OC_KEY_EXCLUSIVE_MAXIMUM:
		return holds_number(r, f, word, LESS_THAN);
	case OC_KEY_MIN_LENGTH:
		return holds_size(r, f, word, OC_JSON_STRING, AT_LEAST);
	case OC_KEY_MAX_LENGTH:
		return holds_size(r, f, word, OC_JSON_STRING, AT_MOST);
	case OC_KEY_MIN_ITEMS:
		return holds_size(r, f, word, OC_JSON_ARRAY, AT_LEAST);
	case OC_KEY_MAX_ITEMS:
		return holds_size(r, f, word, OC_JSON_ARRAY, AT_MOST);
	case OC_KEY_MIN_PROPERTIES:
		return holds_size(r, f, word, OC_JSON_OBJECT, AT_LEAST);
	default:
		return holds_size(r, f, word, OC_JSON_OBJECT, AT_MOST);
	}
}

/* ---- for any value ------------------------------------------------------------------------- */

static bool is_type(const struct oc_json *j, int at, const struct oc_json *schema, int name)
{
	static const char *const names[] = {
	        [OC_JSON_MISSING] = "",      [OC_JSON_NULL] = "null",
	        [OC_JSON_FALSE] = "boolean", [OC_JSON_TRUE] = "boolean",
	        [OC_JSON_NUMBER] = "number", [OC_JSON_STRING] = "string",
	        [OC_JSON_ARRAY] = "array",   [OC_JSON_OBJECT] = "object",
	};
	enum oc_json_type type = oc_json_type(j, at);

	return oc_json_is(schema, name, names[type]) ||
	       (type == OC_JSON_NUMBER && oc_json_is(schema, name, "integer") &&
	        oc_json_integral(j, at));
}

static bool holds_type(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	const struct oc_json *s = &r->schema->json;

	if (is_type(r->value, f->place->at, s, word->arg))
		return true;
	for (int c = oc_json_first(s, word->arg); c != OC_JSON_NONE;
	     c = oc_json_next(s, word->arg, c)) {
		if (is_type(r->value, f->place->at, s, c))
			return true;
	}
	return fail(r, f, word->arg, "%s is not of type %s", show_value(r, f).text,
	            show_arg(r, word).text);
}

/* Is the value the constant at `arg`? */
static bool equals(struct run *r, const struct frame *f, int arg)
{
	const struct oc_json *s = &r->schema->json;
	struct oc_text a = oc_json_raw(s, arg);
	struct oc_text b = oc_json_raw(r->value, f->place->at);
	bool equal = false;

	if (oc_json_type(s, arg) != type_of(r, f))
		return false;
	if (a.n == b.n && memcmp(a.p, b.p, a.n) == 0)
		return true;
	/* Without escapes, what strings stand for is what they are. */
	if (type_of(r, f) == OC_JSON_STRING && !memchr(a.p, '\\', a.n) && !memchr(b.p, '\\', b.n))
		return false;
	if (!spend(r, f, 1 + (a.n + b.n) / 16))
		return false;
	if (oc_json_equal(s, arg, r->value, f->place->at, &equal))
		return no_memory(r);
	return equal;
}

static bool holds_const(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	return equals(r, f, word->arg) ||
	       fail(r, f, word->arg, "%s is not %s", show_value(r, f).text, show_arg(r, word).text);
}

static bool holds_enum(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	const struct oc_json *s = &r->schema->json;

	for (int c = oc_json_first(s, word->arg); c != OC_JSON_NONE;
	     c = oc_json_next(s, word->arg, c)) {
		if (equals(r, f, c))
			return true;
		if (!spend(r, f, 1))
			return false;
	}
	return fail(r, f, word->arg, "%s is none of %s", show_value(r, f).text,
	            show_arg(r, word).text);
}

static bool holds_ref(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	return apply_here(r, f, word->more);
}

/* The outermost of the resources that are being applied decides what a dynamic anchor is. */
static const struct oc_schema_anchor *outermost(const struct oc_schema *s, const struct frame *f,
                                                struct oc_text name)
{
	const struct oc_schema_anchor *found = NULL;

	for (; f; f = f->up) {
		const struct oc_schema_anchor *anchor =
		        oc_schema_anchor(s, f->node->resource, name, true);

		if (anchor)
			found = anchor;
	}
	return found;
}

static bool holds_dynamic_ref(struct run *r, const struct frame *f,
                              const struct oc_schema_word *word)
{
	const struct oc_schema *s = r->schema;
	const struct oc_schema_anchor *first = &s->anchors[word->more];
	struct oc_text name = {s->texts.p + first->name.at, first->name.n};
	const struct oc_schema_anchor *found = outermost(s, f, name);

	return spend(r, f, (uint64_t)r->depth * (uint64_t)s->nanchors) &&
	       apply_here(r, f, (found ? found : first)->node);
}

static bool holds_all_of(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	const struct oc_json *s = &r->schema->json;
	bool holds = true;

	for (int c = oc_json_first(s, word->arg); c != OC_JSON_NONE;
	     c = oc_json_next(s, word->arg, c)) {
		holds &= apply_here(r, f, r->schema->node_of[c]);
		if (!holds && is_over(r))
			break;
	}
	return holds;
}

/* How many of the schemas hold; counts no further than to `enough`, unless it must be known what
 * they look at. */
static unsigned count_holding(struct run *r, const struct frame *f, int arg, unsigned enough)
{
	const struct oc_json *s = &r->schema->json;
	unsigned n = 0;

	for (int c = oc_json_first(s, arg); c != OC_JSON_NONE && (n < enough || f->seen);
	     c = oc_json_next(s, arg, c))
		n += try_here(r, f, c);
	return n;
}

static bool holds_any_of(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	return count_holding(r, f, word->arg, 1) ||
	       fail(r, f, word->arg, "matches no schema of anyOf");
}

static bool holds_one_of(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	unsigned n = count_holding(r, f, word->arg, 2);

	return n == 1 ||
	       fail(r, f, word->arg, "matches %s schema of oneOf", n ? "more than one" : "no");
}

static bool holds_not(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	const struct frame apart = {.up = f->up, .node = f->node, .place = f->place};

	return !try_here(r, &apart, word->arg) ||
	       fail(r, f, word->arg, "matches the schema of not");
}

static bool holds_if(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	bool holds = try_here(r, f, word->arg);
	const struct oc_schema_word *next =
	        oc_schema_word(r->schema, f->node, holds ? OC_KEY_THEN : OC_KEY_ELSE);

	return !next || r->fatal || apply_here(r, f, r->schema->node_of[next->arg]);
}

/* ---- numbers and strings -------------------------------------------------------------------- */

static bool holds_multiple_of(struct run *r, const struct frame *f,
                              const struct oc_schema_word *word)
{
	const struct oc_json *s = &r->schema->json;
	int multiple;

	if (type_of(r, f) != OC_JSON_NUMBER)
		return true;
	if (!spend(r, f, oc_json_raw(r->value, f->place->at).n))
		return false;
	multiple = oc_json_multiple(r->value, f->place->at, s, word->arg);
	if (multiple < 0)
		return give_up(r, f, "this number and multipleOf are too long");
	return multiple || fail(r, f, word->arg, "%s is not a multiple of %s",
	                        show_value(r, f).text, show_arg(r, word).text);
}

static bool matches(struct run *r, const struct frame *f, int regex, struct oc_text text)
{
	switch (oc_regex_match(r->schema->regexes[regex], text, &r->match_work)) {
	case OC_REGEX_YES:
		return true;
	case OC_REGEX_NO:
		return false;
	case OC_REGEX_NO_MEMORY:
		return no_memory(r);
	case OC_REGEX_TOO_HARD:
		break;
	}
	return give_up(r, f, "a pattern of the schema takes too long with this value");
}

static bool holds_pattern(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	if (type_of(r, f) != OC_JSON_STRING)
		return true;
	return (decode(r, r->value, f->place->at) &&
	        matches(r, f, word->more, oc_buf_text(&r->scratch))) ||
	       fail(r, f, word->arg, "%s does not match the pattern %s", show_value(r, f).text,
	            show_arg(r, word).text);
}

static bool holds_format(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	struct oc_text name = oc_json_raw(&r->schema->json, word->arg);
	oc_format_check *check = oc_format_find(name.p + 1, name.n - 2);

	if (!check || r->schema->formats == OC_FORMATS_NOTED || type_of(r, f) != OC_JSON_STRING)
		return true;
	return (decode(r, r->value, f->place->at) && check(oc_buf_text(&r->scratch))) ||
	       fail(r, f, word->arg, "%s is no %.*s", show_value(r, f).text, (int)name.n - 2,
	            name.p + 1);
}

/* ---- arrays --------------------------------------------------------------------------------- */

static bool holds_unique_items(struct run *r, const struct frame *f,
                               const struct oc_schema_word *word)
{
	int first;
	int second;

	if (oc_json_type(&r->schema->json, word->arg) != OC_JSON_TRUE ||
	    type_of(r, f) != OC_JSON_ARRAY)
		return true;
	if (!spend(r, f, oc_json_raw(r->value, f->place->at).n / 8))
		return false;
	if (oc_json_twins(r->value, f->place->at, &first, &second))
		return no_memory(r);
	return first < 0 || fail(r, f, word->arg, "items %d and %d are equal", first, second);
}

static bool holds_prefix_items(struct run *r, const struct frame *f,
                               const struct oc_schema_word *word)
{
	const struct oc_json *s = &r->schema->json;
	int sub = oc_json_first(s, word->arg);
	struct oc_place item;
	bool holds = true;

	if (type_of(r, f) != OC_JSON_ARRAY)
		return true;
	for (bool more = oc_place_first(r->value, f->place, &item); more && sub != OC_JSON_NONE;
	     more = oc_place_next(r->value, &item)) {
		holds &= apply_to(r, f, sub, &item);
		if (!holds && is_over(r))
			return false;
		mark(r, f, item.index);
		sub = oc_json_next(s, word->arg, sub);
	}
	return holds;
}

/* `items` is for what lies behind `prefixItems`. */
static bool holds_items(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	const struct oc_schema_word *prefix =
	        oc_schema_word(r->schema, f->node, OC_KEY_PREFIX_ITEMS);
	size_t skip = prefix ? (size_t)count_children(&r->schema->json, prefix->arg) : 0;
	struct oc_place item;
	bool holds = true;

	if (type_of(r, f) != OC_JSON_ARRAY)
		return true;
	for (bool more = oc_place_first(r->value, f->place, &item); more;
	     more = oc_place_next(r->value, &item)) {
		holds &= item.index < skip || apply_to(r, f, word->arg, &item);
		if (!holds && is_over(r))
			return false;
	}
	mark_all(f);
	return holds;
}

static int64_t bound_of(const struct run *r, const struct frame *f, enum oc_keyword key,
                        int64_t otherwise)
{
	const struct oc_schema_word *word = oc_schema_word(r->schema, f->node, key);
	int64_t bound;

	return word && oc_json_int64(&r->schema->json, word->arg, &bound) ? bound : otherwise;
}

static bool holds_contains(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	int64_t least = bound_of(r, f, OC_KEY_MIN_CONTAINS, 1);
	int64_t most = bound_of(r, f, OC_KEY_MAX_CONTAINS, INT64_MAX);
	struct oc_place item;
	int64_t n = 0;

	if (type_of(r, f) != OC_JSON_ARRAY)
		return true;
	r->trials++;
	for (bool more = oc_place_first(r->value, f->place, &item); more;
	     more = oc_place_next(r->value, &item)) {
		if (!apply_to(r, f, word->arg, &item))
			continue;
		mark(r, f, item.index);
		n++;
	}
	r->trials--;
	if (n >= least && n <= most)
		return true;
	return fail(r, f, word->arg, "%" PRId64 " items match contains, which is too %s", n,
	            n < least ? "few" : "many");
}

/* What nothing else has looked at. */
static bool holds_unevaluated(struct run *r, const struct frame *f,
                              const struct oc_schema_word *word)
{
	enum oc_json_type type =
	        word->key == OC_KEY_UNEVALUATED_ITEMS ? OC_JSON_ARRAY : OC_JSON_OBJECT;
	struct oc_place child;
	bool holds = true;

	if (type_of(r, f) != type)
		return true;
	for (bool more = oc_place_first(r->value, f->place, &child); more;
	     more = oc_place_next(r->value, &child)) {
		holds &= oc_seen_has(f->seen, child.index) || apply_to(r, f, word->arg, &child);
		if (!holds && is_over(r))
			return false;
	}
	mark_all(f);
	return holds;
}

/* ---- objects -------------------------------------------------------------------------------- */

/* The member of the value that has the name which is a string in the schema. */
static int find_member(struct run *r, const struct frame *f, int name)
{
	const struct oc_json *j = r->value;
	struct oc_text wanted;

	if (!decode(r, &r->schema->json, name) || !spend(r, f, 1))
		return OC_JSON_NONE;
	wanted = oc_buf_text(&r->scratch);
	for (int key = oc_json_first(j, f->place->at); key != OC_JSON_NONE;
	     key = oc_json_next(j, f->place->at, key)) {
		if (!spend(r, f, 1))
			return OC_JSON_NONE;
		if (oc_json_same(j, key, wanted))
			return key;
	}
	return OC_JSON_NONE;
}

/* Are all the names of a list there? */
static bool has_names(struct run *r, const struct frame *f, int list)
{
	const struct oc_json *s = &r->schema->json;
	bool holds = true;

	for (int c = oc_json_first(s, list); c != OC_JSON_NONE; c = oc_json_next(s, list, c)) {
		if (find_member(r, f, c) == OC_JSON_NONE)
			holds = fail(r, f, list, "%s is missing", show(s, c).text);
		if (!holds && is_over(r))
			break;
	}
	return holds;
}

static bool holds_required(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	return type_of(r, f) != OC_JSON_OBJECT || has_names(r, f, word->arg);
}

/* What depends on a member: other members, or a schema for the object. */
static bool holds_dependencies(struct run *r, const struct frame *f,
                               const struct oc_schema_word *word)
{
	const struct oc_json *s = &r->schema->json;
	bool holds = true;

	if (type_of(r, f) != OC_JSON_OBJECT)
		return true;
	for (int key = oc_json_first(s, word->arg); key != OC_JSON_NONE;
	     key = oc_json_next(s, word->arg, key)) {
		int arg = oc_json_value(s, key);

		if (find_member(r, f, key) == OC_JSON_NONE)
			continue;
		holds &= oc_json_type(s, arg) == OC_JSON_ARRAY
		                 ? has_names(r, f, arg)
		                 : apply_here(r, f, r->schema->node_of[arg]);
		if (!holds && is_over(r))
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

static struct members words_of_members(const struct run *r, const struct frame *f)
{
	return (struct members){
	        .properties = oc_schema_word(r->schema, f->node, OC_KEY_PROPERTIES),
	        .patterns = oc_schema_word(r->schema, f->node, OC_KEY_PATTERN_PROPERTIES),
	        .others = oc_schema_word(r->schema, f->node, OC_KEY_ADDITIONAL_PROPERTIES),
	};
}

/* Applies the schemas of all the patterns that the name matches; *known where there is one. */
static bool holds_for_patterns(struct run *r, const struct frame *f,
                               const struct oc_schema_word *word, struct oc_text name,
                               const struct oc_place *member, bool *known)
{
	const struct oc_json *s = &r->schema->json;
	int regex = word->more;
	bool holds = true;

	for (int key = oc_json_first(s, word->arg); key != OC_JSON_NONE && !r->fatal;
	     key = oc_json_next(s, word->arg, key)) {
		if (!matches(r, f, regex++, name))
			continue;
		*known = true;
		holds &= apply_to(r, f, oc_json_value(s, key), member);
	}
	return holds;
}

/* `additionalProperties` is for those that nothing else is for. */
static bool holds_for_member(struct run *r, const struct frame *f, const struct members *words,
                             struct oc_text name, const struct oc_place *member)
{
	int sub = words->properties ? oc_schema_property(r->schema, words->properties, name)
	                            : OC_JSON_NONE;
	bool known = sub != OC_JSON_NONE;
	bool holds = true;

	if (known)
		holds = apply_to(r, f, sub, member);
	if (words->patterns)
		holds &= holds_for_patterns(r, f, words->patterns, name, member, &known);
	if (!known && words->others) {
		known = true;
		holds &= apply_to(r, f, words->others->arg, member);
	}
	if (known)
		mark(r, f, member->index);
	return holds;
}

/* Called for the first of these words that there is, and does the work of all. */
static bool holds_members(struct run *r, const struct frame *f, const struct oc_schema_word *word)
{
	const struct members words = words_of_members(r, f);
	const struct oc_schema_word *first = words.properties ? words.properties
	                                     : words.patterns ? words.patterns
	                                                      : words.others;
	struct oc_place member;
	struct oc_buf name = {0};
	bool holds = true;

	if (type_of(r, f) != OC_JSON_OBJECT || word != first)
		return true;
	oc_buf_init(&name, OC_ANSWER_MAX);
	for (bool more = oc_place_first(r->value, f->place, &member); more;
	     more = oc_place_next(r->value, &member)) {
		oc_buf_clear(&name);
		(void)oc_json_string(r->value, member.key, &name);
		if (name.bad)
			holds = no_memory(r);
		else
			holds &= holds_for_member(r, f, &words, oc_buf_text(&name), &member);
		if (!holds && is_over(r))
			break;
	}
	oc_buf_release(&name);
	return holds;
}

static bool holds_property_names(struct run *r, const struct frame *f,
                                 const struct oc_schema_word *word)
{
	struct oc_place member;
	bool holds = true;

	if (type_of(r, f) != OC_JSON_OBJECT)
		return true;
	for (bool more = oc_place_first(r->value, f->place, &member); more;
	     more = oc_place_next(r->value, &member)) {
		struct oc_place name = member;

		name.at = member.key;
		holds &= apply_to(r, f, word->arg, &name);
		if (!holds && is_over(r))
			break;
	}
	return holds;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static holds_fn *const holds_of[] = {
        [OC_KEY_REF] = holds_ref,
        [OC_KEY_DYNAMIC_REF] = holds_dynamic_ref,
        [OC_KEY_TYPE] = holds_type,
        [OC_KEY_CONST] = holds_const,
        [OC_KEY_ENUM] = holds_enum,
        [OC_KEY_ALL_OF] = holds_all_of,
        [OC_KEY_ANY_OF] = holds_any_of,
        [OC_KEY_ONE_OF] = holds_one_of,
        [OC_KEY_NOT] = holds_not,
        [OC_KEY_IF] = holds_if,
        [OC_KEY_MINIMUM] = holds_bound,
        [OC_KEY_MAXIMUM] = holds_bound,
        [OC_KEY_EXCLUSIVE_MINIMUM] = holds_bound,
        [OC_KEY_EXCLUSIVE_MAXIMUM] = holds_bound,
        [OC_KEY_MULTIPLE_OF] = holds_multiple_of,
        [OC_KEY_MIN_LENGTH] = holds_bound,
        [OC_KEY_MAX_LENGTH] = holds_bound,
        [OC_KEY_PATTERN] = holds_pattern,
        [OC_KEY_FORMAT] = holds_format,
        [OC_KEY_MIN_ITEMS] = holds_bound,
        [OC_KEY_MAX_ITEMS] = holds_bound,
        [OC_KEY_UNIQUE_ITEMS] = holds_unique_items,
        [OC_KEY_PREFIX_ITEMS] = holds_prefix_items,
        [OC_KEY_ITEMS] = holds_items,
        [OC_KEY_CONTAINS] = holds_contains,
        [OC_KEY_UNEVALUATED_ITEMS] = holds_unevaluated,
        [OC_KEY_MIN_PROPERTIES] = holds_bound,
        [OC_KEY_MAX_PROPERTIES] = holds_bound,
        [OC_KEY_REQUIRED] = holds_required,
        [OC_KEY_PROPERTIES] = holds_members,
        [OC_KEY_PATTERN_PROPERTIES] = holds_members,
        [OC_KEY_ADDITIONAL_PROPERTIES] = holds_members,
        [OC_KEY_PROPERTY_NAMES] = holds_property_names,
        [OC_KEY_DEPENDENCIES] = holds_dependencies,
        [OC_KEY_DEPENDENT_REQUIRED] = holds_dependencies,
        [OC_KEY_DEPENDENT_SCHEMAS] = holds_dependencies,
        [OC_KEY_UNEVALUATED_PROPERTIES] = holds_unevaluated,
};

static bool is_unevaluated(enum oc_keyword key)
{
	return key == OC_KEY_UNEVALUATED_ITEMS || key == OC_KEY_UNEVALUATED_PROPERTIES;
}

/* The words of a schema that is an object, in the order of their keys: those that want to know what
 * has been looked at come behind those that look. */
static bool apply_words(struct run *r, const struct frame *f)
{
	bool holds = true;

	for (int i = 0; i < f->node->nwords; i++) {
		const struct oc_schema_word *word = &r->schema->words[f->node->words + i];
		holds_fn *fn = holds_of[word->key];

		if (!fn || (!holds && is_unevaluated(word->key)))
			continue;
		holds &= fn(r, f, word);
		if (r->fatal || (!holds && is_over(r)))
			return false;
	}
	return holds;
}

/* A schema that wants to know what has been looked at keeps an account of its own. */
static bool apply_with_account(struct run *r, const struct frame *f)
{
	struct oc_seen seen = {0};
	struct frame own = *f;
	bool holds;

	own.seen = &seen;
	holds = apply_words(r, &own);
	if (holds && f->seen && !oc_seen_add(f->seen, &seen))
		holds = no_memory(r);
	oc_seen_release(&seen);
	return holds;
}

static bool apply(struct run *r, const struct frame *f)
{
	const struct oc_schema *s = r->schema;
	enum oc_json_type type = oc_json_type(&s->json, f->node->at);
	bool holds;

	if (type == OC_JSON_FALSE)
		return fail(r, f, f->node->at, "not allowed");
	if (type != OC_JSON_OBJECT)
		return true;
	if (r->depth == DEPTH_MAX)
		return give_up(r, f, "the schema is too deep or too complex for this value");
	if (!spend(r, f,
	           (uint64_t)f->node->nwords *
	                   (1 + oc_json_raw(r->value, f->place->at).n / WORK_A_STEP)))
		return false;
	r->depth++;
	if (oc_schema_word(s, f->node, OC_KEY_UNEVALUATED_ITEMS) ||
	    oc_schema_word(s, f->node, OC_KEY_UNEVALUATED_PROPERTIES))
		holds = apply_with_account(r, f);
	else
		holds = apply_words(r, f);
	r->depth--;
	return holds;
}

int oc_schema_validate(const struct oc_schema *schema, const struct oc_json *value,
                       struct oc_err *err)
{
	uint64_t work = WORK_BASE + WORK_A_VALUE * (uint64_t)value->ntok + value->len;
	struct run r = {
	        .schema = schema,
	        .value = value,
	        .err = err,
	        .work = work,
	        .match_work = MATCH_FACTOR * work,
	};
	const struct oc_place root = OC_PLACE_ROOT;
	const struct frame f = {.node = &schema->nodes[0], .place = &root};
	bool holds;

	oc_buf_init(&r.scratch, OC_ANSWER_MAX);
	oc_buf_init(&r.failures, (size_t)64 << 10);
	holds = apply(&r, &f);
	if (!r.fatal && !holds)
		r.fatal = oc_err_set(err, OC_EPROTO, "%s", r.failures.p);
	oc_buf_release(&r.failures);
	oc_buf_release(&r.scratch);
	return r.fatal;
}
