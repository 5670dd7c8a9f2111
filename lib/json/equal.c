/* SPDX-License-Identifier: MIT */
/*
 * equal.c: are two JSON values the same value? Each is written in a canonical form, which equal
 * values share and no others: then equality is that of bytes, and duplicates meet by sorting.
 */
#include "compat.h"

#include <inttypes.h>

#include "json/equal.h"
#include "json/number.h"
#include "text/text.h"

/* Ends a string's canonical form: no byte of UTF-8. */
#define END_OF_STRING '\xff'

/* A text to sort, and where it comes from. */
struct entry {
	struct oc_text text;
	int id;
};

static int compare_entries(const void *p, const void *q)
{
	const struct entry *a = p;
	const struct entry *b = q;
	int order = oc_text_order(a->text, b->text);

	return order ? order : (a->id > b->id) - (a->id < b->id);
}

/* Sorts n entries, whose texts lie one behind the other from p on. */
static void sort_entries(struct entry *entries, size_t n, const char *p)
{
	for (size_t i = 0; i < n; i++) {
		entries[i].text.p = p;
		p += entries[i].text.n;
	}
	qsort(entries, n, sizeof *entries, compare_entries);
}

static size_t count_children(const struct oc_json *j, int at)
{
	size_t n = 0;

	for (int c = oc_json_first(j, at); c != OC_JSON_NONE; c = oc_json_next(j, at, c))
		n++;
	return n;
}

/* The digits without zeros at either end, and the power of ten that they are multiplied with. */
static void put_number(struct oc_text raw, struct oc_buf *out)
{
	const char *end = raw.p + raw.n;
	const char *p = raw.p;
	int64_t exponent = 0;
	int64_t zeros = 0; /* seen since the last other digit */
	bool fraction = false;
	bool started = false;

	for (p += *p == '-'; p < end && *p != 'e' && *p != 'E'; p++) {
		if (*p == '.') {
			fraction = true;
			continue;
		}
		exponent -= fraction;
		if (*p == '0') {
			zeros++;
			continue;
		}
		if (!started)
			oc_buf_puts(out, *raw.p == '-' ? "-" : "");
		for (; started && zeros; zeros--)
			oc_buf_putc(out, '0');
		oc_buf_putc(out, *p);
		zeros = 0;
		started = true;
	}
	exponent += zeros + (p < end ? oc_json_exponent(p + 1, end) : 0);
	oc_buf_printf(out, "e%" PRId64, started ? exponent : 0);
}

static void put_value(const struct oc_json *j, int at, struct oc_buf *out);

static void put_array(const struct oc_json *j, int at, struct oc_buf *out)
{
	oc_buf_putc(out, '[');
	for (int c = oc_json_first(j, at); c != OC_JSON_NONE; c = oc_json_next(j, at, c))
		put_value(j, c, out);
	oc_buf_putc(out, ']');
}

/* The keys of an object, decoded into *names and sorted into `entries`. */
static void sort_keys(const struct oc_json *j, int at, struct oc_buf *names, struct entry *entries)
{
	size_t n = 0;

	for (int c = oc_json_first(j, at); c != OC_JSON_NONE; c = oc_json_next(j, at, c)) {
		size_t start = names->n;

		(void)oc_json_string(j, c, names);
		entries[n++] = (struct entry){{NULL, names->n - start}, c};
	}
	sort_entries(entries, n, names->p);
}

/* The members in the order of their keys; of equal keys the last one counts. */
static void put_object(const struct oc_json *j, int at, struct oc_buf *out)
{
	size_t n = count_children(j, at);
	struct entry *keys = calloc(n + 1, sizeof *keys);
	struct oc_buf names = {0};

	oc_buf_init(&names, SIZE_MAX / 2);
	if (!keys) {
		out->bad = OC_ENOMEM;
		goto out;
	}
	sort_keys(j, at, &names, keys);
	if (names.bad) {
		out->bad = OC_ENOMEM;
		goto out;
	}
	oc_buf_putc(out, '{');
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && oc_text_same(keys[i].text, keys[i + 1].text))
			continue;
		oc_buf_add(out, keys[i].text.p, keys[i].text.n);
		oc_buf_putc(out, END_OF_STRING);
		put_value(j, oc_json_value(j, keys[i].id), out);
	}
	oc_buf_putc(out, '}');
out:
	oc_buf_release(&names);
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
		put_number(raw, out);
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

/* The canonical forms of an array's elements, in *forms and sorted into `entries`. */
static void sort_elements(const struct oc_json *j, int array, struct oc_buf *forms,
                          struct entry *entries)
{
	size_t n = 0;

	for (int c = oc_json_first(j, array); c != OC_JSON_NONE; c = oc_json_next(j, array, c)) {
		size_t start = forms->n;

		put_value(j, c, forms);
		entries[n] = (struct entry){{NULL, forms->n - start}, (int)n};
		n++;
	}
	sort_entries(entries, n, forms->p);
}

int oc_json_twins(const struct oc_json *j, int array, int *first, int *second)
{
	size_t n = count_children(j, array);
	struct entry *elements = calloc(n + 1, sizeof *elements);
	struct oc_buf forms = {0};
	int ret = OC_ENOMEM;

	*first = *second = -1;
	oc_buf_init(&forms, SIZE_MAX / 2);
	if (!elements)
		goto out;
	sort_elements(j, array, &forms, elements);
	if (forms.bad)
		goto out;
	ret = 0;
	for (size_t i = 0; i + 1 < n; i++) {
		if (oc_text_same(elements[i].text, elements[i + 1].text)) {
			*first = elements[i].id;
			*second = elements[i + 1].id;
			break;
		}
	}
out:
	oc_buf_release(&forms);
	free(elements);
	return ret;
}
