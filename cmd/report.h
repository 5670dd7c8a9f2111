/* SPDX-License-Identifier: MIT */
/* report.h: a JSON line about every call, for --report. */
#ifndef REPORT_H
#define REPORT_H

#include "cli.h"

struct report {
	int fd; /* -1 = no report is wanted */
	const char *path;
	const char *tool;
};

/* path: the option's value, or NULL for $OLLAMA_CLOUD_REPORT, or no report if that is unset. Ends
 * the program with 73 when the file cannot be opened, before anything is asked. */
void report_open(struct report *report, const char *path, const char *tool);

/* Appends a line, in one write. model: the request's. False, after a message, if that fails. */
bool report_add(const struct report *report, const char *model, const struct oc_reply *reply,
                int exit_status);

#endif
