/* SPDX-License-Identifier: MIT */
/* clock.h: the clock by which time limits are kept. */
#ifndef OC_CLOCK_H
#define OC_CLOCK_H

/* Seconds since some moment; never set back. */
double oc_now(void);

#endif
