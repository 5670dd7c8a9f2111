/* SPDX-License-Identifier: MIT */
/* cut.h: what a finish reason says: was the answer cut short, and by whom? Pure. */
#ifndef OC_CUT_H
#define OC_CUT_H

#include "text/err.h"

enum oc_cut {
	OC_CUT_NONE,   /* the model ended it, as far as is known */
	OC_CUT_OWN,    /* at the request's own limit of tokens: that is what was asked for */
	OC_CUT_LENGTH, /* at a limit of the server's or of the model's */
	OC_CUT_FILTER, /* by a filter of the server's */
};

/*
 * max_tokens: the request's own limit; 0 = it had none. Where the counts show that the server
 * stopped before that limit, the cut was not the caller's; counts that are missing or 0 show
 * nothing. Some servers do not count reasoning as output, but in the total, and their limit
 * includes it. Nobody asks for calls of tools that are cut: those are so by the server.
 */
enum oc_cut oc_cut(const struct oc_reply *reply, int64_t max_tokens);

/* Did the server break the answer off, for a reason that is none of the model's? Then a code: what
 * there is then is no answer. OC_EBUSY and err->retry where it may work the next time. */
int oc_cut_broken(const char *finish_reason, struct oc_err *err);

#endif
