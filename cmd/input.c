/* SPDX-License-Identifier: MIT */
/* input.c: reading the files that operands and options name. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "input.h"

enum { BLOCK = 64 * 1024 };

const char *input_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

/* Standard input can be read once; a second reader would find it empty, and not know why. */
static int open_standard_input(void)
{
	static bool opened;

	if (opened)
		cli_die(CLI_USAGE, "standard input (-) is named twice, and can be read only once");
	opened = true;
	if (isatty(STDIN_FILENO))
		cli_note("reading from the terminal; Ctrl-D at the beginning of a line ends it");
	return STDIN_FILENO;
}

int input_open(const char *path)
{
	int fd;

	if (strcmp(path, "-") == 0)
		return open_standard_input();
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		cli_die(CLI_NOINPUT, "cannot read %s: %s", path, strerror(errno));
	return fd;
}

void input_wait(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};

	(void)poll(&ready, 1, -1);
}

size_t input_some(int fd, const char *path, char *p, size_t n)
{
	for (;;) {
		ssize_t got = read(fd, p, n);

		if (got >= 0)
			return (size_t)got;
		if (errno == EAGAIN)
			input_wait(fd);
		else if (errno != EINTR)
			cli_die(CLI_NOINPUT, "cannot read %s: %s", input_name(path),
			        strerror(errno));
	}
}

void input_read(const char *path, struct oc_buf *out)
{
	int fd = input_open(path);

	for (;;) {
		char beyond; /* tells a file that just fits from one that does not */
		size_t left = out->max - out->n;
		size_t room = left < BLOCK ? left : BLOCK;
		char *to = room ? oc_buf_room(out, room) : &beyond;
		size_t got;

		if (!to)
			cli_die(CLI_OSERR, "out of memory while reading %s", input_name(path));
		got = input_some(fd, path, to, room ? room : 1);
		if (!got)
			break;
		if (!room)
			cli_die(CLI_DATAERR, "%s is too large: the limit is %zu bytes in all",
			        input_name(path), out->max);
		oc_buf_grew(out, got);
	}
	if (fd != STDIN_FILENO)
		(void)close(fd);
}
