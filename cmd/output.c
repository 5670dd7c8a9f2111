/* SPDX-License-Identifier: MIT */
/* output.c: delivery, to standard output or to a file that appears whole or not at all. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/buf.h"
#include "text/clock.h"
#include "output.h"
#include "place.h"
#include "text/utf8.h"

/* What a terminal takes at once when it says that there is room, even if each byte becomes two. */
enum { TERMINAL_ROOM = 128 };

const char *output_name(const struct output *out)
{
	return out->path ? out->path : "standard output";
}

static void open_replacement(struct output *out, const char *path)
{
	if (!replace_open(&out->file, path))
		cli_die(CLI_CANTCREAT, "cannot make %s: %s", path, strerror(errno));
	out->path = path;
	out->fd = -1;
}

static void open_path(struct output *out, const char *path)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;

	if (!*path)
		cli_die(CLI_CANTCREAT, "cannot make \"\": %s", strerror(ENOENT));
	if (!exists && errno != ENOENT)
		cli_die(CLI_CANTCREAT, "cannot make %s: %s", path, strerror(errno));
	if (exists && (!S_ISREG(st.st_mode) || access(path, W_OK) < 0))
		output_open_direct(out, path, false);
	else
		open_replacement(out, path);
}

void output_open(struct output *out, const char *path)
{
	*out = (struct output){.fd = STDOUT_FILENO, .last = '\n'};
	if (path && place_descriptor(path) >= 0)
		output_open_direct(out, path, false);
	else if (path && strcmp(path, "-") != 0)
		open_path(out, path);
	else if (!place_writable(out->fd))
		cli_die(CLI_IOERR, "cannot write to %s: %s", output_name(out), strerror(errno));
	out->terminal = !output_is_file(out) && isatty(out->fd);
}

void output_open_direct(struct output *out, const char *path, bool append)
{
	*out = (struct output){.last = '\n', .path = path};
	out->fd = place_open(path, append ? O_APPEND : O_TRUNC);
	if (out->fd < 0)
		cli_die(CLI_CANTCREAT, "cannot open %s for writing: %s", path, strerror(errno));
	out->terminal = isatty(out->fd);
}

bool output_is_file(const struct output *out)
{
	return out->file.path;
}

OC_NORETURN static void fail(const struct output *out)
{
	if (errno == EPIPE)
		cli_reader_left(output_name(out));
	cli_die(CLI_IOERR, "cannot write to %s: %s", output_name(out), strerror(errno));
}

/* Until there is room. Ends the program where the deadline comes first. */
static void wait_for_room(const struct output *out)
{
	struct pollfd ready = {.fd = out->fd, .events = POLLOUT};
	double left = out->deadline > 0 ? fmin(out->deadline - oc_now(), INT_MAX / 1000) : 0;
	int ms = out->deadline > 0 ? (int)ceil(fmax(left, 0) * 1000) : -1;

	if (poll(&ready, 1, ms) == 0 && oc_now() >= out->deadline)
		cli_die(CLI_TEMPFAIL, "cannot write to %s: the deadline (--max-time) has passed",
		        output_name(out));
}

/*
 * How much may be written now. With a deadline no more than there is room for, so that the write
 * does not wait: a descriptor cannot be made non-blocking, because others may share it.
 */
static size_t room_of(const struct output *out, size_t n)
{
	size_t room = out->terminal ? TERMINAL_ROOM : PIPE_BUF;

	if (out->deadline <= 0)
		return n;
	wait_for_room(out);
	return n < room ? n : room;
}

static void write_all(struct output *out, const char *p, size_t n)
{
	if (output_is_file(out)) {
		if (!replace_write(&out->file, p, n))
			fail(out);
		return;
	}
	while (n) {
		ssize_t done = write(out->fd, p, room_of(out, n));

		if (done < 0) {
			/* Another program may have made it non-blocking. */
			if (errno == EAGAIN)
				wait_for_room(out);
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
	cli_need_memory(!text.bad && !shown.bad);
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

void output_text(struct output *out, struct oc_buf *text)
{
	cli_need_memory(!text->bad);
	output_write(out, text->p, text->n);
	oc_buf_release(text);
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
	if (output_is_file(out) ? !replace_commit(&out->file) : close(out->fd) < 0)
		fail(out);
}
