/* SPDX-License-Identifier: MIT */
/* batch-item.c: a line of a batch, from when it is read until its answer is written. */
#include "compat.h"

#include "batch-item.h"
#include "batch/record.h"
#include "text/err.h"

struct item *item_take(struct item **spare)
{
	struct item *item = *spare;

	if (item)
		*spare = item->next;
	else
		item = malloc(sizeof *item);
	if (!item)
		cli_die(CLI_OSERR, "out of memory");
	oc_line_init(&item->line);
	oc_job_init(&item->job);
	oc_buf_init(&item->record, SIZE_MAX / 2);
	oc_buf_init(&item->part, OC_ANSWER_MAX);
	item->has_part = false;
	item->job.ctx = item;
	item->answered = false;
	item->kept = 0;
	item->next = item->settled = NULL;
	return item;
}

void item_give_back(struct item **spare, struct item *item)
{
	oc_line_release(&item->line);
	oc_job_release(&item->job);
	oc_buf_release(&item->record);
	oc_buf_release(&item->part);
	item->next = *spare;
	*spare = item;
}

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

void item_judge(struct item *item, const struct oc_request *defaults)
{
	struct oc_job *job = &item->job;
	const struct oc_reply *reply = &job->reply;

	if (item->line.envelope)
		judge_envelope(job);
	if (!job->err.code && reply->content_len)
		(void)oc_line_check(&item->line, defaults, reply, &job->err);
	if (!job->err.code && reply->content_len)
		item->has_part = oc_line_part(&item->line, defaults, reply, &item->part);
	if (job->err.code && !job->err.http_status)
		job->err.http_status = reply->http_status;
}

int item_settle(struct item *item, struct oc_json *json)
{
	struct oc_job *job = &item->job;
	struct oc_reply told = job->reply;
	const char *id = job->request_id[0] ? job->request_id : job->reply.id;
	int rc = OC_OK;
	int status = 0;

	(void)oc_buf_room(&item->record, job->reply.content_len + job->received.n + 256);
	if (item->has_part) {
		told.content = item->part.p;
		told.content_len = item->part.n;
	}
	if (item->part.bad)
		cli_die(CLI_OSERR, "out of memory");
	if (!job->err.code) {
		rc = oc_record_answer(&item->line, &told, oc_buf_text(&job->received), id ? id : "",
		                      json, &item->record, &job->err);
		job->err.http_status = job->reply.http_status;
	}
	if (job->err.code) {
		status = (int)cli_status_of(job->err.code);
		oc_record_failure(&item->line, &job->err, status, &item->record);
	}
	if (item->record.bad || rc == OC_ENOMEM)
		cli_die(CLI_OSERR, "out of memory");
	item->answered = !status;
	return status;
}

void item_forget_answer(struct item *item)
{
	struct oc_job *job = &item->job;

	oc_job_release(job);
	oc_buf_release(&item->part);
	item->has_part = false;
	oc_reply_init(&job->reply);
	oc_err_clear(&job->err);
}

void item_forget_request(struct item *item)
{
	oc_line_release(&item->line);
	oc_job_release(&item->job);
	oc_buf_release(&item->part);
	item->size = sizeof *item + item->record.n;
}
