/* SPDX-License-Identifier: MIT */
/* meter.c: adding up the token counts of records. */
#include "compat.h"

#include "usage/meter.h"
#include "text/err.h"
#include "text/hash.h"
#include "text/text.h"

void oc_meter_init(struct oc_meter *m)
{
	memset(m, 0, sizeof *m);
}

void oc_meter_release(struct oc_meter *m)
{
	for (size_t i = 0; i < m->nrows; i++)
		free(m->rows[i].owned);
	free(m->rows);
	oc_meter_init(m);
}

/* The slot that holds the model's row, or the free one where it belongs. There are more slots than
 * rows, so that there always is one. Whoever writes names that collide makes a look-up as slow as
 * the limit on rows allows. */
static uint16_t *slot_of(struct oc_meter *m, struct oc_text model)
{
	size_t i = oc_hash_add(OC_HASH_START, model.p, model.n) % OC_COUNT(m->slots);

	while (m->slots[i] && !oc_text_same(m->rows[m->slots[i] - 1].model, model))
		i = (i + 1) % OC_COUNT(m->slots);
	return &m->slots[i];
}

static bool add_row(struct oc_meter *m, struct oc_text model)
{
	struct oc_meter_row *rows = m->rows;
	char *name;

	if (m->nrows == m->cap) {
		rows = realloc(rows, (m->cap + 16) * 2 * sizeof *rows);
		if (!rows)
			return false;
		m->rows = rows;
		m->cap = (m->cap + 16) * 2;
	}
	name = malloc(model.n + 1);
	if (!name)
		return false;
	if (model.n)
		memcpy(name, model.p, model.n);
	name[model.n] = '\0';
	rows[m->nrows++] = (struct oc_meter_row){.model = {name, model.n}, .owned = name};
	return true;
}

/* Makes m->last the model's row. */
static bool find_row(struct oc_meter *m, struct oc_text model)
{
	const struct oc_text others = {OC_METER_OTHERS, sizeof OC_METER_OTHERS - 1};
	uint16_t *slot;

	if (m->nrows && oc_text_same(m->rows[m->last].model, model))
		return true;
	slot = slot_of(m, model);
	if (!*slot && m->nrows >= OC_METER_MODELS_MAX) {
		model = others;
		slot = slot_of(m, model);
	}
	if (!*slot) {
		if (!add_row(m, model))
			return false;
		*slot = (uint16_t)m->nrows;
	}
	m->last = *slot - 1U;
	return true;
}

static bool fits(int64_t sum, int64_t count)
{
	return count < 0 || sum <= INT64_MAX - count;
}

static void add_record(struct oc_meter_row *row, const struct oc_usage_record *record)
{
	const struct oc_usage *usage = &record->usage;

	row->cached += record->cached;
	if (record->cached)
		return;
	row->records++;
	row->uncounted +=
	        usage->input_tokens < 0 || usage->output_tokens < 0 || usage->total_tokens < 0;
	if (usage->input_tokens > 0)
		row->usage.input_tokens += usage->input_tokens;
	if (usage->output_tokens > 0)
		row->usage.output_tokens += usage->output_tokens;
	if (usage->total_tokens > 0)
		row->usage.total_tokens += usage->total_tokens;
}

int oc_meter_add(struct oc_meter *m, const struct oc_usage_record *record, struct oc_err *err)
{
	const struct oc_usage *sum = &m->total.usage;
	const struct oc_usage *usage = &record->usage;

	/* No row's sum is larger than the total's. */
	if (!record->cached && (record->unfit || !fits(sum->input_tokens, usage->input_tokens) ||
	                        !fits(sum->output_tokens, usage->output_tokens) ||
	                        !fits(sum->total_tokens, usage->total_tokens)))
		return oc_err_set(err, OC_EDATA, "the sum of the tokens does not fit in 64 bits");
	if (!find_row(m, record->model))
		return oc_err_nomem(err);
	add_record(&m->rows[m->last], record);
	add_record(&m->total, record);
	return OC_OK;
}

static int compare(const void *a, const void *b)
{
	struct oc_text x = ((const struct oc_meter_row *)a)->model;
	struct oc_text y = ((const struct oc_meter_row *)b)->model;

	return x.n && y.n ? oc_text_order(x, y) : (y.n > 0) - (x.n > 0);
}

void oc_meter_sort(struct oc_meter *m)
{
	if (m->nrows)
		qsort(m->rows, m->nrows, sizeof *m->rows, compare);
}
