/* SPDX-License-Identifier: MIT */
/* usage.c: finding the token counts in records. Everything else in them is skipped unseen. */
#include "compat.h"

#include "text/moment.h"
#include "text/num.h"
#include "usage/usage.h"
#include "text/err.h"

/* What is open. */
enum place { NOWHERE, ROWS, RECORD, USAGE, RESPONSE, BODY, BODY_USAGE };

/* What a member is to us. The counts come first: they are indices. */
enum member {
	INPUT,
	OUTPUT,
	TOTAL,
	PROMPT,
	COMPLETION,
	MODEL,
	CACHED,
	COUNTS,
	ANSWER,
	INNER,
	EVENT,
	WHEN,
	OTHER
};

#define NAME(s)                  \
	{                        \
		s, sizeof(s) - 1 \
	}

static const struct {
	enum place place;
	enum member member;
	struct oc_text name;
} members[] = {
        {RECORD, MODEL, NAME("model")},
        {RECORD, COUNTS, NAME("usage")},
        {RECORD, CACHED, NAME("cached")},
        {RECORD, ANSWER, NAME("response")},
        {RECORD, EVENT, NAME("content")},
        {RECORD, EVENT, NAME("reasoning")},
        {RECORD, WHEN, NAME("time")},
        {RESPONSE, INNER, NAME("body")},
        {BODY, MODEL, NAME("model")},
        {BODY, COUNTS, NAME("usage")},
        {USAGE, INPUT, NAME("input_tokens")},
        {USAGE, OUTPUT, NAME("output_tokens")},
        {USAGE, TOTAL, NAME("total_tokens")},
        {USAGE, PROMPT, NAME("prompt_tokens")},
        {USAGE, COMPLETION, NAME("completion_tokens")},
};

int oc_usage_init(struct oc_usage_reader *r, bool times, struct oc_err *err)
{
	memset(r, 0, sizeof *r);
	oc_scan_init(&r->scan);
	oc_buf_init(&r->parts[0].model, OC_USAGE_MODEL_MAX);
	oc_buf_init(&r->parts[1].model, OC_USAGE_MODEL_MAX);
	for (size_t i = OC_COUNT(members); i-- > 0;) {
		if (times || members[i].member != WHEN)
			r->wanted[members[i].place] |= oc_scan_bit(members[i].name);
		r->first[members[i].place] = i;
	}
	/* From here on no name of a model makes a buffer grow. */
	if (!oc_buf_room(&r->parts[0].model, OC_USAGE_MODEL_MAX) ||
	    !oc_buf_room(&r->parts[1].model, OC_USAGE_MODEL_MAX)) {
		oc_usage_release(r);
		return oc_err_nomem(err);
	}
	return 0;
}

void oc_usage_release(struct oc_usage_reader *r)
{
	oc_buf_release(&r->parts[0].model);
	oc_buf_release(&r->parts[1].model);
}

/* What is open now, and with it the names that mean something there. */
static void enter(struct oc_usage_reader *r, enum place place)
{
	r->place = (int)place;
	r->look = place == BODY_USAGE ? (int)USAGE : (int)place;
	r->scan.wanted = r->wanted[r->look];
}

static enum member member_of(const struct oc_usage_reader *r)
{
	size_t i = r->first[r->look];

	for (; i < OC_COUNT(members) && (int)members[i].place == r->look; i++) {
		if (oc_scan_is(&r->scan, members[i].name))
			return members[i].member;
	}
	return OTHER;
}

static struct oc_usage_part *part_of(struct oc_usage_reader *r)
{
	return &r->parts[r->place >= BODY];
}

static void forget_counts(struct oc_usage_part *part)
{
	part->has_usage = false;
	for (size_t i = 0; i < OC_COUNT(part->counts); i++)
		part->counts[i] = -1;
}

static void forget(struct oc_usage_part *part)
{
	oc_buf_clear(&part->model);
	forget_counts(part);
}

static void begin_record(struct oc_usage_reader *r)
{
	r->record = (struct oc_usage_record){.line = r->scan.line};
	r->rows = r->place == ROWS;
	enter(r, RECORD);
	r->has_events = false;
	r->scan.passed = false;
	forget(&r->parts[0]);
	forget(&r->parts[1]);
}

/* The value of r->member is none that it can have. */
static void find_flaw(struct oc_usage_reader *r)
{
	for (size_t i = 0; i < OC_COUNT(members); i++) {
		if ((int)members[i].member == r->member && r->member <= COUNTS &&
		    r->member != CACHED)
			r->record.flaw = members[i].name.p;
	}
}

/* Of members of the same name the last one counts: what an earlier one said is forgotten. */
static void on_key(struct oc_usage_reader *r)
{
	enum member member = member_of(r);

	r->member = (int)member;
	if (r->place == RECORD) {
		r->has_events |= member == EVENT;
		r->scan.passed |= member != EVENT;
	}
	if (member < MODEL)
		part_of(r)->counts[member] = -1;
	else if (member == MODEL)
		oc_buf_clear(&part_of(r)->model);
	else if (member == CACHED)
		r->record.cached = false;
	else if (member == WHEN)
		r->record.timed = false;
	else if (member == COUNTS)
		forget_counts(part_of(r));
	else if (member == ANSWER || member == INNER)
		forget(&r->parts[1]);
	else
		oc_scan_skip(&r->scan);
}

static enum oc_usage_event on_scan_error(struct oc_usage_reader *r)
{
	const struct oc_scan *s = &r->scan;

	r->bad = (struct oc_usage_bad){
	        .line = s->bad_line,
	        .column = s->bad_column,
	        .not_json = true,
	        .problem = s->problem,
	        .first = r->place >= RECORD ? r->record.line : s->bad_line,
	        .last = s->bad_end,
	};
	enter(r, NOWHERE);
	return OC_USAGE_BAD;
}

/* A value where a record is due. */
static enum oc_usage_event on_no_record(struct oc_usage_reader *r)
{
	uint64_t line = r->scan.line;

	r->bad = (struct oc_usage_bad){
	        .line = line,
	        .problem = "an object expected",
	        .first = line,
	        .last = line,
	};
	return OC_USAGE_BAD;
}

static enum oc_usage_event on_object(struct oc_usage_reader *r)
{
	if (r->place <= ROWS) {
		begin_record(r);
	} else if (r->member == COUNTS) {
		part_of(r)->has_usage = true;
		enter(r, r->place == BODY ? BODY_USAGE : USAGE);
	} else if (r->member == ANSWER) {
		enter(r, RESPONSE);
	} else if (r->member == INNER) {
		enter(r, BODY);
	} else {
		find_flaw(r);
		oc_scan_skip(&r->scan);
	}
	return OC_USAGE_MORE;
}

static enum oc_usage_event on_array(struct oc_usage_reader *r)
{
	if (r->place == NOWHERE) {
		enter(r, ROWS);
		return OC_USAGE_MORE;
	}
	oc_scan_skip(&r->scan);
	if (r->place == ROWS)
		return on_no_record(r);
	find_flaw(r);
	return OC_USAGE_MORE;
}

static void keep_model(struct oc_usage_reader *r)
{
	struct oc_buf *model = &part_of(r)->model;

	if (oc_scan_string(&r->scan, model) && !model->bad)
		return;
	oc_buf_clear(model);
	find_flaw(r);
}

/* Whoever has another kind of "time" in his records has none for us. */
static void read_time(struct oc_usage_reader *r)
{
	struct oc_text text = r->scan.text;

	if (text.n > 2)
		r->record.timed =
		        oc_moment_read((struct oc_text){text.p + 1, text.n - 2}, &r->record.time);
}

static enum oc_usage_event on_scalar(struct oc_usage_reader *r, enum oc_scan_event event)
{
	int64_t count;

	if (r->place <= ROWS)
		return on_no_record(r);
	if (event == OC_SCAN_STRING && r->member == MODEL)
		keep_model(r);
	else if (event == OC_SCAN_STRING && r->member == WHEN)
		read_time(r);
	else if (event == OC_SCAN_BOOL && r->member == CACHED)
		r->record.cached = r->scan.truth;
	else if (event == OC_SCAN_NUMBER && r->member < MODEL && !r->scan.cut &&
	         oc_num_exact(r->scan.text.p, r->scan.text.n, &count) && count >= 0)
		part_of(r)->counts[r->member] = count;
	else if (event != OC_SCAN_NULL)
		find_flaw(r);
	return OC_USAGE_MORE;
}

static int64_t either(int64_t a, int64_t b)
{
	return a >= 0 ? a : b;
}

static enum oc_usage_event finish(struct oc_usage_reader *r)
{
	const struct oc_usage_part *said = &r->parts[r->parts[1].has_usage];
	const struct oc_usage_part *named = r->parts[1].model.n ? &r->parts[1] : &r->parts[0];
	struct oc_usage *usage = &r->record.usage;

	r->in_stream = r->has_events && !r->scan.passed;
	if (r->in_stream)
		return OC_USAGE_MORE;
	r->record.model = oc_buf_text(&named->model);
	usage->input_tokens = either(said->counts[INPUT], said->counts[PROMPT]);
	usage->output_tokens = either(said->counts[OUTPUT], said->counts[COMPLETION]);
	usage->total_tokens = said->counts[TOTAL];
	if (usage->total_tokens >= 0 || usage->input_tokens < 0 || usage->output_tokens < 0)
		return OC_USAGE_RECORD;
	r->record.unfit = usage->input_tokens > INT64_MAX - usage->output_tokens;
	if (!r->record.unfit)
		usage->total_tokens = usage->input_tokens + usage->output_tokens;
	return OC_USAGE_RECORD;
}

static enum oc_usage_event on_close(struct oc_usage_reader *r)
{
	static const enum place around[] = {
	        [USAGE] = RECORD, [RESPONSE] = RECORD, [BODY] = RESPONSE, [BODY_USAGE] = BODY};

	if (r->place == RECORD) {
		enter(r, r->rows ? ROWS : NOWHERE);
		return finish(r);
	}
	enter(r, around[r->place]);
	return OC_USAGE_MORE;
}

static enum oc_usage_event on_event(struct oc_usage_reader *r, enum oc_scan_event event)
{
	switch (event) {
	case OC_SCAN_OBJECT:
		return on_object(r);
	case OC_SCAN_ARRAY:
		return on_array(r);
	case OC_SCAN_CLOSE:
		return on_close(r);
	case OC_SCAN_KEY:
		on_key(r);
		break;
	case OC_SCAN_STRING:
	case OC_SCAN_NUMBER:
	case OC_SCAN_BOOL:
	case OC_SCAN_NULL:
		return on_scalar(r, event);
	case OC_SCAN_BAD:
		return on_scan_error(r);
	case OC_SCAN_MORE:
		break;
	}
	return OC_USAGE_MORE;
}

enum oc_usage_event oc_usage_next(struct oc_usage_reader *r, struct oc_text *in)
{
	enum oc_usage_event found = OC_USAGE_MORE;
	enum oc_scan_event event;

	while (found == OC_USAGE_MORE && (event = oc_scan_next(&r->scan, in)) != OC_SCAN_MORE)
		found = on_event(r, event);
	return found;
}

enum oc_usage_event oc_usage_end(struct oc_usage_reader *r)
{
	enum oc_scan_event event = oc_scan_end(&r->scan);

	if (event != OC_SCAN_MORE)
		return on_event(r, event);
	if (!r->in_stream)
		return OC_USAGE_MORE;
	/* A stream that was cut: its last event stands for it, and what it cost is not known. */
	r->has_events = false;
	return finish(r);
}
