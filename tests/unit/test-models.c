/* SPDX-License-Identifier: MIT */
/* test-models.c: the model table and its two look-ups. */
#include "unit.h"

static const char *name_of(const char *id)
{
	const struct oc_model *m = oc_model_find(id);

	return m ? m->name : NULL;
}

TEST(table_is_whole)
{
	static const char *const names[] = {
	        "Llama 4 Scout", "Llama 4 Maverick", "Llama 3.3", "Llama 3.1", "Mistral Large",
	        "Mixtral",       "CodeLlama",        "Phi-4",     "Gemma 2",
	};
	size_t n;
	const struct oc_model *m = oc_models(&n);

	CHECK_INT(n, 9);
	for (size_t i = 0; i < 9; i++)
		CHECK_STR(m[i].name, names[i]);
}

TEST(rows_hold_the_limits)
{
	static const int64_t limits[][2] = {
	        {512000, 256000}, {256000, 128000}, {128000, 128000},
	        {128000, 128000}, {128000, 128000}, {32000, 32000},
	        {16384, 16384},   {16384, 16384},   {8192, 8192},
	};
	size_t n;
	const struct oc_model *m = oc_models(&n);

	for (size_t i = 0; i < 9; i++) {
		CHECK_INT(m[i].max_input_tokens, limits[i][0]);
		CHECK_INT(m[i].max_output_tokens, limits[i][1]);
		CHECK_STR(m[i].output_type, "Text");
		CHECK_STR(m[i].input_types[0], "Text");
		CHECK_STR(m[i].input_types[1], i < 2 ? "Image" : NULL);
	}
}

TEST(rows_hold_the_words)
{
	const struct oc_model *m = oc_model_find("llama4-maverick");

	CHECK(m != NULL);
	CHECK_STR(m->capabilities[0], "Multimodal");
	CHECK_STR(m->capabilities[1], "MoE");
	CHECK_STR(m->capabilities[2], "Strong reasoning");
	CHECK_STR(m->capabilities[3], NULL);
	CHECK_STR(m->best_use, "Complex reasoning tasks");
	CHECK_STR(m->ids[1], NULL);
}

TEST(finds_every_id)
{
	CHECK_STR(name_of("llama4-scout"), "Llama 4 Scout");
	CHECK_STR(name_of("llama3.3:70b"), "Llama 3.3");
	CHECK_STR(name_of("llama3.1:405b"), "Llama 3.1");
	CHECK_STR(name_of("mistral-large"), "Mistral Large");
	CHECK_STR(name_of("mixtral:8x22b"), "Mixtral");
	CHECK_STR(name_of("codellama:70b"), "CodeLlama");
	CHECK_STR(name_of("phi4"), "Phi-4");
	CHECK_STR(name_of("gemma2:27b"), "Gemma 2");
}

TEST(finds_ids_of_a_local_ollama)
{
	CHECK_STR(name_of("llama3.3:cloud"), "Llama 3.3");
	CHECK_STR(name_of("llama3.3:70b-cloud"), "Llama 3.3");
	CHECK_STR(name_of("-cloud"), NULL);
	CHECK_STR(name_of(":cloud"), NULL);
	CHECK_STR(name_of("llama3.3cloud"), NULL);
}

TEST(finds_nothing_else)
{
	CHECK_STR(name_of(""), NULL);
	CHECK_STR(name_of("llama3"), NULL);
	CHECK_STR(name_of("llama3.3:70"), NULL);
	CHECK_STR(name_of("llama3.3:70bb"), NULL);
	CHECK_STR(name_of("Llama3.3"), NULL);
	CHECK_STR(name_of("Llama 3.3"), NULL);
}

TEST(near_names)
{
	CHECK_STR(oc_model_near("llama9"), "llama3.3");
	CHECK_STR(oc_model_near("llama3"), "llama3.3");
	CHECK_STR(oc_model_near("LLAMA3.1"), "llama3.1");
	CHECK_STR(oc_model_near("llama3.1:45b"), "llama3.1:405b");
	CHECK_STR(oc_model_near("mixtral"), "mixtral:8x7b");
	CHECK_STR(oc_model_near("codelama"), "codellama");
	CHECK_STR(oc_model_near("gemma3:27b"), "gemma2:27b");
	CHECK_STR(oc_model_near("phi"), "phi4");
	CHECK_STR(oc_model_near("phi5:cloud"), "phi4");
	CHECK_STR(oc_model_near("llama4-scot"), "llama4-scout");
}

TEST(nothing_near)
{
	char longest[65];

	CHECK_STR(oc_model_near(""), NULL);
	CHECK_STR(oc_model_near("x"), NULL);
	CHECK_STR(oc_model_near("gpt-oss:120b"), NULL);
	CHECK_STR(oc_model_near("deepseek-v3.1:671b"), NULL);
	memset(longest, 'l', 64);
	longest[64] = '\0';
	CHECK_STR(oc_model_near(longest), NULL);
	CHECK_STR(
	        oc_model_near("llama4-scout-but-with-a-name-of-more-than-sixty-four-bytes-at-all"),
	        NULL);
}
