/* SPDX-License-Identifier: MIT */
/* budget.h: how many tokens the calls in a report may have cost before another one is made. */
#ifndef BUDGET_H
#define BUDGET_H

#include "report.h"

#include <sys/types.h>

struct budget {
	int64_t limit;  /* tokens; 0 = there is none */
	int64_t window; /* s; 0 = all of the report counts */
	bool verbose;

	/* Private. */
	const struct report *report;
	int64_t counted; /* so many tokens at the most are in the window */
	off_t seen;      /* up to here in the report */
};

/* "N", "N/h", "N/d" or "N/w". False for anything else. */
bool budget_parse(const char *s, struct budget *out);

/* Ends the program where the report cannot be read: with 64 where there is none, else with 66; and
 * with 77 where it is certain that a call is to be made, and it may not. */
void budget_open(struct budget *budget, const struct report *report, bool certain);

/* May another call be made? OC_EQUOTA: not now. OC_ESYS: the report cannot be read any more. */
int budget_check(struct budget *budget, struct oc_err *err);

#endif
