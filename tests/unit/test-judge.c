/* SPDX-License-Identifier: MIT */
/* test-judge.c: what every error of every server that is known means. */
#include "compat.h"

#include "answer/judge.h"
#include "text/text.h"
#include "unit.h"

/* ---- by the status alone ------------------------------------------------------------------ */

static bool is_one_of(int status, const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == status)
			return true;
	}
	return false;
}

/* The statuses of the manual: what is tried again, and of that, what asks for fewer at a time. */
TEST(every_status)
{
	static const int passing[] = {408, 409, 425, 429, 500, 502, 503,
	                              504, 520, 521, 522, 523, 524, 529};
	static const int crowded[] = {429, 503, 529};

	for (int status = 100; status < 700; status++) {
		struct oc_verdict v = oc_judge(status, oc_text_of(""), oc_text_of("why"));
		bool right = v.status == status &&
		             v.retry == is_one_of(status, passing, OC_COUNT(passing)) &&
		             v.slow == is_one_of(status, crowded, OC_COUNT(crowded)) &&
		             (!v.retry || v.code == OC_EBUSY) && !v.loading &&
		             v.no_api == (status == 405);

		if (!right)
			printf("# status %d\n", status);
		CHECK(right);
	}
}

/* ---- by the words ------------------------------------------------------------------------- */

enum want { REFUSED, QUOTA, RATE, BUSY, LOADING, NO_MODEL, NO_API, AUTH, UNKNOWN };

/* code, retry, slow, loading, no_api */
static const struct oc_verdict meanings[] = {
        [REFUSED] = {.code = OC_EREFUSED},
        [QUOTA] = {.code = OC_EQUOTA},
        [RATE] = {.code = OC_EBUSY, .retry = true, .slow = true},
        [BUSY] = {.code = OC_EBUSY, .retry = true},
        [LOADING] = {.code = OC_EBUSY, .retry = true, .loading = true},
        [NO_MODEL] = {.code = OC_ENOTFOUND},
        [NO_API] = {.code = OC_ENOTFOUND, .no_api = true},
        [AUTH] = {.code = OC_EAUTH},
        [UNKNOWN] = {.code = OC_EPROTO},
};

struct row {
	int status; /* 0: within a 200 */
	const char *kind;
	const char *words;
	enum want want;
	int named; /* the status that the kind stands for, where status is 0 */
};

static void check(const struct row *row)
{
	const struct oc_verdict *want = &meanings[row->want];
	struct oc_verdict got =
	        oc_judge(row->status, oc_text_of(row->kind), oc_text_of(row->words));

	printf("# %d %s %s\n", row->status, row->kind, row->words);
	CHECK_INT(got.code, want->code);
	CHECK_INT(got.retry, want->retry);
	CHECK_INT(got.slow, want->slow);
	CHECK_INT(got.loading, want->loading);
	CHECK_INT(got.no_api, want->no_api);
	CHECK_INT(got.status, row->status ? row->status : row->named);
}

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(&rows[i]);
}

/* What the services say when a limit is reached, in their own words; QUIRKS.md has the sources. */
TEST(limits)
{
	static const struct row rows[] = {
	        /* OpenAI */
	        {429, "tokens rate_limit_exceeded",
	         "Request too large for gpt-4o in organization org-x on tokens per min (TPM): "
	         "Limit "
	         "30000, Requested 61337. The input or output tokens must be reduced in order to "
	         "run "
	         "successfully. Visit https://platform.openai.com/account/rate-limits to learn "
	         "more.",
	         REFUSED, 0},
	        {429, "tokens rate_limit_exceeded",
	         "Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): "
	         "Limit "
	         "30000, Used 29000, Requested 1823. Please try again in 1.6s. You can increase "
	         "your "
	         "rate limit by adding a payment method to your account at "
	         "https://platform.openai.com/account/billing.",
	         RATE, 0},
	        {429, "requests rate_limit_exceeded",
	         "Rate limit reached for gpt-4 in organization org-x on requests per day (RPD): "
	         "Limit "
	         "200, Used 200, Requested 1. Please try again in 7m12s.",
	         QUOTA, 0},
	        {429, "insufficient_quota insufficient_quota",
	         "You exceeded your current quota, please check your plan and billing details.",
	         QUOTA, 0},
	        {429, "billing_not_active",
	         "Your account is not active, please check your billing details on our website.",
	         QUOTA, 0},
	        {400, "invalid_request_error billing_hard_limit_reached",
	         "Billing hard limit has been reached", QUOTA, 0},
	        {429, "monthly_limit_exceeded", "no", QUOTA, 0},
	        /* Azure */
	        {429, "429",
	         "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version "
	         "2024-05-01-preview have exceeded token rate limit of your current OpenAI S0 "
	         "pricing "
	         "tier. Please retry after 86400 seconds. Please go here: "
	         "https://aka.ms/oai/quotaincrease if you would like to further increase the "
	         "default "
	         "rate limit.",
	         RATE, 0},
	        {429, "RATE_LIMITED",
	         "The system is currently experiencing high demand and cannot process your "
	         "request. "
	         "Your request exceeds the maximum usage size allowed during peak load. Please "
	         "retry "
	         "after 20 seconds.",
	         RATE, 0},
	        /* Groq */
	        {429, "tokens rate_limit_exceeded",
	         "Rate limit reached for model `llama3-70b-8192` in organization `org_x` service "
	         "tier "
	         "`on_demand` on tokens per minute (TPM): Limit 6000, Used 5914, Requested 1822. "
	         "Please try again in 17.359s. Need more tokens? Upgrade to Dev Tier today at "
	         "https://console.groq.com/settings/billing",
	         RATE, 0},
	        {429, "tokens rate_limit_exceeded",
	         "Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_x` "
	         "service tier `on_demand` on tokens per day (TPD): Limit 100000, Used 97050, "
	         "Requested 3619. Please try again in 9m38.016s.",
	         QUOTA, 0},
	        {413, "tokens rate_limit_exceeded",
	         "Request too large for model `llama-3.1-8b-instant` on tokens per minute (TPM): "
	         "Limit 6000, Requested 9000, please reduce your message size and try again.",
	         REFUSED, 0},
	        /* Cerebras */
	        {429, "too_many_requests_error request_quota_exceeded",
	         "Requests per minute limit exceeded - too many requests sent.", RATE, 0},
	        {429, "too_many_tokens_error token_quota_exceeded",
	         "Tokens per minute limit exceeded - too many tokens processed.", RATE, 0},
	        {429, "too_many_tokens_error token_quota_exceeded",
	         "Tokens per day limit exceeded - too many tokens processed.", QUOTA, 0},
	        /* Vertex and Gemini */
	        {429, "429 RESOURCE_EXHAUSTED",
	         "Quota exceeded for aiplatform.googleapis.com/"
	         "generate_content_requests_per_minute_per_project_per_base_model with base model: "
	         "gemini-pro. Please submit a quota increase request.",
	         RATE, 0},
	        {429, "429 RESOURCE_EXHAUSTED",
	         "Quota exceeded for aiplatform.googleapis.com/online_prediction_requests_per_base_"
	         "model with base model: gemini-pro.",
	         RATE, 0},
	        {429, "429 RESOURCE_EXHAUSTED",
	         "Quota exceeded for quota metric 'Generate Content API requests per minute' and "
	         "limit 'GenerateContent request limit per minute for a region' of service "
	         "'generativelanguage.googleapis.com' for consumer 'project_number:1'.",
	         RATE, 0},
	        {429, "429 RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).",
	         QUOTA, 0},
	        {429, "429 RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later.", RATE,
	         0},
	        {429, "429 RESOURCE_EXHAUSTED",
	         "You exceeded your current quota, please check your plan and billing details. * "
	         "Quota "
	         "exceeded for metric: generativelanguage.googleapis.com/"
	         "generate_content_free_tier_requests, limit: 15 Please retry in 36.9s. "
	         "\"quotaId\": \"GenerateRequestsPerMinutePerProjectPerModel-FreeTier\"",
	         RATE, 0},
	        {429, "429 RESOURCE_EXHAUSTED",
	         "You exceeded your current quota, please check your plan and billing details. "
	         "Please "
	         "retry in 58.8s. \"quotaId\": "
	         "\"GenerateRequestsPerDayPerProjectPerModel-FreeTier\"",
	         QUOTA, 0},
	        {429, "429 RESOURCE_EXHAUSTED",
	         "You exceeded your current quota. \"quotaId\": "
	         "\"GenerateRequestsPerMinutePerProjectPerModel-FreeTier\", \"quotaId\": "
	         "\"GenerateRequestsPerDayPerProjectPerModel-FreeTier\"",
	         QUOTA, 0},
	        /* Mistral */
	        {429, "rate_limited 1300", "Requests rate limit exceeded", RATE, 0},
	        {429, "invalid_request_error", "Service tier capacity exceeded for this model.",
	         RATE, 0},
	        /* Together */
	        {429, "model_rate_limit",
	         "You have reached the rate limit specific to this model x. The maximum rate limit "
	         "for "
	         "this model is 6.0 queries and 180000 tokens per minute.",
	         RATE, 0},
	        {402, "credit_limit", "Credit limit exceeded, please navigate to billing", QUOTA,
	         0},
	        /* OpenRouter */
	        {429, "429",
	         "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free "
	         "model "
	         "requests per day",
	         QUOTA, 0},
	        {429, "429", "Rate limit exceeded: free-models-per-min. ", RATE, 0},
	        {429, "429",
	         "Provider returned error: x/y:free is temporarily rate-limited upstream. Please "
	         "retry "
	         "shortly, or add your own key to accumulate your rate limits",
	         RATE, 0},
	        {402, "402",
	         "This request requires more credits, or fewer max_tokens. You requested up to "
	         "65536 "
	         "tokens, but can only afford 5000.",
	         QUOTA, 0},
	        {403, "403",
	         "Your chosen model requires moderation and your input was flagged for x", REFUSED,
	         0},
	        /* DeepSeek */
	        {402, "unknown_error invalid_request_error", "Insufficient Balance", QUOTA, 0},
	        /* Anthropic */
	        {429, "rate_limit_error",
	         "This request would exceed the rate limit for your organization of 20,000 input "
	         "tokens "
	         "per minute. Please reduce the prompt length or the maximum tokens requested, or "
	         "try "
	         "again later.",
	         RATE, 0},
	        {400, "invalid_request_error",
	         "Your credit balance is too low to access the Anthropic API. Please go to Plans & "
	         "Billing to upgrade or purchase credits.",
	         QUOTA, 0},
	        {400, "invalid_request_error",
	         "You have reached your specified API usage limits. You will regain access on "
	         "2026-12-01 at 00:00 UTC.",
	         QUOTA, 0},
	        {529, "overloaded_error", "Overloaded", RATE, 0},
	        /* xAI */
	        {429, "",
	         "Your team x has either used all available credits or reached its monthly "
	         "spending "
	         "limit. To continue making API requests, please purchase more credits or raise "
	         "your "
	         "spending limit.",
	         QUOTA, 0},
	        {403, "permission-denied",
	         "Your team x has either used all available credits or reached its monthly "
	         "spending "
	         "limit.",
	         QUOTA, 0},
	        {403, "", "You have run out of credits or need a Grok subscription.", QUOTA, 0},
	        /* Moonshot */
	        {429, "rate_limit_reached_error",
	         "Your account request reached max request: 3, please try again after 1 seconds",
	         RATE, 0},
	        {429, "exceeded_current_quota_error",
	         "Your account x is suspended, please check your plan and billing details", QUOTA,
	         0},
	        {429, "engine_overloaded_error", "The engine is currently overloaded", RATE, 0},
	        /* Cohere, GitHub Models, Bedrock, Zhipu, Cloudflare */
	        {429, "",
	         "You are using a Trial key, which is limited to 40 API calls / minute. You can "
	         "continue to use the Trial key for free or upgrade.",
	         RATE, 0},
	        {429, "", "You are using a Trial key, which is limited to 1000 API calls / month.",
	         QUOTA, 0},
	        {429, "RateLimitReached",
	         "Rate limit of 10 per 60s exceeded for UserByModelByMinute. Please wait 7 seconds "
	         "before retrying.",
	         RATE, 0},
	        {429, "RateLimitReached",
	         "Rate limit of 150 per 86400s exceeded for UserByModelByDay. Please wait 41369 "
	         "seconds before retrying.",
	         QUOTA, 0},
	        {429, "ThrottlingException", "Too many tokens, please wait before trying again.",
	         RATE, 0},
	        {429, "ThrottlingException",
	         "Too many tokens per day, please wait before trying again.", QUOTA, 0},
	        {429, "1113", "\xe4\xbd\x99\xe9\xa2\x9d\xe4\xb8\x8d\xe8\xb6\xb3", QUOTA, 0},
	        {429, "3036", "you have used up your daily free allocation of 10,000 neurons",
	         QUOTA, 0},
	        /* Ollama */
	        {429, "", "you (u) have reached your weekly usage limit, upgrade for higher limits",
	         QUOTA, 0},
	        {429, "", "you (u) have reached your session usage limit", QUOTA, 0},
	        {403, "", "this model requires a subscription, upgrade for access: u", QUOTA, 0},
	        {429, "", "timed out waiting for a concurrent request slot", RATE, 0},
	        {503, "", "timed out waiting for a concurrent request slot", RATE, 0},
	        {503, "", "Server overloaded, please retry shortly (ref: 1b)", RATE, 0},
	        {503, "", "server busy, please try again.  maximum pending requests exceeded", RATE,
	         0},
	        /* words that say nothing with another status */
	        {500, "", "usage limit", BUSY, 0},
	        {400, "", "quota", REFUSED, 0},
	        {400, "", "Field required, input: 'What is the usage limit of my credit balance?'",
	         REFUSED, 0},
	        {400, "", "at most 100 images per minute", REFUSED, 0},
	        {401, "", "no credits", AUTH, 0},
	        {429, "", "", RATE, 0},
	};

	check_rows(rows, OC_COUNT(rows));
}

TEST(missing_models)
{
	static const struct row rows[] = {
	        /* llama.cpp's router */
	        {400, "400 invalid_request_error", "model 'qwen-9' not found", NO_MODEL, 0},
	        {400, "400 invalid_request_error", "model is not loaded", NO_MODEL, 0},
	        {500, "500 server_error", "model name=qwen-9 is not found", NO_MODEL, 0},
	        {500, "500 server_error", "model name=qwen-9 failed to load", BUSY, 0},
	        /* others */
	        {404, "", "model \"x\" not found, try pulling it first", NO_MODEL, 0},
	        {404, "model_not_found",
	         "The model `x` does not exist or you do not have access to it.", NO_MODEL, 0},
	        {403, "invalid_request_error model_not_found",
	         "Project `proj_x` does not have access to model `gpt-9`", NO_MODEL, 0},
	        {503, "new_api_error model_not_found",
	         "No available channel for model x under group default", NO_MODEL, 0},
	        {404, "404 NotFoundError", "The model `x` does not exist.", NO_MODEL, 0},
	        {400, "400",
	         "/chat/completions: Invalid model name passed in model=x. Call `/v1/models` to "
	         "view "
	         "available models for your key.",
	         NO_MODEL, 0},
	        {400, "1500 invalid_model", "Invalid model: mistral-9", NO_MODEL, 0},
	        {400, "400", "Invalid model 'perplexity/sonar'. Permitted models can be found in x",
	         NO_MODEL, 0},
	        {400, "invalid_request_error", "Model Not Exist", NO_MODEL, 0},
	        {400, "400", "foo/bar is not a valid model ID", NO_MODEL, 0},
	        {400, "ValidationException", "The provided model identifier is invalid.", NO_MODEL,
	         0},
	        {400, "model_not_found", "no", NO_MODEL, 0},
	        {400, "", "No models loaded. Please load a model in the developer page", NO_MODEL,
	         0},
	        {410, "", "x was retired", NO_MODEL, 0},
	        /* and what only sounds so */
	        {400, "", "The model does not support images", REFUSED, 0},
	        {400, "", "tool 'weather' not found", REFUSED, 0},
	        {422, "", "Failed to deserialize the JSON body into the target type", REFUSED, 0},
	        {500, "", "the model has crashed: file not found", BUSY, 0},
	};

	check_rows(rows, OC_COUNT(rows));
}

TEST(wrong_addresses)
{
	static const struct row rows[] = {
	        {404, "", "404 page not found", NO_API, 0},
	        {404, "", "Not Found", NO_API, 0},
	        {404, "404", "Resource not found", NO_API, 0},
	        {404, "404 not_found_error", "File Not Found", NO_API, 0},
	        {404, "", "Cannot POST /chat/completions", NO_API, 0},
	        {404, "", "Route POST:/chat/completions not found", NO_API, 0},
	        {404, "", "no Route matched with those values", NO_API, 0},
	        {404, "", "404 Not Found", NO_API, 0},
	        {404, "", "", NO_API, 0},
	        {404, "not_found_error", "", NO_API, 0},
	        {0, "", "Unexpected endpoint or method. (POST /chat/completions)", NO_API, 0},
	        {404, "", "model not found", NO_MODEL, 0},
	        {400, "", "Not Found", REFUSED, 0},
	        {405, "", "method not allowed", NO_API, 0},
	};

	for (size_t i = 0; i + 1 < OC_COUNT(rows); i++)
		check(&rows[i]);
	/* A method that is not allowed is one, but has the status of a refusal. */
	CHECK_INT(oc_judge(405, oc_text_of(""), oc_text_of("no")).code, OC_EREFUSED);
	CHECK(oc_judge(405, oc_text_of(""), oc_text_of("no")).no_api);
}

TEST(requests_at_fault)
{
	static const struct row rows[] = {
	        /* llama.cpp, as 500 */
	        {500, "500 server_error",
	         "image input is not supported - hint: if this is unexpected, you may need to "
	         "provide "
	         "the mmproj",
	         REFUSED, 0},
	        {500, "500 server_error", "image input is not supported by this server", REFUSED,
	         0},
	        {500, "500 server_error", "Failed to load image or audio file", REFUSED, 0},
	        {500, "500 server_error", "failed to decode image bytes", REFUSED, 0},
	        {500, "500 server_error", "Invalid url format: data:x", REFUSED, 0},
	        {500, "500 server_error",
	         "Failed to parse messages: Unsupported content part type: \"image_url\"; messages "
	         "= []",
	         REFUSED, 0},
	        {500, "500 server_error", "tools param requires --jinja flag", REFUSED, 0},
	        {500, "500 server_error",
	         "Conversation roles must alternate user/assistant/user/assistant/...", REFUSED, 0},
	        {500, "500 server_error",
	         "input is too large to process. increase the physical batch size", REFUSED, 0},
	        {0, "500 server_error", "failed to decode image bytes", REFUSED, 500},
	        /* Ollama */
	        {500, "api_error", "this model is missing data required for image input", REFUSED,
	         0},
	        {500, "api_error", "the input length exceeds the context length", REFUSED, 0},
	        /* too long, however it is said */
	        {400, "exceed_context_size_error",
	         "request (9412 tokens) exceeds the available context size (8192 tokens), try "
	         "increasing it",
	         REFUSED, 0},
	        {400, "context_length_exceeded",
	         "This model's maximum context length is 8192 tokens.", REFUSED, 0},
	        {500, "", "This model's maximum context length is 8192 tokens.", REFUSED, 0},
	        {0, "exceed_context_size_error", "too long", REFUSED, 400},
	        /* and servers that are */
	        {500, "500 server_error", "failed to parse the request", BUSY, 0},
	        {500, "api_error", "an error was encountered while running the model", BUSY, 0},
	        {502, "", "image input is not supported", BUSY, 0},
	};

	check_rows(rows, OC_COUNT(rows));
}

TEST(models_on_their_way)
{
	static const struct row rows[] = {
	        {503, "503 unavailable_error", "Loading model", LOADING, 0},
	        {503, "", "Model x/y is currently loading", LOADING, 0},
	        {503, "", "model 'x' is loading", LOADING, 0},
	        {503, "", "The model is not ready for inference", LOADING, 0},
	        {0, "", "Loading model", LOADING, 0},
	        {503, "", "error loading model: no such file", RATE, 0},
	        {503, "", "Loading model failed", RATE, 0},
	        {500, "", "error loading model", BUSY, 0},
	        {400, "", "Loading model", REFUSED, 0},
	};

	check_rows(rows, OC_COUNT(rows));
}

/* ---- within a 200 ------------------------------------------------------------------------- */

TEST(kinds_without_a_number)
{
	static const struct row rows[] = {
	        {0, "insufficient_quota", "x", QUOTA, 429},
	        {0, "rate_limit_error", "x", RATE, 429},
	        {0, "RateLimitError", "x", RATE, 429},
	        {0, "too_many_requests_error", "x", RATE, 429},
	        {0, "ThrottlingException", "x", RATE, 429},
	        {0, "overloaded_error", "x", RATE, 503},
	        {0, "unavailable_error", "Loading model", LOADING, 503},
	        {0, "timeout", "x", BUSY, 504},
	        {0, "authentication_error", "x", AUTH, 401},
	        {0, "UNAUTHENTICATED", "x", AUTH, 401},
	        {0, "permission_error", "x", AUTH, 403},
	        {0, "not_found_error", "x", NO_MODEL, 404},
	        {0, "NotFoundError", "x", NO_MODEL, 404},
	        {0, "model_not_found", "x", NO_MODEL, 404},
	        {0, "invalid_request_error", "x", REFUSED, 400},
	        {0, "BadRequestError", "x", REFUSED, 400},
	        {0, "server_error", "x", BUSY, 500},
	        {0, "InternalServerError", "x", BUSY, 500},
	        /* neither */
	        {0, "", "x", UNKNOWN, 0},
	        {0, "api_error null", "x", UNKNOWN, 0},
	        {0, "", "Rate limit reached", RATE, 0},
	        {0, "", "server busy", RATE, 0},
	        {0, "", "you have reached your weekly usage limit", QUOTA, 0},
	        {0, "", "model 'x' not found", NO_MODEL, 0},
	        /* a number counts before the kind */
	        {400, "rate_limit_error", "x", REFUSED, 0},
	        {501, "not_supported_error", "try again", UNKNOWN, 0},
	};

	for (size_t i = 0; i + 1 < OC_COUNT(rows); i++)
		check(&rows[i]);
	CHECK_INT(oc_judge(501, oc_text_of("not_supported_error"), oc_text_of("try again")).code,
	          OC_EBUSY);
	CHECK(!oc_judge(501, oc_text_of("not_supported_error"), oc_text_of("try again")).retry);
}

/* ---- phrases ------------------------------------------------------------------------------ */

TEST(phrases)
{
	static const struct {
		const char *text;
		const char *phrase;
		int at; /* -1 = nowhere */
	} rows[] = {
	        {"a rate limit", "rate limit", 2},
	        {"RateLimit", "rate limit", 0},
	        {"RATE_LIMIT", "rate limit", 0},
	        {"rate - limit", "rate limit", 0},
	        {"rate. limit", "rate limit", -1},
	        {"rate limi", "rate limit", -1},
	        {"rrate limit", "rate limit", 1},
	        {"", "rate limit", -1},
	        {"model 'a b' not found", "model * not found", -1},
	        {"the model `x` not found", "model * not found", 4},
	        {"model  not found", "model * not found", -1},
	        {"model", "model * not found", -1},
	        {"model x", "model *", 0},
	        {"model ", "model *", -1},
	        {"_limit_exceeded", "_limit_exceeded", 0},
	        {" limit exceeded", "_limit_exceeded", -1},
	        {"Not Found", "=not found", 0},
	        {"Not Found.", "=not found", -1},
	        {"is Not Found", "=not found", -1},
	        {"", "=", 0},
	        {"x", "=", -1},
	        {"\xc3\x84 x", "x", 3},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		const char *found = oc_judge_find(oc_text_of(rows[i].text), rows[i].phrase);

		printf("# \"%s\" \"%s\"\n", rows[i].text, rows[i].phrase);
		CHECK_INT(found ? (int)(found - rows[i].text) : -1, rows[i].at);
	}
	/* Nothing is read beyond the end. */
	CHECK(!oc_judge_find((struct oc_text){"rate limit", 9}, "rate limit"));
	CHECK(!oc_judge_find((struct oc_text){"model x not found", 16}, "model * not found"));
	CHECK(!oc_judge_find((struct oc_text){NULL, 0}, "x"));
}
