/* SPDX-License-Identifier: MIT */
/*
 * secret.h: what must not be shown: keys and passwords, in whatever spelling a server, a proxy or
 * libcurl repeats them.
 *
 * Everything that comes from outside and may be shown goes through oc_secrets_mask() once, when it
 * has its last form: messages, lines of the log, the names in a reply. The model's words do not.
 */
#ifndef OC_SECRET_H
#define OC_SECRET_H

#include "text/buf.h"

/* How much of a secret is too much to be shown, in bytes. A shorter one is none: it would spoil
 * words. */
#define OC_SECRET_MIN 8

struct oc_secrets {
	struct oc_secret *first; /* owned; NULL = there is none */
};

/* Adds a secret; also as what it is where it is percent-encoded; and as it stands in base64 within
 * whatever is around it, as a password does in Basic authorization. OC_ENOMEM. */
int oc_secrets_add(struct oc_secrets *secrets, struct oc_text secret);

/* Adds the secrets in a URL: its user info, and the password in that. */
int oc_secrets_add_url(struct oc_secrets *secrets, const char *url);

/* Does the name of a header or a parameter say that its value is secret? */
bool oc_secret_is_named(struct oc_text name);

/* Adds the values in a query, "?…", whose names say that they are secret. */
int oc_secrets_add_query(struct oc_secrets *secrets, const char *query);

/* Overwrites the secrets in memory, and forgets them. */
void oc_secrets_release(struct oc_secrets *secrets);

/*
 * Puts a star in place of each byte of a secret in the *n bytes at p, and of any part of it that is
 * OC_SECRET_MIN long, as where a text begins or ends within it; be it plain, escaped as in JSON or
 * in C, percent-encoded, as HTML entities, in a JSON Pointer, one of these within another, or, once
 * there is enough of it, broken over lines. The
 * text gets shorter where the spelling was longer. True if there was one; p[*n] is NUL then.
 */
bool oc_secrets_mask(const struct oc_secrets *secrets, char *p, size_t *n);

/* The same for a string, which may be NULL. */
void oc_secrets_mask_string(const struct oc_secrets *secrets, char *s);

/* The same for the strings of a JSON document that is a chat completion, but for its messages,
 * which are what the model says. A body that is no JSON is masked as text. OC_ENOMEM. */
int oc_secrets_mask_body(const struct oc_secrets *secrets, struct oc_buf *body);

#endif
