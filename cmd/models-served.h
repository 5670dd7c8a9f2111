/* SPDX-License-Identifier: MIT */
/* models-served.h: the models that a server serves, and which of them the table knows. */
#ifndef MODELS_SERVED_H
#define MODELS_SERVED_H

#include "cli.h"

struct served {
	char **ids; /* in the order of strcmp(), each once; NULL where no server was asked */
	size_t n;
	const struct oc_model **models; /* of each id; NULL: it is not in the table */
};

/* Takes the list of oc_list_models(), or NULL, over. */
void served_init(struct served *s, char **ids);

/* The index of this very id, to which Ollama adds ":latest" where it has no tag; s->n = none. */
size_t served_find(const struct served *s, const char *id);

/* The next id of this model of the table, from *at on; NULL = there is none any more. */
const char *served_next(const struct served *s, const struct oc_model *model, size_t *at);

#endif
