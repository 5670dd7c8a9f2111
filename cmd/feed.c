/* SPDX-License-Identifier: MIT */
/* feed.c: the request lines of all the files of a batch. */
#include "compat.h"

#include <sys/stat.h>
#include <unistd.h>

#include "feed.h"
#include "input.h"
#include "json.h"

void feed_init(struct feed *feed, char *const *files)
{
	*feed = (struct feed){.files = files};
	/* A name that is wrong is better told before anything is asked than after an hour. */
	for (; *files; files++) {
		if (strcmp(*files, "-") != 0 && access(*files, R_OK) < 0)
			(void)input_open(*files); /* says why, and ends the program */
	}
}

static bool is_blank(struct oc_text text)
{
	for (size_t i = oc_json_bom(text.p, text.n); i < text.n; i++) {
		if (!memchr(" \t\r", text.p[i], 3))
			return false;
	}
	return true;
}

/* The next line, blank or not. */
static enum lines_got next_line(struct feed *feed, struct oc_text *line)
{
	for (;;) {
		enum lines_got got;

		if (!feed->open) {
			if (!*feed->files)
				return LINES_END;
			lines_open(&feed->lines, *feed->files, FEED_LINE_MAX);
			feed->open = true;
		}
		got = lines_next(&feed->lines, line);
		if (got != LINES_END)
			return got;
		lines_close(&feed->lines);
		feed->open = false;
		feed->files++;
	}
}

enum lines_got feed_next(struct feed *feed, struct oc_text *line)
{
	for (;;) {
		enum lines_got got = next_line(feed, line);

		if (got == LINES_MORE || got == LINES_END)
			return got;
		feed->number++;
		if (got == LINES_TOO_LONG || !is_blank(*line))
			return got;
	}
}

bool feed_ended(const struct feed *feed)
{
	return !feed->open && !*feed->files;
}

uint64_t feed_count(char *const *files)
{
	struct feed feed = {.files = files};
	enum lines_got got;
	struct oc_text line;
	struct stat st;
	uint64_t n = 0;

	for (; *files; files++) {
		if (stat(*files, &st) < 0 || !S_ISREG(st.st_mode))
			return 0;
	}
	while ((got = feed_next(&feed, &line)) != LINES_END) {
		if (got == LINES_MORE)
			lines_read(&feed.lines);
		else
			n++;
	}
	return n;
}
