/* SPDX-License-Identifier: MIT */
/* lines.c: files line by line. */
#include "compat.h"

#include <errno.h>
#include <unistd.h>

#include "input.h"
#include "lines.h"

enum { BLOCK = 64 * 1024 };

void lines_init(struct lines *lines, int fd, const char *path, size_t max)
{
	*lines = (struct lines){.fd = fd, .path = path};
	oc_buf_init(&lines->buf, max + BLOCK);
}

void lines_close(struct lines *lines)
{
	if (lines->fd != STDIN_FILENO)
		(void)close(lines->fd);
	oc_buf_release(&lines->buf);
}

static enum lines_got end_of_file(struct lines *lines, struct oc_text *line)
{
	bool too_long = lines->too_long;

	*line = (struct oc_text){lines->buf.p + lines->at, lines->buf.n - lines->at};
	lines->at = lines->searched = lines->buf.n;
	lines->too_long = false;
	if (too_long)
		return LINES_TOO_LONG;
	return line->n ? LINES_TORN : LINES_END;
}

enum lines_got lines_next(struct lines *lines, struct oc_text *line)
{
	const struct oc_buf *buf = &lines->buf;
	const char *end = memchr(buf->p + lines->searched, '\n', buf->n - lines->searched);
	bool too_long = lines->too_long;

	if (!end) {
		lines->searched = buf->n;
		return lines->ended ? end_of_file(lines, line) : LINES_MORE;
	}
	*line = (struct oc_text){buf->p + lines->at, (size_t)(end - buf->p) - lines->at};
	lines->at = lines->searched = (size_t)(end - buf->p) + 1;
	lines->too_long = false;
	return too_long ? LINES_TOO_LONG : LINES_LINE;
}

/* Room for a block, behind what is not used up yet. */
static char *make_room(struct lines *lines)
{
	struct oc_buf *buf = &lines->buf;
	char *to;

	oc_buf_drop(buf, lines->at);
	lines->searched -= lines->at;
	lines->at = 0;
	if (buf->n > buf->max - BLOCK)
		lines->too_long = true;
	if (lines->too_long) {
		oc_buf_release(buf);
		lines->searched = 0;
	}
	to = oc_buf_room(buf, BLOCK);
	if (!to)
		cli_die(CLI_OSERR, "out of memory while reading %s", input_name(lines->path));
	return to;
}

int lines_try(struct lines *lines)
{
	char *to = make_room(lines);
	ssize_t n;

	do {
		n = read(lines->fd, to, BLOCK);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : errno;
	oc_buf_grew(&lines->buf, (size_t)n);
	lines->ended = n == 0;
	return 0;
}

void lines_read(struct lines *lines)
{
	int error;

	input_wait(lines->fd);
	error = lines_try(lines);
	if (error)
		cli_die(CLI_NOINPUT, "cannot read %s: %s", input_name(lines->path),
		        strerror(error));
}
