/* SPDX-License-Identifier: MIT */
/*
 * equal.h: are two JSON values the same value? Numbers are compared by value (1, 1.0 and 10e-1 are
 * equal, at any size), strings decoded, objects irrespective of order. The time is that of sorting
 * the keys.
 */
#ifndef OC_EQUAL_H
#define OC_EQUAL_H

#include "json/json.h"

/* 0 and the answer in *equal, or OC_ENOMEM. */
int oc_json_equal(const struct oc_json *a, int at_a, const struct oc_json *b, int at_b,
                  bool *equal);

/* Looks for two equal elements in an array: 0, and their indexes in *first and *second (the lower
 * one first), or -1 in both where all are different; or OC_ENOMEM. */
int oc_json_twins(const struct oc_json *j, int array, int *first, int *second);

#endif
