/* SPDX-License-Identifier: MIT */
/* table.h: tables for people: columns as wide as they need, or as the terminal allows. */
#ifndef TABLE_H
#define TABLE_H

#include "text/buf.h"
#include "output.h"

enum { TABLE_COLUMNS_MAX = 12 };

struct table {
	size_t columns;
	unsigned right;      /* bit i: column i stands to the right */
	struct oc_buf cells; /* row by row, each ended by a NUL */
};

void table_init(struct table *t, size_t columns, unsigned right);
void table_release(struct table *t);

/* Adds the next cell. Control characters are made visible. */
void table_cell(struct table *t, struct oc_text text);

/* The columns of the terminal that `out` writes to ($COLUMNS where that is set), or 0 where it is
 * none, and a line may be as long as it likes. */
size_t table_width(const struct output *out);

/* Appends the table. Where it is wider than `width`, cells are wrapped between words;
 * where that is not enough, each row becomes a list of headings and cells. */
void table_put(const struct table *t, size_t width, struct oc_buf *out);

/* The same in Markdown; the first row is that of the headings. */
void table_put_markdown(const struct table *t, struct oc_buf *out);

#endif
