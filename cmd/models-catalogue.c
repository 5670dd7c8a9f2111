/* SPDX-License-Identifier: MIT */
/* models-catalogue.c: printing models. */
#include "compat.h"

#include <inttypes.h>

#include "models-catalogue.h"
#include "json/writer.h"

enum { COLUMNS = 8 };

static const char *const headings[COLUMNS] = {
        "Model Name",       "Model ID",          "Input Types",      "Output Type",
        "Max Input Tokens", "Max Output Tokens", "Key Capabilities", "Best Use Case",
};

/* Of JSON members, and of the columns of TSV. */
static const char *const names[COLUMNS] = {
        "name",
        "ids",
        "input_types",
        "output_type",
        "max_input_tokens",
        "max_output_tokens",
        "capabilities",
        "best_use",
};

/* What stands for a model that the table lacks. */
static const struct oc_model unknown = {.name = "", .output_type = "", .best_use = ""};

/* The next of the row's ids, as the server names them, from *at on; NULL = none. */
static const char *next_served(const struct catalogue *c, const struct catalogue_row *row,
                               size_t *at)
{
	if (row->model)
		return served_next(&c->served, row->model, at);
	return (*at)++ ? NULL : row->id;
}

static bool is_served(const struct catalogue *c, const struct catalogue_row *row)
{
	size_t at = 0;

	return next_served(c, row, &at) != NULL;
}

static const struct oc_model *model_of(const struct catalogue_row *row)
{
	return row->model ? row->model : &unknown;
}

/* Appends the words of a list with something between them. */
static void put_list(struct oc_buf *out, const char *const list[OC_MODEL_LIST_MAX],
                     const char *between)
{
	for (size_t i = 0; i < OC_MODEL_LIST_MAX && list[i]; i++) {
		oc_buf_puts(out, i ? between : "");
		oc_buf_puts(out, list[i]);
	}
}

static void put_ids(struct oc_buf *out, const struct catalogue_row *row, const char *between)
{
	if (row->model)
		put_list(out, row->model->ids, between);
	else
		oc_buf_puts(out, row->id);
}

/* ---- for people: a table, or one in Markdown ---- */

static void table_list(struct table *t, const char *const list[OC_MODEL_LIST_MAX])
{
	struct oc_buf text = {0};

	oc_buf_init(&text, SIZE_MAX / 2);
	put_list(&text, list, ", ");
	table_cell(t, text.p, text.n);
	oc_buf_release(&text);
}

static void table_limit(struct table *t, int64_t limit)
{
	if (limit)
		table_count(t, limit);
	else
		table_puts(t, "");
}

static void fill(const struct catalogue *c, struct table *t)
{
	for (size_t i = 0; i < COLUMNS; i++)
		table_puts(t, headings[i]);
	if (c->served.ids)
		table_puts(t, "Served");
	for (size_t i = 0; i < c->n; i++) {
		const struct oc_model *m = model_of(&c->rows[i]);

		table_puts(t, m->name);
		if (c->rows[i].model)
			table_list(t, m->ids);
		else
			table_puts(t, c->rows[i].id);
		table_list(t, m->input_types);
		table_puts(t, m->output_type);
		table_limit(t, m->max_input_tokens);
		table_limit(t, m->max_output_tokens);
		table_list(t, m->capabilities);
		table_puts(t, m->best_use);
		if (c->served.ids)
			table_puts(t, is_served(c, &c->rows[i]) ? "yes" : "no");
	}
}

static void put_markdown(const struct table *t, struct oc_buf *out)
{
	const char *end = t->cells.p + t->cells.n;
	size_t i = 0;

	for (const char *cell = t->cells.p; cell < end; cell += strlen(cell) + 1) {
		oc_buf_puts(out, i % t->columns ? " " : "| ");
		for (const char *p = cell; *p; p++) {
			if (*p == '|')
				oc_buf_putc(out, '\\');
			oc_buf_putc(out, *p);
		}
		oc_buf_puts(out, *cell ? " |" : "|");
		if (++i % t->columns == 0)
			oc_buf_putc(out, '\n');
		if (i == t->columns) {
			for (size_t k = 0; k < t->columns; k++)
				oc_buf_puts(out, "|---");
			oc_buf_puts(out, "|\n");
		}
	}
}

static void put_table(const struct catalogue *c, bool markdown, size_t width, struct oc_buf *out)
{
	struct table t;

	table_init(&t, c->served.ids ? COLUMNS + 1 : COLUMNS, 1U << 4 | 1U << 5);
	fill(c, &t);
	if (t.cells.bad)
		out->bad = t.cells.bad;
	else if (markdown)
		put_markdown(&t, out);
	else if (c->n)
		table_put(&t, width, out);
	table_release(&t);
}

/* ---- for programs ---- */

static void put_tsv(const struct catalogue *c, struct oc_buf *out)
{
	for (size_t i = 0; i < COLUMNS; i++)
		oc_buf_printf(out, "%s%s", i ? "\t" : "", names[i]);
	oc_buf_puts(out, c->served.ids ? "\tserved\n" : "\n");
	for (size_t i = 0; i < c->n; i++) {
		const struct oc_model *m = model_of(&c->rows[i]);

		oc_buf_printf(out, "%s\t", m->name);
		put_ids(out, &c->rows[i], ",");
		oc_buf_putc(out, '\t');
		put_list(out, m->input_types, ",");
		oc_buf_printf(out, "\t%s\t", m->output_type);
		if (c->rows[i].model)
			oc_buf_printf(out, "%" PRId64 "\t%" PRId64, m->max_input_tokens,
			              m->max_output_tokens);
		else
			oc_buf_putc(out, '\t');
		oc_buf_putc(out, '\t');
		put_list(out, m->capabilities, ",");
		oc_buf_printf(out, "\t%s", m->best_use);
		if (c->served.ids)
			oc_buf_puts(out, is_served(c, &c->rows[i]) ? "\tyes" : "\tno");
		oc_buf_putc(out, '\n');
	}
}

static void json_text(struct oc_jsonw *w, const char *name, const char *s)
{
	oc_jsonw_key(w, name);
	oc_jsonw_string_or_null(w, *s ? s : NULL);
}

static void json_limit(struct oc_jsonw *w, const char *name, int64_t limit)
{
	oc_jsonw_key(w, name);
	oc_jsonw_count_or_null(w, limit ? limit : -1);
}

static void json_list(struct oc_jsonw *w, const char *name,
                      const char *const list[OC_MODEL_LIST_MAX])
{
	oc_jsonw_key(w, name);
	if (!list[0]) {
		oc_jsonw_null(w);
		return;
	}
	oc_jsonw_open(w, '[');
	for (size_t i = 0; i < OC_MODEL_LIST_MAX && list[i]; i++)
		oc_jsonw_string_or_null(w, list[i]);
	oc_jsonw_close(w, ']');
}

static void json_served(struct oc_jsonw *w, const struct catalogue *c,
                        const struct catalogue_row *row)
{
	const char *id;
	size_t at = 0;

	oc_jsonw_key(w, "served");
	oc_jsonw_bool(w, is_served(c, row));
	oc_jsonw_key(w, "served_ids");
	oc_jsonw_open(w, '[');
	while ((id = next_served(c, row, &at)) != NULL)
		oc_jsonw_string_or_null(w, id);
	oc_jsonw_close(w, ']');
}

static void put_json(const struct catalogue *c, struct oc_buf *out)
{
	struct oc_jsonw w;

	oc_jsonw_init(&w, out);
	oc_jsonw_open(&w, '[');
	for (size_t i = 0; i < c->n; i++) {
		const struct catalogue_row *row = &c->rows[i];
		const struct oc_model *m = model_of(row);
		const char *const id[OC_MODEL_LIST_MAX] = {row->id};

		oc_jsonw_open(&w, '{');
		json_text(&w, names[0], m->name);
		json_list(&w, names[1], row->model ? m->ids : id);
		json_list(&w, names[2], m->input_types);
		json_text(&w, names[3], m->output_type);
		json_limit(&w, names[4], m->max_input_tokens);
		json_limit(&w, names[5], m->max_output_tokens);
		json_list(&w, names[6], m->capabilities);
		json_text(&w, names[7], m->best_use);
		if (c->served.ids)
			json_served(&w, c, row);
		oc_jsonw_close(&w, '}');
	}
	oc_jsonw_close(&w, ']');
	oc_buf_putc(out, '\n');
}

/* Those that can be asked for now: with a server, the ids that it serves. */
static void put_ids_only(const struct catalogue *c, struct oc_buf *out)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct catalogue_row *row = &c->rows[i];
		const char *id;
		size_t at = 0;

		if (!c->served.ids) {
			put_ids(out, row, "\n");
			oc_buf_putc(out, '\n');
			continue;
		}
		while ((id = next_served(c, row, &at)) != NULL)
			oc_buf_printf(out, "%s\n", id);
	}
}

void catalogue_put(const struct catalogue *c, int format, size_t width, struct oc_buf *out)
{
	switch (format) {
	case CATALOGUE_TSV:
		put_tsv(c, out);
		break;
	case CATALOGUE_JSON:
		put_json(c, out);
		break;
	case CATALOGUE_IDS:
		put_ids_only(c, out);
		break;
	default:
		put_table(c, format == CATALOGUE_MARKDOWN, width, out);
	}
}
