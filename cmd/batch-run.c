/* SPDX-License-Identifier: MIT */
/* batch-run.c: the run of a batch: lines in, requests out, answers in, lines out. */
#include "compat.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <unistd.h>

#include "batch-run.h"
#include "batch-settle.h"
#include "batch-tidy.h"
#include "files.h"
#include "distinct.h"
#include "input.h"
#include "signals.h"
#include "text/err.h"
#include "text/utf8.h"

enum { GRACE = 5 }; /* s that requests under way have after a signal */

/* How much of answers may wait for their turn to be written: that is how long a slow line holds up
 * no other. */
#define HELD_MAX ((size_t)64 << 20)

/* How many lines, for each request that may be under way, may be without an answer: most of them
 * wait to be tried again. A server that has gone costs no more of them. */
enum { UNSETTLED = 16 };

/* ---- taking lines ---- */

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
	cli_need_memory(!mended.bad && job->err.code != OC_ENOMEM);
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

	cli_need_memory(rc != OC_ENOMEM);
	question->model = line->form.model;
	question->has_tools = line->has_tools;
	return !rc;
}

static void add_line(struct run *run, enum lines_got got, struct oc_text text)
{
	struct item *item = item_take(run);
	struct oc_job *job = &item->job;

	read_line(run, job, got, text);
	if (!job->err.code && oc_answered_take(&run->answers.earlier, job->line.id)) {
		run->progress.kept++;
		item_give_back(run, item);
		return;
	}
	*run->end = item;
	run->end = &item->next;
	run->unsettled++;
	item->place = ++run->taken;
	if (!job->err.code && !settled_unasked(run, job) && make_question(run, job))
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

/* Takes lines as long as there are some and there is room for them: so many as may be under way are
 * read ahead. True if more must be read for that. */
static bool take_lines(struct run *run)
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

/* ---- waiting ---- */

static void on_signal(struct run *run)
{
	int sig = signals_take(run->signals);

	if (!sig)
		return;
	progress_hide(&run->progress);
	run->caught = sig;
	run->give_up_at = oc_now() + GRACE;
	oc_batch_stop(run->batch);
	if (oc_batch_running(run->batch))
		cli_note("waiting at most %d s for %u requests under way", GRACE,
		         oc_batch_running(run->batch));
}

static int wait_of(const struct run *run)
{
	double now = oc_now();
	double left = (run->give_up_at - now) * 1000;
	int wait = progress_wait(&run->progress, now);
	int most = left > 0 ? (int)left + 1 : 0;

	return run->caught && (wait < 0 || most < wait) ? most : wait;
}

/* Waits for the network, the input, a signal, or the end of whoever reads standard output. */
static void step(struct run *run, bool more)
{
	enum { SIGNAL, READER, INPUT, NFDS };
	struct pollfd fds[NFDS] = {
	        [SIGNAL] = {.fd = run->signals, .events = POLLIN},
	        [READER] = {.fd = run->answers.reader},
	        [INPUT] = {.fd = more ? run->feed.lines.fd : -1, .events = POLLIN},
	};
	struct oc_err err = {0};

	if (!more && oc_batch_idle(run->batch))
		cli_die(CLI_SOFTWARE, "there is nothing to wait for, and lines are left: a fault "
		                      "of this program; --resume goes on from here");
	if (oc_batch_step(run->batch, wait_of(run), fds, NFDS, &err))
		cli_die(cli_status_of(err.code), "%s", err.message);
	if (fds[SIGNAL].revents)
		on_signal(run);
	if (fds[READER].revents & (POLLERR | POLLHUP))
		cli_reader_left("standard output");
	if (fds[INPUT].revents)
		feed_read(&run->feed);
}

/* ---- beginning and end ---- */

static bool is_over(const struct run *run)
{
	if (run->caught && oc_now() >= run->give_up_at)
		return true;
	if (run->caught || run->refused)
		return oc_batch_running(run->batch) == 0;
	return !run->first && feed_ended(&run->feed);
}

static void start_progress(struct run *run)
{
	enum progress_mode mode = PROGRESS_NONE;

	if (!run->quiet && isatty(STDERR_FILENO) && !run->ask.connect.config.log)
		mode = PROGRESS_REDRAWN;
	else if (!run->quiet && run->progress_wanted)
		mode = PROGRESS_LINES;
	progress_init(&run->progress, mode, oc_now());
	if (mode != PROGRESS_NONE)
		run->progress.total = feed_count(run->files);
}

/* Nothing is cut before it is known that it is nothing else, too. */
static void open_files(struct run *run)
{
	const char *reasoning = run->ask.reasoning_path;
	const char *report = run->ask.report.path;

	if (report)
		distinct_from_inputs(report, run->files);
	if (reasoning)
		distinct_from_inputs(reasoning, run->files);
	answers_open(&run->answers, run->ask.output_path, run->resume, run->files);
	run->answers.sync = run->sync;
	distinct_from_other(run->ask.output_path, report);
	distinct_from_other(run->ask.output_path, reasoning);
	if (reasoning)
		output_open_direct(&run->ask.reasoning, reasoning, run->resume);
}

/* A line must not fail because a descriptor is missing. */
static void fit_descriptors(struct run *run)
{
	unsigned allowed = files_allow(run->parallel);

	if (allowed < run->parallel)
		cli_note("at most %u requests at a time instead of %u: more files cannot be open "
		         "(ulimit -n)",
		         allowed, run->parallel);
	run->parallel = allowed;
}

/* An answer that nobody would read is not asked for. */
static void check_reader(const struct run *run)
{
	struct pollfd reader = {.fd = run->answers.reader};

	if (poll(&reader, 1, 0) > 0 && reader.revents & (POLLERR | POLLHUP))
		cli_reader_left("standard output");
}

static void start(struct run *run)
{
	struct oc_err err = {0};

	run->end = &run->first;
	feed_init(&run->feed, run->files);
	fit_descriptors(run);
	oc_json_init(&run->json);
	if (oc_client_open(&run->client, &run->ask.connect.config, (long)run->parallel, &err) ||
	    oc_batch_new(&run->client, run->parallel, run->rate, &run->batch, &err))
		connect_die(&run->ask.connect, &err);
	open_files(run);
	check_reader(run);
	start_progress(run);
	run->signals = signals_open(GRACE + 1);
	if (run->signals < 0)
		cli_die(CLI_OSERR, "cannot make a pipe: %s", strerror(errno));
}

OC_NORETURN static void finish(struct run *run)
{
	bool unfinished = run->caught || run->refused || run->feed.error;
	bool unread, there;

	progress_hide(&run->progress);
	there = answers_end(&run->answers);
	if (!unfinished && there)
		tidy(&run->answers);
	answers_close(&run->answers);
	if (run->ask.reasoning_path)
		output_commit(&run->ask.reasoning);
	unread = feed_complain(&run->feed);
	progress_summary(&run->progress, unfinished, oc_now());
	if (run->caught)
		cli_die_of(run->caught);
	if (run->refused)
		cli_exit(run->refused);
	if (!there)
		cli_exit(CLI_IOERR);
	if (unread)
		cli_exit(CLI_NOINPUT);
	if (run->progress.failed)
		cli_exit(CLI_NO);
	cli_exit(run->unreported ? CLI_IOERR : CLI_OK);
}

/* All that can be done without waiting. True if more must be read. Lines are taken after answers
 * are written, and again after lines that have failed at once are: whatever made room is made use
 * of, so that what stands still is waiting for an answer or for the input. */
static bool advance(struct run *run)
{
	bool more;

	settle_answers(run);
	do {
		more = take_lines(run);
	} while (settle_write(run, run->unordered));
	answers_settle(&run->answers);
	return more;
}

void run_batch(struct run *run)
{
	start(run);
	for (;;) {
		bool more = advance(run);

		progress_show(&run->progress, oc_now());
		if (is_over(run))
			break;
		step(run, more);
	}
	settle_rest(run);
	oc_batch_free(run->batch);
	oc_client_release(&run->client);
	finish(run);
}

void run_dry(struct run *run)
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
		} else if (oc_answered_take(&run->answers.earlier, job.line.id)) {
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
