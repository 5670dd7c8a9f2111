/* SPDX-License-Identifier: MIT */
/* hash.h: what a text is told from others by, on every machine and in every version. */
#ifndef OC_HASH_H
#define OC_HASH_H

#include "oc.h"

/* 64 bits, never 0, which is left for "none". At a million texts, the chance that any two have the
 * same is less than one in ten million. */
uint64_t oc_hash(struct oc_text text);

#endif
