/* SPDX-License-Identifier: MIT */
/* output.c: delivery, to standard output or to a file that appears whole or not at all. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "num.h"
#include "output.h"
#include "signals.h"
#include "utf8.h"

/* Creates the temporary file beside the real one, with the mode that the real one has or gets. */
static void open_temporary(struct output *out, const char *real, mode_t mode)
{
	const char *slash = strrchr(real, '/');
	int dir = slash ? (int)(slash - real) + 1 : 0;
	struct oc_buf name = {0};

	oc_buf_init(&name, (size_t)1 << 16);
	/* The real name may be as long as names can be; this one must not be longer. */
	oc_buf_printf(&name, "%.*s.%.200s.XXXXXX", dir, real, real + dir);
	out->temporary = oc_buf_detach(&name);
	if (!out->temporary)
		cli_die(CLI_OSERR, "out of memory");
	out->fd = signals_make_file(out->temporary, 0600);
	if (out->fd < 0)
		cli_die(CLI_CANTCREAT, "cannot make %s: %s", real, strerror(errno));
	(void)fchmod(out->fd, mode);
}

static mode_t default_mode(void)
{
	mode_t mask = umask(0);

	(void)umask(mask);
	return 0666 & ~mask;
}

/* The descriptor that a name stands for; -1 = none. Opening it by its name would cut a file short
 * that is to be appended to, and is not possible for a socket. */
static int descriptor_of(const char *path)
{
	static const char numbered[] = "/dev/fd/";
	int64_t n;

	if (strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	if (strncmp(path, numbered, sizeof numbered - 1) == 0 &&
	    oc_num_int64(path + sizeof numbered - 1, &n) && n >= 0 && n <= INT_MAX)
		return (int)n;
	return -1;
}

/* Where a link to a file that is not there leads, or NULL if path is no link. */
static char *target_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof target);
	struct oc_buf joined = {0};

	if (n <= 0)
		return NULL;
	oc_buf_init(&joined, 2 * sizeof target);
	if (slash && *target != '/')
		oc_buf_add(&joined, path, (size_t)(slash - path) + 1);
	oc_buf_add(&joined, target, (size_t)n);
	return oc_buf_detach(&joined);
}

/* The file that path names, through symbolic links, so that they stay links. */
static char *real_path(const char *path)
{
	char *real = realpath(path, NULL);
	char *target;

	if (real)
		return real;
	real = strdup(path);
	while (real && errno == ENOENT && (target = target_of(real)) != NULL) {
		free(real);
		real = target;
	}
	return real;
}

static void open_path(struct output *out, const char *path)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;

	if (exists && (!S_ISREG(st.st_mode) || access(path, W_OK) < 0)) {
		output_open_direct(out, path);
		return;
	}
	if (!*path)
		cli_die(CLI_CANTCREAT, "cannot make \"\": %s", strerror(ENOENT));
	if (!exists && errno != ENOENT)
		cli_die(CLI_CANTCREAT, "cannot make %s: %s", path, strerror(errno));
	out->path = real_path(path);
	if (!out->path)
		cli_die(CLI_OSERR, "out of memory");
	open_temporary(out, out->path, exists ? st.st_mode & 0777 : default_mode());
}

void output_open(struct output *out, const char *path)
{
	*out = (struct output){.fd = STDOUT_FILENO, .last = '\n'};
	if (path && descriptor_of(path) >= 0)
		output_open_direct(out, path);
	else if (path && strcmp(path, "-") != 0)
		open_path(out, path);
	out->terminal = isatty(out->fd);
}

void output_open_direct(struct output *out, const char *path)
{
	int fd = descriptor_of(path);

	*out = (struct output){.last = '\n', .path = strdup(path)};
	if (!out->path)
		cli_die(CLI_OSERR, "out of memory");
	if (fd >= 0)
		out->fd = dup(fd);
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

OC_NORETURN static void fail(const struct output *out)
{
	if (errno == EPIPE)
		cli_reader_left(name_of(out));
	cli_die(CLI_IOERR, "cannot write to %s: %s", name_of(out), strerror(errno));
}

/* Another program may have made a pipe or a terminal that it shares with us non-blocking. */
static void wait_for(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	(void)poll(&ready, 1, -1);
}

static void write_all(struct output *out, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(out->fd, p, n);

		if (done < 0) {
			if (errno == EAGAIN)
				wait_for(out->fd);
			else if (errno != EINTR)
				fail(out);
			continue;
		}
		p += done;
		n -= (size_t)done;
	}
}

/* Writes what a terminal may see. A sequence that is not complete yet waits for its rest. */
static void write_visible(struct output *out, const char *p, size_t n, bool end)
{
	struct oc_buf text = {0};
	struct oc_buf shown = {0};
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

void output_end_line(struct output *out)
{
	if (out->nheld)
		write_visible(out, NULL, 0, true);
	if (out->terminal && out->last != '\n')
		write_all(out, "\n", 1);
	out->last = '\n';
}

void output_commit(struct output *out)
{
	output_end_line(out);
	if (out->temporary && fsync(out->fd) < 0)
		fail(out);
	if (close(out->fd) < 0)
		fail(out);
	if (out->temporary) {
		if (rename(out->temporary, out->path) < 0)
			fail(out);
		signals_keep_file(out->temporary);
	}
	free(out->temporary);
	free(out->path);
	*out = (struct output){.fd = -1};
}
