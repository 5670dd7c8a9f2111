/* SPDX-License-Identifier: MIT */
/* judge.c: what a server's error means. The sources of the phrases are in docs/QUIRKS.md. */
#include "compat.h"

#include "answer/judge.h"
#include "text/text.h"

/* ---- by the status ------------------------------------------------------------------------ */

/* The statuses in which a phrase means something. */
enum {
	S_NONE = 1 << 0, /* an error within a 200 that names none */
	S_BAD = 1 << 1,  /* 400, 413, 422 and the rest of 4xx */
	S_403 = 1 << 2,
	S_404 = 1 << 3,
	S_429 = 1 << 4,
	S_500 = 1 << 5,
	S_503 = 1 << 6,
};

/* One that is not here has the row of its first digit. */
static const struct status {
	int status;
	enum oc_code code;
	bool retry;
	bool slow;
	unsigned class;   /* one of the above, or 0 */
	const char *text; /* NULL = it has no name */
} statuses[] = {
        {0, OC_EPROTO, false, false, S_NONE, NULL},
        {400, OC_EREFUSED, false, false, S_BAD, "Bad Request"},
        {401, OC_EAUTH, false, false, 0, "Unauthorized"},
        {402, OC_EQUOTA, false, false, 0, "Payment Required"},
        {403, OC_EAUTH, false, false, S_403, "Forbidden"},
        {404, OC_ENOTFOUND, false, false, S_404, "Not Found"},
        {405, OC_EREFUSED, false, false, S_BAD, "Method Not Allowed"},
        {407, OC_EAUTH, false, false, 0, NULL},
        {408, OC_EBUSY, true, false, 0, "Request Timeout"},
        {409, OC_EBUSY, true, false, 0, "Conflict"},
        {410, OC_ENOTFOUND, false, false, 0, "Gone"},
        {413, OC_EREFUSED, false, false, S_BAD, "Content Too Large"},
        {422, OC_EREFUSED, false, false, S_BAD, "Unprocessable"},
        {425, OC_EBUSY, true, false, 0, "Too Early"},
        {429, OC_EBUSY, true, true, S_429, "Too Many Requests"},
        {4, OC_EREFUSED, false, false, S_BAD, NULL},
        {500, OC_EBUSY, true, false, S_500, "Internal Server Error"},
        {501, OC_EBUSY, false, false, 0, "Not Implemented"},
        {502, OC_EBUSY, true, false, 0, "Bad Gateway"},
        {503, OC_EBUSY, true, true, S_503, "Service Unavailable"},
        {504, OC_EBUSY, true, false, 0, "Gateway Timeout"},
        {520, OC_EBUSY, true, false, 0, NULL},
        {521, OC_EBUSY, true, false, 0, NULL},
        {522, OC_EBUSY, true, false, 0, NULL},
        {523, OC_EBUSY, true, false, 0, NULL},
        {524, OC_EBUSY, true, false, 0, NULL},
        {529, OC_EBUSY, true, true, 0, NULL},
        {5, OC_EBUSY, false, false, 0, NULL},
};

static const struct status *row_of(int status)
{
	static const struct status other = {.code = OC_EPROTO};

	for (size_t i = 0; i < OC_COUNT(statuses); i++) {
		if (statuses[i].status == status || statuses[i].status == status / 100)
			return &statuses[i];
	}
	return &other;
}

static struct oc_verdict by_status(int status)
{
	const struct status *row = row_of(status);

	return (struct oc_verdict){.code = row->code,
	                           .status = status,
	                           .retry = row->retry,
	                           .slow = row->slow,
	                           .no_api = status == 405};
}

const char *oc_judge_status(int status)
{
	const char *text = row_of(status)->text;

	return text ? text : "no explanation";
}

/* ---- by the type or the code -------------------------------------------------------------- */

/* The status that an error within a 200 stands for, where it names its kind but no number. */
static int status_of_kind(struct oc_text kind)
{
	static const struct {
		const char *phrase;
		int status;
	} kinds[] = {
	        {"insufficient quota", 429}, {"rate limit", 429},      {"too many requests", 429},
	        {"quota exceeded", 429},     {"throttl", 429},         {"resource exhausted", 429},
	        {"overloaded", 503},         {"unavailable", 503},     {"timeout", 504},
	        {"deadline exceeded", 504},  {"authentication", 401},  {"unauth", 401},
	        {"invalid api key", 401},    {"permission", 403},      {"forbidden", 403},
	        {"not found", 404},          {"invalid request", 400}, {"bad request", 400},
	        {"invalid argument", 400},   {"exceed context", 400},  {"context length", 400},
	        {"internal", 500},           {"server error", 500},
	};

	for (size_t i = 0; i < OC_COUNT(kinds); i++) {
		if (oc_judge_find(kind, kinds[i].phrase))
			return kinds[i].status;
	}
	return 0;
}

/* ---- by the words ------------------------------------------------------------------------- */

enum meaning {
	NOTHING, /* what the status says */
	REFUSED, /* this request will never be answered */
	QUOTA,   /* used up: no request will be answered for hours */
	LATER,   /* too many requests, or too fast */
	LOADING,
	NO_MODEL,
	NO_API,
};

/* Those in which many do. */
enum {
	LIMITED = S_NONE | S_429,
	PAID = S_NONE | S_BAD | S_403 | S_429, /* of S_BAD only sentences: it repeats requests */
	DENIED = S_NONE | S_403 | S_429,
	NAMED = S_NONE | S_BAD | S_403 | S_500 | S_503,
	FAULT = S_NONE | S_500,
	WAITING = S_NONE | S_503,
};

/*
 * The first phrase that is there counts. A quota that is used up and a rate that is too high both
 * come as 429, and each is spoken of with words of the other: so come a rate by the minute, the
 * sure signs of a quota, quotas by the day, signs of a rate, and then words that occur in both.
 */
static const struct {
	unsigned where;
	enum meaning meaning;
	const char *phrase;
} phrases[] = {
        /* ---- limits ---- */
        {LIMITED, REFUSED, "request too large"},
        {LIMITED, QUOTA, "requests per day per project"},
        {LIMITED, LATER, "per min"},
        {LIMITED, LATER, "per second"},
        {LIMITED, LATER, "by minute"},
        {LIMITED, LATER, "/ min"},
        {LIMITED, LATER, "/ sec"},
        {LIMITED, LATER, "(rpm)"},
        {LIMITED, LATER, "(tpm)"},
        {LIMITED, LATER, "max rpm"},
        {LIMITED, LATER, "max tpm"},
        {PAID, QUOTA, "insufficient quota"},
        {PAID, QUOTA, "insufficient balance"},
        {PAID, QUOTA, "credit balance is too low"},
        {PAID, QUOTA, "specified api usage limit"},
        {PAID, QUOTA, "billing hard limit"},
        {DENIED, QUOTA, "insufficient credit"},
        {DENIED, QUOTA, "credit balance"},
        {DENIED, QUOTA, "usage limit"},
        {DENIED, QUOTA, "spending limit"},
        {DENIED, QUOTA, "requires a subscription"},
        {PAID, QUOTA, "\xe4\xbd\x99\xe9\xa2\x9d\xe4\xb8\x8d\xe8\xb6\xb3"}, /* low balance */
        {DENIED, QUOTA, "out of credits"},
        {DENIED, QUOTA, "doesn't have any credits"},
        {DENIED, QUOTA, "per day"},
        {DENIED, QUOTA, "by day"},
        {DENIED, QUOTA, "/ day"},
        {DENIED, QUOTA, "(rpd)"},
        {DENIED, QUOTA, "(tpd)"},
        {DENIED, QUOTA, "daily"},
        {DENIED, QUOTA, "weekly"},
        {DENIED, QUOTA, "per month"},
        {DENIED, QUOTA, "/ month"},
        {DENIED, QUOTA, "monthly"},
        {LIMITED, LATER, "rate limit"},
        {LIMITED, LATER, "request slot"},
        {LIMITED, LATER, "too many requests"},
        {LIMITED, LATER, "overloaded"},
        {LIMITED, LATER, "concurren"},
        {LIMITED, LATER, "throttl"},
        {LIMITED, LATER, "per base model"},
        {LIMITED, LATER, "capacity exceeded"},
        {LIMITED, LATER, "try again in"},
        {LIMITED, LATER, "try again after"},
        {LIMITED, LATER, "retry in"},
        {LIMITED, LATER, "retry after"},
        {DENIED, QUOTA, "quota"},
        {DENIED, QUOTA, "credit"},
        {DENIED, QUOTA, "billing"},
        {DENIED, QUOTA, "_limit_exceeded"},
        {S_NONE, LATER, "server busy"},
        {S_NONE, LATER, "try again"},
        /* ---- models and addresses ---- */
        {NAMED, NO_MODEL, "model not found"},
        {NAMED, NO_MODEL, "model * not found"},
        {NAMED, NO_MODEL, "model is not found"},
        {NAMED, NO_MODEL, "model * is not found"},
        {NAMED, NO_MODEL, "model * does not exist"},
        {NAMED, NO_MODEL, "model does not exist"},
        {NAMED, NO_MODEL, "model not exist"},
        {NAMED, NO_MODEL, "no such model"},
        {NAMED, NO_MODEL, "unknown model"},
        {NAMED, NO_MODEL, "invalid model name"},
        {NAMED, NO_MODEL, "invalid model:"},
        {NAMED, NO_MODEL, "invalid model '"},
        {NAMED, NO_MODEL, "invalid model id"},
        {NAMED, NO_MODEL, "not a valid model id"},
        {NAMED, NO_MODEL, "model identifier is invalid"},
        {NAMED, NO_MODEL, "model is not loaded"},
        {NAMED, NO_MODEL, "no models loaded"},
        {S_404, NO_API, "="},
        {S_404, NO_API, "=not found"},
        {S_404, NO_API, "=404 page not found"},
        {S_404, NO_API, "=file not found"},
        {S_404, NO_API, "=resource not found"},
        {S_404, NO_API, "=404 not found"},
        {S_404, NO_API, "cannot post /"},
        {S_404, NO_API, "route * not found"},
        {S_404, NO_API, "no route matched"},
        {S_404 | S_NONE, NO_API, "unexpected endpoint"},
        /* ---- requests that are at fault, where the status says that the server is ---- */
        {FAULT, REFUSED, "image input is not supported"},
        {FAULT, REFUSED, "audio input is not supported"},
        {FAULT, REFUSED, "mmproj"},
        {FAULT, REFUSED, "failed to load image"},
        {FAULT, REFUSED, "failed to decode image"},
        {FAULT, REFUSED, "failed to process image"},
        {FAULT, REFUSED, "missing data required for image"},
        {FAULT, REFUSED, "image: unknown format"},
        {FAULT, REFUSED, "does not support image"},
        {FAULT, REFUSED, "unsupported content part"},
        {FAULT, REFUSED, "failed to parse messages"},
        {FAULT, REFUSED, "invalid url"},
        {FAULT, REFUSED, "url must be base64"},
        {FAULT, REFUSED, "param requires jinja"},
        {FAULT, REFUSED, "roles must alternate"},
        {FAULT, REFUSED, "too large to process"},
        {FAULT, REFUSED, "maximum context"},
        {FAULT, REFUSED, "context length exceeded"},
        {FAULT, REFUSED, "exceeds the context"},
        {FAULT, REFUSED, "exceeds the available context"},
        {S_403, REFUSED, "moderation"},
        {S_403, REFUSED, "flagged"},
        /* ---- models that are on their way ---- */
        {WAITING, NOTHING, "error loading"},
        {WAITING, NOTHING, "failed"},
        {WAITING, LOADING, "loading model"},
        {WAITING, LOADING, "model is loading"},
        {WAITING, LOADING, "model * is loading"},
        {WAITING, LOADING, "currently loading"},
        {WAITING, LOADING, "still loading"},
        {WAITING, LOADING, "model is not ready"},
};

static bool is_gap(char c)
{
	return c == ' ' || c == '_' || c == '-';
}

/* How many bytes of the text the phrase is, if the text begins with it; else SIZE_MAX. */
static size_t prefix(struct oc_text text, const char *phrase)
{
	size_t i = 0;

	for (; *phrase; phrase++) {
		size_t from = i;

		if (*phrase == ' ') {
			while (i < text.n && is_gap(text.p[i]))
				i++;
		} else if (*phrase == '*') {
			while (i < text.n && text.p[i] != ' ')
				i++;
			if (i == from)
				return SIZE_MAX;
		} else if (i < text.n && oc_lower(text.p[i]) == *phrase) {
			i++;
		} else {
			return SIZE_MAX;
		}
	}
	return i;
}

const char *oc_judge_find(struct oc_text text, const char *phrase)
{
	if (*phrase == '=')
		return prefix(text, phrase + 1) == text.n ? text.p : NULL;
	for (size_t i = 0; i < text.n; i++) {
		/* Most places end here: all else is in the way of nothing. */
		if (oc_lower(text.p[i]) != *phrase)
			continue;
		if (prefix((struct oc_text){text.p + i, text.n - i}, phrase) != SIZE_MAX)
			return text.p + i;
	}
	return NULL;
}

/* What must be the whole text is looked for in the words alone. */
static bool is_said(const char *phrase, struct oc_text kind, struct oc_text words)
{
	return oc_judge_find(words, phrase) || (*phrase != '=' && oc_judge_find(kind, phrase));
}

static enum meaning meaning_of(int status, struct oc_text kind, struct oc_text words)
{
	unsigned class = row_of(status)->class;

	for (size_t i = 0; i < OC_COUNT(phrases); i++) {
		if ((phrases[i].where & class) && is_said(phrases[i].phrase, kind, words))
			return phrases[i].meaning;
	}
	return NOTHING;
}

struct oc_verdict oc_judge(int status, struct oc_text kind, struct oc_text words)
{
	static const struct oc_verdict verdicts[] = {
	        [REFUSED] = {.code = OC_EREFUSED},
	        [QUOTA] = {.code = OC_EQUOTA},
	        [LATER] = {.code = OC_EBUSY, .retry = true, .slow = true},
	        [LOADING] = {.code = OC_EBUSY, .retry = true, .loading = true},
	        [NO_MODEL] = {.code = OC_ENOTFOUND},
	        [NO_API] = {.code = OC_ENOTFOUND, .no_api = true},
	};
	struct oc_verdict verdict = by_status(status ? status : status_of_kind(kind));
	enum meaning meaning = meaning_of(verdict.status, kind, words);

	if (meaning == NOTHING)
		return verdict;
	status = verdict.status;
	verdict = verdicts[meaning];
	verdict.status = status;
	return verdict;
}
