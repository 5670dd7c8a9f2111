/* SPDX-License-Identifier: MIT */
/* header.c: headers that a request has besides those of this library. */
#include "compat.h"

#include "http/header.h"
#include "text/err.h"
#include "text/text.h"

struct oc_text oc_header_name(struct oc_text header)
{
	const char *colon = header.n ? memchr(header.p, ':', header.n) : NULL;

	return (struct oc_text){header.p, colon ? (size_t)(colon - header.p) : 0};
}

struct oc_text oc_header_value(struct oc_text header)
{
	size_t name = oc_header_name(header).n;

	return oc_text_trim((struct oc_text){header.p + name + 1, header.n - name - 1}, " \t");
}

bool oc_headers_have(const struct oc_text *headers, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (oc_text_is_like(oc_header_name(headers[i]), name))
			return true;
	}
	return false;
}

/* RFC 9110, 5.6.2: a token. A colon, which is behind a name, is none of its characters. */
static bool is_token(struct oc_text name)
{
	return name.n && strspn(name.p, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
	                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == name.n;
}

/* No control character: a line end would begin another header. */
static bool is_value(struct oc_text value)
{
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return value.n > 0;
}

static bool is_reserved(struct oc_text name)
{
	static const char *const names[] = {
	        "Accept-Encoding",  "Connection", "Content-Encoding",  "Content-Length",
	        "Expect",           "Host",       "Keep-Alive",        "TE",
	        "Proxy-Connection", "Trailer",    "Transfer-Encoding", "Upgrade",
	};

	for (size_t i = 0; i < OC_COUNT(names); i++) {
		if (oc_text_is_like(name, names[i]))
			return true;
	}
	return false;
}

int oc_header_check(struct oc_text header, struct oc_err *err)
{
	struct oc_text name = oc_header_name(header);

	if (header.n > OC_HEADER_MAX)
		return oc_err_set(err, OC_EARG, "a header is longer than %zu bytes", OC_HEADER_MAX);
	if (!is_token(name))
		return oc_err_set(err, OC_EARG, "a header is not like \"Name: value\"");
	if (oc_text_is_like(name, "Authorization"))
		return oc_err_set(err, OC_EARG, "the header %.*s is that of the API key",
		                  (int)name.n, name.p);
	if (is_reserved(name))
		return oc_err_set(err, OC_EARG, "the header %.*s cannot be set", (int)name.n,
		                  name.p);
	if (!is_value(oc_header_value(header)))
		return oc_err_set(err, OC_EARG,
		                  "the header %.*s has no value, or one with control characters",
		                  (int)name.n, name.p);
	return OC_OK;
}
