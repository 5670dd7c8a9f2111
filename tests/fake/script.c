/* SPDX-License-Identifier: MIT */
/* script.c: reads a reply script; README.md describes the language. */
#include "script.h"

#include <errno.h>

void bad(const struct parser *p, const char *what, const char *word)
{
	die("%s:%lu: %s: %s", p->path, p->line, what, word);
}

char *word(char **arg)
{
	char *w = *arg;
	size_t n = strcspn(w, " ");

	*arg = w + n + (w[n] == ' ');
	w[n] = '\0';
	return w;
}

uint64_t number(const struct parser *p, const char *w)
{
	static const char suffixes[] = "kMG";
	const char *suffix;
	char *end;
	unsigned long long value;

	if (strcmp(w, "forever") == 0)
		return FOREVER;
	errno = 0;
	value = strtoull(w, &end, 10);
	suffix = *end ? strchr(suffixes, *end) : NULL;
	if (end == w || errno || *w == '-' || (*end && (!suffix || end[1])))
		bad(p, "not a number", w);
	return suffix ? value << (10 * (suffix - suffixes + 1)) : value;
}

int64_t milliseconds(const struct parser *p, const char *w)
{
	char *end;
	double ms = strtod(w, &end);

	if (end == w || *end || !(ms >= 0 && ms < 1e9))
		bad(p, "not a time in milliseconds", w);
	return (int64_t)(ms * 1000);
}

static unsigned hex(const struct parser *p, char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if ((c | 32) >= 'a' && (c | 32) <= 'f')
		return (unsigned)((c | 32) - 'a' + 10);
	bad(p, "bad escape", "\\x wants two hexadecimal digits");
}

size_t unescape(const struct parser *p, char *s)
{
	static const char names[] = "nrt0e\\";
	static const char values[] = "\n\r\t\0\033\\";
	char *out = s;

	for (const char *in = s; *in; in++) {
		const char *name;

		if (*in != '\\') {
			*out++ = *in;
		} else if (*++in == 'x') {
			*out++ = (char)(hex(p, in[1]) << 4 | hex(p, in[2]));
			in += 2;
		} else {
			name = *in ? strchr(names, *in) : NULL;
			if (!name)
				bad(p, "bad escape", s);
			*out++ = values[name - names];
		}
	}
	return (size_t)(out - s);
}

static void run(struct parser *p, char *line)
{
	char *arg = line;
	const char *name = word(&arg);

	if (strcmp(name, "repeat") == 0) {
		p->times = number(p, word(&arg));
		name = word(&arg);
	}
	directive_run(p, name, arg);
}

static void begin(struct parser *p)
{
	struct script *s = p->script;

	s->replies = realloc(s->replies, (s->n + 1) * sizeof(struct reply *));
	if (!s->replies)
		die("no memory");
	p->reply = s->replies[s->n++] = reply_new(200);
	p->eol = "\n";
	p->times = 1;
	p->body_begun = false;
}

/* The line with every %URL% replaced. */
static char *expand(const char *line, size_t n, const char *url)
{
	static const char mark[] = "%URL%";
	struct bytes out = {0};
	struct bytes in = {0};
	const char *at;
	const char *hit;

	bytes_add(&in, line, n);
	for (at = in.p; (hit = strstr(at, mark)); at = hit + sizeof mark - 1) {
		bytes_add(&out, at, (size_t)(hit - at));
		bytes_puts(&out, url);
	}
	bytes_puts(&out, at);
	bytes_release(&in);
	return out.p;
}

void script_load(struct script *s, const char *path, const char *url)
{
	struct parser p = {.script = s, .path = path};
	struct bytes text = {0};
	size_t n;

	bytes_file(&text, path);
	begin(&p);
	for (size_t at = 0; at < text.n; at += n + 1) {
		char *line;

		p.line++;
		n = strcspn(text.p + at, "\n");
		line = expand(text.p + at, n, url);
		if (strcmp(line, "---") == 0)
			begin(&p);
		else if (*line && *line != '#')
			run(&p, line);
		free(line);
	}
	for (size_t i = 0; i < s->n; i++)
		reply_finish(s->replies[i]);
	bytes_release(&text);
}

const struct reply *script_reply(const struct script *s, unsigned long k)
{
	if (k < s->n)
		return s->replies[k];
	return s->replies[s->loop ? k % s->n : s->n - 1];
}
