/* SPDX-License-Identifier: MIT */
/* test-header.c: which headers may be added to a request. */
#include "unit.h"

#include "http/header.h"
#include "text/buf.h"
#include "text/text.h"

static void check_text(struct oc_text got, const char *want)
{
	CHECK_MEM(got.p, got.n, want, strlen(want));
}

TEST(good)
{
	static const struct {
		const char *header;
		const char *name;
		const char *value;
	} rows[] = {
	        {"a:b", "a", "b"},
	        {"X-Title: my app", "X-Title", "my app"},
	        {"api-key:  \t sk-1 \t", "api-key", "sk-1"},
	        {"a: b: c", "a", "b: c"},
	        {"!#$%&'*+-.^_`|~09azAZ: \t\"\xc3\xa9\xff", "!#$%&'*+-.^_`|~09azAZ",
	         "\"\xc3\xa9\xff"},
	        {"Host-Name: x", "Host-Name", "x"},
	        {"Content-Type: text/plain", "Content-Type", "text/plain"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_text header = oc_text_of(rows[i].header);
		struct oc_err err = {0};

		CHECK_INT(oc_header_check(header, &err), OC_OK);
		check_text(oc_header_name(header), rows[i].name);
		check_text(oc_header_value(header), rows[i].value);
	}
}

TEST(bad)
{
	static const char none[] = "a header is not like \"Name: value\"";
	static const char no_value[] = "the header a has no value, or one with control characters";
	static const struct {
		struct oc_text header;
		const char *why;
	} rows[] = {
	        {{NULL, 0}, none},
	        {{"secret", 6}, none},
	        {{": b", 3}, none},
	        {{" a: b", 5}, none},
	        {{"a : b", 5}, none},
	        {{"a\0: b", 5}, none},
	        {{"\xc3\xa9: b", 5}, none},
	        {{"a\r\nc: d", 7}, none},
	        {{"a:", 2}, no_value},
	        {{"a: \t", 4}, no_value},
	        {{"a: b\r", 5}, no_value},
	        {{"a: b\nc: d", 9}, no_value},
	        {{"a: b\0c", 6}, no_value},
	        {{"a: \x7f", 4}, no_value},
	        {{"Host: h", 7}, "the header Host cannot be set"},
	        {{"hOST: h", 7}, "the header hOST cannot be set"},
	        {{"content-length: 1", 17}, "the header content-length cannot be set"},
	        {{"Transfer-Encoding: x", 20}, "the header Transfer-Encoding cannot be set"},
	        {{"Connection: close", 17}, "the header Connection cannot be set"},
	        {{"Expect: 100-continue", 20}, "the header Expect cannot be set"},
	        {{"Accept-Encoding: gzip", 21}, "the header Accept-Encoding cannot be set"},
	        {{"AUTHORIZATION: x", 16}, "the header AUTHORIZATION is that of the API key"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_err err = {0};

		CHECK_INT(oc_header_check(rows[i].header, &err), OC_EARG);
		CHECK_STR(err.message, rows[i].why);
	}
}

TEST(ceiling)
{
	struct oc_buf header = {0};
	struct oc_err err = {0};

	oc_buf_init(&header, 2 * OC_HEADER_MAX);
	oc_buf_puts(&header, "a: ");
	while (header.n < OC_HEADER_MAX)
		oc_buf_putc(&header, 'x');
	CHECK_INT(oc_header_check(oc_buf_text(&header), &err), OC_OK);
	oc_buf_putc(&header, 'x');
	CHECK_INT(oc_header_check(oc_buf_text(&header), &err), OC_EARG);
	CHECK_STR(err.message, "a header is longer than 16384 bytes");
	oc_buf_release(&header);
}

TEST(have)
{
	static const struct oc_text headers[] = {{"Accept: x", 9}, {"x-y: z", 6}};

	CHECK(oc_headers_have(headers, 2, "accept"));
	CHECK(oc_headers_have(headers, 2, "X-Y"));
	CHECK(!oc_headers_have(headers, 1, "X-Y"));
	CHECK(!oc_headers_have(headers, 2, "Acc"));
	CHECK(!oc_headers_have(NULL, 0, "Accept"));
}
