/* SPDX-License-Identifier: MIT */
/* tools.c: the tools that a model may call. */
#include "compat.h"

#include "request/tools.h"
#include "text/err.h"
#include "text/utf8.h"

/* The name of a tool that is a function; OC_JSON_NONE where it is another, or none. */
static int tool_name(const struct oc_json *j, int tool)
{
	int name = oc_json_get(j, oc_json_get(j, tool, "function"), "name");

	return oc_json_type(j, name) == OC_JSON_STRING ? name : OC_JSON_NONE;
}

static int check_tool(const struct oc_json *j, int tool, size_t number, struct oc_err *err)
{
	int type = oc_json_get(j, tool, "type");

	if (oc_json_type(j, type) != OC_JSON_STRING)
		return oc_err_set(err, OC_EDATA, "tool %zu is no object with a \"type\"", number);
	if (oc_json_is(j, type, "function") && tool_name(j, tool) == OC_JSON_NONE)
		return oc_err_set(
		        err, OC_EDATA,
		        "tool %zu is of type \"function\", and has no \"function\" with a "
		        "\"name\"",
		        number);
	return 0;
}

/* The words of the API; all else is a name. */
static bool is_choice_word(const char *choice)
{
	return strcmp(choice, "auto") == 0 || strcmp(choice, "none") == 0 ||
	       strcmp(choice, "required") == 0;
}

/* Is it a word of the API, or one of the tools? */
static bool is_choice(const struct oc_json *j, const char *choice)
{
	bool is = is_choice_word(choice);

	for (int at = oc_json_first(j, 0); at != OC_JSON_NONE && !is; at = oc_json_next(j, 0, at))
		is = oc_json_is(j, tool_name(j, at), choice);
	return is;
}

static int check_each_tool(const struct oc_json *j, const char *choice, struct oc_err *err)
{
	size_t n = 0;
	int rc = 0;

	if (oc_json_item(j, 0, 0) == OC_JSON_NONE)
		return oc_err_set(err, OC_EDATA, "the tools are no array with something in it");
	for (int at = oc_json_first(j, 0); at != OC_JSON_NONE && !rc; at = oc_json_next(j, 0, at))
		rc = check_tool(j, at, ++n, err);
	if (!rc && choice && !is_choice(j, choice))
		rc = oc_err_set(err, OC_EARG,
		                "the tool \"%s\" that is to be called is none of those "
		                "that are given",
		                choice);
	return rc;
}

int oc_tools_check(struct oc_text tools, const char *choice, struct oc_err *err)
{
	struct oc_json j;
	struct oc_err why = {0};
	int rc;

	if (choice && (!*choice || !oc_utf8_printable(choice, strlen(choice))))
		return oc_err_set(err, OC_EARG, "the choice of a tool is no word");
	if (!tools.n)
		return 0;
	oc_json_init(&j);
	rc = oc_json_parse(&j, tools.p, tools.n, &why);
	if (rc)
		rc = oc_err_set(err, rc == OC_ENOMEM ? OC_ENOMEM : OC_EDATA,
		                "the tools are unusable: %s", why.message);
	else
		rc = check_each_tool(&j, choice, err);
	oc_json_release(&j);
	return rc;
}

void oc_tools_put_choice(struct oc_jsonw *w, const char *choice)
{
	if (is_choice_word(choice)) {
		oc_jsonw_string(w, choice, strlen(choice));
		return;
	}
	oc_jsonw_open(w, '{');
	oc_jsonw_member(w, "type", "function");
	oc_jsonw_member_open(w, "function", '{');
	oc_jsonw_member(w, "name", choice);
	oc_jsonw_close(w, '}');
	oc_jsonw_close(w, '}');
}
