/* SPDX-License-Identifier: MIT */
/* fuzz-schema.c: a schema on the first line, a value on the others. */
#include "fuzz.h"

#include "json/equal.h"
#include "schema/schema.h"

static void validate(struct oc_text text, const struct oc_json *value)
{
	struct oc_schema *schema = NULL;
	struct oc_err err = {.code = OC_OK};
	bool equal = false;
	int rc = oc_schema_new(text, OC_FORMATS_ENFORCED, &schema, &err);

	want((rc == 0 || rc == OC_EDATA) && err.code == rc && !*err.message == !rc);
	want(!schema == !!rc);
	if (rc)
		return;
	rc = oc_schema_validate(schema, value, &err);
	want((rc == 0 || rc == OC_EPROTO) && err.code == rc && !*err.message == !rc);
	want(oc_schema_validate(schema, value, NULL) == rc);
	want(oc_json_equal(value, 0, value, 0, &equal) == 0 && equal);
	oc_schema_free(schema);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *newline = size ? memchr(text, '\n', size) : NULL;
	size_t n = newline ? (size_t)(newline - text) : size;
	struct oc_json value;

	oc_json_init(&value);
	if (newline && !oc_json_parse(&value, text + n + 1, size - n - 1, NULL))
		validate((struct oc_text){text, n}, &value);
	oc_json_release(&value);
	return 0;
}
