/* SPDX-License-Identifier: MIT */
/* document.h: JSON that a test has written, as a document. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include "unit.h"

#include "json/json.h"

static inline void parse(struct oc_json *j, const char *text)
{
	struct oc_err err = {0};

	oc_json_init(j);
	if (oc_json_parse(j, text, strlen(text), &err)) {
		printf("# %s: %s\n", text, err.message);
		CHECK(false);
	}
}

#endif
