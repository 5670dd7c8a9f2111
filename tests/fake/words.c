/* SPDX-License-Identifier: MIT */
/* words.c: what the built-in model says: always the same to the same prompt. */
#include "fake.h"

#include <ctype.h>

/* A token is a word with the white space after it. */
size_t words_first(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && !isspace((unsigned char)p[i]))
		i++;
	while (i < n && isspace((unsigned char)p[i]))
		i++;
	return i;
}

unsigned long words_count(const char *p, size_t n)
{
	unsigned long count = 0;
	bool inside = false;

	for (size_t i = 0; i < n; i++) {
		bool space = isspace((unsigned char)p[i]) != 0;

		count += !space && !inside;
		inside = !space;
	}
	return count;
}

/* ---- a commit message for a diff ---- */

/* What a diff does to one file: its lines up to the next file's. */
static const char *verb(const char *diff, const char *end)
{
	struct bytes part = {0};
	const char *found = "update";

	bytes_add(&part, diff, (size_t)(end - diff));
	if (strstr(part.p, "\nnew file mode"))
		found = "add";
	else if (strstr(part.p, "\ndeleted file mode"))
		found = "remove";
	bytes_release(&part);
	return found;
}

static bool commit_message(const char *prompt, struct bytes *out)
{
	static const char mark[] = "diff --git a/";
	const char *last = "";
	const char *diff = strstr(prompt, mark);
	size_t start = out->n;

	while (diff) {
		const char *name = diff + sizeof mark - 1;
		const char *next = strstr(name, mark);
		const char *what = verb(diff, next ? next : name + strlen(name));

		bytes_puts(out, out->n == start ? "" : ", ");
		if (strcmp(what, last) != 0)
			bytes_printf(out, "%s ", what);
		bytes_add(out, name, strcspn(name, " \n"));
		last = what;
		diff = next;
	}
	if (out->n == start)
		return false;
	out->p[start] = (char)toupper((unsigned char)out->p[start]);
	return true;
}

/* ---- an instance of a schema ---- */

static void instance(struct json schema, struct bytes *out, int depth);

static void instance_object(struct json schema, struct bytes *out, int depth)
{
	struct json properties = json_member(schema, "properties");
	struct json key;
	struct json value = {0};
	bool first = true;

	bytes_puts(out, "{");
	while (json_next_member(properties, &key, &value)) {
		bytes_puts(out, first ? "" : ",");
		bytes_add(out, key.p, key.n);
		bytes_puts(out, ":");
		instance(value, out, depth + 1);
		first = false;
	}
	bytes_puts(out, "}");
}

/* The smallest honest value: enough for the schemas of demonstrations. */
static void instance(struct json schema, struct bytes *out, int depth)
{
	struct json type = json_member(schema, "type");
	struct json fixed = json_member(schema, "const");
	struct json minimum = json_member(schema, "minimum");

	if (!fixed.p)
		(void)json_next_item(json_member(schema, "enum"), &fixed);
	if (fixed.p) {
		bytes_add(out, fixed.p, fixed.n);
	} else if (depth > 16) {
		bytes_puts(out, "null");
	} else if (json_is(type, "\"object\"")) {
		instance_object(schema, out, depth);
	} else if (json_is(type, "\"array\"")) {
		bytes_puts(out, "[");
		instance(json_member(schema, "items"), out, depth + 1);
		bytes_puts(out, "]");
	} else if (json_is(type, "\"integer\"") || json_is(type, "\"number\"")) {
		bytes_add(out, minimum.p ? minimum.p : "1", minimum.p ? minimum.n : 1);
	} else if (json_is(type, "\"boolean\"")) {
		bytes_puts(out, "true");
	} else {
		bytes_puts(out, "\"text\"");
	}
}

void words_instance(struct json schema, struct bytes *out)
{
	instance(schema, out, 0);
}

/* ---- anything else ---- */

/* "I read 9 words, from "Why" to "blue?"." */
static void sentence(const struct bytes *prompt, struct bytes *out)
{
	unsigned long count = words_count(prompt->p, prompt->n);
	const char *end = prompt->p + prompt->n;
	const char *first = prompt->p;
	const char *last;

	while (end > first && isspace((unsigned char)end[-1]))
		end--;
	while (first < end && isspace((unsigned char)*first))
		first++;
	for (last = end; last > first && !isspace((unsigned char)last[-1]);)
		last--;
	bytes_printf(out, "I read %lu word%s", count, count == 1 ? "" : "s");
	if (count > 1 && end - last < 40 && strcspn(first, " \t\r\n") < 40) {
		bytes_puts(out, ", from \"");
		bytes_add(out, first, strcspn(first, " \t\r\n"));
		bytes_puts(out, "\" to \"");
		bytes_add(out, last, (size_t)(end - last));
		bytes_puts(out, "\"");
	}
	bytes_puts(out, ". A larger model would say more.");
}

static void in_json(struct json format, const struct bytes *prompt, struct bytes *out)
{
	struct json schema = json_member(json_member(format, "json_schema"), "schema");
	struct bytes text = {0};

	if (schema.p) {
		instance(schema, out, 0);
		return;
	}
	sentence(prompt, &text);
	bytes_puts(out, "{\"answer\":");
	json_quote(out, text.p, text.n);
	bytes_printf(out, ",\"words\":%lu}", words_count(prompt->p, prompt->n));
	bytes_release(&text);
}

void words_answer(const struct model *m, struct json request, const struct bytes *prompt,
                  struct bytes *out)
{
	static const char mark[] = "Echo: ";
	struct json format = json_member(request, "response_format");

	if (m->echo)
		bytes_add(out, prompt->p, prompt->n);
	else if (prompt->n >= sizeof mark - 1 && memcmp(prompt->p, mark, sizeof mark - 1) == 0)
		bytes_puts(out, prompt->p + sizeof mark - 1);
	else if (m->tokens)
		for (unsigned long i = 1; i <= m->tokens; i++)
			bytes_printf(out, i < m->tokens ? "word%lu " : "word%lu", i);
	else if (format.p)
		in_json(format, prompt, out);
	else if (!commit_message(prompt->p, out))
		sentence(prompt, out);
}
