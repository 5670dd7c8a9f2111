/* SPDX-License-Identifier: MIT */
/* usage-sums.c: showing what oc-usage has added up. */
#include "compat.h"

#include "text/text.h"
#include "usage-sums.h"

/* Returns the number of decimals, of which there are at least `decimals`. */
static int cost_of(const struct oc_meter_row *row, const struct oc_price *price, int decimals,
                   char text[OC_COST_TEXT_MAX])
{
	struct oc_cost cost;

	if (!oc_price_cost(price, row->usage.input_tokens, row->usage.output_tokens, &cost))
		cli_die(CLI_DATAERR, "the cost is too large to be computed: leave --price out");
	return oc_cost_text(&cost, decimals, text);
}

/* So many decimals that the points of all amounts stand below each other. */
static int decimals_of(const struct oc_meter *m, const struct oc_price *price)
{
	char text[OC_COST_TEXT_MAX];
	int most = cost_of(&m->total, price, 2, text);

	for (size_t i = 0; i < m->nrows; i++) {
		int decimals = cost_of(&m->rows[i], price, 2, text);

		if (decimals > most)
			most = decimals;
	}
	return most;
}

enum { COLUMNS_MAX = 8 };

/* Those of what was not asked for are there only where there is some. */
static size_t choose_columns(const struct oc_meter *m, const struct oc_price *price,
                             struct rows_column columns[COLUMNS_MAX])
{
	static const struct rows_column always[] = {
	        {"MODEL", "model", false},         {"RECORDS", "records", true},
	        {"UNCOUNTED", "uncounted", true},  {"INPUT", "input_tokens", true},
	        {"OUTPUT", "output_tokens", true}, {"TOTAL", "total_tokens", true},
	};
	size_t n = OC_COUNT(always);

	memcpy(columns, always, sizeof always);
	if (price)
		columns[n++] = (struct rows_column){"COST", "cost", true};
	if (m->total.cached)
		columns[n++] = (struct rows_column){"CACHED", "cached", true};
	return n;
}

static void put_values(struct rows *r, const struct oc_meter *m, const struct oc_meter_row *row,
                       const struct oc_price *price, int decimals)
{
	char text[OC_COST_TEXT_MAX];

	rows_count(r, row->records);
	rows_count(r, row->uncounted);
	rows_count(r, row->usage.input_tokens);
	rows_count(r, row->usage.output_tokens);
	rows_count(r, row->usage.total_tokens);
	if (price) {
		(void)cost_of(row, price, decimals, text);
		rows_number(r, text);
	}
	if (m->total.cached)
		rows_count(r, row->cached);
}

static void put_models(struct rows *r, const struct oc_meter *m, const struct oc_price *price,
                       int decimals)
{
	for (size_t i = 0; i < m->nrows; i++) {
		struct oc_text model = m->rows[i].model;

		rows_open(r, NULL, '{');
		if (!model.n && r->form == ROWS_TABLE)
			model = oc_text_of("(unknown)");
		rows_text(r, model);
		put_values(r, m, &m->rows[i], price, decimals);
		rows_close(r, '}');
	}
}

/* In JSON, the values of the total are members beside the models. */
void sums_put(const struct oc_meter *m, const struct oc_price *price, int64_t bad,
              enum rows_form form, size_t width, struct oc_buf *out)
{
	int decimals = price && form == ROWS_TABLE ? decimals_of(m, price) : 2;
	struct rows_column columns[COLUMNS_MAX];
	struct rows r;

	rows_begin(&r, form, columns, choose_columns(m, price, columns), out);
	rows_open(&r, NULL, '{');
	rows_open(&r, "models", '[');
	put_models(&r, m, price, decimals);
	rows_close(&r, ']');
	rows_label(&r, "total");
	put_values(&r, m, &m->total, price, decimals);
	if (form == ROWS_JSON)
		oc_jsonw_member_count(&r.json, "bad", bad);
	rows_close(&r, '}');
	rows_end(&r, width);
}
