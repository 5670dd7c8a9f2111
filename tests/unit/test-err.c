/* SPDX-License-Identifier: MIT */
/* test-err.c: errors as values. */
#include "unit.h"

#include "text/err.h"
#include "text/utf8.h"

TEST(fills_in_code_and_message)
{
	struct oc_err err = {.http_status = 418};

	CHECK_INT(oc_err_set(&err, OC_EBUSY, "%s is busy: %d", "it", 7), OC_EBUSY);
	CHECK_INT(err.code, OC_EBUSY);
	CHECK_STR(err.message, "it is busy: 7");
	CHECK_INT(err.http_status, 418);
	CHECK_INT(oc_err_nomem(&err), OC_ENOMEM);
	CHECK_STR(err.message, "out of memory");
	oc_err_clear(&err);
	CHECK_INT(err.code, OC_OK);
	CHECK_INT(err.http_status, 0);
	CHECK_STR(err.message, "");
}

TEST(accepts_that_nobody_wants_to_know)
{
	CHECK_INT(oc_err_set(NULL, OC_EPROTO, "%d", 1), OC_EPROTO);
	CHECK_INT(oc_err_nomem(NULL), OC_ENOMEM);
	oc_err_clear(NULL);
}

TEST(what_the_network_did_may_pass)
{
	static const enum oc_code passing[] = {OC_EHOST, OC_ECONNECT, OC_ETIMEOUT};
	struct oc_err err = {.http_status = 503, .retry = true, .slow = true, .loading = true};

	for (size_t i = 0; i < OC_COUNT(passing); i++) {
		(void)oc_err_set(&err, OC_EPROTO, "no");
		CHECK(!err.retry && !err.slow && !err.loading);
		(void)oc_err_set(&err, passing[i], "later");
		CHECK(err.retry && !err.slow && !err.loading);
	}
	for (int code = OC_ESTOPPED; code <= OC_OK; code++) {
		(void)oc_err_set(&err, (enum oc_code)code, "it");
		CHECK(err.retry ==
		      (code == OC_EHOST || code == OC_ECONNECT || code == OC_ETIMEOUT));
	}
}

TEST(other_words_change_nothing_else)
{
	struct oc_err err = {0};

	(void)oc_err_set(&err, OC_EBUSY, "inner");
	err.http_status = 503;
	err.retry = err.slow = err.loading = true;
	oc_err_reword(&err, "outer: %s\n", err.message);
	CHECK_STR(err.message, "outer: inner\\x0a");
	CHECK_INT(err.code, OC_EBUSY);
	CHECK_INT(err.http_status, 503);
	CHECK(err.retry && err.slow && err.loading);
}

TEST(makes_messages_printable)
{
	struct oc_err err = {0};

	(void)oc_err_set(&err, OC_EPROTO, "%s", "a\n\x1b[2J\xff\xc2\x9b\x7f\xc3\xa9");
	CHECK_STR(err.message, "a\\x0a\\x1b[2J\\xff\\xc2\\x9b\\x7f\xc3\xa9");
}

TEST(can_quote_its_own_message)
{
	struct oc_err err = {0};

	(void)oc_err_set(&err, OC_EPROTO, "inner\n");
	(void)oc_err_set(&err, OC_EPROTO, "outer: %s", err.message);
	CHECK_STR(err.message, "outer: inner\\x0a");
}

/* Text of a repeated character at lengths around every limit: whole up to room for the mark, then
 * cut between characters, and marked. */
static void check_lengths(const char *character, size_t shown)
{
	const size_t limit = OC_ERR_MESSAGE_MAX - sizeof "...";
	size_t len = strlen(character);
	static char text[5000];

	for (size_t n = 0; (n + 1) * len < sizeof text; n++) {
		struct oc_err err = {0};
		size_t fits = limit / shown;
		bool cut = n > fits;

		memcpy(text + n * len, character, len + 1);
		(void)oc_err_set(&err, OC_EPROTO, "%.*s", (int)(n * len), text);
		CHECK_INT(strlen(err.message), (cut ? fits : n) * shown + (cut ? 3 : 0));
		CHECK(oc_utf8_printable(err.message, strlen(err.message)));
		CHECK(!cut || strcmp(err.message + fits * shown, "...") == 0);
	}
}

TEST(cuts_long_messages_between_characters)
{
	check_lengths("x", 1);
	check_lengths("\xc3\xa9", 2);
	check_lengths("\xe2\x82\xac", 3);
	check_lengths("\xf0\x9f\x98\x80", 4);
	check_lengths("\n", 4);
	check_lengths("\xc2\x80", 8);
}

TEST(knows_the_class_of_every_code)
{
	static const struct {
		enum oc_code code;
		enum oc_class class;
	} cases[] = {
	        {OC_OK, OC_CLASS_NONE},        {OC_ESTOPPED, OC_CLASS_NONE},
	        {OC_EARG, OC_CLASS_VALUE},     {OC_EDATA, OC_CLASS_VALUE},
	        {OC_EREFUSED, OC_CLASS_API},   {OC_ENOTFOUND, OC_CLASS_API},
	        {OC_EHOST, OC_CLASS_API},      {OC_EBUG, OC_CLASS_GENERAL},
	        {OC_ENOMEM, OC_CLASS_GENERAL}, {OC_ESYS, OC_CLASS_GENERAL},
	        {OC_ECONNECT, OC_CLASS_API},   {OC_ETIMEOUT, OC_CLASS_API},
	        {OC_EBUSY, OC_CLASS_API},      {OC_EPROTO, OC_CLASS_RESPONSE},
	        {OC_EAUTH, OC_CLASS_API},      {OC_EQUOTA, OC_CLASS_API},
	        {OC_ECONFIG, OC_CLASS_IMPORT}, {OC_ENOKEY, OC_CLASS_IMPORT},
	};

	for (size_t i = 0; i < OC_COUNT(cases); i++)
		CHECK_INT(oc_err_class(cases[i].code), cases[i].class);
	CHECK_INT(oc_err_class((enum oc_code) - 9999), OC_CLASS_GENERAL);
}
