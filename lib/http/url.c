/* SPDX-License-Identifier: MIT */
/* url.c: what a base URL says; libcurl's parser decides, so that both always agree. */
#include "compat.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <strings.h>

#include "text/buf.h"
#include "text/err.h"
#include "http/ollama.h"
#include "http/url.h"

static bool is_loopback(const char *host)
{
	unsigned char address[4];

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	/* libcurl has normalised every notation of IPv4 to four decimal numbers; what is still
	 * anything else is a name, which may be anybody's. */
	return inet_pton(AF_INET, host, address) == 1 && address[0] == 127;
}

/* A copy of a part of the URL; NULL where it has none, or memory is out. */
static char *part_of(CURLU *url, CURLUPart part)
{
	char *value = NULL;
	char *copy;

	if (curl_url_get(url, part, &value, 0) != CURLUE_OK)
		return NULL;
	copy = strdup(value);
	curl_free(value);
	return copy;
}

static void trim_slashes(char *s)
{
	size_t n = strlen(s);

	while (n && s[n - 1] == '/')
		s[--n] = '\0';
}

/* Of an address of IPv6. */
static void strip_brackets(char *host)
{
	size_t n = strlen(host);

	if (*host != '[' || host[n - 1] != ']')
		return;
	memmove(host, host + 1, n - 2);
	host[n - 2] = '\0';
}

/* Of a whole URL without a fragment, the parts are left. OC_ENOMEM. */
static int split(struct oc_server *server)
{
	char *query = server->base_url + strcspn(server->base_url, "?");
	struct oc_buf chat = {0};
	const char *authority;

	server->query = strdup(query);
	*query = '\0';
	authority = strstr(server->base_url, "//") + 2;
	server->root = strndup(server->base_url,
	                       (size_t)(authority - server->base_url) + strcspn(authority, "/"));
	trim_slashes(server->base_url);
	oc_buf_init(&chat, (size_t)2 * OC_URL_MAX);
	oc_buf_printf(&chat, "%s/chat/completions%s", server->base_url,
	              server->query ? server->query : "");
	server->chat = oc_buf_detach(&chat);
	server->loopback = is_loopback(server->host);
	server->encrypted = strncmp(server->base_url, "https:", 6) == 0;
	server->needs_key = oc_ollama_owns(server->host);
	strip_brackets(server->host);
	return server->query && server->root && server->chat ? OC_OK : OC_ENOMEM;
}

/* Looked for in the text itself: what libcurl cannot parse must not be repeated, either. */
static bool has_user_info(const char *base_url)
{
	const char *authority = strstr(base_url, "//");

	if (!authority)
		authority = base_url;
	authority += strspn(authority, "/"); /* libcurl takes three slashes for two */
	return memchr(authority, '@', strcspn(authority, "/?#"));
}

/* An at sign may still be of user info that something odd stands in; and nothing is known of what
 * a query holds. */
static int no_base_url(const char *base_url, const char *link, const char *why, struct oc_err *err)
{
	size_t n = strcspn(base_url, "?");

	if (strchr(base_url, '@'))
		return oc_err_set(err, OC_EARG, "the base URL%s%s", link, why);
	return oc_err_set(err, OC_EARG, "base URL \"%.*s\"%s%s", (int)(n < 500 ? n : 500), base_url,
	                  link, why);
}

static int parse(CURLU *url, const char *base_url, struct oc_server *server, struct oc_err *err)
{
	CURLUcode rc = curl_url_set(url, CURLUPART_URL, base_url, 0);

	if (rc == CURLUE_OUT_OF_MEMORY)
		return oc_err_nomem(err);
	if (rc != CURLUE_OK)
		return no_base_url(base_url, ": ", curl_url_strerror(rc), err);
	server->host = part_of(url, CURLUPART_HOST);
	server->base_url = part_of(url, CURLUPART_URL);
	if (server->base_url && strchr(server->base_url, '#'))
		return oc_err_set(err, OC_EARG, "the base URL must not have a fragment");
	if (!server->host || !server->base_url || split(server))
		return oc_err_nomem(err);
	return OC_OK;
}

int oc_server_init(struct oc_server *server, const char *base_url, struct oc_err *err)
{
	CURLU *url;
	int rc;

	*server = (struct oc_server){.base_url = NULL};
	if (strlen(base_url) > OC_URL_MAX)
		return oc_err_set(err, OC_EARG, "the base URL is longer than %d bytes", OC_URL_MAX);
	if (has_user_info(base_url))
		return oc_err_set(err, OC_EARG,
		                  "the base URL must not contain user info; the key comes from a "
		                  "file or from the environment");
	if (strncasecmp(base_url, "http://", 7) != 0 && strncasecmp(base_url, "https://", 8) != 0)
		return no_base_url(base_url, " ", "does not begin with http:// or https://", err);
	url = curl_url();
	if (!url)
		return oc_err_nomem(err);
	rc = parse(url, base_url, server, err);
	curl_url_cleanup(url);
	if (rc)
		oc_server_release(server);
	return rc;
}

char *oc_proxy_name(const char *proxy)
{
	CURLU *url = curl_url();
	struct oc_buf name = {0};
	char *host = NULL;
	char *scheme = NULL;
	char *port = NULL;

	if (url && curl_url_set(url, CURLUPART_URL, proxy,
	                        CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME) == CURLUE_OK) {
		host = part_of(url, CURLUPART_HOST);
		scheme = part_of(url, CURLUPART_SCHEME);
		port = part_of(url, CURLUPART_PORT);
	}
	oc_buf_init(&name, SIZE_MAX / 2);
	if (host && scheme && !port)
		port = strdup(strcmp(scheme, "https") == 0 ? "443" : "1080");
	if (host && port)
		oc_buf_printf(&name, "%s:%s", host, port);
	free(port);
	free(scheme);
	free(host);
	curl_url_cleanup(url);
	return name.n ? oc_buf_detach(&name) : NULL;
}

void oc_server_release(struct oc_server *server)
{
	free(server->host);
	free(server->base_url);
	free(server->root);
	free(server->chat);
	free(server->query);
	*server = (struct oc_server){.base_url = NULL};
}
