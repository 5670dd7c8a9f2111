/* SPDX-License-Identifier: MIT */
/* form.c: has an answer the form that was asked for? */
#include "compat.h"

#include <inttypes.h>

#include "cut.h"
#include "form.h"
#include "schema.h"

static enum oc_schema_formats formats_of(const struct oc_request *req)
{
	return req->no_formats ? OC_FORMATS_NOTED : OC_FORMATS_ENFORCED;
}

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
		rc = oc_schema_new(req->schema, formats_of(req), &schema, err);
		if (!rc)
			rc = oc_schema_validate(schema, &value, err);
	}
	oc_schema_free(schema);
	oc_json_release(&value);
	return rc;
}

int oc_answer_check(const struct oc_request *req, const struct oc_reply *reply,
                    struct oc_text answer, struct oc_err *err)
{
	static const char form[] = "the model's answer does not have the form asked for";
	struct oc_err why = {0};
	int rc = req->format == OC_FORMAT_TEXT ? OC_OK : check(req, answer, &why);

	if (!rc || rc == OC_ENOMEM)
		return rc ? oc_err_nomem(err) : OC_OK;
	switch (oc_cut(reply, req->max_tokens)) {
	case OC_CUT_OWN:
		return oc_err_set(err, why.code,
		                  "%s: %s; the likely cause is the request's limit of %" PRId64
		                  " tokens, at which it was cut",
		                  form, why.message, req->max_tokens);
	case OC_CUT_LENGTH:
	case OC_CUT_FILTER:
		return oc_err_set(err, why.code,
		                  "%s: %s; the likely cause is that the server cut it short "
		                  "(finish_reason %s)",
		                  form, why.message, reply->finish_reason);
	case OC_CUT_NONE:
		break;
	}
	return oc_err_set(err, why.code, "%s: %s", form, why.message);
}
