/* SPDX-License-Identifier: MIT */
/* report.c: a JSON line about every call. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "jsonw.h"
#include "report.h"

enum { LINE_MAX_BYTES = 1 << 20 };

void report_open(struct report *report, const char *path, const char *tool)
{
	*report = (struct report){.fd = -1, .path = path, .tool = tool};
	if (!path)
		report->path = cli_env("OLLAMA_CLOUD_REPORT");
	if (!report->path)
		return;
	report->fd = open(report->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	if (report->fd < 0)
		cli_die(CLI_CANTCREAT, "cannot open the report %s: %s", report->path,
		        strerror(errno));
}

static void put_line(struct oc_buf *line, const char *tool, const char *model,
                     const struct oc_reply *reply, int exit_status)
{
	time_t now = time(NULL);
	struct tm utc;
	char stamp[sizeof "2026-11-23T00:00:00Z" + 16] = "";
	struct oc_jsonw w;

	if (gmtime_r(&now, &utc))
		(void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
	oc_jsonw_init(&w, line);
	oc_jsonw_open(&w, '{');
	oc_jsonw_key(&w, "time");
	oc_jsonw_string(&w, stamp, strlen(stamp));
	oc_jsonw_key(&w, "tool");
	oc_jsonw_string(&w, tool, strlen(tool));
	oc_jsonw_outcome(&w, reply, model);
	oc_jsonw_key(&w, "exit_status");
	oc_jsonw_int(&w, exit_status);
	oc_jsonw_key(&w, "http_status");
	oc_jsonw_count_or_null(&w, reply->http_status ? reply->http_status : -1);
	oc_jsonw_key(&w, "attempts");
	oc_jsonw_int(&w, reply->attempts);
	oc_jsonw_key(&w, "seconds");
	oc_jsonw_double(&w, round(reply->seconds * 1e6) / 1e6);
	oc_jsonw_close(&w, '}');
	oc_buf_putc(line, '\n');
}

bool report_add(const struct report *report, const char *model, const struct oc_reply *reply,
                int exit_status)
{
	struct oc_buf line = {0};
	ssize_t written;
	size_t wanted;

	if (report->fd < 0)
		return true;
	oc_buf_init(&line, LINE_MAX_BYTES);
	put_line(&line, report->tool, model, reply, exit_status);
	wanted = line.n;
	errno = ENOMEM;
	written = line.bad ? -1 : write(report->fd, line.p, line.n);
	oc_buf_release(&line);
	if (written >= 0 && (size_t)written == wanted)
		return true;
	cli_warn("cannot write to the report %s: %s", report->path,
	         written < 0 ? strerror(errno) : "the line is not whole");
	return false;
}
