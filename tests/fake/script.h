/* SPDX-License-Identifier: MIT */
/* script.h: between the reader of reply scripts and their directives. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "fake.h"

struct parser {
	struct script *script;
	struct reply *reply;
	const char *path;
	unsigned long line;
	const char *eol;
	uint64_t times;  /* of `repeat`; 1 without it */
	bool body_begun; /* too late for a header */
};

/* Carries a directive out. arg is changed. */
void directive_run(struct parser *p, const char *name, char *arg);

/* Ends the program with the place in the script. */
void bad(const struct parser *p, const char *what, const char *word) OC_NORETURN;

/* The next word of *arg, which moves on behind the space after it. */
char *word(char **arg);

/* A number with a suffix k, M or G (powers of 1024), or `forever`. */
uint64_t number(const struct parser *p, const char *w);

/* Milliseconds, as microseconds. */
int64_t milliseconds(const struct parser *p, const char *w);

/* Undoes \n \r \t \0 \e \\ \xHH in place; the length of the result. */
size_t unescape(const struct parser *p, char *s);

#endif
