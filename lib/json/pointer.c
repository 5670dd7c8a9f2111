/* SPDX-License-Identifier: MIT */
/* pointer.c: places in a JSON document. */
#include "compat.h"

#include "json/pointer.h"
#include "text/num.h"

enum { SEGMENT_MAX = 64 * 1024 }; /* bytes of a name in a pointer */

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

/* A name as a segment of a pointer; JSON's own escapes are left as they are. */
static void put_name(const struct oc_json *j, int key, struct oc_buf *out)
{
	struct oc_text name = oc_json_raw(j, key);

	oc_buf_putc(out, '/');
	for (size_t i = 1; i + 1 < name.n; i++) {
		if (name.p[i] == '~')
			oc_buf_puts(out, "~0");
		else if (name.p[i] == '/')
			oc_buf_puts(out, "~1");
		else
			oc_buf_putc(out, name.p[i]);
	}
}

static void put_segment(const struct oc_json *j, const struct oc_place *place, struct oc_buf *out)
{
	if (place->key == OC_JSON_NONE)
		oc_buf_printf(out, "/%zu", place->index);
	else
		put_name(j, place->key, out);
}

static void put_way(const struct oc_json *j, const struct oc_place *place, struct oc_buf *out)
{
	if (place->up) {
		put_way(j, place->up, out);
		put_segment(j, place, out);
	}
}

void oc_place_put(const struct oc_json *j, const struct oc_place *place, struct oc_buf *out)
{
	oc_buf_puts(out, place->up ? "" : "(root)");
	put_way(j, place, out);
}

void oc_pointer_put(const struct oc_json *j, int at, struct oc_buf *out)
{
	struct oc_place root = OC_PLACE_ROOT;
	struct oc_place child;

	oc_buf_puts(out, at ? "" : "(root)");
	while (root.at != at && oc_place_first(j, &root, &child)) {
		struct oc_place found = child;

		while (oc_place_next(j, &child) &&
		       (child.key == OC_JSON_NONE ? child.at : child.key) <= at)
			found = child;
		put_segment(j, &found, out);
		if (found.key == at)
			return;
		root = (struct oc_place){.at = found.at, .key = OC_JSON_NONE};
	}
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

static int child_of(const struct oc_json *j, int at, const char *name)
{
	int64_t index;

	if (oc_json_type(j, at) == OC_JSON_OBJECT)
		return oc_json_get(j, at, name);
	if (!oc_num_int64(name, &index) || index < 0 || (*name == '0' && name[1]))
		return OC_JSON_NONE;
	return oc_json_item(j, at, (size_t)index);
}

int oc_pointer_step(const struct oc_json *j, struct oc_text *pointer, int *at)
{
	struct oc_text rest = {pointer->p + 1, pointer->n - 1};
	const char *end = memchr(rest.p, '/', rest.n);
	struct oc_buf name = {0};
	int rc = 0;

	oc_buf_init(&name, SEGMENT_MAX);
	oc_buf_add(&name, rest.p, end ? (size_t)(end - rest.p) : rest.n);
	*pointer = end ? (struct oc_text){end, (size_t)(rest.p + rest.n - end)}
	               : (struct oc_text){"", 0};
	if (name.n) {
		decode_percent(name.p);
		decode_tilde(name.p);
	}
	if (name.bad == OC_ENOMEM)
		rc = OC_ENOMEM;
	else
		*at = name.bad ? OC_JSON_NONE : child_of(j, *at, name.p);
	oc_buf_release(&name);
	return rc;
}
