/* SPDX-License-Identifier: MIT */
/* attributes.h: what a file has besides its content. */
#ifndef ATTRIBUTES_H
#define ATTRIBUTES_H

#include <stdbool.h>
#include <sys/stat.h>

/* Gives the file of descriptor `to` the owner, group, permissions and extended attributes (access
 * control lists among them) that the file `from` has; st is what stat() says of that. False if they
 * are not the same then. */
bool attributes_copy(const char *from, const struct stat *st, int to);

#endif
