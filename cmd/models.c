/* SPDX-License-Identifier: MIT */
/* models.c: which models are asked for, and whether they are there. */
#include "compat.h"

#include <strings.h>

#include "models-catalogue.h"
#include "models.h"

enum {
	OPT_FORMAT = CLI_LONG,
	OPT_INPUT,
	OPT_MIN_INPUT,
	OPT_MIN_OUTPUT,
	OPT_CAPABILITY,
	OPT_LIVE,
};

static const struct cli_option rows[] = {
        {OPT_FORMAT, "format", "table|tsv|json|markdown|ids", "the form; default table"},
        {OPT_INPUT, "input", "text|image", "only models that take this"},
        {OPT_MIN_INPUT, "min-input", "N", "only models that take N input tokens"},
        {OPT_MIN_OUTPUT, "min-output", "N", "only models that give N output tokens"},
        {OPT_CAPABILITY, "capability", "WORD", "only models with this capability"},
        {OPT_LIVE, "live", NULL, "ask the server which models it serves"},
        {0},
};

/* In the order of enum rows_form, and CATALOGUE_IDS. */
static const char *const formats[] = {"table", "tsv", "json", "markdown", "ids", NULL};

static const char *const inputs[] = {"text", "image", NULL};

struct models {
	struct connect connect;
	int format;
	bool live;
	int server_option; /* the last option that says something about the server; 0 = none */

	/* Filters. */
	const char *input;
	const char *capability;
	int64_t min_input;
	int64_t min_output;

	struct catalogue found;
	bool *shown;    /* for each row of the table: it is found already */
	bool *shown_id; /* for each id that is served */
	bool missing;   /* something that was asked for is not there */
};

static void on_option(void *ctx, int id, const char *arg)
{
	struct models *m = ctx;

	switch (id) {
	case OPT_FORMAT:
		m->format = cli_choice(id, arg, formats);
		break;
	case OPT_INPUT:
		m->input = inputs[cli_choice(id, arg, inputs)];
		break;
	case OPT_MIN_INPUT:
		m->min_input = cli_int64(id, arg, 1, INT64_MAX);
		break;
	case OPT_MIN_OUTPUT:
		m->min_output = cli_int64(id, arg, 1, INT64_MAX);
		break;
	case OPT_CAPABILITY:
		m->capability = arg;
		break;
	case OPT_LIVE:
		m->live = true;
		break;
	default:
		(void)connect_option(&m->connect, id, arg);
		if (id != 'q' && id != 'v')
			m->server_option = id;
	}
}

/* ---- filters ---- */

/* Is it one of these, or with `words` a word in one of these? Upper and lower case are the same. */
static bool is_among(const char *s, const char *const list[OC_MODEL_LIST_MAX], bool words)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < OC_MODEL_LIST_MAX && list[i]; i++) {
		const char *at = list[i];

		if (strcasecmp(at, s) == 0)
			return true;
		for (; words && *at; at += strcspn(at, " ") + strspn(at + strcspn(at, " "), " ")) {
			if (strcspn(at, " ") == n && strncasecmp(at, s, n) == 0)
				return true;
		}
	}
	return false;
}

/* Of a model that is not in the table nothing is known, so that no filter lets it through. */
static bool passes(const struct models *m, const struct oc_model *model)
{
	if (!model)
		return !m->input && !m->capability && !m->min_input && !m->min_output;
	return (!m->input || is_among(m->input, model->input_types, false)) &&
	       (!m->capability || is_among(m->capability, model->capabilities, true)) &&
	       model->max_input_tokens >= m->min_input && model->max_output_tokens >= m->min_output;
}

/* ---- selection ---- */

/* Each model once. id: an index in what is served, of a model that the table lacks. */
static void add(struct models *m, const struct oc_model *model, size_t id)
{
	size_t n;
	bool *shown = model ? &m->shown[model - oc_models(&n)] : &m->shown_id[id];

	if (*shown || !passes(m, model))
		return;
	*shown = true;
	m->found.rows[m->found.n++] =
	        (struct catalogue_row){model, model ? NULL : m->found.served.ids[id]};
}

static void add_all(struct models *m)
{
	const struct served *served = &m->found.served;
	size_t n;
	const struct oc_model *table = oc_models(&n);

	for (size_t i = 0; i < n; i++)
		add(m, &table[i], 0);
	for (size_t i = 0; i < served->n; i++) {
		if (!served->models[i])
			add(m, NULL, i);
	}
}

static void add_operand(struct models *m, const char *id)
{
	const struct served *served = &m->found.served;
	size_t at = served_find(served, id);
	const struct oc_model *model = oc_model_find(id);
	const char *near = oc_model_near(id);
	bool is_served = at < served->n;

	if (is_served && !model)
		model = served->models[at];
	if (model || is_served)
		add(m, model, at);
	if (is_served || (model && !m->live))
		return;
	m->missing = true;
	if (m->live)
		cli_warn("model \"%s\" is not served by %.*s", id,
		         (int)strcspn(m->connect.config.base_url, "?"), m->connect.config.base_url);
	else if (near)
		cli_warn("model \"%s\" is not in the table; did you mean %s?", id, near);
	else
		cli_warn("model \"%s\" is not in the table; oc-models --live asks the server", id);
}

static void *room_for(size_t n, size_t size)
{
	void *room = calloc(n + 1, size);

	cli_need_memory(room);
	return room;
}

/* Room for every row that there can be. */
static void make_room(struct models *m)
{
	size_t ids = m->found.served.n;
	size_t n;

	(void)oc_models(&n);
	m->found.rows = room_for(n + ids, sizeof *m->found.rows);
	m->shown = room_for(n, sizeof *m->shown);
	m->shown_id = room_for(ids, sizeof *m->shown_id);
}

static void print(const struct models *m, struct output *out)
{
	struct oc_buf text = {0};

	oc_buf_init(&text, SIZE_MAX / 2);
	catalogue_put(&m->found, m->format, table_width(out), &text);
	output_text(out, &text);
	output_commit(out);
}

int models_main(int argc, char **argv, models_ask_fn *ask)
{
	static const struct cli_option *const tables[] = {rows, connect_options,
	                                                  connect_retry_options, NULL};
	static const struct cli_program program = {
	        .name = "oc-models",
	        .synopsis = "[OPTION]... [MODEL]...",
	        .purpose = "Show what models can do, and with --live which of them are served.",
	        .options = tables,
	        .option = on_option,
	};
	static struct models m;
	struct output out;
	int i;

	cli_init(program.name);
	connect_init(&m.connect);
	i = cli_options(&program, argc, argv, &m);
	if (m.server_option && !m.live)
		cli_bad_option(m.server_option, "only --live asks a server");
	output_open(&out, NULL); /* before anybody is asked */
	served_init(&m.found.served, m.live ? ask(&m.connect, argv) : NULL);
	make_room(&m);
	if (i == argc)
		add_all(&m);
	for (; i < argc; i++)
		add_operand(&m, argv[i]);
	print(&m, &out);
	return m.missing || !m.found.n ? CLI_NO : CLI_OK;
}
