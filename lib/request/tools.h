/* SPDX-License-Identifier: MIT */
/* tools.h: the tools that a model may call. */
#ifndef OC_TOOLS_H
#define OC_TOOLS_H

#include "json/json.h"
#include "json/writer.h"

/* Are these fit to be struct oc_request's tools and tool_choice (NULL = none)? OC_EDATA, OC_EARG.
 * Where there are no tools, nothing says which ones a choice could name. */
int oc_tools_check(struct oc_text tools, const char *choice, struct oc_err *err);

/* Writes the choice as the API has it. */
void oc_tools_put_choice(struct oc_jsonw *w, const char *choice);

#endif
