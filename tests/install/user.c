/* SPDX-License-Identifier: MIT */
/* user.c: somebody's own program, in C and in C++: asks the server at a URL, or counts models. */
#include <oc.h>

#include <stdio.h>

static int ask(const char *url)
{
	struct oc_config cfg;
	struct oc_request req;
	static struct oc_reply reply;
	static struct oc_err err;
	int failed;

	oc_config_init(&cfg);
	cfg.base_url = url;
	oc_request_init(&req);
	req.model = "m";
	req.prompt.p = "Hello";
	req.prompt.n = 5;
	failed = oc_complete(&cfg, &req, &reply, &err);
	puts(failed ? err.message : reply.content);
	oc_reply_release(&reply);
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	size_t n = 0;

	if (argc > 1)
		return ask(argv[1]);
	(void)oc_models(&n);
	printf("%s: %d models\n", OC_VERSION, (int)n);
	return 0;
}
