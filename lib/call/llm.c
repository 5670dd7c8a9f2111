/* SPDX-License-Identifier: MIT */
/* llm.c: oc.h's object style: one configured model, many calls, connections kept. */
#include "compat.h"

#include "call/complete.h"
#include "answer/form.h"
#include "request/fields.h"
#include "request/request.h"
#include "text/err.h"

/* A copy of something that cfg or req point to. */
struct kept {
	struct kept *next;
	size_t n;
	_Alignas(max_align_t) char bytes[];
};

struct oc_llm {
	struct oc_config cfg;
	struct oc_request req;
	struct oc_client client;
	bool out_of_memory; /* a copy is missing */
	struct kept *kept;
};

/* A copy of n bytes, with a NUL behind them, that lives as long as the object. */
static void *keep(struct oc_llm *llm, const void *p, size_t n)
{
	struct kept *kept = malloc(sizeof *kept + n + 1);

	if (!kept) {
		llm->out_of_memory = true;
		return NULL;
	}
	if (n)
		memcpy(kept->bytes, p, n);
	kept->bytes[n] = '\0';
	kept->n = n;
	kept->next = llm->kept;
	llm->kept = kept;
	return kept->bytes;
}

static const char *keep_string(struct oc_llm *llm, const char *s)
{
	return s ? keep(llm, s, strlen(s)) : NULL;
}

static struct oc_text keep_text(struct oc_llm *llm, struct oc_text text)
{
	return (struct oc_text){.p = keep(llm, text.p, text.n), .n = text.n};
}

static const struct oc_text *keep_texts(struct oc_llm *llm, const struct oc_text *texts, size_t n)
{
	struct oc_text *kept = keep(llm, texts, n * sizeof *kept);

	for (size_t i = 0; kept && i < n; i++)
		kept[i] = keep_text(llm, texts[i]);
	return kept;
}

static void keep_config(struct oc_llm *llm, const struct oc_config *cfg)
{
	llm->cfg = *cfg;
	llm->cfg.base_url = keep_string(llm, cfg->base_url);
	llm->cfg.api_key = keep_string(llm, cfg->api_key);
	llm->cfg.ca_file = keep_string(llm, cfg->ca_file);
	llm->cfg.proxy = keep_string(llm, cfg->proxy);
	llm->cfg.secrets = keep_texts(llm, cfg->secrets, cfg->nsecrets);
	llm->cfg.headers = keep_texts(llm, cfg->headers, cfg->nheaders);
}

static void keep_request(struct oc_llm *llm, const struct oc_request *req)
{
	const char **stop = keep(llm, req->stop, req->nstop * sizeof *stop);

	llm->req = *req;
	llm->req.prompt = (struct oc_text){.p = NULL};
	llm->req.model = keep_string(llm, req->model);
	llm->req.effort = keep_string(llm, req->effort);
	llm->req.system = keep_text(llm, req->system);
	llm->req.schema = keep_text(llm, req->schema);
	llm->req.messages = keep_text(llm, req->messages);
	llm->req.tools = keep_text(llm, req->tools);
	llm->req.tool_choice = keep_string(llm, req->tool_choice);
	llm->req.fields = keep_text(llm, req->fields);
	llm->req.seed = req->seed ? keep(llm, req->seed, sizeof *req->seed) : NULL;
	for (size_t i = 0; stop && i < req->nstop; i++)
		stop[i] = keep_string(llm, req->stop[i]);
	llm->req.images = keep_texts(llm, req->images, req->nimages);
	llm->req.stop = stop;
}

void oc_llm_free(struct oc_llm *llm)
{
	if (!llm)
		return;
	oc_client_release(&llm->client);
	while (llm->kept) {
		struct kept *next = llm->kept->next;

		explicit_bzero(llm->kept->bytes, llm->kept->n); /* one of them is the key */
		free(llm->kept);
		llm->kept = next;
	}
	free(llm);
}

int oc_llm_new(const struct oc_config *cfg, const struct oc_request *req, struct oc_llm **out,
               struct oc_err *err)
{
	struct oc_llm *llm;
	int rc;

	oc_err_clear(err);
	*out = NULL;
	rc = oc_request_check(req, err);
	if (!rc && oc_request_has_tools(req))
		rc = oc_err_set(err, OC_EARG,
		                "tools are for oc_complete() and oc_stream(): here "
		                "is no place for what is called");
	if (rc)
		return rc;
	llm = calloc(1, sizeof *llm);
	if (!llm)
		return oc_err_nomem(err);
	keep_config(llm, cfg);
	keep_request(llm, req);
	rc = llm->out_of_memory ? oc_err_nomem(err)
	                        : oc_client_init(&llm->client, &llm->cfg, 0, err);
	if (rc) {
		oc_llm_free(llm);
		return rc;
	}
	*out = llm;
	return OC_OK;
}

int oc_llm_complete(struct oc_llm *llm, struct oc_text prompt, struct oc_reply *reply,
                    struct oc_err *err)
{
	struct oc_request req = llm->req;
	int rc;

	oc_err_clear(err);
	oc_reply_init(reply);
	req.prompt = prompt;
	rc = oc_client_complete(&llm->client, &req, reply, err);
	return rc ? rc : oc_answer_take(&req, reply, err);
}

int oc_llm_stream(struct oc_llm *llm, struct oc_text prompt, oc_sink *sink, void *ctx,
                  struct oc_reply *reply, struct oc_err *err)
{
	struct oc_request req = llm->req;

	oc_err_clear(err);
	oc_reply_init(reply);
	req.prompt = prompt;
	return oc_client_stream(&llm->client, &req, sink, ctx, reply, err);
}

int oc_llm_generate_response(struct oc_llm *llm, struct oc_text prompt, char **text, size_t *len,
                             struct oc_err *err)
{
	struct oc_reply reply = {0};
	int rc = oc_llm_complete(llm, prompt, &reply, err);

	*text = NULL;
	if (!rc) {
		*text = reply.content;
		if (len)
			*len = reply.content_len;
		reply.content = NULL;
	}
	oc_reply_release(&reply);
	return rc;
}

int oc_llm_generate_response_stream(struct oc_llm *llm, struct oc_text prompt, oc_sink *sink,
                                    void *ctx, struct oc_err *err)
{
	struct oc_reply reply = {0};
	int rc = oc_llm_stream(llm, prompt, sink, ctx, &reply, err);

	oc_reply_release(&reply);
	return rc;
}
