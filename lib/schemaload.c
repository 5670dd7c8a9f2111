/* SPDX-License-Identifier: MIT */
/* schemaload.c: reads a JSON Schema into nodes, and finds what its references mean. */
#include "compat.h"

#include "format.h"
#include "jsonptr.h"
#include "schemanode.h"
#include "uri.h"

/* The URI of a schema that has none of its own. */
#define NAMELESS "schema:/"

/* What a keyword's value must be. */
enum kind {
	SCHEMA,
	SCHEMAS,         /* an array of them, not empty */
	SCHEMA_OR_ARRAY, /* `items` */
	SCHEMA_MAP,
	PATTERN_MAP,
	NAMES_MAP,
	SCHEMA_NAMES_MAP, /* `dependencies` */
	TYPES,
	NAMES,
	LIST,
	FLAG,
	COUNT,
	NUMBER,
	STEP,
	STRING,
	PATTERN,
	ANYTHING,
};

enum { D7 = 1, D2020 = 2, BOTH = D7 | D2020 };

static const struct row {
	const char *name;
	enum oc_keyword key;
	enum kind kind;
	int drafts;
} rows[] = {
        {"$id", OC_KEY_ID, STRING, BOTH},
        {"$schema", OC_KEY_SCHEMA, STRING, BOTH},
        {"$anchor", OC_KEY_ANCHOR, STRING, D2020},
        {"$dynamicAnchor", OC_KEY_DYNAMIC_ANCHOR, STRING, D2020},
        {"$defs", OC_KEY_DEFS, SCHEMA_MAP, BOTH},
        {"definitions", OC_KEY_DEFS, SCHEMA_MAP, BOTH},
        {"$ref", OC_KEY_REF, STRING, BOTH},
        {"$dynamicRef", OC_KEY_DYNAMIC_REF, STRING, D2020},
        {"type", OC_KEY_TYPE, TYPES, BOTH},
        {"const", OC_KEY_CONST, ANYTHING, BOTH},
        {"enum", OC_KEY_ENUM, LIST, BOTH},
        {"allOf", OC_KEY_ALL_OF, SCHEMAS, BOTH},
        {"anyOf", OC_KEY_ANY_OF, SCHEMAS, BOTH},
        {"oneOf", OC_KEY_ONE_OF, SCHEMAS, BOTH},
        {"not", OC_KEY_NOT, SCHEMA, BOTH},
        {"if", OC_KEY_IF, SCHEMA, BOTH},
        {"then", OC_KEY_THEN, SCHEMA, BOTH},
        {"else", OC_KEY_ELSE, SCHEMA, BOTH},
        {"minimum", OC_KEY_MINIMUM, NUMBER, BOTH},
        {"maximum", OC_KEY_MAXIMUM, NUMBER, BOTH},
        {"exclusiveMinimum", OC_KEY_EXCLUSIVE_MINIMUM, NUMBER, BOTH},
        {"exclusiveMaximum", OC_KEY_EXCLUSIVE_MAXIMUM, NUMBER, BOTH},
        {"multipleOf", OC_KEY_MULTIPLE_OF, STEP, BOTH},
        {"minLength", OC_KEY_MIN_LENGTH, COUNT, BOTH},
        {"maxLength", OC_KEY_MAX_LENGTH, COUNT, BOTH},
        {"pattern", OC_KEY_PATTERN, PATTERN, BOTH},
        {"format", OC_KEY_FORMAT, STRING, BOTH},
        {"minItems", OC_KEY_MIN_ITEMS, COUNT, BOTH},
        {"maxItems", OC_KEY_MAX_ITEMS, COUNT, BOTH},
        {"uniqueItems", OC_KEY_UNIQUE_ITEMS, FLAG, BOTH},
        {"prefixItems", OC_KEY_PREFIX_ITEMS, SCHEMAS, D2020},
        {"items", OC_KEY_ITEMS, SCHEMA_OR_ARRAY, BOTH},
        {"additionalItems", OC_KEY_ITEMS, SCHEMA, BOTH}, /* where `items` is an array */
        {"contains", OC_KEY_CONTAINS, SCHEMA, BOTH},
        {"minContains", OC_KEY_MIN_CONTAINS, COUNT, D2020},
        {"maxContains", OC_KEY_MAX_CONTAINS, COUNT, D2020},
        {"unevaluatedItems", OC_KEY_UNEVALUATED_ITEMS, SCHEMA, D2020},
        {"minProperties", OC_KEY_MIN_PROPERTIES, COUNT, BOTH},
        {"maxProperties", OC_KEY_MAX_PROPERTIES, COUNT, BOTH},
        {"required", OC_KEY_REQUIRED, NAMES, BOTH},
        {"properties", OC_KEY_PROPERTIES, SCHEMA_MAP, BOTH},
        {"patternProperties", OC_KEY_PATTERN_PROPERTIES, PATTERN_MAP, BOTH},
        {"additionalProperties", OC_KEY_ADDITIONAL_PROPERTIES, SCHEMA, BOTH},
        {"propertyNames", OC_KEY_PROPERTY_NAMES, SCHEMA, BOTH},
        {"dependencies", OC_KEY_DEPENDENCIES, SCHEMA_NAMES_MAP, BOTH},
        {"dependentRequired", OC_KEY_DEPENDENT_REQUIRED, NAMES_MAP, D2020},
        {"dependentSchemas", OC_KEY_DEPENDENT_SCHEMAS, SCHEMA_MAP, D2020},
        {"unevaluatedProperties", OC_KEY_UNEVALUATED_PROPERTIES, SCHEMA, D2020},
};

struct loader {
	struct oc_schema *s;
	struct oc_err *err;
};

/* ---- failures ---- */

static int fail(const struct loader *l, int at, const char *text)
{
	struct oc_buf place = {0};

	oc_buf_init(&place, OC_ERR_MESSAGE_MAX / 2);
	oc_pointer_put(&l->s->json, at, &place);
	(void)oc_err_set(l->err, OC_EDATA, "%s: %s", place.n ? place.p : "(root)", text);
	oc_buf_release(&place);
	return OC_EDATA;
}

static int expected(const struct loader *l, int at, const char *what)
{
	char text[128];

	(void)snprintf(text, sizeof text, "%s expected", what);
	return fail(l, at, text);
}

/* A reference to what is not here. */
static int leaves(const struct loader *l, int at, bool elsewhere)
{
	struct oc_text name = oc_json_raw(&l->s->json, at);
	char text[256];

	(void)snprintf(text, sizeof text, "%.*s %s", name.n < 160 ? (int)name.n : 160, name.p,
	               elsewhere ? "leads out of this schema, and nothing is fetched"
	                         : "names no place in this schema");
	return fail(l, at, text);
}

/* ---- texts ---- */

static struct oc_text text_of(const struct oc_schema *s, struct oc_schema_text name)
{
	return (struct oc_text){s->texts.p + name.at, name.n};
}

/* Decodes a string of the document to where it stays. */
static struct oc_schema_text keep_string(struct loader *l, int at)
{
	struct oc_schema_text text = {.at = l->s->texts.n};

	(void)oc_json_string(&l->s->json, at, &l->s->texts);
	text.n = l->s->texts.n - text.at;
	return text;
}

/* ---- what values must be ---- */

static bool is_type_name(const struct oc_json *j, int at)
{
	static const char *const names[] = {"null",   "boolean", "object", "array",
	                                    "number", "string",  "integer"};

	for (size_t i = 0; i < OC_COUNT(names); i++) {
		if (oc_json_is(j, at, names[i]))
			return true;
	}
	return false;
}

static bool is_string(const struct oc_json *j, int at)
{
	return oc_json_type(j, at) == OC_JSON_STRING;
}

static bool is_schema(const struct oc_json *j, int at)
{
	enum oc_json_type type = oc_json_type(j, at);

	return type == OC_JSON_OBJECT || type == OC_JSON_TRUE || type == OC_JSON_FALSE;
}

/* An array all of whose items are such; not an empty one, where there must be one. */
static bool is_array_of(const struct oc_json *j, int at, bool filled,
                        bool (*is)(const struct oc_json *j, int at))
{
	int child = oc_json_first(j, at);

	if (oc_json_type(j, at) != OC_JSON_ARRAY || (filled && child == OC_JSON_NONE))
		return false;
	for (; child != OC_JSON_NONE; child = oc_json_next(j, at, child)) {
		if (!is(j, child))
			return false;
	}
	return true;
}

static bool is_names(const struct oc_json *j, int at)
{
	return is_array_of(j, at, false, is_string);
}

static bool is_schema_or_names(const struct oc_json *j, int at)
{
	return is_schema(j, at) || is_names(j, at);
}

static bool is_object_of(const struct oc_json *j, int at,
                         bool (*is)(const struct oc_json *j, int at))
{
	if (oc_json_type(j, at) != OC_JSON_OBJECT)
		return false;
	for (int key = oc_json_first(j, at); key != OC_JSON_NONE; key = oc_json_next(j, at, key)) {
		if (!is(j, oc_json_value(j, key)))
			return false;
	}
	return true;
}

static bool is_count(const struct oc_json *j, int at)
{
	int64_t n;

	return oc_json_int64(j, at, &n) && n >= 0;
}

static bool is_step(const struct oc_json *j, int at)
{
	struct oc_text raw = oc_json_raw(j, at);

	if (oc_json_type(j, at) != OC_JSON_NUMBER || *raw.p == '-')
		return false;
	for (; raw.n && *raw.p != 'e' && *raw.p != 'E'; raw.p++, raw.n--) {
		if (*raw.p >= '1' && *raw.p <= '9')
			return true;
	}
	return false;
}

/* What is wrong within schemas is found when these are visited. */
static bool is_of_kind(const struct oc_json *j, int at, enum kind kind)
{
	enum oc_json_type type = oc_json_type(j, at);

	switch (kind) {
	case SCHEMA:
		return is_schema(j, at);
	case SCHEMAS:
		return type == OC_JSON_ARRAY && oc_json_first(j, at) != OC_JSON_NONE;
	case SCHEMA_OR_ARRAY:
		return is_schema(j, at) || type == OC_JSON_ARRAY;
	case SCHEMA_MAP:
	case PATTERN_MAP:
		return type == OC_JSON_OBJECT;
	case NAMES_MAP:
		return is_object_of(j, at, is_names);
	case SCHEMA_NAMES_MAP:
		return is_object_of(j, at, is_schema_or_names);
	case TYPES:
		return is_type_name(j, at) || is_array_of(j, at, true, is_type_name);
	case NAMES:
		return is_names(j, at);
	case LIST:
		return type == OC_JSON_ARRAY;
	case FLAG:
		return type == OC_JSON_TRUE || type == OC_JSON_FALSE;
	case COUNT:
		return is_count(j, at);
	case NUMBER:
		return type == OC_JSON_NUMBER;
	case STEP:
		return is_step(j, at);
	case STRING:
	case PATTERN:
		return type == OC_JSON_STRING;
	case ANYTHING:
		break;
	}
	return true;
}

static const char *name_of_kind(enum kind kind)
{
	static const char *const names[] = {
	        [SCHEMA] = "a schema (an object, true or false)",
	        [SCHEMAS] = "an array of schemas",
	        [SCHEMA_OR_ARRAY] = "a schema, or an array of schemas",
	        [SCHEMA_MAP] = "an object of schemas",
	        [PATTERN_MAP] = "an object of schemas",
	        [NAMES_MAP] = "an object of arrays of strings",
	        [SCHEMA_NAMES_MAP] = "an object of schemas, or of arrays of strings",
	        [TYPES] = "the name of a type, or an array of such",
	        [NAMES] = "an array of strings",
	        [LIST] = "an array",
	        [FLAG] = "true or false",
	        [COUNT] = "an integer, 0 or more",
	        [NUMBER] = "a number",
	        [STEP] = "a number greater than 0",
	        [STRING] = "a string",
	        [PATTERN] = "a string",
	        [ANYTHING] = "",
	};

	return names[kind];
}

/* ---- resources and anchors ---- */

static bool is_draft7(const struct oc_schema *s, int at)
{
	struct oc_text raw = oc_json_raw(&s->json, oc_json_get(&s->json, at, "$schema"));
	static const char draft[] = "/draft-0";

	/* draft-04 and draft-06 are what draft-07 extends. */
	for (size_t i = 0; i + sizeof draft <= raw.n; i++) {
		if (memcmp(raw.p + i, draft, sizeof draft - 1) == 0)
			return true;
	}
	return false;
}

/* Adds a schema with a URI; `id` is relative to the resource around it, -1 for none. */
static int add_resource(struct loader *l, int node, int around, struct oc_text id, bool draft7)
{
	struct oc_schema *s = l->s;
	const char *base = around < 0 ? NAMELESS : s->resources[around].uri;
	struct oc_text fragment;
	struct oc_buf uri = {0};

	oc_buf_init(&uri, (size_t)1 << 20);
	oc_uri_resolve((struct oc_text){base, strlen(base)}, id, &uri, &fragment);
	s->resources[s->nresources] = (struct oc_schema_resource){
	        .uri = oc_buf_detach(&uri),
	        .node = node,
	        .draft7 = draft7,
	};
	if (!s->resources[s->nresources].uri)
		return oc_err_nomem(l->err);
	s->nresources++;
	return OC_OK;
}

static void add_anchor(struct loader *l, int node, struct oc_schema_text name, bool dynamic)
{
	struct oc_schema *s = l->s;

	s->anchors[s->nanchors++] = (struct oc_schema_anchor){
	        .name = name,
	        .resource = s->nodes[node].resource,
	        .node = node,
	        .dynamic = dynamic,
	};
}

const struct oc_schema_anchor *oc_schema_anchor(const struct oc_schema *s, int resource,
                                                struct oc_text name, bool dynamic)
{
	for (int i = 0; i < s->nanchors; i++) {
		const struct oc_schema_anchor *anchor = &s->anchors[i];
		struct oc_text text = text_of(s, anchor->name);

		if (anchor->resource == resource && (anchor->dynamic || !dynamic) &&
		    text.n == name.n && memcmp(text.p, name.p, name.n) == 0)
			return anchor;
	}
	return NULL;
}

/* A schema that names itself begins a resource; draft-07 names anchors so, too. The root is the
 * beginning of one, whether it has a name or not. */
static int read_id(struct loader *l, int node, int around)
{
	struct oc_schema *s = l->s;
	int at = s->nodes[node].at;
	int id = oc_json_get(&s->json, at, "$id");
	bool draft7 = around < 0 || oc_json_get(&s->json, at, "$schema") != OC_JSON_NONE
	                      ? is_draft7(s, at)
	                      : s->resources[around].draft7;
	struct oc_schema_text name = {0, 0};

	s->nodes[node].resource = around;
	if (draft7 && oc_json_get(&s->json, at, "$ref") != OC_JSON_NONE)
		id = OC_JSON_NONE;
	if (oc_json_type(&s->json, id) == OC_JSON_STRING)
		name = keep_string(l, id);
	if (s->texts.bad)
		return oc_err_nomem(l->err);
	if (around >= 0 && draft7 && name.n && text_of(s, name).p[0] == '#') {
		name.at++;
		name.n--;
		add_anchor(l, node, name, false);
		return OC_OK;
	}
	if (around >= 0 && !name.n)
		return OC_OK;
	s->nodes[node].resource = s->nresources;
	return add_resource(l, node, around, text_of(s, name), draft7);
}

/* ---- nodes ---- */

static int visit(struct loader *l, int at, int around);

static const struct row *find_row(const struct oc_json *j, int key, int draft)
{
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		if ((rows[i].drafts & draft) && oc_json_is(j, key, rows[i].name))
			return &rows[i];
	}
	return NULL;
}

/* Puts a word among those of the node, in the order of their keys. Of two equal ones the last one
 * counts, but for definitions, which may have two names. */
static void add_word(struct oc_schema *s, struct oc_schema_node *node, enum oc_keyword key, int arg)
{
	struct oc_schema_word *words = s->words + node->words;
	int i = node->nwords;

	while (i && words[i - 1].key > key) {
		words[i] = words[i - 1];
		i--;
	}
	if (i && words[i - 1].key == key && key != OC_KEY_DEFS) {
		words[i - 1].arg = arg;
		memmove(words + i, words + i + 1, (size_t)(node->nwords - i) * sizeof *words);
		return;
	}
	words[i] = (struct oc_schema_word){.key = key, .arg = arg};
	node->nwords++;
}

static bool has_array_items(const struct oc_json *j, int at)
{
	return oc_json_type(j, oc_json_get(j, at, "items")) == OC_JSON_ARRAY;
}

/* The keywords of a schema, and whether their values are what they must be. */
static int read_words(struct loader *l, int node)
{
	struct oc_schema *s = l->s;
	const struct oc_json *j = &s->json;
	struct oc_schema_node *n = &s->nodes[node];
	bool draft7 = s->resources[n->resource].draft7;
	bool ref_only = draft7 && oc_json_get(j, n->at, "$ref") != OC_JSON_NONE;

	n->words = s->nwords;
	for (int key = oc_json_first(j, n->at); key != OC_JSON_NONE;
	     key = oc_json_next(j, n->at, key)) {
		const struct row *row = find_row(j, key, draft7 ? D7 : D2020);
		int arg = oc_json_value(j, key);

		if (!row || (ref_only && row->key != OC_KEY_REF && row->key != OC_KEY_DEFS))
			continue;
		if (!is_of_kind(j, arg, row->kind))
			return expected(l, arg, name_of_kind(row->kind));
		if (row->kind == SCHEMA_OR_ARRAY && oc_json_type(j, arg) == OC_JSON_ARRAY)
			add_word(s, n, OC_KEY_PREFIX_ITEMS, arg);
		else if (!oc_json_is(j, key, "additionalItems") || has_array_items(j, n->at))
			add_word(s, n, row->key, arg);
	}
	s->nwords += n->nwords;
	return OC_OK;
}

/* `dependencies` may hold names, too, which have been looked at. */
static int visit_children(struct loader *l, const struct oc_schema_word *word, int resource)
{
	const struct oc_json *j = &l->s->json;
	bool object = oc_json_type(j, word->arg) == OC_JSON_OBJECT;
	int rc = OC_OK;

	for (int c = oc_json_first(j, word->arg); !rc && c != OC_JSON_NONE;
	     c = oc_json_next(j, word->arg, c)) {
		int child = object ? oc_json_value(j, c) : c;

		if (word->key != OC_KEY_DEPENDENCIES || is_schema(j, child))
			rc = visit(l, child, resource);
	}
	return rc;
}

static int add_regex(struct loader *l, int at)
{
	struct oc_schema *s = l->s;
	struct oc_buf pattern = {0};
	struct oc_err why = {0};
	int rc = OC_OK;

	oc_buf_init(&pattern, OC_PROMPT_MAX);
	(void)oc_json_string(&s->json, at, &pattern);
	if (pattern.bad)
		rc = oc_err_nomem(l->err);
	else if (!s->library)
		rc = oc_regex_open(&s->library, l->err);
	if (!rc) {
		rc = oc_regex_new(s->library, oc_buf_text(&pattern), &s->regexes[s->nregexes],
		                  &why);
		if (rc == OC_EDATA)
			(void)fail(l, at, why.message);
		else if (rc)
			*l->err = why;
	}
	s->nregexes += !rc;
	oc_buf_release(&pattern);
	return rc;
}

static int add_regexes(struct loader *l, int arg)
{
	const struct oc_json *j = &l->s->json;
	int rc = OC_OK;

	for (int key = oc_json_first(j, arg); !rc && key != OC_JSON_NONE;
	     key = oc_json_next(j, arg, key))
		rc = add_regex(l, key);
	return rc;
}

static void add_names(struct loader *l, int arg)
{
	struct oc_schema *s = l->s;
	const struct oc_json *j = &s->json;

	for (int key = oc_json_first(j, arg); key != OC_JSON_NONE; key = oc_json_next(j, arg, key))
		s->names[s->nnames++] = (struct oc_schema_name){
		        .name = keep_string(l, key),
		        .value = oc_json_value(j, key),
		};
}

/* Which keywords are, or hold, schemas. */
static bool holds_one(enum oc_keyword key)
{
	static const enum oc_keyword keys[] = {
	        OC_KEY_NOT,
	        OC_KEY_IF,
	        OC_KEY_THEN,
	        OC_KEY_ELSE,
	        OC_KEY_ITEMS,
	        OC_KEY_UNEVALUATED_ITEMS,
	        OC_KEY_CONTAINS,
	        OC_KEY_ADDITIONAL_PROPERTIES,
	        OC_KEY_PROPERTY_NAMES,
	        OC_KEY_UNEVALUATED_PROPERTIES,
	};

	for (size_t i = 0; i < OC_COUNT(keys); i++) {
		if (keys[i] == key)
			return true;
	}
	return false;
}

static bool holds_many(enum oc_keyword key)
{
	static const enum oc_keyword keys[] = {
	        OC_KEY_DEFS,
	        OC_KEY_ALL_OF,
	        OC_KEY_ANY_OF,
	        OC_KEY_ONE_OF,
	        OC_KEY_PREFIX_ITEMS,
	        OC_KEY_PROPERTIES,
	        OC_KEY_PATTERN_PROPERTIES,
	        OC_KEY_DEPENDENCIES,
	        OC_KEY_DEPENDENT_SCHEMAS,
	};

	for (size_t i = 0; i < OC_COUNT(keys); i++) {
		if (keys[i] == key)
			return true;
	}
	return false;
}

/* Whatever a keyword needs beside its value. */
static int prepare_word(struct loader *l, int node, struct oc_schema_word *word)
{
	struct oc_schema *s = l->s;

	switch ((int)word->key) {
	case OC_KEY_ANCHOR:
	case OC_KEY_DYNAMIC_ANCHOR:
		add_anchor(l, node, keep_string(l, word->arg), word->key == OC_KEY_DYNAMIC_ANCHOR);
		return OC_OK;
	case OC_KEY_PATTERN:
		word->more = s->nregexes;
		return add_regex(l, word->arg);
	case OC_KEY_PATTERN_PROPERTIES:
		word->more = s->nregexes;
		return add_regexes(l, word->arg);
	case OC_KEY_PROPERTIES:
		word->more = s->nnames;
		add_names(l, word->arg);
		word->count = s->nnames - word->more;
		return OC_OK;
	default:
		return OC_OK;
	}
}

/* Makes a node of the schema, and of those in it, unless that has been done. */
static int visit(struct loader *l, int at, int around)
{
	struct oc_schema *s = l->s;
	int node = s->nnodes;
	int rc;

	if (s->node_of[at] >= 0)
		return OC_OK;
	if (!is_schema(&s->json, at))
		return expected(l, at, name_of_kind(SCHEMA));
	s->node_of[at] = node;
	s->nodes[s->nnodes++] = (struct oc_schema_node){.at = at, .words = s->nwords};
	rc = read_id(l, node, around);
	if (!rc)
		rc = read_words(l, node);
	for (int i = 0; !rc && i < s->nodes[node].nwords; i++) {
		struct oc_schema_word *word = &s->words[s->nodes[node].words + i];

		rc = prepare_word(l, node, word);
		if (!rc && holds_one(word->key))
			rc = visit(l, word->arg, s->nodes[node].resource);
		else if (!rc && holds_many(word->key))
			rc = visit_children(l, word, s->nodes[node].resource);
	}
	return rc;
}

/* ---- references ---- */

static int find_resource(const struct oc_schema *s, struct oc_text uri)
{
	for (int i = 0; i < s->nresources; i++) {
		if (strlen(s->resources[i].uri) == uri.n &&
		    memcmp(s->resources[i].uri, uri.p, uri.n) == 0)
			return i;
	}
	return -1;
}

/* The node at a JSON Pointer, from the root of a resource; -1 if there is nothing. */
static int follow_pointer(struct loader *l, int resource, struct oc_text pointer, int *node)
{
	struct oc_schema *s = l->s;
	int at = s->nodes[s->resources[resource].node].at;
	int rc;

	while (at != OC_JSON_NONE && pointer.n) {
		rc = oc_pointer_step(&s->json, &pointer, &at);
		if (rc)
			return oc_err_nomem(l->err);
		/* What is within a schema with a URI is named from there. */
		if (at != OC_JSON_NONE && s->node_of[at] >= 0)
			resource = s->nodes[s->node_of[at]].resource;
	}
	*node = -1;
	if (!is_schema(&s->json, at))
		return OC_OK;
	rc = visit(l, at, resource);
	*node = s->node_of[at];
	return rc;
}

/* The node that a fragment names in a resource, and the anchor, if it is one. */
static int follow_fragment(struct loader *l, int resource, struct oc_text fragment, int *node,
                           const struct oc_schema_anchor **anchor)
{
	const struct oc_schema *s = l->s;

	*node = -1;
	*anchor = NULL;
	if (!fragment.n) {
		*node = s->resources[resource].node;
		return OC_OK;
	}
	if (*fragment.p == '/')
		return follow_pointer(l, resource, fragment, node);
	*anchor = oc_schema_anchor(s, resource, fragment, false);
	if (*anchor)
		*node = (*anchor)->node;
	return OC_OK;
}

static int resolve(struct loader *l, int resource, struct oc_schema_word *word)
{
	struct oc_schema *s = l->s;
	const struct oc_schema_anchor *anchor = NULL;
	struct oc_schema_text kept = keep_string(l, word->arg);
	struct oc_buf uri = {0};
	struct oc_text fragment = {0};
	int node = -1;
	int target;
	int rc = OC_OK;

	if (s->texts.bad)
		return oc_err_nomem(l->err);
	oc_buf_init(&uri, (size_t)1 << 20);
	oc_uri_resolve(
	        (struct oc_text){s->resources[resource].uri, strlen(s->resources[resource].uri)},
	        text_of(s, kept), &uri, &fragment);
	if (uri.bad)
		rc = oc_err_nomem(l->err);
	target = find_resource(s, oc_buf_text(&uri));
	oc_buf_release(&uri);
	if (!rc && target >= 0)
		rc = follow_fragment(l, target, fragment, &node, &anchor);
	if (rc)
		return rc;
	if (node < 0)
		return leaves(l, word->arg, target < 0);
	word->more = node;
	if (word->key != OC_KEY_DYNAMIC_REF)
		return OC_OK;
	if (anchor && anchor->dynamic)
		word->more = (int)(anchor - s->anchors);
	else
		word->key = OC_KEY_REF;
	return OC_OK;
}

/* Following a reference may make more nodes, with more of them. */
static int resolve_all(struct loader *l)
{
	const struct oc_schema *s = l->s;

	for (int n = 0; n < s->nnodes; n++) {
		for (int i = 0; i < s->nodes[n].nwords; i++) {
			struct oc_schema_word *word = &s->words[s->nodes[n].words + i];
			int rc = OC_OK;

			if (word->key == OC_KEY_REF || word->key == OC_KEY_DYNAMIC_REF)
				rc = resolve(l, s->nodes[n].resource, word);
			if (rc)
				return rc;
		}
	}
	return OC_OK;
}

/* ---- names of properties ---- */

static int compare_text(struct oc_text a, struct oc_text b)
{
	int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int compare_names(const void *p, const void *q)
{
	const struct oc_schema_name *a = p;
	const struct oc_schema_name *b = q;
	int order = compare_text(a->text, b->text);

	return order ? order : (a->value > b->value) - (a->value < b->value);
}

static void sort_names(struct oc_schema *s)
{
	for (int i = 0; i < s->nnames; i++)
		s->names[i].text = text_of(s, s->names[i].name);
	for (int i = 0; i < s->nwords; i++) {
		const struct oc_schema_word *word = &s->words[i];

		if (word->key == OC_KEY_PROPERTIES)
			qsort(s->names + word->more, (size_t)word->count, sizeof *s->names,
			      compare_names);
	}
}

int oc_schema_property(const struct oc_schema *s, const struct oc_schema_word *properties,
                       struct oc_text name)
{
	const struct oc_schema_name *names = s->names + properties->more;
	int low = 0;
	int high = properties->count;

	/* The last one that is not greater: of equal names the last one counts. */
	while (low < high) {
		int middle = low + (high - low) / 2;

		if (compare_text(names[middle].text, name) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && compare_text(names[low - 1].text, name) == 0 ? names[low - 1].value
	                                                           : OC_JSON_NONE;
}

const struct oc_schema_word *oc_schema_word(const struct oc_schema *s,
                                            const struct oc_schema_node *node, enum oc_keyword key)
{
	for (int i = 0; i < node->nwords; i++) {
		if (s->words[node->words + i].key == key)
			return &s->words[node->words + i];
	}
	return NULL;
}

/* ---- the whole ---- */

/* There are no more of anything than values in the document. */
static bool allocate(struct oc_schema *s)
{
	size_t n = (size_t)s->json.ntok;

	s->node_of = malloc(n * sizeof *s->node_of);
	s->nodes = calloc(n, sizeof *s->nodes);
	s->words = calloc(n, sizeof *s->words);
	s->names = calloc(n, sizeof *s->names);
	s->resources = calloc(n, sizeof *s->resources);
	s->anchors = calloc(n, sizeof *s->anchors);
	s->regexes = calloc(n, sizeof(struct oc_regex *));
	for (size_t i = 0; s->node_of && i < n; i++)
		s->node_of[i] = -1;
	return s->node_of && s->nodes && s->words && s->names && s->resources && s->anchors &&
	       s->regexes;
}

static int load(struct loader *l)
{
	int rc = visit(l, 0, -1);

	if (!rc)
		rc = resolve_all(l);
	if (!rc && l->s->texts.bad)
		rc = oc_err_nomem(l->err);
	if (!rc)
		sort_names(l->s);
	return rc;
}

int oc_schema_new(struct oc_text text, enum oc_schema_formats formats, struct oc_schema **out,
                  struct oc_err *err)
{
	struct loader l = {.s = calloc(1, sizeof *l.s), .err = err};
	int rc;

	*out = NULL;
	if (!l.s)
		return oc_err_nomem(err);
	l.s->formats = formats;
	oc_json_init(&l.s->json);
	oc_buf_init(&l.s->texts, 4 * OC_PROMPT_MAX);
	rc = oc_json_parse(&l.s->json, text.p, text.n, err);
	if (rc == OC_EPROTO && err)
		err->code = OC_EDATA;
	if (rc == OC_EPROTO)
		rc = OC_EDATA;
	else if (!rc)
		rc = allocate(l.s) ? load(&l) : oc_err_nomem(err);
	if (rc)
		oc_schema_free(l.s);
	else
		*out = l.s;
	return rc;
}

void oc_schema_free(struct oc_schema *s)
{
	if (!s)
		return;
	for (int i = 0; i < s->nresources; i++)
		free(s->resources[i].uri);
	for (int i = 0; i < s->nregexes; i++)
		oc_regex_free(s->regexes[i]);
	oc_regex_close(s->library);
	free(s->node_of);
	free(s->nodes);
	free(s->words);
	free(s->names);
	free(s->resources);
	free(s->anchors);
	free(s->regexes);
	oc_buf_release(&s->texts);
	oc_json_release(&s->json);
	free(s);
}
