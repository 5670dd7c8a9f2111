/* SPDX-License-Identifier: MIT */
/* cli.c: what every command shares: diagnostics, exit statuses, and the way out. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <unistd.h>

#include "text/buf.h"
#include "cli.h"
#include "signals.h"
#include "text/utf8.h"

/* A program has one name, one standard error and one way out. */
static const char *program_name = "oc";
static bool quiet;
static cli_at_exit_fn *at_exit;
static void *at_exit_ctx;

enum cli_status cli_status_of(enum oc_code code)
{
	switch (code) {
	case OC_OK:
		return CLI_OK;
	case OC_EARG:
		return CLI_USAGE;
	case OC_EDATA:
	case OC_EREFUSED:
		return CLI_DATAERR;
	case OC_ENOTFOUND:
	case OC_EHOST:
		return CLI_UNAVAILABLE;
	case OC_ENOMEM:
	case OC_ESYS:
		return CLI_OSERR;
	case OC_ECONNECT:
	case OC_ETIMEOUT:
	case OC_EBUSY:
		return CLI_TEMPFAIL;
	case OC_EPROTO:
		return CLI_PROTOCOL;
	case OC_EAUTH:
	case OC_EQUOTA:
		return CLI_NOPERM;
	case OC_ECONFIG:
	case OC_ENOKEY:
		return CLI_CONFIG;
	case OC_ESTOPPED:
		return CLI_IOERR;
	case OC_EBUG:
		break;
	}
	return CLI_SOFTWARE;
}

/* A closed descriptor is replaced by one on which every use fails, so that reading a closed
 * standard input and writing to a closed standard output are still errors. */
static void occupy(int fd, int flags)
{
	if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
		(void)open("/dev/null", flags); /* the lowest free number, which is fd */
}

void cli_init(const char *name)
{
	/* With 1, Linux neither writes a core file nor starts a core handler (core(5)). */
	const struct rlimit no_core = {.rlim_cur = 1, .rlim_max = 1};

	program_name = name;
	occupy(STDIN_FILENO, O_WRONLY);
	occupy(STDOUT_FILENO, O_RDONLY);
	occupy(STDERR_FILENO, O_WRONLY);
	(void)setrlimit(RLIMIT_CORE, &no_core);
	signals_init();
}

/* Another program may have made a standard error that it shares with us non-blocking. Who does not
 * read for so long is not waited for again. */
static void write_line(const char *p, size_t n)
{
	enum { PATIENCE = 10000 }; /* ms */
	static bool gave_up;
	struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};

	while (n) {
		ssize_t done = write(STDERR_FILENO, p, n);

		if (done >= 0) {
			p += done;
			n -= (size_t)done;
		} else if (errno == EAGAIN && !gave_up) {
			gave_up = poll(&ready, 1, PATIENCE) == 0;
		} else if (errno != EINTR) {
			return; /* there is nowhere left to say so */
		}
	}
}

OC_PRINTF(1, 0) static void print_line(const char *fmt, va_list ap)
{
	char text[2 * OC_ERR_MESSAGE_MAX];
	struct oc_buf line = {0};
	int n = vsnprintf(text, sizeof text, fmt, ap);

	if (n < 0)
		return;
	oc_buf_init(&line, 8 * sizeof text);
	oc_buf_puts(&line, program_name);
	oc_buf_puts(&line, ": ");
	oc_utf8_visible(&line, text, strlen(text), OC_VISIBLE_LINE);
	oc_buf_putc(&line, '\n');
	write_line(line.p, line.n);
	oc_buf_release(&line);
}

void cli_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
}

void cli_set_quiet(void)
{
	quiet = true;
}

void cli_note(const char *fmt, ...)
{
	va_list ap;

	if (quiet)
		return;
	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
}

void cli_at_exit(cli_at_exit_fn *fn, void *ctx)
{
	at_exit = fn;
	at_exit_ctx = ctx;
}

static int run_at_exit(int status)
{
	cli_at_exit_fn *fn = at_exit;

	at_exit = NULL;
	return fn ? fn(at_exit_ctx, status) : status;
}

void cli_exit(int status)
{
	exit(run_at_exit(status));
}

void cli_die(enum cli_status status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
	cli_exit((int)status);
}

void cli_die_of(int sig)
{
	(void)run_at_exit(128 + sig);
	signals_die(sig);
}

void cli_reader_left(const char *name)
{
	if (signals_pipe_ignored())
		cli_die(CLI_IOERR, "cannot write to %s: %s", name, strerror(EPIPE));
	cli_die_of(SIGPIPE);
}

const char *cli_env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}
