/* SPDX-License-Identifier: MIT */
/* batch-records.c: what is in a file of answer lines. */
#include "compat.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "batch-lines.h"
#include "batch/record.h"
#include "batch-records.h"
#include "text/text.h"

/* The longest answer line: all of an answer may be escapes. */
#define ANSWER_LINE_MAX (8 * OC_ANSWER_MAX)

struct reading {
	const char *name;
	bool places;
	struct oc_json json;
	records_fn *fn;
	void *ctx;
	uint64_t number; /* of the line */
	struct records_end end;
};

static struct oc_text trim(struct oc_text text)
{
	static const char blanks[] = " \t\r"; /* and the zero at its end */

	for (; text.n && memchr(blanks, *text.p, sizeof blanks); text.n--)
		text.p++;
	while (text.n && memchr(blanks, text.p[text.n - 1], sizeof blanks))
		text.n--;
	return text;
}

static uint64_t take_place(struct oc_text *text)
{
	uint64_t place = 0;

	for (; text->n && oc_is_digit(*text->p); text->p++, text->n--)
		place = place * 10 + (uint64_t)(*text->p - '0');
	*text = trim(*text);
	return place;
}

OC_NORETURN static void refuse(const struct reading *r)
{
	cli_die(CLI_DATAERR, "%s cannot be resumed: line %" PRIu64 " is no answer of a batch",
	        r->name, r->number);
}

static bool is_record(struct record *record, struct oc_json *json)
{
	struct oc_err err = {0};

	(void)oc_record_recall(record->line, json, &record->id, &record->answered, &err);
	cli_need_memory(err.code != OC_ENOMEM);
	return !err.code;
}

/* What a line is, of which `got` tells how it has ended. False at the end of what is whole. */
static bool take_line(struct reading *r, enum lines_got got, struct oc_text text)
{
	struct record record = {.line = trim(text), .at = r->end.size};

	r->number++;
	r->end.size += (off_t)text.n + (got != LINES_TORN);
	if (r->places)
		record.place = take_place(&record.line);
	if (got == LINES_TOO_LONG)
		refuse(r);
	if (is_record(&record, &r->json)) {
		r->fn(r->ctx, &record);
		r->end.records++;
	} else if (got == LINES_TORN && (!record.line.n || *record.line.p == '{')) {
		return false; /* nothing, or the beginning of a record */
	} else if (record.line.n) {
		refuse(r);
	}
	r->end.whole = r->end.size;
	return true;
}

struct records_end records_read(int fd, const char *name, bool places, records_fn *fn, void *ctx)
{
	struct reading r = {.name = name, .places = places, .fn = fn, .ctx = ctx};
	struct oc_text text;
	struct lines lines;
	enum lines_got got;
	bool more = true;
	int error = lseek(fd, 0, SEEK_SET) < 0 ? errno : 0;

	oc_json_init(&r.json);
	lines_init(&lines, fd, ANSWER_LINE_MAX);
	while (!error && more && (got = lines_next(&lines, &text)) != LINES_END) {
		if (got == LINES_MORE)
			error = lines_read(&lines);
		else
			more = take_line(&r, got, text);
	}
	if (error)
		cli_die(CLI_NOINPUT, "cannot read %s: %s", name, strerror(error));
	lines_release(&lines);
	oc_json_release(&r.json);
	return r.end;
}
