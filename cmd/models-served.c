/* SPDX-License-Identifier: MIT */
/* models-served.c: the models that a server serves. A list of 100,000 takes no longer than it is
 * long. */
#include "compat.h"

#include "text/buf.h"
#include "models-served.h"

static const char latest[] = ":latest";

/* The table's row; "x:latest" is what Ollama calls x. */
static const struct oc_model *model_of(const char *id)
{
	const size_t suffix = sizeof latest - 1;
	size_t n = strlen(id);
	const struct oc_model *model;
	char *stem;

	if (n <= suffix || strcmp(id + n - suffix, latest) != 0)
		return oc_model_find(id);
	stem = strndup(id, n - suffix);
	cli_need_memory(stem);
	model = oc_model_find(stem);
	free(stem);
	return model;
}

void served_init(struct served *s, char **ids)
{
	*s = (struct served){.ids = ids};
	while (ids && ids[s->n])
		s->n++;
	s->models = calloc(s->n + 1, sizeof *s->models);
	cli_need_memory(s->models);
	for (size_t i = 0; ids && ids[i]; i++)
		s->models[i] = model_of(ids[i]);
}

static int compare(const void *key, const void *element)
{
	return strcmp(key, *(char *const *)element);
}

static size_t find(const struct served *s, const char *id)
{
	char *const *at = s->n ? bsearch(id, s->ids, s->n, sizeof *s->ids, compare) : NULL;

	return at ? (size_t)(at - s->ids) : s->n;
}

size_t served_find(const struct served *s, const char *id)
{
	size_t at = find(s, id);
	struct oc_buf tagged = {0};

	if (at < s->n || !s->n)
		return at;
	oc_buf_init(&tagged, SIZE_MAX / 2);
	oc_buf_printf(&tagged, "%s%s", id, latest);
	cli_need_memory(!tagged.bad);
	at = find(s, tagged.p);
	oc_buf_release(&tagged);
	return at;
}

const char *served_next(const struct served *s, const struct oc_model *model, size_t *at)
{
	while (*at < s->n && s->models[*at] != model)
		(*at)++;
	return *at < s->n ? s->ids[(*at)++] : NULL;
}
