/* SPDX-License-Identifier: MIT */
/* play.c: sends a reply, step by step. */
#include "fake.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* So much is produced before it is sent, and a connection sends so many of those in one turn. */
enum { PIECE = 65536, TURNS = 16 };

/* How often it is looked whether a file is there. */
enum { AWAIT_US = 10000 };

void play_begin(struct player *p, const struct reply *reply)
{
	struct bytes out = p->out;

	out.n = 0;
	*p = (struct player){.reply = reply, .out = out};
	if (reply->delay)
		p->wake = now_us() + reply->delay;
}

static void put(struct player *p, const char *bytes, size_t n)
{
	bytes_add(&p->out, bytes, n);
	p->produced += n;
}

static void put_head(struct player *p)
{
	if (p->head_out)
		return;
	p->head_out = true;
	put(p, p->reply->head.p, p->reply->head.n);
	p->head_end = p->produced;
}

/* One occurrence of a piece of the body, or of as much of it as fits. True when it is through. */
static bool put_piece(struct player *p, const char *bytes, size_t n, bool framed)
{
	size_t part = n - p->off;
	char size[32];

	if (framed && p->off == 0 && n)
		put(p, size, (size_t)snprintf(size, sizeof size, "%zx\r\n", n));
	if (part > PIECE)
		part = PIECE;
	put(p, bytes + p->off, part);
	p->off += part;
	if (p->off < n)
		return false;
	p->off = 0;
	if (framed && n)
		put(p, "\r\n", 2);
	return true;
}

static bool put_stamp(struct player *p, bool framed)
{
	char event[128];
	int64_t now = now_us();
	int n = snprintf(
	        event, sizeof event,
	        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%lld.%06lld\\n\"}}]"
	        "}\n\n",
	        (long long)(now / 1000000), (long long)(now % 1000000));

	return put_piece(p, event, (size_t)n, framed);
}

static bool put_step(struct player *p, const struct step *s)
{
	bool framed = p->reply->framing == FRAMING_CHUNKED;

	if (s->kind == STEP_RAW)
		return put_piece(p, s->p, s->n, false);
	put_head(p);
	if (s->kind == STEP_STAMP)
		return put_stamp(p, framed);
	return put_piece(p, s->p, s->n, framed);
}

/* A step that has bytes. */
static void step_bytes(struct player *p, const struct step *s)
{
	while (p->done < s->times && p->out.n < PIECE && !p->wake) {
		if (!put_step(p, s))
			return;
		if (s->times != FOREVER)
			p->done++;
		if (p->every && s->kind != STEP_RAW)
			p->wake = now_us() + p->every;
	}
	if (p->done == s->times) {
		p->done = 0;
		p->step++;
	}
}

static void step_control(struct player *p, const struct step *s)
{
	p->step++;
	switch (s->kind) {
	case STEP_HEAD:
		put_head(p);
		break;
	case STEP_PAUSE:
		p->wake = now_us() + s->us;
		break;
	case STEP_AWAIT:
		if (access(s->p, F_OK) == 0)
			break;
		p->wake = now_us() + AWAIT_US;
		p->step--;
		break;
	case STEP_EVERY:
		p->every = s->us;
		break;
	case STEP_TRICKLE:
		p->trickle = s->n;
		p->trickle_us = s->us;
		break;
	case STEP_STALL:
		p->wake = INT64_MAX;
		break;
	case STEP_CLOSE:
		p->verdict = PLAY_CLOSE;
		break;
	case STEP_RESET:
		p->verdict = PLAY_RESET;
		break;
	case STEP_BODY:
	case STEP_STAMP:
	case STEP_RAW:
		break;
	}
}

static void end(struct player *p)
{
	put_head(p);
	if (p->reply->framing == FRAMING_CHUNKED)
		put(p, "0\r\n\r\n", 5);
	p->verdict = p->reply->framing == FRAMING_CLOSE ? PLAY_CLOSE : PLAY_DONE;
}

static void cut(struct player *p)
{
	uint64_t limit = p->head_end + p->reply->cut;

	if (p->reply->cut == FOREVER || p->produced < limit || !p->head_out)
		return;
	p->out.n -= (size_t)(p->produced - limit);
	p->produced = limit;
	p->verdict = p->reply->cut_resets ? PLAY_RESET : PLAY_CLOSE;
}

/* Fills `out` until there is enough to send, or the script says to wait or to end. */
static void produce(struct player *p)
{
	while (p->out.n < PIECE && !p->verdict && !p->wake) {
		const struct step *s = &p->reply->steps[p->step];

		if (p->step == p->reply->nsteps)
			end(p);
		else if (s->kind == STEP_BODY || s->kind == STEP_STAMP || s->kind == STEP_RAW)
			step_bytes(p, s);
		else if (s->kind == STEP_TRICKLE && p->out.n)
			return; /* what came before it goes out whole */
		else
			step_control(p, s);
		cut(p);
	}
}

static enum play sleep_until(struct player *p, int64_t until)
{
	p->until = until;
	return PLAY_SLEEP;
}

/* Sends what is there. PLAY_DONE: all of it is sent. */
static enum play send_out(struct player *p, int fd)
{
	while (p->out_off < p->out.n) {
		size_t n = p->out.n - p->out_off;
		ssize_t sent;

		if (p->hold > now_us())
			return sleep_until(p, p->hold);
		if (p->trickle && n > p->trickle)
			n = p->trickle;
		sent = send(fd, p->out.p + p->out_off, n, MSG_NOSIGNAL);
		if (sent < 0)
			return errno == EAGAIN || errno == EINTR ? PLAY_ON : PLAY_GONE;
		p->out_off += (size_t)sent;
		p->sent += (uint64_t)sent;
		if (p->trickle_us)
			p->hold = now_us() + p->trickle_us;
	}
	p->out.n = p->out_off = 0;
	return PLAY_DONE;
}

enum play play_on(struct player *p, int fd)
{
	for (int turn = 0; turn < TURNS; turn++) {
		enum play sent = send_out(p, fd);

		if (sent != PLAY_DONE)
			return sent;
		if (p->wake > now_us())
			return sleep_until(p, p->wake);
		p->wake = 0;
		if (p->verdict)
			return (enum play)p->verdict;
		produce(p);
	}
	return PLAY_ON;
}
