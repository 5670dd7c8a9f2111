/* SPDX-License-Identifier: MIT */
/* secret.c: what must not be shown, in whatever spelling it is repeated. */
#include "compat.h"

#include <strings.h>

#include "json/escape.h"
#include "json/json.h"
#include "json/writer.h"
#include "http/secret.h"
#include "http/spelling.h"
#include "text/utf8.h"

enum { PAIRS = 4096 };

struct oc_secret {
	struct oc_secret *next;
	uint64_t pairs[PAIRS / 64]; /* which two bytes follow each other in it, as hashes */
	size_t n;
	char text[];
};

/* ---- what is secret ---- */

static unsigned hash_pair(const char *p)
{
	return ((unsigned char)p[0] * 61u + (unsigned char)p[1]) % PAIRS;
}

static bool has_pair(const struct oc_secret *secret, const char *p)
{
	unsigned h = hash_pair(p);

	return secret->pairs[h / 64] >> (h % 64) & 1;
}

static int add(struct oc_secrets *secrets, const char *p, size_t n)
{
	struct oc_secret *secret;

	if (n < OC_SECRET_MIN)
		return OC_OK;
	secret = malloc(sizeof *secret + n);
	if (!secret)
		return OC_ENOMEM;
	*secret = (struct oc_secret){.next = secrets->first, .n = n};
	memcpy(secret->text, p, n);
	for (size_t i = 0; i + 1 < n; i++) {
		unsigned h = hash_pair(p + i);

		secret->pairs[h / 64] |= UINT64_C(1) << (h % 64);
	}
	secrets->first = secret;
	return OC_OK;
}

/* Adds what is sure to be in the base64 of anything that holds the secret behind so many bytes,
 * modulo 3. */
static int add_base64(struct oc_secrets *secrets, struct oc_text secret, size_t before)
{
	static const char digits[] =
	        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t first = (8 * before + 5) / 6;
	size_t end = 8 * (before + secret.n) / 6;
	struct oc_buf text = {0};
	int rc;

	oc_buf_init(&text, 2 * secret.n);
	(void)oc_buf_room(&text, 2 * secret.n); /* so that it does not move, and leave a copy */
	for (size_t i = first; i < end; i++) {
		size_t bit = 6 * i - 8 * before;
		const unsigned char *p = (const unsigned char *)secret.p + bit / 8;
		unsigned next = bit / 8 + 1 < secret.n ? p[1] : 0;

		oc_buf_putc(&text, digits[((unsigned)p[0] << 8 | next) >> (10 - bit % 8) & 63]);
	}
	rc = text.bad ? OC_ENOMEM : add(secrets, text.p, text.n);
	oc_buf_wipe(&text);
	return rc;
}

static int add_encoded(struct oc_secrets *secrets, struct oc_text secret)
{
	int rc = add(secrets, secret.p, secret.n);

	for (size_t before = 0; before < 3 && !rc; before++)
		rc = add_base64(secrets, secret, before);
	return rc;
}

/* Adds what the secret is where it is percent-encoded. */
static int add_decoded(struct oc_secrets *secrets, struct oc_text secret)
{
	const char *p = secret.p;
	const char *end = p + secret.n;
	struct oc_buf text = {0};
	int rc;

	oc_buf_init(&text, secret.n);
	(void)oc_buf_room(&text, secret.n); /* as above */
	while (p < end) {
		unsigned c = (unsigned char)*p;
		bool encoded = *p == '%' && oc_spelling_number(p + 1, end, 16, 2, &c) == 2;

		oc_buf_putc(&text, (char)(encoded ? c : (unsigned char)*p));
		p += encoded ? 3 : 1;
	}
	rc = text.bad ? OC_ENOMEM : add_encoded(secrets, oc_buf_text(&text));
	oc_buf_wipe(&text);
	return rc;
}

int oc_secrets_add(struct oc_secrets *secrets, struct oc_text secret)
{
	int rc = add_encoded(secrets, secret);

	if (!rc && secret.n && memchr(secret.p, '%', secret.n))
		rc = add_decoded(secrets, secret);
	return rc;
}

void oc_secrets_release(struct oc_secrets *secrets)
{
	while (secrets->first) {
		struct oc_secret *next = secrets->first->next;

		explicit_bzero(secrets->first->text, secrets->first->n);
		free(secrets->first);
		secrets->first = next;
	}
}

static size_t left(const char *p, const char *end)
{
	return (size_t)(end - p);
}

/* ---- masking ---- */

/* A part of a secret in a text. */
struct part {
	size_t n;     /* bytes of the secret */
	size_t taken; /* bytes of the text */
};

static struct part part_from(const struct oc_secret *secret, size_t from, const char *p,
                             const char *end)
{
	struct part part = {0, 0};

	while (from + part.n < secret->n) {
		size_t n = oc_spelling(p + part.taken, end, secret->text[from + part.n],
		                       part.n >= OC_SECRET_MIN);

		if (!n)
			break;
		part.taken += n;
		part.n++;
	}
	return part;
}

/* A quick look: may a part of the secret begin here? */
static bool may_begin(const struct oc_secret *secret, const char *p, const char *end)
{
	if (left(p, end) < OC_SECRET_MIN)
		return false;
	if (oc_spelling_is_mark(p[0]))
		return oc_spelling_begins(p, end) || memchr(secret->text, p[0], secret->n);
	if (oc_spelling_is_mark(p[1]) || oc_spelling_is_blank(p[1]))
		return memchr(secret->text, p[0], secret->n);
	return has_pair(secret, p);
}

/* The longest part of any secret that the text at p begins with. */
static struct part find(const struct oc_secrets *secrets, const char *p, const char *end)
{
	struct part best = {0, 0};

	for (const struct oc_secret *secret = secrets->first; secret; secret = secret->next) {
		if (!may_begin(secret, p, end))
			continue;
		for (size_t from = 0; from + OC_SECRET_MIN <= secret->n; from++) {
			struct part part = part_from(secret, from, p, end);

			if (part.n > best.n)
				best = part;
		}
	}
	return best;
}

bool oc_secrets_mask(const struct oc_secrets *secrets, char *p, size_t *n)
{
	const char *end = p + *n;
	const char *from = p;
	char *to = p;
	bool found = false;

	while (secrets->first && from < end) {
		struct part part = find(secrets, from, end);

		if (part.n < OC_SECRET_MIN) {
			*to++ = *from++;
			continue;
		}
		memset(to, '*', part.n);
		to += part.n;
		from += part.taken;
		found = true;
	}
	if (!found)
		return false;
	*n = left(p, to);
	*to = '\0';
	return true;
}

void oc_secrets_mask_string(const struct oc_secrets *secrets, char *s)
{
	size_t n = s ? strlen(s) : 0;

	(void)oc_secrets_mask(secrets, s, &n);
}

/* ---- bodies ---- */

/* Appends a string of JSON, given without its quotes, masked. */
static void put_string(const struct oc_secrets *secrets, struct oc_text inner, struct oc_buf *out)
{
	struct oc_buf text = {0};
	struct oc_buf valid = {0};
	struct oc_jsonw w;

	oc_buf_init(&text, inner.n);
	oc_json_decode(inner, &text);
	if (!oc_secrets_mask(secrets, text.p, &text.n)) {
		oc_buf_add(out, inner.p - 1, inner.n + 2);
	} else {
		oc_buf_init(&valid, 3 * text.n);
		oc_utf8_replace(&valid, text.p, text.n);
		oc_jsonw_init(&w, out);
		oc_jsonw_string(&w, valid.p, valid.n);
	}
	if (text.bad || valid.bad)
		out->bad = OC_ENOMEM;
	oc_buf_release(&valid);
	oc_buf_release(&text);
}

/* Appends JSON, or a part of it that ends in no string, with its strings masked. */
static void put_masked(const struct oc_secrets *secrets, const char *p, const char *end,
                       struct oc_buf *out)
{
	while (p < end) {
		const char *quote = memchr(p, '"', left(p, end));
		const char *close;

		oc_buf_add(out, p, left(p, quote ? quote : end));
		if (!quote)
			return;
		for (close = quote + 1; *close != '"'; close++)
			close += *close == '\\';
		put_string(secrets, (struct oc_text){quote + 1, left(quote + 1, close)}, out);
		p = close + 1;
	}
}

/* Appends the document, of which what the model says stays as it is. */
static void put_body(const struct oc_secrets *secrets, const struct oc_json *j, struct oc_buf *out)
{
	int choices = oc_json_get(j, 0, "choices");
	const char *p = j->text;

	for (int at = oc_json_first(j, choices); at != OC_JSON_NONE;
	     at = oc_json_next(j, choices, at)) {
		struct oc_text message = oc_json_raw(j, oc_json_get(j, at, "message"));

		if (!message.n)
			continue;
		put_masked(secrets, p, message.p, out);
		oc_buf_add(out, message.p, message.n);
		p = message.p + message.n;
	}
	put_masked(secrets, p, j->text + j->len, out);
}

int oc_secrets_mask_body(const struct oc_secrets *secrets, struct oc_buf *body)
{
	struct oc_buf masked = {0};
	struct oc_json json;
	int rc;

	if (!secrets->first)
		return OC_OK;
	oc_json_init(&json);
	json.any_bytes = true;
	oc_buf_init(&masked, 4 * body->n);
	rc = oc_json_parse(&json, body->p, body->n, NULL);
	if (!rc)
		put_body(secrets, &json, &masked);
	oc_json_release(&json);
	if (rc == OC_ENOMEM || masked.bad) {
		oc_buf_release(&masked);
		return OC_ENOMEM;
	}
	if (rc) {
		(void)oc_secrets_mask(secrets, body->p, &body->n);
		return OC_OK;
	}
	masked.max = body->max;
	oc_buf_release(body);
	*body = masked;
	return OC_OK;
}

/* ---- secrets in URLs ---- */

int oc_secrets_add_url(struct oc_secrets *secrets, const char *url)
{
	const char *start = strstr(url, "//");
	const char *colon, *at;
	int rc;

	start = start ? start + 2 : url;
	at = start + strcspn(start, "/?#");
	while (at > start && *at != '@')
		at--;
	if (*at != '@')
		at = strrchr(start, '@'); /* no URL, but there may be a password in it */
	if (!at || at == start)
		return OC_OK;
	rc = oc_secrets_add(secrets, (struct oc_text){start, left(start, at)});
	colon = memchr(start, ':', left(start, at));
	if (rc || !colon)
		return rc;
	return oc_secrets_add(secrets, (struct oc_text){colon + 1, left(colon + 1, at)});
}

bool oc_secret_is_named(struct oc_text name)
{
	static const char *const words[] = {"key",  "token", "secret", "pass",  "auth",
	                                    "cred", "sig",   "code",   "cookie"};

	for (size_t i = 0; i < OC_COUNT(words); i++) {
		size_t len = strlen(words[i]);

		for (size_t at = 0; at + len <= name.n; at++) {
			if (strncasecmp(name.p + at, words[i], len) == 0)
				return true;
		}
	}
	return false;
}

int oc_secrets_add_query(struct oc_secrets *secrets, const char *query)
{
	const char *p = query + strspn(query, "?");
	int rc = OC_OK;

	while (*p && !rc) {
		size_t name = strcspn(p, "=&");
		size_t n = strcspn(p, "&");

		if (name < n && oc_secret_is_named((struct oc_text){p, name}))
			rc = oc_secrets_add(secrets, (struct oc_text){p + name + 1, n - name - 1});
		p += n;
		p += *p == '&';
	}
	return rc;
}
