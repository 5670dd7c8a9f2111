/* SPDX-License-Identifier: MIT */
/*
 * scan.c: reading JSON values as their bytes arrive. A state machine over tokens: each function
 * reads from p up to the end of its part of the grammar, or of the piece, and stores in s->state
 * where the next byte belongs.
 */
#include "compat.h"

#include <limits.h>

#include "json/plain.h"
#include "json/scan.h"
#include "text/text.h"
#include "text/utf8.h"

enum state {
	MARK,        /* within a byte order mark */
	VALUE,       /* a value must come */
	FIRST_VALUE, /* a value, or the end of the array */
	NAME,        /* a member's name must come */
	FIRST_NAME,  /* a name, or the end of the object */
	COLON,
	SEPARATOR, /* a comma, or the end of the array or object */
	STRING,
	ESCAPE, /* behind the backslash */
	HEX,    /* `due` hexadecimal digits must come */
	TAIL,   /* `due` bytes of a character must come */
	NUMBER,
	WORD,      /* `rest` must come */
	LOST,      /* skipping up to the end of the line */
	NEXT_LINE, /* skipping: does a value begin with this line? */
};

/* How far a number has come: behind what it is. */
enum number { MINUS, ZERO, WHOLE, POINT, FRACTION, EXPONENT, SIGN, POWER, NO_NUMBER, NUMBER_ENDS };

void oc_scan_init(struct oc_scan *s)
{
	memset(s, 0, offsetof(struct oc_scan, closing));
	s->line = 1;
	s->state = VALUE;
	s->wanted = UINT32_MAX;
}

static uint64_t offset_of(const struct oc_scan *s, const char *p)
{
	return s->offset + (uint64_t)(p - s->piece);
}

/* p is a newline. */
static void count_line(struct oc_scan *s, const char *p)
{
	s->line++;
	s->line_at = offset_of(s, p + 1);
}

static const char *fail(struct oc_scan *s, const char *p, const char *problem)
{
	s->problem = problem;
	s->bad_line = s->line;
	s->bad_offset = offset_of(s, p);
	s->bad_column = s->bad_offset - s->line_at + 1;
	s->state = LOST;
	if (s->alone)
		s->event = OC_SCAN_BAD;
	return p;
}

/* A value is complete: its event, unless it is muted. */
static enum oc_scan_event complete(struct oc_scan *s, enum oc_scan_event event)
{
	s->state = s->depth ? SEPARATOR : VALUE;
	if (!s->mute)
		return event;
	s->mute = s->depth > s->mute_depth;
	return s->alone && !s->depth ? event : OC_SCAN_MORE;
}

/* The text of a token that lies in the piece as a whole. */
static void set_text(struct oc_scan *s, const char *p, const char *end)
{
	s->text = (struct oc_text){p, (size_t)(end - p)};
	s->cut = false;
	s->escaped = false;
}

/* The text of a token that may go on in the next piece is gathered. */
static void begin_text(struct oc_scan *s)
{
	set_text(s, s->kept, s->kept);
}

static void keep(struct oc_scan *s, const char *p, const char *end)
{
	size_t n = (size_t)(end - p);
	size_t room = sizeof s->kept - s->text.n;

	if (s->mute)
		return;
	if (n > room) {
		s->cut = true;
		n = room;
	}
	memcpy(s->kept + s->text.n, p, n);
	s->text.n += n;
}

/* ---- strings ---- */

static void mute(struct oc_scan *s, size_t depth)
{
	s->mute = true;
	s->mute_depth = depth;
}

static bool is_wanted(const struct oc_scan *s)
{
	struct oc_text name = {s->text.p + 1, s->text.n - 2};

	return s->escaped || (s->wanted & oc_scan_bit(name));
}

static enum oc_scan_event end_string(struct oc_scan *s)
{
	if (!s->key)
		return complete(s, OC_SCAN_STRING);
	s->state = COLON;
	if (s->mute)
		return OC_SCAN_MORE;
	if (is_wanted(s))
		return OC_SCAN_KEY;
	s->passed = true;
	mute(s, s->depth);
	return OC_SCAN_MORE;
}

/* Most strings are plain and end in the piece in which they begin. */
static const char *begin_string(struct oc_scan *s, const char *p, const char *end, bool key)
{
	const char *close = oc_plain_skip(p + 1, end);

	s->key = key;
	if (close < end && *close == '"') {
		set_text(s, p, close + 1);
		s->event = end_string(s);
		return close + 1;
	}
	begin_text(s);
	keep(s, p, close);
	s->state = STRING;
	return close;
}

/* The first byte of a character of several bytes: how many follow, and the range of the next one
 * (RFC 3629 4). */
static const char *begin_character(struct oc_scan *s, const char *p)
{
	unsigned char c = (unsigned char)*p;

	/* Of a text that is there as a whole, what is a character has been passed. */
	if (c < 0xc2 || c > 0xf4 || s->alone)
		return fail(s, p, "invalid UTF-8");
	s->due = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	s->low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	s->high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	s->state = TAIL;
	keep(s, p, p + 1);
	return p + 1;
}

static const char *in_tail(struct oc_scan *s, const char *p, const char *end)
{
	const char *start = p;

	for (; s->due && p < end; p++, s->due--) {
		unsigned char c = (unsigned char)*p;

		if (c < s->low || c > s->high)
			return fail(s, p, "invalid UTF-8");
		s->low = 0x80;
		s->high = 0xbf;
	}
	keep(s, start, p);
	if (!s->due)
		s->state = STRING;
	return p;
}

static bool is_escape(char c)
{
	static const bool escapes[UCHAR_MAX + 1] = {
	        ['"'] = true, ['\\'] = true, ['/'] = true, ['b'] = true, ['f'] = true,
	        ['n'] = true, ['r'] = true,  ['t'] = true, ['u'] = true,
	};

	return escapes[(unsigned char)c];
}

static const char *in_escape(struct oc_scan *s, const char *p)
{
	if (!is_escape(*p))
		return fail(s, p, "unknown escape in a string");
	s->escaped = true;
	s->state = *p == 'u' ? HEX : STRING;
	s->due = 4;
	keep(s, p, p + 1);
	return p + 1;
}

static bool is_hex(char c)
{
	return oc_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const char *in_hex(struct oc_scan *s, const char *p)
{
	if (!is_hex(*p))
		return fail(s, p, "four hexadecimal digits expected");
	if (!--s->due)
		s->state = STRING;
	keep(s, p, p + 1);
	return p + 1;
}

/* Passes an escape or some characters, as far as they are in the piece as a whole; \u escapes are
 * left to their states. */
static const char *pass(struct oc_scan *s, const char *p, const char *end)
{
	size_t n;

	if (*p == '\\' && end - p > 1 && p[1] != 'u' && is_escape(p[1])) {
		s->escaped = true;
		return p + 2;
	}
	while (p < end && (unsigned char)*p >= 0x80 &&
	       ((n = oc_utf8_sequence(p, (size_t)(end - p))) > 0 || s->any_bytes))
		p += n ? n : 1;
	return p;
}

static const char *in_string(struct oc_scan *s, const char *p, const char *end)
{
	const char *start = p;
	const char *before;

	do {
		before = oc_plain_skip(p, end);
		p = before < end && *before != '"' ? pass(s, before, end) : before;
	} while (p > before);
	keep(s, start, p);
	if (p == end)
		return p;
	if ((unsigned char)*p < 0x20)
		return fail(s, p, "control character in a string");
	if ((unsigned char)*p >= 0x80)
		return begin_character(s, p);
	keep(s, p, p + 1);
	if (*p == '"')
		s->event = end_string(s);
	else
		s->state = ESCAPE;
	return p + 1;
}

/* ---- numbers and words ---- */

/* A flat table of transitions: NOLINTNEXTLINE(readability-function-cognitive-complexity) */
static enum number number_after(enum number number, char c)
{
	switch (number) {
	case MINUS:
		return c == '0' ? ZERO : oc_is_digit(c) ? WHOLE : NO_NUMBER;
	case ZERO:
	case WHOLE:
		if (number == WHOLE && oc_is_digit(c))
			return WHOLE;
		return c == '.' ? POINT : c == 'e' || c == 'E' ? EXPONENT : NUMBER_ENDS;
	case POINT:
		return oc_is_digit(c) ? FRACTION : NO_NUMBER;
	case FRACTION:
		if (oc_is_digit(c))
			return FRACTION;
		return c == 'e' || c == 'E' ? EXPONENT : NUMBER_ENDS;
	case EXPONENT:
		return c == '+' || c == '-' ? SIGN : oc_is_digit(c) ? POWER : NO_NUMBER;
	case SIGN:
		return oc_is_digit(c) ? POWER : NO_NUMBER;
	case POWER:
		return oc_is_digit(c) ? POWER : NUMBER_ENDS;
	case NO_NUMBER:
	case NUMBER_ENDS:
		break;
	}
	return NO_NUMBER;
}

static const char *in_number(struct oc_scan *s, const char *p, const char *end)
{
	const char *start = p;
	enum number number = (enum number)s->part;

	while (p < end) {
		number = number_after(number, *p);
		if (number >= NO_NUMBER)
			break;
		s->part = (int)number;
		p++;
	}
	keep(s, start, p);
	if (number == NO_NUMBER)
		return fail(s, p, "a digit expected");
	if (number == NUMBER_ENDS)
		s->event = complete(s, OC_SCAN_NUMBER);
	return p;
}

static const char *begin_number(struct oc_scan *s, const char *p, const char *end)
{
	const char *digits = p;

	while (digits < end && oc_is_digit(*digits))
		digits++;
	/* Most numbers are integers that end in the piece in which they begin. */
	if (digits > p && digits < end && *digits != '.' && *digits != 'e' && *digits != 'E' &&
	    (*p != '0' || digits == p + 1)) {
		set_text(s, p, digits);
		s->event = complete(s, OC_SCAN_NUMBER);
		return digits;
	}
	s->part = *p == '-' ? MINUS : *p == '0' ? ZERO : WHOLE;
	begin_text(s);
	s->state = NUMBER;
	keep(s, p, p + 1);
	return p + 1;
}

static const char *begin_word(struct oc_scan *s, const char *p, const char *word)
{
	s->rest = word + 1;
	s->truth = *word == 't';
	s->part = *word == 'n' ? OC_SCAN_NULL : OC_SCAN_BOOL;
	s->due = 1;
	s->state = WORD;
	return p + 1;
}

static const char *in_word(struct oc_scan *s, const char *p, const char *end)
{
	for (; *s->rest && p < end; p++, s->rest++, s->due++) {
		if (*p != *s->rest) {
			p = fail(s, p, "a value expected");
			s->bad_offset -= s->due;
			return p;
		}
	}
	if (!*s->rest)
		s->event = complete(s, (enum oc_scan_event)s->part);
	return p;
}

/* ---- between the scalars ---- */

static const char *open_bracket(struct oc_scan *s, const char *p)
{
	bool object = *p == '{';

	if (s->depth == OC_JSON_DEPTH_MAX)
		return fail(s, p, "nested too deeply");
	s->closing[s->depth++] = object ? '}' : ']';
	s->state = object ? FIRST_NAME : FIRST_VALUE;
	if (!s->mute)
		s->event = object ? OC_SCAN_OBJECT : OC_SCAN_ARRAY;
	return p + 1;
}

static const char *close_bracket(struct oc_scan *s, const char *p)
{
	s->depth--;
	s->event = complete(s, OC_SCAN_CLOSE);
	return p + 1;
}

static const char *in_mark(struct oc_scan *s, const char *p)
{
	if (*p != *s->rest)
		return fail(s, p, "a value expected");
	if (!*++s->rest)
		s->state = VALUE;
	return p + 1;
}

static const char *begin_value(struct oc_scan *s, const char *p, const char *end)
{
	if (!s->depth)
		s->root_line = s->line;
	s->count++;
	switch (*p) {
	case '{':
	case '[':
		return open_bracket(s, p);
	case '"':
		return begin_string(s, p, end, false);
	case 't':
		return begin_word(s, p, "true");
	case 'f':
		return begin_word(s, p, "false");
	case 'n':
		return begin_word(s, p, "null");
	default:
		if (*p == *OC_UTF8_BOM && !s->depth && !s->alone) {
			s->count--;
			s->rest = &OC_UTF8_BOM[1];
			s->state = MARK;
			return p + 1;
		}
		if (*p != '-' && !oc_is_digit(*p))
			return fail(s, p, "a value expected");
		return begin_number(s, p, end);
	}
}

/* A comma or a closing bracket, of which s->depth is not 0. */
static const char *separate(struct oc_scan *s, const char *p)
{
	char closing = s->closing[s->depth - 1];

	if (*p == closing)
		return close_bracket(s, p);
	if (*p != ',')
		return fail(s, p,
		            closing == '}' ? "\",\" or \"}\" expected" : "\",\" or \"]\" expected");
	s->state = closing == '}' ? NAME : VALUE;
	return p + 1;
}

static const char *begin_name(struct oc_scan *s, const char *p, const char *end)
{
	if (*p != '"')
		return fail(s, p, "a name in quotes expected");
	s->count++;
	return begin_string(s, p, end, true);
}

static const char *skip_blanks(struct oc_scan *s, const char *p, const char *end)
{
	for (; p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'); p++) {
		if (*p == '\n')
			count_line(s, p);
	}
	return p;
}

/* Skips blanks: is there anything behind them? */
static inline bool more(struct oc_scan *s, const char **p, const char *end)
{
	if (*p < end && (unsigned char)**p > ' ')
		return true;
	*p = skip_blanks(s, *p, end);
	return *p < end;
}

/* Falls through in the order in which the parts of a member follow each other. */
static const char *between(struct oc_scan *s, const char *p, const char *end)
{
	if (!more(s, &p, end))
		return p;
	switch (s->state) {
	case COLON:
		if (*p != ':')
			return fail(s, p, "\":\" expected");
		s->state = VALUE;
		p++;
		if (!more(s, &p, end))
			return p;
		/* fall through */
	case VALUE:
		p = begin_value(s, p, end);
		if (s->state != SEPARATOR || s->event != OC_SCAN_MORE || !more(s, &p, end))
			return p;
		/* fall through */
	case SEPARATOR:
		p = separate(s, p);
		if (s->state != NAME || !more(s, &p, end))
			return p;
		/* fall through */
	case NAME:
		return begin_name(s, p, end);
	case FIRST_NAME:
		return *p == '}' ? close_bracket(s, p) : begin_name(s, p, end);
	default: /* FIRST_VALUE */
		return *p == ']' ? close_bracket(s, p) : begin_value(s, p, end);
	}
}

/* ---- beginning again ---- */

/* The end of what could not be read: up to the line `last`. */
static enum oc_scan_event give_up(struct oc_scan *s, uint64_t last)
{
	s->bad_end = last;
	s->depth = 0;
	s->mute = false;
	s->state = VALUE;
	return OC_SCAN_BAD;
}

static const char *next_line(struct oc_scan *s, const char *p)
{
	bool several = s->bad_line > s->root_line && s->depth;

	if (several && memchr(" \t\r\n]}", *p, 6)) {
		s->state = LOST;
		return p;
	}
	s->event = give_up(s, s->line - 1);
	return p;
}

static const char *lost(struct oc_scan *s, const char *p, const char *end)
{
	/* A write that was torn at the end of the line, and the next one. */
	if ((*p == '{' || *p == '[') && offset_of(s, p) == s->line_at) {
		s->problem = "the line ends too early";
		s->bad_line--;
		s->bad_column = 0;
		s->event = give_up(s, s->bad_line);
		return p;
	}
	p = memchr(p, '\n', (size_t)(end - p));
	if (!p)
		return end;
	count_line(s, p);
	s->state = NEXT_LINE;
	return p + 1;
}

static const char *step(struct oc_scan *s, const char *p, const char *end)
{
	switch (s->state) {
	case MARK:
		return in_mark(s, p);
	case STRING:
		return in_string(s, p, end);
	case ESCAPE:
		return in_escape(s, p);
	case HEX:
		return in_hex(s, p);
	case TAIL:
		return in_tail(s, p, end);
	case NUMBER:
		return in_number(s, p, end);
	case WORD:
		return in_word(s, p, end);
	case LOST:
		return lost(s, p, end);
	case NEXT_LINE:
		return next_line(s, p);
	default:
		return between(s, p, end);
	}
}

enum oc_scan_event oc_scan_next(struct oc_scan *s, struct oc_text *in)
{
	const char *p = in->p;
	const char *end = p + in->n;

	s->piece = p;
	s->event = OC_SCAN_MORE;
	while (p < end && s->event == OC_SCAN_MORE)
		p = step(s, p, end);
	s->offset += (uint64_t)(p - in->p);
	*in = (struct oc_text){p, (size_t)(end - p)};
	return s->event;
}

void oc_scan_skip(struct oc_scan *s)
{
	bool opened = s->event == OC_SCAN_OBJECT || s->event == OC_SCAN_ARRAY;

	mute(s, opened ? s->depth - 1 : s->depth);
}

enum oc_scan_event oc_scan_end(struct oc_scan *s)
{
	s->piece = NULL;
	if (s->state == LOST)
		return give_up(s, s->line);
	if (s->state == NEXT_LINE)
		return give_up(s, s->line - 1);
	if (s->depth == 0 && s->state == VALUE)
		return OC_SCAN_MORE;
	if (s->depth == 0 && s->state == NUMBER &&
	    number_after((enum number)s->part, ' ') == NUMBER_ENDS)
		return complete(s, OC_SCAN_NUMBER);
	(void)fail(s, NULL, "the text ends too early");
	return give_up(s, s->line);
}

bool oc_scan_string(const struct oc_scan *s, struct oc_buf *out)
{
	if (!s->cut)
		oc_json_decode((struct oc_text){s->text.p + 1, s->text.n - 2}, out);
	return !s->cut;
}
