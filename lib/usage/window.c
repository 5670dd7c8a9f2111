/* SPDX-License-Identifier: MIT */
/* window.c: which records of a report count in a window of time. */
#include "compat.h"

#include "text/num.h"
#include "usage/window.h"

bool oc_window_has(struct oc_window *w, const struct oc_usage_record *record)
{
	if (w->since == OC_WINDOW_ALL)
		return true;
	w->timeless += !record->timed;
	if (!record->timed || record->time < w->since)
		return false;
	w->future += record->time > w->now;
	return true;
}

static int64_t sum_of(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/* What it says it has cost, or more. */
static int64_t tokens_of(const struct oc_usage_record *record)
{
	const struct oc_usage *usage = &record->usage;
	int64_t input = usage->input_tokens > 0 ? usage->input_tokens : 0;
	int64_t output = usage->output_tokens > 0 ? usage->output_tokens : 0;

	if (record->cached)
		return 0;
	return usage->total_tokens >= 0 ? usage->total_tokens : sum_of(input, output);
}

static void count(struct oc_window *w, const struct oc_usage_record *record)
{
	if (!oc_window_has(w, record)) {
		w->outside |= record->timed;
		return;
	}
	w->inside = true;
	w->tokens = sum_of(w->tokens, tokens_of(record));
	if (w->tokens < w->limit)
		return;
	w->over = true;
	w->reached = record->timed ? record->time : w->now;
}

/* A line is read as a document of its own, so that one that is torn takes no other with it. */
static void read_line(struct oc_window *w, struct oc_usage_reader *reader, struct oc_text line)
{
	enum oc_usage_event event;
	bool ended = false;

	while (!w->over) {
		event = ended ? oc_usage_end(reader) : oc_usage_next(reader, &line);
		if (event == OC_USAGE_RECORD)
			count(w, &reader->record);
		else if (event == OC_USAGE_BAD)
			w->unread++;
		else if (ended)
			return;
		else
			ended = true;
	}
}

/* Where the line begins that ends before `end`. */
static size_t line_before(const char *p, size_t end)
{
	while (end && p[end - 1] != '\n')
		end--;
	return end;
}

size_t oc_window_read_back(struct oc_window *w, struct oc_usage_reader *reader,
                           struct oc_text block, bool whole)
{
	const char *first = block.n ? memchr(block.p, '\n', block.n) : NULL;
	size_t from = whole ? 0 : first ? (size_t)(first - block.p) + 1 : block.n;
	size_t end = block.n;

	w->inside = w->outside = false;
	while (end > from && !w->over) {
		size_t begin = line_before(block.p, end - 1);

		read_line(w, reader, (struct oc_text){block.p + begin, end - begin});
		end = begin;
	}
	w->past = w->outside && !w->inside;
	/* The line that ends at `from` may begin before the block; a longer one is nobody's. */
	return from < block.n ? block.n - from : block.n;
}

bool oc_window_seconds(const char *s, int64_t *out)
{
	static const char units[] = "smhdw";
	static const int64_t seconds[] = {1, 60, 3600, 86400, 604800};
	const char *rest = oc_num_digits(s, out);
	const char *unit = rest && *rest ? strchr(units, *rest) : NULL;

	if (!unit || rest[1] || *out > INT64_MAX / 2 / seconds[unit - units])
		return false;
	*out *= seconds[unit - units];
	return true;
}
