/* SPDX-License-Identifier: MIT */
/* directives.c: what the lines of a reply script do. */
#include "script.h"

typedef void directive(struct parser *p, char *arg);

/* ---- the head ---- */

static void d_status(struct parser *p, char *arg)
{
	uint64_t status = number(p, word(&arg));

	if (status < 100 || status > 999)
		bad(p, "not a status", "100 to 999");
	p->reply->status = (int)status;
	if (*arg)
		reply_set(&p->reply->reason, arg);
}

static void d_type(struct parser *p, char *arg)
{
	reply_set(&p->reply->type, strcmp(arg, "none") == 0 ? "" : arg);
}

static void d_header(struct parser *p, char *arg)
{
	for (uint64_t i = 0; i < p->times; i++)
		reply_header(p->reply, arg);
	p->times = 1;
}

static void d_big_header(struct parser *p, char *arg)
{
	const char *name = word(&arg);
	uint64_t n = number(p, arg);

	bytes_printf(&p->reply->headers, "%s: ", name);
	for (uint64_t i = 0; i < n; i++)
		bytes_add(&p->reply->headers, "x", 1);
	bytes_puts(&p->reply->headers, "\r\n");
}

/* Retry-After as a date, so many seconds from now. */
static void d_retry_date(struct parser *p, char *arg)
{
	const char *form = word(&arg);
	char *end;
	time_t then = time(NULL) + strtol(arg, &end, 10);
	struct tm tm;
	char date[64];
	size_t n;

	if (end == arg || *end)
		bad(p, "not a number of seconds", arg);
	(void)gmtime_r(&then, &tm);
	if (strcmp(form, "imf") == 0)
		(void)strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	else if (strcmp(form, "rfc850") == 0) {
		n = strftime(date, sizeof date, "%A, %d-%b-", &tm);
		(void)snprintf(date + n, sizeof date - n, "%02d %02d:%02d:%02d GMT",
		               tm.tm_year % 100, tm.tm_hour, tm.tm_min, tm.tm_sec);
	} else if (strcmp(form, "asctime") == 0)
		(void)strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &tm);
	else
		bad(p, "not a form of dates", form);
	bytes_printf(&p->reply->headers, "Retry-After: %s\r\n", date);
}

static void d_framing(struct parser *p, char *arg)
{
	static const char *const names[] = {"length", "chunked", "close", "none"};

	for (size_t i = 0; i < OC_COUNT(names); i++) {
		if (strcmp(arg, names[i]) == 0) {
			p->reply->framing = (enum framing)i;
			return;
		}
	}
	bad(p, "not a framing", arg);
}

static void d_length(struct parser *p, char *arg)
{
	p->reply->framing = FRAMING_LENGTH;
	p->reply->length = (int64_t)number(p, arg);
}

static void d_sse(struct parser *p, char *arg)
{
	(void)arg;
	reply_set(&p->reply->type, "text/event-stream");
	p->reply->framing = FRAMING_CHUNKED;
}

static void d_cut(struct parser *p, char *arg)
{
	p->reply->cut = number(p, word(&arg));
	p->reply->cut_resets = strcmp(arg, "reset") == 0;
	if (*arg && !p->reply->cut_resets)
		bad(p, "not an end", arg);
}

static void d_early(struct parser *p, char *arg)
{
	(void)arg;
	p->reply->early = true;
}

/* ---- bytes ---- */

static void piece(struct parser *p, enum step_kind kind, const char *bytes, size_t n)
{
	reply_step(p->reply, kind, bytes, n)->times = p->times;
	p->times = 1;
	p->body_begun = true;
}

static void d_body(struct parser *p, char *arg)
{
	piece(p, STEP_BODY, arg, strlen(arg));
}

static void d_bytes(struct parser *p, char *arg)
{
	piece(p, STEP_BODY, arg, unescape(p, arg));
}

static void d_raw(struct parser *p, char *arg)
{
	bool begun = p->body_begun;

	piece(p, STEP_RAW, arg, unescape(p, arg));
	p->body_begun = begun; /* raw bytes may precede the head */
}

/* prefix, text, and so many ends of line, as one piece. */
static void lines(struct parser *p, const char *prefix, const char *text, int ends)
{
	struct bytes b = {0};

	bytes_puts(&b, prefix);
	bytes_puts(&b, text);
	while (ends--)
		bytes_puts(&b, p->eol);
	piece(p, STEP_BODY, b.p, b.n);
	bytes_release(&b);
}

static void d_line(struct parser *p, char *arg)
{
	lines(p, "", arg, 1);
}

static void d_comment(struct parser *p, char *arg)
{
	lines(p, ":", arg, 2);
}

static void d_data(struct parser *p, char *arg)
{
	lines(p, "data: ", arg, 2);
}

static void d_done(struct parser *p, char *arg)
{
	(void)arg;
	lines(p, "data: ", "[DONE]", 2);
}

static void wrapped(struct parser *p, const char *before, const char *text, const char *after,
                    bool event)
{
	struct bytes b = {0};

	bytes_printf(&b, "%s%s%s", before, text, after);
	lines(p, event ? "data: " : "", b.p, event ? 2 : 0);
	bytes_release(&b);
}

static void d_delta(struct parser *p, char *arg)
{
	wrapped(p, "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"", arg, "\"}}]}", true);
}

static void d_finish(struct parser *p, char *arg)
{
	wrapped(p, "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"", arg, "\"}]}",
	        true);
}

static void d_answer(struct parser *p, char *arg)
{
	wrapped(p,
	        "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1700000000,"
	        "\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
	        "\"content\":\"",
	        arg,
	        "\"},\"finish_reason\":\"stop\"}],"
	        "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}",
	        false);
}

static void d_file(struct parser *p, char *arg)
{
	const char *slash = strrchr(p->path, '/');
	struct bytes path = {0};
	struct bytes content = {0};

	if (*arg != '/' && slash)
		bytes_add(&path, p->path, (size_t)(slash + 1 - p->path));
	bytes_puts(&path, arg);
	bytes_file(&content, path.p);
	piece(p, STEP_BODY, content.p, content.n);
	bytes_release(&path);
	bytes_release(&content);
}

/* SIZE bytes of filler: the text over and over. */
static void d_fill(struct parser *p, char *arg)
{
	uint64_t n = number(p, word(&arg));
	const char *text = *arg ? arg : "x";
	struct bytes block = {0};

	while (block.n < 16384)
		bytes_puts(&block, text);
	p->times = n == FOREVER ? FOREVER : n / block.n;
	if (p->times)
		piece(p, STEP_BODY, block.p, block.n);
	p->times = 1;
	if (n != FOREVER && n % block.n)
		piece(p, STEP_BODY, block.p, (size_t)(n % block.n));
	bytes_release(&block);
}

static void d_stamp(struct parser *p, char *arg)
{
	(void)arg;
	piece(p, STEP_STAMP, "", 0);
}

static uint32_t crc32(const char *s, size_t n)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < n; i++) {
		crc ^= (unsigned char)s[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void little(struct bytes *b, uint32_t value, int n)
{
	for (; n; n--, value >>= 8)
		bytes_add(b, &(char){(char)(value & 0xff)}, 1);
}

/* A body piece that is a whole gzip file (RFC 1952) of one stored block. */
static void d_gzip(struct parser *p, char *arg)
{
	size_t n = strlen(arg);
	struct bytes b = {0};

	if (n > 65535)
		bad(p, "too long for gzip", "at most 65535 bytes");
	reply_header(p->reply, "Content-Encoding: gzip");
	bytes_add(&b, "\x1f\x8b\x08\0\0\0\0\0\0\x03\x01", 11);
	little(&b, (uint32_t)n, 2);
	little(&b, ~(uint32_t)n, 2);
	bytes_add(&b, arg, n);
	little(&b, crc32(arg, n), 4);
	little(&b, (uint32_t)n, 4);
	piece(p, STEP_BODY, b.p, b.n);
	bytes_release(&b);
}

/* ---- time, ends, and what holds from here on ---- */

static void d_head(struct parser *p, char *arg)
{
	(void)arg;
	(void)reply_step(p->reply, STEP_HEAD, "", 0);
	p->body_begun = true;
}

static void d_pause(struct parser *p, char *arg)
{
	reply_step(p->reply, STEP_PAUSE, "", 0)->us = milliseconds(p, arg);
}

static void d_await(struct parser *p, char *arg)
{
	(void)reply_step(p->reply, STEP_AWAIT, arg, strlen(arg) + 1);
}

static void d_every(struct parser *p, char *arg)
{
	reply_step(p->reply, STEP_EVERY, "", 0)->us = milliseconds(p, arg);
}

static void d_trickle(struct parser *p, char *arg)
{
	struct step *s = reply_step(p->reply, STEP_TRICKLE, "", 0);

	s->n = (size_t)number(p, word(&arg));
	s->us = milliseconds(p, arg);
}

static void d_stall(struct parser *p, char *arg)
{
	(void)arg;
	(void)reply_step(p->reply, STEP_STALL, "", 0);
}

static void d_close(struct parser *p, char *arg)
{
	(void)arg;
	(void)reply_step(p->reply, STEP_CLOSE, "", 0);
}

static void d_reset(struct parser *p, char *arg)
{
	(void)arg;
	(void)reply_step(p->reply, STEP_RESET, "", 0);
}

static void d_eol(struct parser *p, char *arg)
{
	if (strcmp(arg, "lf") == 0)
		p->eol = "\n";
	else if (strcmp(arg, "crlf") == 0)
		p->eol = "\r\n";
	else if (strcmp(arg, "cr") == 0)
		p->eol = "\r";
	else
		bad(p, "not an end of line", arg);
}

static void d_loop(struct parser *p, char *arg)
{
	(void)arg;
	p->script->loop = true;
}

/* ---- all of them ---- */

static const struct {
	const char *name;
	directive *run;
	enum { HEAD, BODY, TIMES, ANY } kind; /* TIMES: a BODY that `repeat` applies to */
} directives[] = {
        {"answer", d_answer, TIMES},
        {"await", d_await, BODY},
        {"big-header", d_big_header, HEAD},
        {"body", d_body, TIMES},
        {"bytes", d_bytes, TIMES},
        {"close", d_close, BODY},
        {"comment", d_comment, TIMES},
        {"cut", d_cut, ANY},
        {"data", d_data, TIMES},
        {"delta", d_delta, TIMES},
        {"done", d_done, TIMES},
        {"early", d_early, ANY},
        {"eol", d_eol, ANY},
        {"every", d_every, BODY},
        {"file", d_file, TIMES},
        {"fill", d_fill, BODY},
        {"finish", d_finish, TIMES},
        {"framing", d_framing, ANY},
        {"gzip", d_gzip, BODY},
        {"head", d_head, BODY},
        {"header", d_header, HEAD},
        {"length", d_length, ANY},
        {"line", d_line, TIMES},
        {"loop", d_loop, ANY},
        {"pause", d_pause, BODY},
        {"raw", d_raw, TIMES},
        {"reset", d_reset, BODY},
        {"retry-date", d_retry_date, HEAD},
        {"sse", d_sse, HEAD},
        {"stall", d_stall, BODY},
        {"stamp", d_stamp, TIMES},
        {"status", d_status, HEAD},
        {"trickle", d_trickle, BODY},
        {"type", d_type, HEAD},
};

void directive_run(struct parser *p, const char *name, char *arg)
{
	for (size_t i = 0; i < OC_COUNT(directives); i++) {
		if (strcmp(name, directives[i].name) != 0)
			continue;
		if (directives[i].kind == HEAD && p->body_begun)
			bad(p, "too late, the head is out", name);
		if (p->times != 1 && directives[i].kind != TIMES && directives[i].run != d_header)
			bad(p, "cannot be repeated", name);
		directives[i].run(p, arg);
		return;
	}
	bad(p, "no such directive", name);
}
