/* SPDX-License-Identifier: MIT */
/* report.h: a JSON line about every call, for --report. */
#ifndef REPORT_H
#define REPORT_H

#include "cli.h"

struct report {
	int fd;     /* -1 = no report is wanted */
	int reader; /* the same file for reading; -1 = it is none */
	bool failed;
	const char *path; /* the option's value; NULL = it was not given */
	const char *tool;
};

/* Without a path it is $OLLAMA_CLOUD_REPORT, or no report if that is unset. Ends the program with
 * 73 when the file cannot be opened, before anything is asked. */
void report_open(struct report *report, const char *tool);

/* Appends a line, in one write; what an earlier one left unfinished gets its end first. model: the
 * request's. False if that fails, with a message the first time. */
bool report_add(struct report *report, const char *model, const struct oc_reply *reply,
                int exit_status);

#endif
