/* SPDX-License-Identifier: MIT */
/* check.c: has an answer that is there already the form asked for? */
#include "compat.h"

#include "check.h"
#include "answer/form.h"
#include "input.h"
#include "prompt.h"
#include "request/request.h"

void check_answer(struct ask *ask, int noperands, char **operands)
{
	struct oc_buf answer = {0};
	struct oc_buf part = {0};
	const struct oc_buf *shown;
	struct oc_reply reply = {0};
	struct oc_err err = {0};

	oc_buf_init(&answer, OC_ANSWER_MAX);
	oc_reply_init(&reply);
	prompt_read_schema(ask);
	if (ask->request.format == OC_FORMAT_TEXT)
		cli_die(CLI_USAGE, "--check needs --schema or --json-object");
	if (oc_request_check_schema(&ask->request, &err))
		cli_die(cli_status_of(err.code), "%s", err.message);
	output_open(&ask->out, ask->output_path);
	for (int i = 0; i < noperands; i++)
		input_read(operands[i], &answer);
	if (!noperands)
		input_read("-", &answer);
	if (oc_answer_check(&ask->request, &reply, oc_buf_text(&answer), &err))
		cli_die(cli_status_of(err.code), "%s", err.message);
	oc_buf_init(&part, OC_ANSWER_MAX);
	shown = oc_answer_part(&ask->request, oc_buf_text(&answer), &part) ? &part : &answer;
	cli_need_memory(!part.bad);
	output_write(&ask->out, shown->p, shown->n);
	output_commit(&ask->out);
	cli_exit(CLI_OK);
}
