/* SPDX-License-Identifier: MIT */
/* ollama.c: what Ollama lays down about servers: how one is named, and which are its own. */
#include "compat.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>

#include "text/num.h"
#include "http/ollama.h"
#include "text/text.h"

/* The parts of a server's name. */
struct place {
	struct oc_text scheme;
	struct oc_text host; /* without brackets */
	struct oc_text port; /* n == 0: the scheme's own */
	struct oc_text path; /* with the slash before it, and none behind it */
};

static bool has(struct oc_text t, char c)
{
	return t.n && memchr(t.p, c, t.n);
}

/* Cuts the first n bytes off *t. */
static struct oc_text cut(struct oc_text *t, size_t n)
{
	struct oc_text head = {t->p, n};

	*t = (struct oc_text){t->p + n, t->n - n};
	return head;
}

static bool is_port(struct oc_text t)
{
	char digits[8] = "";
	int64_t port;

	if (t.n >= sizeof digits)
		return false;
	memcpy(digits, t.p, t.n);
	return oc_num_int64(digits, &port) && port > 0 && port <= 65535;
}

/* Splits `host:port`. What is no port is passed over, as Ollama does it. */
static void split_authority(struct oc_text t, struct place *place)
{
	size_t n;

	place->host = t;
	if (has(t, '@')) /* user info: whoever reads the URL refuses it */
		return;
	if (t.n && *t.p == '[' && has(t, ']')) {
		(void)cut(&t, 1);
		place->host = cut(&t, oc_text_find(t, "]"));
		(void)cut(&t, 1);
	} else {
		n = oc_text_find(t, ":");
		if (n < t.n && has((struct oc_text){t.p + n + 1, t.n - n - 1}, ':'))
			return; /* an IPv6 address */
		place->host = cut(&t, n);
	}
	if (t.n && is_port((struct oc_text){t.p + 1, t.n - 1}))
		place->port = (struct oc_text){t.p + 1, t.n - 1};
}

/* name: a part of a string, behind which there are blanks and quotes at most. */
static struct place parse(struct oc_text name)
{
	struct place place = {.scheme = oc_text_of("http"), .port = oc_text_of("11434")};
	const char *mark = strstr(name.p, "://");

	if (mark) {
		place.scheme = cut(&name, (size_t)(mark - name.p));
		(void)cut(&name, 3);
		place.port.n = 0;
	} else if (oc_text_is_like(name, "ollama.com")) {
		place.scheme = oc_text_of("https");
		place.port.n = 0;
	}
	split_authority(cut(&name, oc_text_find(name, "/")), &place);
	while (name.n && name.p[name.n - 1] == '/')
		name.n--;
	place.path = name;
	return place;
}

/* An address to listen on is none to ask. */
static struct oc_text to_be_asked(struct oc_text host)
{
	char address[INET6_ADDRSTRLEN] = "";
	struct in6_addr binary;

	if (!host.n || oc_text_is(host, "0.0.0.0"))
		return oc_text_of("127.0.0.1");
	if (host.n >= sizeof address)
		return host;
	memcpy(address, host.p, host.n);
	if (inet_pton(AF_INET6, address, &binary) == 1 && IN6_IS_ADDR_UNSPECIFIED(&binary))
		return oc_text_of("::1");
	return host;
}

bool oc_ollama_base_url(struct oc_buf *out, const char *name)
{
	struct oc_text text = oc_text_trim(oc_text_of(name), " \t\r\n\"'");
	struct place place;
	bool brackets;

	if (!text.n)
		return false;
	place = parse(text);
	place.host = to_be_asked(place.host);
	brackets = has(place.host, ':') && !has(place.host, '@');
	oc_buf_printf(out, "%.*s://%s%.*s%s%s%.*s%.*s/v1", (int)place.scheme.n, place.scheme.p,
	              brackets ? "[" : "", (int)place.host.n, place.host.p, brackets ? "]" : "",
	              place.port.n ? ":" : "", (int)place.port.n, place.port.p, (int)place.path.n,
	              place.path.p);
	return true;
}

bool oc_ollama_owns(const char *host)
{
	static const char *const names[] = {"ollama.com", "api.ollama.cloud"};
	size_t n = strlen(host);

	if (n && host[n - 1] == '.') /* the same name, written to its end */
		n--;
	for (size_t i = 0; i < OC_COUNT(names); i++) {
		size_t len = strlen(names[i]);

		if (n >= len && strncasecmp(host + n - len, names[i], len) == 0 &&
		    (n == len || host[n - len - 1] == '.'))
			return true;
	}
	return false;
}
