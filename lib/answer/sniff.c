/* SPDX-License-Identifier: MIT */
/* sniff.c: what a body is, by its first bytes. */
#include "compat.h"

#include "answer/sniff.h"
#include "text/text.h"

static const char BOM[] = OC_UTF8_BOM;
#define BOM_LEN (sizeof BOM - 1)

size_t oc_sniff_lead(const char *p, size_t n)
{
	size_t lead = 0;

	for (;;) {
		if (lead < n && oc_is_blank(p[lead]))
			lead++;
		else if (n - lead >= BOM_LEN && memcmp(p + lead, BOM, BOM_LEN) == 0)
			lead += BOM_LEN;
		else
			return lead;
	}
}

/* Does a text begin with this field of an event stream, as far as can be seen? */
static enum oc_shape compare(const char *p, size_t n, const char *field)
{
	size_t len = strlen(field);

	if (n <= len)
		return memcmp(p, field, n) == 0 ? OC_SHAPE_UNKNOWN : OC_SHAPE_DOCUMENT;
	return memcmp(p, field, len) == 0 && memchr(":\r\n", p[len], 3) ? OC_SHAPE_EVENTS
	                                                                : OC_SHAPE_DOCUMENT;
}

enum oc_shape oc_sniff(const char *p, size_t n)
{
	/* "error" is one of old llama.cpp's. */
	static const char *const fields[] = {"data", "event", "id", "retry", "error"};

	if (!n || (n < BOM_LEN && memcmp(p, BOM, n) == 0))
		return OC_SHAPE_UNKNOWN;
	if (*p == ':')
		return OC_SHAPE_EVENTS;
	for (size_t i = 0; i < OC_COUNT(fields); i++) {
		enum oc_shape shape = compare(p, n, fields[i]);

		if (shape != OC_SHAPE_DOCUMENT)
			return shape;
	}
	return OC_SHAPE_DOCUMENT;
}

bool oc_sniff_encoded(const char *encoding)
{
	static const char *const names[] = {"gzip",       "x-gzip", "deflate", "compress",
	                                    "x-compress", "br",     "zstd"};
	static const char separators[] = ", \t";

	while (*encoding) {
		size_t n = strcspn(encoding, separators);

		for (size_t i = 0; i < OC_COUNT(names); i++) {
			if (oc_text_is_like((struct oc_text){encoding, n}, names[i]))
				return true;
		}
		encoding += n;
		encoding += strspn(encoding, separators);
	}
	return false;
}
