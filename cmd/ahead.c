/* SPDX-License-Identifier: MIT */
/* ahead.c: answer lines that wait for earlier ones, kept safe. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "ahead.h"

/* How much that is of no use may be kept. */
#define STALE_MAX ((size_t)8 << 20)

static void set_path(struct ahead *ahead, const char *path, const char *suffix)
{
	struct oc_buf name = {0};

	oc_buf_init(&name, (size_t)1 << 16);
	oc_buf_printf(&name, "%s%s", path, suffix);
	*ahead = (struct ahead){.path = oc_buf_detach(&name), .fd = -1};
	if (!ahead->path)
		cli_die(CLI_OSERR, "out of memory");
}

void ahead_init(struct ahead *ahead, const char *beside)
{
	*ahead = (struct ahead){.fd = -1};
	if (beside)
		set_path(ahead, beside, ".ahead");
}

static void create(struct ahead *ahead)
{
	ahead->fd = open(ahead->path, O_WRONLY | O_APPEND | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (ahead->fd < 0)
		cli_die(CLI_CANTCREAT, "cannot make %s: %s", ahead->path, strerror(errno));
}

void ahead_put(struct ahead *ahead, struct oc_text line)
{
	ssize_t n;

	if (!ahead->path)
		return;
	if (ahead->fd < 0)
		create(ahead);
	n = write(ahead->fd, line.p, line.n);
	if (n < 0 || (size_t)n != line.n)
		cli_die(CLI_IOERR, "cannot write to %s: %s", ahead->path,
		        n < 0 ? strerror(errno) : "no space left");
	ahead->size += line.n;
	ahead->live += line.n;
}

void ahead_done(struct ahead *ahead, size_t n)
{
	ahead->live -= n;
	if (ahead->live || ftruncate(ahead->fd, 0) < 0)
		return;
	ahead->size = 0;
}

bool ahead_is_stale(const struct ahead *ahead)
{
	return ahead->size - ahead->live > STALE_MAX + ahead->live;
}

void ahead_begin(struct ahead *fresh, const struct ahead *ahead)
{
	set_path(fresh, ahead->path, ".new");
	create(fresh);
}

void ahead_replace(struct ahead *ahead, struct ahead *fresh)
{
	if (rename(fresh->path, ahead->path) < 0)
		cli_die(CLI_IOERR, "cannot replace %s: %s", ahead->path, strerror(errno));
	(void)close(ahead->fd);
	free(fresh->path);
	fresh->path = ahead->path;
	*ahead = *fresh;
}

void ahead_remove(struct ahead *ahead)
{
	if (ahead->fd >= 0) {
		(void)close(ahead->fd);
		(void)unlink(ahead->path);
	}
	free(ahead->path);
	*ahead = (struct ahead){.fd = -1};
}
