/* SPDX-License-Identifier: MIT */
/*
 * equal.c: are two JSON values the same value? Each is written in a canonical form, which equal
 * values share and no others: then equality is that of bytes, and duplicates meet by sorting.
 */
#include "compat.h"

#include "json/equal.h"
#include "json/number.h"
#include "text/text.h"

/* Ends a string's canonical form: no byte of UTF-8. */
#define END_OF_STRING '\xff'

/* A child to sort by its canonical form, and where it comes from. */
struct entry {
	struct oc_text form;
	int at;
	int index;
};

static int compare_entries(const void *p, const void *q)
{
	const struct entry *a = p;
	const struct entry *b = q;
	int order = oc_text_order(a->form, b->form);

	return order ? order : a->index - b->index;
}

static void put_value(const struct oc_json *j, int at, struct oc_buf *out);

static void put_array(const struct oc_json *j, int at, struct oc_buf *out)
{
	oc_buf_putc(out, '[');
	for (int c = oc_json_first(j, at); c != OC_JSON_NONE; c = oc_json_next(j, at, c))
		put_value(j, c, out);
	oc_buf_putc(out, ']');
}

/* The elements of an array, or the keys of an object, sorted by their canonical forms, which are
 * put into *forms. To be released with free(); NULL where memory is out. */
static struct entry *sort_children(const struct oc_json *j, int at, struct oc_buf *forms)
{
	struct entry *entries = calloc(oc_json_count(j, at) + 1, sizeof *entries);
	const char *p;
	int n = 0;

	for (int c = oc_json_first(j, at); entries && c != OC_JSON_NONE;
	     c = oc_json_next(j, at, c)) {
		size_t start = forms->n;

		put_value(j, c, forms);
		entries[n] = (struct entry){{NULL, forms->n - start}, c, n};
		n++;
	}
	if (!entries || forms->bad) {
		free(entries);
		return NULL;
	}
	p = forms->p;
	for (int i = 0; i < n; i++) {
		entries[i].form.p = p;
		p += entries[i].form.n;
	}
	qsort(entries, (size_t)n, sizeof *entries, compare_entries);
	return entries;
}

/* The members in the order of their keys; of equal keys the last one counts. */
static void put_object(const struct oc_json *j, int at, struct oc_buf *out)
{
	size_t n = oc_json_count(j, at);
	struct oc_buf forms = {0};
	struct entry *keys;

	oc_buf_init(&forms, SIZE_MAX / 2);
	keys = sort_children(j, at, &forms);
	if (!keys)
		out->bad = OC_ENOMEM;
	oc_buf_putc(out, '{');
	for (size_t i = 0; keys && i < n; i++) {
		if (i + 1 < n && oc_text_same(keys[i].form, keys[i + 1].form))
			continue;
		oc_buf_add(out, keys[i].form.p, keys[i].form.n);
		put_value(j, oc_json_value(j, keys[i].at), out);
	}
	oc_buf_putc(out, '}');
	oc_buf_release(&forms);
	free(keys);
}

/* Every form ends where it is seen to end, so that forms in a row cannot be confused. */
static void put_value(const struct oc_json *j, int at, struct oc_buf *out)
{
	struct oc_text raw = oc_json_raw(j, at);

	switch (oc_json_type(j, at)) {
	case OC_JSON_MISSING:
	case OC_JSON_NULL:
	case OC_JSON_FALSE:
	case OC_JSON_TRUE:
		oc_buf_add(out, raw.p, raw.n);
		return;
	case OC_JSON_NUMBER:
		oc_json_put_decimal(j, at, out);
		oc_buf_putc(out, ' ');
		return;
	case OC_JSON_STRING:
		oc_buf_putc(out, '"');
		(void)oc_json_string(j, at, out);
		oc_buf_putc(out, END_OF_STRING);
		return;
	case OC_JSON_ARRAY:
		put_array(j, at, out);
		return;
	case OC_JSON_OBJECT:
		put_object(j, at, out);
		return;
	}
}

int oc_json_equal(const struct oc_json *a, int at_a, const struct oc_json *b, int at_b, bool *equal)
{
	struct oc_buf form_a = {0};
	struct oc_buf form_b = {0};
	int ret = OC_ENOMEM;

	*equal = false;
	if (oc_json_type(a, at_a) != oc_json_type(b, at_b))
		return 0;
	oc_buf_init(&form_a, SIZE_MAX / 2);
	oc_buf_init(&form_b, SIZE_MAX / 2);
	put_value(a, at_a, &form_a);
	put_value(b, at_b, &form_b);
	if (!form_a.bad && !form_b.bad) {
		*equal = form_a.n == form_b.n && memcmp(form_a.p, form_b.p, form_a.n) == 0;
		ret = 0;
	}
	oc_buf_release(&form_b);
	oc_buf_release(&form_a);
	return ret;
}

int oc_json_twins(const struct oc_json *j, int array, int *first, int *second)
{
	size_t n = oc_json_count(j, array);
	struct oc_buf forms = {0};
	struct entry *elements;

	*first = *second = -1;
	oc_buf_init(&forms, SIZE_MAX / 2);
	elements = sort_children(j, array, &forms);
	for (size_t i = 0; elements && *first < 0 && i + 1 < n; i++) {
		if (oc_text_same(elements[i].form, elements[i + 1].form)) {
			*first = elements[i].index;
			*second = elements[i + 1].index;
		}
	}
	oc_buf_release(&forms);
	free(elements);
	return elements ? 0 : OC_ENOMEM;
}
