/* SPDX-License-Identifier: MIT */
/* replace.c: a file that appears whole or not at all. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attributes.h"
#include "files.h"
#include "place.h"
#include "replace.h"
#include "signals.h"

/* The name of a temporary file beside the real one; NULL: no memory. */
static char *name_beside(const char *real)
{
	int dir = (int)files_directory(real);
	struct oc_buf name = {0};

	oc_buf_init(&name, (size_t)1 << 16);
	/* The real name may be as long as names can be; this one must not be longer. */
	oc_buf_printf(&name, "%.*s.%.200s.XXXXXX", dir, real, real + dir);
	return oc_buf_detach(&name);
}

bool replace_open(struct replace *r, const char *path)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;

	*r = (struct replace){.path = place_real(path), .fd = -1};
	oc_buf_init(&r->held, SIZE_MAX / 2);
	r->temporary = r->path ? name_beside(r->path) : NULL;
	errno = ENOMEM;
	if (!r->temporary)
		return false;
	/* A new file gets the mode that the umask, or the directory, gives. */
	r->fd = signals_make_file(r->temporary, exists ? 0600 : 0666);
	r->in_place =
	        exists && (r->fd < 0 || st.st_nlink > 1 || !attributes_copy(r->path, &st, r->fd));
	return exists || r->fd >= 0;
}

bool replace_write(struct replace *r, const char *p, size_t n)
{
	if (r->fd >= 0)
		return files_write(r->fd, (struct oc_text){p, n}) == n;
	oc_buf_add(&r->held, p, n);
	errno = ENOMEM;
	return !r->held.bad;
}

/* ---- the end ---- */

/* What is too large for the disk is found out while the file is still what it was. */
static bool reserve(int fd, off_t size, size_t n)
{
	int error = 0;

	if ((off_t)n > size)
		error = posix_fallocate(fd, size, (off_t)n - size);
	if (error != ENOSPC && error != EFBIG && error != EDQUOT)
		return true;
	if (ftruncate(fd, size) == 0) /* what there was of it is given back */
		errno = error;
	return false;
}

/* Without O_CREAT first: it is refused for another's file in a sticky directory. And no waiting,
 * should it be a named pipe by now. */
static int open_in_place(const char *path)
{
	int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd = open(path, flags);

	return fd < 0 && errno == ENOENT ? open(path, flags | O_CREAT, 0666) : fd;
}

static bool write_in_place(const char *path, const char *p, size_t n)
{
	int fd = open_in_place(path);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && reserve(fd, st.st_size, n) &&
	       files_write(fd, (struct oc_text){p, n}) == n && ftruncate(fd, (off_t)n) == 0 &&
	       files_sync(fd) && close(fd) == 0;
}

static bool copy_in_place(const struct replace *r)
{
	off_t n = r->fd >= 0 ? lseek(r->fd, 0, SEEK_END) : (off_t)r->held.n;
	void *p = r->held.p;

	if (n < 0)
		return false;
	if (r->fd >= 0 && n)
		p = mmap(NULL, (size_t)n, PROT_READ, MAP_SHARED, r->fd, 0);
	return p != MAP_FAILED && write_in_place(r->path, p, (size_t)n);
}

bool replace_commit(struct replace *r)
{
	if (r->in_place)
		return copy_in_place(r);
	if (!files_sync(r->fd))
		return false;
	if (rename(r->temporary, r->path) < 0)
		return copy_in_place(r);
	signals_keep_file(r->temporary);
	return files_sync_name(r->path) && close(r->fd) == 0;
}
