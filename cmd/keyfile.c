/* SPDX-License-Identifier: MIT */
/* keyfile.c: the file that holds a key. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "files.h"
#include "keyfile.h"
#include "text/text.h"

/* ---- what may be told ---- */

/* Keys are long, and have digits in them; many begin with this prefix. */
static bool looks_like_key(const char *name)
{
	return strncmp(name, "sk-", 3) == 0 || (strlen(name) >= 20 && strpbrk(name, "0123456789") &&
	                                        strspn(name, "0123456789") < strlen(name));
}

/* Is there a directory, other than the root, in which the file would be? A key may have a slash in
 * it, even as its first character. */
static bool has_directory(const char *path)
{
	size_t n = files_directory(path);
	struct stat st;
	char *directory;
	bool has;

	if (n < 2)
		return false;
	directory = strndup(path, n);
	has = directory && stat(directory, &st) == 0;
	free(directory);
	return has;
}

static bool is_name(const char *path)
{
	struct stat st;

	if (has_directory(path))
		return true;
	return lstat(path, &st) == 0 && !looks_like_key(path);
}

OC_NORETURN static void refuse(const char *path, const char *why)
{
	if (is_name(path))
		cli_die(CLI_CONFIG, "the key file %s cannot be used: %s", path, why);
	cli_die(CLI_CONFIG, "the key file cannot be used: %s", why);
}

/* ---- reading ---- */

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0)
		return fd;
	if (errno == EACCES || is_name(path))
		refuse(path, strerror(errno));
	cli_die(CLI_CONFIG, "no such key file; --api-key-file takes the name of a file, never the "
	                    "key itself");
}

/* The line without its end. */
static void read_line(struct oc_buf *line, int fd, const char *path)
{
	char c = '\0';

	/* So that it does not move, and leave a copy. */
	cli_need_memory(oc_buf_room(line, KEYFILE_MAX));
	while (c != '\n') {
		ssize_t n = read(fd, &c, 1);

		if (!n)
			return;
		if (n < 0 && errno != EINTR)
			refuse(path, strerror(errno));
		if (n > 0 && c != '\n')
			oc_buf_putc(line, c);
		if (line->bad)
			refuse(path, "its first line is too long");
	}
}

/* In place: a copy would be left. */
static void trim(struct oc_buf *line)
{
	struct oc_text key = oc_text_trim(oc_text_without_bom(oc_buf_text(line)), " \t\r");

	oc_buf_drop(line, (size_t)(key.p - line->p));
	oc_buf_cut(line, key.n);
}

void keyfile_read(struct oc_buf *key, const char *path)
{
	int fd = open_file(path);

	read_line(key, fd, path);
	(void)close(fd);
	trim(key);
	if (!key->n)
		refuse(path, "its first line is empty");
	if (strlen(key->p) != key->n)
		refuse(path, "there is a NUL byte in its first line");
}
