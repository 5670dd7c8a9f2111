/* SPDX-License-Identifier: MIT */
/* format.c: the `format` of JSON Schema. */
#include "compat.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "schema/format.h"
#include "text/moment.h"
#include "text/text.h"

#define DIGITS  "0123456789"
#define HEX     DIGITS "abcdefABCDEF"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool consists_of(struct oc_text text, const char *set)
{
	return !oc_text_trim(text, set).n;
}

static struct oc_text part(struct oc_text text, size_t from, size_t to)
{
	return (struct oc_text){text.p + from, to - from};
}

static bool is_date_time(struct oc_text text)
{
	int64_t moment;

	return oc_moment_read(text, &moment);
}

/* ---- addresses ---- */

static bool is_address(struct oc_text text, int family, size_t max)
{
	char copy[INET6_ADDRSTRLEN + 1];
	unsigned char address[16];

	if (text.n > max || memchr(text.p, '\0', text.n))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	return inet_pton(family, copy, address) == 1;
}

static bool is_ipv4(struct oc_text text)
{
	return is_address(text, AF_INET, INET_ADDRSTRLEN);
}

static bool is_ipv6(struct oc_text text)
{
	return is_address(text, AF_INET6, INET6_ADDRSTRLEN);
}

static bool is_label(struct oc_text text)
{
	if (!text.n || text.n > 63 || text.p[0] == '-' || text.p[text.n - 1] == '-')
		return false;
	/* Hyphens there mark a name in another encoding, and xn is the only one. */
	if (text.n >= 4 && text.p[2] == '-' && text.p[3] == '-' &&
	    !(oc_is_one_of(text.p[0], "xX") && oc_is_one_of(text.p[1], "nN")))
		return false;
	return consists_of(text, LETTERS DIGITS "-");
}

/* Is all such that stands between the dots? */
static bool is_dotted(struct oc_text text, bool (*is)(struct oc_text text))
{
	size_t dot = oc_text_find(text, ".");

	for (; dot < text.n && is(part(text, 0, dot)); dot = oc_text_find(text, "."))
		text = part(text, dot + 1, text.n);
	return dot == text.n && is(text);
}

static bool is_hostname(struct oc_text text)
{
	return text.n <= 253 && is_dotted(text, is_label);
}

/* [192.0.2.1] or [IPv6:2001:db8::1] */
static bool is_address_literal(struct oc_text text)
{
	static const char prefix[] = "IPv6:";
	size_t n = sizeof prefix - 1;

	if (text.n < 2 || text.p[0] != '[' || text.p[text.n - 1] != ']')
		return false;
	text = part(text, 1, text.n - 1);
	if (text.n > n && memcmp(text.p, prefix, n) == 0)
		return is_ipv6(part(text, n, text.n));
	return is_ipv4(text);
}

static bool is_atom(struct oc_text text)
{
	return text.n && consists_of(text, LETTERS DIGITS "!#$%&'*+-/=?^_`{|}~");
}

static bool is_quoted(struct oc_text text)
{
	if (text.n < 2 || text.p[0] != '"' || text.p[text.n - 1] != '"')
		return false;
	for (size_t i = 1; i + 1 < text.n; i++) {
		bool escaped = text.p[i] == '\\';

		if (escaped)
			i++;
		if (i + 1 >= text.n || text.p[i] < ' ' || text.p[i] > '~' ||
		    (!escaped && text.p[i] == '"'))
			return false;
	}
	return true;
}

static bool is_email(struct oc_text text)
{
	size_t at = text.n;
	struct oc_text local, domain;

	while (at && text.p[at - 1] != '@')
		at--;
	if (!at)
		return false;
	local = part(text, 0, at - 1);
	domain = part(text, at, text.n);
	return local.n <= 64 && (is_dotted(local, is_atom) || is_quoted(local)) &&
	       (is_hostname(domain) || is_address_literal(domain));
}

/* ---- URIs (RFC 3986) ---- */

#define UNRESERVED "-._~"
#define SUB_DELIMS "!$&'()*+,;="

/* Nothing but letters, digits, percent-encoded bytes, and these. */
static bool has_only(struct oc_text text, const char *others)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '%') {
			if (i + 2 >= text.n || !oc_is_one_of(text.p[i + 1], HEX) ||
			    !oc_is_one_of(text.p[i + 2], HEX))
				return false;
			i += 2;
		} else if (!oc_is_one_of(c, LETTERS DIGITS) && !oc_is_one_of(c, others)) {
			return false;
		}
	}
	return true;
}

/* v1.x in brackets is for addresses of the future. */
static bool is_ip_literal(struct oc_text text)
{
	struct oc_text inner = part(text, 1, text.n - 1);
	size_t dot = oc_text_find(inner, ".");

	if (is_ipv6(inner))
		return true;
	return inner.n >= 4 && oc_is_one_of(inner.p[0], "vV") && dot >= 2 && dot + 1 < inner.n &&
	       consists_of(part(inner, 1, dot), HEX) &&
	       consists_of(part(inner, dot + 1, inner.n), LETTERS DIGITS UNRESERVED SUB_DELIMS ":");
}

static bool is_authority(struct oc_text text)
{
	size_t at = oc_text_find(text, "@");
	size_t end;

	if (at < text.n) {
		if (!has_only(part(text, 0, at), UNRESERVED SUB_DELIMS ":"))
			return false;
		text = part(text, at + 1, text.n);
	}
	if (text.n && text.p[0] == '[') {
		end = oc_text_find(text, "]");
		if (end == text.n || !is_ip_literal(part(text, 0, end + 1)))
			return false;
		end++;
	} else {
		end = oc_text_find(text, ":");
		if (!has_only(part(text, 0, end), UNRESERVED SUB_DELIMS))
			return false;
	}
	text = part(text, end, text.n);
	return !text.n || (text.p[0] == ':' && consists_of(part(text, 1, text.n), DIGITS));
}

static bool is_scheme(struct oc_text text)
{
	return text.n && oc_is_one_of(text.p[0], LETTERS) &&
	       consists_of(text, LETTERS DIGITS "+-.");
}

static bool is_uri(struct oc_text text)
{
	size_t colon = oc_text_find(text, ":");
	size_t end;

	if (colon == text.n || !is_scheme(part(text, 0, colon)))
		return false;
	text = part(text, colon + 1, text.n);
	if (text.n >= 2 && text.p[0] == '/' && text.p[1] == '/') {
		text = part(text, 2, text.n);
		end = oc_text_find(text, "/?#");
		if (!is_authority(part(text, 0, end)))
			return false;
		text = part(text, end, text.n);
	}
	end = oc_text_find(text, "?#");
	if (!has_only(part(text, 0, end), UNRESERVED SUB_DELIMS ":@/"))
		return false;
	text = part(text, end, text.n);
	end = oc_text_find(text, "#");
	return has_only(part(text, 0, end), UNRESERVED SUB_DELIMS ":@/?") &&
	       (end == text.n ||
	        has_only(part(text, end + 1, text.n), UNRESERVED SUB_DELIMS ":@/?"));
}

/* ---- */

static bool is_uuid(struct oc_text text)
{
	if (text.n != 36)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;

		if (hyphen ? text.p[i] != '-' : !oc_is_one_of(text.p[i], HEX))
			return false;
	}
	return true;
}

oc_format_check *oc_format_find(const char *name, size_t n)
{
	static const struct {
		const char *name;
		oc_format_check *check;
	} formats[] = {
	        {"date", oc_moment_is_date}, {"time", oc_moment_is_time},
	        {"date-time", is_date_time}, {"email", is_email},
	        {"hostname", is_hostname},   {"ipv4", is_ipv4},
	        {"ipv6", is_ipv6},           {"uri", is_uri},
	        {"uuid", is_uuid},
	};

	for (size_t i = 0; i < OC_COUNT(formats); i++) {
		if (oc_text_is((struct oc_text){name, n}, formats[i].name))
			return formats[i].check;
	}
	return NULL;
}
