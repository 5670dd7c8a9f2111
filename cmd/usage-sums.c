/* SPDX-License-Identifier: MIT */
/* usage-sums.c: showing what oc-usage has added up. */
#include "compat.h"

#include <inttypes.h>

#include "json/writer.h"
#include "usage-sums.h"
#include "text/utf8.h"
#include "text/text.h"

/* Returns the number of decimals, of which there are at least `decimals`. */
static int cost_of(const struct oc_meter_row *row, const struct oc_price *price, int decimals,
                   char text[OC_COST_TEXT_MAX])
{
	struct oc_cost cost;

	if (!oc_price_cost(price, row->usage.input_tokens, row->usage.output_tokens, &cost))
		cli_die(CLI_DATAERR, "the cost is too large to be computed: leave --price out");
	return oc_cost_text(&cost, decimals, text);
}

/* ---- for people ---- */

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

/* The column of what was not asked for is there only where there is some. */
static void table_row(struct table *t, const struct oc_meter *m, const struct oc_meter_row *row,
                      const struct oc_price *price, int decimals)
{
	char text[OC_COST_TEXT_MAX];

	table_count(t, row->records);
	table_count(t, row->uncounted);
	table_count(t, row->usage.input_tokens);
	table_count(t, row->usage.output_tokens);
	table_count(t, row->usage.total_tokens);
	if (price) {
		(void)cost_of(row, price, decimals, text);
		table_puts(t, text);
	}
	if (m->total.cached)
		table_count(t, row->cached);
}

void sums_table(const struct oc_meter *m, const struct oc_price *price, size_t width,
                struct oc_buf *out)
{
	static const char *const heads[] = {"MODEL",  "RECORDS", "UNCOUNTED", "INPUT",
	                                    "OUTPUT", "TOTAL",   "COST"};
	size_t columns = OC_COUNT(heads) - !price;
	bool cached = m->total.cached > 0;
	int decimals = price ? decimals_of(m, price) : 0;
	struct table t;

	table_init(&t, columns + cached, ~1U);
	for (size_t i = 0; i < columns; i++)
		table_puts(&t, heads[i]);
	if (cached)
		table_puts(&t, "CACHED");
	for (size_t i = 0; i < m->nrows; i++) {
		const struct oc_text *model = &m->rows[i].model;

		if (model->n)
			table_cell(&t, model->p, model->n);
		else
			table_puts(&t, "(unknown)");
		table_row(&t, m, &m->rows[i], price, decimals);
	}
	table_puts(&t, "total");
	table_row(&t, m, &m->total, price, decimals);
	table_put(&t, width, out);
	table_release(&t);
}

/* ---- for programs ---- */

static void tsv_row(const struct oc_meter *m, const struct oc_meter_row *row,
                    const struct oc_price *price, struct oc_buf *out)
{
	char text[OC_COST_TEXT_MAX];

	oc_buf_printf(out, "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64,
	              row->records, row->uncounted, row->usage.input_tokens,
	              row->usage.output_tokens, row->usage.total_tokens);
	if (price) {
		(void)cost_of(row, price, 2, text);
		oc_buf_printf(out, "\t%s", text);
	}
	if (m->total.cached)
		oc_buf_printf(out, "\t%" PRId64, row->cached);
	oc_buf_putc(out, '\n');
}

void sums_tsv(const struct oc_meter *m, const struct oc_price *price, struct oc_buf *out)
{
	oc_buf_puts(out, "model\trecords\tuncounted\tinput_tokens\toutput_tokens\ttotal_tokens");
	oc_buf_puts(out, price ? "\tcost" : "");
	oc_buf_puts(out, m->total.cached ? "\tcached\n" : "\n");
	for (size_t i = 0; i < m->nrows; i++) {
		const struct oc_text *model = &m->rows[i].model;

		oc_utf8_visible(out, model->p, model->n, OC_VISIBLE_LINE);
		tsv_row(m, &m->rows[i], price, out);
	}
	oc_buf_puts(out, "total");
	tsv_row(m, &m->total, price, out);
}

static void json_row(const struct oc_meter *m, const struct oc_meter_row *row,
                     const struct oc_price *price, struct oc_jsonw *w)
{
	char text[OC_COST_TEXT_MAX];

	oc_jsonw_key(w, "records");
	oc_jsonw_int(w, row->records);
	oc_jsonw_key(w, "uncounted");
	oc_jsonw_int(w, row->uncounted);
	oc_jsonw_key(w, "input_tokens");
	oc_jsonw_int(w, row->usage.input_tokens);
	oc_jsonw_key(w, "output_tokens");
	oc_jsonw_int(w, row->usage.output_tokens);
	oc_jsonw_key(w, "total_tokens");
	oc_jsonw_int(w, row->usage.total_tokens);
	if (price) {
		(void)cost_of(row, price, 2, text);
		oc_jsonw_key(w, "cost");
		oc_jsonw_raw(w, oc_text_of(text));
	}
	if (m->total.cached) {
		oc_jsonw_key(w, "cached");
		oc_jsonw_int(w, row->cached);
	}
}

void sums_json(const struct oc_meter *m, const struct oc_price *price, int64_t bad,
               struct oc_buf *out)
{
	struct oc_jsonw w;

	oc_jsonw_init(&w, out);
	oc_jsonw_open(&w, '{');
	oc_jsonw_key(&w, "models");
	oc_jsonw_open(&w, '[');
	for (size_t i = 0; i < m->nrows; i++) {
		const struct oc_text *model = &m->rows[i].model;

		oc_jsonw_open(&w, '{');
		oc_jsonw_key(&w, "model");
		if (model->n)
			oc_jsonw_string(&w, model->p, model->n);
		else
			oc_jsonw_null(&w);
		json_row(m, &m->rows[i], price, &w);
		oc_jsonw_close(&w, '}');
	}
	oc_jsonw_close(&w, ']');
	json_row(m, &m->total, price, &w);
	oc_jsonw_key(&w, "bad");
	oc_jsonw_int(&w, bad);
	oc_jsonw_close(&w, '}');
	oc_buf_putc(out, '\n');
}
