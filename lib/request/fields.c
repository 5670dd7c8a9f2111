/* SPDX-License-Identifier: MIT */
/* fields.c: fields of a body that are given as JSON. */
#include "compat.h"

#include "json/merge.h"
#include "request/fields.h"
#include "text/err.h"

static int check_names(const struct oc_json *j, struct oc_err *err)
{
	static const char *const own[] = {"model", "messages", "stream"};

	if (oc_json_type(j, 0) != OC_JSON_OBJECT)
		return oc_err_set(err, OC_EARG, "the further fields are no JSON object");
	for (size_t i = 0; i < OC_COUNT(own); i++) {
		if (oc_json_get(j, 0, own[i]) != OC_JSON_NONE)
			return oc_err_set(err, OC_EARG, "the field \"%s\" cannot be set so",
			                  own[i]);
	}
	return OC_OK;
}

int oc_fields_check(struct oc_text fields, struct oc_err *err)
{
	struct oc_json j;
	struct oc_err why = {0};
	int rc;

	if (!fields.n)
		return OC_OK;
	if (fields.n > OC_FIELDS_MAX)
		return oc_err_set(err, OC_EDATA, "the further fields are larger than %zu bytes",
		                  OC_FIELDS_MAX);
	oc_json_init(&j);
	rc = oc_json_parse(&j, fields.p, fields.n, &why);
	if (rc)
		rc = oc_err_set(err, rc == OC_ENOMEM ? OC_ENOMEM : OC_EDATA,
		                "the further fields are unusable: %s", why.message);
	else if ((size_t)j.ntok > OC_FIELDS_VALUES_MAX)
		rc = oc_err_set(err, OC_EDATA,
		                "the further fields have more than %zu names and values",
		                OC_FIELDS_VALUES_MAX);
	else
		rc = check_names(&j, err);
	oc_json_release(&j);
	return rc;
}

/* Takes from a patch the members that the object `at` of `by` has; the text is in *kept then. */
static int take_off(struct oc_json *patch, const struct oc_json *by, int at, struct oc_buf *kept,
                    struct oc_err *err)
{
	oc_json_without(patch, by, at, kept);
	return kept->bad ? oc_err_nomem(err) : oc_json_parse(patch, kept->p, kept->n, err);
}

/* *patch becomes the fields, but for those that the line has, and those of a stream; the text is in
 * *kept. */
static int parse_patch(struct oc_text fields, const struct oc_json *line, int at,
                       struct oc_json *patch, struct oc_buf kept[2], struct oc_err *err)
{
	static const char streams[] = "{\"stream_options\":true}";
	struct oc_json other;
	int rc = oc_json_parse(patch, fields.p, fields.n, err);

	oc_json_init(&other);
	if (!rc)
		rc = oc_json_parse(&other, streams, strlen(streams), err);
	if (!rc)
		rc = take_off(patch, &other, 0, &kept[0], err);
	oc_json_release(&other);
	return rc || at == OC_JSON_NONE ? rc : take_off(patch, line, at, &kept[1], err);
}

int oc_fields_apply(struct oc_text fields, const struct oc_json *line, int at, struct oc_text body,
                    struct oc_buf *out, struct oc_err *err)
{
	struct oc_json own;
	struct oc_json patch;
	struct oc_buf kept[2] = {{0}};
	struct oc_err why = {0};
	int rc;

	oc_json_init(&own);
	oc_json_init(&patch);
	oc_buf_init(&kept[0], 2 * OC_FIELDS_MAX);
	oc_buf_init(&kept[1], 2 * OC_FIELDS_MAX);
	rc = oc_json_parse(&own, body.p, body.n, &why);
	if (!rc)
		rc = parse_patch(fields, line, at, &patch, kept, &why);
	if (!rc)
		oc_json_merge(&own, &patch, out);
	oc_buf_release(&kept[1]);
	oc_buf_release(&kept[0]);
	oc_json_release(&patch);
	oc_json_release(&own);
	if (!rc || rc == OC_ENOMEM)
		return rc ? oc_err_nomem(err) : OC_OK;
	return oc_err_set(err, OC_EDATA, "the further fields do not go into the request: %s",
	                  why.message);
}

int oc_fields_stream(struct oc_text fields, struct oc_buf *out, bool *own, struct oc_err *err)
{
	static const char usage[] = "{\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
	struct oc_json stream, changed;
	struct oc_buf merged = {0};
	struct oc_text options;
	int rc;

	oc_json_init(&stream);
	oc_json_init(&changed);
	oc_buf_init(&merged, 2 * OC_FIELDS_MAX);
	rc = oc_json_parse(&stream, usage, strlen(usage), err);
	if (!rc && fields.n)
		rc = oc_json_parse(&changed, fields.p, fields.n, err);
	*own = !rc && oc_json_get(&changed, 0, "stream_options") != OC_JSON_NONE;
	if (*own) {
		oc_json_merge(&stream, &changed, &merged);
		rc = merged.bad ? oc_err_nomem(err)
		                : oc_json_parse(&stream, merged.p, merged.n, err);
	}
	options = oc_json_raw(&stream, oc_json_get(&stream, 0, "stream_options"));
	oc_buf_puts(out, options.n ? ",\"stream\":true,\"stream_options\":" : ",\"stream\":true");
	oc_buf_add(out, options.p, options.n);
	oc_buf_release(&merged);
	oc_json_release(&changed);
	oc_json_release(&stream);
	return rc;
}

int64_t oc_fields_limit(const struct oc_json *j, int at, int64_t otherwise)
{
	static const char *const names[] = {"max_tokens", "max_completion_tokens"};
	int64_t limit = 0;

	for (size_t i = 0; i < OC_COUNT(names); i++) {
		int value = oc_json_given(j, at, names[i]);
		int64_t n;

		if (value == OC_JSON_NONE)
			continue;
		if (!oc_json_int64(j, value, &n) || n < 1)
			return 0; /* the server will have its own thoughts */
		limit = limit && limit < n ? limit : n;
	}
	return limit ? limit : otherwise;
}

/* The request's fields, which have been checked; nothing where it has none. */
static void parse_fields(struct oc_json *j, const struct oc_request *req)
{
	oc_json_init(j);
	if (req->fields.n)
		(void)oc_json_parse(j, req->fields.p, req->fields.n, NULL);
}

int64_t oc_request_limit(const struct oc_request *req)
{
	struct oc_json j;
	bool removed;
	int64_t limit;

	parse_fields(&j, req);
	removed = oc_json_type(&j, oc_json_get(&j, 0, "max_tokens")) == OC_JSON_NULL;
	limit = oc_fields_limit(&j, 0, removed ? 0 : req->max_tokens);
	oc_json_release(&j);
	return limit;
}

bool oc_fields_tools(const struct oc_json *j, int at, bool otherwise)
{
	return otherwise || oc_json_given(j, at, "tools") != OC_JSON_NONE ||
	       oc_json_given(j, at, "functions") != OC_JSON_NONE;
}

bool oc_request_has_tools(const struct oc_request *req)
{
	struct oc_json j;
	bool removed, has;

	parse_fields(&j, req);
	removed = oc_json_type(&j, oc_json_get(&j, 0, "tools")) == OC_JSON_NULL;
	has = oc_fields_tools(&j, 0, req->tools.n && !removed);
	oc_json_release(&j);
	return has;
}
