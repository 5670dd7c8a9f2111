/* SPDX-License-Identifier: MIT */
/* messages.c: the messages of a request: the turns before, the prompt, and its images. */
#include "compat.h"

#include "json/json.h"
#include "request/messages.h"
#include "text/err.h"
#include "text/text.h"
#include "text/utf8.h"

/* ---- images ------------------------------------------------------------------------------- */

static bool has_at(struct oc_text image, size_t offset, const char *magic, size_t n)
{
	return image.n >= offset + n && memcmp(image.p + offset, magic, n) == 0;
}

const char *oc_image_type(struct oc_text image)
{
	if (has_at(image, 0, "\x89PNG\r\n\x1a\n", 8))
		return "image/png";
	if (has_at(image, 0, "\xff\xd8\xff", 3))
		return "image/jpeg";
	if (has_at(image, 0, "RIFF", 4) && has_at(image, 8, "WEBP", 4))
		return "image/webp";
	return NULL;
}

static size_t base64_length(size_t n)
{
	return (n + 2) / 3 * 4;
}

static void put_base64(struct oc_buf *out, struct oc_text bytes)
{
	static const char digits[] =
	        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t length = base64_length(bytes.n);
	char *to = oc_buf_room(out, length);

	if (!to)
		return;
	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t left = bytes.n - i;
		unsigned long group = (unsigned long)p[i] << 16;

		group |= left > 1 ? (unsigned long)p[i + 1] << 8 : 0;
		group |= left > 2 ? (unsigned long)p[i + 2] : 0;
		*to++ = digits[group >> 18];
		*to++ = digits[group >> 12 & 63];
		*to++ = left > 1 ? digits[group >> 6 & 63] : '=';
		*to++ = left > 2 ? digits[group & 63] : '=';
	}
	oc_buf_grew(out, length);
}

static void put_image(struct oc_jsonw *w, struct oc_text image)
{
	char start[40];

	oc_jsonw_open(w, '{');
	oc_jsonw_member(w, "type", "image_url");
	oc_jsonw_member_open(w, "image_url", '{');
	oc_jsonw_key(w, "url");
	/* Piece by piece, because a string that is built first would be one more copy. */
	(void)snprintf(start, sizeof start, "\"data:%s;base64,", oc_image_type(image));
	oc_jsonw_raw(w, oc_text_of(start));
	put_base64(w->out, image);
	oc_buf_putc(w->out, '"');
	oc_jsonw_close(w, '}');
	oc_jsonw_close(w, '}');
}

/* ---- checks ------------------------------------------------------------------------------- */

int oc_request_check_text(struct oc_text text, const char *what, enum oc_code code,
                          struct oc_err *err)
{
	size_t good = text.n ? oc_utf8_check(text.p, text.n) : 0;

	if (good == text.n)
		return 0;
	return oc_err_set(err, code, "%s is not valid UTF-8 at byte %zu", what, good);
}

/* At least one object, and each with a role? */
static bool are_messages(const struct oc_json *j, int at)
{
	int item = oc_json_first(j, at);

	for (; item != OC_JSON_NONE; item = oc_json_next(j, at, item)) {
		if (oc_json_type(j, oc_json_get(j, item, "role")) != OC_JSON_STRING)
			return false;
	}
	return oc_json_type(j, at) == OC_JSON_ARRAY && oc_json_first(j, at) != OC_JSON_NONE;
}

int oc_messages_check(const struct oc_request *req, struct oc_err *err)
{
	struct oc_json j;
	struct oc_err why = {0};
	int rc = oc_request_check_text(req->system, "the system message", OC_EDATA, err);

	if (rc || !req->messages.n)
		return rc;
	oc_json_init(&j);
	rc = oc_json_parse(&j, req->messages.p, req->messages.n, &why);
	if (rc)
		rc = oc_err_set(err, rc == OC_ENOMEM ? OC_ENOMEM : OC_EDATA,
		                "the messages are unusable: %s", why.message);
	else if (!are_messages(&j, 0))
		rc = oc_err_set(err, OC_EDATA,
		                "the messages are no array of objects that have a role each");
	oc_json_release(&j);
	return rc;
}

int oc_images_check(const struct oc_request *req, struct oc_err *err)
{
	for (size_t i = 0; i < req->nimages; i++) {
		if (!oc_image_type(req->images[i]))
			return oc_err_set(err, OC_EDATA,
			                  "image %zu is not a PNG, JPEG or WebP file", i + 1);
	}
	return 0;
}

static int too_large(const char *what, struct oc_err *err)
{
	return oc_err_set(err, OC_EDATA, "%s larger than %zu MiB", what, OC_PROMPT_MAX >> 20);
}

int oc_prompt_check(struct oc_text prompt, struct oc_err *err)
{
	if (prompt.n > OC_PROMPT_MAX)
		return too_large("the prompt is", err);
	if (oc_text_is_blank(prompt))
		return oc_err_set(err, OC_EDATA, "the prompt is blank: %s",
		                  prompt.n ? "only white space" : "no bytes at all");
	return oc_request_check_text(prompt, "the prompt", OC_EDATA, err);
}

void oc_prompt_separate(struct oc_buf *prompt)
{
	if (!prompt->n)
		return;
	if (prompt->p[prompt->n - 1] != '\n')
		oc_buf_putc(prompt, '\n');
	if (prompt->n < 2 || prompt->p[prompt->n - 2] != '\n')
		oc_buf_putc(prompt, '\n');
}

int oc_messages_room(const struct oc_request *req, size_t *room, struct oc_err *err)
{
	size_t text = req->prompt.n + req->system.n;
	size_t left = OC_PROMPT_MAX;

	*room = text + text / 4 + req->messages.n; /* a quarter for escapes */
	if (req->prompt.n > left || req->system.n > left - req->prompt.n)
		return too_large("prompt and system message together are", err);
	left -= text;
	for (size_t i = 0; i < req->nimages; i++) {
		if (req->images[i].n > left)
			return too_large("prompt, system message and images together are", err);
		left -= req->images[i].n;
		*room += base64_length(req->images[i].n) + 128;
	}
	return 0;
}

/* ---- messages ------------------------------------------------------------------------------ */

static void put_turn(struct oc_jsonw *w, const char *role, struct oc_text content)
{
	oc_jsonw_open(w, '{');
	oc_jsonw_member(w, "role", role);
	oc_jsonw_member_text(w, "content", content);
	oc_jsonw_close(w, '}');
}

static void put_prompt(struct oc_jsonw *w, const struct oc_request *req)
{
	if (!req->nimages) {
		put_turn(w, "user", req->prompt);
		return;
	}
	oc_jsonw_open(w, '{');
	oc_jsonw_member(w, "role", "user");
	oc_jsonw_member_open(w, "content", '[');
	oc_jsonw_open(w, '{');
	oc_jsonw_member(w, "type", "text");
	oc_jsonw_member_text(w, "text", req->prompt);
	oc_jsonw_close(w, '}');
	for (size_t i = 0; i < req->nimages; i++)
		put_image(w, req->images[i]);
	oc_jsonw_close(w, ']');
	oc_jsonw_close(w, '}');
}

/* The items of an array, as they are. */
static void put_items(struct oc_jsonw *w, struct oc_text array)
{
	struct oc_text items = oc_json_bare(array);

	if (items.n < 2)
		return;
	items = oc_json_bare((struct oc_text){items.p + 1, items.n - 2});
	if (items.n)
		oc_jsonw_raw(w, items);
}

static void put_answer(struct oc_jsonw *w, const struct oc_reply *reply)
{
	oc_jsonw_open(w, '{');
	oc_jsonw_member(w, "role", "assistant");
	if (reply->content_len || !reply->tool_calls)
		oc_jsonw_member_text(w, "content", oc_text_of_content(reply));
	else
		oc_jsonw_member(w, "content", NULL);
	if (reply->tool_calls)
		oc_jsonw_member_raw(w, "tool_calls", oc_text_of_calls(reply));
	oc_jsonw_close(w, '}');
}

void oc_messages_put(struct oc_jsonw *w, const struct oc_request *req, const struct oc_reply *reply)
{
	oc_jsonw_open(w, '[');
	if (req->system.n)
		put_turn(w, "system", req->system);
	put_items(w, req->messages);
	if (req->prompt.n || !req->messages.n)
		put_prompt(w, req);
	if (reply)
		put_answer(w, reply);
	oc_jsonw_close(w, ']');
}
