/* SPDX-License-Identifier: MIT */
/*
 * fuzz-secret.c: no part of a secret that is long enough stays in a text, and JSON stays JSON. The
 * first line of the input is the secret, the rest is the text.
 */
#include "fuzz.h"

#include "json/json.h"
#include "http/secret.h"

/* Is a part of the secret in the text, as it is? */
static bool shows(struct oc_text secret, const char *p, size_t n)
{
	for (size_t at = 0; at + OC_SECRET_MIN <= n; at++) {
		for (size_t from = 0; from + OC_SECRET_MIN <= secret.n; from++) {
			if (memcmp(p + at, secret.p + from, OC_SECRET_MIN) == 0)
				return true;
		}
	}
	return false;
}

static void fill(struct oc_buf *b, const char *p, size_t n)
{
	oc_buf_init(b, SIZE_MAX / 8);
	oc_buf_add(b, p, n);
}

/* Stars are what it is masked with, and a mark of a spelling in the secret is ambiguous. */
static void check_text(const struct oc_secrets *secrets, struct oc_text secret, const char *p,
                       size_t n)
{
	struct oc_buf text = {0};

	fill(&text, p, n);
	(void)oc_secrets_mask(secrets, text.p, &text.n);
	want(text.n <= n);
	for (size_t i = 0; i < secret.n; i++) {
		if (memchr("*\\%&~", secret.p[i], 5))
			secret.n = 0;
	}
	want(!shows(secret, text.p, text.n));
	oc_buf_release(&text);
}

static void check_body(const struct oc_secrets *secrets, const char *p, size_t n)
{
	struct oc_buf body = {0};
	size_t before, after;

	if (oc_json_check_bytes(p, n, &before, NULL))
		return;
	fill(&body, p, n);
	want(oc_secrets_mask_body(secrets, &body) == OC_OK);
	want(oc_json_check_bytes(body.p, body.n, &after, NULL) == 0);
	want(before == after);
	oc_buf_release(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	const char *end = size ? memchr(p, '\n', size) : NULL;
	struct oc_secrets secrets = {0};
	struct oc_text secret;

	if (!end)
		return 0;
	secret = (struct oc_text){p, (size_t)(end - p)};
	want(oc_secrets_add(&secrets, secret) == OC_OK);
	check_text(&secrets, secret, end + 1, size - secret.n - 1);
	check_body(&secrets, end + 1, size - secret.n - 1);
	oc_secrets_release(&secrets);
	return 0;
}
