/* SPDX-License-Identifier: MIT */
/* place.h: what the name of an output means. */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>

/* The descriptor of ours that a name stands for, through links: /dev/stdout, /dev/fd/N,
 * /proc/self/fd/N, and a link to one of them. -1 = none. */
int place_descriptor(const char *path);

/* Can be written to, for all that is known now; else false, with errno. */
bool place_writable(int fd);

/* Opens it for writing: by its name, with further flags of open(2), or as the descriptor that it
 * stands for. -1 with errno. */
int place_open(const char *path, int flags);

/* The file that path names, through symbolic links, so that they stay links; it need not be there.
 * Released with free(); NULL: no memory. */
char *place_real(const char *path);

#endif
