/* SPDX-License-Identifier: MIT */
/* sse.c: an incremental parser of the event-stream format. */
#include "compat.h"

#include "answer/sse.h"
#include "text/text.h"

void oc_sse_init(struct oc_sse *s, size_t max, oc_sse_handler *handler, void *ctx)
{
	*s = (struct oc_sse){.handler = handler, .ctx = ctx, .max = max};
	oc_buf_init(&s->line, max);
	oc_buf_init(&s->data, max);
	oc_buf_init(&s->type, max);
	oc_buf_init(&s->error, max);
}

void oc_sse_release(struct oc_sse *s)
{
	oc_buf_release(&s->line);
	oc_buf_release(&s->data);
	oc_buf_release(&s->type);
	oc_buf_release(&s->error);
}

/* Copies a data line that was only pointed to, before the bytes that it lies in go away. */
static int keep_data(struct oc_sse *s)
{
	if (s->borrowed.p)
		oc_buf_add(&s->data, s->borrowed.p, s->borrowed.n);
	s->borrowed.p = NULL;
	return s->data.bad;
}

static int add_data(struct oc_sse *s, struct oc_text value)
{
	if (!s->has_data) {
		s->has_data = true;
		s->borrowed = value;
		return 0;
	}
	(void)keep_data(s);
	oc_buf_putc(&s->data, '\n');
	oc_buf_add(&s->data, value.p, value.n);
	return s->data.bad;
}

static int set(struct oc_buf *field, struct oc_text value)
{
	oc_buf_clear(field);
	oc_buf_add(field, value.p, value.n);
	return field->bad;
}

/* A blank line: the event is complete. One without data does not count. */
static int dispatch(struct oc_sse *s)
{
	struct oc_sse_event event = {
	        .type = oc_buf_text(&s->type),
	        .data = s->borrowed.p ? s->borrowed : oc_buf_text(&s->data),
	        .error = oc_buf_text(&s->error),
	};
	int rc = s->has_data || s->error.n ? s->handler(s->ctx, &event) : 0;

	oc_buf_clear(&s->data);
	oc_buf_clear(&s->type);
	oc_buf_clear(&s->error);
	s->borrowed.p = NULL;
	s->has_data = false;
	s->size = 0;
	return rc;
}

static int take_line(struct oc_sse *s, struct oc_text line)
{
	const char *colon = line.n ? memchr(line.p, ':', line.n) : NULL;
	struct oc_text name = line;
	struct oc_text value = {line.p + line.n, 0};

	if (!line.n)
		return dispatch(s);
	if (colon) {
		name.n = (size_t)(colon - line.p);
		value.p = colon + 1;
		value.n = line.n - name.n - 1;
		if (value.n && *value.p == ' ') {
			value.p++;
			value.n--;
		}
	}
	if (oc_text_is(name, "data"))
		return add_data(s, value);
	if (oc_text_is(name, "event"))
		return set(&s->type, value);
	if (oc_text_is(name, "error"))
		return set(&s->error, value);
	return 0;
}

/* A line whose beginning came with an earlier block. */
static int take_kept_line(struct oc_sse *s)
{
	int rc = take_line(s, oc_buf_text(&s->line));

	if (!rc)
		rc = keep_data(s);
	oc_buf_clear(&s->line);
	return rc;
}

/* Bytes of a line whose end is not here, or that has begun in an earlier block. */
static int keep_line(struct oc_sse *s, const char *p, size_t n)
{
	oc_buf_add(&s->line, p, n);
	return s->line.bad;
}

static const char *find(const char *p, const char *end, char c)
{
	const char *found = p < end ? memchr(p, c, (size_t)(end - p)) : NULL;

	return found ? found : end;
}

/* The lines of a block. The next LF and CR are looked for only when the last one found has been
 * passed, so that a stream with one kind of them is not searched again and again for the other. */
static int take_block(struct oc_sse *s, const char *p, const char *end)
{
	const char *lf = find(p, end, '\n');
	const char *cr = find(p, end, '\r');

	while (p < end) {
		const char *eol;
		size_t n;
		int rc;

		if (s->skip_lf && *p == '\n')
			p++;
		s->skip_lf = false;
		if (lf < p)
			lf = find(p, end, '\n');
		if (cr < p)
			cr = find(p, end, '\r');
		eol = lf < cr ? lf : cr;
		n = (size_t)(eol - p);
		s->size += n;
		if (s->size > s->max)
			return OC_EPROTO;
		if (eol == end)
			return keep_line(s, p, n);
		if (s->line.n) {
			rc = keep_line(s, p, n);
			rc = rc ? rc : take_kept_line(s);
		} else {
			rc = take_line(s, (struct oc_text){p, n});
		}
		if (rc)
			return rc;
		s->skip_lf = *eol == '\r';
		p = eol + 1;
	}
	return 0;
}

int oc_sse_feed(struct oc_sse *s, const char *p, size_t n)
{
	int rc = take_block(s, p, n ? p + n : p);

	return rc ? rc : keep_data(s);
}

bool oc_sse_within(const struct oc_sse *s)
{
	return s->has_data || (s->line.n && *s->line.p != ':');
}

int oc_sse_end(struct oc_sse *s)
{
	int rc = s->line.n ? take_kept_line(s) : 0;

	return rc ? rc : dispatch(s);
}
