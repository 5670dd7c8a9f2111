/* SPDX-License-Identifier: MIT */
/* slots.c: so many requests at a time for a server and a key, over all processes of a user. */
#include "compat.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "slots.h"
#include "text/clock.h"
#include "text/err.h"
#include "text/hash.h"

enum {
	QUEUE = 1 << 20, /* its first byte */
	NEAR = 8,        /* so many of the queue look often, however few slots there are */
};

#define SOON     0.005 /* s; how often the first of the queue look */
#define LATER    0.025 /* s; and the others */
#define PATIENCE 1.0   /* s; who leaves a slot free for so long is stopped, and is overtaken */

/* ---- the file ---- */

OC_NORETURN static void refuse(const char *path, const char *why)
{
	cli_die(CLI_CANTCREAT, "cannot keep slots in %s: %s", path, why);
}

/* Is it ours, of this kind, and closed to others? */
static void check(int fd, const char *path, mode_t kind)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		refuse(path, strerror(errno));
	if ((st.st_mode & S_IFMT) != kind)
		refuse(path, "it is no regular file");
	if (st.st_uid != geteuid())
		refuse(path, "it belongs to another user");
	if (st.st_mode & 077)
		refuse(path, "others have access to it (chmod go= would end that)");
}

/* Its name is in path then. */
static int open_directory(char *path, size_t size)
{
	const char *runtime = cli_env("XDG_RUNTIME_DIR");
	struct stat st;
	int fd;

	if (runtime && *runtime == '/') {
		/* In that of another user, which sudo may leave us, he would find ours. */
		if (stat(runtime, &st) == 0 && st.st_uid != geteuid())
			refuse(runtime, "it belongs to another user");
		(void)snprintf(path, size, "%s/oc", runtime);
	} else {
		(void)snprintf(path, size, "/tmp/oc-%lu", (unsigned long)geteuid());
	}
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		refuse(path, strerror(errno));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	check(fd, path, S_IFDIR);
	return fd;
}

/* Of the key there are 16 bits in the name: few keys of a user collide, which does no harm, and
 * nobody finds out with them which key it is. */
static void put_name(char *to, size_t size, const char *base_url, const char *key)
{
	uint64_t h = oc_hash((struct oc_text){key, strlen(key)});

	h ^= h >> 32;
	h ^= h >> 16;
	(void)snprintf(to, size, "slots-%016" PRIx64 "-%04x",
	               oc_hash((struct oc_text){base_url, strlen(base_url)}),
	               (unsigned)(h & 0xffff));
}

void slots_open(struct slots *slots, const char *base_url, const char *key)
{
	char path[4096];
	char name[64];
	int dir = open_directory(path, sizeof path - sizeof name);
	size_t n = strlen(path);

	put_name(name, sizeof name, base_url, key ? key : "");
	(void)snprintf(path + n, sizeof path - n, "/%s", name);
	slots->fd = openat(dir, name,
	                   O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	check(slots->fd, path, S_IFREG);
	(void)close(dir);
}

/* ---- locks ---- */

/* F_WRLCK: false where another process has the byte. What is worse has been told in *err. */
static bool set_lock(const struct slots *slots, short type, off_t at, struct oc_err *err)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};

	if (fcntl(slots->fd, F_SETLK, &lock) == 0)
		return true;
	if (errno != EAGAIN && errno != EACCES)
		(void)oc_err_set(err, OC_ESYS, "cannot lock a slot: %s", strerror(errno));
	return false;
}

/* Does another process have any of the bytes up to `till` (0 = without end)? *at becomes one. */
static bool find_lock(const struct slots *slots, off_t from, off_t till, off_t *at)
{
	struct flock lock = {.l_type = F_WRLCK,
	                     .l_whence = SEEK_SET,
	                     .l_start = from,
	                     .l_len = till ? till - from : 0};

	if ((till && from >= till) || fcntl(slots->fd, F_GETLK, &lock) < 0 ||
	    lock.l_type == F_UNLCK)
		return false;
	*at = lock.l_start;
	return true;
}

/* ---- the queue ---- */

static void queue_up(struct slots *slots, struct oc_err *err)
{
	off_t last;
	off_t at = QUEUE;

	while (!slots->ticket && !err->code) {
		while (find_lock(slots, at, 0, &last))
			at = last + 1;
		if (set_lock(slots, F_WRLCK, at, err))
			slots->ticket = at;
	}
}

/* How many there are in a part of the queue, counted up to `enough`. Any one may be found first. */
static unsigned count(const struct slots *slots, off_t from, off_t till, unsigned enough)
{
	off_t at;
	unsigned n;

	if (!enough || !find_lock(slots, from, till, &at))
		return 0;
	n = 1 + count(slots, from, at, enough - 1);
	return n + count(slots, at + 1, till, enough - n);
}

/* Are more slots free than there are who come before us? */
static bool is_our_turn(struct slots *slots, unsigned before)
{
	unsigned n = 0;
	off_t at;

	for (unsigned i = 0; i < slots->max && n <= before; i++)
		n += !slots->held[i] && !find_lock(slots, i, i + 1, &at);
	if (!n)
		slots->seen_free = 0;
	else if (slots->seen_free <= 0)
		slots->seen_free = oc_now();
	return n > before || (n && oc_now() - slots->seen_free > PATIENCE);
}

static bool take_slot(struct slots *slots, struct oc_err *err)
{
	for (unsigned i = 0; i < slots->max && !err->code; i++) {
		if (slots->held[i] || !set_lock(slots, F_WRLCK, i, err))
			continue;
		slots->held[i] = true;
		return true;
	}
	return false;
}

void slots_leave_queue(struct slots *slots)
{
	struct oc_err err = {0};

	if (slots->ticket)
		(void)set_lock(slots, F_UNLCK, slots->ticket, &err);
	slots->ticket = 0;
	slots->seen_free = 0;
}

int slots_enter(struct slots *slots, double *wait, struct oc_err *err)
{
	unsigned enough = slots->max > NEAR ? slots->max : NEAR;
	unsigned before;

	oc_err_clear(err);
	queue_up(slots, err);
	/* In this order: who is before us and takes a slot meanwhile counts twice. */
	before = count(slots, QUEUE, slots->ticket, enough);
	*wait = before < NEAR ? SOON : LATER;
	if (!err->code && is_our_turn(slots, before) && take_slot(slots, err))
		*wait = 0;
	if (*wait <= 0 || err->code)
		slots_leave_queue(slots);
	return err->code;
}

void slots_leave(struct slots *slots)
{
	struct oc_err err = {0};

	for (unsigned i = slots->max; i-- > 0;) {
		if (!slots->held[i])
			continue;
		(void)set_lock(slots, F_UNLCK, i, &err);
		slots->held[i] = false;
		return;
	}
}
