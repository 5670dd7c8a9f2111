/* SPDX-License-Identifier: MIT */
/* meter.h: adding up the token counts of records, a row for each model. */
#ifndef OC_METER_H
#define OC_METER_H

#include "usage/usage.h"

#define OC_METER_MODELS_MAX 4096
#define OC_METER_OTHERS     "(other models)" /* the row of those beyond the limit */

struct oc_meter_row {
	struct oc_text model; /* empty for records that name none */
	char *owned;          /* the block that model is in */
	int64_t records;
	int64_t uncounted; /* records in which at least one count is unknown */
	int64_t cached; /* answers that are those of earlier records: counted here, and only here */
	struct oc_usage usage;
};

struct oc_meter {
	struct oc_meter_row total;
	struct oc_meter_row *rows;
	size_t nrows;

	/* Private. */
	size_t cap;
	size_t last;                                 /* the row of the last record */
	uint16_t slots[2 * OC_METER_MODELS_MAX + 2]; /* hash table: index of a row + 1 */
};

void oc_meter_init(struct oc_meter *m);
void oc_meter_release(struct oc_meter *m);

/*
 * Adds one record. What it knows is added; what it does not know is not guessed. OC_ENOMEM, or
 * OC_EDATA where a sum does not fit in 64 bits: then nothing has been added.
 */
int oc_meter_add(struct oc_meter *m, const struct oc_usage_record *record, struct oc_err *err);

/* Puts the rows in the order of their models' names, that without a name last. The end: nothing can
 * be added afterwards. */
void oc_meter_sort(struct oc_meter *m);

#endif
