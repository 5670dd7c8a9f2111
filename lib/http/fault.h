/* SPDX-License-Identifier: MIT */
/* fault.h: what it means that a transfer has failed. Private to http.c. */
#ifndef OC_FAULT_H
#define OC_FAULT_H

#include "http/transfer.h"

/* What libcurl's result means by itself. What is retried are OC_EHOST, OC_ECONNECT and
 * OC_ETIMEOUT. */
enum oc_code oc_fault_code(CURLcode rc);

/* Masks what may be the user info of a URL in a text of libcurl's. It takes proxies from the
 * environment, so that their passwords are not known here. */
void oc_fault_scrub(char *text);

/* Fills the exchange's err if it has failed, which libcurl's result may not say. */
void oc_fault_judge(struct oc_transfer *t, CURLcode rc);

#endif
