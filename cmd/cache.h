/* SPDX-License-Identifier: MIT */
/*
 * cache.h: a directory of answers, each in a file of its own (answer/entry.h), which are given
 * again to the same request of the same server: DIR/ab/cdef0123456789.json, by the hash of the
 * question. An entry is whole or not there: it gets its name when it has been written. None is
 * synced, for one that is lost or damaged is only asked for again.
 */
#ifndef CACHE_H
#define CACHE_H

#include "connect.h"

struct cache {
	/* As the options have it; the environment fills in what they do not say. */
	const char *dir; /* NULL = no answer is kept */
	bool offline;    /* nobody is asked */
	double max_age;  /* s; what is as old as that is asked for again; < 0 = never */

	/* Private. */
	bool keep_think;
	bool verbose;
	bool failed;       /* it has been said that no answer can be kept */
	struct oc_buf url; /* where requests go */
};

extern const struct cli_option cache_options[];

void cache_init(struct cache *cache);

/* True if the option was one of ours. */
bool cache_option(struct cache *cache, int id, const char *arg);

/* After the last option: reads the environment. Ends the program with 64 where there is no
 * directory to be offline with. */
void cache_finish(struct cache *cache);

/* After connect_finish(): makes the directory, if there is none. keep_think: as in struct
 * oc_request. Ends the program with 73 where that fails. */
void cache_open(struct cache *cache, const struct connect *connect, bool keep_think);

/*
 * The kept answer to a request with this body, which asks for no stream. model: the request's. raw:
 * the response as a server's body, where it is not NULL. False where there is none, or nobody
 * keeps any: then *reply is empty; when nobody is to be asked either, *err says why.
 */
bool cache_get(struct cache *cache, struct oc_text body, const char *model, struct oc_reply *reply,
               struct oc_buf *raw, struct oc_err *err);

/* Keeps an answer that is complete, or says why that is not possible, the first time. raw: the
 * server's body, or empty. */
void cache_put(struct cache *cache, struct oc_text body, const struct oc_reply *reply,
               struct oc_text raw);

/* The same for a call of one request, whose answer must have the form that it asks for. Where there
 * is none and nobody is to be asked, the first one ends the program with 69; the second one keeps
 * no answer that was cut short. */
bool cache_answers(struct cache *cache, const struct oc_request *request, struct oc_reply *reply);
void cache_keep(struct cache *cache, const struct oc_request *request,
                const struct oc_reply *reply);

/* Is it the reply of cache_get()? Nobody was asked for it. */
static inline bool cache_gave(const struct oc_reply *reply)
{
	return !reply->attempts && reply->model;
}

#endif
