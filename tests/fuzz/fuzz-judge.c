/* SPDX-License-Identifier: MIT */
/*
 * fuzz-judge.c: any error of any server: what it is taken for must fit together. Three digits are
 * the status (below 100: none), then comes a line that is the kind, and the rest are the words.
 */
#include "fuzz.h"

#include "answer/judge.h"

/* A copy that ends where its memory ends, so that a sanitizer sees what is read beyond it. */
static char *copy(const uint8_t *p, size_t n)
{
	char *text = malloc(n ? n : 1);

	want(text != NULL);
	if (n)
		memcpy(text, p, n);
	return text;
}

static void check(int status, struct oc_text kind, struct oc_text words)
{
	struct oc_verdict v = oc_judge(status, kind, words);
	struct oc_verdict bare =
	        oc_judge(v.status, (struct oc_text){"", 0}, (struct oc_text){"it", 2});

	want(v.code < 0);
	want(v.status == status || (!status && v.status >= 400 && v.status < 600));
	/* What may pass is busy, and words never make what does not pass into what does. */
	want(!v.retry || v.code == OC_EBUSY);
	want(!v.retry || !v.status || bare.retry);
	want(!v.slow || v.retry);
	want(!v.loading || (v.retry && !v.slow && (!v.status || v.status == 503)));
	want(!v.no_api || v.code == OC_ENOTFOUND || v.status == 405);
	/* No words let a request be asked again that is refused for want of a key. */
	want(v.status != 401 || v.code == OC_EAUTH);
	want(v.status != 402 || v.code == OC_EQUOTA);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line;
	size_t n;
	char *kind, *words;
	int status;

	if (size < 3)
		return 0;
	status = 100 * (data[0] % 8) + 10 * ((data[1] + 2) % 10) + (data[2] + 2) % 10;
	data += 3;
	size -= 3;
	line = memchr(data, '\n', size);
	n = line ? (size_t)(line - data) : 0;
	kind = copy(data, n);
	n += line ? 1 : 0;
	words = copy(data + n, size - n);
	check(status < 100 ? 0 : status, (struct oc_text){kind, line ? n - 1 : 0},
	      (struct oc_text){words, size - n});
	free(kind);
	free(words);
	return 0;
}
