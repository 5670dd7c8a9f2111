/* SPDX-License-Identifier: MIT */
/* url.c: what a base URL says; libcurl's parser decides, so that both always agree. */
#include "compat.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <strings.h>

#include "err.h"
#include "url.h"

static bool is_loopback(const char *host)
{
	unsigned char address[4];

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	/* libcurl has normalised every notation of IPv4 to four decimal numbers; what is still
	 * anything else is a name, which may be anybody's. */
	return inet_pton(AF_INET, host, address) == 1 && address[0] == 127;
}

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

static bool has_part(CURLU *url, CURLUPart part)
{
	char *value = NULL;
	bool has = curl_url_get(url, part, &value, 0) == CURLUE_OK;

	curl_free(value);
	return has;
}

static void trim_slashes(char *s)
{
	size_t n = strlen(s);

	while (n && s[n - 1] == '/')
		s[--n] = '\0';
}

/* The URL is parsed: takes from it what is wanted. */
static int take_parts(CURLU *url, struct oc_server *server)
{
	char *host = part_of(url, CURLUPART_HOST);

	server->base_url = part_of(url, CURLUPART_URL);
	(void)curl_url_set(url, CURLUPART_PATH, NULL, 0);
	server->root = part_of(url, CURLUPART_URL);
	if (!host || !server->base_url || !server->root) {
		free(host);
		oc_server_release(server);
		return OC_ENOMEM;
	}
	trim_slashes(server->base_url);
	trim_slashes(server->root);
	server->loopback = is_loopback(host);
	server->encrypted = strncmp(server->base_url, "https:", 6) == 0;
	free(host);
	return OC_OK;
}

/* Looked for in the text itself: what libcurl cannot parse must not be repeated, either. */
static bool has_user_info(const char *base_url)
{
	const char *authority = strstr(base_url, "//");

	if (!authority)
		return false;
	authority += strspn(authority, "/"); /* libcurl takes three slashes for two */
	return memchr(authority, '@', strcspn(authority, "/?#"));
}

static int parse(CURLU *url, const char *base_url, struct oc_server *server, struct oc_err *err)
{
	CURLUcode rc = curl_url_set(url, CURLUPART_URL, base_url, 0);

	if (rc == CURLUE_OUT_OF_MEMORY)
		return oc_err_nomem(err);
	if (rc != CURLUE_OK)
		return oc_err_set(err, OC_EARG, "base URL \"%s\": %s", base_url,
		                  curl_url_strerror(rc));
	if (has_part(url, CURLUPART_QUERY) || has_part(url, CURLUPART_FRAGMENT))
		return oc_err_set(err, OC_EARG, "the base URL must not have a query or a fragment");
	return take_parts(url, server) ? oc_err_nomem(err) : OC_OK;
}

int oc_server_init(struct oc_server *server, const char *base_url, struct oc_err *err)
{
	CURLU *url;
	int rc;

	*server = (struct oc_server){.base_url = NULL};
	if (has_user_info(base_url))
		return oc_err_set(err, OC_EARG,
		                  "the base URL must not contain user info; the key comes from a "
		                  "file or from the environment");
	if (strncasecmp(base_url, "http://", 7) != 0 && strncasecmp(base_url, "https://", 8) != 0)
		return oc_err_set(err, OC_EARG,
		                  "base URL \"%s\" does not begin with http:// or https://",
		                  base_url);
	url = curl_url();
	if (!url)
		return oc_err_nomem(err);
	rc = parse(url, base_url, server, err);
	curl_url_cleanup(url);
	return rc;
}

void oc_server_release(struct oc_server *server)
{
	free(server->base_url);
	free(server->root);
	*server = (struct oc_server){.base_url = NULL};
}
