/* SPDX-License-Identifier: MIT */
/* headers.c: headers of the caller's. */
#include "compat.h"

#include "headers.h"
#include "input.h"
#include "text/text.h"

/* All the files together. */
#define TEXT_MAX (OC_HEADERS_MAX * OC_HEADER_MAX)

void headers_add(struct headers *headers, int id, const char *arg)
{
	struct oc_text header = {arg, strlen(arg)};
	struct oc_err err = {0};

	if (headers->n + headers->nfiles == OC_HEADERS_MAX)
		cli_bad_option(id, "more than %zu headers", OC_HEADERS_MAX);
	if (*arg == '@') {
		headers->files[headers->nfiles++] = arg + 1;
		return;
	}
	if (oc_header_check(header, &err))
		cli_bad_option(id, "%s", err.message);
	headers->list[headers->n++] = header;
}

/* Takes a line, unless it is blank. */
static void take_line(struct headers *headers, struct oc_text line, const char *file, size_t number)
{
	struct oc_err err = {0};

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (!oc_text_trim(line, " \t").n)
		return;
	if (headers->n == OC_HEADERS_MAX)
		cli_die(CLI_USAGE, "%s: more than %zu headers", input_name(file), OC_HEADERS_MAX);
	if (oc_header_check(line, &err))
		cli_die(CLI_USAGE, "%s, line %zu: %s", input_name(file), number, err.message);
	headers->list[headers->n++] = line;
	headers->secrets[headers->nsecrets++] = oc_header_value(line);
}

static void take_file(struct headers *headers, const char *file)
{
	size_t start = headers->text.n;
	size_t before = headers->n;
	struct oc_text rest;

	input_read(file, &headers->text);
	rest = oc_text_without_bom(
	        (struct oc_text){headers->text.p + start, headers->text.n - start});
	for (size_t number = 1; rest.n; number++)
		take_line(headers, oc_text_take_line(&rest), file, number);
	if (headers->n == before)
		cli_die(CLI_DATAERR, "%s: there is no header in it", input_name(file));
}

void headers_read(struct headers *headers)
{
	if (!headers->nfiles)
		return;
	oc_buf_init(&headers->text, TEXT_MAX);
	/* So that it does not move: what is read points into it, and copies would be left. */
	cli_need_memory(oc_buf_room(&headers->text, TEXT_MAX));
	for (size_t i = 0; i < headers->nfiles; i++)
		take_file(headers, headers->files[i]);
}
