/* SPDX-License-Identifier: MIT */
/* oc-models: shows the model table. What asks a server is another program, which this one becomes
 * for --live, so that libcurl is not loaded without need. */
#include "compat.h"

#include <errno.h>
#include <unistd.h>

#include "models.h"

/* In libexec beside this program, as in the build tree, or where it is installed, be that moved. */
static char **ask(struct connect *connect, char **argv)
{
	static const char *const beside[] = {"libexec/oc-models-live",
	                                     "../libexec/oc/oc-models-live"};
	static const char installed[] = OC_LIBEXECDIR "/oc-models-live";
	char path[4096 + sizeof installed];
	ssize_t n = readlink("/proc/self/exe", path, 4096);
	char *slash;

	(void)connect;
	if (n < 0)
		(void)snprintf(path, 4096, "%s", argv[0]); /* there is no /proc */
	else
		path[n] = '\0';
	slash = strrchr(path, '/');
	for (size_t i = 0; slash && i < OC_COUNT(beside); i++) {
		memcpy(slash + 1, beside[i], strlen(beside[i]) + 1);
		(void)execv(path, argv);
	}
	(void)execv(installed, argv);
	cli_die(CLI_CONFIG,
	        "--live is the work of a second program, oc-models-live, which is not where it is "
	        "looked for: in %s and, for a copy of oc-models, in libexec beside it (%s)",
	        installed, strerror(errno));
}

int main(int argc, char **argv)
{
	return models_main(argc, argv, ask);
}
