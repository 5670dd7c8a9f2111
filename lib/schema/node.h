/* SPDX-License-Identifier: MIT */
/* node.h: a schema as load.c makes it for schema.c. */
#ifndef OC_NODE_H
#define OC_NODE_H

#include "schema/keyword.h"
#include "schema/regex.h"

/* A keyword of a schema, and its value. */
struct oc_schema_word {
	enum oc_keyword key;
	int arg;   /* the value, in the document */
	int more;  /* of a reference: the node, of one that is dynamic: the anchor; of patterns: the
	             first in `regexes`; of properties: the first in `names` */
	int count; /* of those */
};

/* A schema: an object, or true or false. */
struct oc_schema_node {
	int at;
	int resource; /* that it belongs to */
	int words;    /* the first of them, in the order of enum oc_keyword */
	int nwords;
};

/* A schema with a URI of its own, and what lies within it. */
struct oc_schema_resource {
	char *uri; /* absolute, without a fragment */
	int node;  /* its root */
	bool draft7;
};

struct oc_schema_anchor {
	struct oc_text name;
	int resource;
	int node;
	bool dynamic;
};

struct oc_schema_name {
	struct oc_text text;
	int value; /* the property's schema, in the document */
};

struct oc_schema {
	struct oc_json json;
	bool formats; /* those that are known decide */
	int *node_of; /* for each value of the document; -1 = it is no schema */
	struct oc_schema_node *nodes;
	int nnodes;
	struct oc_schema_word *words;
	int nwords;
	struct oc_schema_name *names; /* of each `properties` apart, sorted */
	int nnames;
	struct oc_buf texts; /* decoded strings; never moved */
	struct oc_schema_resource *resources;
	int nresources;
	struct oc_schema_anchor *anchors;
	int nanchors;
	struct oc_regex **regexes;
	int nregexes;
	struct oc_regex_library *library; /* NULL until there is a pattern */
};

/* The node's word for a keyword, or NULL. */
const struct oc_schema_word *oc_schema_word(const struct oc_schema *schema,
                                            const struct oc_schema_node *node, enum oc_keyword key);

/* The schema in a `properties` for a decoded name; OC_JSON_NONE if there is none. */
int oc_schema_property(const struct oc_schema *schema, const struct oc_schema_word *properties,
                       struct oc_text name);

/* The anchor of a resource by its name, of either kind or only a dynamic one; NULL if there is
 * none. */
const struct oc_schema_anchor *oc_schema_anchor(const struct oc_schema *schema, int resource,
                                                struct oc_text name, bool dynamic);

#endif
