/* SPDX-License-Identifier: MIT */
/* jsonptr.c: places in a JSON document. */
#include "compat.h"

#include "jsonptr.h"
#include "num.h"

enum {
	PLACE_MAX = 512, /* bytes of a place in a message, which leaves room for the text */
	REF_MAX = 4096,  /* bytes of a reference */
};

static bool set_child(const struct oc_json *j, struct oc_place *child, int c, size_t index)
{
	bool member = oc_json_type(j, child->up->at) == OC_JSON_OBJECT;

	child->at = member ? oc_json_value(j, c) : c;
	child->key = member ? c : OC_JSON_NONE;
	child->index = index;
	return c != OC_JSON_NONE;
}

bool oc_place_first(const struct oc_json *j, const struct oc_place *parent, struct oc_place *child)
{
	child->up = parent;
	return set_child(j, child, oc_json_first(j, parent->at), 0);
}

bool oc_place_next(const struct oc_json *j, struct oc_place *child)
{
	int c = child->key == OC_JSON_NONE ? child->at : child->key;

	return set_child(j, child, oc_json_next(j, child->up->at, c), child->index + 1);
}

static void put_place(const struct oc_json *j, const struct oc_place *place, struct oc_buf *out)
{
	struct oc_text name;

	if (!place->up)
		return;
	put_place(j, place->up, out);
	oc_buf_putc(out, '/');
	if (place->key == OC_JSON_NONE) {
		oc_buf_printf(out, "%zu", place->index);
		return;
	}
	name = oc_json_raw(j, place->key);
	for (size_t i = 1; i + 1 < name.n; i++) {
		if (name.p[i] == '~')
			oc_buf_puts(out, "~0");
		else if (name.p[i] == '/')
			oc_buf_puts(out, "~1");
		else
			oc_buf_putc(out, name.p[i]);
	}
}

int oc_place_err(const struct oc_json *j, const struct oc_place *place, struct oc_err *err,
                 enum oc_code code, const char *text)
{
	struct oc_buf path = {0};

	oc_buf_init(&path, PLACE_MAX);
	put_place(j, place, &path);
	oc_err_set(err, code, "%s: %s", place->up ? path.p : "(root)", text);
	oc_buf_release(&path);
	return code;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) % 16 : -1;
}

/* In place, like the next one. */
static void decode_percent(char *s)
{
	char *to = s;

	for (; *s; s++, to++) {
		bool escape = *s == '%' && hex_digit(s[1]) >= 0 && hex_digit(s[2]) >= 0;

		*to = escape ? (char)(hex_digit(s[1]) * 16 + hex_digit(s[2])) : *s;
		s += escape ? 2 : 0;
	}
	*to = '\0';
}

static void decode_tilde(char *s)
{
	char *to = s;

	for (; *s; s++, to++) {
		bool escape = *s == '~' && (s[1] == '0' || s[1] == '1');

		if (escape)
			s++;
		*to = !escape ? *s : *s == '0' ? '~' : '/';
	}
	*to = '\0';
}

/* The value at a decoded pointer, which is written over. */
static int follow(const struct oc_json *j, char *pointer)
{
	char *name = strsep(&pointer, "/"); /* what is before the first slash: nothing */
	int at = *name ? OC_JSON_NONE : 0;

	while ((name = strsep(&pointer, "/"))) {
		int64_t index = -1;

		decode_tilde(name);
		if (oc_json_type(j, at) == OC_JSON_OBJECT)
			at = oc_json_get(j, at, name);
		else if (oc_num_int64(name, &index) && index >= 0)
			at = oc_json_item(j, at, (size_t)index);
		else
			at = OC_JSON_NONE;
	}
	return at;
}

int oc_json_ref(const struct oc_json *j, int at, int *target)
{
	struct oc_buf ref = {0};
	int rc;

	*target = OC_JSON_NONE;
	oc_buf_init(&ref, REF_MAX);
	if (oc_json_string(j, at, &ref) && ref.n && *ref.p == '#' && !memchr(ref.p, '\0', ref.n)) {
		/* The fragment of a URI first, then the pointer. */
		decode_percent(ref.p);
		*target = follow(j, ref.p + 1);
	}
	rc = ref.bad == OC_ENOMEM ? OC_ENOMEM : 0;
	oc_buf_release(&ref);
	return rc;
}
