/* SPDX-License-Identifier: MIT */
/* load.c: reads a JSON Schema into nodes, and finds what its references mean. */
#include "compat.h"

#include "json/pointer.h"
#include "schema/node.h"
#include "schema/schema.h"
#include "schema/uri.h"
#include "text/err.h"
#include "text/text.h"

/* The URI of a schema that has none of its own. */
#define NAMELESS "schema:/"

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
	(void)oc_err_set(l->err, OC_EDATA, "%s: %s", place.p, text);
	oc_buf_release(&place);
	return OC_EDATA;
}

static int expected(const struct loader *l, int at, enum oc_schema_kind kind)
{
	char text[128];

	(void)snprintf(text, sizeof text, "%s expected", oc_kind_name(kind));
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

/* Decodes a string of the document to where it stays: there is room for all of them. */
static struct oc_text keep_string(struct oc_schema *s, int at)
{
	size_t start = s->texts.n;

	(void)oc_json_string(&s->json, at, &s->texts);
	return (struct oc_text){s->texts.p + start, s->texts.n - start};
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
	oc_uri_resolve(oc_text_of(base), id, &uri, &fragment);
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

static void add_anchor(struct loader *l, int node, struct oc_text name, bool dynamic)
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

		if (anchor->resource == resource && (anchor->dynamic || !dynamic) &&
		    oc_text_same(anchor->name, name))
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
	struct oc_text name = {"", 0};

	s->nodes[node].resource = around;
	if (draft7 && oc_json_get(&s->json, at, "$ref") != OC_JSON_NONE)
		id = OC_JSON_NONE;
	if (oc_json_type(&s->json, id) == OC_JSON_STRING)
		name = keep_string(s, id);
	if (around >= 0 && draft7 && name.n && *name.p == '#') {
		name.p++;
		name.n--;
		add_anchor(l, node, name, false);
		return OC_OK;
	}
	if (around >= 0 && !name.n)
		return OC_OK;
	s->nodes[node].resource = s->nresources;
	return add_resource(l, node, around, name, draft7);
}

/* ---- nodes ---- */

static int visit(struct loader *l, int at, int around);

/* Puts a word among those of the node, in the order of their keys. Of two equal ones the last one
 * counts. */
static void add_word(struct oc_schema *s, struct oc_schema_node *node, enum oc_keyword key, int arg)
{
	struct oc_schema_word *words = s->words + node->words;
	int i = node->nwords;

	while (i && words[i - 1].key > key) {
		words[i] = words[i - 1];
		i--;
	}
	if (i && words[i - 1].key == key) {
		words[i - 1].arg = arg;
		memmove(words + i, words + i + 1, (size_t)(node->nwords - i) * sizeof *words);
		return;
	}
	words[i] = (struct oc_schema_word){.key = key, .arg = arg};
	node->nwords++;
}

static bool stays_beside_ref(enum oc_keyword key)
{
	return key == OC_KEY_REF || key == OC_KEY_DEFS || key == OC_KEY_DEFINITIONS;
}

/* The keywords of a schema, and whether their values are what they must be. */
static int read_words(struct loader *l, int node)
{
	struct oc_schema *s = l->s;
	const struct oc_json *j = &s->json;
	struct oc_schema_node *n = &s->nodes[node];
	bool draft7 = s->resources[n->resource].draft7;
	bool ref_only = draft7 && oc_json_get(j, n->at, "$ref") != OC_JSON_NONE;
	bool array_items = oc_json_type(j, oc_json_get(j, n->at, "items")) == OC_JSON_ARRAY;

	n->words = s->nwords;
	for (int key = oc_json_first(j, n->at); key != OC_JSON_NONE;
	     key = oc_json_next(j, n->at, key)) {
		enum oc_keyword word = oc_keyword_find(j, key, draft7);
		int arg = oc_json_value(j, key);

		if (!word || (ref_only && !stays_beside_ref(word)))
			continue;
		if (!oc_kind_is(j, arg, oc_keywords[word].kind))
			return expected(l, arg, oc_keywords[word].kind);
		if (word == OC_KEY_ITEMS && oc_json_type(j, arg) == OC_JSON_ARRAY)
			word = OC_KEY_PREFIX_ITEMS;
		if (word == OC_KEY_ADDITIONAL_ITEMS && array_items)
			word = OC_KEY_ITEMS;
		if (word != OC_KEY_ADDITIONAL_ITEMS)
			add_word(s, n, word, arg);
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

		if (word->key != OC_KEY_DEPENDENCIES || oc_kind_is(j, child, OC_KIND_SCHEMA))
			rc = visit(l, child, resource);
	}
	return rc;
}

static int add_regex(struct loader *l, int at)
{
	struct oc_schema *s = l->s;
	struct oc_buf pattern = {0};
	struct oc_err why = {0};
	int rc;

	oc_buf_init(&pattern, OC_PROMPT_MAX);
	(void)oc_json_string(&s->json, at, &pattern);
	rc = pattern.bad ? oc_err_nomem(&why)
	                 : oc_regex_new(&s->library, oc_buf_text(&pattern),
	                                &s->regexes[s->nregexes], &why);
	if (rc == OC_EDATA)
		(void)fail(l, at, why.message);
	else if (rc && l->err)
		*l->err = why;
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

static int compare_names(const void *p, const void *q)
{
	const struct oc_schema_name *a = p;
	const struct oc_schema_name *b = q;
	int order = oc_text_order(a->text, b->text);

	return order ? order : (a->value > b->value) - (a->value < b->value);
}

/* The names of `properties`, sorted. */
static void add_names(struct oc_schema *s, struct oc_schema_word *word)
{
	const struct oc_json *j = &s->json;

	word->more = s->nnames;
	for (int key = oc_json_first(j, word->arg); key != OC_JSON_NONE;
	     key = oc_json_next(j, word->arg, key))
		s->names[s->nnames++] = (struct oc_schema_name){
		        .text = keep_string(s, key),
		        .value = oc_json_value(j, key),
		};
	word->count = s->nnames - word->more;
	qsort(s->names + word->more, (size_t)word->count, sizeof *s->names, compare_names);
}

/* Whatever a keyword needs beside its value. */
static int prepare_word(struct loader *l, int node, struct oc_schema_word *word)
{
	struct oc_schema *s = l->s;

	switch ((int)word->key) {
	case OC_KEY_ANCHOR:
	case OC_KEY_DYNAMIC_ANCHOR:
		add_anchor(l, node, keep_string(s, word->arg), word->key == OC_KEY_DYNAMIC_ANCHOR);
		return OC_OK;
	case OC_KEY_PATTERN:
		word->more = s->nregexes;
		return add_regex(l, word->arg);
	case OC_KEY_PATTERN_PROPERTIES:
		word->more = s->nregexes;
		return add_regexes(l, word->arg);
	case OC_KEY_PROPERTIES:
		add_names(s, word);
		return OC_OK;
	default:
		return OC_OK;
	}
}

/* Makes nodes of the schemas that a keyword is, or holds. */
static int visit_word(struct loader *l, const struct oc_schema_word *word, int resource)
{
	switch ((int)oc_keywords[word->key].kind) {
	case OC_KIND_SCHEMA:
	case OC_KIND_SCHEMA_OR_ARRAY: /* an array is prefixItems */
		return visit(l, word->arg, resource);
	case OC_KIND_SCHEMAS:
	case OC_KIND_SCHEMA_MAP:
	case OC_KIND_SCHEMA_NAMES_MAP:
		return visit_children(l, word, resource);
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
	if (!oc_kind_is(&s->json, at, OC_KIND_SCHEMA))
		return expected(l, at, OC_KIND_SCHEMA);
	s->node_of[at] = node;
	s->nodes[s->nnodes++] = (struct oc_schema_node){.at = at, .words = s->nwords};
	rc = read_id(l, node, around);
	if (!rc)
		rc = read_words(l, node);
	for (int i = 0; !rc && i < s->nodes[node].nwords; i++) {
		struct oc_schema_word *word = &s->words[s->nodes[node].words + i];

		rc = prepare_word(l, node, word);
		if (!rc)
			rc = visit_word(l, word, s->nodes[node].resource);
	}
	return rc;
}

/* ---- references ---- */

static int find_resource(const struct oc_schema *s, struct oc_text uri)
{
	for (int i = 0; i < s->nresources; i++) {
		if (oc_text_is(uri, s->resources[i].uri))
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
	if (!oc_kind_is(&s->json, at, OC_KIND_SCHEMA))
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
	struct oc_buf uri = {0};
	struct oc_text fragment = {0};
	int node = -1;
	int target;
	int rc = OC_OK;

	oc_buf_init(&uri, (size_t)1 << 20);
	oc_uri_resolve(oc_text_of(s->resources[resource].uri), keep_string(s, word->arg), &uri,
	               &fragment);
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

/* ---- looking up ---- */

int oc_schema_property(const struct oc_schema *s, const struct oc_schema_word *properties,
                       struct oc_text name)
{
	const struct oc_schema_name *names = s->names + properties->more;
	int low = 0;
	int high = properties->count;

	/* The last one that is not greater: of equal names the last one counts. */
	while (low < high) {
		int middle = low + (high - low) / 2;

		if (oc_text_order(names[middle].text, name) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && oc_text_order(names[low - 1].text, name) == 0 ? names[low - 1].value
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

/* There are no more of anything than values in the document, and no string, of which none is kept
 * twice, is longer than its own text. */
static bool allocate(struct oc_schema *s)
{
	size_t n = (size_t)s->json.ntok;

	s->node_of = malloc(n * sizeof *s->node_of);
	if (s->node_of)
		memset(s->node_of, 0xff, n * sizeof *s->node_of); /* -1 */
	s->nodes = calloc(n, sizeof *s->nodes);
	s->words = calloc(n, sizeof *s->words);
	s->names = calloc(n, sizeof *s->names);
	s->resources = calloc(n, sizeof *s->resources);
	s->anchors = calloc(n, sizeof *s->anchors);
	s->regexes = calloc(n, sizeof(struct oc_regex *));
	oc_buf_init(&s->texts, s->json.len);
	return oc_buf_room(&s->texts, s->json.len) && s->node_of && s->nodes && s->words &&
	       s->names && s->resources && s->anchors && s->regexes;
}

int oc_schema_new(struct oc_text text, enum oc_schema_formats formats, struct oc_schema **out,
                  struct oc_err *err)
{
	struct loader l = {.s = calloc(1, sizeof *l.s), .err = err};
	int rc;

	*out = NULL;
	if (!l.s)
		return oc_err_nomem(err);
	l.s->formats = formats == OC_FORMATS_ENFORCED;
	oc_json_init(&l.s->json);
	rc = oc_json_parse(&l.s->json, text.p, text.n, err);
	if (rc == OC_EPROTO && err)
		err->code = OC_EDATA;
	if (rc == OC_EPROTO)
		rc = OC_EDATA;
	else if (!rc)
		rc = allocate(l.s) ? visit(&l, 0, -1) : oc_err_nomem(err);
	if (!rc)
		rc = resolve_all(&l);
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
