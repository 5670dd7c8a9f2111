/* SPDX-License-Identifier: MIT */
/* regex.c: regular expressions by PCRE2, loaded when there is one. */
#include "compat.h"

#include "text/err.h"
#include "schema/regex.h"

static int no_library(struct oc_err *err)
{
	return oc_err_set(err, OC_ECONFIG,
	                  "patterns need the library PCRE2 (libpcre2-8.so.0), which cannot be "
	                  "loaded");
}

#ifdef OC_PCRE2

#	include <dlfcn.h>

#	define PCRE2_CODE_UNIT_WIDTH 8
#	include <pcre2.h>

enum {
	PATTERN_MAX = 64 * 1024, /* bytes */
	HEAP_MAX = 20 * 1024,    /* KiB of memory for one match */
	FIRST_TRY = 1000,        /* steps */
};

/* What is used of it. */
#	define FUNCTIONS(ROW)                 \
		ROW(compile_context_create)    \
		ROW(compile_context_free)      \
		ROW(set_compile_extra_options) \
		ROW(set_max_pattern_length)    \
		ROW(compile)                   \
		ROW(code_free)                 \
		ROW(get_error_message)         \
		ROW(match_context_create)      \
		ROW(match_context_free)        \
		ROW(set_match_limit)           \
		ROW(set_heap_limit)            \
		ROW(match_data_create)         \
		ROW(match_data_free)           \
		ROW(match)

struct oc_regex_library {
	void *handle;
#	define MEMBER(name) __typeof__(pcre2_##name) *(name);
	FUNCTIONS(MEMBER)
};

struct oc_regex {
	const struct oc_regex_library *library;
	pcre2_code *code;
	pcre2_match_context *limits;
	pcre2_match_data *found;
};

#	ifdef OC_STATIC /* it is a part of the program */

static bool load(struct oc_regex_library *library)
{
#		define SET(name) library->name = pcre2_##name;
	FUNCTIONS(SET)
	return true;
}

#	else

#		define NAME_OF(function) STRING_OF(function)
#		define STRING_OF(name)   #                name
#		define ROW(name)         {offsetof(struct oc_regex_library, name), PCRE2(name)},
#		define PCRE2(name)       NAME_OF(pcre2_##name)

static bool load(struct oc_regex_library *library)
{
	static const struct {
		size_t offset;
		const char *name;
	} members[] = {FUNCTIONS(ROW)};

	library->handle = dlopen("libpcre2-8.so.0", RTLD_NOW | RTLD_LOCAL);
	for (size_t i = 0; i < OC_COUNT(members); i++) {
		void *function = library->handle ? dlsym(library->handle, members[i].name) : NULL;

		if (!function)
			return false;
		memcpy((char *)library + members[i].offset, &function, sizeof function);
	}
	return true;
}

#	endif

static int open_library(struct oc_regex_library **out, struct oc_err *err)
{
	struct oc_regex_library *library = calloc(1, sizeof *library);

	if (!library)
		return oc_err_nomem(err);
	if (!load(library)) {
		oc_regex_close(library);
		return no_library(err);
	}
	*out = library;
	return OC_OK;
}

void oc_regex_close(struct oc_regex_library *library)
{
	if (library && library->handle)
		(void)dlclose(library->handle);
	free(library);
}

/* ECMA-262's meaning, as far as PCRE2 has options for it. */
static pcre2_code *compile(const struct oc_regex_library *library, struct oc_text pattern,
                           int *error, size_t *offset)
{
	const uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_ALT_BSUX |
	                         PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF |
	                         PCRE2_ALLOW_EMPTY_CLASS | PCRE2_NEVER_BACKSLASH_C |
	                         PCRE2_NEVER_UCP;
	pcre2_compile_context *context = library->compile_context_create(NULL);
	pcre2_code *code = NULL;

	*error = PCRE2_ERROR_NOMEMORY;
	*offset = 0;
	if (!context)
		return NULL;
	(void)library->set_max_pattern_length(context, PATTERN_MAX);
	(void)library->set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX);
	code = library->compile((PCRE2_SPTR)pattern.p, pattern.n, options, error, offset, context);
	library->compile_context_free(context);
	return code;
}

int oc_regex_new(struct oc_regex_library **opened, struct oc_text pattern, struct oc_regex **out,
                 struct oc_err *err)
{
	int rc = *opened ? OC_OK : open_library(opened, err);
	const struct oc_regex_library *library = *opened;
	struct oc_regex *regex;
	unsigned char why[128] = "";
	size_t offset;
	int error;

	*out = NULL;
	if (!library)
		return rc;
	regex = calloc(1, sizeof *regex);
	if (!regex)
		return oc_err_nomem(err);
	regex->library = library;
	regex->code = compile(library, pattern, &error, &offset);
	if (!regex->code && error != PCRE2_ERROR_NOMEMORY && error != PCRE2_ERROR_HEAP_FAILED) {
		oc_regex_free(regex);
		(void)library->get_error_message(error, why, sizeof why);
		return oc_err_set(err, OC_EDATA, "not a regular expression, at its byte %zu: %s",
		                  offset, (const char *)why);
	}
	if (regex->code) {
		regex->limits = library->match_context_create(NULL);
		regex->found = library->match_data_create(1, NULL);
	}
	if (!regex->limits || !regex->found) {
		oc_regex_free(regex);
		return oc_err_nomem(err);
	}
	(void)library->set_heap_limit(regex->limits, HEAP_MAX);
	*out = regex;
	return OC_OK;
}

void oc_regex_free(struct oc_regex *regex)
{
	if (!regex)
		return;
	regex->library->match_data_free(regex->found);
	regex->library->match_context_free(regex->limits);
	regex->library->code_free(regex->code);
	free(regex);
}

/* One try, with so many steps at most. */
static int match(struct oc_regex *regex, struct oc_text text, uint64_t steps)
{
	const char *p = text.p ? text.p : "";

	(void)regex->library->set_match_limit(regex->limits, (uint32_t)steps);
	return regex->library->match(regex->code, (PCRE2_SPTR)p, text.n, 0, 0, regex->found,
	                             regex->limits);
}

enum oc_regex_answer oc_regex_match(struct oc_regex *regex, struct oc_text text, uint64_t *budget)
{
	int rc = PCRE2_ERROR_MATCHLIMIT;

	/* PCRE2 tells whether the steps were enough, but not how many it took. */
	for (uint64_t steps = FIRST_TRY; rc == PCRE2_ERROR_MATCHLIMIT; steps *= 10) {
		if (steps + text.n > *budget || steps > UINT32_MAX)
			return OC_REGEX_TOO_HARD;
		*budget -= steps + text.n;
		rc = match(regex, text, steps);
	}
	if (rc >= 0)
		return OC_REGEX_YES;
	if (rc == PCRE2_ERROR_NOMATCH)
		return OC_REGEX_NO;
	return rc == PCRE2_ERROR_NOMEMORY ? OC_REGEX_NO_MEMORY : OC_REGEX_TOO_HARD;
}

#else /* built where there is no PCRE2: a schema with a pattern is refused */

void oc_regex_close(struct oc_regex_library *library)
{
	(void)library;
}

int oc_regex_new(struct oc_regex_library **opened, struct oc_text pattern, struct oc_regex **out,
                 struct oc_err *err)
{
	(void)opened;
	(void)pattern;
	*out = NULL;
	return no_library(err);
}

void oc_regex_free(struct oc_regex *regex)
{
	(void)regex;
}

enum oc_regex_answer oc_regex_match(struct oc_regex *regex, struct oc_text text, uint64_t *budget)
{
	(void)regex;
	(void)text;
	(void)budget;
	return OC_REGEX_NO_MEMORY;
}

#endif
