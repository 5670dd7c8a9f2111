/* SPDX-License-Identifier: MIT */
/* rows.h: rows of values, in each of the forms that they are printed in. */
#ifndef ROWS_H
#define ROWS_H

#include "json/writer.h"
#include "table.h"

enum rows_form {
	ROWS_TABLE, /* for people, as is Markdown */
	ROWS_TSV,   /* a heading, and lines of fields */
	ROWS_JSON,  /* members of objects */
	ROWS_MARKDOWN,
};

struct rows_column {
	const char *heading; /* for people */
	const char *name;    /* for programs */
	bool number;         /* stands to the right */
};

struct rows {
	enum rows_form form;
	const struct rows_column *columns; /* borrowed */
	size_t n;                          /* of the columns */
	size_t cells;                      /* that have been put, or passed */
	struct oc_buf *out;
	struct oc_jsonw json;
	struct table table;
};

/* Between these two, values are put, row by row. A failure is `bad` of `out`. A table without rows
 * is nothing at all. width: as table_put() has it. */
void rows_begin(struct rows *r, enum rows_form form, const struct rows_column *columns, size_t n,
                struct oc_buf *out);
void rows_end(struct rows *r, size_t width);

/* The next value of the row. What is empty or negative is not known: null, or an empty cell. */
void rows_text(struct rows *r, struct oc_text text);
void rows_count(struct rows *r, int64_t v);
void rows_number(struct rows *r, const char *text); /* as it is written in JSON */
void rows_truth(struct rows *r, bool v);
void rows_list(struct rows *r, const char *const *list, size_t max); /* up to a NULL, or max */

/* What names a row that needs no name in JSON. */
void rows_label(struct rows *r, const char *label);

/* What is around rows and values in JSON, and nothing in other forms. The caller pairs the
 * brackets, and writes what stands only there with r->json. name: of a member, or NULL. */
void rows_open(struct rows *r, const char *name, char bracket);
void rows_close(struct rows *r, char bracket);

#endif
