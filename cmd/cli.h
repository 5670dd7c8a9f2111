/* SPDX-License-Identifier: MIT */
/*
 * cli.h: what every command shares: diagnostics, options, exit statuses. The only code that prints
 * diagnostics, reads argv or the environment, or exits.
 */
#ifndef CLI_H
#define CLI_H

#include "compat.h"

#include "oc.h"

/* The exit statuses of CONTRACT and oc(7); from 64 on the names are those of sysexits.h. */
enum cli_status {
	CLI_OK = 0,
	CLI_NO = 1,    /* the command worked, and the answer is "no" */
	CLI_CUT = 3,   /* delivered, but the server cut the answer short */
	CLI_CALLS = 4, /* the answer is calls of tools: it is the caller's turn */
	CLI_USAGE = 64,
	CLI_DATAERR = 65,
	CLI_NOINPUT = 66,
	CLI_UNAVAILABLE = 69,
	CLI_SOFTWARE = 70,
	CLI_OSERR = 71,
	CLI_CANTCREAT = 73,
	CLI_IOERR = 74,
	CLI_TEMPFAIL = 75,
	CLI_PROTOCOL = 76,
	CLI_NOPERM = 77,
	CLI_CONFIG = 78,
};

/* The one table from a library error to the exit status. */
enum cli_status cli_status_of(enum oc_code code);

/*
 * First call of every main: remembers the name, makes sure that descriptors 0-2 are open, so that
 * no file of ours becomes one of them, forbids core files (they would hold the key), and takes care
 * of signals (signals.h).
 */
void cli_init(const char *name);

/* `oc-NAME: message` on standard error, one line, in one write, control bytes made visible. */
void cli_warn(const char *fmt, ...) OC_PRINTF(1, 2);

/* The same for what -q silences: warnings that are no errors, and progress. */
void cli_note(const char *fmt, ...) OC_PRINTF(1, 2);
void cli_set_quiet(void);

/* cli_warn(), then cli_exit(). */
void cli_die(enum cli_status status, const char *fmt, ...) OC_PRINTF(2, 3) OC_NORETURN;

/* cli_die() where there was no memory for what was to be made. */
static inline void cli_need_memory(bool there)
{
	if (!there)
		cli_die(CLI_OSERR, "out of memory");
}

/* What must still happen before the program ends, in whatever way; called at most once, with the
 * status that the shell is to see, and returns the one it will see. One function at a time. */
typedef int cli_at_exit_fn(void *ctx, int status);
void cli_at_exit(cli_at_exit_fn *fn, void *ctx);
void cli_exit(int status) OC_NORETURN;

/* Dies of a signal that would have killed the program if it had not been caught or ignored. */
void cli_die_of(int sig) OC_NORETURN;

/* The end of a command whose output, `name`, has no reader any more: it dies of SIGPIPE, quietly.
 * Where the caller has us ignore that, it is a write that failed. */
void cli_reader_left(const char *name) OC_NORETURN;

/* An environment variable; NULL if it is unset or empty. */
const char *cli_env(const char *name);

/* ---- options ---- */

/*
 * One option. The same rows feed getopt_long(), --help, --completion and the lint that compares
 * them with the man pages. Rows end with a zero row.
 */
struct cli_option {
	int id;           /* the short option's letter, or a number from CLI_LONG on */
	const char *name; /* the long option, without dashes */
	const char *arg;  /* the argument's name, NULL where there is none */
	const char *help; /* one line */
};

enum { CLI_LONG = 256 }; /* ids without a letter start here; --help and --version are built in */

/* Called for each option in the order given. arg is NULL where the option has none. Ends the
 * program with status 64 where the value is bad. */
typedef void cli_option_fn(void *ctx, int id, const char *arg);

struct cli_program {
	const char *name;                        /* "oc-usage" */
	const char *synopsis;                    /* "[OPTION]... [FILE]..." */
	const char *purpose;                     /* one sentence for --help */
	const struct cli_option *const *options; /* NULL-terminated list of tables of rows */
	cli_option_fn *option;
};

/*
 * Parses argv, calls program->option for each, and returns the index of the first operand (as
 * optind; operands and options may be mixed). --help, --version and --completion SHELL print to
 * standard output and exit.
 */
int cli_options(const struct cli_program *program, int argc, char **argv, void *ctx);

/* Option values; each ends the program with status 64 and a message that names the option (by its
 * row in the program being parsed), the value and the range. */
double cli_double(int id, const char *arg, double low, double high);
int64_t cli_int64(int id, const char *arg, int64_t low, int64_t high);

struct oc_price;
void cli_price(int id, const char *arg, struct oc_price *out);

/* The index of arg in the NULL-terminated list of words. */
int cli_choice(int id, const char *arg, const char *const *words);

/* Ends the program with `option --NAME: ` and the message. */
void cli_bad_option(int id, const char *fmt, ...) OC_PRINTF(2, 3) OC_NORETURN;

#endif
