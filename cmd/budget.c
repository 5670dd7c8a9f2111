/* SPDX-License-Identifier: MIT */
/* budget.c: how many tokens the calls in a report may have cost before another one is made. */
#include "compat.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "budget.h"
#include "text/err.h"
#include "text/moment.h"
#include "text/num.h"
#include "usage/window.h"

enum { BLOCK = 1 << 20 };

static const struct {
	const char *suffix;
	const char *name;
	int64_t seconds;
} windows[] = {
        {"", "", 0},
        {"/h", " an hour", 3600},
        {"/d", " a day", 86400},
        {"/w", " a week", 604800},
};

bool budget_parse(const char *s, struct budget *out)
{
	const char *window = oc_num_digits(s, &out->limit);

	for (size_t i = 0; window && i < OC_COUNT(windows); i++) {
		out->window = windows[i].seconds;
		if (strcmp(window, windows[i].suffix) == 0)
			return out->limit > 0;
	}
	return false;
}

/* ---- the report ---- */

static int unreadable(const struct budget *budget, struct oc_err *err)
{
	return oc_err_set(err, OC_ESYS, "cannot read the report %s: %s", budget->report->path,
	                  strerror(errno));
}

/* Fills a block with what is in the file from `at`. */
static int read_block(const struct budget *budget, char *block, size_t n, off_t at,
                      struct oc_err *err)
{
	for (size_t done = 0; done < n;) {
		ssize_t got =
		        pread(budget->report->reader, block + done, n - done, at + (off_t)done);

		if (got > 0)
			done += (size_t)got;
		else if (got == 0)
			errno = EIO; /* somebody has cut it meanwhile */
		if (got == 0 || (got < 0 && errno != EINTR))
			return unreadable(budget, err);
	}
	return OC_OK;
}

/* The end of the last line that has one. */
static size_t whole_lines(const char *block, size_t n)
{
	while (n && block[n - 1] != '\n')
		n--;
	return n;
}

/* Reads the file back, from `to` as far as is needed, to `from` at most. *to becomes the end of the
 * last line that has one. */
static int read_back(const struct budget *budget, struct oc_window *window, off_t from, off_t *to,
                     struct oc_err *err)
{
	static char block[BLOCK];
	struct oc_usage_reader reader;
	off_t end = *to;
	int rc = oc_usage_init(&reader, true, err);

	while (!rc && end > from && !window->over && !window->past) {
		size_t n = end - from < BLOCK ? (size_t)(end - from) : BLOCK;
		off_t begin = end - (off_t)n;

		rc = read_block(budget, block, n, begin, err);
		if (rc)
			break;
		if (end == *to) {
			n = whole_lines(block, n);
			*to = end = begin + (off_t)n;
		}
		end -= (off_t)oc_window_read_back(window, &reader, (struct oc_text){block, n},
		                                  begin == from);
	}
	oc_usage_release(&reader);
	return rc;
}

static void tell(const struct budget *budget, const struct oc_window *window)
{
	if (!budget->verbose)
		return;
	cli_note("%" PRId64 " of %" PRId64 " tokens are used up", window->tokens, budget->limit);
	if (window->future)
		cli_note("%" PRIu64 " records in %s are from the future, and count", window->future,
		         budget->report->path);
	if (window->timeless || window->unread)
		cli_note("%" PRIu64 " records in %s name no time, and %" PRIu64
		         " lines cannot be read: they do not count",
		         window->timeless, budget->report->path, window->unread);
}

/* ---- the verdict ---- */

static int refuse(const struct budget *budget, const struct oc_window *window, struct oc_err *err)
{
	char since[OC_MOMENT_TEXT_MAX], again[OC_MOMENT_TEXT_MAX];
	size_t i = 0;

	if (!budget->window)
		return oc_err_set(err, OC_EQUOTA,
		                  "the budget of %" PRId64 " tokens is used up: %s has %" PRId64,
		                  budget->limit, budget->report->path, window->tokens);
	while (windows[i].seconds != budget->window)
		i++;
	oc_moment_text(window->reached, since);
	oc_moment_text(window->reached + budget->window, again);
	return oc_err_set(err, OC_EQUOTA,
	                  "the budget of %" PRId64 " tokens%s is used up: %s has %" PRId64
	                  " since %s; there will be some again at %s",
	                  budget->limit, windows[i].name, budget->report->path, window->tokens,
	                  since, again);
}

/* What is new is added to what is known, which is too much as time goes by: then all is read. */
static int count(struct budget *budget, struct oc_window *window, struct oc_err *err)
{
	struct stat st;
	off_t to;
	int rc;

	if (fstat(budget->report->reader, &st) < 0)
		return unreadable(budget, err);
	to = st.st_size;
	if (budget->counted < budget->limit && to >= budget->seen) {
		window->limit = budget->limit - budget->counted;
		rc = read_back(budget, window, budget->seen, &to, err);
		window->tokens += budget->counted;
		if (rc || !window->over)
			goto out;
	}
	*window = (struct oc_window){
	        .since = window->since, .now = window->now, .limit = budget->limit};
	to = st.st_size;
	rc = read_back(budget, window, 0, &to, err);
	if (!rc)
		tell(budget, window);
out:
	budget->counted = rc ? budget->limit : window->tokens;
	budget->seen = to;
	return rc;
}

int budget_check(struct budget *budget, struct oc_err *err)
{
	int64_t now = (int64_t)time(NULL);
	struct oc_window window = {
	        .since = budget->window ? now - budget->window + 1 : OC_WINDOW_ALL, .now = now};
	int rc = count(budget, &window, err);

	return !rc && window.over ? refuse(budget, &window, err) : rc;
}

void budget_open(struct budget *budget, const struct report *report, bool certain)
{
	struct oc_err err = {0};
	int rc;

	budget->report = report;
	budget->counted = budget->limit;
	if (!report->path)
		cli_die(CLI_USAGE,
		        "a budget needs a report: --report FILE, or OLLAMA_CLOUD_REPORT");
	if (report->reader < 0)
		cli_die(CLI_NOINPUT,
		        "a budget needs a report that can be read, and %s cannot, or is no file",
		        report->path);
	rc = budget_check(budget, &err);
	if (rc && (certain || rc != OC_EQUOTA))
		cli_die(rc == OC_ESYS ? CLI_NOINPUT : cli_status_of((enum oc_code)rc), "%s",
		        err.message);
}
