/* SPDX-License-Identifier: MIT */
/* list.c: the models that a server has. */
#include "compat.h"

#include "call/call.h"
#include "text/err.h"

/* GETs a list of models: n ids, one after the other, each with its NUL. */
static int get_models(struct oc_client *client, double deadline, const char *root, const char *path,
                      struct oc_buf *ids, size_t *n, struct oc_err *err)
{
	struct oc_reply reply = {0};
	struct oc_call call;
	struct oc_buf url = {0};
	int rc;

	oc_reply_init(&reply);
	oc_buf_init(&url, (size_t)1 << 16);
	oc_buf_printf(&url, "%s%s%s", root, path, client->server.query);
	oc_call_init(&call, client, url.p, deadline, &reply);
	call.attempt.models = ids;
	rc = url.bad ? oc_err_nomem(err) : oc_call_run(&call, err);
	*n = call.attempt.nmodels;
	(void)oc_secrets_mask(&client->secrets, ids->p, &ids->n);
	oc_attempt_end(&call.attempt);
	oc_buf_release(&url);
	oc_reply_release(&reply);
	return rc;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* n strings, one after the other, become a sorted list without duplicates. */
static int make_list(const struct oc_buf *ids, size_t n, char ***out, struct oc_err *err)
{
	char **list = calloc(n + 1, sizeof *list);
	const char *p = ids->p;
	size_t kept = 0;

	if (!list)
		return oc_err_nomem(err);
	for (size_t i = 0; i < n; i++, p += strlen(p) + 1) {
		list[i] = strdup(p);
		if (!list[i]) {
			oc_list_free(list);
			return oc_err_nomem(err);
		}
	}
	qsort(list, n, sizeof *list, compare);
	for (size_t i = 0; i < n; i++) {
		if (kept && strcmp(list[kept - 1], list[i]) == 0)
			free(list[i]);
		else
			list[kept++] = list[i];
	}
	list[kept] = NULL;
	*out = list;
	return OC_OK;
}

int oc_list_models(const struct oc_config *cfg, char ***ids, struct oc_err *err)
{
	struct oc_client client;
	struct oc_buf found = {0};
	double deadline;
	size_t n;
	int rc;

	oc_err_clear(err);
	*ids = NULL;
	rc = oc_client_init(&client, cfg, 0, err);
	if (rc)
		return rc;
	deadline = oc_client_deadline(&client, oc_now());
	oc_buf_init(&found, OC_ANSWER_MAX);
	rc = get_models(&client, deadline, client.server.base_url, "/models", &found, &n, err);
	/* Ollama's own list, where the server has no other. */
	if (rc == OC_ENOTFOUND) {
		oc_err_clear(err);
		rc = get_models(&client, deadline, client.server.root, "/api/tags", &found, &n,
		                err);
	}
	if (!rc)
		rc = make_list(&found, n, ids, err);
	oc_buf_release(&found);
	oc_client_release(&client);
	return rc;
}
