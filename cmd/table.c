/* SPDX-License-Identifier: MIT */
/* table.c: tables for people. */
#include "compat.h"

#include <sys/ioctl.h>

#include "text/num.h"
#include "table.h"
#include "text/utf8.h"

enum { GAP = 2, DEFAULT_WIDTH = 80 };

void table_init(struct table *t, size_t columns, unsigned right)
{
	*t = (struct table){.columns = columns, .right = right};
	oc_buf_init(&t->cells, (size_t)64 << 20);
}

void table_release(struct table *t)
{
	oc_buf_release(&t->cells);
}

void table_cell(struct table *t, struct oc_text text)
{
	oc_utf8_visible(&t->cells, text.p, text.n, OC_VISIBLE_LINE);
	oc_buf_putc(&t->cells, '\0');
}

size_t table_width(const struct output *out)
{
	const char *columns = cli_env("COLUMNS");
	struct winsize size;
	int64_t width;

	if (!out->terminal)
		return 0;
	if (columns && oc_num_int64(columns, &width) && width > 0)
		return (size_t)width;
	if (ioctl(out->fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return DEFAULT_WIDTH;
}

/* How many characters: of a character of several bytes, count the first. */
static size_t length(const char *p, size_t n)
{
	size_t characters = 0;

	for (size_t i = 0; i < n; i++)
		characters += ((unsigned char)p[i] & 0xc0) != 0x80;
	return characters;
}

/* The width that a column has, and that below which words would be broken. */
struct width {
	size_t now;
	size_t least;
};

static void measure_cell(const char *cell, struct width *column)
{
	size_t n = length(cell, strlen(cell));

	if (n > column->now)
		column->now = n;
	while (*cell) {
		size_t word = strcspn(cell, " ");

		n = length(cell, word);
		if (n > column->least)
			column->least = n;
		cell += word + strspn(cell + word, " ");
	}
}

static void measure(const struct table *t, struct width *columns)
{
	const char *end = t->cells.p + t->cells.n;
	size_t i = 0;

	for (const char *cell = t->cells.p; cell < end; cell += strlen(cell) + 1) {
		measure_cell(cell, &columns[i]);
		i = (i + 1) % t->columns;
	}
}

/* Takes from the widest columns until the table fits; false where words would have to be broken. */
static bool shrink(const struct table *t, size_t width, struct width *columns)
{
	for (;;) {
		size_t sum = GAP * (t->columns - 1);
		struct width *widest = NULL;

		for (size_t i = 0; i < t->columns; i++) {
			sum += columns[i].now;
			if (columns[i].now > columns[i].least &&
			    (!widest || columns[i].now > widest->now))
				widest = &columns[i];
		}
		if (sum <= width || !widest)
			return sum <= width;
		widest->now--;
	}
}

/* How many bytes of the cell go into a line of so many characters: up to the last blank that fits,
 * or as many as do. */
static size_t line_of(const char *cell, size_t width)
{
	size_t n = 0;
	size_t at_blank = 0;

	for (size_t used = 0; cell[n]; used++) {
		if (used == width)
			return at_blank ? at_blank : n;
		do
			n++;
		while (((unsigned char)cell[n] & 0xc0) == 0x80);
		if (cell[n] == ' ')
			at_blank = n;
	}
	return n;
}

/* Puts one line of a row, and moves each cell's pointer behind it. False when there was nothing. */
static bool put_line(const struct table *t, const char **cells, const struct width *columns,
                     struct oc_buf *out)
{
	size_t blanks = 0; /* owed, so that no line ends in them */
	bool any = false;

	for (size_t i = 0; i < t->columns; i++) {
		size_t n = line_of(cells[i], columns[i].now);
		size_t rest = columns[i].now - length(cells[i], n);
		bool right = t->right >> i & 1;

		any |= n > 0;
		if (n) {
			oc_buf_printf(out, "%*s", (int)(blanks + (right ? rest : 0)), "");
			oc_buf_add(out, cells[i], n);
			blanks = 0;
		}
		blanks += GAP + (n && right ? 0 : rest);
		cells[i] += n + strspn(cells[i] + n, " ");
	}
	if (any)
		oc_buf_putc(out, '\n');
	return any;
}

static void put_rows(const struct table *t, const struct width *columns, struct oc_buf *out)
{
	const char *cell = t->cells.p;
	const char *end = cell + t->cells.n;

	while (cell < end) {
		const char *cells[TABLE_COLUMNS_MAX];

		for (size_t i = 0; i < t->columns; i++, cell += strlen(cell) + 1)
			cells[i] = cell;
		while (put_line(t, cells, columns, out))
			;
	}
}

/* A table of two columns for each row: the headings, and what stands below them. */
static void put_blocks(const struct table *t, size_t width, struct oc_buf *out)
{
	const struct table pair = {.columns = 2};
	struct width columns[2] = {{0}};
	const char *heading = t->cells.p;
	const char *end = heading + t->cells.n;
	const char *cell = heading;

	for (size_t i = 0; i < t->columns; i++, cell += strlen(cell) + 1)
		measure_cell(cell, &columns[0]);
	columns[1].now = width > columns[0].now + GAP ? width - columns[0].now - GAP : 1;
	for (size_t i = 0; cell < end; i++, cell += strlen(cell) + 1) {
		const char *cells[] = {heading, cell};

		if (i == t->columns) {
			oc_buf_putc(out, '\n');
			heading = t->cells.p;
			cells[0] = heading;
			i = 0;
		}
		while (put_line(&pair, cells, columns, out))
			;
		heading += strlen(heading) + 1;
	}
}

void table_put(const struct table *t, size_t width, struct oc_buf *out)
{
	struct width columns[TABLE_COLUMNS_MAX] = {{0}};

	measure(t, columns);
	if (!width || shrink(t, width, columns))
		put_rows(t, columns, out);
	else
		put_blocks(t, width, out);
}

void table_put_markdown(const struct table *t, struct oc_buf *out)
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
