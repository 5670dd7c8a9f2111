/* SPDX-License-Identifier: MIT */
/*
 * fuzz-usage.c: the scanner takes for JSON exactly what oc_json_check() does, and neither it nor
 * the reader of usage on top of it notices how the input is cut into pieces.
 */
#include "fuzz.h"

#include "json/json.h"
#include "json/scan.h"
#include "usage/usage.h"

/* A running hash of everything that was seen. */
static uint64_t mix(uint64_t seen, const void *p, size_t n)
{
	const unsigned char *bytes = p;

	for (size_t i = 0; i < n; i++)
		seen = (seen ^ bytes[i]) * UINT64_C(0x100000001b3);
	return (seen ^ n) * UINT64_C(0x100000001b3);
}

static uint64_t mix_number(uint64_t seen, uint64_t v)
{
	return mix(seen, &v, sizeof v);
}

struct verdict {
	uint64_t seen;
	size_t roots;
	bool bad;
};

static void scan_event(struct verdict *v, const struct oc_scan *s, enum oc_scan_event event)
{
	v->seen = mix_number(v->seen, event);
	v->seen = mix_number(v->seen, s->depth);
	v->seen = mix_number(v->seen, s->line);
	if (event == OC_SCAN_BAD) {
		v->bad = true;
		v->seen = mix_number(v->seen, s->bad_line);
		v->seen = mix_number(v->seen, s->bad_column);
		v->seen = mix_number(v->seen, s->bad_end);
		v->seen = mix(v->seen, s->problem, strlen(s->problem));
		return;
	}
	if (event == OC_SCAN_KEY || event == OC_SCAN_STRING || event == OC_SCAN_NUMBER) {
		/* Only a text that is split is cut. */
		size_t n = s->text.n < OC_SCAN_TEXT_MAX ? s->text.n : OC_SCAN_TEXT_MAX;

		v->seen = mix(v->seen, s->text.p, n);
	}
	v->roots += s->depth == 0 && event != OC_SCAN_OBJECT && event != OC_SCAN_ARRAY;
}

static struct verdict scan(const char *p, size_t size, size_t step)
{
	struct verdict v = {0};
	struct oc_scan s;
	enum oc_scan_event event;

	oc_scan_init(&s);
	for (size_t at = 0; at < size; at += step) {
		struct oc_text in = {p + at, size - at < step ? size - at : step};

		while ((event = oc_scan_next(&s, &in)) != OC_SCAN_MORE)
			scan_event(&v, &s, event);
	}
	while ((event = oc_scan_end(&s)) != OC_SCAN_MORE)
		scan_event(&v, &s, event);
	return v;
}

static uint64_t usage_event(uint64_t seen, const struct oc_usage_reader *r,
                            enum oc_usage_event event)
{
	const struct oc_usage_record *record = &r->record;

	seen = mix_number(seen, event);
	if (event == OC_USAGE_BAD) {
		seen = mix_number(seen, r->bad.line);
		seen = mix_number(seen, r->bad.first);
		return mix_number(seen, r->bad.last);
	}
	want(record->usage.input_tokens >= -1 && record->usage.output_tokens >= -1 &&
	     record->usage.total_tokens >= -1);
	seen = mix(seen, record->model.p, record->model.n);
	seen = mix_number(seen, record->line);
	seen = mix_number(seen, (uint64_t)record->usage.input_tokens);
	seen = mix_number(seen, (uint64_t)record->usage.output_tokens);
	return mix_number(seen, (uint64_t)record->usage.total_tokens);
}

static uint64_t usage(const char *p, size_t size, size_t step)
{
	struct oc_usage_reader r;
	enum oc_usage_event event;
	uint64_t seen = 0;

	want(oc_usage_init(&r, true, NULL) == 0);
	for (size_t at = 0; at < size; at += step) {
		struct oc_text in = {p + at, size - at < step ? size - at : step};

		while ((event = oc_usage_next(&r, &in)) != OC_USAGE_MORE)
			seen = usage_event(seen, &r, event);
	}
	while ((event = oc_usage_end(&r)) != OC_USAGE_MORE)
		seen = usage_event(seen, &r, event);
	oc_usage_release(&r);
	return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = {1, 2, 7};
	const char *p = (const char *)data;
	size_t whole = size ? size : 1;
	struct verdict v = scan(p, size, whole);
	uint64_t seen = usage(p, size, whole);

	want((oc_json_check(p, size, NULL, NULL) == 0) == (!v.bad && v.roots == 1));
	for (size_t i = 0; i < OC_COUNT(steps); i++)
		want(scan(p, size, steps[i]).seen == v.seen && usage(p, size, steps[i]) == seen);
	return 0;
}
