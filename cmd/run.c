/* SPDX-License-Identifier: MIT */
/* run.c: the run of a batch: lines in, requests out, answers in, lines out. */
#include "compat.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <unistd.h>

#include "item.h"
#include "record.h"
#include "run.h"
#include "signals.h"
#include "utf8.h"

enum {
	/* How many lines, for each request that may be under way, may wait for their turn to be
	 * written: that is how long a line that is being retried holds up no other. */
	WINDOW = 16,
	GRACE = 5, /* s that requests under way have after a signal */
};

/* ---- answers ---- */

static const char *model_of(const struct run *run, const struct item *item)
{
	return item->line.model.n ? item->line.model.p : run->ask.request.model;
}

/* Would the same failure come back with every line? */
static bool is_general(enum oc_code code)
{
	return code == OC_EAUTH || code == OC_EQUOTA || code == OC_ECONFIG;
}

/* Of the failures of lines the first is told, as an example; and the one that ends the run. */
static void tell_failure(struct run *run, const struct item *item)
{
	const struct oc_err *err = &item->job.err;
	const char *advice = connect_advice(&run->ask.connect, err);

	if (run->refused)
		return;
	progress_hide(&run->progress);
	if (is_general(err->code)) {
		run->refused = (int)cli_status_of(err->code);
		oc_batch_stop(run->batch);
		cli_warn("line %" PRIu64 ": %s%s", item->line.number, err->message, advice);
	} else if (!run->progress.failed) {
		cli_note("line %" PRIu64 ": %s%s", item->line.number, err->message, advice);
	}
}

static void write_reasoning(struct run *run, const struct item *item)
{
	struct oc_buf record = {0};

	if (!run->ask.reasoning_path || !item->job.reply.reasoning)
		return;
	oc_buf_init(&record, SIZE_MAX / 2);
	oc_record_reasoning(&item->line, &item->job.reply, &record);
	if (record.bad)
		cli_die(CLI_OSERR, "out of memory");
	output_write(&run->ask.reasoning, record.p, record.n);
	oc_buf_release(&record);
}

/* The line has its end: an answer, or an error that is in job.err. */
static void settle(struct run *run, struct item *item)
{
	struct oc_job *job = &item->job;
	int status = item_settle(item, &run->json);

	if (status)
		tell_failure(run, item);
	progress_count(&run->progress, &job->reply, status);
	if (job->reply.attempts &&
	    !report_add(&run->ask.report, model_of(run, item), &job->reply, status))
		run->unreported = true;
	oc_job_release(job);
}

static void take_answers(struct run *run)
{
	struct oc_job *job;

	while ((job = oc_batch_take(run->batch)) != NULL) {
		struct item *item = job->ctx;

		item_judge(item, &run->ask.request);
		write_reasoning(run, item);
		settle(run, item);
	}
}

static void write_answer(struct run *run, struct item *item)
{
	progress_hide(&run->progress);
	answers_write(&run->answers, oc_buf_text(&item->record));
	if (item->answered)
		oc_answered_replace(&run->answers.earlier, item->line.id.key);
	if (item->ahead)
		ahead_done(&run->answers.ahead, item->record.n);
}

/* Writes what may be written: in the order of the input, or, if `gaps`, around what is missing. Was
 * there something? */
static bool write_answers(struct run *run, bool gaps)
{
	struct item **link = &run->first;
	unsigned before = run->nitems;

	while (*link) {
		struct item *item = *link;

		if (item->record.n) {
			write_answer(run, item);
			*link = item->next;
			if (!*link)
				run->end = link;
			item_give_back(&run->spare, item);
			run->nitems--;
		} else if (gaps) {
			link = &item->next;
		} else {
			break;
		}
	}
	return run->nitems < before;
}

/* Keeps safe what must wait for its turn. */
static void keep_ahead(struct run *run)
{
	struct ahead *ahead = &run->answers.ahead;
	bool stale = ahead_is_stale(ahead);
	struct ahead fresh;

	if (!ahead->path)
		return;
	if (stale)
		ahead_begin(&fresh, ahead);
	for (struct item *item = run->first; item; item = item->next) {
		if (!item->record.n || (item->ahead && !stale))
			continue;
		ahead_put(stale ? &fresh : ahead, oc_buf_text(&item->record));
		item->ahead = true;
	}
	if (stale)
		ahead_replace(ahead, &fresh);
}

/* ---- lines ---- */

/* Reads a line into the item. What is wrong with it is in job.err. */
static void read_line(struct run *run, struct item *item, enum lines_got got, struct oc_text text)
{
	struct oc_err *err = &item->job.err;
	bool too_long = got == LINES_TOO_LONG;
	struct oc_buf mended = {0};

	if (too_long)
		text = (struct oc_text){"", 0};
	oc_buf_init(&mended, 3 * text.n);
	if (run->ask.replace_invalid && oc_utf8_check(text.p, text.n) < text.n) {
		oc_utf8_replace(&mended, text.p, text.n);
		text = oc_buf_text(&mended);
	}
	(void)oc_line_read(&item->line, run->feed.number, text, &run->json, &run->ask.request, err);
	if (mended.bad || err->code == OC_ENOMEM)
		cli_die(CLI_OSERR, "out of memory");
	oc_buf_release(&mended);
	if (too_long)
		(void)oc_err_set(err, OC_EDATA, "the line is longer than %zu MiB",
		                 FEED_LINE_MAX >> 20);
}

static void add_line(struct run *run, enum lines_got got, struct oc_text text)
{
	struct item *item = item_take(&run->spare);

	read_line(run, item, got, text);
	if (!item->job.err.code && answers_have(&run->answers, item->line.id)) {
		run->progress.kept++;
		item_give_back(&run->spare, item);
		return;
	}
	*run->end = item;
	run->end = &item->next;
	run->nitems++;
	if (item->job.err.code) {
		settle(run, item);
		return;
	}
	item->job.line = run->feed.number;
	item->job.body = oc_buf_text(&item->line.body);
	item->job.model = model_of(run, item);
	item->job.keep_body = item->line.envelope;
	oc_batch_add(run->batch, &item->job);
}

/* Is there room for another line? As many as may be under way are read ahead. */
static bool has_room(const struct run *run)
{
	return !run->refused && !run->caught && run->nitems < WINDOW * run->parallel &&
	       oc_batch_fresh(run->batch) < run->parallel;
}

/* Takes lines as long as there are some and there is room. True if more must be read for that. */
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

static int sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int wait_of(const struct run *run)
{
	double now = oc_now();
	double left = (run->give_up_at - now) * 1000;
	int wait = progress_wait(&run->progress, now);

	return run->caught ? sooner(wait, left > 0 ? (int)left + 1 : 0) : wait;
}

/* Waits for the network, the input, a signal, or the end of whoever reads standard output. */
static void step(struct run *run, bool more)
{
	enum { SIGNAL, READER, INPUT, NFDS };
	struct pollfd fds[NFDS] = {
	        [SIGNAL] = {.fd = run->signals, .events = POLLIN},
	        [READER] = {.fd = run->answers.path ? -1 : run->answers.out.fd},
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

static int at_exit(void *ctx, int status)
{
	const struct run *run = ctx;

	answers_mend(&run->answers);
	return status;
}

static void start(struct run *run)
{
	struct oc_err err = {0};

	run->end = &run->first;
	feed_init(&run->feed, run->files);
	oc_json_init(&run->json);
	if (oc_client_init(&run->client, &run->ask.connect.config, (long)run->parallel, &err) ||
	    oc_batch_new(&run->client, run->parallel, run->rate, &run->batch, &err))
		connect_die(&run->ask.connect, &err);
	answers_open(&run->answers, run->ask.output_path, run->resume);
	cli_at_exit(at_exit, run);
	if (run->ask.reasoning_path)
		output_open_direct(&run->ask.reasoning, run->ask.reasoning_path);
	start_progress(run);
	run->signals = signals_open(GRACE + 1);
	if (run->signals < 0)
		cli_die(CLI_OSERR, "cannot make a pipe: %s", strerror(errno));
}

OC_NORETURN static void finish(struct run *run)
{
	bool unfinished = run->caught || run->refused || run->feed.error;
	size_t replaced = unfinished ? 0 : answers_drop_replaced(&run->answers);
	bool unread;

	ahead_remove(&run->answers.ahead);
	answers_close(&run->answers);
	if (run->ask.reasoning_path)
		output_commit(&run->ask.reasoning);
	if (replaced)
		cli_note("dropped %zu answers to requests that have changed", replaced);
	progress_hide(&run->progress);
	unread = feed_complain(&run->feed);
	progress_summary(&run->progress, unfinished, oc_now());
	if (run->caught)
		cli_die_of(run->caught);
	if (run->refused)
		cli_exit(run->refused);
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

	take_answers(run);
	(void)write_answers(run, run->unordered);
	do {
		more = take_lines(run);
	} while (write_answers(run, run->unordered));
	keep_ahead(run);
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
	(void)write_answers(run, true);
	oc_batch_free(run->batch);
	oc_client_release(&run->client);
	finish(run);
}

void run_dry(struct run *run)
{
	struct output *out = &run->ask.out;
	struct oc_text text;
	enum lines_got got;
	bool bad = false;

	oc_json_init(&run->json);
	feed_init(&run->feed, run->files);
	output_open(out, run->ask.output_path);
	while ((got = feed_next(&run->feed, &text)) != LINES_END) {
		struct item *item;

		if (got == LINES_MORE) {
			feed_wait(&run->feed);
			feed_read(&run->feed);
			continue;
		}
		item = item_take(&run->spare);
		read_line(run, item, got, text);
		if (item->job.err.code) {
			cli_warn("line %" PRIu64 ": %s", run->feed.number, item->job.err.message);
			bad = true;
		} else {
			oc_buf_putc(&item->line.body, '\n');
			output_write(out, item->line.body.p, item->line.body.n);
		}
		item_give_back(&run->spare, item);
	}
	output_commit(out);
	if (feed_complain(&run->feed))
		cli_exit(CLI_NOINPUT);
	cli_exit(bad ? CLI_NO : CLI_OK);
}
