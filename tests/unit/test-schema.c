/* SPDX-License-Identifier: MIT */
/* test-schema.c: which values satisfy which schema, and what is said of those that do not. */
#include "document.h"

#include "text/buf.h"
#include "fail-alloc.h"
#include "schema/schema.h"
#include "text/text.h"

struct row {
	const char *schema;
	const char *value;
	const char *message; /* NULL = satisfied */
};

/* The message is up to the place in the schema, which has tests of its own. */
static void check_row(const struct row *row)
{
	struct oc_schema *schema = NULL;
	struct oc_json value;
	struct oc_err err = {.code = OC_OK};
	char *place;
	int usable;
	int rc;

	parse(&value, row->value);
	usable = oc_schema_new(oc_text_of(row->schema), OC_FORMATS_ENFORCED, &schema, &err);
	rc = usable ? 0 : oc_schema_validate(schema, &value, &err);
	oc_schema_free(schema);
	oc_json_release(&value);
	place = strstr(err.message, " (schema ");
	if (place)
		*place = '\0';
	if (usable || rc != (row->message ? OC_EPROTO : 0) || err.code != rc ||
	    strcmp(err.message, row->message ? row->message : "") != 0)
		printf("# %s\n# %s\n", row->schema, row->value);
	CHECK_STR(err.message, row->message ? row->message : "");
	CHECK_INT(usable, 0);
	CHECK_INT(rc, row->message ? OC_EPROTO : 0);
	CHECK_INT(err.code, rc);
}

#define CHECK_ROWS(rows)                            \
	for (size_t i = 0; i < OC_COUNT(rows); i++) \
	check_row(&(rows)[i])

TEST(booleans_and_annotations)
{
	static const struct row rows[] = {
	        {"true", "{\"a\":1}", NULL},
	        {"false", "1", "(root): not allowed"},
	        {"{}", "null", NULL},
	        {"{\"title\":\"T\",\"description\":1,\"format\":\"iri\",\"x-pattern\":\"^a\"}",
	         "\"b\"", NULL},
	};

	CHECK_ROWS(rows);
}

TEST(type)
{
	static const struct row rows[] = {
	        {"{\"type\":\"null\"}", "null", NULL},
	        {"{\"type\":\"boolean\"}", "true", NULL},
	        {"{\"type\":\"boolean\"}", "false", NULL},
	        {"{\"type\":\"number\"}", "1.5", NULL},
	        {"{\"type\":\"number\"}", "1", NULL},
	        {"{\"type\":\"string\"}", "\"\"", NULL},
	        {"{\"type\":\"array\"}", "[]", NULL},
	        {"{\"type\":\"object\"}", "{}", NULL},
	        {"{\"type\":\"integer\"}", "1", NULL},
	        {"{\"type\":\"integer\"}", "-12.0", NULL},
	        {"{\"type\":\"integer\"}", "1.2e1", NULL},
	        {"{\"type\":\"integer\"}", "1e30", NULL},
	        {"{\"type\":\"integer\"}", "-1e999", NULL},
	        {"{\"type\":\"integer\"}", "1.5", "(root): 1.5 is not of type \"integer\""},
	        {"{\"type\":\"integer\"}", "\"1\"", "(root): \"1\" is not of type \"integer\""},
	        {"{\"type\":\"null\"}", "false", "(root): false is not of type \"null\""},
	        {"{\"type\":\"number\"}", "\"1\"", "(root): \"1\" is not of type \"number\""},
	        {"{\"type\":\"object\"}", "[]", "(root): [] is not of type \"object\""},
	        {"{\"type\":\"array\"}", "{}", "(root): {} is not of type \"array\""},
	        {"{\"type\":[\"integer\",\"null\"]}", "null", NULL},
	        {"{\"type\":[\"integer\",\"null\"]}", "7", NULL},
	        {"{\"type\":[\"integer\",\"null\"]}", "true",
	         "(root): true is not of type [\"integer\",\"null\"]"},
	};

	CHECK_ROWS(rows);
}

TEST(enum_and_const)
{
	static const struct row rows[] = {
	        {"{\"enum\":[\"red\",2,null]}", "\"red\"", NULL},
	        {"{\"enum\":[\"red\",2,null]}", "2.0", NULL},
	        {"{\"enum\":[\"red\",2,null]}", "null", NULL},
	        {"{\"enum\":[\"red\",2]}", "\"blue\"", "(root): \"blue\" is none of [\"red\",2]"},
	        {"{\"enum\":[]}", "1", "(root): 1 is none of []"},
	        {"{\"enum\":[[1,{\"a\":2,\"b\":3}]]}", "[1,{\"b\":3,\"a\":2}]", NULL},
	        {"{\"const\":{\"a\":1}}", "{\"a\":1.0}", NULL},
	        {"{\"const\":null}", "null", NULL},
	        {"{\"const\":0}", "false", "(root): false is not 0"},
	        {"{\"const\":\"a\"}", "\"\\u0061\"", NULL},
	};

	CHECK_ROWS(rows);
}

TEST(objects)
{
	static const struct row rows[] = {
	        {"{\"required\":[\"a\",\"b\"]}", "{\"b\":null,\"a\":null}", NULL},
	        {"{\"required\":[\"a\",\"b\"]}", "{\"a\":1}", "(root): \"b\" is missing"},
	        {"{\"required\":[\"a\"]}", "[]", NULL},
	        {"{\"properties\":{\"a\":{\"type\":\"string\"}}}", "{\"a\":\"x\",\"b\":1}", NULL},
	        {"{\"properties\":{\"a\":{\"type\":\"string\"}}}", "{\"a\":1}",
	         "/a: 1 is not of type \"string\""},
	        {"{\"properties\":{\"a\":{\"type\":\"string\"}}}", "{\"\\u0061\":1}",
	         "/\\u0061: 1 is not of type \"string\""},
	        {"{\"properties\":{\"a\":false}}", "{\"a\\u0000\":1}", NULL},
	        {"{\"properties\":{\"a\":false}}", "[1]", NULL},
	        {"{\"properties\":{\"a/b~c\":false}}", "{\"a/b~c\":1}", "/a~1b~0c: not allowed"},
	        {"{\"additionalProperties\":false}", "{}", NULL},
	        {"{\"additionalProperties\":false}", "{\"a\":1}", "/a: not allowed"},
	        {"{\"properties\":{\"a\":true},\"additionalProperties\":false}", "{\"a\":1}", NULL},
	        {"{\"properties\":{\"a\":true},\"additionalProperties\":false}",
	         "{\"a\":1,\"x\":1}", "/x: not allowed"},
	        {"{\"properties\":{\"a\":true},\"additionalProperties\":{\"type\":\"null\"}}",
	         "{\"a\":1,\"b\":null}", NULL},
	        {"{\"properties\":{\"a\":true},\"additionalProperties\":{\"type\":\"null\"}}",
	         "{\"a\":1,\"b\":2}", "/b: 2 is not of type \"null\""},
	        {"{\"minProperties\":1}", "{}", "(root): size 0 is less than the minimum 1"},
	        {"{\"minProperties\":1}", "{\"a\":1}", NULL},
	        {"{\"maxProperties\":1}", "{\"a\":1,\"b\":2}",
	         "(root): size 2 is more than the maximum 1"},
	        {"{\"maxProperties\":0}", "[1,2]", NULL},
	};

	CHECK_ROWS(rows);
}

TEST(arrays)
{
	static const struct row rows[] = {
	        {"{\"items\":{\"type\":\"string\"}}", "[\"a\",\"b\"]", NULL},
	        {"{\"items\":{\"type\":\"string\"}}", "[]", NULL},
	        {"{\"items\":{\"type\":\"string\"}}", "{\"a\":1}", NULL},
	        {"{\"items\":{\"type\":\"string\"}}", "[\"a\",1]",
	         "/1: 1 is not of type \"string\""},
	        {"{\"items\":false}", "[1]", "/0: not allowed"},
	        {"{\"prefixItems\":[{\"const\":1},{\"const\":2}]}", "[1]", NULL},
	        {"{\"prefixItems\":[{\"const\":1},{\"const\":2}]}", "[1,2,3]", NULL},
	        {"{\"prefixItems\":[{\"const\":1},{\"const\":2}]}", "[1,1]", "/1: 1 is not 2"},
	        {"{\"prefixItems\":[true],\"items\":false}", "[1]", NULL},
	        {"{\"prefixItems\":[true],\"items\":false}", "[1,2]", "/1: not allowed"},
	        {"{\"prefixItems\":[false],\"items\":true}", "[1,2]", "/0: not allowed"},
	        {"{\"minItems\":2}", "[1]", "(root): size 1 is less than the minimum 2"},
	        {"{\"minItems\":2.0}", "[1,[2,3]]", NULL},
	        {"{\"maxItems\":1}", "[1,2]", "(root): size 2 is more than the maximum 1"},
	        {"{\"maxItems\":1}", "\"ab\"", NULL},
	        {"{\"uniqueItems\":true}", "[1,2,\"1\",[1]]", NULL},
	        {"{\"uniqueItems\":true}", "[3,1,2,1.0]", "(root): items 1 and 3 are equal"},
	        {"{\"uniqueItems\":false}", "[1,1]", NULL},
	        {"{\"uniqueItems\":true}", "\"aa\"", NULL},
	};

	CHECK_ROWS(rows);
}

TEST(numbers)
{
	static const struct row rows[] = {
	        {"{\"minimum\":18}", "18", NULL},
	        {"{\"minimum\":18}", "17", "(root): 17 is less than the minimum 18"},
	        {"{\"minimum\":18}", "17.999", "(root): 17.999 is less than the minimum 18"},
	        {"{\"minimum\":18}", "\"x\"", NULL},
	        {"{\"maximum\":-1.5}", "-1.5", NULL},
	        {"{\"maximum\":-1.5}", "-1", "(root): -1 is more than the maximum -1.5"},
	        {"{\"exclusiveMinimum\":0}", "1e-300", NULL},
	        {"{\"exclusiveMinimum\":0}", "0.0", "(root): 0.0 is not more than 0"},
	        {"{\"exclusiveMaximum\":1}", "0.999", NULL},
	        {"{\"exclusiveMaximum\":1}", "1", "(root): 1 is not less than 1"},
	        {"{\"maximum\":9007199254740992}", "9007199254740993",
	         "(root): 9007199254740993 is more than the maximum 9007199254740992"},
	        {"{\"maximum\":1e308}", "1e999", "(root): 1e999 is more than the maximum 1e308"},
	        {"{\"minimum\":-1e308}", "-1e999",
	         "(root): -1e999 is less than the minimum -1e308"},
	        {"{\"multipleOf\":2}", "-8", NULL},
	        {"{\"multipleOf\":2}", "0", NULL},
	        {"{\"multipleOf\":2}", "7", "(root): 7 is not a multiple of 2"},
	        {"{\"multipleOf\":1.5}", "4.5", NULL},
	        {"{\"multipleOf\":1.5}", "35", "(root): 35 is not a multiple of 1.5"},
	        {"{\"multipleOf\":0.1}", "0.3", NULL},
	        {"{\"multipleOf\":0.01}", "19.99", NULL},
	        {"{\"multipleOf\":0.01}", "4.35", NULL},
	        {"{\"multipleOf\":0.01}", "19.995", "(root): 19.995 is not a multiple of 0.01"},
	        {"{\"multipleOf\":0.0001}", "0.00751",
	         "(root): 0.00751 is not a multiple of 0.0001"},
	        {"{\"multipleOf\":0.5}", "1e308", NULL},
	        {"{\"multipleOf\":0.5}", "1e999", NULL},
	        {"{\"multipleOf\":3}", "9007199254740993", NULL},
	        {"{\"multipleOf\":3}", "9007199254740992",
	         "(root): 9007199254740992 is not a multiple of 3"},
	        {"{\"multipleOf\":2}", "\"7\"", NULL},
	};

	CHECK_ROWS(rows);
}

TEST(strings)
{
	static const struct row rows[] = {
	        {"{\"minLength\":2}", "\"ab\"", NULL},
	        {"{\"minLength\":2}", "\"\xf0\x9f\x98\x80\"",
	         "(root): size 1 is less than the minimum 2"},
	        {"{\"maxLength\":1}", "\"\\ud83d\\ude00\"", NULL},
	        {"{\"maxLength\":2}", "\"\xc3\xa4\xe2\x82\xac\"", NULL},
	        {"{\"maxLength\":2}", "\"a\\u0000b\"", "(root): size 3 is more than the maximum 2"},
	        {"{\"maxLength\":0}", "12345", NULL},
	};

	CHECK_ROWS(rows);
}

TEST(combinations)
{
	static const struct row rows[] = {
	        {"{\"allOf\":[{\"minimum\":1},{\"maximum\":3}]}", "2", NULL},
	        {"{\"allOf\":[{\"minimum\":1},{\"maximum\":3}]}", "4",
	         "(root): 4 is more than the maximum 3"},
	        {"{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":5}]}", "6", NULL},
	        {"{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":5}]}", "null", NULL},
	        {"{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":5}]}", "4",
	         "(root): matches no schema of anyOf"},
	        {"{\"oneOf\":[{\"multipleOf\":2},{\"multipleOf\":3}]}", "4", NULL},
	        {"{\"oneOf\":[{\"multipleOf\":2},{\"multipleOf\":3}]}", "6",
	         "(root): matches more than one schema of oneOf"},
	        {"{\"oneOf\":[{\"multipleOf\":2},{\"multipleOf\":3}]}", "5",
	         "(root): matches no schema of oneOf"},
	        {"{\"not\":{\"type\":\"string\"}}", "1", NULL},
	        {"{\"not\":{\"type\":\"string\"}}", "\"a\"", "(root): matches the schema of not"},
	        {"{\"not\":{\"not\":{\"type\":\"string\"}}}", "\"a\"", NULL},
	        {"{\"items\":{\"anyOf\":[{\"properties\":{\"a\":{\"const\":1}}}]}}", "[{\"a\":2}]",
	         "/0: matches no schema of anyOf"},
	        /* A mismatch in a trial leaves no trace. */
	        {"{\"anyOf\":[{\"type\":\"null\"},true],\"minimum\":2}", "1",
	         "(root): 1 is less than the minimum 2"},
	};

	CHECK_ROWS(rows);
}

TEST(references)
{
	static const struct row rows[] = {
	        {"{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"minimum\":1}}}", "0",
	         "(root): 0 is less than the minimum 1"},
	        {"{\"$ref\":\"#/$defs/n\",\"maximum\":3,\"$defs\":{\"n\":{\"minimum\":1}}}", "4",
	         "(root): 4 is more than the maximum 3"},
	        {"{\"$ref\":\"#/$defs/a~1b~0%20%25\",\"$defs\":{\"a/b~ %\":false}}", "0",
	         "(root): not allowed"},
	        {"{\"$ref\":\"#/$defs/~01\",\"$defs\":{\"~1\":true,\"/\":false}}", "0", NULL},
	        {"{\"$ref\":\"#/anyOf/1\",\"anyOf\":[true,{\"type\":\"null\"}]}", "0",
	         "(root): 0 is not of type \"null\""},
	        {"{\"$ref\":\"#/definitions/n\",\"definitions\":{\"n\":false}}", "0",
	         "(root): not allowed"},
	        {"{\"$ref\":\"#/$defs/\",\"$defs\":{\"\":false}}", "0", "(root): not allowed"},
	        /* A tree refers to itself. */
	        {"{\"properties\":{\"v\":{\"type\":\"integer\"},\"kids\":{\"items\":{\"$ref\":\"#"
	         "\"}}}}",
	         "{\"v\":1,\"kids\":[{\"v\":2},{\"v\":3,\"kids\":[{\"v\":4}]}]}", NULL},
	        {"{\"properties\":{\"v\":{\"type\":\"integer\"},\"kids\":{\"items\":{\"$ref\":\"#"
	         "\"}}}}",
	         "{\"v\":1,\"kids\":[{\"v\":2},{\"v\":3,\"kids\":[{\"v\":\"x\"}]}]}",
	         "/kids/1/kids/0/v: \"x\" is not of type \"integer\""},
	};

	CHECK_ROWS(rows);
}

TEST(endless_schemas)
{
	static const struct row rows[] = {
	        {"{\"$ref\":\"#\"}", "1",
	         "(root): the schema is too deep or too complex for this value"},
	        {"{\"not\":{\"$ref\":\"#\"}}", "1",
	         "(root): the schema is too deep or too complex for this value"},
	        {"{\"anyOf\":[{\"$ref\":\"#\"},true]}", "1",
	         "(root): the schema is too deep or too complex for this value"},
	};

	CHECK_ROWS(rows);
}

/* Each level of the value is tried twice, so that forty of them would take 2^40 steps. */
TEST(explosive_schema)
{
	struct oc_schema *schema = NULL;
	struct oc_json value;
	struct oc_err err = {0};
	int rc;

	CHECK_INT(oc_schema_new(
	                  oc_text_of("{\"type\":\"array\",\"anyOf\":[{\"items\":{\"$ref\":\"#\"}},"
	                             "{\"items\":{\"$ref\":\"#\"}}]}"),
	                  OC_FORMATS_ENFORCED, &schema, &err),
	          0);
	parse(&value, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[0"
	              "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
	rc = oc_schema_validate(schema, &value, &err);
	oc_schema_free(schema);
	oc_json_release(&value);
	CHECK_INT(rc, OC_EPROTO);
	CHECK(strstr(err.message, "too deep or too complex") != NULL);
}

/* Long values are cut between characters. */
TEST(long_values_in_messages)
{
	struct oc_buf value = {0};
	struct row row = {
	        "{\"type\":\"null\"}", NULL,
	        /* 80 bytes are a quote, 39 characters and half of one. */
	        "(root): \""
	        "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
	        "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
	        "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
	        "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
	        "... is not of type \"null\""};

	oc_buf_init(&value, 1000);
	oc_buf_putc(&value, '"');
	for (int i = 0; i < 100; i++)
		oc_buf_puts(&value, "\xc3\xa4");
	oc_buf_putc(&value, '"');
	row.value = value.p;
	check_row(&row);
	oc_buf_release(&value);
}

static void check_unusable(const char *text, const char *message)
{
	struct oc_schema *schema = NULL;
	struct oc_err err = {.code = OC_OK};
	int rc = oc_schema_new(oc_text_of(text), OC_FORMATS_ENFORCED, &schema, &err);

	CHECK(!schema);
	CHECK_STR(err.message, message);
	CHECK_INT(rc, OC_EDATA);
}

TEST(unusable_schemas)
{
	static const char *const rows[][2] = {
	        {"1", "(root): a schema (an object, true or false) expected"},
	        {"[]", "(root): a schema (an object, true or false) expected"},
	        {"{\"type\":\"int\"}", "/type: the name of a type, or an array of such expected"},
	        {"{\"type\":[]}", "/type: the name of a type, or an array of such expected"},
	        {"{\"type\":[\"null\",1]}",
	         "/type: the name of a type, or an array of such expected"},
	        {"{\"enum\":\"a\"}", "/enum: an array expected"},
	        {"{\"required\":\"a\"}", "/required: an array of strings expected"},
	        {"{\"required\":[\"a\",1]}", "/required: an array of strings expected"},
	        {"{\"properties\":[]}", "/properties: an object of schemas expected"},
	        {"{\"properties\":{\"a\":1}}",
	         "/properties/a: a schema (an object, true or false) expected"},
	        {"{\"properties\":{\"a\":{\"items\":{\"minLength\":-1}}}}",
	         "/properties/a/items/minLength: an integer, 0 or more expected"},
	        {"{\"additionalProperties\":null}",
	         "/additionalProperties: a schema (an object, true or false) expected"},
	        {"{\"items\":[true,1]}", "/items/1: a schema (an object, true or false) expected"},
	        {"{\"items\":1}", "/items: a schema, or an array of schemas expected"},
	        {"{\"prefixItems\":true}", "/prefixItems: an array of schemas expected"},
	        {"{\"anyOf\":[]}", "/anyOf: an array of schemas expected"},
	        {"{\"allOf\":[true,0]}", "/allOf/1: a schema (an object, true or false) expected"},
	        {"{\"oneOf\":{}}", "/oneOf: an array of schemas expected"},
	        {"{\"not\":[]}", "/not: a schema (an object, true or false) expected"},
	        {"{\"maxItems\":1.5}", "/maxItems: an integer, 0 or more expected"},
	        {"{\"minProperties\":\"1\"}", "/minProperties: an integer, 0 or more expected"},
	        {"{\"uniqueItems\":1}", "/uniqueItems: true or false expected"},
	        {"{\"minimum\":\"1\"}", "/minimum: a number expected"},
	        {"{\"exclusiveMaximum\":true}", "/exclusiveMaximum: a number expected"},
	        {"{\"multipleOf\":0}", "/multipleOf: a number greater than 0 expected"},
	        {"{\"multipleOf\":-2}", "/multipleOf: a number greater than 0 expected"},
	        {"{\"$defs\":{\"a\":{\"not\":1}}}",
	         "/$defs/a/not: a schema (an object, true or false) expected"},
	        {"{\"$ref\":1}", "/$ref: a string expected"},
	        {"{\"$ref\":\"#/$defs/a\"}", "/$ref: \"#/$defs/a\" names no place in this schema"},
	        {"{\"$ref\":\"#/type\",\"type\":\"null\"}",
	         "/$ref: \"#/type\" names no place in this schema"},
	        {"{\"$ref\":\"#name\"}", "/$ref: \"#name\" names no place in this schema"},
	        {"{\"$ref\":\"#/anyOf/2\",\"anyOf\":[true,true]}",
	         "/$ref: \"#/anyOf/2\" names no place in this schema"},
	        {"{\"$ref\":\"#/anyOf/-1\",\"anyOf\":[true,true]}",
	         "/$ref: \"#/anyOf/-1\" names no place in this schema"},
	        {"{\"$ref\":\"#/anyOf/01\",\"anyOf\":[true,true]}",
	         "/$ref: \"#/anyOf/01\" names no place in this schema"},
	        {"{\"$ref\":\"https://example.org/s.json\"}",
	         "/$ref: \"https://example.org/s.json\" leads out of this schema, and nothing is "
	         "fetched"},
	        {"{\"$id\":\"https://example.org/a/b\",\"$ref\":\"../c\"}",
	         "/$ref: \"../c\" leads out of this schema, and nothing is fetched"},
	        {"{\"$dynamicRef\":\"#x\"}", "/$dynamicRef: \"#x\" names no place in this schema"},
	        {"{\"pattern\":\"a(\"}",
	         "/pattern: not a regular expression, at its byte 2: missing closing parenthesis"},
	        {"{\"properties\":{\"a\":{\"patternProperties\":{\"[\":true}}}}",
	         "/properties/a/patternProperties/[: not a regular expression, at its byte 1: "
	         "missing terminating ] for character class"},
	        {"{\"dependentRequired\":{\"a\":[1]}}",
	         "/dependentRequired: an object of arrays of strings expected"},
	        {"{\"dependencies\":{\"a\":1}}",
	         "/dependencies: an object of schemas, or of arrays of strings expected"},
	        {"{", "not JSON at byte 1: the text ends too early"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++)
		check_unusable(rows[i][0], rows[i][1]);
}

/* Names of properties are no keywords, nor are the values of const and enum. */
TEST(usable_schemas)
{
	static const struct row rows[] = {
	        {"{\"properties\":{\"type\":{\"type\":\"string\"},\"items\":true}}",
	         "{\"type\":\"x\"}", NULL},
	        {"{\"const\":{\"type\":7}}", "{\"type\":7}", NULL},
	        {"{\"default\":{\"type\":7},\"examples\":[{\"minimum\":\"a\"}]}", "1", NULL},
	};

	CHECK_ROWS(rows);
}

/* ---- messages in full ---- */

static void check_message(const char *schema_text, const char *value_text, const char *message)
{
	struct oc_schema *schema = NULL;
	struct oc_json value;
	struct oc_err err = {0};

	parse(&value, value_text);
	CHECK_INT(oc_schema_new(oc_text_of(schema_text), OC_FORMATS_ENFORCED, &schema, &err), 0);
	CHECK_INT(oc_schema_validate(schema, &value, &err), OC_EPROTO);
	oc_schema_free(schema);
	oc_json_release(&value);
	CHECK_STR(err.message, message);
}

TEST(places_in_the_schema)
{
	check_message("false", "1", "(root): not allowed (schema (root))");
	check_message("{\"$ref\":\"#/$defs/a~1b\",\"$defs\":{\"a/b\":{\"items\":{\"minimum\":3}}}}",
	              "[4,2]",
	              "/1: 2 is less than the minimum 3 (schema /$defs/a~1b/items/minimum)");
	check_message("{\"properties\":{\"a\":false},\"required\":[\"b\"]}", "{\"a\":1}",
	              "(root): \"b\" is missing (schema /required); "
	              "/a: not allowed (schema /properties/a)");
}

TEST(at_most_five_failures)
{
	check_message("{\"items\":{\"type\":\"null\"}}", "[1,2,3,4,5,6,7]",
	              "/0: 1 is not of type \"null\" (schema /items/type); "
	              "/1: 2 is not of type \"null\" (schema /items/type); "
	              "/2: 3 is not of type \"null\" (schema /items/type); "
	              "/3: 4 is not of type \"null\" (schema /items/type); "
	              "/4: 5 is not of type \"null\" (schema /items/type)");
}

/* What a schema that need not hold has against a value is nobody's business. */
TEST(trials_are_quiet)
{
	check_message("{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":9}],\"maximum\":3}", "4",
	              "(root): matches no schema of anyOf (schema /anyOf); "
	              "(root): 4 is more than the maximum 3 (schema /maximum)");
}

/* ---- what is exact, and what is bounded ---- */

TEST(numbers_of_any_length)
{
	static const struct row rows[] = {
	        {"{\"multipleOf\":0.01}", "0.07", NULL},
	        {"{\"multipleOf\":0.01}", "0.075", "(root): 0.075 is not a multiple of 0.01"},
	        {"{\"multipleOf\":0.000000000000000000000000000001}",
	         "0.123456789012345678901234567891", NULL},
	        {"{\"multipleOf\":0.000000000000000000000000000002}",
	         "0.123456789012345678901234567891",
	         "(root): 0.123456789012345678901234567891 is not a multiple of "
	         "0.000000000000000000000000000002"},
	        {"{\"multipleOf\":123456789012345678901234567890}",
	         "1234567890123456789012345678900", NULL},
	        {"{\"multipleOf\":123456789012345678901234567890}",
	         "1234567890123456789012345678901",
	         "(root): 1234567890123456789012345678901 is not a multiple of "
	         "123456789012345678901234567890"},
	        {"{\"multipleOf\":7}", "7e300", NULL},
	        {"{\"multipleOf\":7}", "1e300", "(root): 1e300 is not a multiple of 7"},
	        {"{\"multipleOf\":1024}", "1e300", NULL},
	        {"{\"multipleOf\":1e-300}", "1e999999999999999999", NULL},
	        {"{\"multipleOf\":1e300}", "1e-300", "(root): 1e-300 is not a multiple of 1e300"},
	        {"{\"minimum\":9007199254740993}", "9007199254740992",
	         "(root): 9007199254740992 is less than the minimum 9007199254740993"},
	        {"{\"exclusiveMaximum\":1.00000000000000000001}", "1", NULL},
	        {"{\"maximum\":-1e400}", "-1e401", NULL},
	        {"{\"maximum\":-1e401}", "-1e400",
	         "(root): -1e400 is more than the maximum -1e401"},
	        {"{\"minimum\":0.0}", "-0", NULL},
	        {"{\"type\":\"integer\"}", "100000000000000000000000000000.000", NULL},
	        {"{\"type\":\"integer\"}", "1e-1", "(root): 1e-1 is not of type \"integer\""},
	        {"{\"type\":\"integer\"}", "10e-1", NULL},
	        {"{\"const\":1}", "1.00", NULL},
	        {"{\"enum\":[12345678901234567890123]}", "12345678901234567890123.0", NULL},
	};

	CHECK_ROWS(rows);
}

TEST(lengths_are_in_code_points)
{
	static const struct row rows[] = {
	        {"{\"maxLength\":1}", "\"\xf0\x9f\x98\x80\"", NULL},
	        {"{\"maxLength\":1}", "\"\\ud83d\\ude00\"", NULL},
	        {"{\"minLength\":2}", "\"\xf0\x9f\x98\x80\"",
	         "(root): size 1 is less than the minimum 2"},
	        {"{\"pattern\":\"^.$\"}", "\"\xf0\x9f\x98\x80\"", NULL},
	};

	CHECK_ROWS(rows);
}

/* 2^30 ways to match, and patterns for each of many values. */
TEST(explosive_patterns)
{
	struct row row = {
	        "{\"items\":{\"pattern\":\"^(a+)+$\"}}",
	        "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"]",
	        "/0: a pattern of the schema takes too long with this value"};

	check_row(&row);
}

TEST(formats_may_be_notes)
{
	struct oc_schema *schema = NULL;
	struct oc_json value;
	struct oc_err err = {0};
	int rc;

	parse(&value, "\"soon\"");
	CHECK_INT(
	        oc_schema_new(oc_text_of("{\"format\":\"date\"}"), OC_FORMATS_NOTED, &schema, &err),
	        0);
	rc = oc_schema_validate(schema, &value, &err);
	oc_schema_free(schema);
	oc_json_release(&value);
	CHECK_INT(rc, 0);
	check_message("{\"format\":\"date\"}", "\"soon\"",
	              "(root): \"soon\" is no date (schema /format)");
}

/* As the last of two equal names counts in a value, it does in a schema. */
TEST(names_that_occur_twice)
{
	static const struct row rows[] = {
	        {"{\"type\":\"null\",\"type\":\"string\"}", "\"x\"", NULL},
	        {"{\"properties\":{\"a\":false,\"a\":true}}", "{\"a\":1}", NULL},
	        {"{\"properties\":{\"\\u0061\":false}}", "{\"a\":1}", "/a: not allowed"},
	        {"{\"required\":[\"a\\u0000b\"]}", "{\"a\\u0000c\":1}",
	         "(root): \"a\\u0000b\" is missing"},
	};

	CHECK_ROWS(rows);
}

/* Uses all that allocates. */
static int validate(void *ctx)
{
	static const char schema_text[] =
	        "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"required\":[\"b\"],\"properties\":{"
	        "\"b\":{\"pattern\":\"a\",\"unevaluatedItems\":{\"allOf\":[true]},\"uniqueItems\":"
	        "true,\"items\":{\"enum\":[{\"c\":1},\"long enough\"],"
	        "\"minLength\":3}}}}}}";
	static const char value_text[] = "{\"b\":[\"long enough\",{\"c\":1.0}]}";
	struct oc_schema *schema = NULL;
	struct oc_json value;
	struct oc_err err = {.code = OC_OK};
	int rc;

	(void)ctx;
	oc_json_init(&value);
	rc = oc_schema_new(oc_text_of(schema_text), OC_FORMATS_ENFORCED, &schema, &err);
	if (!rc)
		rc = oc_json_parse(&value, value_text, strlen(value_text), &err);
	if (!rc)
		rc = oc_schema_validate(schema, &value, &err);
	CHECK_INT(err.code, rc);
	oc_schema_free(schema);
	oc_json_release(&value);
	return rc;
}

TEST(survives_without_memory)
{
	CHECK(fail_each_alloc(validate, NULL) > 10);
}
