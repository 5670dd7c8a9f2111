/* SPDX-License-Identifier: MIT */
/*
 * entry.h: an answer that is kept, and the request that it answers, as one JSON document:
 *
 *	{"url":"https://api.ollama.cloud/v1/chat/completions",
 *	"request":{"model":"m","messages":[…]},
 *	"kept":1764090000,
 *	"response":{"id":…,"model":…,"choices":[…],"usage":{…}}}
 *
 * The response is what a server answers. What stands before "kept" is the question: it is compared
 * byte for byte, and the entry is found by its hash.
 */
#ifndef OC_ENTRY_H
#define OC_ENTRY_H

#include "text/buf.h"

#define OC_ENTRY_MAX ((size_t)64 << 20) /* bytes of an entry */

/* Appends the question: where a request goes, and its body, which does not say whether the answer
 * is to be a stream. */
void oc_entry_ask(struct oc_buf *entry, const char *url, struct oc_text body);

/* Appends the rest: when it was answered, in seconds since 1970, and how. raw: the server's body;
 * where it is empty, one like it is made of the reply. */
void oc_entry_answer(struct oc_buf *entry, int64_t kept, const struct oc_reply *reply,
                     struct oc_text raw);

/*
 * Reads an entry, which is not what it was afterwards. model: for a response that names none;
 * keep_think: as in struct oc_request.
 * *reply must be initialised, and is to be released after a failure, too; raw: the response's own
 * text, a part of the entry. OC_EDATA: it does not answer this question, or is not whole;
 * OC_ENOMEM.
 */
int oc_entry_read(struct oc_buf *entry, struct oc_text question, const char *model, bool keep_think,
                  int64_t *kept, struct oc_reply *reply, struct oc_text *raw, struct oc_err *err);

#endif
