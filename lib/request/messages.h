/* SPDX-License-Identifier: MIT */
/* messages.h: the messages of a request: the turns before, the prompt, and its images. */
#ifndef OC_MESSAGES_H
#define OC_MESSAGES_H

#include "json/writer.h"

/* Is the text valid UTF-8? what: its name, for the message. The code, where it is not. */
int oc_request_check_text(struct oc_text text, const char *what, enum oc_code code,
                          struct oc_err *err);

/* The system message and the turns before the prompt. OC_EDATA. */
int oc_messages_check(const struct oc_request *req, struct oc_err *err);
int oc_images_check(const struct oc_request *req, struct oc_err *err);

/* Is this text fit to be a prompt: not blank, valid UTF-8, not too large? OC_EDATA. */
int oc_prompt_check(struct oc_text prompt, struct oc_err *err);

/* To be called before a part is appended to a prompt that may have parts already: puts one blank
 * line between the two, whether or not the first one ends its last line. */
void oc_prompt_separate(struct oc_buf *prompt);

/* How many bytes the messages will need, about. OC_EDATA where they are more than a prompt may
 * have. */
int oc_messages_room(const struct oc_request *req, size_t *room, struct oc_err *err);

/* Writes the array: the turns of the conversation so far, the prompt, and what was answered, if
 * anything was. */
void oc_messages_put(struct oc_jsonw *w, const struct oc_request *req,
                     const struct oc_reply *reply);

/* "image/png", "image/jpeg" or "image/webp" by the first bytes; NULL for anything else. */
const char *oc_image_type(struct oc_text image);

#endif
