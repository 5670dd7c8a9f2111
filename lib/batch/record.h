/* SPDX-License-Identifier: MIT */
/*
 * record.h: the answer lines of a batch, as they are written and as they are read back. An envelope
 * is answered with the OpenAI batch API's own, any other line with an object of ours.
 */
#ifndef OC_RECORD_H
#define OC_RECORD_H

#include "batch/line.h"

/*
 * Appends the answer line. raw: the server's body, for an envelope. json: scratch memory.
 * OC_EPROTO where oc_record_recall() would not take the line for an answer, as with a body that is
 * too deep or too large to stand within one; OC_ENOMEM. Nothing is appended then.
 */
int oc_record_answer(const struct oc_line *line, const struct oc_reply *reply, struct oc_text raw,
                     const char *request_id, struct oc_json *json, struct oc_buf *out,
                     struct oc_err *err);

/* Appends the line of a failure. status: the exit status that stands for it. What is wrong with it
 * is out->bad. */
void oc_record_failure(const struct oc_line *line, const struct oc_err *err, int status,
                       struct oc_buf *out);

/* Appends the line of a model's reasoning. */
void oc_record_reasoning(const struct oc_line *line, const struct oc_reply *reply,
                         struct oc_buf *out);

/*
 * Reads an answer line back, which need not be ours. *answered: no failure, which is an `error`
 * that says something, or a response whose status is not 200. OC_EDATA: it is no such line;
 * OC_ENOMEM.
 */
int oc_record_recall(struct oc_text text, struct oc_json *json, struct oc_line_id *id,
                     bool *answered, struct oc_err *err);

#endif
