/* SPDX-License-Identifier: MIT */
/* judge.c: what a server's error means. */
#include "compat.h"

#include "judge.h"

/* ---- by the status ------------------------------------------------------------------------ */

/* What is tried again, and of that, what is the sign of too many requests. */
static const struct {
	int status;
	enum oc_code code;
	bool retry;
	bool slow;
} statuses[] = {
        {401, OC_EAUTH, false, false}, {402, OC_EQUOTA, false, false},
        {403, OC_EAUTH, false, false}, {404, OC_ENOTFOUND, false, false},
        {407, OC_EAUTH, false, false}, {408, OC_EBUSY, true, false},
        {409, OC_EBUSY, true, false},  {410, OC_ENOTFOUND, false, false},
        {425, OC_EBUSY, true, false},  {429, OC_EBUSY, true, true},
        {500, OC_EBUSY, true, false},  {502, OC_EBUSY, true, false},
        {503, OC_EBUSY, true, true},   {504, OC_EBUSY, true, false},
        {520, OC_EBUSY, true, false},  {521, OC_EBUSY, true, false},
        {522, OC_EBUSY, true, false},  {523, OC_EBUSY, true, false},
        {524, OC_EBUSY, true, false},  {529, OC_EBUSY, true, true},
};

static struct oc_verdict by_status(int status)
{
	struct oc_verdict verdict = {.code = OC_EPROTO, .status = status};

	if (status >= 400 && status < 600)
		verdict.code = status < 500 ? OC_EREFUSED : OC_EBUSY;
	for (size_t i = 0; i < OC_COUNT(statuses); i++) {
		if (statuses[i].status != status)
			continue;
		verdict.code = statuses[i].code;
		verdict.retry = statuses[i].retry;
		verdict.slow = statuses[i].slow;
	}
	return verdict;
}

/* ---- by the type or the code -------------------------------------------------------------- */

/* The status that an error within a 200 stands for, where it names its kind but no number. */
static int status_of_kind(struct oc_text kind)
{
	static const struct {
		const char *part;
		int status;
	} kinds[] = {
	        {"insufficient_quota", 429}, {"rate_limit", 429},      {"ratelimit", 429},
	        {"overloaded", 503},         {"unavailable", 503},     {"timeout", 504},
	        {"authentication", 401},     {"permission", 403},      {"not_found", 404},
	        {"notfound", 404},           {"invalid_request", 400}, {"badrequest", 400},
	        {"exceed_context", 400},     {"internal", 500},        {"server_error", 500},
	};

	for (size_t i = 0; i < OC_COUNT(kinds); i++) {
		if (oc_judge_find(kind, kinds[i].part))
			return kinds[i].status;
	}
	return 0;
}

/* ---- by the words ------------------------------------------------------------------------- */

enum meaning { NOTHING, QUOTA, RATE, BUSY, NO_API };

/* In which statuses a phrase means something. */
enum { S_NONE = 1, S_403 = 2, S_404 = 4, S_429 = 8 };

/* The first one that is there counts: a quota that is used up and a rate that is too high both come
 * as 429, and each may be spoken of with words of the other. */
static const struct {
	unsigned where;
	enum meaning meaning;
	const char *phrase;
} phrases[] = {
        {S_403 | S_429 | S_NONE, QUOTA, "insufficient_quota"},
        {S_403 | S_429 | S_NONE, QUOTA, "usage limit"},
        {S_403 | S_429 | S_NONE, QUOTA, "requires a subscription"},
        {S_429 | S_NONE, RATE, "rate limit"},
        {S_429 | S_NONE, RATE, "rate-limit"},
        {S_429 | S_NONE, RATE, "rate_limit"},
        {S_429 | S_NONE, RATE, "request slot"},
        {S_429 | S_NONE, BUSY, "overloaded"},
        {S_403 | S_429 | S_NONE, QUOTA, "quota"},
        {S_403 | S_429 | S_NONE, QUOTA, "credit"},
        {S_403 | S_429 | S_NONE, QUOTA, "_limit_exceeded"},
        {S_NONE, NO_API, "unexpected endpoint"},
        {S_NONE, BUSY, "server busy"},
        {S_NONE, BUSY, "try again"},
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

const char *oc_judge_find(struct oc_text text, const char *phrase)
{
	size_t n = strlen(phrase);

	for (size_t i = 0; i + n <= text.n; i++) {
		size_t k = 0;

		while (k < n && lower(text.p[i + k]) == phrase[k])
			k++;
		if (k == n)
			return text.p + i;
	}
	return NULL;
}

static unsigned class_of(int status)
{
	switch (status) {
	case 0:
		return S_NONE;
	case 403:
		return S_403;
	case 404:
		return S_404;
	case 429:
		return S_429;
	default:
		return 0;
	}
}

static enum meaning meaning_of(int status, struct oc_text kind, struct oc_text words)
{
	unsigned class = class_of(status);

	for (size_t i = 0; i < OC_COUNT(phrases); i++) {
		if ((phrases[i].where & class) && (oc_judge_find(kind, phrases[i].phrase) ||
		                                   oc_judge_find(words, phrases[i].phrase)))
			return phrases[i].meaning;
	}
	return NOTHING;
}

struct oc_verdict oc_judge(int status, struct oc_text kind, struct oc_text words)
{
	struct oc_verdict verdict = by_status(status ? status : status_of_kind(kind));

	switch (meaning_of(verdict.status, kind, words)) {
	case NOTHING:
		break;
	case QUOTA:
		verdict.code = OC_EQUOTA;
		verdict.retry = verdict.slow = false;
		break;
	case RATE:
	case BUSY:
		verdict.code = OC_EBUSY;
		verdict.retry = verdict.slow = true;
		break;
	case NO_API:
		verdict.code = OC_ENOTFOUND;
		verdict.no_api = true;
		break;
	}
	return verdict;
}
