/* SPDX-License-Identifier: MIT */
/* reply.c: building a reply. */
#include "fake.h"

#include <strings.h>

struct reply *reply_new(int status)
{
	struct reply *r = calloc(1, sizeof *r);

	if (!r)
		die("no memory");
	r->status = status;
	r->length = -1;
	r->cut = FOREVER;
	return r;
}

void reply_free(struct reply *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->nsteps; i++)
		free(r->steps[i].p);
	free(r->steps);
	free(r->reason);
	free(r->type);
	bytes_release(&r->headers);
	bytes_release(&r->head);
	free(r);
}

void reply_set(char **field, const char *value)
{
	free(*field);
	*field = strdup(value);
	if (!*field)
		die("no memory");
}

void reply_header(struct reply *r, const char *line)
{
	bytes_printf(&r->headers, "%s\r\n", line);
}

struct step *reply_step(struct reply *r, enum step_kind kind, const char *p, size_t n)
{
	struct bytes copy = {0};
	struct step *s;

	/* Room for a power of two of steps: grow when the number reaches one. */
	if ((r->nsteps & (r->nsteps - 1)) == 0) {
		r->steps = realloc(r->steps, (r->nsteps ? r->nsteps * 2 : 1) * sizeof *r->steps);
		if (!r->steps)
			die("no memory");
	}
	bytes_add(&copy, p, n);
	s = &r->steps[r->nsteps++];
	*s = (struct step){.kind = kind, .p = copy.p, .n = n, .times = 1};
	return s;
}

void reply_body(struct reply *r, const char *p, size_t n)
{
	(void)reply_step(r, STEP_BODY, p, n);
}

static const char *reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
	        {200, "OK"},
	        {301, "Moved Permanently"},
	        {302, "Found"},
	        {307, "Temporary Redirect"},
	        {308, "Permanent Redirect"},
	        {400, "Bad Request"},
	        {401, "Unauthorized"},
	        {402, "Payment Required"},
	        {403, "Forbidden"},
	        {404, "Not Found"},
	        {405, "Method Not Allowed"},
	        {408, "Request Timeout"},
	        {409, "Conflict"},
	        {410, "Gone"},
	        {411, "Length Required"},
	        {413, "Content Too Large"},
	        {422, "Unprocessable Content"},
	        {429, "Too Many Requests"},
	        {500, "Internal Server Error"},
	        {501, "Not Implemented"},
	        {502, "Bad Gateway"},
	        {503, "Service Unavailable"},
	        {504, "Gateway Timeout"},
	};

	for (size_t i = 0; i < OC_COUNT(reasons); i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Unknown";
}

/* The true length of the body. */
static uint64_t body_length(const struct reply *r)
{
	uint64_t length = 0;

	for (size_t i = 0; i < r->nsteps; i++) {
		const struct step *s = &r->steps[i];

		if (s->kind != STEP_BODY && s->kind != STEP_STAMP)
			continue;
		if (s->kind == STEP_STAMP || s->times == FOREVER)
			die("a body without a known length needs `framing chunked`, or close");
		length += s->n * s->times;
	}
	return length;
}

void reply_finish(struct reply *r)
{
	bytes_printf(&r->head, "HTTP/1.1 %d %s\r\n", r->status,
	             r->reason ? r->reason : reason(r->status));
	if (!r->type || *r->type)
		bytes_printf(&r->head, "Content-Type: %s\r\n",
		             r->type ? r->type : "application/json");
	bytes_add(&r->head, r->headers.p, r->headers.n);
	if (r->framing == FRAMING_CHUNKED)
		bytes_puts(&r->head, "Transfer-Encoding: chunked\r\n");
	else if (r->framing == FRAMING_CLOSE)
		bytes_puts(&r->head, "Connection: close\r\n");
	else if (r->framing == FRAMING_LENGTH && r->length >= 0)
		bytes_printf(&r->head, "Content-Length: %lld\r\n", (long long)r->length);
	else if (r->framing == FRAMING_LENGTH)
		bytes_printf(&r->head, "Content-Length: %llu\r\n",
		             (unsigned long long)body_length(r));
	bytes_puts(&r->head, "\r\n");
}
