/* SPDX-License-Identifier: MIT */
/*
 * test-suite.c: the official JSON-Schema-Test-Suite, from wherever it is installed: for draft-07
 * Debian's json-schema-test-suite, for draft 2020-12 the directory `tests` of the suite that
 * JSON_SCHEMA_SUITE names. Each file is a test; what is missing is skipped. Cases that are left out
 * are in the list below, each with the reason, and one that is in the list although it comes out
 * right is a failure.
 */
#include "compat.h"

#include <dirent.h>

#include "text/buf.h"
#include "schema/schema.h"

#define DEBIAN "/usr/share/json-schema-test-suite/tests"

static const char elsewhere[] = "refers to another document, and nothing is fetched";
static const char vocabulary[] = "is about vocabularies that another document chooses";
static const char regex[] = "PCRE2 reads this differently, as oc-complete(1) says";
static const char note[] = "is about what only notes say";

/* A file, and the beginnings of the descriptions of a group and of a test in it. */
static const struct left_out {
	const char *file;
	const char *group;
	const char *test;
	const char *reason;
} left_out[] = {
        {"definitions.json", "valid definition", "", elsewhere},
        {"definitions.json", "invalid definition", "", elsewhere},
        {"definitions.json", "validate definition against metaschema", "", elsewhere},
        {"defs.json", "validate definition against metaschema", "", elsewhere},
        {"ref.json", "remote ref, containing refs itself", "", elsewhere},
        {"refRemote.json", "", "", elsewhere},
        {"dynamicRef.json", "strict-tree schema", "", elsewhere},
        {"dynamicRef.json", "tests for implementation dynamic anchor", "", elsewhere},
        {"dynamicRef.json", "$ref and $dynamicAnchor are independent of order", "", elsewhere},
        {"dynamicRef.json", "$ref to $dynamicRef finds detached", "", elsewhere},
        {"vocabulary.json", "schema that uses custom metaschema", "no validation: invalid",
         vocabulary},
        {"optional/format-assertion.json", "", "format-assertion: false: invalid", vocabulary},
        {"optional/format-assertion.json", "", "format-assertion: true: invalid", vocabulary},
        {"optional/cross-draft.json", "", "", elsewhere},
        {"optional/content.json", "", "an invalid", note},
        {"optional/content.json", "", "a validly-encoded invalid", note},
        {"optional/ecmascript-regex.json", "ECMA 262 regex non-compliance", "", regex},
        {"optional/ecmascript-regex.json", "ECMA 262 \\s matches", "latin-1", regex},
        {"optional/ecmascript-regex.json", "ECMA 262 \\s matches", "zero-width", regex},
        {"optional/ecmascript-regex.json", "ECMA 262 \\s matches", "paragraph", regex},
        {"optional/ecmascript-regex.json", "ECMA 262 \\s matches", "EM SPACE", regex},
        {"optional/ecmascript-regex.json", "ECMA 262 \\S matches", "latin-1", regex},
        {"optional/ecmascript-regex.json", "ECMA 262 \\S matches", "zero-width", regex},
        {"optional/ecmascript-regex.json", "ECMA 262 \\S matches", "paragraph", regex},
        {"optional/ecmascript-regex.json", "ECMA 262 \\S matches", "EM SPACE", regex},
        {"optional/ecmascript-regex.json", "patterns always use unicode semantics", "", regex},
        {"optional/ecmascript-regex.json", "pattern with non-ASCII digits", "", regex},
        {"optional/ecmascript-regex.json", "patternProperties with non-ASCII digits", "", regex},
};

/* The formats that decide; the other files of that directory are about notes. */
static const char *const formats[] = {"date.json",     "date-time.json", "email.json",
                                      "hostname.json", "ipv4.json",      "ipv6.json",
                                      "time.json",     "uri.json",       "uuid.json"};

struct suite {
	const char *root;
	const char *draft;   /* a directory in it */
	const char *dialect; /* "$schema" of what names none */
	enum oc_schema_formats formats;
	unsigned total;
	unsigned wrong;
	unsigned skipped;
};

static void read_file(const char *path, struct oc_buf *out)
{
	FILE *file = fopen(path, "r");
	char *to;

	oc_buf_init(out, (size_t)64 << 20);
	while (file && (to = oc_buf_room(out, 65536)) != NULL) {
		size_t n = fread(to, 1, 65536, file);

		if (!n)
			break;
		oc_buf_grew(out, n);
	}
	if (file)
		(void)fclose(file);
}

static void get_string(const struct oc_json *j, int at, const char *name, struct oc_buf *out)
{
	oc_buf_init(out, 65536);
	(void)oc_json_string(j, oc_json_get(j, at, name), out);
}

/* The schema of a group, with the dialect that the directory stands for. */
static void get_schema(const struct suite *suite, const struct oc_json *j, int group,
                       struct oc_buf *out)
{
	int at = oc_json_get(j, group, "schema");
	struct oc_text raw = oc_json_raw(j, at);

	oc_buf_init(out, (size_t)1 << 20);
	if (oc_json_type(j, at) != OC_JSON_OBJECT ||
	    oc_json_get(j, at, "$schema") != OC_JSON_NONE) {
		oc_buf_add(out, raw.p, raw.n);
		return;
	}
	oc_buf_printf(out, "{\"$schema\":\"%s\"%s%.*s", suite->dialect,
	              oc_json_first(j, at) == OC_JSON_NONE ? "" : ",", (int)raw.n - 1, raw.p + 1);
}

static const char *reason_for(const char *file, const char *group, const char *test)
{
	for (size_t i = 0; i < OC_COUNT(left_out); i++) {
		const struct left_out *l = &left_out[i];

		if (strcmp(l->file, file) == 0 && strncmp(l->group, group, strlen(l->group)) == 0 &&
		    strncmp(l->test, test, strlen(l->test)) == 0)
			return l->reason;
	}
	return NULL;
}

static bool judge(const struct suite *suite, struct oc_text schema_text, const struct oc_json *j,
                  int data, struct oc_err *err)
{
	struct oc_schema *schema = NULL;
	struct oc_json value;
	struct oc_text raw = oc_json_raw(j, data);
	bool valid;

	oc_json_init(&value);
	valid = !oc_json_parse(&value, raw.p, raw.n, err) &&
	        !oc_schema_new(schema_text, suite->formats, &schema, err) &&
	        !oc_schema_validate(schema, &value, err);
	oc_schema_free(schema);
	oc_json_release(&value);
	return valid;
}

static void run_test(struct suite *suite, const char *file, const char *group,
                     struct oc_text schema, const struct oc_json *j, int test)
{
	bool wanted = oc_json_type(j, oc_json_get(j, test, "valid")) == OC_JSON_TRUE;
	struct oc_err err = {0};
	struct oc_buf name = {0};
	const char *reason;
	bool right;

	get_string(j, test, "description", &name);
	right = judge(suite, schema, j, oc_json_get(j, test, "data"), &err) == wanted &&
	        err.code != OC_EDATA;
	reason = reason_for(file, group, name.p);
	suite->total++;
	suite->skipped += reason != NULL;
	suite->wrong += right != !reason;
	if (reason)
		printf("# %s: %s: %s: %s %s\n", file, group, name.p,
		       right ? "comes out right, although it" : "left out, as it", reason);
	else if (!right)
		printf("# %s: %s: %s: is%s valid: %s\n", file, group, name.p, wanted ? "" : " not",
		       err.message);
	oc_buf_release(&name);
}

static void run_file(struct suite *suite, const char *file)
{
	char path[4096];
	struct oc_buf text = {0};
	struct oc_json j;

	(void)snprintf(path, sizeof path, "%s/%s/%s", suite->root, suite->draft, file);
	read_file(path, &text);
	oc_json_init(&j);
	suite->total = suite->wrong = suite->skipped = 0;
	if (oc_json_parse(&j, text.p, text.n, NULL))
		suite->wrong = 1;
	for (int g = oc_json_first(&j, 0); g != OC_JSON_NONE; g = oc_json_next(&j, 0, g)) {
		int tests = oc_json_get(&j, g, "tests");
		struct oc_buf name = {0};
		struct oc_buf schema = {0};

		get_string(&j, g, "description", &name);
		get_schema(suite, &j, g, &schema);
		for (int t = oc_json_first(&j, tests); t != OC_JSON_NONE;
		     t = oc_json_next(&j, tests, t))
			run_test(suite, file, name.p, oc_buf_text(&schema), &j, t);
		oc_buf_release(&schema);
		oc_buf_release(&name);
	}
	oc_json_release(&j);
	oc_buf_release(&text);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum { FILES_MAX = 200 };

static bool is_wanted(const struct suite *suite, const char *name)
{
	size_t n = strlen(name);

	if (suite->formats == OC_FORMATS_NOTED)
		return n > 5 && strcmp(name + n - 5, ".json") == 0;
	for (size_t i = 0; i < OC_COUNT(formats); i++) {
		if (strcmp(formats[i], name) == 0)
			return true;
	}
	return false;
}

static size_t list_files(const struct suite *suite, const char *directory, char **files)
{
	char path[4096];
	const struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	(void)snprintf(path, sizeof path, "%s/%s/%s", suite->root, suite->draft, directory);
	dir = opendir(path);
	while (dir && n < FILES_MAX && (entry = readdir(dir)) != NULL) {
		if (is_wanted(suite, entry->d_name))
			files[n++] = strdup(entry->d_name);
	}
	if (dir)
		(void)closedir(dir);
	qsort(files, n, sizeof *files, compare);
	return n;
}

static unsigned number;
static bool failed;

static void run_directory(struct suite *suite, const char *directory)
{
	char *files[FILES_MAX] = {0};
	size_t n = list_files(suite, directory, files);

	if (!n)
		printf("ok %u - %s/%s # SKIP the suite is not installed\n", ++number, suite->draft,
		       directory);
	for (size_t i = 0; i < n; i++) {
		char file[512];

		(void)snprintf(file, sizeof file, "%s%s", directory, files[i]);
		run_file(suite, file);
		failed |= suite->wrong > 0;
		printf("%s %u - %s/%s: %u cases, %u left out\n", suite->wrong ? "not ok" : "ok",
		       ++number, suite->draft, file, suite->total, suite->skipped);
		free(files[i]);
	}
}

static void run_draft(const char *root, const char *draft, const char *dialect)
{
	struct suite suite = {.root = root, .draft = draft, .dialect = dialect};

	suite.formats = OC_FORMATS_NOTED;
	run_directory(&suite, "");
	run_directory(&suite, "optional/");
	suite.formats = OC_FORMATS_ENFORCED;
	run_directory(&suite, "optional/format/");
}

int main(void)
{
	const char *root = getenv("JSON_SCHEMA_SUITE");

	run_draft(root ? root : DEBIAN, "draft7", "http://json-schema.org/draft-07/schema#");
	run_draft(root ? root : DEBIAN, "draft2020-12",
	          "https://json-schema.org/draft/2020-12/schema");
	printf("1..%u\n", number);
	return failed;
}
