/* SPDX-License-Identifier: MIT */
/* descriptors.h: how many requests at a time the open files of this process allow. */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

/* As many as are wanted, where the limit is high enough or can be made so; else fewer, but at
 * least one. */
unsigned descriptors_allow(unsigned wanted);

#endif
