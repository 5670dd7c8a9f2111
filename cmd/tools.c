/* SPDX-License-Identifier: MIT */
/* tools.c: the tools that a model may call, from a file. */
#include "compat.h"

#include "input.h"
#include "json/json.h"
#include "json/writer.h"
#include "prompt.h"
#include "tools.h"

static bool is_known(const struct oc_json *j, int key)
{
	return oc_json_is(j, key, "name") || oc_json_is(j, key, "description") ||
	       oc_json_is(j, key, "parameters") || oc_json_is(j, key, "strict");
}

/* A function stands alone where nothing says that it is a tool. Other APIs have other members,
 * which a server would not look at. */
static bool is_function(const struct ask *ask, const struct oc_json *j, int tool)
{
	if (oc_json_get(j, tool, "type") != OC_JSON_NONE ||
	    oc_json_type(j, oc_json_get(j, tool, "name")) != OC_JSON_STRING)
		return false;
	for (int key = oc_json_first(j, tool); key != OC_JSON_NONE;
	     key = oc_json_next(j, tool, key)) {
		if (!is_known(j, key))
			cli_die(CLI_DATAERR, "%s: a function has no member %.*s",
			        input_name(ask->tools_file), (int)oc_json_raw(j, key).n,
			        oc_json_raw(j, key).p);
	}
	return true;
}

static void put_tool(struct oc_jsonw *w, struct oc_text raw, bool function)
{
	if (function) {
		oc_jsonw_open(w, '{');
		oc_jsonw_member(w, "type", "function");
		oc_jsonw_key(w, "function");
	}
	oc_jsonw_foreign(w, raw);
	if (function)
		oc_jsonw_close(w, '}');
}

void tools_read(struct ask *ask)
{
	struct oc_buf tools = {0};
	struct oc_jsonw w;
	struct oc_json j;
	int rc;

	if (!ask->tools_file)
		return;
	prompt_read_array(ask, ask->tools_file, "tools", &ask->tools);
	oc_json_init(&j);
	oc_buf_init(&tools, SIZE_MAX / 2);
	oc_jsonw_init(&w, &tools);
	rc = oc_json_parse(&j, ask->tools.p, ask->tools.n, NULL);
	cli_need_memory(rc != OC_ENOMEM);
	if (!rc && oc_json_type(&j, 0) == OC_JSON_ARRAY) {
		oc_jsonw_open(&w, '[');
		for (int at = oc_json_first(&j, 0); at != OC_JSON_NONE;
		     at = oc_json_next(&j, 0, at))
			put_tool(&w, oc_json_raw(&j, at), is_function(ask, &j, at));
		oc_jsonw_close(&w, ']');
		oc_buf_release(&ask->tools);
		ask->tools = tools;
	}
	cli_need_memory(!tools.bad);
	oc_json_release(&j);
	ask->request.tools = oc_buf_text(&ask->tools);
}
