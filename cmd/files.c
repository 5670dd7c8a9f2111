/* SPDX-License-Identifier: MIT */
/* files.c: how many may be open, and what is done with one in more than one place. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "files.h"

enum {
	OURS = 16,       /* inputs, outputs, certificates, and what the libraries keep open */
	PER_REQUEST = 4, /* while a name is resolved: a pair of sockets, one more, and a file */
};

/* How many descriptors are free below the limit; counting ends at `enough`. */
static unsigned count_free(rlim_t limit, unsigned enough)
{
	unsigned n = 0;

	for (int fd = 0; n < enough && (rlim_t)fd < limit; fd++)
		n += fcntl(fd, F_GETFD) < 0;
	return n;
}

unsigned files_allow(unsigned wanted)
{
	const unsigned need = OURS + PER_REQUEST * wanted;
	struct rlimit limit;
	unsigned n;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return wanted;
	n = count_free(limit.rlim_cur, need);
	if (n < need && limit.rlim_cur < limit.rlim_max) {
		rlim_t more = need; /* some of those beyond may be open, too */

		limit.rlim_cur = limit.rlim_max - limit.rlim_cur < more ? limit.rlim_max
		                                                        : limit.rlim_cur + more;
		if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
			n = count_free(limit.rlim_cur, need);
	}
	if (n >= need)
		return wanted;
	return n < OURS + PER_REQUEST ? 1 : (n - OURS) / PER_REQUEST;
}

size_t files_write(int fd, struct oc_text text)
{
	size_t done = 0;

	while (done < text.n) {
		ssize_t n = write(fd, text.p + done, text.n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		done += (size_t)n;
	}
	return done;
}

/* There are file systems that cannot do it, and have nothing to lose. */
bool files_sync(int fd)
{
	return fsync(fd) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP;
}

/* A name is on the disk when its directory is. One that cannot be read cannot be synced. */
bool files_sync_name(const char *name)
{
	size_t n = files_directory(name);
	char *dir = n ? strndup(name, n) : strdup(".");
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	bool synced = fd < 0 || files_sync(fd);
	int error = errno;

	if (fd >= 0)
		(void)close(fd);
	free(dir);
	errno = error;
	return synced;
}

bool files_torn(int fd)
{
	struct stat st;
	char last;

	return fstat(fd, &st) == 0 && st.st_size && pread(fd, &last, 1, st.st_size - 1) == 1 &&
	       last != '\n';
}

size_t files_directory(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? (size_t)(slash - name) + 1 : 0;
}

bool files_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}
