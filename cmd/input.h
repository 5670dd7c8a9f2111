/* SPDX-License-Identifier: MIT */
/* input.h: reading the files that operands and options name. */
#ifndef INPUT_H
#define INPUT_H

#include "text/buf.h"
#include "cli.h"

/* Opens a file for reading; "-" is standard input. Ends the program with 66 if that fails, and with
 * 64 where standard input has been opened before. Says so where it is a terminal. */
int input_open(const char *path);

/* Until there is something to read: another program may have made a pipe or a terminal that it
 * shares with us non-blocking. */
void input_wait(int fd);

/* Reads some bytes: their number, or 0 at the end. Ends the program with 66 on an error. */
size_t input_some(int fd, const char *path, char *p, size_t n);

/* Appends a whole file. Ends the program with 66 if it cannot be read, and with 65 if the buffer's
 * ceiling is reached. */
void input_read(const char *path, struct oc_buf *out);

/* The file's name for messages: "standard input" for "-". */
const char *input_name(const char *path);

#endif
