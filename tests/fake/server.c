/* SPDX-License-Identifier: MIT */
/* server.c: connections and the loop that moves them on. */
#define _GNU_SOURCE /* ppoll, accept4 */
#include "fake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 262144, HEAD_MAX = 1 << 20 };

struct conn {
	int fd;
	unsigned long id;
	struct bytes in;       /* from the beginning of the current request */
	size_t scanned;        /* of `in`: no blank line ends before */
	size_t head_len;       /* of the current request; 0 = not known yet */
	uint64_t length;       /* of the whole request, valid with head_len */
	unsigned long request; /* its number; 0 = not complete yet */
	bool keep;
	bool playing;
	bool sleeping;
	struct player player;
	struct reply *own; /* the reply, where it was made for this request */
};

struct loop {
	const struct server *server;
	int listener;
	struct conn **conns;
	struct pollfd *fds; /* the listener, then one for each connection */
	size_t n;
	unsigned long connections;
	unsigned long requests;
	unsigned long playing;
};

/* ---- listening ---- */

int server_listen(const char *address, unsigned port, struct bytes *url)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	bool v6 = strchr(address, ':') != NULL;
	struct sockaddr *sa = v6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in4;
	socklen_t len = v6 ? sizeof in6 : sizeof in4;
	int fd;

	if (inet_pton(sa->sa_family, address,
	              v6 ? (void *)&in6.sin6_addr : (void *)&in4.sin_addr) != 1)
		die("not an address: %s", address);
	fd = socket(sa->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) < 0 ||
	    bind(fd, sa, len) < 0 || listen(fd, SOMAXCONN) < 0 || getsockname(fd, sa, &len) < 0)
		die("cannot listen on %s: %s", address, strerror(errno));
	bytes_printf(url, v6 ? "http://[%s]:%u" : "http://%s:%u", address,
	             ntohs(v6 ? in6.sin6_port : in4.sin_port));
	return fd;
}

/* ---- requests ---- */

const char *request_header(const struct request *req, const char *name, size_t *n)
{
	size_t len = strlen(name);
	const char *end = req->head + req->head_len;
	const char *line = req->head;

	while ((line = memchr(line, '\n', (size_t)(end - line))) && ++line < end) {
		const char *stop = memchr(line, '\r', (size_t)(end - line));

		if (!stop || (size_t)(stop - line) <= len || line[len] != ':' ||
		    strncasecmp(line, name, len) != 0)
			continue;
		line += len + 1;
		while (*line == ' ')
			line++;
		*n = (size_t)(stop - line);
		return line;
	}
	return NULL;
}

static bool header_is(const struct request *req, const char *name, const char *value)
{
	size_t n;
	const char *p = request_header(req, name, &n);

	return p && n == strlen(value) && strncasecmp(p, value, n) == 0;
}

static struct request request_of(const struct conn *c)
{
	return (struct request){
	        .head = c->in.p,
	        .head_len = c->head_len,
	        .body = c->in.p + c->head_len,
	        .body_len = c->in.n < c->length ? c->in.n - c->head_len
	                                        : (size_t)c->length - c->head_len,
	};
}

/* Looks for the end of the head. False when it is not there yet, or the connection is of no use. */
static bool find_head(struct conn *c)
{
	struct request req;
	const char *end;
	const char *value;
	size_t n;

	end = c->in.n ? memmem(c->in.p + c->scanned, c->in.n - c->scanned, "\r\n\r\n", 4) : NULL;
	if (!end) {
		c->scanned = c->in.n > 3 ? c->in.n - 3 : 0;
		return false;
	}
	c->head_len = (size_t)(end - c->in.p) + 4;
	c->length = c->head_len;
	req = request_of(c);
	value = request_header(&req, "Content-Length", &n);
	if (value)
		c->length += strtoull(value, NULL, 10);
	c->keep = !header_is(&req, "Connection", "close") &&
	          !memmem(req.head, 40 < req.head_len ? 40 : req.head_len, " HTTP/1.0", 9);
	if (header_is(&req, "Expect", "100-continue"))
		(void)send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, MSG_NOSIGNAL);
	return true;
}

static void answer(struct loop *l, struct conn *c)
{
	struct request req = request_of(c);
	size_t line = strcspn(req.head, "\r");
	const struct reply *reply;

	c->request = ++l->requests;
	record_request(c->request, c->in.p, req.head_len + req.body_len);
	record_event(c->id, "request %lu %zu %.*s", c->request, req.head_len + req.body_len,
	             (int)(line > 200 ? 200 : line), req.head);
	if (l->server->script) {
		reply = script_reply(l->server->script, c->request - 1);
	} else {
		c->own = model_answer(l->server->model, &req, c->request, l->playing);
		reply = c->own;
	}
	l->playing++;
	c->playing = true;
	play_begin(&c->player, reply);
}

/* Begins the answer if the request is complete. */
static void take_request(struct loop *l, struct conn *c)
{
	bool early = l->server->script && script_reply(l->server->script, l->requests)->early;

	if (c->playing || (!c->head_len && !find_head(c)))
		return;
	if (c->in.n < c->length) {
		if (!early)
			return;
		c->keep = false;
	}
	answer(l, c);
}

/* ---- connections ---- */

static void drop(struct loop *l, size_t i, const char *how)
{
	struct conn *c = l->conns[i];

	if (c->playing) {
		l->playing--;
		record_event(c->id, "%s %lu %llu", strcmp(how, "client") == 0 ? "gone" : "reply",
		             c->request, (unsigned long long)c->player.sent);
	}
	record_event(c->id, "close %s", how);
	if (strcmp(how, "reset") == 0)
		(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0},
		                 sizeof(struct linger));
	(void)close(c->fd);
	bytes_release(&c->in);
	bytes_release(&c->player.out);
	reply_free(c->own);
	free(c);
	l->n--;
	l->conns[i] = l->conns[l->n];
	l->fds[i + 1] = l->fds[l->n + 1];
}

static void reply_done(struct loop *l, struct conn *c)
{
	record_event(c->id, "reply %lu %llu", c->request, (unsigned long long)c->player.sent);
	l->playing--;
	c->playing = false;
	reply_free(c->own);
	c->own = NULL;
	bytes_drop(&c->in, c->in.n < c->length ? c->in.n : (size_t)c->length);
	c->head_len = c->scanned = 0;
	c->request = 0;
}

/* Sends what can be sent. False when the connection is gone. */
static bool advance(struct loop *l, size_t i)
{
	struct conn *c = l->conns[i];

	for (take_request(l, c); c->playing; take_request(l, c)) {
		enum play result = play_on(&c->player, c->fd);

		c->sleeping = result == PLAY_SLEEP;
		if (result == PLAY_ON || result == PLAY_SLEEP)
			return true;
		if (result == PLAY_DONE && c->keep) {
			reply_done(l, c);
			continue;
		}
		drop(l, i,
		     result == PLAY_GONE    ? "client"
		     : result == PLAY_RESET ? "reset"
		                            : "server");
		return false;
	}
	return true;
}

/* Does the client begin with TLS? Answers as servers do that speak none, in plain HTTP. */
static bool begins_with_tls(const struct conn *c)
{
	static const char reply[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

	if (c->head_len || c->in.p[0] != 0x16)
		return false;
	record_event(c->id, "tls");
	(void)send(c->fd, reply, sizeof reply - 1, MSG_NOSIGNAL);
	return true;
}

/* Reads what has come. False when the connection is gone. */
static bool receive(struct loop *l, size_t i)
{
	struct conn *c = l->conns[i];
	ssize_t n;

	bytes_room(&c->in, READ_SIZE + 1);
	n = read(c->fd, c->in.p + c->in.n, READ_SIZE);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0 || (!c->head_len && c->in.n > HEAD_MAX)) {
		drop(l, i, "client");
		return false;
	}
	c->in.n += (size_t)n;
	c->in.p[c->in.n] = '\0';
	if (begins_with_tls(c)) {
		drop(l, i, "server");
		return false;
	}
	return true;
}

static void grow(struct loop *l)
{
	/* Room for a power of two of connections, as the number reaches one. */
	if (l->n & (l->n - 1))
		return;
	l->conns = realloc(l->conns, (l->n ? l->n * 2 : 1) * sizeof *l->conns);
	l->fds = realloc(l->fds, ((l->n ? l->n * 2 : 1) + 1) * sizeof *l->fds);
	if (!l->conns || !l->fds)
		die("no memory");
}

static void accept_all(struct loop *l)
{
	int fd;

	while ((fd = accept4(l->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct conn *c = calloc(1, sizeof *c);

		if (!c)
			die("no memory");
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
		c->fd = fd;
		c->id = ++l->connections;
		grow(l);
		l->fds[l->n + 1] = (struct pollfd){.fd = fd};
		l->conns[l->n++] = c;
		record_event(c->id, "open");
	}
	if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
		die("accept: %s", strerror(errno));
}

/* ---- the loop ---- */

/* Says what to wait for; the time until the first sleeper wakes, at most a second. */
static int64_t prepare(struct loop *l)
{
	int64_t now = now_us();
	int64_t wait = 1000000;

	for (size_t i = 0; i < l->n; i++) {
		struct conn *c = l->conns[i];
		bool full = c->playing && c->in.n >= c->length + READ_SIZE;

		l->fds[i + 1].events = full ? 0 : POLLIN;
		if (c->playing && !c->sleeping)
			l->fds[i + 1].events |= POLLOUT;
		if (c->playing && c->sleeping && c->player.until - now < wait)
			wait = c->player.until - now;
	}
	return wait < 0 ? 0 : wait;
}

static void step(struct loop *l)
{
	int64_t wait = prepare(l);
	struct timespec t = {.tv_sec = wait / 1000000, .tv_nsec = (long)(wait % 1000000) * 1000};
	int64_t now;

	if (ppoll(l->fds, l->n + 1, &t, NULL) < 0)
		die("poll: %s", strerror(errno));
	now = now_us();
	/* From the end, because dropping one moves the last into its place. */
	for (size_t i = l->n; i-- > 0;) {
		struct conn *c = l->conns[i];
		short revents = l->fds[i + 1].revents;

		if (revents & (POLLIN | POLLHUP | POLLERR) && !receive(l, i))
			continue;
		if (revents || (c->playing && c->sleeping && c->player.until <= now))
			(void)advance(l, i);
	}
	if (l->fds[0].revents)
		accept_all(l);
}

void server_run(const struct server *s, int listener)
{
	struct loop l = {.server = s, .listener = listener};
	pid_t parent = getppid();

	grow(&l);
	l.fds[0] = (struct pollfd){.fd = listener, .events = POLLIN};
	for (;;) {
		step(&l);
		if (getppid() != parent)
			exit(0);
	}
}
