/* SPDX-License-Identifier: MIT */
/* batch-take.c: the lines of the input become requests of a run. */
#include "compat.h"

#include <inttypes.h>

#include "batch-settle.h"
#include "batch-take.h"
#include "input.h"
#include "text/utf8.h"
#include "text/err.h"

/* How much of answers may wait for their turn to be written: that is how long a slow line holds up
 * no other. */
#define HELD_MAX ((size_t)64 << 20)

/* How many lines, for each request that may be under way, may be without an answer: most of them
 * wait to be tried again. A server that has gone costs no more of them. */
enum { UNSETTLED = 16 };

/* Reads a line into the job. What is wrong with it is in job->err. */
static void read_line(struct run *run, struct oc_job *job, enum lines_got got, struct oc_text text)
{
	bool too_long = got == LINES_TOO_LONG;
	struct oc_buf mended = {0};

	if (too_long)
		text = (struct oc_text){"", 0};
	oc_buf_init(&mended, 3 * text.n);
	if (run->ask.replace_invalid && oc_utf8_check(text.p, text.n) < text.n) {
		oc_utf8_replace(&mended, text.p, text.n);
		text = oc_buf_text(&mended);
	}
	(void)oc_line_read(&job->line, run->feed.number, text, &run->json, &run->ask.request,
	                   &job->err);
	if (mended.bad || job->err.code == OC_ENOMEM)
		cli_die(CLI_OSERR, "out of memory");
	oc_buf_release(&mended);
	if (too_long)
		(void)oc_err_set(&job->err, OC_EDATA, "the line is longer than %zu MiB",
		                 FEED_LINE_MAX >> 20);
}

/* The body of an envelope's answer is the server's own, and so is a document. False where the body
 * is too large; that is in job->err. */
static bool make_question(struct run *run, struct oc_job *job)
{
	const struct oc_request *request = &run->ask.request;
	struct oc_question *question = &job->question;
	struct oc_line *line = &job->line;
	bool stream = !line->envelope && !request->whole;
	int rc = oc_question_init(question, request, &line->body, stream, &job->err);

	if (rc == OC_ENOMEM)
		cli_die(CLI_OSERR, "out of memory");
	question->model = settle_model(run, job);
	question->has_tools = line->has_tools;
	return !rc;
}

static void add_line(struct run *run, enum lines_got got, struct oc_text text)
{
	struct item *item = item_take(run);
	struct oc_job *job = &item->job;

	read_line(run, job, got, text);
	if (!job->err.code && answers_have(&run->answers, job->line.id)) {
		run->progress.kept++;
		item_give_back(run, item);
		return;
	}
	*run->end = item;
	run->end = &item->next;
	run->unsettled++;
	item->place = ++run->taken;
	if (!job->err.code && settle_unasked(run, item))
		return;
	if (!job->err.code && make_question(run, job))
		oc_batch_add(run->batch, job);
	else
		settle_line(run, item);
}

static bool has_room(const struct run *run)
{
	return !run->refused && !run->caught && run->held < HELD_MAX &&
	       run->unsettled < UNSETTLED * run->parallel &&
	       oc_batch_fresh(run->batch) < run->parallel;
}

bool take_lines(struct run *run)
{
	while (has_room(run)) {
		struct oc_text text;
		enum lines_got got = feed_next(&run->feed, &text);

		if (got == LINES_MORE)
			return true;
		if (got == LINES_END)
			return false;
		add_line(run, got, text);
	}
	return false;
}

void take_dry(struct run *run)
{
	struct output *out = &run->ask.out;
	struct oc_job job = {.ctx = NULL};
	struct oc_text text;
	enum lines_got got;
	bool bad = false;

	oc_json_init(&run->json);
	feed_init(&run->feed, run->files);
	answers_look(&run->answers, run->ask.output_path, run->resume);
	output_open(out, NULL);
	while ((got = feed_next(&run->feed, &text)) != LINES_END) {
		if (got == LINES_MORE) {
			input_wait(run->feed.lines.fd);
			feed_read(&run->feed);
			continue;
		}
		oc_job_init(&job);
		read_line(run, &job, got, text);
		if (job.err.code || !make_question(run, &job)) {
			cli_warn("line %" PRIu64 ": %s", run->feed.number, job.err.message);
			bad = true;
		} else if (answers_have(&run->answers, job.line.id)) {
			/* It would not be asked. */
		} else if (run->estimate.wanted) {
			estimate_add(&run->estimate, &job.line, &run->json);
		} else {
			oc_buf_putc(&job.line.body, '\n');
			output_write(out, job.line.body.p, job.line.body.n);
		}
		oc_job_release(&job);
	}
	if (run->estimate.wanted)
		estimate_write(&run->estimate, out);
	output_commit(out);
	if (feed_complain(&run->feed))
		cli_exit(CLI_NOINPUT);
	cli_exit(bad ? CLI_NO : CLI_OK);
}
