/* SPDX-License-Identifier: MIT */
/* schema.c: does a JSON value satisfy a JSON Schema? */
#include "compat.h"

#include <stdarg.h>

#include "schema/apply.h"
#include "schema/schema.h"
#include "text/utf8.h"
#include "text/err.h"

enum {
	DEPTH_MAX = 512,  /* schemas within schemas, references followed */
	FAILURES_MAX = 5, /* in one message */
};

/* How much may be done: a step is a keyword that is applied to a short value. Schemas of ordinary
 * shape need a few for each value; those that need more than this do not end in a fair time. */
#define WORK_BASE    UINT64_C(4000000)
#define WORK_A_VALUE UINT64_C(200)
#define WORK_A_STEP  256 /* bytes of a value that count as a step */
#define MATCH_FACTOR 10  /* a step of PCRE2 is shorter */

/* ---- messages ------------------------------------------------------------------------------ */

bool oc_schema_is_over(const struct oc_schema_run *r)
{
	return r->fatal || r->trials || r->nfailures == FAILURES_MAX;
}

bool oc_schema_fail(struct oc_schema_run *r, const struct oc_schema_frame *f, int arg,
                    const char *fmt, ...)
{
	char text[OC_ERR_MESSAGE_MAX / 2];
	struct oc_buf *out = &r->failures;
	va_list ap;

	if (oc_schema_is_over(r))
		return false;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	oc_buf_puts(out, r->nfailures++ ? "; " : "");
	oc_place_put(r->value, f->place, out);
	oc_buf_printf(out, ": %s (schema ", text);
	oc_pointer_put(&r->schema->json, arg, out);
	oc_buf_putc(out, ')');
	return false;
}

bool oc_schema_no_memory(struct oc_schema_run *r)
{
	r->fatal = oc_err_nomem(r->err);
	return false;
}

bool oc_schema_give_up(struct oc_schema_run *r, const struct oc_schema_frame *f, const char *text)
{
	struct oc_buf place = {0};

	oc_buf_init(&place, OC_ERR_MESSAGE_MAX / 2);
	oc_place_put(r->value, f->place, &place);
	r->fatal = oc_err_set(r->err, OC_EPROTO, "%s: %s", place.p, text);
	oc_buf_release(&place);
	return false;
}

bool oc_schema_spend(struct oc_schema_run *r, const struct oc_schema_frame *f, uint64_t work)
{
	if (r->fatal)
		return false;
	if (work > r->work)
		return oc_schema_give_up(r, f,
		                         "the schema is too deep or too complex for this value");
	r->work -= work;
	return true;
}

bool oc_schema_decode(struct oc_schema_run *r, const struct oc_json *j, int at)
{
	oc_buf_clear(&r->scratch);
	(void)oc_json_string(j, at, &r->scratch);
	return !r->scratch.bad || oc_schema_no_memory(r);
}

struct oc_schema_shown oc_schema_show(const struct oc_json *j, int at)
{
	struct oc_text raw = oc_json_raw(j, at);
	size_t n = raw.n > OC_SCHEMA_SHOWN_MAX
	                   ? OC_SCHEMA_SHOWN_MAX - oc_utf8_tail(raw.p, OC_SCHEMA_SHOWN_MAX)
	                   : raw.n;
	struct oc_schema_shown shown;

	(void)snprintf(shown.text, sizeof shown.text, "%.*s%s", (int)n, raw.p,
	               n < raw.n ? "..." : "");
	return shown;
}

/* ---- the value ----------------------------------------------------------------------------- */

bool oc_schema_matches(struct oc_schema_run *r, const struct oc_schema_frame *f, int regex,
                       struct oc_text text)
{
	switch (oc_regex_match(r->schema->regexes[regex], text, &r->match_work)) {
	case OC_REGEX_YES:
		return true;
	case OC_REGEX_NO:
		return false;
	case OC_REGEX_NO_MEMORY:
		return oc_schema_no_memory(r);
	case OC_REGEX_TOO_HARD:
		break;
	}
	return oc_schema_give_up(r, f, "a pattern of the schema takes too long with this value");
}

/* ---- schemas within schemas ---------------------------------------------------------------- */

static bool apply(struct oc_schema_run *r, const struct oc_schema_frame *f);

bool oc_schema_apply_to(struct oc_schema_run *r, const struct oc_schema_frame *up, int arg,
                        const struct oc_place *place)
{
	const struct oc_schema_node *node = &r->schema->nodes[r->schema->node_of[arg]];
	const struct oc_schema_frame f = {.up = up, .node = node, .place = place};

	return apply(r, &f);
}

bool oc_schema_apply_here(struct oc_schema_run *r, const struct oc_schema_frame *up, int node)
{
	const struct oc_schema_frame f = {
	        .up = up,
	        .node = &r->schema->nodes[node],
	        .place = up->place,
	        .seen = up->seen,
	};

	return apply(r, &f);
}

bool oc_schema_try_here(struct oc_schema_run *r, const struct oc_schema_frame *up, int arg)
{
	struct oc_seen seen = {0};
	const struct oc_schema_frame f = {
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
		holds = oc_schema_no_memory(r);
	oc_seen_release(&seen);
	return holds;
}

void oc_schema_mark(struct oc_schema_run *r, const struct oc_schema_frame *f, size_t child)
{
	if (f->seen && !oc_seen_mark(f->seen, child))
		(void)oc_schema_no_memory(r);
}

void oc_schema_mark_all(const struct oc_schema_frame *f)
{
	if (f->seen)
		f->seen->all = true;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool is_unevaluated(enum oc_keyword key)
{
	return key == OC_KEY_UNEVALUATED_ITEMS || key == OC_KEY_UNEVALUATED_PROPERTIES;
}

/* The words of a schema that is an object, in the order of their keys: those that want to know what
 * has been looked at come behind those that look. */
static bool apply_words(struct oc_schema_run *r, const struct oc_schema_frame *f)
{
	int type = (int)oc_json_type(r->value, f->place->at);
	bool holds = true;

	for (int i = 0; i < f->node->nwords; i++) {
		const struct oc_schema_word *word = &r->schema->words[f->node->words + i];
		const struct oc_keyword_row *row = &oc_keywords[word->key];

		if (!row->holds || (row->type && row->type != type) ||
		    (!holds && is_unevaluated(word->key)))
			continue;
		holds &= row->holds(r, f, word);
		if (r->fatal || (!holds && oc_schema_is_over(r)))
			return false;
	}
	return holds;
}

/* A schema that wants to know what has been looked at keeps an account of its own. */
static bool apply_with_account(struct oc_schema_run *r, const struct oc_schema_frame *f)
{
	struct oc_seen seen = {0};
	struct oc_schema_frame own = *f;
	bool holds;

	own.seen = &seen;
	holds = apply_words(r, &own);
	if (holds && f->seen && !oc_seen_add(f->seen, &seen))
		holds = oc_schema_no_memory(r);
	oc_seen_release(&seen);
	return holds;
}

static bool apply(struct oc_schema_run *r, const struct oc_schema_frame *f)
{
	const struct oc_schema *s = r->schema;
	enum oc_json_type type = oc_json_type(&s->json, f->node->at);
	bool holds;

	if (type == OC_JSON_FALSE)
		return oc_schema_fail(r, f, f->node->at, "not allowed");
	if (type != OC_JSON_OBJECT)
		return true;
	if (r->depth == DEPTH_MAX)
		return oc_schema_give_up(r, f,
		                         "the schema is too deep or too complex for this value");
	if (!oc_schema_spend(r, f,
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
	struct oc_schema_run r = {
	        .schema = schema,
	        .value = value,
	        .err = err,
	        .work = work,
	        .match_work = MATCH_FACTOR * work,
	};
	const struct oc_place root = OC_PLACE_ROOT;
	const struct oc_schema_frame f = {.node = &schema->nodes[0], .place = &root};
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
