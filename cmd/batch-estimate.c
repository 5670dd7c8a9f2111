/* SPDX-License-Identifier: MIT */
/* batch-estimate.c: what a batch will cost, as far as that can be told before it is asked. */
#include "compat.h"

#include <inttypes.h>

#include "batch-estimate.h"
#include "cli.h"
#include "usage/guess.h"

/* What a string says; of anything else, its JSON. */
static int64_t tokens_at(const struct oc_json *json, int at)
{
	struct oc_buf text = {0};
	int64_t tokens;

	oc_buf_init(&text, OC_PROMPT_MAX);
	tokens = oc_guess_tokens(oc_json_string(json, at, &text) ? oc_buf_text(&text)
	                                                         : oc_json_raw(json, at));
	cli_need_memory(text.bad != OC_ENOMEM);
	oc_buf_release(&text);
	return tokens;
}

/* A content is a string, or an array of texts and images. */
static void add_content(struct estimate *estimate, const struct oc_json *json, int content)
{
	int part = OC_JSON_NONE;

	if (oc_json_type(json, content) != OC_JSON_ARRAY) {
		estimate->input += tokens_at(json, content);
		return;
	}
	for (part = oc_json_first(json, content); part != OC_JSON_NONE;
	     part = oc_json_next(json, content, part)) {
		int text = oc_json_given(json, part, "text");

		estimate->images += text == OC_JSON_NONE;
		if (text != OC_JSON_NONE)
			estimate->input += tokens_at(json, text);
	}
}

void estimate_add(struct estimate *estimate, const struct oc_line *line, struct oc_json *json)
{
	/* What servers write into the prompt besides. */
	static const char *const others[] = {"tools", "response_format"};
	int messages, message, other;

	estimate->lines++;
	estimate->bytes += (int64_t)line->body.n;
	estimate->output += line->form.max_tokens;
	estimate->unlimited += !line->form.max_tokens;
	cli_need_memory(oc_json_parse(json, line->body.p, line->body.n, NULL) != OC_ENOMEM);
	messages = oc_json_get(json, 0, "messages");
	for (message = oc_json_first(json, messages); message != OC_JSON_NONE;
	     message = oc_json_next(json, messages, message)) {
		estimate->input += OC_GUESS_MESSAGE;
		add_content(estimate, json, oc_json_get(json, message, "content"));
	}
	for (size_t i = 0; i < OC_COUNT(others); i++) {
		other = oc_json_given(json, 0, others[i]);
		if (other != OC_JSON_NONE)
			estimate->input += tokens_at(json, other);
	}
}

static void put_number(struct oc_buf *out, const char *name, int64_t n)
{
	oc_buf_printf(out, "%-19s%" PRId64 "\n", name, n);
}

static void put_cost(const struct estimate *estimate, const char *name, int64_t output,
                     struct oc_buf *out)
{
	char text[OC_COST_TEXT_MAX];
	struct oc_cost cost;

	if (!oc_price_cost(&estimate->price, estimate->input, output, &cost))
		cli_die(CLI_DATAERR, "the cost is too large to be computed: leave --price out");
	(void)oc_cost_text(&cost, 2, text);
	oc_buf_printf(out, "%-19s%s\n", name, text);
}

void estimate_write(const struct estimate *estimate, struct output *out)
{
	struct oc_buf text = {0};

	oc_buf_init(&text, (size_t)1 << 16);
	put_number(&text, "lines", estimate->lines);
	put_number(&text, "bytes", estimate->bytes);
	put_number(&text, "input_tokens", estimate->input);
	if (!estimate->unlimited)
		put_number(&text, "max_output_tokens", estimate->output);
	if (estimate->priced)
		put_cost(estimate, "input_cost", 0, &text);
	if (estimate->priced && !estimate->unlimited)
		put_cost(estimate, "max_cost", estimate->output, &text);
	if (estimate->unlimited)
		cli_note("%" PRId64
		         " lines have no limit on their answers (--max-tokens), whose cost "
		         "is not known",
		         estimate->unlimited);
	if (estimate->images)
		cli_note("%" PRId64 " images are not in the estimate", estimate->images);
	output_text(out, &text);
}
