/* SPDX-License-Identifier: MIT */
/* test-fence.c: fenced code blocks, as CommonMark 0.31 has them. */
#include "fail-alloc.h"
#include "text/text.h"
#include "unit.h"

#include "text/fence.h"

struct row {
	const char *text;
	const char *inner; /* NULL = there is none */
};

static void check_rows(const struct row *rows, size_t n,
                       bool (*find)(struct oc_text, struct oc_buf *))
{
	for (size_t i = 0; i < n; i++) {
		struct oc_buf out = {0};
		bool found;

		oc_buf_init(&out, 1000);
		oc_buf_puts(&out, "|");
		found = find(oc_text_of(rows[i].text), &out);
		if (found != (rows[i].inner != NULL))
			printf("# %s\n", rows[i].text);
		CHECK_INT(found, rows[i].inner != NULL);
		CHECK_STR(out.p + 1, found ? rows[i].inner : "");
		oc_buf_release(&out);
	}
	CHECK(n > 0);
}

TEST(first)
{
	static const struct row rows[] = {
	        {"```\n<\n >\n```\n", "<\n >\n"},
	        {"~~~\n<\n >\n~~~\n", "<\n >\n"},
	        {"``\nfoo\n``\n", NULL},
	        {"", NULL},
	        {"no code", NULL},
	        /* an info string; text around it; a second block */
	        {"Here:\n\n```python title=\"x\"\nprint(1)\n```\nand\n```\nb\n```\n", "print(1)\n"},
	        {"```sh", NULL},
	        {"~~~ a`b ~~~\nx\n~~~\n", "x\n"},
	        {"```a`b\nx\n```\ny", "y"},
	        {"``` ```\naaa\n", NULL},
	        /* other characters, and shorter fences, do not end it; longer ones do */
	        {"```\naaa\n~~~\n```\n", "aaa\n~~~\n"},
	        {"````\naaa\n```\n``````\nb", "aaa\n```\n"},
	        {"~~~~\naaa\n~~~\n~~~~\n", "aaa\n~~~\n"},
	        {"````md\n```sh\nls\n```\n````\n", "```sh\nls\n```\n"},
	        {"```\naaa\n``` x\n```\n", "aaa\n``` x\n"},
	        {"```\naaa\n``` \t\nb", "aaa\n"},
	        /* one that is not closed */
	        {"```\n\n```` \tx\naaa", "\n```` \tx\naaa"},
	        /* nothing behind it: it is rather the end of one that did not begin a line */
	        {"```\n", NULL},
	        {"text ```\nx\n```\n", NULL},
	        /* empty, and blank */
	        {"```\n```\n", ""},
	        {"```\n\n  \n```\n", "\n  \n"},
	        /* blanks before it */
	        {" ```\n aaa\naaa\n```\n", "aaa\naaa\n"},
	        {"  ```\naaa\n  aaa\naaa\n  ```\n", "aaa\naaa\naaa\n"},
	        {"   ```\n   aaa\n    aaa\n  aaa\n   ```\n", "aaa\n aaa\naaa\n"},
	        {"    ```\n    aaa\n    ```\n", NULL},
	        {"```\naaa\n   ```\n", "aaa\n"},
	        {"```\naaa\n    ```\n", "aaa\n    ```\n"},
	        /* line ends of Windows stay */
	        {"```c\r\nx\r\n\r\n```\r\ny", "x\r\n\r\n"},
	};

	check_rows(rows, OC_COUNT(rows), oc_fence_first);
}

TEST(around)
{
	static const struct row rows[] = {
	        {"```json\n{\"a\":1}\n```", "{\"a\":1}\n"},
	        {"\n \t\r\n```json\n{}\n```\n\n \n", "{}\n"},
	        {"~~~\n1", "1"},
	        {"{}", NULL},
	        {"", NULL},
	        {" \n", NULL},
	        {"x\n```\n{}\n```\n", NULL},
	        {"```\n{}\n```\nx", NULL},
	        {"```\n{}\n```\n```\n{}\n```\n", NULL},
	};

	check_rows(rows, OC_COUNT(rows), oc_fence_around);
}
