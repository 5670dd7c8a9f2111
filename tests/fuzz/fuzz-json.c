/* SPDX-License-Identifier: MIT */
/*
 * fuzz-json.c: whatever is accepted as JSON can be walked, every value of it is JSON too, and it
 * means the same after it has been written out and read again.
 */
#include "fuzz.h"

#include <math.h>

#include "json/json.h"
#include "json/writer.h"
#include "text/utf8.h"

static void write_string(struct oc_jsonw *w, const struct oc_json *j, int at)
{
	struct oc_buf s = {0};

	oc_buf_init(&s, j->len);
	want(oc_json_string(j, at, &s));
	want(!s.bad);
	want(oc_utf8_check(s.p, s.n) == s.n);
	want(memchr(s.p, '\0', s.n) || oc_json_is(j, at, s.p));
	oc_jsonw_string(w, s.p, s.n);
	oc_buf_release(&s);
}

static void look_at_number(const struct oc_json *j, int at)
{
	int64_t i;
	double d;

	if (oc_json_int64(j, at, &i)) {
		want(oc_json_double(j, at, &d));
		want(fabs(d - (double)i) <= fabs(d) * 1e-15);
	}
}

/* The raw text of a value lies in the document, and is JSON itself. */
static void look_at_raw(const struct oc_json *j, int at)
{
	struct oc_text raw = oc_json_raw(j, at);

	want(raw.p >= j->text && raw.p + raw.n <= j->text + j->len);
	want(oc_json_check(raw.p, raw.n, NULL, NULL) == 0);
}

static size_t write_value(struct oc_jsonw *w, const struct oc_json *j, int at);

static size_t write_members(struct oc_jsonw *w, const struct oc_json *j, int at)
{
	size_t count = 0;

	for (int key = oc_json_first(j, at); key >= 0; key = oc_json_next(j, at, key)) {
		want(oc_json_type(j, key) == OC_JSON_STRING);
		write_string(w, j, key);
		/* The writer's own keys are C strings; these may hold NUL bytes. */
		oc_buf_putc(w->out, ':');
		w->comma = false;
		count += 1 + write_value(w, j, oc_json_value(j, key));
	}
	return count;
}

static size_t write_items(struct oc_jsonw *w, const struct oc_json *j, int at)
{
	size_t count = 0;

	for (int item = oc_json_first(j, at); item >= 0; item = oc_json_next(j, at, item))
		count += write_value(w, j, item);
	return count;
}

/* Writes a value and returns how many values and keys it is made of. The depth is limited. */
static size_t write_value(struct oc_jsonw *w, const struct oc_json *j, int at)
{
	enum oc_json_type type = oc_json_type(j, at);
	size_t count = 1;

	want(type != OC_JSON_MISSING);
	look_at_raw(j, at);
	if (type == OC_JSON_OBJECT) {
		oc_jsonw_open(w, '{');
		count += write_members(w, j, at);
		oc_jsonw_close(w, '}');
	} else if (type == OC_JSON_ARRAY) {
		oc_jsonw_open(w, '[');
		count += write_items(w, j, at);
		oc_jsonw_close(w, ']');
	} else if (type == OC_JSON_STRING) {
		write_string(w, j, at);
	} else {
		look_at_number(j, at);
		oc_jsonw_raw(w, oc_json_raw(j, at));
	}
	return count;
}

/* Parses and writes; false if it is not JSON. */
static bool rewrite(const char *p, size_t n, struct oc_buf *out)
{
	struct oc_jsonw w;
	struct oc_json j;
	struct oc_err err = {.code = OC_OK};
	size_t count;
	int rc;

	oc_json_init(&j);
	oc_jsonw_init(&w, out);
	rc = oc_json_parse(&j, p, n, &err);
	if (rc) {
		want(rc == OC_EPROTO && err.code == rc);
		want(*err.message && oc_utf8_printable(err.message, strlen(err.message)));
	} else {
		want(oc_json_check(p, n, &count, NULL) == 0);
		want(write_value(&w, &j, 0) == count);
		want(!out->bad);
	}
	oc_json_release(&j);
	return !rc;
}

/* A text is JSON if it would be with any bytes allowed in strings, and is UTF-8. */
static void compare_checks(const char *p, size_t n)
{
	bool json = oc_json_check_bytes(p, n, NULL, NULL) == 0;

	want((json && oc_utf8_check(p, n) == n) == (oc_json_check(p, n, NULL, NULL) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oc_buf once = {0};
	struct oc_buf twice = {0};

	compare_checks((const char *)data, size);
	oc_buf_init(&once, 8 * size + 8);
	oc_buf_init(&twice, 8 * size + 8);
	if (rewrite((const char *)data, size, &once)) {
		want(rewrite(once.p, once.n, &twice));
		want(once.n == twice.n && memcmp(once.p, twice.p, once.n) == 0);
		if (strchr("]}\"", once.p[once.n - 1]))
			want(oc_json_check(once.p, once.n - 1, NULL, NULL) == OC_EPROTO);
	}
	oc_buf_release(&once);
	oc_buf_release(&twice);
	return 0;
}
