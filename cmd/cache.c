/* SPDX-License-Identifier: MIT */
/* cache.c: a directory of answers, which are given again to the same request. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answer/cut.h"
#include "answer/entry.h"
#include "answer/form.h"
#include "cache.h"
#include "files.h"
#include "http/secret.h"
#include "request/fields.h"
#include "request/request.h"
#include "signals.h"
#include "text/err.h"
#include "text/hash.h"
#include "text/text.h"

enum { OPT_CACHE = CLI_LONG + 500, OPT_OFFLINE, OPT_MAX_AGE };

#define CENTURY 3155760000.0 /* s */

const struct cli_option cache_options[] = {
        {OPT_CACHE, "cache", "DIR", "keep answers in DIR, and give them again"},
        {OPT_OFFLINE, "offline", NULL, "ask nobody: what is not in the cache is an error"},
        {OPT_MAX_AGE, "cache-max-age", "SECONDS", "ask again for what is as old as that"},
        {0},
};

void cache_init(struct cache *cache)
{
	*cache = (struct cache){.max_age = -1};
	oc_buf_init(&cache->url, (size_t)1 << 16);
}

bool cache_option(struct cache *cache, int id, const char *arg)
{
	switch (id) {
	case OPT_CACHE:
		if (!*arg)
			cli_bad_option(id, "the name is empty");
		cache->dir = arg;
		return true;
	case OPT_OFFLINE:
		cache->offline = true;
		return true;
	case OPT_MAX_AGE:
		cache->max_age = cli_double(id, arg, 0, CENTURY);
		return true;
	default:
		return false;
	}
}

void cache_finish(struct cache *cache)
{
	const char *offline = cli_env("OLLAMA_CLOUD_OFFLINE");

	if (!cache->dir)
		cache->dir = cli_env("OLLAMA_CLOUD_CACHE");
	if (offline && strcmp(offline, "0") != 0)
		cache->offline = true;
	if (cache->offline && !cache->dir)
		cli_die(CLI_USAGE, "nothing can be answered offline without kept answers: use "
		                   "--cache or OLLAMA_CLOUD_CACHE");
}

/* What is secret in the query is not part of a question, as a key is not. */
static void find_url(struct cache *cache, const struct oc_server *server)
{
	struct oc_secrets secrets = {0};

	oc_buf_puts(&cache->url, server->chat);
	cli_need_memory(!oc_secrets_add_query(&secrets, server->query) && !cache->url.bad);
	(void)oc_secrets_mask(&secrets, cache->url.p, &cache->url.n);
	oc_secrets_release(&secrets);
}

void cache_open(struct cache *cache, const struct connect *connect, bool keep_think)
{
	struct stat st;

	if (!cache->dir)
		return;
	cache->keep_think = keep_think;
	cache->verbose = connect->config.log;
	find_url(cache, &connect->server);
	if (cache->offline)
		return;
	if (mkdir(cache->dir, 0777) < 0 && errno != EEXIST)
		cli_die(CLI_CANTCREAT, "cannot make the cache %s: %s", cache->dir, strerror(errno));
	if (stat(cache->dir, &st) < 0 || !S_ISDIR(st.st_mode))
		cli_die(CLI_CANTCREAT, "the cache %s is no directory", cache->dir);
}

/* The question, and the name of the file that answers it. */
struct place {
	struct oc_buf question;
	struct oc_buf file;
};

static void find_place(const struct cache *cache, struct oc_text body, struct place *place)
{
	uint64_t h;

	oc_buf_init(&place->question, OC_ENTRY_MAX);
	oc_buf_init(&place->file, SIZE_MAX / 2);
	oc_entry_ask(&place->question, cache->url.p, body);
	h = oc_hash(oc_buf_text(&place->question));
	oc_buf_printf(&place->file, "%s/%02x/%014" PRIx64 ".json", cache->dir, (unsigned)(h >> 56),
	              h & UINT64_MAX >> 8);
	cli_need_memory(place->question.bad != OC_ENOMEM && !place->file.bad);
}

static void leave_place(struct place *place)
{
	oc_buf_release(&place->question);
	oc_buf_release(&place->file);
}

/* ---- answers given again ---- */

/* The whole file. NULL, or what is wrong with it. */
static const char *read_file(const char *name, struct oc_buf *out)
{
	int fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	const char *why = NULL;
	struct stat st;
	ssize_t n = 1;

	if (fd < 0)
		return strerror(errno);
	if (fstat(fd, &st) < 0)
		why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		why = "it is no file";
	else if ((uintmax_t)st.st_size > OC_ENTRY_MAX)
		why = "it is too large";
	while (!why && n) {
		size_t left = (size_t)st.st_size - out->n;
		char *to = oc_buf_room(out, left);

		cli_need_memory(to);
		n = read(fd, to, left);
		if (n < 0)
			why = strerror(errno);
		else
			oc_buf_grew(out, (size_t)n);
	}
	(void)close(fd);
	return why;
}

/* A time that is still to come says nothing. */
static bool is_stale(const struct cache *cache, int64_t kept)
{
	double age = (double)time(NULL) - (double)kept;

	return cache->max_age >= 0 && (age < 0 || age >= cache->max_age);
}

static int read_place(const struct cache *cache, const struct place *place, const char *model,
                      struct oc_reply *reply, struct oc_buf *raw, struct oc_err *err)
{
	struct oc_buf entry = {0};
	struct oc_text response;
	const char *why;
	int64_t kept = 0;
	int rc;

	if (place->question.bad)
		return oc_err_set(err, OC_EDATA, "the request is too large to be kept");
	oc_buf_init(&entry, OC_ENTRY_MAX);
	why = read_file(place->file.p, &entry);
	if (why)
		rc = oc_err_set(err, OC_EDATA, "%s", why);
	else
		rc = oc_entry_read(&entry, oc_buf_text(&place->question), model, cache->keep_think,
		                   &kept, reply, &response, err);
	if (!rc && is_stale(cache, kept))
		rc = oc_err_set(err, OC_EDATA, "it is too old");
	if (!rc && raw)
		oc_buf_add(raw, response.p, response.n);
	cli_need_memory(rc != OC_ENOMEM && !(raw && raw->bad));
	oc_buf_release(&entry);
	return rc;
}

static void miss(const struct cache *cache, const struct place *place, struct oc_reply *reply,
                 struct oc_err *err)
{
	oc_reply_release(reply);
	oc_reply_init(reply);
	if (cache->verbose)
		cli_note("not in the cache: %s: %s", place->file.p, err->message);
	if (cache->offline)
		(void)oc_err_set(err, OC_ENOTFOUND,
		                 "offline, and no answer of %s to this request is kept: %s: %s",
		                 cache->url.p, place->file.p, err->message);
	else
		oc_err_clear(err);
}

bool cache_get(struct cache *cache, struct oc_text body, const char *model, struct oc_reply *reply,
               struct oc_buf *raw, struct oc_err *err)
{
	struct place place = {0};
	int rc;

	if (!cache->dir)
		return false;
	find_place(cache, body, &place);
	rc = read_place(cache, &place, model, reply, raw, err);
	if (rc)
		miss(cache, &place, reply, err);
	else if (cache->verbose)
		cli_note("answered from the cache: %s", place.file.p);
	leave_place(&place);
	return !rc;
}

/* ---- answers kept ---- */

/* Writes a new file and gives it the name, in place of whatever has it. NULL, or why not. */
static const char *write_file(const struct place *place)
{
	char temporary[PATH_MAX];
	const char *why = NULL;
	int fd;

	if (snprintf(temporary, sizeof temporary, "%.*s.new.XXXXXX",
	             (int)files_directory(place->file.p), place->file.p) >= (int)sizeof temporary)
		return strerror(ENAMETOOLONG);
	fd = signals_make_file(temporary, 0666);
	if (fd < 0)
		return strerror(errno);
	if (files_write(fd, oc_buf_text(&place->question)) < place->question.n)
		why = strerror(errno);
	if (close(fd) < 0 && !why)
		why = strerror(errno);
	if (!why && rename(temporary, place->file.p) < 0)
		why = strerror(errno);
	if (why)
		(void)unlink(temporary);
	signals_keep_file(temporary);
	return why;
}

static const char *put(struct place *place, const struct oc_reply *reply, struct oc_text raw)
{
	char *slash = strrchr(place->file.p, '/');

	oc_entry_answer(&place->question, (int64_t)time(NULL), reply, raw);
	if (place->question.bad == OC_ENOMEM)
		return strerror(ENOMEM);
	if (place->question.bad)
		return "the entry would be too large";
	*slash = '\0';
	if (mkdir(place->file.p, 0777) < 0 && errno != EEXIST)
		return strerror(errno);
	*slash = '/';
	return write_file(place);
}

void cache_put(struct cache *cache, struct oc_text body, const struct oc_reply *reply,
               struct oc_text raw)
{
	struct place place = {0};
	const char *why;

	if (!cache->dir)
		return;
	find_place(cache, body, &place);
	why = put(&place, reply, raw);
	if (why && !cache->failed)
		cli_note("the answer is not kept: %s: %s", place.file.p, why);
	else if (!why && cache->verbose)
		cli_note("kept in the cache: %s", place.file.p);
	cache->failed = cache->failed || why;
	leave_place(&place);
}

/* ---- calls of one request ---- */

static void make_body(const struct oc_request *request, struct oc_buf *body)
{
	struct oc_err err = {0};

	oc_buf_init(body, OC_BODY_MAX);
	if (oc_request_body(request, body, &err))
		cli_die(cli_status_of(err.code), "%s", err.message);
}

bool cache_answers(struct cache *cache, const struct oc_request *request, struct oc_reply *reply)
{
	struct oc_buf body = {0};
	struct oc_err err = {0};
	bool there;

	if (!cache->dir)
		return false;
	make_body(request, &body);
	there = cache_get(cache, oc_buf_text(&body), request->model, reply, NULL, &err) &&
	        !oc_answer_check(request, reply, oc_text_of_content(reply), &err);
	if (!there && cache->offline)
		cli_die(cli_status_of(err.code), "%s", err.message);
	if (!there) {
		oc_reply_release(reply);
		oc_reply_init(reply);
	}
	oc_buf_release(&body);
	return there;
}

void cache_keep(struct cache *cache, const struct oc_request *request, const struct oc_reply *reply)
{
	struct oc_buf body = {0};

	if (!cache->dir || oc_cut(reply, oc_request_limit(request)) > OC_CUT_OWN)
		return;
	make_body(request, &body);
	cache_put(cache, oc_buf_text(&body), reply, (struct oc_text){NULL, 0});
	oc_buf_release(&body);
}
