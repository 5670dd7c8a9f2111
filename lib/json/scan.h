/* SPDX-License-Identifier: MIT */
/*
 * scan.h: reading JSON values of any size, one after another, as their bytes arrive. It is the one
 * grammar of JSON: oc_json_check() asks it, too. Nothing is kept except the text of the current
 * name or scalar: memory does not depend on the input, and a value that is split over many pieces
 * is no special case.
 *
 *	while ((event = oc_scan_next(&scan, &piece)) != OC_SCAN_MORE)
 *		…
 *
 * What is not JSON is one OC_SCAN_BAD, after which the scan goes on where the next value can begin:
 * on the next line. Where the bad value had begun on an earlier line it is a document over
 * several lines, whose rest is skipped: lines that are indented, or begin with a closing
 * bracket. An opening bracket in the first column where none is due begins a value, too.
 *
 * A byte order mark may stand before every value, since that is what `cat` makes of several files.
 */
#ifndef OC_SCAN_H
#define OC_SCAN_H

#include "json/escape.h"

#define OC_JSON_DEPTH_MAX 128 /* nested arrays and objects */
#define OC_SCAN_TEXT_MAX  1024

enum oc_scan_event {
	OC_SCAN_MORE,   /* the piece is used up */
	OC_SCAN_OBJECT, /* an object begins */
	OC_SCAN_ARRAY,  /* an array begins */
	OC_SCAN_CLOSE,  /* the innermost of them ends */
	OC_SCAN_KEY,    /* a member's name; its value comes next */
	OC_SCAN_STRING,
	OC_SCAN_NUMBER,
	OC_SCAN_BOOL,
	OC_SCAN_NULL,
	OC_SCAN_BAD,
};

struct oc_scan {
	/* Of the last event. */
	size_t depth;  /* arrays and objects that are open now */
	uint64_t line; /* from 1 */

	/* The text of a key, a number or a string: as it stands, with quotes and escapes. Borrowed
	 * from the piece, or from here. */
	struct oc_text text;
	bool cut;     /* it is only the beginning: OC_SCAN_TEXT_MAX bytes */
	bool escaped; /* there are escapes in it */
	bool truth;   /* of OC_SCAN_BOOL: what it is */

	/* To be set by the caller at any time: the bits of the names that are wanted. Members with
	 * other names make no events, unless they share a bit with one; that there were some is
	 * noted in `passed`, which the caller clears. Names with escapes are always reported. */
	uint32_t wanted;
	bool passed;

	/* To be set by the caller at the beginning: the input is one text. Then there is no byte
	 * order mark, the outermost value makes an event at its end even if it is skipped, and
	 * nothing is read on behind what is bad. */
	bool alone;
	bool any_bytes; /* what is not UTF-8 may stand in a string; only with `alone` */

	/* Of OC_SCAN_BAD. */
	const char *problem;
	uint64_t bad_line;   /* where it was noticed */
	uint64_t bad_column; /* in bytes, from 1; 0 = the end of the line */
	uint64_t bad_end;    /* the last line that is lost with it */
	uint64_t bad_offset; /* of the character, word or number in the input, from 0 */

	uint64_t count; /* values and names so far, skipped ones, too */

	/* Private. */
	enum oc_scan_event event; /* the last one */
	int state;
	int part;          /* how far a number has come, or which word it is */
	const char *rest;  /* what must follow: of a word, or of the byte order mark */
	unsigned due;      /* bytes of an escape or a character to come, or of a word so far */
	unsigned char low; /* and the range of the next one */
	unsigned char high;
	bool key;  /* the string is a member's name */
	bool mute; /* no events until a value at mute_depth has ended */
	size_t mute_depth;
	uint64_t root_line; /* where the outermost value began */
	uint64_t line_at;   /* the offset in the input at which the line begins */
	uint64_t offset;    /* the offset of `piece` */
	const char *piece;
	char closing[OC_JSON_DEPTH_MAX];
	char kept[OC_SCAN_TEXT_MAX]; /* text that is split over pieces */
};

void oc_scan_init(struct oc_scan *s);

/* Reads on in *in, up to the next event, and takes what it has read off *in. */
enum oc_scan_event oc_scan_next(struct oc_scan *s, struct oc_text *in);

/* After OC_SCAN_KEY: no events for its value. After OC_SCAN_OBJECT or OC_SCAN_ARRAY: none up to and
 * with its end. */
void oc_scan_skip(struct oc_scan *s);

/* The end of the input: OC_SCAN_BAD if it came too early, else what was still open (a number), else
 * OC_SCAN_MORE. To be called until it is OC_SCAN_MORE. */
enum oc_scan_event oc_scan_end(struct oc_scan *s);

/* The bit of a name in `wanted`: few names have the same length and the same last character. */
static inline uint32_t oc_scan_bit(struct oc_text name)
{
	return 1U << ((name.n ^ (name.n ? (unsigned char)name.p[name.n - 1] : 0)) & 31);
}

/* Appends the decoded string; false, with nothing appended, if it was cut. */
bool oc_scan_string(const struct oc_scan *s, struct oc_buf *out);

/* Is the decoded string this one? */
static inline bool oc_scan_is(const struct oc_scan *s, struct oc_text text)
{
	if (s->escaped)
		return !s->cut &&
		       oc_json_decodes_to((struct oc_text){s->text.p + 1, s->text.n - 2}, text);
	return s->text.n == text.n + 2 && !s->cut && memcmp(s->text.p + 1, text.p, text.n) == 0;
}

#endif
