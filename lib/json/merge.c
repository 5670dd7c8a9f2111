/* SPDX-License-Identifier: MIT */
/* merge.c: changing objects by objects. */
#include "compat.h"

#include "json/merge.h"
#include "json/writer.h"

/* Two documents on their way into a third. */
struct merge {
	struct oc_jsonw w;
	const struct oc_json *target;
	const struct oc_json *patch;
	bool keep_nulls;
};

static bool is_plain(struct oc_text raw)
{
	return !memchr(raw.p, '\\', raw.n);
}

/* Is it the same name? */
static bool same(const struct oc_json *a, int key, const struct oc_json *b, int other,
                 struct oc_buf *out)
{
	struct oc_text one = oc_json_raw(a, key);
	struct oc_text two = oc_json_raw(b, other);
	struct oc_buf name = {0};
	bool equal;

	if (is_plain(one) && is_plain(two))
		return one.n == two.n && memcmp(one.p, two.p, one.n) == 0;
	oc_buf_init(&name, one.n);
	(void)oc_json_string(a, key, &name);
	equal = oc_json_same(b, other, oc_buf_text(&name));
	if (name.bad)
		out->bad = name.bad;
	oc_buf_release(&name);
	return equal;
}

/* The key in the object `at` that has the name of another key; the last one, or OC_JSON_NONE. */
static int find(const struct oc_json *j, int at, const struct oc_json *of, int key,
                struct oc_buf *out)
{
	int found = OC_JSON_NONE;

	if (oc_json_type(j, at) != OC_JSON_OBJECT)
		return OC_JSON_NONE;
	for (int k = oc_json_first(j, at); k != OC_JSON_NONE; k = oc_json_next(j, at, k)) {
		if (same(of, key, j, k, out))
			found = k;
	}
	return found;
}

/* Is there no later member of the same name? */
static bool is_last(const struct oc_json *j, int at, int key, struct oc_buf *out)
{
	for (int k = oc_json_next(j, at, key); k != OC_JSON_NONE; k = oc_json_next(j, at, k)) {
		if (same(j, key, j, k, out))
			return false;
	}
	return true;
}

static void put_key(struct oc_jsonw *w, const struct oc_json *j, int key)
{
	oc_jsonw_raw(w, oc_json_raw(j, key));
	oc_buf_putc(w->out, ':');
	w->comma = false;
}

static void put_merged(struct merge *m, int target, int patch);

/* A member that the patch has: key is its key, or the target's. */
static void put_changed(struct merge *m, const struct oc_json *j, int key, int target, int patch)
{
	if (oc_json_type(m->patch, patch) == OC_JSON_NULL && !m->keep_nulls)
		return;
	put_key(&m->w, j, key);
	put_merged(m, target, patch);
}

static void put_members_of_target(struct merge *m, int target, int patch)
{
	const struct oc_json *j = m->target;

	for (int k = oc_json_first(j, target); k != OC_JSON_NONE; k = oc_json_next(j, target, k)) {
		int value = oc_json_value(j, k);
		int change = find(m->patch, patch, j, k, m->w.out);

		if (change == OC_JSON_NONE) {
			put_key(&m->w, j, k);
			oc_jsonw_raw(&m->w, oc_json_raw(j, value));
		} else if (is_last(j, target, k, m->w.out)) {
			put_changed(m, j, k, value, oc_json_value(m->patch, change));
		}
	}
}

static void put_members_of_patch(struct merge *m, int target, int patch)
{
	const struct oc_json *j = m->patch;

	for (int k = oc_json_first(j, patch); k != OC_JSON_NONE; k = oc_json_next(j, patch, k)) {
		if (is_last(j, patch, k, m->w.out) &&
		    find(m->target, target, j, k, m->w.out) == OC_JSON_NONE)
			put_changed(m, j, k, OC_JSON_NONE, oc_json_value(j, k));
	}
}

static void put_merged(struct merge *m, int target, int patch)
{
	if (oc_json_type(m->patch, patch) != OC_JSON_OBJECT) {
		oc_jsonw_raw(&m->w, oc_json_raw(m->patch, patch));
		return;
	}
	oc_jsonw_open(&m->w, '{');
	if (oc_json_type(m->target, target) == OC_JSON_OBJECT)
		put_members_of_target(m, target, patch);
	put_members_of_patch(m, target, patch);
	oc_jsonw_close(&m->w, '}');
}

static void merge(const struct oc_json *target, const struct oc_json *patch, bool keep_nulls,
                  struct oc_buf *out)
{
	struct merge m = {.target = target, .patch = patch, .keep_nulls = keep_nulls};

	oc_jsonw_init(&m.w, out);
	put_merged(&m, 0, 0);
}

void oc_json_merge(const struct oc_json *target, const struct oc_json *patch, struct oc_buf *out)
{
	merge(target, patch, false, out);
}

void oc_json_compose(const struct oc_json *first, const struct oc_json *second, struct oc_buf *out)
{
	merge(first, second, true, out);
}

void oc_json_without(const struct oc_json *j, const struct oc_json *other, int at,
                     struct oc_buf *out)
{
	struct oc_jsonw w;

	oc_jsonw_init(&w, out);
	oc_jsonw_open(&w, '{');
	for (int k = oc_json_first(j, 0); k != OC_JSON_NONE; k = oc_json_next(j, 0, k)) {
		int has = oc_json_value(other, find(other, at, j, k, out));

		if (oc_json_type(other, has) <= OC_JSON_NULL) {
			put_key(&w, j, k);
			oc_jsonw_raw(&w, oc_json_raw(j, oc_json_value(j, k)));
		}
	}
	oc_jsonw_close(&w, '}');
}
