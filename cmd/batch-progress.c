/* SPDX-License-Identifier: MIT */
/* batch-progress.c: how far a batch has come. */
#include "compat.h"

#include <inttypes.h>
#include <math.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text/buf.h"
#include "cli.h"
#include "batch-progress.h"
#include "cache.h"

void progress_init(struct progress *progress, enum progress_mode mode, double now)
{
	*progress = (struct progress){.mode = mode, .started = now, .shown = now};
}

static void add_tokens(int64_t *sum, int64_t count)
{
	if (count > 0 && *sum <= INT64_MAX - count)
		*sum += count;
}

void progress_count(struct progress *progress, const struct oc_reply *reply, int status)
{
	if (reply->attempts > 1)
		progress->repeats += (uint64_t)reply->attempts - 1;
	if (cache_gave(reply)) {
		progress->cached += !status;
	} else {
		add_tokens(&progress->input_tokens, reply->usage.input_tokens);
		add_tokens(&progress->output_tokens, reply->usage.output_tokens);
	}
	if (status && status != CLI_CUT) {
		progress->failed++;
		progress->failed_with[(size_t)status % OC_COUNT(progress->failed_with)]++;
	} else {
		progress->answered++;
		progress->cut += status == CLI_CUT;
	}
}

static void put_time(struct oc_buf *out, double seconds)
{
	uint64_t s = (uint64_t)seconds;

	if (s >= 3600)
		oc_buf_printf(out, "%" PRIu64 ":%02d:%02d", s / 3600, (int)(s / 60 % 60),
		              (int)(s % 60));
	else
		oc_buf_printf(out, "%d:%02d", (int)(s / 60), (int)(s % 60));
}

static void put_progress(struct oc_buf *out, const struct progress *progress, double now)
{
	double seconds = fmax(now - progress->started, 1e-3);
	uint64_t settled = progress->answered + progress->failed;
	uint64_t done = progress->kept + settled;
	double rate = (double)settled / seconds;

	oc_buf_printf(out, "%" PRIu64, done);
	if (progress->total)
		oc_buf_printf(out, "/%" PRIu64, progress->total);
	oc_buf_printf(out, " done, %" PRIu64 " failed, %.1f/s, %.0f tokens/s", progress->failed,
	              rate, (double)progress->output_tokens / seconds);
	if (progress->total > done && settled) {
		oc_buf_puts(out, ", ");
		put_time(out, (double)(progress->total - done) / rate);
		oc_buf_puts(out, " left");
	}
}

/* How much of a line the terminal takes without wrapping it: then it could not be drawn again. The
 * last column stays free, since some go on to the next line when it is used. */
static size_t width(void)
{
	struct winsize size = {.ws_col = 0};

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col)
		size.ws_col = 80;
	return size.ws_col - 1U;
}

static void write_text(const char *p, size_t n)
{
	if (write(STDERR_FILENO, p, n) < 0) {
		/* There is nowhere left to say so. */
	}
}

void progress_show(struct progress *progress, double now)
{
	struct oc_buf line = {0};

	if (progress_wait(progress, now) != 0)
		return;
	progress->shown = now;
	oc_buf_init(&line, 1024);
	if (progress->mode == PROGRESS_REDRAWN) {
		oc_buf_puts(&line, "\r");
		put_progress(&line, progress, now);
		if (line.n > width() + 1)
			oc_buf_cut(&line, width() + 1);
		oc_buf_puts(&line, "\x1b[K");
		write_text(line.p, line.n);
		progress->drawn = true;
	} else {
		put_progress(&line, progress, now);
		cli_note("%s", line.p);
	}
	oc_buf_release(&line);
}

int progress_wait(const struct progress *progress, double now)
{
	double interval = progress->mode == PROGRESS_REDRAWN ? 0.25 : 5.0; /* s */
	double left = interval - (now - progress->shown);

	if (progress->mode == PROGRESS_NONE)
		return -1;
	return left > 0 ? (int)ceil(left * 1000) : 0;
}

void progress_hide(struct progress *progress)
{
	static const char clear[] = "\r\x1b[K";

	if (progress->drawn)
		write_text(clear, sizeof clear - 1);
	progress->drawn = false;
}

static void put_causes(struct oc_buf *out, const struct progress *progress)
{
	const char *before = " (";

	for (size_t i = 0; i < OC_COUNT(progress->failed_with); i++) {
		if (!progress->failed_with[i])
			continue;
		oc_buf_printf(out, "%s%" PRIu64 " with status %zu", before,
		              progress->failed_with[i], i);
		before = ", ";
	}
	oc_buf_puts(out, ")");
}

void progress_summary(struct progress *progress, bool unfinished, double now)
{
	struct oc_buf line = {0};

	progress_hide(progress);
	oc_buf_init(&line, 16384);
	oc_buf_printf(&line, "%" PRIu64 " lines: %" PRIu64 " answered",
	              progress->kept + progress->answered + progress->failed, progress->answered);
	if (progress->cut)
		oc_buf_printf(&line, " (%" PRIu64 " cut short by the server)", progress->cut);
	if (progress->cached)
		oc_buf_printf(&line, " (%" PRIu64 " from the cache)", progress->cached);
	oc_buf_printf(&line, ", %" PRIu64 " failed", progress->failed);
	if (progress->failed)
		put_causes(&line, progress);
	if (progress->kept)
		oc_buf_printf(&line, ", %" PRIu64 " kept from an earlier run", progress->kept);
	oc_buf_printf(&line,
	              "; %" PRId64 " input and %" PRId64 " output tokens, %" PRIu64
	              " repeats, %.1f s",
	              progress->input_tokens, progress->output_tokens, progress->repeats,
	              now - progress->started);
	if (unfinished)
		oc_buf_puts(&line, "; there is more to do: --resume goes on from here");
	cli_note("%s", line.p);
	oc_buf_release(&line);
}
