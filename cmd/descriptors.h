/* SPDX-License-Identifier: MIT */
/* descriptors.h: how many there may be, and writing to one. */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include "oc.h"

/* How many requests at a time the open files of this process allow: as many as are wanted, where
 * the limit is high enough or can be made so; else fewer, but at least one. */
unsigned descriptors_allow(unsigned wanted);

/* Writes to a file. Returns how much of the text, with errno where that is not all. */
size_t descriptors_write(int fd, struct oc_text text);

#endif
