/* SPDX-License-Identifier: MIT */
/* form.c: has an answer the form that was asked for? */
#include "compat.h"

#include <inttypes.h>

#include "answer/cut.h"
#include "answer/form.h"
#include "request/fields.h"
#include "schema/schema.h"
#include "text/err.h"
#include "text/fence.h"
#include "text/text.h"

static int check(const struct oc_request *req, struct oc_text answer, struct oc_err *err)
{
	struct oc_json value;
	struct oc_schema *schema = NULL;
	int rc;

	oc_json_init(&value);
	rc = oc_json_parse(&value, answer.p, answer.n, err);
	if (!rc && req->format == OC_FORMAT_JSON_OBJECT &&
	    oc_json_type(&value, 0) != OC_JSON_OBJECT)
		rc = oc_err_set(err, OC_EPROTO, "it is no JSON object");
	if (!rc && req->format == OC_FORMAT_JSON_SCHEMA) {
		rc = oc_schema_new(req->schema,
		                   req->no_formats ? OC_FORMATS_NOTED : OC_FORMATS_ENFORCED,
		                   &schema, err);
		if (!rc)
			rc = oc_schema_validate(schema, &value, err);
	}
	oc_schema_free(schema);
	oc_json_release(&value);
	return rc;
}

bool oc_answer_part(const struct oc_request *req, struct oc_text answer, struct oc_buf *out)
{
	if (req->extract)
		return oc_fence_first(answer, out);
	return req->format != OC_FORMAT_TEXT && oc_fence_around(answer, out);
}

int oc_answer_take(const struct oc_request *req, struct oc_reply *reply, struct oc_err *err)
{
	struct oc_buf part = {0};

	oc_buf_init(&part, reply->content_len);
	if (reply->content && oc_answer_part(req, oc_text_of_content(reply), &part)) {
		free(reply->content);
		reply->content_len = part.n;
		reply->content = oc_buf_detach(&part);
		if (!reply->content)
			return oc_err_nomem(err);
	}
	oc_buf_release(&part);
	return OC_OK;
}

static int check_part(const struct oc_request *req, struct oc_text answer, struct oc_err *err)
{
	struct oc_buf part = {0};
	int rc;

	oc_buf_init(&part, answer.n);
	if (oc_answer_part(req, answer, &part))
		answer = oc_buf_text(&part);
	rc = part.bad ? OC_ENOMEM : check(req, answer, err);
	oc_buf_release(&part);
	return rc;
}

int oc_answer_check(const struct oc_request *req, const struct oc_reply *reply,
                    struct oc_text answer, struct oc_err *err)
{
	static const char form[] = "does not have the form asked for";
	struct oc_err why = {0};
	bool any = req->format == OC_FORMAT_TEXT || reply->tool_calls;
	int rc = any ? OC_OK : check_part(req, answer, &why);
	int64_t limit;

	if (!rc || rc == OC_ENOMEM)
		return rc ? oc_err_nomem(err) : OC_OK;
	limit = oc_request_limit(req);
	/* The cause comes first: what is wrong may be long, and then the end is not shown. */
	switch (oc_cut(reply, limit)) {
	case OC_CUT_OWN:
		return oc_err_set(err, why.code,
		                  "the model's answer was cut at the request's limit of %" PRId64
		                  " tokens, which is the likely reason why it %s: %s",
		                  limit, form, why.message);
	case OC_CUT_LENGTH:
	case OC_CUT_FILTER:
		return oc_err_set(
		        err, why.code,
		        "the server cut the answer short (finish_reason %s), which is the "
		        "likely reason why it %s: %s",
		        reply->finish_reason, form, why.message);
	case OC_CUT_NONE:
		break;
	}
	return oc_err_set(err, why.code, "the model's answer %s: %s", form, why.message);
}
