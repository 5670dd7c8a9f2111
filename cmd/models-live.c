/* SPDX-License-Identifier: MIT */
/* models-live: what oc-models becomes for --live: the same program, but linked with libcurl. */
#include "compat.h"

#include "models.h"

static char **ask(struct connect *connect, char **argv)
{
	struct oc_err err = {0};
	char **ids;

	(void)argv;
	connect_finish(connect, false);
	if (oc_list_models(&connect->config, &ids, &err))
		connect_die(connect, &err);
	return ids;
}

int main(int argc, char **argv)
{
	return models_main(argc, argv, ask);
}
