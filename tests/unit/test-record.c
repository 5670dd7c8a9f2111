/* SPDX-License-Identifier: MIT */
/* test-record.c: the answer lines of a batch, as they are written and as they are read back. */
#include "fail-alloc.h"
#include "unit.h"

#include <unistd.h>

#include "batch/record.h"
#include "json/scan.h"
#include "answer/reply.h"
#include "text/text.h"

/* ---- written ---- */

static const struct oc_reply answer = {
        .content = (char[]){"a\0\"b"},
        .content_len = 4,
        .model = (char[]){"m"},
        .id = (char[]){"chatcmpl-1"},
        .finish_reason = (char[]){"stop"},
        .usage = {3, -1, -1},
        .http_status = 200,
        .reasoning = (char[]){"hm"},
        .reasoning_len = 2,
};

static struct oc_line a_line(bool envelope, const char *custom_id)
{
	struct oc_line line;

	oc_line_init(&line);
	line.number = 12;
	line.envelope = envelope;
	line.id.request = 0x0123456789abcdefu;
	oc_buf_puts(&line.custom_id, custom_id);
	return line;
}

static int write_answer(const struct oc_line *line, struct oc_text raw, const char *request_id,
                        struct oc_buf *out, struct oc_err *err)
{
	struct oc_json json;
	int rc;

	oc_json_init(&json);
	rc = oc_record_answer(line, &answer, raw, request_id, &json, out, err);
	oc_json_release(&json);
	return rc;
}

/* The line of this answer is that text. */
static void check_answer(const struct oc_line *line, const char *raw, const char *request_id,
                         const char *want)
{
	struct oc_buf out = {0};
	struct oc_err err = {0};

	oc_buf_init(&out, 4096);
	CHECK_INT(write_answer(line, oc_text_of(raw), request_id, &out, &err), OC_OK);
	CHECK_STR(out.p, want);
	oc_buf_release(&out);
}

TEST(an_answer)
{
	struct oc_line line = a_line(false, "\"\\u0061\"");
	struct oc_buf out = {0};

	check_answer(&line, "", "",
	             "{\"custom_id\":\"\\u0061\",\"line\":12,\"content\":\"a\\u0000\\\"b\","
	             "\"model\":\"m\",\"usage\":{\"input_tokens\":3,\"output_tokens\":null,"
	             "\"total_tokens\":null},\"finish_reason\":\"stop\","
	             "\"request\":\"0123456789abcdef\"}\n");
	oc_buf_init(&out, 4096);
	oc_record_reasoning(&line, &answer, &out);
	CHECK_STR(out.p, "{\"custom_id\":\"\\u0061\",\"line\":12,\"reasoning\":\"hm\"}\n");
	oc_buf_release(&out);
	oc_line_release(&line);
}

#define ENVELOPE "{\"id\":\"batch_req_0123456789abcdef\",\"custom_id\":"

TEST(an_envelope)
{
	struct oc_line line = a_line(true, "\"a\"");
	struct oc_line nameless = a_line(true, "");

	check_answer(&line, "{\n  \"x\": [1,\r\n2]\n}\n", "req-7",
	             ENVELOPE "\"a\",\"response\":{\"status_code\":200,\"request_id\":\"req-7\","
	                      "\"body\":{   \"x\": [1,  2] }},\"error\":null}\n");
	check_answer(&nameless, "\"\xff\"", "",
	             ENVELOPE "null,\"line\":12,\"response\":{\"status_code\":200,"
	                      "\"request_id\":\"\",\"body\":\"\xef\xbf\xbd\"},\"error\":null}\n");
	oc_line_release(&line);
	oc_line_release(&nameless);
}

TEST(an_envelope_of_what_is_not_utf8)
{
	struct oc_line line = a_line(true, "\"a\"");

	check_answer(&line, "\xef\xbb\xbf{}", "caf\xe9",
	             ENVELOPE "\"a\",\"response\":{\"status_code\":200,"
	                      "\"request_id\":\"caf\xef\xbf\xbd\",\"body\":{}},\"error\":null}\n");
	oc_line_release(&line);
}

/* jq 1.6 refuses a text with one half of a pair, and with it all that comes after. */
TEST(half_a_surrogate_pair)
{
	static const struct {
		const char *sent, *written;
	} rows[] = {
	        {"\\ud800", "\\ufffd"},
	        {"\\uDFff", "\\ufffd"},
	        {"\\ud83d\\ude00", "\\ud83d\\ude00"},
	        {"\\ud83d\\ud83d\\ude00", "\\ufffd\\ud83d\\ude00"},
	        {"\\ude00\\ud83d", "\\ufffd\\ufffd"},
	        {"\\ud83dx\\ude00", "\\ufffdx\\ufffd"},
	        {"\\\\ud800", "\\\\ud800"},
	        {"\\\\\\ud800", "\\\\\\ufffd"},
	        {"\\ud7ff\\ue000", "\\ud7ff\\ue000"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		char text[64], want[256];
		struct oc_line line;

		(void)snprintf(text, sizeof text, "\"%s\"", rows[i].sent);
		line = a_line(true, text);
		(void)snprintf(want, sizeof want,
		               "{\"id\":\"batch_req_0123456789abcdef\",\"custom_id\":\"%s\","
		               "\"response\":{\"status_code\":200,\"request_id\":\"\","
		               "\"body\":\"%s\"},\"error\":null}\n",
		               rows[i].written, rows[i].written);
		check_answer(&line, text, "", want);
		oc_line_release(&line);
	}
}

/* n brackets within each other. */
static void nest(struct oc_buf *out, int n)
{
	for (int i = 0; i < n; i++)
		oc_buf_putc(out, '[');
	for (int i = 0; i < n; i++)
		oc_buf_putc(out, ']');
}

TEST(what_the_reader_would_refuse_is_not_written)
{
	struct oc_line line = a_line(true, "\"a\"");
	struct oc_buf body = {0};
	struct oc_buf out = {0};
	struct oc_err err = {0};

	oc_buf_init(&body, 4096);
	oc_buf_init(&out, 4096);
	oc_buf_puts(&out, "before\n");
	nest(&body, OC_JSON_DEPTH_MAX); /* JSON, but not within the line */
	CHECK_INT(oc_json_check(body.p, body.n, NULL, NULL), OC_OK);
	CHECK_INT(write_answer(&line, oc_buf_text(&body), "", &out, &err), OC_EPROTO);
	CHECK_STR(out.p, "before\n");
	CHECK(strstr(err.message,
	             "the answer does not fit into a line of JSON: not JSON at byte "));
	oc_buf_clear(&body);
	nest(&body, OC_JSON_DEPTH_MAX - 2);
	CHECK_INT(write_answer(&line, oc_buf_text(&body), "", &out, &err), OC_OK);
	oc_buf_clear(&out);
	oc_buf_clear(&body);
	CHECK_INT(write_answer(&line, oc_text_of("{"), "", &out, &err), OC_EPROTO);
	CHECK_INT(out.n, 0);
	oc_buf_release(&out);
	oc_buf_release(&body);
	oc_line_release(&line);
}

TEST(a_failure)
{
	struct oc_err err = {.code = OC_EBUSY, .http_status = 503, .message = "busy"};
	struct oc_line line = a_line(false, "");
	struct oc_line envelope = a_line(true, "\"a\"");
	struct oc_buf out = {0};

	oc_buf_init(&out, 4096);
	oc_record_failure(&line, &err, 75, &out);
	CHECK_STR(out.p, "{\"custom_id\":null,\"line\":12,\"error\":{\"status\":75,"
	                 "\"http_status\":503,\"message\":\"busy\"}}\n");
	oc_buf_clear(&out);
	oc_record_failure(&envelope, &err, 75, &out);
	CHECK_STR(out.p, ENVELOPE "\"a\",\"response\":{\"status_code\":503,\"request_id\":\"\","
	                          "\"body\":null},\"error\":{\"code\":\"75\","
	                          "\"message\":\"busy\"}}\n");
	oc_buf_clear(&out);
	err.http_status = 0;
	oc_record_failure(&line, &err, 75, &out);
	CHECK(strstr(out.p, "\"http_status\":null"));
	oc_buf_clear(&out);
	oc_record_failure(&envelope, &err, 75, &out);
	CHECK(strstr(out.p, "\"response\":null,"));
	oc_buf_release(&out);
	oc_line_release(&line);
	oc_line_release(&envelope);
}

/* ---- read back ---- */

static int recall(const char *text, struct oc_line_id *id, bool *answered)
{
	struct oc_json json;
	int rc;

	oc_json_init(&json);
	rc = oc_record_recall(oc_text_of(text), &json, id, answered, NULL);
	oc_json_release(&json);
	return rc;
}

/* The identity of line 12, or of a line that has this custom_id. */
static struct oc_line_id id_of(const char *custom_id, uint64_t request)
{
	struct oc_line_id id = {.request = request};
	struct oc_json json;
	struct oc_buf text = {0};

	oc_json_init(&json);
	oc_buf_init(&text, 256);
	oc_buf_printf(&text, "\"%s\"", custom_id ? custom_id : "");
	CHECK_INT(oc_json_parse(&json, text.p, text.n, NULL), OC_OK);
	CHECK_INT(oc_line_key(&json, custom_id ? 0 : OC_JSON_NONE, 12, &id.key, NULL), OC_OK);
	oc_buf_release(&text);
	oc_json_release(&json);
	return id;
}

static void check_recalled(const char *text, struct oc_line_id want, bool want_answered)
{
	struct oc_line_id id;
	bool answered;

	CHECK_INT(recall(text, &id, &answered), OC_OK);
	CHECK(id.key == want.key);
	CHECK(id.request == want.request);
	CHECK_INT(answered, want_answered);
}

TEST(recalled)
{
	struct oc_line_id want = id_of(NULL, 0x0123456789abcdefu);

	check_recalled(
	        "{\"custom_id\":null,\"line\":12,\"content\":\"a\",\"model\":\"m\",\"usage\":{},"
	        "\"finish_reason\":\"stop\",\"request\":\"0123456789abcdef\"}",
	        want, true);
	check_recalled(ENVELOPE "null,\"line\":12,\"response\":{\"status_code\":200,"
	                        "\"request_id\":\"\",\"body\":{}},\"error\":null}",
	               want, true);
	check_recalled(ENVELOPE "null,\"line\":12,\"response\":{\"status_code\":503,"
	                        "\"request_id\":\"\",\"body\":null},\"error\":{\"code\":\"75\"}}",
	               want, false);
	want.request = 0;
	check_recalled("{\"custom_id\":null,\"line\":12,\"error\":{\"status\":65}}", want, false);
	check_recalled("{\"line\":12,\"content\":\"a\",\"request\":\"0123456789abcdeF\"}", want,
	               true);
	check_recalled("{\"id\":\"vllm-1\",\"custom_id\":\"\\u0061\",\"response\":{\"body\":{}},"
	               "\"error\":null}",
	               id_of("a", 0), true);
}

/* Records of other tools in the form of OpenAI's API: what counts as an answer. */
TEST(what_is_an_answer)
{
	static const struct {
		const char *members;
		bool answered;
	} rows[] = {
	        {"\"response\":{\"status_code\":200,\"body\":{}},\"error\":null", true},
	        {"\"response\":{\"status_code\":200,\"body\":{}}", true},
	        {"\"response\":{\"status_code\":200.0,\"body\":{}}", true},
	        {"\"response\":{\"status_code\":null,\"body\":{}}", true},
	        {"\"response\":{\"body\":{\"error\":null}},\"error\":{}", true},
	        {"\"response\":{\"body\":{\"error\":{}}},\"error\":\"\"", true},
	        {"\"response\":{\"body\":{}},\"error\":false", true},
	        {"\"response\":{\"status_code\":400,\"body\":{}},\"error\":null", false},
	        {"\"response\":{\"status_code\":400,\"body\":{}}", false},
	        {"\"response\":{\"status_code\":201,\"body\":{}}", false},
	        {"\"response\":{\"status_code\":\"error\",\"body\":{}}", false},
	        {"\"response\":{\"status_code\":200,\"body\":null},\"error\":null", false},
	        {"\"response\":{\"status_code\":200},\"error\":null", false},
	        {"\"response\":{},\"error\":null", false},
	        {"\"response\":[],\"error\":null", false},
	        {"\"response\":null,\"error\":null", false},
	        {"\"response\":{\"status_code\":200,\"body\":{}},\"error\":\"x\"", false},
	        {"\"response\":{\"status_code\":200,\"body\":{}},\"error\":{\"code\":1}", false},
	        {"\"response\":{\"status_code\":200,\"body\":{}},\"error\":true", false},
	        {"\"response\":{\"body\":{\"error\":{\"code\":1}}},\"error\":null", false},
	        {"\"response\":{\"body\":{\"error\":\"x\"}}", false},
	        {"\"error\":null", false},
	        {"\"content\":\"a\",\"error\":null", true},
	        {"\"content\":\"a\",\"error\":\"x\"", false},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		char text[256];

		(void)snprintf(text, sizeof text, "{\"custom_id\":\"a\",%s}", rows[i].members);
		check_recalled(text, id_of("a", 0), rows[i].answered);
	}
}

TEST(not_recalled)
{
	static const char *const others[] = {
	        "",
	        "{",
	        "7",
	        "[]",
	        "{}",
	        "{\"line\":1}",
	        "{\"custom_id\":\"a\"}",
	        "{\"content\":\"a\"}",
	        "{\"content\":\"a\",\"line\":0}",
	        "{\"content\":\"a\",\"line\":\"1\"}",
	        "{\"content\":\"a\",\"custom_id\":7}",
	};
	struct oc_line_id id;
	bool answered;

	for (size_t i = 0; i < OC_COUNT(others); i++)
		CHECK_INT(recall(others[i], &id, &answered), OC_EDATA);
}

/* ---- whatever a server sends, what is written is read back ---- */

static uint64_t random_state = 20261125;

static size_t below(size_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(random_state >> 33) % n;
}

/* Puts in place of a few bytes of `out` others, among them those that make trouble. */
static void mutate(struct oc_buf *out)
{
	static const struct oc_text pieces[] = {
	        {"\xef\xbb\xbf", 3},
	        {"\xe9", 1},
	        {"\xc3", 1},
	        {"\xed\xa0\x80", 3},
	        {"\0", 1},
	        {"\n", 1},
	        {"\r\n", 2},
	        {"\xe2\x80\xa8", 3},
	        {"\\ud800", 6},
	        {"\\", 1},
	        {"\"", 1},
	        {"\\u0000", 6},
	        {"\x7f", 1},
	        {"\x1b", 1},
	        {"{", 1},
	        {"}", 1},
	        {"[[", 2},
	        {"]]", 2},
	        {",", 1},
	        {"1e999", 5},
	        {"null", 4},
	        {"error", 5},
	        {"\"a\":1", 5},
	        {" ", 1},
	        {"\xf4\x8f\xbf\xbf", 4},
	        {"", 0},
	};
	struct oc_buf rest = {0};
	struct oc_text piece = pieces[below(OC_COUNT(pieces))];
	size_t at = below(out->n + 1);
	size_t gone = below(3) ? 0 : below(out->n - at + 1);

	oc_buf_init(&rest, 1 << 20);
	oc_buf_add(&rest, out->p + at + gone, out->n - at - gone);
	oc_buf_cut(out, at);
	oc_buf_add(out, piece.p, piece.n);
	oc_buf_add(out, rest.p, rest.n);
	oc_buf_release(&rest);
}

static void fill_mutated(struct oc_buf *out, const char *from, size_t most)
{
	oc_buf_clear(out);
	oc_buf_puts(out, from);
	for (size_t n = below(most + 1); n; n--)
		mutate(out);
}

struct mill {
	struct oc_json json;
	struct oc_request request;
	struct oc_buf body;
	struct oc_buf id; /* of the response's header: a C string */
	struct oc_buf line;
	struct oc_buf out;
	unsigned long answers; /* how many there were */
	unsigned long refusals;
};

/* The last line of mill->out is one, and is recalled as this line's. */
static void check_last(struct mill *mill, size_t start, const struct oc_line *line, bool answered)
{
	struct oc_text text = {mill->out.p + start, mill->out.n - start - 1};
	struct oc_line_id id;
	struct oc_err err = {0};
	bool is_answered;

	CHECK_INT(mill->out.bad, OC_OK);
	CHECK_INT(mill->out.p[mill->out.n - 1], '\n');
	CHECK(!memchr(text.p, '\n', text.n));
	CHECK_INT(oc_record_recall(text, &mill->json, &id, &is_answered, &err), OC_OK);
	CHECK_INT(is_answered, answered);
	CHECK(id.key == line->id.key);
	CHECK(!answered || id.request == line->id.request);
}

static void write_line(struct mill *mill, const struct oc_line *line, const struct oc_reply *reply,
                       struct oc_err *err)
{
	size_t start = mill->out.n;
	int rc = err->code ? (int)err->code
	                   : oc_record_answer(line, reply, oc_buf_text(&mill->body), mill->id.p,
	                                      &mill->json, &mill->out, err);

	CHECK_INT(err->code, rc);
	if (rc)
		oc_record_failure(line, err, 76, &mill->out);
	check_last(mill, start, line, !rc);
	mill->answers += !rc;
	mill->refusals += rc && err->code == OC_EPROTO;
}

static void turn(struct mill *mill, size_t i)
{
	static const char *const bodies[] = {
	        "{\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"hi\"},"
	        "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1}}",
	        "\n{ \"id\" : null,\n\"choices\":[{\"message\":{\"content\":\"caf\xc3\xa9 "
	        "\\ud83d\\ude00\",\"reasoning\":\"\\\"\"},\"finish_reason\":\"stop\"}]}\n",
	};
	static const char *const lines[] = {
	        "{\"custom_id\":\"a\",\"body\":{\"messages\":[]}}",
	        "{\"body\":{\"messages\":[]}}",
	        "{\"custom_id\":\"a\",\"prompt\":\"hi\"}",
	        "\"hi\"",
	};
	static const struct oc_refusal_context asked = {.model = "m"};
	struct oc_line line;
	struct oc_reply reply = {0};
	struct oc_err err = {0};

	fill_mutated(&mill->body, bodies[i % OC_COUNT(bodies)], 3);
	fill_mutated(&mill->id, "req-1", 2);
	fill_mutated(&mill->line, lines[below(OC_COUNT(lines))], 1);
	oc_line_init(&line);
	oc_reply_init(&reply);
	(void)oc_line_read(&line, i + 1, oc_buf_text(&mill->line), &mill->json, &mill->request,
	                   &err);
	if (!err.code)
		(void)oc_reply_parse(oc_buf_text(&mill->body), &asked, &reply, &err);
	/* As if the body had been taken without being understood: the worst that can happen. */
	if (err.code == OC_EPROTO && line.envelope && i % 3 == 0)
		err.code = OC_OK;
	reply.http_status = err.http_status = 200;
	write_line(mill, &line, &reply, &err);
	oc_reply_release(&reply);
	oc_line_release(&line);
}

/* Is it a text that another program reads, too? */
static void check_with_jq(struct oc_text text, unsigned long lines)
{
	char name[] = "/tmp/test-record.XXXXXX";
	char command[128];
	int fd = mkstemp(name);

	CHECK(fd >= 0);
	CHECK_INT(write(fd, text.p, text.n), text.n);
	CHECK_INT(close(fd), 0);
	(void)snprintf(command, sizeof command, "[ \"$(jq -c '.custom_id?' <%s | wc -l)\" = %lu ]",
	               name, lines);
	CHECK_INT(system(command), 0); /* NOLINT: of this test's own making */
	CHECK_INT(unlink(name), 0);
}

TEST(mutated_answers)
{
	enum { TURNS = 20000 };
	struct mill mill = {.answers = 0};

	oc_json_init(&mill.json);
	oc_request_init(&mill.request);
	mill.request.model = "m";
	oc_buf_init(&mill.body, 1 << 20);
	oc_buf_init(&mill.id, 1 << 20);
	oc_buf_init(&mill.line, 1 << 20);
	oc_buf_init(&mill.out, 1 << 28);
	for (size_t i = 0; i < TURNS; i++)
		turn(&mill, i);
	check_with_jq(oc_buf_text(&mill.out), TURNS);
	CHECK(mill.answers > TURNS / 10);
	CHECK(mill.refusals > TURNS / 10);
	oc_buf_release(&mill.out);
	oc_buf_release(&mill.line);
	oc_buf_release(&mill.id);
	oc_buf_release(&mill.body);
	oc_json_release(&mill.json);
}

static int write_and_read(void *ctx)
{
	struct oc_line line = a_line(true, "");
	struct oc_err err = {0};
	struct oc_buf out = {0};
	int rc;

	oc_buf_init(&out, 4096);
	rc = write_answer(&line, oc_text_of(ctx), "caf\xe9", &out, &err);
	CHECK_INT(err.code, rc);
	CHECK_INT(out.n > 0, rc == OC_OK);
	oc_buf_release(&out);
	oc_line_release(&line);
	return rc;
}

TEST(survives_without_memory)
{
	CHECK(fail_each_alloc(write_and_read, (char[]){"{}"}) > 2);
}
