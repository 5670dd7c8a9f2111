/* SPDX-License-Identifier: MIT */
/*
 * trust.h: the certificates that the system trusts, for a program that brings its own TLS library
 * (OC_STATIC) and is told by nobody where they are. Elsewhere libcurl knows, and nothing here does
 * anything. Private to http.c, transfer.c and fault.c.
 *
 * To make keys of a hundred and forty certificates takes longer than everything else that a call
 * does, and one is needed. So their names are read when the first is asked for, and a certificate
 * becomes one when a server's chain leads to its name. Whether it is right is OpenSSL's to say.
 */
#ifndef OC_TRUST_H
#define OC_TRUST_H

#include <curl/curl.h>

#include "oc.h"

/* A value; {0} is one that has not looked yet. It stays where it is as long as libcurl may ask. */
struct oc_trust {
	void *method; /* OpenSSL's X509_LOOKUP_METHOD */
	struct oc_anchor *anchors;
	size_t n;
	bool looked;
};

/* What the handle is to trust: ca_file, which has been set up already, or what the system does.
 * Proxies are always the system's. */
void oc_trust_use(struct oc_trust *trust, CURL *easy, const char *ca_file);

/* It has looked, and there is nothing. */
bool oc_trust_is_empty(const struct oc_trust *trust);

void oc_trust_release(struct oc_trust *trust);

#endif
