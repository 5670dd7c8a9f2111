/* SPDX-License-Identifier: MIT */
/* form.c: has an answer the form that was asked for? */
#include "compat.h"

#include "form.h"
#include "schema.h"

int oc_answer_check(const struct oc_request *req, struct oc_text answer, struct oc_err *err)
{
	struct oc_json value;
	struct oc_json schema;
	struct oc_err why = {0};
	int rc;

	if (req->format == OC_FORMAT_TEXT)
		return OC_OK;
	oc_json_init(&value);
	oc_json_init(&schema);
	rc = oc_json_parse(&value, answer.p, answer.n, &why);
	if (!rc && req->format == OC_FORMAT_JSON_OBJECT &&
	    oc_json_type(&value, 0) != OC_JSON_OBJECT)
		rc = oc_err_set(&why, OC_EPROTO, "it is no JSON object");
	if (!rc && req->format == OC_FORMAT_JSON_SCHEMA) {
		rc = oc_json_parse(&schema, req->schema.p, req->schema.n, &why);
		if (!rc)
			rc = oc_schema_validate(&schema, &value, &why);
	}
	if (rc)
		rc = oc_err_set(err, why.code,
		                "the model's answer does not have the form asked for: %s",
		                why.message);
	oc_json_release(&schema);
	oc_json_release(&value);
	return rc;
}
