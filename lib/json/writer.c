/* SPDX-License-Identifier: MIT */
/* writer.c: writing JSON. */
#include "compat.h"

#include <inttypes.h>

#include "json/writer.h"
#include "text/num.h"
#include "text/text.h"
#include "text/utf8.h"

void oc_jsonw_init(struct oc_jsonw *w, struct oc_buf *out)
{
	*w = (struct oc_jsonw){.out = out};
}

/* Before every value that follows another one. */
static void separate(struct oc_jsonw *w)
{
	if (w->comma)
		oc_buf_putc(w->out, ',');
	w->comma = true;
}

void oc_jsonw_open(struct oc_jsonw *w, char bracket)
{
	separate(w);
	oc_buf_putc(w->out, bracket);
	w->comma = false;
}

void oc_jsonw_close(struct oc_jsonw *w, char bracket)
{
	oc_buf_putc(w->out, bracket);
	w->comma = true;
}

/* Appends the escape of a byte that may not stand in a string as it is. */
static void put_escape(struct oc_buf *out, unsigned char c)
{
	static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *name = names; *name; name += 2) {
		if ((unsigned char)*name == c) {
			oc_buf_putc(out, '\\');
			oc_buf_putc(out, name[1]);
			return;
		}
	}
	oc_buf_printf(out, "\\u%04x", c);
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

static void put_quoted(struct oc_buf *out, const char *p, size_t n)
{
	oc_buf_putc(out, '"');
	for (size_t i = 0; i < n && !out->bad;) {
		size_t start = i;

		while (i < n && is_plain((unsigned char)p[i]))
			i++;
		oc_buf_add(out, p + start, i - start);
		if (i < n)
			put_escape(out, (unsigned char)p[i++]);
	}
	oc_buf_putc(out, '"');
}

void oc_jsonw_key(struct oc_jsonw *w, const char *name)
{
	separate(w);
	put_quoted(w->out, name, strlen(name));
	oc_buf_putc(w->out, ':');
	w->comma = false;
}

void oc_jsonw_string(struct oc_jsonw *w, const char *p, size_t n)
{
	separate(w);
	put_quoted(w->out, p, n);
}

void oc_jsonw_raw(struct oc_jsonw *w, struct oc_text json)
{
	separate(w);
	oc_buf_add(w->out, json.p, json.n);
}

static void put_word(struct oc_jsonw *w, const char *word)
{
	oc_jsonw_raw(w, oc_text_of(word));
}

void oc_jsonw_int(struct oc_jsonw *w, int64_t v)
{
	char text[OC_NUM_TEXT_MAX];

	(void)snprintf(text, sizeof text, "%" PRId64, v);
	put_word(w, text);
}

void oc_jsonw_double(struct oc_jsonw *w, double v)
{
	char text[OC_NUM_TEXT_MAX];

	oc_num_text(text, v);
	put_word(w, text);
}

void oc_jsonw_null(struct oc_jsonw *w)
{
	put_word(w, "null");
}

/* Is there an escape of a surrogate whose second digit is one of these? */
static bool is_surrogate(const char *p, const char *end, const char *digits)
{
	return end - p >= 6 && p[0] == '\\' && p[1] == 'u' && (p[2] == 'd' || p[2] == 'D') &&
	       strchr(digits, p[3]);
}

/* Half a pair is JSON, but there are readers which take no file that has one: U+FFFD. */
static void mend_escapes(char *p, const char *end)
{
	while (end - p >= 2 && (p = memchr(p, '\\', (size_t)(end - p))) != NULL) {
		bool high = is_surrogate(p, end, "89abAB");

		if (high && is_surrogate(p + 6, end, "cdefCDEF"))
			p += 6;
		else if (high || is_surrogate(p, end, "cdefCDEF"))
			memcpy(p + 2, "fffd", 4);
		p += 2;
	}
}

void oc_jsonw_foreign(struct oc_jsonw *w, struct oc_text raw)
{
	struct oc_buf line = {0};

	raw = oc_text_without_bom(raw);
	oc_buf_init(&line, 3 * raw.n);
	oc_utf8_replace(&line, raw.p, raw.n);
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '\n' || line.p[i] == '\r')
			line.p[i] = ' ';
	}
	while (line.n && line.p[line.n - 1] == ' ')
		line.n--;
	mend_escapes(line.p, line.p + line.n);
	if (line.bad)
		w->out->bad = line.bad;
	oc_jsonw_raw(w, oc_buf_text(&line));
	oc_buf_release(&line);
}

void oc_jsonw_member(struct oc_jsonw *w, const char *name, const char *value)
{
	if (value)
		oc_jsonw_member_text(w, name, oc_text_of(value));
	else
		oc_jsonw_member_raw(w, name, oc_text_of("null"));
}

void oc_jsonw_member_text(struct oc_jsonw *w, const char *name, struct oc_text value)
{
	oc_jsonw_key(w, name);
	oc_jsonw_string(w, value.p, value.n);
}

void oc_jsonw_member_count(struct oc_jsonw *w, const char *name, int64_t v)
{
	oc_jsonw_key(w, name);
	if (v >= 0)
		oc_jsonw_int(w, v);
	else
		oc_jsonw_null(w);
}

void oc_jsonw_member_bool(struct oc_jsonw *w, const char *name, bool v)
{
	oc_jsonw_key(w, name);
	put_word(w, v ? "true" : "false");
}

void oc_jsonw_member_raw(struct oc_jsonw *w, const char *name, struct oc_text json)
{
	oc_jsonw_key(w, name);
	oc_jsonw_raw(w, json);
}

void oc_jsonw_member_any(struct oc_jsonw *w, const char *name, struct oc_text value)
{
	struct oc_buf valid = {0};

	oc_buf_init(&valid, SIZE_MAX / 2);
	oc_utf8_replace(&valid, value.p, value.n);
	oc_jsonw_member_text(w, name, oc_buf_text(&valid));
	if (valid.bad)
		w->out->bad = valid.bad;
	oc_buf_release(&valid);
}

void oc_jsonw_member_open(struct oc_jsonw *w, const char *name, char bracket)
{
	oc_jsonw_key(w, name);
	oc_jsonw_open(w, bracket);
}

void oc_jsonw_usage(struct oc_jsonw *w, const struct oc_usage *usage)
{
	oc_jsonw_open(w, '{');
	oc_jsonw_member_count(w, "input_tokens", usage->input_tokens);
	oc_jsonw_member_count(w, "output_tokens", usage->output_tokens);
	oc_jsonw_member_count(w, "total_tokens", usage->total_tokens);
	oc_jsonw_close(w, '}');
}

void oc_jsonw_outcome(struct oc_jsonw *w, const struct oc_reply *reply, const char *model)
{
	oc_jsonw_member(w, "model", reply->model ? reply->model : model);
	oc_jsonw_key(w, "usage");
	oc_jsonw_usage(w, &reply->usage);
	oc_jsonw_member(w, "finish_reason", reply->finish_reason);
	oc_jsonw_member(w, "id", reply->id);
}
