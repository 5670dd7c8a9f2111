/* SPDX-License-Identifier: MIT */
/* models-catalogue.c: printing models. */
#include "compat.h"

#include "models-catalogue.h"
#include "text/text.h"

/* The last one only where a server was asked. */
static const struct rows_column columns[] = {
        {"Model Name", "name", false},
        {"Model ID", "ids", false},
        {"Input Types", "input_types", false},
        {"Output Type", "output_type", false},
        {"Max Input Tokens", "max_input_tokens", true},
        {"Max Output Tokens", "max_output_tokens", true},
        {"Key Capabilities", "capabilities", false},
        {"Best Use Case", "best_use", false},
        {"Served", "served", false},
};

/* What stands for a model that the table lacks. */
static const struct oc_model unknown = {.name = "",
                                        .max_input_tokens = -1,
                                        .max_output_tokens = -1,
                                        .output_type = "",
                                        .best_use = ""};

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

/* In JSON, the ids that the server has for it. */
static void put_served_ids(const struct catalogue *c, const struct catalogue_row *row,
                           struct oc_jsonw *w)
{
	const char *id;
	size_t at = 0;

	oc_jsonw_member_open(w, "served_ids", '[');
	while ((id = next_served(c, row, &at)) != NULL)
		oc_jsonw_string(w, id, strlen(id));
	oc_jsonw_close(w, ']');
}

static void put_row(const struct catalogue *c, const struct catalogue_row *row, struct rows *r)
{
	const struct oc_model *m = row->model ? row->model : &unknown;

	rows_text(r, oc_text_of(m->name));
	if (row->model)
		rows_list(r, m->ids, OC_MODEL_LIST_MAX);
	else
		rows_list(r, &row->id, 1);
	rows_list(r, m->input_types, OC_MODEL_LIST_MAX);
	rows_text(r, oc_text_of(m->output_type));
	rows_count(r, m->max_input_tokens);
	rows_count(r, m->max_output_tokens);
	rows_list(r, m->capabilities, OC_MODEL_LIST_MAX);
	rows_text(r, oc_text_of(m->best_use));
	if (c->served.ids)
		rows_truth(r, is_served(c, row));
	if (c->served.ids && r->form == ROWS_JSON)
		put_served_ids(c, row, &r->json);
}

/* The next of the ids that can be asked for now: with a server, of those that it serves. */
static const char *next_id(const struct catalogue *c, const struct catalogue_row *row, size_t *at)
{
	if (c->served.ids)
		return next_served(c, row, at);
	return *at < OC_MODEL_LIST_MAX ? row->model->ids[(*at)++] : NULL;
}

static void put_ids(const struct catalogue *c, struct oc_buf *out)
{
	for (size_t i = 0; i < c->n; i++) {
		const char *id;
		size_t at = 0;

		while ((id = next_id(c, &c->rows[i], &at)) != NULL)
			oc_buf_printf(out, "%s\n", id);
	}
}

void catalogue_put(const struct catalogue *c, int format, size_t width, struct oc_buf *out)
{
	struct rows r;

	if (format == CATALOGUE_IDS) {
		put_ids(c, out);
		return;
	}
	rows_begin(&r, (enum rows_form)format, columns, OC_COUNT(columns) - !c->served.ids, out);
	rows_open(&r, NULL, '[');
	for (size_t i = 0; i < c->n; i++) {
		rows_open(&r, NULL, '{');
		put_row(c, &c->rows[i], &r);
		rows_close(&r, '}');
	}
	rows_close(&r, ']');
	rows_end(&r, width);
}
