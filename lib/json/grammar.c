/* SPDX-License-Identifier: MIT */
/* grammar.c: deciding whether a text is JSON: scan.c reads it, and nothing of it is wanted. */
#include "compat.h"

#include "json/json.h"
#include "json/scan.h"
#include "text/err.h"
#include "text/text.h"

/* Reads the text's value up to its end: OC_SCAN_BAD where it has none, else another event. *rest is
 * what stands behind it. */
static enum oc_scan_event read_value(struct oc_scan *s, struct oc_text text, bool any_bytes,
                                     struct oc_text *rest)
{
	enum oc_scan_event event;

	oc_scan_init(s);
	s->alone = true;
	s->any_bytes = any_bytes;
	*rest = oc_text_without_bom(text);
	s->offset = text.n - rest->n;
	oc_scan_skip(s);
	event = oc_scan_next(s, rest);
	if (event == OC_SCAN_MORE)
		event = oc_scan_end(s);
	if (event != OC_SCAN_MORE)
		return event;
	/* There was none, not even its beginning. */
	s->problem = "the text ends too early";
	s->bad_offset = text.n;
	return OC_SCAN_BAD;
}

static int check(const char *p, size_t n, bool any_bytes, size_t *count, struct oc_err *err)
{
	struct oc_scan s;
	struct oc_text rest;

	if (!n)
		return oc_err_set(err, OC_EPROTO, "not JSON: the text is empty");
	if (read_value(&s, (struct oc_text){p, n}, any_bytes, &rest) == OC_SCAN_BAD)
		return oc_err_set(err, OC_EPROTO, "not JSON at byte %zu: %s", (size_t)s.bad_offset,
		                  s.problem);
	rest = oc_text_trim(rest, " \n\r\t");
	if (rest.n)
		return oc_err_set(err, OC_EPROTO,
		                  "not JSON at byte %zu: the text goes on after its value",
		                  (size_t)(rest.p - p));
	if (count)
		*count = (size_t)s.count;
	return 0;
}

int oc_json_check(const char *p, size_t n, size_t *count, struct oc_err *err)
{
	return check(p, n, false, count, err);
}

int oc_json_check_bytes(const char *p, size_t n, size_t *count, struct oc_err *err)
{
	return check(p, n, true, count, err);
}

bool oc_json_is_cut(const char *p, size_t n)
{
	struct oc_scan s;
	struct oc_text rest;

	return read_value(&s, (struct oc_text){p, n}, true, &rest) == OC_SCAN_BAD &&
	       s.bad_offset == n;
}
