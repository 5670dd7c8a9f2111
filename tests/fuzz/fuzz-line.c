/* SPDX-License-Identifier: MIT */
/* fuzz-line: the lines of a batch. A request line that is taken becomes a body that is JSON, and
 * its answer line is one line, which is recalled with the same identity. */
#include "fuzz.h"

#include "batch/record.h"

static void check_answer(const struct oc_line *line, struct oc_json *json)
{
	const struct oc_reply reply = {
	        .content = (char[]){"x"}, .content_len = 1, .http_status = 200};
	struct oc_text raw = {"{}\n", 3};
	struct oc_line_id id = {0, 0};
	bool answered = false;
	struct oc_buf out = {0};

	oc_buf_init(&out, OC_ANSWER_MAX);
	want(oc_record_answer(line, &reply, raw, "", json, &out, NULL) == OC_OK);
	want(!out.bad && memchr(out.p, '\n', out.n) == out.p + out.n - 1);
	want(oc_record_recall(oc_buf_text(&out), json, &id, &answered, NULL) == OC_OK);
	want(answered && id.key == line->id.key && id.request == line->id.request);
	oc_buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oc_text text = {(const char *)data, size};
	struct oc_request defaults;
	struct oc_line_id id;
	struct oc_line line;
	struct oc_json json;
	bool answered;

	oc_request_init(&defaults);
	defaults.model = "m";
	oc_line_init(&line);
	oc_json_init(&json);
	if (oc_line_read(&line, 1, text, &json, &defaults, NULL) == OC_OK) {
		want(oc_json_check(line.body.p, line.body.n, NULL, NULL) == OC_OK);
		check_answer(&line, &json);
	}
	(void)oc_record_recall(text, &json, &id, &answered, NULL);
	oc_json_release(&json);
	oc_line_release(&line);
	return 0;
}
