/* SPDX-License-Identifier: MIT */
/* test-strict.c: which schemas are for strict servers, by the rules that strict.h cites. */
#include "compat.h"

#include "text/buf.h"
#include "schema/schema.h"
#include "schema/strict.h"
#include "text/text.h"
#include "unit.h"

static bool is_strict(const char *text)
{
	struct oc_json schema;
	struct oc_schema *loaded = NULL;
	struct oc_err err = {0};
	bool strict;

	oc_json_init(&schema);
	CHECK_INT(oc_json_parse(&schema, text, strlen(text), &err), 0);
	CHECK_INT(oc_schema_new(oc_text_of(text), OC_FORMATS_NOTED, &loaded, &err), 0);
	oc_schema_free(loaded);
	strict = oc_schema_is_strict(&schema);
	oc_json_release(&schema);
	return strict;
}

#define OBJECT(properties, required)                                                   \
	"{\"type\":\"object\",\"properties\":{" properties "},\"required\":[" required \
	"],\"additionalProperties\":false}"
#define ONE(schema) OBJECT("\"a\":" schema, "\"a\"")

TEST(schemas)
{
	static const struct {
		const char *schema;
		bool strict;
	} rows[] = {
	        /* the examples of the guide */
	        {OBJECT("\"steps\":{\"type\":\"array\",\"items\":" OBJECT(
	                        "\"explanation\":{\"type\":\"string\"},\"output\":{\"type\":"
	                        "\"string\"}",
	                        "\"explanation\",\"output\"") "},\"final_answer\":{\"type\":"
	                                                      "\"string\"}",
	                "\"steps\",\"final_answer\""),
	         true},
	        {OBJECT("\"location\":{\"type\":\"string\",\"description\":\"where\"},\"unit\":{"
	                "\"type\":[\"string\",\"null\"],\"enum\":[\"F\",\"C\",null]}",
	                "\"unit\",\"location\""),
	         true},
	        {OBJECT("\"next\":{\"anyOf\":[{\"$ref\":\"#\"},{\"type\":\"null\"}]}", "\"next\""),
	         true},
	        {"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"title\":\"T\","
	         "\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/d\"}},\"required\":"
	         "[\"a\"],\"additionalProperties\":false,\"$defs\":{\"d\":" ONE(
	                 "{\"type\":\"number\",\"const\":7}") "}}",
	         true},
	        {OBJECT("", ""), true},
	        /* the root is an object, and nothing else */
	        {"true", false},
	        {"{}", false},
	        {"{\"type\":\"object\"}", false},
	        {"{\"type\":\"array\",\"items\":{\"type\":\"string\"}}", false},
	        {"{\"anyOf\":[" OBJECT("", "") "]}", false},
	        {"{\"type\":\"object\",\"anyOf\":[{\"type\":\"string\"}],\"properties\":{},"
	         "\"required\":[],\"additionalProperties\":false}",
	         false},
	        {"{\"type\":[\"object\",\"null\"],\"properties\":{},\"required\":[],"
	         "\"additionalProperties\":false}",
	         false},
	        /* all properties, and no others */
	        {"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":["
	         "\"a\"]}",
	         false},
	        {"{\"type\":\"object\",\"properties\":{},\"required\":[],\"additionalProperties\":{"
	         "}}",
	         false},
	        {"{\"type\":\"object\",\"properties\":{},\"required\":[],\"additionalProperties\":"
	         "true}",
	         false},
	        {"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},"
	         "\"additionalProperties\":false}",
	         false},
	        {OBJECT("\"a\":{\"type\":\"string\"},\"b\":{\"type\":\"string\"}", "\"a\""), false},
	        {OBJECT("\"a\":{\"type\":\"string\"}", "\"b\""), false},
	        {OBJECT("\"a\":{\"type\":\"string\"}", "\"a\",\"b\""), false},
	        {ONE("{\"type\":\"object\"}"), false},
	        {ONE("{\"type\":[\"object\",\"null\"]}"), false},
	        {ONE("{\"type\":\"array\",\"items\":{\"type\":\"object\"}}"), false},
	        {ONE("{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"object\"}]}"), false},
	        {"{\"type\":\"object\",\"properties\":{},\"required\":[],\"additionalProperties\":"
	         "false,\"definitions\":{\"d\":{\"type\":\"object\"}}}",
	         false},
	        /* schemas that say too little */
	        {ONE("{}"), false},
	        {ONE("true"), false},
	        {ONE("{\"enum\":[1]}"), false},
	        {ONE("{\"type\":\"array\"}"), false},
	        {ONE("{\"type\":\"array\",\"items\":true}"), false},
	        {ONE("{\"$ref\":\"#\",\"description\":\"d\"}"), false},
	        {ONE("{\"type\":\"string\",\"properties\":{}}"), false},
	        {ONE("{\"type\":\"string\",\"items\":{}}"), false},
	        /* other keywords */
	        {ONE("{\"type\":\"string\",\"minLength\":1}"), false},
	        {ONE("{\"type\":\"string\",\"pattern\":\"a\"}"), false},
	        {ONE("{\"type\":\"string\",\"default\":\"\"}"), false},
	        {ONE("{\"type\":\"integer\",\"minimum\":1}"), false},
	        {ONE("{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"uniqueItems\":true}"),
	         false},
	        {ONE("{\"oneOf\":[{\"type\":\"string\"}]}"), false},
	        {ONE("{\"type\":\"string\",\"not\":{}}"), false},
	        {ONE("{\"type\":\"string\",\"x-note\":1}"), false},
	        /* five levels, and six */
	        {ONE(ONE(ONE(ONE(ONE("{\"type\":\"string\"}"))))), true},
	        {ONE(ONE(ONE(ONE(ONE(ONE("{\"type\":\"string\"}")))))), false},
	        {ONE(ONE(ONE(ONE("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}")))), true},
	        {ONE(ONE(ONE(ONE(ONE("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"))))),
	         false},
	        /* a name that is spelled in two ways is not worth the trouble */
	        {OBJECT("\"a\":{\"type\":\"string\"}", "\"\\u0061\""), false},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		printf("# %s\n", rows[i].schema);
		CHECK(is_strict(rows[i].schema) == rows[i].strict);
	}
}

/* A schema of n properties, whose names have so many bytes more than a number. */
static bool has_properties(int n, int more)
{
	struct oc_buf schema = {0};
	bool strict;

	oc_buf_init(&schema, SIZE_MAX / 2);
	oc_buf_puts(&schema,
	            "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
	for (int i = 0; i < n; i++)
		oc_buf_printf(&schema, "%s\"%*d\":{\"type\":\"null\"}", i ? "," : "", more + 3, i);
	oc_buf_puts(&schema, "},\"required\":[");
	for (int i = 0; i < n; i++)
		oc_buf_printf(&schema, "%s\"%*d\"", i ? "," : "", more + 3, i);
	oc_buf_puts(&schema, "]}");
	strict = is_strict(schema.p);
	oc_buf_release(&schema);
	return strict;
}

/* A schema of several enums of n strings of a size each. */
static bool has_enums(int enums, int n, int size)
{
	struct oc_buf schema = {0};
	bool strict;

	oc_buf_init(&schema, SIZE_MAX / 2);
	oc_buf_puts(&schema, "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
	                     "\"a\":{\"anyOf\":[{\"type\":\"null\"}");
	for (int i = 0; i < enums; i++) {
		oc_buf_puts(&schema, ",{\"type\":\"string\",\"enum\":[");
		for (int k = 0; k < n; k++)
			oc_buf_printf(&schema, "%s\"%*d\"", k ? "," : "", size, k);
		oc_buf_puts(&schema, "]}");
	}
	oc_buf_puts(&schema, "]}},\"required\":[\"a\"]}");
	strict = is_strict(schema.p);
	oc_buf_release(&schema);
	return strict;
}

TEST(sizes)
{
	CHECK(has_properties(100, 0));
	CHECK(!has_properties(101, 0));
	CHECK(!has_properties(50, 300));
	CHECK(has_enums(2, 250, 3));
	CHECK(!has_enums(3, 200, 3));
	CHECK(has_enums(1, 251, 20));
	CHECK(!has_enums(1, 251, 30));
	CHECK(has_enums(1, 250, 30));
	CHECK(!has_enums(1, 250, 60));
}
