/* SPDX-License-Identifier: MIT */
/* ollama.h: what Ollama lays down about servers: how one is named, and which are its own. */
#ifndef OC_OLLAMA_H
#define OC_OLLAMA_H

#include "text/buf.h"

/*
 * Appends the base URL of the server that Ollama's own notation names (envconfig/config.go in
 * ollama/ollama): `host`, `host:port`, `:port` or `scheme://host:port/path`, each part optional,
 * IPv6 addresses with or without brackets, quotes and blanks around. The default host is this
 * machine, as are 0.0.0.0 and ::, which are addresses to listen on; the default port is 11434, or
 * the scheme's where there is one. What is no such name gives no usable URL. False, and nothing
 * appended, where there is nothing but blanks and quotes.
 */
bool oc_ollama_base_url(struct oc_buf *out, const char *name);

/* Is this one of the hosts of Ollama's cloud? */
bool oc_ollama_owns(const char *host);

#endif
