/* SPDX-License-Identifier: MIT */
/* err.h: filling struct oc_err. */
#ifndef OC_ERR_H
#define OC_ERR_H

#include "oc.h"

/*
 * Fills *err (which may be NULL) and returns code, so that a caller can `return oc_err_set(…)`.
 * Bytes in the result that are not printable UTF-8 are shown as \xNN; a message that is too long
 * ends in "...". http_status is left as it is. retry is true for what the network did (OC_EHOST,
 * OC_ECONNECT, OC_ETIMEOUT), and false like slow and loading for all else: what a server's error
 * means is for judge.h.
 */
int oc_err_set(struct oc_err *err, enum oc_code code, const char *fmt, ...) OC_PRINTF(3, 4);

/* Replaces the message alone, whose text may be one of the arguments. */
void oc_err_reword(struct oc_err *err, const char *fmt, ...) OC_PRINTF(2, 3);

/* The usual message for OC_ENOMEM. */
int oc_err_nomem(struct oc_err *err);

/* No error. */
void oc_err_clear(struct oc_err *err);

#endif
