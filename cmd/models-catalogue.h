/* SPDX-License-Identifier: MIT */
/* models-catalogue.h: printing models in the formats of oc-models. */
#ifndef MODELS_CATALOGUE_H
#define MODELS_CATALOGUE_H

#include "models-served.h"
#include "rows.h"

/* A form of rows, or: */
enum { CATALOGUE_IDS = ROWS_MARKDOWN + 1 };

struct catalogue_row {
	const struct oc_model *model; /* NULL: only the server knows it, and serves it */
	const char *id;               /* then this is its id */
};

struct catalogue {
	struct catalogue_row *rows;
	size_t n;
	struct served served;
};

/* Appends all rows. width: of the terminal, as table_put() has it. */
void catalogue_put(const struct catalogue *c, int format, size_t width, struct oc_buf *out);

#endif
