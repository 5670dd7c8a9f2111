/* SPDX-License-Identifier: MIT */
/* batch-lines.c: files line by line, and the request lines of all the files of a batch. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch-lines.h"
#include "input.h"
#include "text/text.h"

enum { BLOCK = 64 * 1024 };

void lines_init(struct lines *lines, int fd, size_t max)
{
	*lines = (struct lines){.fd = fd};
	oc_buf_init(&lines->buf, max + BLOCK);
}

void lines_release(struct lines *lines)
{
	oc_buf_release(&lines->buf);
}

enum lines_got lines_next(struct lines *lines, struct oc_text *line)
{
	const struct oc_buf *buf = &lines->buf;
	const char *end = memchr(buf->p + lines->searched, '\n', buf->n - lines->searched);
	bool too_long = lines->too_long;

	if (!end && !lines->ended) {
		lines->searched = buf->n;
		return LINES_MORE;
	}
	*line = (struct oc_text){buf->p + lines->at,
	                         (end ? (size_t)(end - buf->p) : buf->n) - lines->at};
	lines->at += line->n + (end != NULL);
	lines->searched = lines->at;
	lines->too_long = false;
	if (too_long)
		return LINES_TOO_LONG;
	if (end)
		return LINES_LINE;
	return line->n ? LINES_TORN : LINES_END;
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
	cli_need_memory(to);
	return to;
}

int lines_read(struct lines *lines)
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

static bool is_standard_input(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* Not waiting for a writer, and not becoming the owner of a terminal. */
static int open_file(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/* ---- the inputs, before anything is asked ---- */

/* What is wrong with an open file, without reading it; 0 = nothing that can be known. */
static int check_descriptor(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	struct stat st;

	if (flags < 0 || fstat(fd, &st) < 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	return (flags & O_ACCMODE) == O_WRONLY ? EBADF : 0;
}

/* The same of a name. Only a regular file is opened for that: a pipe would notice. */
static int check_name(const char *path)
{
	struct stat st;
	int error;
	int fd;

	if (stat(path, &st) < 0)
		return errno;
	if (S_ISSOCK(st.st_mode))
		return ENXIO;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) < 0 ? errno : 0;
	fd = open_file(path);
	if (fd < 0)
		return errno;
	error = check_descriptor(fd);
	(void)close(fd);
	return error;
}

void feed_init(struct feed *feed, char *const *files)
{
	bool standard_input = false;

	*feed = (struct feed){.files = files};
	/* A name that is wrong is better told before anything is asked than after an hour. */
	for (; *files; files++) {
		bool is_input = is_standard_input(*files);
		int error = is_input ? check_descriptor(STDIN_FILENO) : check_name(*files);

		if (error)
			cli_die(CLI_NOINPUT, "cannot read %s: %s", input_name(*files),
			        strerror(error));
		if (is_input && standard_input)
			cli_die(CLI_USAGE, "standard input (-) is named twice");
		standard_input |= is_input;
	}
}

/* ---- their lines ---- */

static bool is_blank(struct oc_text text)
{
	return !oc_text_trim(oc_text_without_bom(text), " \t\r").n;
}

static void close_file(struct feed *feed)
{
	if (feed->lines.fd != STDIN_FILENO)
		(void)close(feed->lines.fd);
	lines_release(&feed->lines);
	feed->open = false;
}

static void open_next(struct feed *feed)
{
	const char *path = *feed->files;
	int fd = is_standard_input(path) ? STDIN_FILENO : open_file(path);

	if (fd < 0) {
		feed->error = errno;
		return;
	}
	lines_init(&feed->lines, fd, FEED_LINE_MAX);
	feed->open = true;
}

enum lines_got feed_next(struct feed *feed, struct oc_text *line)
{
	while (!feed_ended(feed)) {
		enum lines_got got;

		if (!feed->open) {
			open_next(feed);
			continue;
		}
		got = lines_next(&feed->lines, line);
		if (got == LINES_MORE)
			return got;
		if (got == LINES_END) {
			close_file(feed);
			feed->files++;
			continue;
		}
		feed->number++;
		if (got == LINES_TOO_LONG || !is_blank(*line))
			return got;
	}
	return LINES_END;
}

void feed_read(struct feed *feed)
{
	feed->error = lines_read(&feed->lines);
	if (feed->error)
		close_file(feed);
}

bool feed_ended(const struct feed *feed)
{
	return feed->error || (!feed->open && !*feed->files);
}

bool feed_complain(const struct feed *feed)
{
	if (feed->error)
		cli_warn("cannot read %s: %s", input_name(*feed->files), strerror(feed->error));
	return feed->error;
}

uint64_t feed_count(char *const *files)
{
	struct feed feed = {.files = files};
	enum lines_got got;
	struct oc_text line;
	struct stat st;
	uint64_t n = 0;

	for (; *files; files++) {
		/* What is read here must be there to be read again. */
		if (is_standard_input(*files) || stat(*files, &st) < 0 || !S_ISREG(st.st_mode))
			return 0;
	}
	while ((got = feed_next(&feed, &line)) != LINES_END) {
		if (got == LINES_MORE)
			feed_read(&feed);
		else
			n++;
	}
	return feed.error ? 0 : n;
}
