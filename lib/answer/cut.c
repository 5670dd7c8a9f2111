/* SPDX-License-Identifier: MIT */
/* cut.c: what a finish reason says. */
#include "compat.h"

#include <strings.h>

#include "answer/cut.h"

enum ending { MODEL, LIMIT, CEILING, FILTER, GAVE_UP, FAILED };

/* The words of OpenAI, and those of others that some servers let through (docs/QUIRKS.md). */
static const struct {
	const char *reason;
	enum ending ending;
} endings[] = {
        {"length", LIMIT},
        {"max_tokens", LIMIT},
        {"model_length", CEILING},
        {"content_filter", FILTER},
        {"safety", FILTER},
        {"recitation", FILTER},
        {"blocklist", FILTER},
        {"prohibited_content", FILTER},
        {"spii", FILTER},
        {"sensitive", FILTER},
        {"insufficient_system_resource", GAVE_UP},
        {"network_error", GAVE_UP},
        {"abort", GAVE_UP},
        {"error", FAILED},
};

static enum ending ending_of(const char *reason)
{
	for (size_t i = 0; reason && i < OC_COUNT(endings); i++) {
		if (strcasecmp(reason, endings[i].reason) == 0)
			return endings[i].ending;
	}
	return MODEL;
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
	int64_t n = made(&reply->usage);

	switch (ending_of(reply->finish_reason)) {
	case LIMIT:
		return max_tokens > 0 && (n <= 0 || n >= max_tokens) && !reply->tool_calls
		               ? OC_CUT_OWN
		               : OC_CUT_LENGTH;
	case CEILING:
		return OC_CUT_LENGTH;
	case FILTER:
		return OC_CUT_FILTER;
	case MODEL:
	case GAVE_UP:
	case FAILED:
		break;
	}
	return OC_CUT_NONE;
}

int oc_cut_broken(const char *finish_reason, struct oc_err *err)
{
	enum ending ending = ending_of(finish_reason);
	int rc;

	if (ending != GAVE_UP && ending != FAILED)
		return 0;
	rc = oc_err_set(err, ending == GAVE_UP ? OC_EBUSY : OC_EPROTO,
	                "the server broke the answer off (finish_reason \"%s\")", finish_reason);
	if (err)
		err->retry = ending == GAVE_UP;
	return rc;
}
