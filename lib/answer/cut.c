/* SPDX-License-Identifier: MIT */
/* cut.c: what a finish reason says. */
#include "compat.h"

#include <strings.h>

#include "answer/cut.h"

/* The words of OpenAI, and those of others that some servers let through (docs/QUIRKS.md). */
static const struct ending {
	const char *reason;  /* NULL = any other: the model ended it */
	enum oc_cut cut;     /* OC_CUT_OWN = at a limit that may be the request's own */
	enum oc_code broken; /* as oc_cut_broken() returns it */
} endings[] = {
        {"length", OC_CUT_OWN, OC_OK},
        {"max_tokens", OC_CUT_OWN, OC_OK},
        {"model_length", OC_CUT_LENGTH, OC_OK},
        {"content_filter", OC_CUT_FILTER, OC_OK},
        {"safety", OC_CUT_FILTER, OC_OK},
        {"recitation", OC_CUT_FILTER, OC_OK},
        {"blocklist", OC_CUT_FILTER, OC_OK},
        {"prohibited_content", OC_CUT_FILTER, OC_OK},
        {"spii", OC_CUT_FILTER, OC_OK},
        {"sensitive", OC_CUT_FILTER, OC_OK},
        {"insufficient_system_resource", OC_CUT_NONE, OC_EBUSY},
        {"network_error", OC_CUT_NONE, OC_EBUSY},
        {"abort", OC_CUT_NONE, OC_EBUSY},
        {"error", OC_CUT_NONE, OC_EPROTO},
        {NULL, OC_CUT_NONE, OC_OK},
};

static const struct ending *ending_of(const char *reason)
{
	const struct ending *ending = endings;

	while (ending->reason && (!reason || strcasecmp(reason, ending->reason) != 0))
		ending++;
	return ending;
}

/* The tokens that count towards a limit; 0 = not known. */
static int64_t made(const struct oc_usage *usage)
{
	int64_t rest = 0;

	if (usage->total_tokens >= 0 && usage->input_tokens >= 0)
		rest = usage->total_tokens - usage->input_tokens;
	return rest > usage->output_tokens ? rest : usage->output_tokens;
}

enum oc_cut oc_cut(const struct oc_reply *reply, int64_t max_tokens)
{
	enum oc_cut cut = ending_of(reply->finish_reason)->cut;
	int64_t n = made(&reply->usage);
	bool own = max_tokens > 0 && (n <= 0 || n >= max_tokens) && !reply->tool_calls;

	return cut == OC_CUT_OWN && !own ? OC_CUT_LENGTH : cut;
}

int oc_cut_broken(const char *finish_reason, struct oc_err *err)
{
	enum oc_code code = ending_of(finish_reason)->broken;

	if (!code)
		return 0;
	(void)oc_err_set(err, code, "the server broke the answer off (finish_reason \"%s\")",
	                 finish_reason);
	if (err)
		err->retry = code == OC_EBUSY;
	return code;
}
