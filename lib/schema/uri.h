/* SPDX-License-Identifier: MIT */
/* uri.h: what a URI reference stands for (RFC 3986, 5.2). Pure. */
#ifndef OC_URI_H
#define OC_URI_H

#include "text/buf.h"

/* Appends the URI that `reference` stands for where `base`, which is absolute, is the URI of the
 * document, without its fragment. The fragment, without its "#", is in *fragment; it points into
 * the reference, and its p is NULL where there is none. */
void oc_uri_resolve(struct oc_text base, struct oc_text reference, struct oc_buf *out,
                    struct oc_text *fragment);

#endif
