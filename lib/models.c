/* SPDX-License-Identifier: MIT */
/* models.c: the model table, and finding a row in it. */
#include "compat.h"

#include "oc.h"

static const struct oc_model table[] = {
        {
                .name = "Llama 4 Scout",
                .ids = {"llama4-scout"},
                .input_types = {"Text", "Image"},
                .output_type = "Text",
                .max_input_tokens = 512000,
                .max_output_tokens = 256000,
                .capabilities = {"Multimodal", "MoE", "Multilingual"},
                .best_use = "General-purpose agents, long context",
        },
        {
                .name = "Llama 4 Maverick",
                .ids = {"llama4-maverick"},
                .input_types = {"Text", "Image"},
                .output_type = "Text",
                .max_input_tokens = 256000,
                .max_output_tokens = 128000,
                .capabilities = {"Multimodal", "MoE", "Strong reasoning"},
                .best_use = "Complex reasoning tasks",
        },
        {
                .name = "Llama 3.3",
                .ids = {"llama3.3", "llama3.3:70b"},
                .input_types = {"Text"},
                .output_type = "Text",
                .max_input_tokens = 128000,
                .max_output_tokens = 128000,
                .capabilities = {"General purpose", "Instruction tuned"},
                .best_use = "General tasks, conversations",
        },
        {
                .name = "Llama 3.1",
                .ids = {"llama3.1", "llama3.1:70b", "llama3.1:405b"},
                .input_types = {"Text"},
                .output_type = "Text",
                .max_input_tokens = 128000,
                .max_output_tokens = 128000,
                .capabilities = {"Multilingual", "Tool use"},
                .best_use = "Large-scale reasoning",
        },
        {
                .name = "Mistral Large",
                .ids = {"mistral-large"},
                .input_types = {"Text"},
                .output_type = "Text",
                .max_input_tokens = 128000,
                .max_output_tokens = 128000,
                .capabilities = {"Multilingual", "Code generation"},
                .best_use = "Enterprise reasoning",
        },
        {
                .name = "Mixtral",
                .ids = {"mixtral:8x7b", "mixtral:8x22b"},
                .input_types = {"Text"},
                .output_type = "Text",
                .max_input_tokens = 32000,
                .max_output_tokens = 32000,
                .capabilities = {"MoE", "Strong reasoning"},
                .best_use = "Complex reasoning tasks",
        },
        {
                .name = "CodeLlama",
                .ids = {"codellama", "codellama:34b", "codellama:70b"},
                .input_types = {"Text"},
                .output_type = "Text",
                .max_input_tokens = 16384,
                .max_output_tokens = 16384,
                .capabilities = {"Code generation", "Infilling"},
                .best_use = "Programming assistance",
        },
        {
                .name = "Phi-4",
                .ids = {"phi4", "phi4:14b"},
                .input_types = {"Text"},
                .output_type = "Text",
                .max_input_tokens = 16384,
                .max_output_tokens = 16384,
                .capabilities = {"Small", "Efficient", "Reasoning"},
                .best_use = "Edge deployment, quick tasks",
        },
        {
                .name = "Gemma 2",
                .ids = {"gemma2", "gemma2:27b"},
                .input_types = {"Text"},
                .output_type = "Text",
                .max_input_tokens = 8192,
                .max_output_tokens = 8192,
                .capabilities = {"Lightweight", "Open-source"},
                .best_use = "Research, resource-constrained tasks",
        },
};

const struct oc_model *oc_models(size_t *n)
{
	*n = OC_COUNT(table);
	return table;
}

/* The length of an id without the suffix that a local Ollama adds to models of the cloud. */
static size_t stem(const char *id)
{
	static const size_t suffix = sizeof "-cloud" - 1;
	size_t n = strlen(id);

	if (n > suffix &&
	    (!strcmp(id + n - suffix, "-cloud") || !strcmp(id + n - suffix, ":cloud")))
		n -= suffix;
	return n;
}

static bool has_id(const struct oc_model *m, const char *id, size_t n)
{
	for (size_t k = 0; k < OC_MODEL_LIST_MAX && m->ids[k]; k++) {
		if (strlen(m->ids[k]) == n && !memcmp(m->ids[k], id, n))
			return true;
	}
	return false;
}

const struct oc_model *oc_model_find(const char *id)
{
	size_t n = stem(id);

	for (size_t i = 0; i < OC_COUNT(table); i++) {
		if (has_id(&table[i], id, n))
			return &table[i];
	}
	return NULL;
}

/* ASCII only, whatever the locale. */
static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

enum { NEAR_MAX = 64 }; /* an id longer than this is like none of the table's */

/* How many letters must be put in, taken out or changed to make one id from the other:
 * Levenshtein's distance, row by row. a has n <= NEAR_MAX bytes. */
static size_t distance(const char *a, size_t n, const char *b)
{
	size_t row[NEAR_MAX + 1];

	for (size_t i = 0; i <= n; i++)
		row[i] = i;
	for (size_t j = 0; b[j]; j++) {
		size_t diagonal = row[0]++;

		for (size_t i = 0; i < n; i++) {
			size_t change = diagonal + (lower(a[i]) != lower(b[j]));

			diagonal = row[i + 1];
			row[i + 1] = min(change, min(row[i], diagonal) + 1);
		}
	}
	return row[n];
}

const char *oc_model_near(const char *id)
{
	size_t n = stem(id);
	const char *best = NULL;
	size_t least = NEAR_MAX;

	if (n > NEAR_MAX)
		return NULL;
	for (size_t at = 0; at < OC_COUNT(table) * OC_MODEL_LIST_MAX; at++) {
		const char *known = table[at / OC_MODEL_LIST_MAX].ids[at % OC_MODEL_LIST_MAX];
		size_t d = known ? distance(id, n, known) : NEAR_MAX;

		/* Near is what shares at least half of the longer of the two. */
		if (known && d < least && 2 * d <= (n > strlen(known) ? n : strlen(known))) {
			best = known;
			least = d;
		}
	}
	return best;
}

/* Not where lists are made: this needs no server. */
void oc_list_free(char **ids)
{
	for (char **id = ids; id && *id; id++)
		free(*id);
	free(ids);
}
