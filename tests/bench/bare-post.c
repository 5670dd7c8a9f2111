/* SPDX-License-Identifier: MIT */
/* bare-post: the least that a libcurl program can do: POSTs standard input to the URL and prints
 * the body of the answer. What oc-complete is compared with. */
#include "compat.h"

#include <curl/curl.h>

int main(int argc, char **argv)
{
	static char body[1 << 16];
	struct curl_slist *headers;
	CURL *curl;
	CURLcode rc;

	if (argc != 2)
		return 64;
	body[fread(body, 1, sizeof body - 1, stdin)] = '\0';
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	curl = curl_easy_init();
	headers = curl_slist_append(NULL, "Content-Type: application/json");
	(void)curl_easy_setopt(curl, CURLOPT_URL, argv[1]);
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	rc = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	curl_global_cleanup();
	return rc == CURLE_OK ? 0 : 1;
}
