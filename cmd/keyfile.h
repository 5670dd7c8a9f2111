/* SPDX-License-Identifier: MIT */
/* keyfile.h: the file that holds a key. */
#ifndef KEYFILE_H
#define KEYFILE_H

#include "text/buf.h"

enum { KEYFILE_MAX = 64 * 1024 };

/*
 * Reads the first line of the file, without blanks around it and a byte order mark before it, and
 * no byte more: what follows may be someone else's. *key is empty and may hold KEYFILE_MAX bytes.
 * Ends the program with 78 where the file is unusable. Its name is not told where it may be a key,
 * given in place of a file.
 */
void keyfile_read(struct oc_buf *key, const char *path);

#endif
