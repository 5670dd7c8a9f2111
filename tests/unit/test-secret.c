/* SPDX-License-Identifier: MIT */
/* test-secret.c: what must not be shown is found in every spelling, and nothing else is touched. */
#include "compat.h"

#include "fail-alloc.h"
#include "http/secret.h"
#include "unit.h"
#include "text/text.h"

static const char key[] = "sk-a/b+c=d&e\"f\\g<h>'0123456789";

/* Masks a copy of the text, which the next call overwrites. */
static const char *masked(const struct oc_secrets *secrets, const char *text)
{
	static char copy[1000];

	CHECK(strlen(text) < sizeof copy);
	memcpy(copy, text, strlen(text) + 1);
	oc_secrets_mask_string(secrets, copy);
	return copy;
}

static struct oc_secrets secret_of(const char *s)
{
	struct oc_secrets secrets = {0};

	CHECK_INT(oc_secrets_add(&secrets, oc_text_of(s)), OC_OK);
	return secrets;
}

TEST(a_key_is_masked_in_every_spelling)
{
	static const char *const rows[] = {
	        "sk-a/b+c=d&e\"f\\g<h>'0123456789",
	        /* JSON: what must be escaped, what may be, and a string in a string. */
	        "sk-a/b+c=d&e\\\"f\\\\g<h>'0123456789",
	        "sk-a\\/b+c=d&e\\\"f\\\\g<h>'0123456789",
	        "sk-a/b+c=d\\u0026e\\\"f\\\\g\\u003ch\\u003E'0123456789",
	        "\\u0073\\u006B-a/b+c=d&e\\\"f\\\\g<h>'012345678\\u0039",
	        "sk-a\\\\\\/b+c=d\\\\u0026e\\\\\\\"f\\\\\\\\g<h>'0123456789",
	        /* C and its relatives. */
	        "sk-a\\x2fb+c=d&e\\x22f\\x5Cg<h>\\'0123456789",
	        /* URLs: all that must be, upper and lower case, and twice. */
	        "sk-a%2Fb%2Bc%3Dd%26e%22f%5Cg%3Ch%3E%270123456789",
	        "sk-a%2fb%2bc%3dd%26e%22f%5cg%3ch%3e'0123456789",
	        "%73%6b%2d%61%2F%62+c=d&e\"f\\g<h>'%30123456789",
	        "sk-a%252Fb%252Bc%253Dd%2526e%2522f%255Cg%253Ch%253E%25270123456789",
	        /* HTML. */
	        "sk-a/b+c=d&amp;e&quot;f\\g&lt;h&gt;&apos;0123456789",
	        "sk-a&#47;b&#x2B;c&#X3d;d&#38;e&#034;f&#92;g&#60;h&#62;&#39;0123456789",
	        "sk-a&#47b+c=d&amp;amp;e&amp;quot;f\\g&amp;lt;h&amp;#62;&amp;#x27;0123456789",
	        /* JSON Pointers. */
	        "sk-a~1b+c=d&e\"f\\g<h>'0123456789",
	        /* Lines that were broken. */
	        "sk-a/b+c=d\n&e\"f\\g<h>'\r\n\t0123456789",
	        "sk-a/b+c=d &e\"f\\g<h>'0123456789",
	};
	struct oc_secrets secrets = secret_of(key);

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		char text[500];

		(void)snprintf(text, sizeof text, "the key \"%s\" is none", rows[i]);
		printf("# %s\n", text);
		CHECK_STR(masked(&secrets, text),
		          "the key \"******************************\" is none");
	}
	oc_secrets_release(&secrets);
}

TEST(parts_of_a_key_are_masked)
{
	static const struct {
		const char *text;
		const char *masked;
	} rows[] = {
	        {"sk-abcde", "********"},
	        {"sk-abcd", "sk-abcd"},
	        {"it is sk-abcdefgh...", "it is ***********..."},
	        {"23456789 is it", "******** is it"},
	        {"...9876543 is it", "...9876543 is it"},
	        {"defgh0123", "*********"},
	        {"sk-abcdefgX0123456789", "**********X**********"},
	        {"sk-abcdefgh\\u00", "***********\\u00"},
	        {"sk-abcdefgh%", "***********%"},
	        {"sk-abcdefgh sk-abcdefgh", "*********** ***********"},
	        {"sk-sk-abcdefghX", "sk-***********X"},
	        {"abcdefghsk-abcdefgh0123456789", "*****************************"},
	        {"", ""},
	};
	struct oc_secrets secrets = secret_of("sk-abcdefgh0123456789");

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		printf("# %s\n", rows[i].text);
		CHECK_STR(masked(&secrets, rows[i].text), rows[i].masked);
	}
	oc_secrets_release(&secrets);
}

/* base64(1) of `x:KEY`, `xx:KEY` and `xxx:KEY`. */
TEST(a_key_is_masked_in_base64)
{
	static const char *const rows[] = {
	        "Basic eDpzay1zZWNyZXQtMTIz",         "Basic eHg6c2stc2VjcmV0LTEyMw==",
	        "Basic eHh4OnNrLXNlY3JldC0xMjM=",     "Basic c2stc2VjcmV0LTEyMw==",
	        "Basic eHh4OnNrLXNlY3JldC0xMjM6eHh4",
	};
	struct oc_secrets secrets = secret_of("sk-secret-123");

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		const char *got = masked(&secrets, rows[i]);

		printf("# %s -> %s\n", rows[i], got);
		CHECK(strlen(got) == strlen(rows[i]));
		CHECK(strstr(got, "***************"));
		CHECK(!strstr(got, "c2stc") && !strstr(got, "zay1z") && !strstr(got, "zLXNl"));
	}
	oc_secrets_release(&secrets);
}

TEST(what_is_no_secret_stays)
{
	static const char *const rows[] = {
	        "a b c d e f g h",
	        "100% of \\u0041 &amp; \\\\ %zz &#; &#x; \\",
	        "sk-",
	        "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\",
	        "caf\xc3\xa9 \xff",
	};
	struct oc_secrets secrets = secret_of(key);
	struct oc_secrets none = {0};

	for (size_t i = 0; i < OC_COUNT(rows); i++)
		CHECK_STR(masked(&secrets, rows[i]), rows[i]);
	CHECK_STR(masked(&none, key), key);
	oc_secrets_mask_string(&secrets, NULL);
	oc_secrets_release(&secrets);
	CHECK_STR(masked(&secrets, key), key);
	secrets = secret_of("ollama");
	CHECK_STR(masked(&secrets, "an ollama"), "an ollama");
	oc_secrets_release(&secrets);
}

TEST(a_text_is_masked_between_its_nul_bytes)
{
	struct oc_secrets secrets = secret_of("sk-secret-123");
	char text[] = "a\0sk-secret-\\u0031\\u00323\0b";
	size_t n = sizeof text - 1;

	CHECK(oc_secrets_mask(&secrets, text, &n));
	CHECK_MEM(text, n, "a\0*************\0b", 17);
	CHECK(!oc_secrets_mask(&secrets, text, &n));
	CHECK_MEM(text, n, "a\0*************\0b", 17);
	oc_secrets_release(&secrets);
}

TEST(passwords_in_urls_are_secrets)
{
	static const struct {
		const char *url;
		const char *password;
	} rows[] = {
	        {"http://user:pass-word-1@h:3128", "pass-word-1"},
	        {"user:pass-word-1@h", "pass-word-1"},
	        {"socks5h://:pass-word-1@h/", "pass-word-1"},
	        {"http://pass-word-1@h", "pass-word-1"},
	        {"http://user:pass%2Dword%2d1@h", "pass-word-1"},
	        {"http://user:p%40ss%3Aword:1@h", "p@ss:word:1"},
	        {"http://user:p@ss:word:1@h", "p@ss:word:1"},
	        {"http://user:pass/word?1#@h", "pass/word?1#"},
	        {"http://u:pass-word-1@h/x@y", "pass-word-1"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_secrets secrets = {0};
		const char *got;

		printf("# %s\n", rows[i].url);
		CHECK_INT(oc_secrets_add_url(&secrets, rows[i].url), OC_OK);
		got = masked(&secrets, rows[i].password);
		CHECK_INT(strspn(got, "*"), strlen(rows[i].password));
		oc_secrets_release(&secrets);
	}
}

TEST(short_passwords_are_hidden_with_their_users)
{
	struct oc_secrets secrets = {0};

	CHECK_INT(oc_secrets_add_url(&secrets, "http://me:open@h"), OC_OK);
	/* base64(1) of `me:open`. */
	CHECK_STR(masked(&secrets, "Proxy-Authorization: Basic bWU6b3Blbg=="),
	          "Proxy-Authorization: Basic *********g==");
	CHECK_STR(masked(&secrets, "it is open"), "it is open");
	oc_secrets_release(&secrets);
}

TEST(urls_without_user_info_hold_no_secrets)
{
	static const char *const rows[] = {"", "http://host-with-a-name:3128/path", "://",
	                                   "host:1"};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_secrets secrets = {0};

		CHECK_INT(oc_secrets_add_url(&secrets, rows[i]), OC_OK);
		CHECK(!secrets.first);
	}
}

TEST(values_in_queries_are_secrets_by_their_names)
{
	static const struct {
		const char *query;
		const char *text;
		const char *masked;
	} rows[] = {
	        {"?key=sesame-open", "sesame-open", "***********"},
	        {"?a=b&api-key=sesame%2Dopen&c", "sesame-open", "***********"},
	        {"?X-SIG=sesame-open", "sesame-open", "***********"},
	        {"?code=sesame-open&key=open-sesame", "sesame-open open-sesame",
	         "*********** ***********"},
	        {"?api-version=2024-10-21", "2024-10-21", "2024-10-21"},
	        {"?key", "key", "key"},
	        {"?key=", "key", "key"},
	        {"?=&&=", "key", "key"},
	        {"?sesame-open=key", "sesame-open", "sesame-open"},
	        {"", "key", "key"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_secrets secrets = {0};

		printf("# %s\n", rows[i].query);
		CHECK_INT(oc_secrets_add_query(&secrets, rows[i].query), OC_OK);
		CHECK_STR(masked(&secrets, rows[i].text), rows[i].masked);
		oc_secrets_release(&secrets);
	}
}

TEST(bodies_are_masked_but_for_what_the_model_says)
{
	static const struct {
		const char *body;
		const char *masked;
	} rows[] = {
	        {"{\"id\":\"sk-secret-123\"}", "{\"id\":\"*************\"}"},
	        {"{\"id\":\"sk\\u002dsecret\\/-123\"}", "{\"id\":\"*********/-123\"}"},
	        {"{ \"id\" : \"a \\\"sk\\u002dsecret-123\\n\\\"\" }\n",
	         "{ \"id\" : \"a \\\"*************\\n\\\"\" }\n"},
	        {"{\"sk-secret-123\":[\"sk-secret-123\",12]}",
	         "{\"*************\":[\"*************\",12]}"},
	        {"{\"choices\":[{\"message\":{\"content\":\"sk-secret-123\"},\"x\":\"sk-secret-"
	         "123\"},"
	         "{\"finish_reason\":\"sk-secret-123\",\"message\":[\"sk-secret-123\"]},{}],"
	         "\"model\":\"sk-secret-123\"}",
	         "{\"choices\":[{\"message\":{\"content\":\"sk-secret-123\"},\"x\":\"*************"
	         "\"},"
	         "{\"finish_reason\":\"*************\",\"message\":[\"sk-secret-123\"]},{}],"
	         "\"model\":\"*************\"}"},
	        {"\xef\xbb\xbf{\"a\":\"\xff\",\"b\":\"\xff sk-secret-123\"}",
	         "{\"a\":\"\xff\",\"b\":\"\xef\xbf\xbd *************\"}"},
	        {"[]", "[]"},
	        {"{\"choices\":5,\"a\":\"\"}", "{\"choices\":5,\"a\":\"\"}"},
	        {"no JSON: sk-secret-123", "no JSON: *************"},
	        {"", ""},
	};
	struct oc_secrets secrets = secret_of("sk-secret-123");

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_buf body = {0};

		printf("# %s\n", rows[i].body);
		oc_buf_init(&body, 1000);
		oc_buf_puts(&body, rows[i].body);
		CHECK_INT(oc_secrets_mask_body(&secrets, &body), OC_OK);
		CHECK_STR(body.p, rows[i].masked);
		CHECK_INT(body.max, 1000);
		oc_buf_release(&body);
	}
	oc_secrets_release(&secrets);
}

/* A key that is made of what JSON is made of does not break it. */
TEST(masking_leaves_json_whole)
{
	struct oc_secrets secrets = secret_of("abcdefgh\",\"a\":\\");
	struct oc_buf body = {0};

	oc_buf_init(&body, 1000);
	oc_buf_puts(
	        &body,
	        "{\"id\":\"abcdefgh\",\"a\":\"\\\\\",\"abcdefgh\\\",\\\"a\\\":\\\\\":12345678}");
	CHECK_INT(oc_secrets_mask_body(&secrets, &body), OC_OK);
	CHECK_STR(body.p, "{\"id\":\"********\",\"a\":\"\\\\\",\"***************\":12345678}");
	oc_buf_release(&body);
	oc_secrets_release(&secrets);
}

static int use_secrets(void *ctx)
{
	struct oc_secrets secrets = {0};
	struct oc_buf body = {0};
	int rc = oc_secrets_add(&secrets, oc_text_of(ctx));

	oc_buf_init(&body, 1000);
	if (!rc)
		rc = oc_secrets_add_url(&secrets, "http://user:pass%2Dword@h");
	if (!rc)
		rc = oc_secrets_add_query(&secrets, "?key=sesame-open");
	oc_buf_puts(&body, "{\"id\":\"sk-secret-123\",\"a\":\"b\"}");
	if (body.bad)
		rc = OC_ENOMEM;
	if (!rc)
		rc = oc_secrets_mask_body(&secrets, &body);
	if (!rc)
		CHECK_STR(body.p, "{\"id\":\"*************\",\"a\":\"b\"}");
	oc_buf_release(&body);
	oc_secrets_release(&secrets);
	return rc;
}

TEST(memory_may_be_out)
{
	static char secret[] = "sk-secret-123";

	CHECK(fail_each_alloc(use_secrets, secret) > 10);
}
