/* SPDX-License-Identifier: MIT */
/* headers.h: --header: headers of the caller's, on the command line or in files. */
#ifndef HEADERS_H
#define HEADERS_H

#include "cli.h"
#include "http/header.h"
#include "text/buf.h"

/* Set to zero to begin with. */
struct headers {
	struct oc_text list[OC_HEADERS_MAX];
	size_t n;
	struct oc_text secrets[OC_HEADERS_MAX]; /* the values that are from files */
	size_t nsecrets;

	/* Private. */
	const char *files[OC_HEADERS_MAX];
	size_t nfiles;
	struct oc_buf text; /* what is in the files */
};

/* "Name: value", or "@FILE"; id: the option, for messages. */
void headers_add(struct headers *headers, int id, const char *arg);

/* Reads the files. Ends the program where one is unusable. */
void headers_read(struct headers *headers);

#endif
