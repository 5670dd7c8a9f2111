/* SPDX-License-Identifier: MIT */
/* question.c: a request's body, try after try. */
#include "compat.h"

#include "call/question.h"
#include "text/hash.h"

static uint64_t hash_of(const char *model)
{
	return model ? oc_hash((struct oc_text){model, strlen(model)}) : 0;
}

/* Where the model is among those that are known; where the next one goes, if it is not. */
static unsigned find(const struct oc_accepted *known, const char *model)
{
	for (unsigned i = 0; i < known->n && i < OC_ACCEPTED_MAX; i++) {
		if (known->of[i].model == hash_of(model))
			return i;
	}
	return known->n;
}

int oc_question_init(struct oc_question *q, const struct oc_request *req, struct oc_buf *body,
                     bool stream, struct oc_err *err)
{
	*q = (struct oc_question){
	        .body = body,
	        .plain = body->n - 1,
	        .model = req->model,
	        .keep_think = req->keep_think,
	};
	return stream ? oc_request_stream(req, body, &q->asks, err) : OC_OK;
}

static void ask_less(struct oc_question *q, enum oc_delivery asks)
{
	q->asks = asks;
	oc_buf_cut(q->body, q->plain);
	oc_buf_puts(q->body, asks == OC_DELIVERY_WHOLE ? "}" : ",\"stream\":true}");
}

struct oc_text oc_question_plain(struct oc_question *q)
{
	ask_less(q, OC_DELIVERY_WHOLE);
	return oc_buf_text(q->body);
}

struct oc_text oc_question_body(struct oc_question *q, const struct oc_accepted *known)
{
	unsigned at = find(known, q->model);

	if (!q->body)
		return (struct oc_text){NULL, 0};
	if (at < known->n && known->of[at].accepts < q->asks)
		ask_less(q, known->of[at].accepts);
	return oc_buf_text(q->body);
}

bool oc_question_lower(struct oc_question *q, enum oc_code code, enum oc_delivery accepts,
                       struct oc_accepted *known)
{
	unsigned at;

	if (code && accepts < q->asks) {
		ask_less(q, accepts);
		q->lowered = true;
		return true;
	}
	if (code || !q->lowered)
		return false;
	at = find(known, q->model);
	known->n += at == known->n;
	known->of[at % OC_ACCEPTED_MAX].model = hash_of(q->model);
	known->of[at % OC_ACCEPTED_MAX].accepts = q->asks;
	return false;
}
