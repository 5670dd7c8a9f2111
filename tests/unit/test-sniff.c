/* SPDX-License-Identifier: MIT */
/* test-sniff.c: what a body is, by its first bytes, wherever they are cut. */
#include "compat.h"

#include "answer/sniff.h"
#include "unit.h"

#define BOM "\xef\xbb\xbf"

static const struct {
	const char *body;
	enum oc_shape shape;
	size_t decided; /* after so many bytes, the lead included */
} rows[] = {
        {"{\"choices\":[]}", OC_SHAPE_DOCUMENT, 1},
        {"[{\"error\":1}]", OC_SHAPE_DOCUMENT, 1},
        {"\"text\"", OC_SHAPE_DOCUMENT, 1},
        {"<html>", OC_SHAPE_DOCUMENT, 1},
        {"null", OC_SHAPE_DOCUMENT, 1},
        {"42", OC_SHAPE_DOCUMENT, 1},
        {"-1", OC_SHAPE_DOCUMENT, 1},
        {" \t\r\n{}", OC_SHAPE_DOCUMENT, 5},
        {BOM "{}", OC_SHAPE_DOCUMENT, 4},
        {BOM " {}", OC_SHAPE_DOCUMENT, 5},
        {"\xef\xbb{", OC_SHAPE_DOCUMENT, 3},
        {"\xef{", OC_SHAPE_DOCUMENT, 2},
        {"Internal Server Error", OC_SHAPE_DOCUMENT, 1},
        {"database is locked", OC_SHAPE_DOCUMENT, 5},
        {"data is missing", OC_SHAPE_DOCUMENT, 5},
        {"identity unknown", OC_SHAPE_DOCUMENT, 3},
        {"errors: none", OC_SHAPE_DOCUMENT, 6},
        {"DATA: {}", OC_SHAPE_DOCUMENT, 1},
        {"upstream: x", OC_SHAPE_DOCUMENT, 1},
        {":", OC_SHAPE_EVENTS, 1},
        {": ping\n\n", OC_SHAPE_EVENTS, 1},
        {"data: {}\n\n", OC_SHAPE_EVENTS, 5},
        {"data:{}\n\n", OC_SHAPE_EVENTS, 5},
        {"data\n\n", OC_SHAPE_EVENTS, 5},
        {"data\r\r", OC_SHAPE_EVENTS, 5},
        {"event: error\n", OC_SHAPE_EVENTS, 6},
        {"id: 1\n", OC_SHAPE_EVENTS, 3},
        {"retry: 1\n", OC_SHAPE_EVENTS, 6},
        {"error: {}\n", OC_SHAPE_EVENTS, 6},
        {BOM "data: {}\n\n", OC_SHAPE_EVENTS, 8},
        {BOM ":x\n\n", OC_SHAPE_EVENTS, 4},
        {"\n\r\n\rdata: {}\n\n", OC_SHAPE_EVENTS, 9},
        {" data: {}\n\n", OC_SHAPE_EVENTS, 6},
        {"\n" BOM "\ndata: {}\n\n", OC_SHAPE_EVENTS, 10},
};

TEST(the_first_bytes_decide)
{
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		size_t len = strlen(rows[i].body);

		for (size_t n = 0; n <= len; n++) {
			size_t lead = oc_sniff_lead(rows[i].body, n);
			enum oc_shape want = n < rows[i].decided ? OC_SHAPE_UNKNOWN : rows[i].shape;

			printf("# row %zu, %zu bytes\n", i, n);
			CHECK(lead <= n);
			CHECK_INT(oc_sniff(rows[i].body + lead, n - lead), want);
		}
	}
}

/* The lead may be taken away piece by piece: nothing changes. */
TEST(the_lead_may_come_in_pieces)
{
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		size_t len = strlen(rows[i].body);
		size_t lead = 0;

		for (size_t n = 0; n <= len; n++)
			lead += oc_sniff_lead(rows[i].body + lead, n - lead);
		CHECK_INT(lead, oc_sniff_lead(rows[i].body, len));
		CHECK_INT(oc_sniff(rows[i].body + lead, len - lead), rows[i].shape);
	}
}

TEST(encodings_are_known_by_name)
{
	static const struct {
		const char *encoding;
		bool encoded;
	} encodings[] = {
	        {"", false},        {"identity", false},  {"Identity", false},
	        {"none", false},    {"UTF-8", false},     {"utf-8", false},
	        {"gzip", true},     {"GZIP", true},       {"x-gzip", true},
	        {"br", true},       {"zstd", true},       {"deflate", true},
	        {"compress", true}, {"x-compress", true}, {"gzi", false},
	        {"gzipped", false}, {"none,gzip", true},  {"identity, br ", true},
	};

	for (size_t i = 0; i < OC_COUNT(encodings); i++) {
		printf("# %s\n", encodings[i].encoding);
		CHECK_INT(oc_sniff_encoded(encodings[i].encoding), encodings[i].encoded);
	}
}
