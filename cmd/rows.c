/* SPDX-License-Identifier: MIT */
/* rows.c: rows of values, in each of their forms. */
#include "compat.h"

#include <inttypes.h>

#include "rows.h"
#include "text/text.h"
#include "text/utf8.h"

static bool is_for_people(const struct rows *r)
{
	return r->form == ROWS_TABLE || r->form == ROWS_MARKDOWN;
}

/* The next cell of what is not JSON. */
static void put_cell(struct rows *r, struct oc_text text)
{
	size_t column = r->cells++ % r->n;

	if (is_for_people(r)) {
		table_cell(&r->table, text);
		return;
	}
	oc_buf_puts(r->out, column ? "\t" : "");
	oc_utf8_visible(r->out, text.p, text.n, OC_VISIBLE_LINE);
	oc_buf_puts(r->out, column + 1 == r->n ? "\n" : "");
}

void rows_begin(struct rows *r, enum rows_form form, const struct rows_column *columns, size_t n,
                struct oc_buf *out)
{
	unsigned right = 0;

	*r = (struct rows){.form = form, .columns = columns, .n = n, .out = out};
	oc_jsonw_init(&r->json, out);
	for (size_t i = 0; i < n; i++)
		right |= (unsigned)columns[i].number << i;
	table_init(&r->table, n, right);
	for (size_t i = 0; i < n && form != ROWS_JSON; i++)
		put_cell(r, oc_text_of(is_for_people(r) ? columns[i].heading : columns[i].name));
}

void rows_end(struct rows *r, size_t width)
{
	if (r->table.cells.bad)
		r->out->bad = r->table.cells.bad;
	else if (r->form == ROWS_MARKDOWN)
		table_put_markdown(&r->table, r->out);
	else if (r->form == ROWS_TABLE && r->cells > r->n)
		table_put(&r->table, width, r->out);
	else if (r->form == ROWS_JSON)
		oc_buf_putc(r->out, '\n');
	table_release(&r->table);
}

/* In JSON, the name of the value that comes next; NULL in the other forms. */
static const char *next_name(struct rows *r)
{
	return r->form == ROWS_JSON ? r->columns[r->cells++ % r->n].name : NULL;
}

void rows_text(struct rows *r, struct oc_text text)
{
	const char *name = next_name(r);

	if (!name)
		put_cell(r, text);
	else if (text.n)
		oc_jsonw_member_text(&r->json, name, text);
	else
		oc_jsonw_member(&r->json, name, NULL);
}

enum { COUNT_TEXT_MAX = sizeof "9,223,372,036,854,775,807" };

/* A number of 0 or more, as people read it: 1,234,567. */
static struct oc_text with_commas(int64_t v, char text[COUNT_TEXT_MAX])
{
	char *end = text + COUNT_TEXT_MAX;
	char *p = end;
	int digits = 0;

	do {
		if (digits && digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + v % 10);
		digits++;
		v /= 10;
	} while (v);
	return (struct oc_text){p, (size_t)(end - p)};
}

void rows_count(struct rows *r, int64_t v)
{
	const char *name = next_name(r);
	char text[COUNT_TEXT_MAX];

	if (name) {
		oc_jsonw_member_count(&r->json, name, v);
	} else if (v < 0) {
		put_cell(r, oc_text_of(""));
	} else if (is_for_people(r)) {
		put_cell(r, with_commas(v, text));
	} else {
		(void)snprintf(text, sizeof text, "%" PRId64, v);
		put_cell(r, oc_text_of(text));
	}
}

void rows_number(struct rows *r, const char *text)
{
	const char *name = next_name(r);

	if (name)
		oc_jsonw_member_raw(&r->json, name, oc_text_of(text));
	else
		put_cell(r, oc_text_of(text));
}

void rows_truth(struct rows *r, bool v)
{
	const char *name = next_name(r);

	if (name)
		oc_jsonw_member_bool(&r->json, name, v);
	else
		put_cell(r, oc_text_of(v ? "yes" : "no"));
}

static void put_array(struct oc_jsonw *w, const char *name, const char *const *list, size_t max)
{
	oc_jsonw_member_open(w, name, '[');
	for (size_t i = 0; i < max && list[i]; i++)
		oc_jsonw_string(w, list[i], strlen(list[i]));
	oc_jsonw_close(w, ']');
}

static void put_words(struct rows *r, const char *const *list, size_t max)
{
	struct oc_buf text = {0};

	oc_buf_init(&text, SIZE_MAX / 2);
	for (size_t i = 0; i < max && list[i]; i++) {
		oc_buf_puts(&text, i == 0 ? "" : is_for_people(r) ? ", " : ",");
		oc_buf_puts(&text, list[i]);
	}
	put_cell(r, oc_buf_text(&text));
	if (text.bad)
		r->out->bad = text.bad;
	oc_buf_release(&text);
}

void rows_list(struct rows *r, const char *const *list, size_t max)
{
	const char *name = next_name(r);

	if (!name)
		put_words(r, list, max);
	else if (list[0])
		put_array(&r->json, name, list, max);
	else
		oc_jsonw_member(&r->json, name, NULL);
}

void rows_open(struct rows *r, const char *name, char bracket)
{
	if (r->form == ROWS_JSON && name)
		oc_jsonw_member_open(&r->json, name, bracket);
	else if (r->form == ROWS_JSON)
		oc_jsonw_open(&r->json, bracket);
}

void rows_close(struct rows *r, char bracket)
{
	if (r->form == ROWS_JSON)
		oc_jsonw_close(&r->json, bracket);
}

void rows_label(struct rows *r, const char *label)
{
	if (r->form == ROWS_JSON)
		r->cells++;
	else
		put_cell(r, oc_text_of(label));
}
