/* SPDX-License-Identifier: MIT */
/* output.c: delivery, to standard output or to a file that appears whole or not at all. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "output.h"
#include "utf8.h"

/* The temporary file that a signal or an early exit must remove; read by a signal handler. */
static char *volatile unfinished;

static void remove_unfinished(void)
{
	char *path = unfinished;

	unfinished = NULL;
	if (path)
		(void)unlink(path);
}

static void remove_and_die(int sig)
{
	if (unfinished)
		(void)unlink(unfinished);
	(void)signal(sig, SIG_DFL);
	(void)raise(sig);
}

/* A signal that the caller has us ignore (nohup) stays ignored. */
static void remove_on_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	const struct sigaction action = {.sa_handler = remove_and_die};
	struct sigaction before;

	for (size_t i = 0; i < OC_COUNT(signals); i++) {
		if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			(void)sigaction(signals[i], &action, NULL);
	}
}

/* Creates the temporary file beside the real one, with the mode that the real one has or gets. */
static void open_temporary(struct output *out, const char *real, mode_t mode)
{
	const char *slash = strrchr(real, '/');
	int dir = slash ? (int)(slash - real) + 1 : 0;
	struct oc_buf name;

	oc_buf_init(&name, (size_t)1 << 16);
	oc_buf_printf(&name, "%.*s.%s.XXXXXX", dir, real, real + dir);
	out->temporary = oc_buf_detach(&name);
	if (!out->temporary)
		cli_die(CLI_OSERR, "out of memory");
	remove_on_signals();
	out->fd = mkstemp(out->temporary);
	if (out->fd < 0)
		cli_die(CLI_CANTCREAT, "cannot make %s: %s", real, strerror(errno));
	unfinished = out->temporary;
	(void)atexit(remove_unfinished);
	(void)fchmod(out->fd, mode);
}

static mode_t default_mode(void)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	return 0666 & ~mask;
}

static void open_path(struct output *out, const char *path)
{
	/* Through a symbolic link, so that the link stays one. */
	char *real = realpath(path, NULL);
	struct stat st;

	out->path = real ? real : strdup(path);
	if (!out->path)
		cli_die(CLI_OSERR, "out of memory");
	if (stat(path, &st) < 0) {
		open_temporary(out, out->path, default_mode());
		return;
	}
	if (S_ISREG(st.st_mode) && access(path, W_OK) == 0) {
		open_temporary(out, out->path, st.st_mode & 0777);
		return;
	}
	free(out->path);
	output_open_direct(out, path);
}

void output_open(struct output *out, const char *path)
{
	*out = (struct output){.fd = STDOUT_FILENO, .last = '\n'};
	if (path && strcmp(path, "-") != 0)
		open_path(out, path);
	out->terminal = isatty(out->fd);
}

void output_open_direct(struct output *out, const char *path)
{
	*out = (struct output){.last = '\n', .path = strdup(path)};
	if (!out->path)
		cli_die(CLI_OSERR, "out of memory");
	/* A socket or a descriptor of another user cannot be opened through /dev. */
	if (strcmp(path, "/dev/stderr") == 0)
		out->fd = dup(STDERR_FILENO);
	else
		out->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	if (out->fd < 0)
		cli_die(CLI_CANTCREAT, "cannot open %s for writing: %s", path, strerror(errno));
	out->terminal = isatty(out->fd);
}

static const char *name_of(const struct output *out)
{
	return out->path ? out->path : "standard output";
}

static void fail(struct output *out)
{
	int error = errno;

	if (error == EPIPE) {
		output_abandon(out);
		cli_die_of_sigpipe();
	}
	cli_warn("cannot write to %s: %s", name_of(out), strerror(error));
	output_abandon(out);
	cli_exit(CLI_IOERR);
}

static void write_all(struct output *out, const char *p, size_t n)
{
	out->written += n;
	while (n) {
		ssize_t done = write(out->fd, p, n);

		if (done < 0) {
			if (errno == EINTR)
				continue;
			fail(out);
		}
		p += done;
		n -= (size_t)done;
	}
}

/* Writes what a terminal may see. A sequence that is not complete yet waits for its rest. */
static void write_visible(struct output *out, const char *p, size_t n, bool end)
{
	struct oc_buf text;
	struct oc_buf shown;
	size_t tail;

	oc_buf_init(&text, SIZE_MAX / 2);
	oc_buf_init(&shown, SIZE_MAX / 2);
	oc_buf_add(&text, out->held, out->nheld);
	oc_buf_add(&text, p, n);
	tail = end ? 0 : oc_utf8_tail(text.p, text.n);
	oc_utf8_visible(&shown, text.p, text.n - tail, OC_VISIBLE_TEXT);
	if (text.bad || shown.bad)
		cli_die(CLI_OSERR, "out of memory");
	memcpy(out->held, text.p + text.n - tail, tail);
	out->nheld = (unsigned)tail;
	write_all(out, shown.p, shown.n);
	oc_buf_release(&shown);
	oc_buf_release(&text);
}

void output_write(struct output *out, const char *p, size_t n)
{
	if (!n)
		return;
	out->last = p[n - 1];
	if (out->terminal)
		write_visible(out, p, n, false);
	else
		write_all(out, p, n);
}

void output_commit(struct output *out)
{
	if (out->nheld)
		write_visible(out, NULL, 0, true);
	if (out->terminal && out->last != '\n')
		write_all(out, "\n", 1);
	if (out->temporary && fsync(out->fd) < 0)
		fail(out);
	if (close(out->fd) < 0) {
		out->fd = -1;
		fail(out);
	}
	out->fd = -1;
	if (out->temporary && rename(out->temporary, out->path) < 0)
		fail(out);
	unfinished = NULL;
	free(out->temporary);
	free(out->path);
	out->temporary = NULL;
	out->path = NULL;
}

void output_abandon(struct output *out)
{
	if (out->fd >= 0)
		(void)close(out->fd);
	out->fd = -1;
	if (out->temporary)
		remove_unfinished();
	free(out->temporary);
	free(out->path);
	out->temporary = NULL;
	out->path = NULL;
}
