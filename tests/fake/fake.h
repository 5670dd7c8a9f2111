/* SPDX-License-Identifier: MIT */
/*
 * fake.h: the loopback server that stands in for a chat service in tests. README.md beside this
 * file is its manual. It is a test program: when memory runs out or a script is wrong, it says so
 * and exits.
 */
#ifndef FAKE_H
#define FAKE_H

#include "compat.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- bytes.c: a growing buffer, and the end ---- */

struct bytes {
	char *p; /* NULL only while nothing was ever added */
	size_t n;
	size_t cap;
};

void bytes_add(struct bytes *b, const void *p, size_t n);
void bytes_puts(struct bytes *b, const char *s);
void bytes_printf(struct bytes *b, const char *fmt, ...) OC_PRINTF(2, 3);
void bytes_room(struct bytes *b, size_t n); /* n more bytes can be written at p + n */
void bytes_drop(struct bytes *b, size_t n); /* from the front */
void bytes_release(struct bytes *b);
void bytes_file(struct bytes *b, const char *path); /* adds a file's content */

void die(const char *fmt, ...) OC_PRINTF(1, 2) OC_NORETURN;
int64_t now_us(void); /* monotonic */

/* ---- reply.c: what is answered, as a list of steps ---- */

#define FOREVER UINT64_MAX

enum step_kind {
	STEP_HEAD,    /* the status line and the headers go out now */
	STEP_BODY,    /* n bytes at p, framed, `times` times */
	STEP_STAMP,   /* an event whose text is the clock, `times` times */
	STEP_RAW,     /* as STEP_BODY, but before or outside of any framing */
	STEP_PAUSE,   /* nothing for `us` */
	STEP_AWAIT,   /* nothing until there is a file of the name p */
	STEP_EVERY,   /* from here on: `us` between two pieces of body */
	STEP_TRICKLE, /* from here on: n bytes at a time, `us` apart */
	STEP_STALL,   /* nothing ever again */
	STEP_CLOSE,
	STEP_RESET,
};

struct step {
	enum step_kind kind;
	char *p;
	size_t n;
	uint64_t times;
	int64_t us;
};

enum framing {
	FRAMING_LENGTH,
	FRAMING_CHUNKED,
	FRAMING_CLOSE, /* the end of the connection is the end of the body */
	FRAMING_NONE,  /* no header says where the body ends, and the connection stays open */
};

struct reply {
	int status;
	char *reason; /* NULL = the usual one */
	char *type;   /* Content-Type; "" = none; NULL = application/json */
	struct bytes headers;
	enum framing framing;
	int64_t length; /* the Content-Length to state; -1 = the true one */
	uint64_t cut;   /* the body ends after so many bytes on the wire; FOREVER = no cut */
	bool cut_resets;
	int64_t delay; /* us before anything is sent */
	bool early;    /* answered when the request's head is in */
	struct step *steps;
	size_t nsteps;
	struct bytes head; /* made by reply_finish() */
};

struct reply *reply_new(int status);
void reply_free(struct reply *r); /* NULL is fine */
void reply_header(struct reply *r, const char *line);
void reply_set(char **field, const char *value); /* for reason and type */
void reply_body(struct reply *r, const char *p, size_t n);
struct step *reply_step(struct reply *r, enum step_kind kind, const char *p, size_t n);
/* Makes the head. To be called once, last. */
void reply_finish(struct reply *r);

/* ---- script.c: replies from a file ---- */

struct script {
	struct reply **replies;
	size_t n;
	bool loop; /* after the last comes the first; without it, the last repeats */
};

void script_load(struct script *s, const char *path, const char *url);
const struct reply *script_reply(const struct script *s, unsigned long k); /* k from 0 */

/* ---- play.c: sending a reply ---- */

struct player {
	const struct reply *reply;
	size_t step;
	uint64_t done;     /* of the step's `times` */
	size_t off;        /* in the step's bytes */
	struct bytes out;  /* produced, not sent */
	size_t out_off;    /* sent part of out */
	uint64_t produced; /* bytes, in all */
	uint64_t sent;
	uint64_t head_end; /* where in `produced` the body begins */
	bool head_out;
	int64_t wake; /* a pause: nothing is produced before; 0 = none */
	int64_t every;
	size_t trickle; /* bytes at a time; 0 = as many as fit */
	int64_t trickle_us;
	int64_t hold;  /* of the trickle: nothing is sent before */
	int64_t until; /* for PLAY_SLEEP: the earlier of the two that applies */
	int verdict;   /* an enum play, once everything is produced */
};

enum play {
	PLAY_ON,    /* more to send when the socket takes it */
	PLAY_SLEEP, /* more to send at player->until (INT64_MAX = never) */
	PLAY_DONE,
	PLAY_CLOSE,
	PLAY_RESET,
	PLAY_GONE, /* the peer closed the connection */
};

void play_begin(struct player *p, const struct reply *reply);
enum play play_on(struct player *p, int fd);

/* ---- json.c: just enough to look into a request; all but json_valid() want valid text ---- */

struct json {
	const char *p; /* NULL = absent */
	size_t n;
};

bool json_valid(struct json text);
struct json json_member(struct json object, const char *key);
/* Walk an array or an object; value->p NULL = start. False at the end, and for anything else. */
bool json_next_item(struct json array, struct json *value);
bool json_next_member(struct json object, struct json *key, struct json *value);
bool json_is(struct json value, const char *literal);
void json_text(struct json string, struct bytes *out); /* decoded; nothing if it is no string */
void json_quote(struct bytes *out, const char *p, size_t n); /* with the quotes */

/* ---- limits.c: what the built-in model takes ---- */

struct limits {
	unsigned long slots;      /* answers under way; 0 = any number */
	double rate, burst;       /* a bucket of so many, filled so fast per second; 0 = none */
	unsigned long per_window; /* answers in each */
	double window;            /* s; 0 = none */
	double retry_after;       /* s, in each refusal; 0 = no such header */
	bool retry_after_ms;      /* the true time, in milliseconds */
	bool tell;                /* with x-ratelimit-* headers */

	double wait; /* s, of the last request: how long it will be refused */
	double tokens, counted_at;
	double window_from;
	unsigned long in_window;
};

/* Is another answer begun? busy: those under way. */
bool limits_take(struct limits *l, unsigned long busy);
void limits_headers(const struct limits *l, bool refused, struct bytes *out);

/* ---- model.c: the built-in model ---- */

struct model {
	char *key;                /* wanted bearer token; NULL = none */
	char *served;             /* ids, separated by commas; NULL = the built-in list */
	int64_t latency;          /* us before each answer */
	int64_t chunk_gap;        /* us between the chunks of a stream */
	unsigned long tokens;     /* length of every answer; 0 = as the prompt suggests */
	struct limits limits;     /* beyond them: 429 */
	unsigned long fail_every; /* each such request fails with fail_status; 0 = none */
	int fail_status;
	bool echo;
};

struct request {
	const char *head;
	size_t head_len; /* with the blank line */
	const char *body;
	size_t body_len;
};

/* The caller frees the reply. k: number of the request from 1; busy: other answers under way. */
struct reply *model_answer(struct model *m, const struct request *req, unsigned long k,
                           unsigned long busy);

/* ---- words.c: what the model says ---- */

void words_answer(const struct model *m, struct json request, const struct bytes *prompt,
                  struct bytes *out);
void words_instance(struct json schema, struct bytes *out);
unsigned long words_count(const char *p, size_t n);
size_t words_first(const char *p, size_t n); /* length of the first token, with its space */

/* The value of a header of the request, with its length; NULL if there is none. */
const char *request_header(const struct request *req, const char *name, size_t *n);

/* ---- record.c: what happened ---- */

void record_open(const char *dir); /* NULL = record nothing */
void record_request(unsigned long k, const char *p, size_t n);
void record_event(unsigned long conn, const char *fmt, ...) OC_PRINTF(2, 3);

/* ---- server.c ---- */

struct server {
	const struct script *script; /* NULL = the model */
	struct model *model;
};

/* Binds and listens; the descriptor. *url is for bytes like "http://127.0.0.1:8080". */
int server_listen(const char *address, unsigned port, struct bytes *url);
void server_run(const struct server *s, int listener) OC_NORETURN;

#endif
