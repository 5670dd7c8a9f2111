/* SPDX-License-Identifier: MIT */
/* answers.c: where the answer lines of a batch go, and how they are found again. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answers.h"
#include "lines.h"
#include "record.h"

/* The longest answer line: all of an answer may be escapes. */
#define ANSWER_LINE_MAX (8 * OC_ANSWER_MAX)

/* What happens with a line of the file that is resumed. line has its newline behind it. */
typedef void line_fn(struct answers *answers, struct output *copy, struct oc_text line,
                     struct oc_line_id id, bool answered);

/* Reads a file of answers from its beginning. Returns the length up to the last whole line. */
static off_t each_line(struct answers *answers, const char *path, struct output *copy, line_fn *fn)
{
	struct lines lines;
	struct oc_text text;
	enum lines_got got;
	off_t whole = 0;

	lines_open(&lines, path, ANSWER_LINE_MAX);
	for (uint64_t n = 1; (got = lines_next(&lines, &text)) != LINES_END;) {
		struct oc_line_id id;
		struct oc_err err = {0};
		bool answered;

		if (got == LINES_TORN && text.p[0] == '{')
			break;
		if (got == LINES_MORE) {
			lines_read(&lines);
			continue;
		}
		if (got != LINES_LINE ||
		    oc_record_recall(text, &answers->json, &id, &answered, &err))
			cli_die(CLI_DATAERR,
			        "%s cannot be resumed: line %" PRIu64 " is no answer of a batch",
			        path, n);
		fn(answers, copy, text, id, answered);
		whole += (off_t)text.n + 1;
		n++;
	}
	lines_close(&lines);
	return whole;
}

/* ---- what is done with each line ---- */

static void remember(struct answers *answers, struct output *copy, struct oc_text line,
                     struct oc_line_id id, bool answered)
{
	(void)copy;
	(void)line;
	if (!answered)
		answers->failed++;
	else if (oc_answered_add(&answers->earlier, id))
		cli_die(CLI_OSERR, "out of memory");
}

static void copy_answered(struct answers *answers, struct output *copy, struct oc_text line,
                          struct oc_line_id id, bool answered)
{
	(void)answers;
	(void)id;
	if (answered)
		output_write(copy, line.p, line.n + 1);
}

static void copy_current(struct answers *answers, struct output *copy, struct oc_text line,
                         struct oc_line_id id, bool answered)
{
	if (!answered || !oc_answered_drop(&answers->earlier, id))
		output_write(copy, line.p, line.n + 1);
}

/* A line that was answered out of turn: it may have had its turn, and been written, since. */
static void take_over(struct answers *answers, struct output *copy, struct oc_text line,
                      struct oc_line_id id, bool answered)
{
	(void)copy;
	if (!answered || oc_answered_has(&answers->earlier, id))
		return;
	answers_write(answers, (struct oc_text){line.p, line.n + 1});
	remember(answers, NULL, line, id, true);
}

/* ---- the file ---- */

static void open_file(struct answers *answers)
{
	int fd = open(answers->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		cli_die(CLI_CANTCREAT, "cannot open %s for writing: %s", answers->path,
		        strerror(errno));
	answers->regular = S_ISREG(st.st_mode);
	answers->whole = answers->regular ? st.st_size : 0;
	if (answers->regular && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		cli_die(CLI_CANTCREAT, "%s is being written by another oc-batch", answers->path);
	answers->out = (struct output){.fd = fd, .last = '\n', .terminal = isatty(fd)};
	answers->out.path = strdup(answers->path);
	if (!answers->out.path)
		cli_die(CLI_OSERR, "out of memory");
}

/* Writes the file anew, with the lines that fn copies. */
static void rewrite(struct answers *answers, line_fn *fn)
{
	struct output copy;

	output_open(&copy, answers->path);
	(void)each_line(answers, answers->path, &copy, fn);
	output_commit(&copy);
	answers_close(answers);
	open_file(answers);
}

static void drop_torn_line(struct answers *answers, off_t whole)
{
	if (whole == answers->whole)
		return;
	if (ftruncate(answers->out.fd, whole) < 0)
		cli_die(CLI_IOERR, "cannot drop the torn last line of %s: %s", answers->path,
		        strerror(errno));
	answers->whole = whole;
}

static void resume(struct answers *answers)
{
	const char *ahead = answers->ahead.path;
	off_t whole;

	if (!answers->regular)
		cli_die(CLI_USAGE, "--resume: %s is no regular file", answers->path);
	whole = each_line(answers, answers->path, NULL, remember);
	if (answers->failed)
		rewrite(answers, copy_answered);
	else
		drop_torn_line(answers, whole);
	if (access(ahead, F_OK) == 0) {
		(void)each_line(answers, ahead, NULL, take_over);
		(void)unlink(ahead);
	}
}

void answers_open(struct answers *answers, const char *path, bool want_resume)
{
	*answers = (struct answers){.path = path && strcmp(path, "-") != 0 ? path : NULL};
	oc_answered_init(&answers->earlier);
	oc_json_init(&answers->json);
	ahead_init(&answers->ahead, NULL);
	if (!answers->path) {
		output_open(&answers->out, NULL);
		return;
	}
	open_file(answers);
	if (answers->regular)
		ahead_init(&answers->ahead, answers->path);
	if (want_resume)
		resume(answers);
	else if (answers->regular && (answers->whole || access(answers->ahead.path, F_OK) == 0))
		cli_die(CLI_CANTCREAT,
		        "%s has answers already: --resume adds those that are missing; or remove "
		        "the file",
		        answers->whole ? path : answers->ahead.path);
}

bool answers_have(struct answers *answers, struct oc_line_id id)
{
	bool have = oc_answered_take(&answers->earlier, id);

	if (have)
		oc_answered_replace(&answers->earlier, id.key);
	return have;
}

void answers_write(struct answers *answers, struct oc_text line)
{
	output_write(&answers->out, line.p, line.n);
	answers->whole += (off_t)line.n;
}

void answers_mend(const struct answers *answers)
{
	struct stat st;

	if (answers->regular && stat(answers->path, &st) == 0 && st.st_size > answers->whole &&
	    truncate(answers->path, answers->whole) < 0)
		cli_warn("cannot take the torn last line of %s back: %s", answers->path,
		         strerror(errno));
}

size_t answers_drop_replaced(struct answers *answers)
{
	size_t n = oc_answered_replaced(&answers->earlier);

	if (n)
		rewrite(answers, copy_current);
	return n;
}

void answers_close(struct answers *answers)
{
	output_commit(&answers->out);
}
