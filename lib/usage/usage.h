/* SPDX-License-Identifier: MIT */
/*
 * usage.h: finding the token counts in records, as their bytes arrive. A record is an object, on a
 * line of its own or over several, or an element of an array of such objects:
 *
 *	{"model": …, "usage": {…}}                           an answer, a report, a server's body
 *	{"response": {"body": {"model": …, "usage": {…}}}}   OpenAI's batch output
 *
 * The counts are input_tokens, output_tokens and total_tokens, or prompt_tokens and
 * completion_tokens. "time" is when the call ended. "cached": true says that the answer is that of
 * an earlier record. An object with no member but "content" or "reasoning" is an event of a
 * stream, and belongs to the record that ends the stream.
 */
#ifndef OC_USAGE_H
#define OC_USAGE_H

#include "json/scan.h"

#define OC_USAGE_MODEL_MAX 256 /* bytes of a model's name */

enum oc_usage_event {
	OC_USAGE_MORE,   /* the piece is used up */
	OC_USAGE_RECORD, /* reader->record is a record */
	OC_USAGE_BAD,    /* reader->bad says what could not be read */
};

struct oc_usage_record {
	uint64_t line;         /* on which it begins */
	struct oc_text model;  /* borrowed from the reader; empty if not known */
	struct oc_usage usage; /* a total that is missing is the sum of the others */
	bool timed;            /* it has a "time", which was of interest: */
	int64_t time;          /* s since the epoch */
	bool unfit;            /* it has no total, and the sum of the others does not fit */
	bool cached;           /* it was not asked for, but repeated */
	const char *flaw;      /* a member whose value is impossible, and was taken for missing */
};

struct oc_usage_bad {
	uint64_t line;   /* where it was noticed */
	uint64_t column; /* 0 = the whole line */
	bool not_json;   /* or else it is no record */
	const char *problem;
	uint64_t first; /* the lines that are lost */
	uint64_t last;
};

/* What an object says: the record itself, or the body in it. */
struct oc_usage_part {
	struct oc_buf model;
	bool has_usage;
	int64_t counts[5];
};

enum { OC_USAGE_PLACES = 7 };

struct oc_usage_reader {
	struct oc_usage_record record;
	struct oc_usage_bad bad;

	/* Private. */
	struct oc_scan scan;
	struct oc_usage_part parts[2];    /* the record, and the body of its response */
	int place;                        /* what is open */
	int look;                         /* under which place its members are listed */
	uint32_t wanted[OC_USAGE_PLACES]; /* the bits of their names */
	size_t first[OC_USAGE_PLACES];    /* where they begin in the list */
	bool rows;                        /* the record is an element of an array */
	int member;                       /* whose value comes next */
	bool has_events; /* members seen in the record: "content" and "reasoning" */
	bool in_stream;  /* events have come, but not their end */
};

/* times: whether those of records are of interest. 0 or OC_ENOMEM. */
int oc_usage_init(struct oc_usage_reader *r, bool times, struct oc_err *err) OC_MUST_CHECK;
void oc_usage_release(struct oc_usage_reader *r);

/* Reads on in *in, up to the next event, and takes what it has read off *in. */
enum oc_usage_event oc_usage_next(struct oc_usage_reader *r, struct oc_text *in);

/* The end of the input. To be called until it is OC_USAGE_MORE. */
enum oc_usage_event oc_usage_end(struct oc_usage_reader *r);

#endif
