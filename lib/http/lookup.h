/* SPDX-License-Identifier: MIT */
/*
 * lookup.h: why a name could not be resolved. libcurl has one code for a name that does not exist
 * and for a resolver that fails for the moment; the system tells them apart.
 */
#ifndef OC_LOOKUP_H
#define OC_LOOKUP_H

#include "oc.h"

/*
 * Does the system know for certain that there is no such host? Asks it again, for at most `limit`
 * seconds: it is asked by a thread of its own, which is left alone where it takes longer. False
 * where no name server answers, or none in time, or the name exists by now.
 */
bool oc_lookup_is_missing(struct oc_text host, double limit);

#endif
