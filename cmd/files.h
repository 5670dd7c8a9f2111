/* SPDX-License-Identifier: MIT */
/* files.h: how many may be open, and what is done with one in more than one place. */
#ifndef FILES_H
#define FILES_H

#include "oc.h"

#include <sys/stat.h>

/* How many requests at a time the open files of this process allow: as many as are wanted, where
 * the limit is high enough or can be made so; else fewer, but at least one. */
unsigned files_allow(unsigned wanted);

/* Writes to a file. Returns how much of the text, with errno where that is not all. */
size_t files_write(int fd, struct oc_text text);

/* What has been written to a file survives a power loss, as far as its file system can do that.
 * False with errno. */
bool files_sync(int fd);

/* The same for the name of a file: that it is there. */
bool files_sync_name(const char *name);

/* Does the file end within a line? Whoever wrote last was killed, perhaps, or had no room. False
 * where that cannot be read. */
bool files_torn(int fd);

/* How much of a file's name is that of its directory, with the slash; 0 = there is none. */
size_t files_directory(const char *name);

/* Are these of one file? */
bool files_same(const struct stat *a, const struct stat *b);

#endif
