/* SPDX-License-Identifier: MIT */
/* oc-models: shows the model table. What asks a server is another program, which this one becomes
 * for --live, so that libcurl is not loaded without need. */
#include "compat.h"

#include <errno.h>
#include <unistd.h>

#include "models.h"

/* Where it is installed, or in the build tree: in libexec beside this program. */
static char **ask(struct connect *connect, char **argv)
{
	static const char beside[] = "libexec/oc-models-live";
	static const char installed[] = OC_LIBEXECDIR "/oc-models-live";
	char path[4096 + sizeof beside];
	ssize_t n = readlink("/proc/self/exe", path, 4096);
	char *slash;

	(void)connect;
	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash) {
		memcpy(slash + 1, beside, sizeof beside);
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
