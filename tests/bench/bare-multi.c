/* SPDX-License-Identifier: MIT */
/* bare-multi URL N P: the least that a libcurl program can do to make N requests, P at a time: the
 * same body each time, and answers are thrown away. What oc-batch is compared with. */
#include "compat.h"

#include <curl/curl.h>

#include "text/num.h"

static const char body[] = "{\"model\":\"llama3.3\",\"messages\":[{\"role\":\"user\",\"content\":"
                           "\"question 12345\"}]}";

static size_t drop(char *p, size_t size, size_t n, void *ctx)
{
	(void)p;
	(void)ctx;
	return size * n;
}

/* Removes the handles that are done, and adds them again as long as there is something to ask. */
static int64_t take_done(CURLM *multi, int64_t *left)
{
	int64_t done = 0;
	CURLMsg *message;
	int queued;

	while ((message = curl_multi_info_read(multi, &queued)) != NULL) {
		CURL *easy = message->easy_handle;

		if (message->data.result != CURLE_OK)
			exit(1);
		done++;
		(void)curl_multi_remove_handle(multi, easy);
		if (--*left >= 0)
			(void)curl_multi_add_handle(multi, easy);
		else
			curl_easy_cleanup(easy);
	}
	return done;
}

int main(int argc, char **argv)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	CURLM *multi = curl_multi_init();
	int64_t n = 0, parallel = 0, done = 0, left;
	int running;

	if (argc != 4 || !oc_num_int64(argv[2], &n) || !oc_num_int64(argv[3], &parallel))
		return 64;
	left = n - parallel;
	for (int64_t i = 0; i < parallel; i++) {
		CURL *easy = curl_easy_init();

		(void)curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
		(void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
		(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
		(void)curl_multi_add_handle(multi, easy);
	}
	while (done < n) {
		(void)curl_multi_perform(multi, &running);
		done += take_done(multi, &left);
		if (done < n)
			(void)curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	(void)curl_multi_cleanup(multi);
	curl_slist_free_all(headers);
	return 0;
}
