/* SPDX-License-Identifier: MIT */
/* batch-settle.c: the answers of a run become lines, and are written in their turn. */
#include "compat.h"

#include <inttypes.h>

#include "answer/cut.h"
#include "text/text.h"
#include "answer/form.h"
#include "batch/record.h"
#include "batch-settle.h"
#include "text/err.h"

struct item *item_take(struct run *run)
{
	struct item *item = run->spare;

	if (item)
		run->spare = item->next;
	else
		item = malloc(sizeof *item);
	cli_need_memory(item);
	*item = (struct item){.kept = 0};
	oc_job_init(&item->job);
	oc_buf_init(&item->record, SIZE_MAX / 2);
	item->job.ctx = item;
	return item;
}

void item_give_back(struct run *run, struct item *item)
{
	oc_job_release(&item->job);
	oc_buf_release(&item->record);
	item->next = run->spare;
	run->spare = item;
}

/* What it takes while its record waits. */
static size_t size_of(const struct item *item)
{
	return sizeof *item + item->record.n;
}

/* Would the same failure come back with every line? */
static bool is_general(const struct oc_job *job)
{
	enum oc_code code = job->err.code;

	return code == OC_EAUTH || code == OC_EQUOTA || code == OC_ECONFIG || code == OC_ENOKEY ||
	       job->tries.wall;
}

/* The run ends with this status, for a reason that holds for all lines. */
static void stop_asking(struct run *run, enum cli_status status)
{
	if (!run->refused)
		run->refused = (int)status;
	oc_batch_stop(run->batch);
}

/* Of the failures of lines the first is told, as an example; and the one that ends the run. */
static void tell_failure(struct run *run, const struct oc_job *job)
{
	const struct oc_err *err = &job->err;
	const char *advice = connect_advice(&run->ask.connect, err);

	if (run->refused)
		return;
	progress_hide(&run->progress);
	if (is_general(job)) {
		stop_asking(run, cli_status_of(err->code));
		cli_warn("line %" PRIu64 ": %s%s", job->line.number, err->message, advice);
	} else if (!run->progress.failed) {
		cli_note("line %" PRIu64 ": %s%s", job->line.number, err->message, advice);
	}
}

static void write_reasoning(struct run *run, const struct oc_job *job)
{
	struct oc_buf record = {0};

	if (!run->ask.reasoning_path || !job->reply.reasoning)
		return;
	oc_buf_init(&record, SIZE_MAX / 2);
	oc_record_reasoning(&job->line, &job->reply, &record);
	output_text(&run->ask.reasoning, &record);
}

/* ---- what has been answered ---- */

/* In an envelope the server's body is the answer, also where it has no text, but, say, tool calls.
 * What is not whole has no finish reason. */
static void judge_envelope(struct oc_job *job)
{
	const struct oc_reply *reply = &job->reply;

	if (job->err.code == OC_EPROTO && reply->content && !reply->content_len &&
	    reply->finish_reason)
		job->err.code = OC_OK;
	if (!job->err.code && !job->received.n)
		(void)oc_err_set(&job->err, OC_EPROTO, "the server answered with a stream");
}

/* Is what has arrived an answer to this line? Changes job->err if not. */
static void judge(struct oc_job *job)
{
	const struct oc_reply *reply = &job->reply;
	struct oc_text answer = oc_text_of_content(reply);

	if (job->line.envelope)
		judge_envelope(job);
	if (!job->err.code && answer.n)
		(void)oc_answer_check(&job->line.form, reply, answer, &job->err);
	if (job->err.code && !job->err.http_status)
		job->err.http_status = reply->http_status;
}

/* The line of an answer. Where it cannot be one, that is in job.err. */
static void put_answer(struct run *run, struct item *item)
{
	struct oc_job *job = &item->job;
	const char *id = job->request_id[0] ? job->request_id : job->reply.id;
	struct oc_reply told = job->reply;
	struct oc_text answer = oc_text_of_content(&told);
	struct oc_buf part = {0};
	int rc;

	oc_buf_init(&part, OC_ANSWER_MAX);
	if (!job->line.envelope && answer.n && oc_answer_part(&job->line.form, answer, &part)) {
		told.content = part.p;
		told.content_len = part.n;
	}
	rc = oc_record_answer(&job->line, &told, oc_buf_text(&job->received), id ? id : "",
	                      &run->json, &item->record, &job->err);
	cli_need_memory(!part.bad && rc != OC_ENOMEM);
	oc_buf_release(&part);
	job->err.http_status = job->reply.http_status;
}

/* Makes the record, that of a failure where an answer cannot be one. Returns the exit status that
 * stands for job.err. */
static int make_record(struct run *run, struct item *item)
{
	struct oc_job *job = &item->job;
	int status = 0;

	(void)oc_buf_room(&item->record, job->reply.content_len + job->received.n + 256);
	if (!job->err.code)
		put_answer(run, item);
	if (job->err.code) {
		status = (int)cli_status_of(job->err.code);
		oc_record_failure(&job->line, &job->err, status, &item->record);
	}
	cli_need_memory(!item->record.bad);
	return status;
}

void settle_line(struct run *run, struct item *item)
{
	struct oc_job *job = &item->job;
	int status;

	write_reasoning(run, job);
	status = make_record(run, item);
	if (status && job->err.http_status)
		job->reply.http_status = job->err.http_status; /* for the report */
	if (status)
		tell_failure(run, job);
	else if (oc_cut(&job->reply, job->line.form.max_tokens) > OC_CUT_OWN)
		status = CLI_CUT;
	progress_count(&run->progress, &job->reply, status);
	if (!status && job->reply.attempts)
		cache_put(&run->ask.cache, oc_question_plain(&job->question), &job->reply,
		          oc_buf_text(&job->received));
	if (!status && job->reply.tool_calls)
		status = CLI_CALLS;
	if ((job->reply.attempts || cache_gave(&job->reply)) &&
	    !report_add(&run->ask.report, job->line.form.model, &job->reply, status)) {
		run->unreported = true;
		/* What is not in the report cannot be held against a budget. */
		if (run->ask.turn.budget.limit)
			stop_asking(run, CLI_IOERR);
	}
	oc_job_release(job); /* only the record is needed from here on */
	run->unsettled--;
	run->held += size_of(item);
}

bool settled_unasked(struct run *run, struct oc_job *job)
{
	struct cache *cache = &run->ask.cache;

	if (!cache->dir)
		return false;
	if (cache_get(cache, oc_buf_text(&job->line.body), job->line.form.model, &job->reply,
	              job->line.envelope ? &job->received : NULL, &job->err)) {
		judge(job);
		/* One that has another form than is wanted now is asked for again. */
		if (job->err.code && !cache->offline) {
			oc_reply_release(&job->reply);
			oc_reply_init(&job->reply);
			oc_buf_release(&job->received);
			oc_err_clear(&job->err);
		}
	} else if (!cache->offline) {
		/* Only now a key is needed. */
		(void)oc_config_check(&run->ask.connect.config, &job->err);
	}
	return job->err.code || cache_gave(&job->reply);
}

/* Returns those of the lines whose answers a kill must not lose, linked by `settled`. */
static struct item *take_answers(struct run *run)
{
	struct item *first = NULL;
	struct item **end = &first;
	struct oc_job *job;

	while ((job = oc_batch_take(run->batch)) != NULL) {
		struct item *item = job->ctx;

		judge(job);
		oc_secrets_mask_string(&run->client.secrets, job->err.message);
		settle_line(run, item);
		if (job->err.code)
			continue;
		*end = item;
		end = &item->settled;
	}
	*end = NULL;
	return first;
}

/* ---- what is written ---- */

static void write_answer(struct run *run, struct item *item)
{
	progress_hide(&run->progress);
	answers_write(&run->answers, oc_buf_text(&item->record), item->kept);
	if (run->answers.ledger.lost)
		stop_asking(run, CLI_IOERR);
	run->held -= size_of(item);
}

bool settle_write(struct run *run, bool gaps)
{
	struct item **link = &run->first;
	bool any = false;

	while (*link) {
		struct item *item = *link;

		if (item->record.n) {
			write_answer(run, item);
			any = true;
			*link = item->next;
			if (!*link)
				run->end = link;
			item_give_back(run, item);
		} else if (gaps) {
			link = &item->next;
		} else {
			break;
		}
	}
	return any;
}

/* Most of the file is of no use any more: a new one, with what still waits. */
static void renew_ahead(struct run *run)
{
	struct answers *answers = &run->answers;

	answers_begin_anew(answers);
	for (struct item *item = run->first; item; item = item->next) {
		if (item->kept)
			item->kept = answers_keep(answers, item->place, oc_buf_text(&item->record));
	}
	answers_end_anew(answers);
}

/* Keeps safe what must wait for its turn. What has been written has no record any more. */
static void keep_ahead(struct run *run, struct item *settled)
{
	for (; settled; settled = settled->settled) {
		if (settled->record.n)
			settled->kept = answers_keep(&run->answers, settled->place,
			                             oc_buf_text(&settled->record));
	}
	if (answers_are_stale(&run->answers))
		renew_ahead(run);
}

void settle_answers(struct run *run)
{
	struct item *settled = take_answers(run);

	(void)settle_write(run, run->unordered);
	keep_ahead(run, settled);
}

void settle_rest(struct run *run)
{
	uint64_t place = run->answers.written;

	for (struct item *item = run->first; item; item = item->next) {
		if (item->record.n)
			item->place = ++place;
	}
	if (run->answers.ahead.live)
		renew_ahead(run);
	(void)settle_write(run, true);
}
