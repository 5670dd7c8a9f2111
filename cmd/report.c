/* SPDX-License-Identifier: MIT */
/* report.c: a JSON line about every call. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache.h"
#include "files.h"
#include "json/writer.h"
#include "place.h"
#include "report.h"
#include "text/moment.h"

enum { LINE_MAX_BYTES = 1 << 20 };

/* The same file once more, for reading, by whatever name or descriptor it was opened. */
static int open_reader(int fd)
{
	struct stat st;
	char name[64];

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	return open(name, O_RDONLY | O_CLOEXEC);
}

void report_open(struct report *report, const char *tool)
{
	report->fd = report->reader = -1;
	report->tool = tool;
	if (!report->path)
		report->path = cli_env("OLLAMA_CLOUD_REPORT");
	if (!report->path)
		return;
	report->fd = place_open(report->path, O_APPEND);
	if (report->fd < 0)
		cli_die(CLI_CANTCREAT, "cannot open the report %s: %s", report->path,
		        strerror(errno));
	report->reader = open_reader(report->fd);
}

static void put_line(struct oc_buf *line, const char *tool, const char *model,
                     const struct oc_reply *reply, int exit_status)
{
	char now[OC_MOMENT_TEXT_MAX];
	struct oc_jsonw w;

	oc_moment_text((int64_t)time(NULL), now);
	oc_jsonw_init(&w, line);
	oc_jsonw_open(&w, '{');
	oc_jsonw_member(&w, "time", now);
	oc_jsonw_member(&w, "tool", tool);
	oc_jsonw_outcome(&w, reply, model);
	if (cache_gave(reply))
		oc_jsonw_member_bool(&w, "cached", true);
	oc_jsonw_member_count(&w, "exit_status", exit_status);
	oc_jsonw_member_count(&w, "http_status", reply->http_status ? reply->http_status : -1);
	oc_jsonw_member_count(&w, "attempts", reply->attempts);
	oc_jsonw_key(&w, "seconds");
	oc_jsonw_double(&w, round(reply->seconds * 1e6) / 1e6);
	oc_jsonw_close(&w, '}');
	oc_buf_putc(line, '\n');
}

/* In one write, so that lines of commands that run at the same time do not mix. Another program may
 * have made a pipe non-blocking. NULL, or why it is not written. */
static const char *write_line(int fd, const struct oc_buf *line)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};
	ssize_t done;

	if (line->bad)
		return strerror(ENOMEM);
	while ((done = write(fd, line->p, line->n)) < 0 && (errno == EINTR || errno == EAGAIN)) {
		if (errno == EAGAIN)
			(void)poll(&ready, 1, -1);
	}
	if (done < 0)
		return strerror(errno);
	return (size_t)done < line->n ? "the line is not whole" : NULL;
}

bool report_add(struct report *report, const char *model, const struct oc_reply *reply,
                int exit_status)
{
	struct oc_buf line = {0};
	const char *why;

	if (report->fd < 0)
		return true;
	oc_buf_init(&line, LINE_MAX_BYTES);
	if (files_torn(report->reader))
		oc_buf_putc(&line, '\n');
	put_line(&line, report->tool, model, reply, exit_status);
	why = write_line(report->fd, &line);
	oc_buf_release(&line);
	if (why && !report->failed)
		cli_warn("cannot write to the report %s: %s", report->path, why);
	report->failed = report->failed || why;
	return !why;
}
