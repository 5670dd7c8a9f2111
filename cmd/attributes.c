/* SPDX-License-Identifier: MIT */
/* attributes.c: what a file has besides its content. */
#include "compat.h"

#include <errno.h>
#include <unistd.h>
#ifdef __linux__
#	include <sys/xattr.h>
#endif

#include "attributes.h"

/* Of the names of a file, and of a value (xattr(7)). */
enum { BYTES_MAX = 64 * 1024 };

static bool copy_owner(const struct stat *st, int to)
{
	struct stat now;

	if (fstat(to, &now) < 0)
		return false;
	if (now.st_uid == st->st_uid && now.st_gid == st->st_gid)
		return true;
	return fchown(to, st->st_uid, st->st_gid) == 0;
}

#ifdef __linux__

/* Some cannot be set, but are what they should be: security.selinux comes from the directory. */
static bool copy_one(const char *from, const char *name, int to)
{
	static char value[BYTES_MAX];
	static char there[BYTES_MAX];
	ssize_t n = getxattr(from, name, value, sizeof value);

	if (n < 0)
		return false;
	if (fgetxattr(to, name, there, sizeof there) == n && memcmp(value, there, (size_t)n) == 0)
		return true;
	return fsetxattr(to, name, value, (size_t)n, 0) == 0;
}

static bool is_among(const char *name, const char *names, ssize_t n)
{
	for (const char *at = names; at < names + n; at += strlen(at) + 1) {
		if (strcmp(at, name) == 0)
			return true;
	}
	return false;
}

static bool copy_extended(const char *from, int to)
{
	static char names[BYTES_MAX];
	static char extra[BYTES_MAX];
	ssize_t n = listxattr(from, names, sizeof names);
	ssize_t nextra = flistxattr(to, extra, sizeof extra);

	if (n < 0 || nextra < 0)
		return errno == ENOTSUP;
	for (const char *name = names; name < names + n; name += strlen(name) + 1) {
		if (!copy_one(from, name, to))
			return false;
	}
	/* What the directory gives to new files. */
	for (const char *name = extra; name < extra + nextra; name += strlen(name) + 1) {
		if (!is_among(name, names, n) && fremovexattr(to, name) < 0)
			return false;
	}
	return true;
}

#else

/* Other systems have them in other ways, and seldom on a file. */
static bool copy_extended(const char *from, int to)
{
	(void)from;
	(void)to;
	return true;
}

#endif

bool attributes_copy(const char *from, const struct stat *st, int to)
{
	/* The permissions last: an owner's change and an access list have a say in them. */
	return copy_owner(st, to) && copy_extended(from, to) && fchmod(to, st->st_mode & 0777) == 0;
}
