/* SPDX-License-Identifier: MIT */
/* models.c: the model table, and finding a row in it. */
#include "compat.h"

#include "text/near.h"
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

const struct oc_model *oc_model_find(const char *id)
{
	size_t n = stem(id);

	for (size_t i = 0; i < OC_COUNT(table); i++) {
		for (size_t k = 0; k < OC_MODEL_LIST_MAX && table[i].ids[k]; k++) {
			if (strlen(table[i].ids[k]) == n && !memcmp(table[i].ids[k], id, n))
				return &table[i];
		}
	}
	return NULL;
}

const char *oc_model_near(const char *id)
{
	struct oc_near near;

	oc_near_init(&near, id, stem(id));
	for (size_t i = 0; i < OC_COUNT(table); i++) {
		for (size_t k = 0; k < OC_MODEL_LIST_MAX && table[i].ids[k]; k++)
			oc_near_offer(&near, table[i].ids[k]);
	}
	return near.best;
}

/* Not where lists are made: this needs no server. */
void oc_list_free(char **ids)
{
	for (char **id = ids; id && *id; id++)
		free(*id);
	free(ids);
}
