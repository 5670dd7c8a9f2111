/* SPDX-License-Identifier: MIT */
/*
 * oc.h: the public interface of liboc, a client of the OpenAI-compatible chat
 * API that Ollama Cloud and many other servers speak.
 *
 * Rules that hold for every function here:
 *
 *   - A function that can fail returns 0 or a negative enum oc_code, and fills
 *     the struct oc_err that it was given (which may be NULL).
 *   - Nothing prints, exits, reads the environment or changes a signal's
 *     disposition, and there are no mutable globals. libcurl may cause
 *     SIGPIPE on a dying TLS connection: a program ignores that signal.
 *   - Text is UTF-8 with a length, so NUL bytes are legal in it. Strings that are
 *     declared `const char *` without a length end at their NUL.
 *   - Arguments are borrowed for the length of the call only, unless a comment
 *     says otherwise. What a call returns in an out parameter is the caller's,
 *     released by the function that the comment names.
 *   - One object is used by one thread at a time; two objects are independent.
 *     A program with threads calls curl_global_init() before it starts them
 *     where its libcurl is not built "threadsafe".
 */
#ifndef OC_OC_H
#define OC_OC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
/* What is declared here is all that the shared library shows. */
#ifdef __GNUC__
#	pragma GCC visibility push(default)
#endif

#define OC_VERSION "0.1.0"

/* Where a request goes when nothing else is said, and the host that Ollama's own documentation
 * names for direct access (docs/cloud.mdx in ollama/ollama). */
#define OC_BASE_URL        "https://api.ollama.cloud/v1"
#define OC_BASE_URL_OLLAMA "https://ollama.com/v1"

/* Ceilings. Beyond them a call fails with a clear error; nothing is cut silently. */
#define OC_PROMPT_MAX ((size_t)64 << 20) /* bytes of prompt, system message and images together */
#define OC_ANSWER_MAX ((size_t)64 << 20) /* bytes of a whole answer's HTTP body */
#define OC_EVENT_MAX  ((size_t)16 << 20) /* bytes of one event of a stream, which may be endless */

/* Borrowed text: n bytes at p. p may be NULL when n is 0. */
struct oc_text {
	const char *p;
	size_t n;
};

/* ---- errors ------------------------------------------------------------------------------- */

enum oc_code {
	OC_OK = 0,
	OC_EARG = -1,      /* an argument is missing or out of its range (the seed's ValueError) */
	OC_EDATA = -2,     /* the prompt or an image cannot be sent: blank, not UTF-8, too large */
	OC_EREFUSED = -3,  /* the server calls the request invalid: 400, 413, 422, other 4xx */
	OC_ENOTFOUND = -4, /* no such model, retired, or no such address: 404, 410 */
	OC_EHOST = -5,     /* no host of that name; where no name server answers: OC_ECONNECT */
	OC_EBUG = -6,      /* a fault of this library */
	OC_ENOMEM = -7,    /* no memory */
	OC_ESYS = -8,      /* the system failed us: descriptors, clock */
	OC_ECONNECT = -9,  /* could not connect, or the connection was lost */
	OC_ETIMEOUT = -10, /* silence longer than the limit, or past the deadline */
	OC_EBUSY = -11,    /* the server says later: 408, 409, 425, 429 (rate), 5xx */
	OC_EPROTO = -12,   /* the answer is not usable: not HTTP, not JSON, incomplete, too large */
	OC_EAUTH = -13,    /* 401, 403, 407 */
	OC_EQUOTA = -14,   /* 402, or a 429 or 403 whose text says that a quota is used up */
	OC_ECONFIG = -15,  /* a key that would travel unencrypted, CA file or TLS unusable */
	OC_ESTOPPED = -16, /* the sink or `cancelled` said so, or the peer of watch_fd has gone */
	OC_ENOKEY = -17,   /* the server is known to want a key, and there is none */
};

#define OC_ERR_MESSAGE_MAX 1024

/* An error as a value. The message is one line of valid UTF-8 without control characters: what
 * failed, where, and what to do. It never contains the key. */
struct oc_err {
	enum oc_code code;
	int http_status; /* that which counts: of an error within a 200, the status that it
	                    names; 0 where no HTTP answer had arrived */
	bool retry;      /* what failed may pass: trying again may help */
	bool slow;       /* the server had too many requests; fewer at a time may help */
	bool loading;    /* the server is loading the model, and will answer when that is done */
	bool by_proxy;   /* it is the proxy that failed, not the server */
	char message[OC_ERR_MESSAGE_MAX];
};

/* The seed's error hierarchy: Import, API and Response errors are all general errors. */
enum oc_class {
	OC_CLASS_NONE,     /* no error, or OC_ESTOPPED */
	OC_CLASS_VALUE,    /* ValueError: the caller's arguments */
	OC_CLASS_GENERAL,  /* OllamaCloudLLMError itself: this machine failed */
	OC_CLASS_IMPORT,   /* OllamaCloudLLMImportError: the set-up is unusable */
	OC_CLASS_API,      /* OllamaCloudLLMAPIError: the service failed or refused */
	OC_CLASS_RESPONSE, /* OllamaCloudLLMResponseError: the answer is unusable */
};

enum oc_class oc_err_class(enum oc_code code);

/* ---- where and how ------------------------------------------------------------------------ */

/* max_retries: until max_time, which must be set. */
#define OC_RETRY_ON (-1)

/* To be filled by oc_config_init() before anything is set: one that was not, such as {0}, is
 * refused with OC_EARG, since there 0 would mean no limit, and a descriptor. */
struct oc_config {
	size_t size; /* oc_config_init()'s */

	/* http or https, without user info and fragment; the path is kept, "/chat/completions" is
	 * added, and a query comes behind that. NULL means OC_BASE_URL. */
	const char *base_url;

	/* Sent as a bearer token; NULL or "" sends none, which Ollama's own hosts do not take:
	 * OC_ENOKEY. Visible ASCII only. */
	const char *api_key;
	bool key_in_clear; /* send the key even over plain http to another machine, where everyone
	                      on the way can read it; else that is refused: OC_ECONFIG */

	/* Further headers, each "Name: value", at most 64. Those that say where a request ends and
	 * whose it is cannot be among them. They go wherever the server is, over http, too. Where
	 * the name says so ("api-key"), the value is treated like one of `secrets`. */
	const struct oc_text *headers;
	size_t nheaders;

	const char *ca_file; /* PEM file of trusted certificates; NULL = the system's */
	const char *proxy;   /* proxy URL; NULL = libcurl's environment rules; "" = none.
	                        Loopback addresses are never asked through a proxy. */

	/* What, besides the key, and what base_url and proxy hold, no message, log line or field of
	 * a reply may repeat: such as the passwords of proxies that the environment names. */
	const struct oc_text *secrets;
	size_t nsecrets;

	/* s; 0 = no limit. How long to wait for a connection, and how long the server may be silent
	 * once its answer has begun, when any byte counts as life. 30.0 */
	double timeout;

	/* s; 0 = no limit. How long to wait for the answer to begin: for a byte of its body that is
	 * not blank, or an event of a stream that has text, reasoning or calls. A server that loads
	 * its model or reads a long prompt may say nothing until then, or only that it lives. One
	 * that refuses because the model is loading is asked again, every second, until this long
	 * after the call began; that counts as no retry, and oc_stream() does it, too. 300.0 */
	double wait;

	double max_time;       /* s; deadline for the whole call, retries included; 0 = none */
	int max_retries;       /* tries after the first, or OC_RETRY_ON; 3. oc_stream() never
	                          retries */
	double backoff_factor; /* s; wait before retry k is factor * 2^k, at most 60 s; 0.5 */

	int watch_fd; /* descriptor whose reader may go away (a pipe's write end): the call then
	                 ends at once with OC_ESTOPPED. -1 = none */

	/* Asked before each try and at least four times a second while a call waits, by the thread
	 * that made the call; true ends the call with OC_ESTOPPED. NULL = none */
	bool (*cancelled)(void *ctx);
	void *cancel_ctx;

	/*
	 * Leave to send a request, for programs that share a server; NULL = it is always given.
	 * enter() is asked before each try and must not block: it sets *wait to 0, or to the
	 * seconds after which it is to be asked again, which count towards max_time. Its error
	 * ends the call. leave() says that the try is over; or with sent == false, that a request
	 * which was told to wait is not to be sent any more. A wait between two tries is outside.
	 */
	int (*enter)(void *ctx, double *wait, struct oc_err *err);
	void (*leave)(void *ctx, bool sent);
	void *enter_ctx;

	void (*log)(void *ctx, const char *line); /* progress, a line each; NULL = none */
	void *log_ctx;
};

/* Fills in the defaults named above. */
void oc_config_init(struct oc_config *cfg);

/* ---- what is asked ------------------------------------------------------------------------ */

enum oc_format {
	OC_FORMAT_TEXT,        /* response_format is not sent */
	OC_FORMAT_JSON_OBJECT, /* the answer must be one JSON object */
	OC_FORMAT_JSON_SCHEMA, /* the answer must satisfy `schema` */
	/* A fenced code block around all of that is taken off, but not in a stream. */
};

#define OC_UNSET    (-1.0) /* temperature, top_p: not sent */
#define OC_STOP_MAX 4      /* stop sequences in one request */

struct oc_request {
	const char *model; /* required */

	/* Not blank, and sent byte for byte. Required, unless there are messages: with n == 0 these
	 * are all that is sent. */
	struct oc_text prompt;
	struct oc_text system; /* n == 0: no system message */

	/* A JSON array of chat messages, which come before the prompt as they are; n == 0: none. */
	struct oc_text messages;

	/* Image files' bytes, png, jpeg or webp; told apart by their content. */
	const struct oc_text *images;
	size_t nimages;

	double temperature;  /* 0.0-2.0, or OC_UNSET */
	double top_p;        /* 0.0-1.0, or OC_UNSET */
	int64_t max_tokens;  /* >= 1; 0 = not sent */
	const int64_t *seed; /* NULL = not sent */
	const char *const *stop;
	size_t nstop;       /* at most OC_STOP_MAX */
	const char *effort; /* none, low, medium, high, max, or the server's own; NULL = not sent */

	enum oc_format format;
	struct oc_text schema; /* a JSON Schema, for OC_FORMAT_JSON_SCHEMA */
	bool no_formats;       /* its `format` decides nothing */

	/* A JSON array of tools in OpenAI's form, which the model may call; n == 0: none. What it
	 * calls is in the reply's tool_calls. */
	struct oc_text tools;

	/* auto, none, required, or the name of the tool that must be called; NULL = not sent. */
	const char *tool_choice;

	/* A JSON object of further fields, merged over the body as a JSON Merge Patch (RFC 7396):
	 * objects are merged member by member, null removes, all else replaces. "model",
	 * "messages" and "stream" cannot be in it. What `format` asks for is checked whatever
	 * response_format it sends. n == 0: none. */
	struct oc_text fields;

	/* oc_complete() asks for one document. Else it asks for a stream, which it gathers, so that
	 * cfg->timeout is about silence however long the answer is, and an answer that is cut off
	 * is known to be. A server that refuses a stream, or the token counts at its end, is asked
	 * once more without; and one that sends a document all the same is understood. */
	bool whole;

	/* What is in the first fenced code block of the answer is the answer, where there is one.
	 * In a stream it is only what is checked. */
	bool extract;

	/* A block <think>…</think> that the content begins with stays in it; else it is
	 * reasoning. */
	bool keep_think;

	/* How often oc_complete() asks again where an answer has not the form asked for: the last
	 * answer, and what is wrong with it, are added to the conversation. 0. Attempts and usage
	 * are those of all answers together. */
	int retry_invalid;
};

/* Everything not sent. */
void oc_request_init(struct oc_request *req);

/* ---- what comes back ---------------------------------------------------------------------- */

/* Token counts, -1 where the server did not say. */
struct oc_usage {
	int64_t input_tokens;
	int64_t output_tokens;
	int64_t total_tokens;
};

/* The strings are owned, NUL-terminated, and NULL where the server sent none. */
struct oc_reply {
	char *content; /* oc_complete() only; may hold NUL bytes. Empty only beside calls. After
	                  a failure: what there is of a stream that broke off, or NULL */
	size_t content_len;
	char *reasoning; /* the model's thinking, where the server sends it; oc_complete() only */
	size_t reasoning_len;
	char *model; /* as the server names it; the request's where it does not */
	char *id;
	char *finish_reason;
	struct oc_usage usage;

	/* What the model calls, where the request has tools: a JSON array in OpenAI's form, each
	 * call with an id, a name and arguments, fit to be sent back as the "tool_calls" of an
	 * assistant's message; NULL = nothing. Such an answer has not the format of the request.
	 * The arguments are a string, whose text is JSON where the model has written JSON. Where
	 * an answer was cut short (finish_reason), the last ones may be incomplete. */
	char *tool_calls;
	size_t tool_calls_len;

	/* Filled on failure too. */
	int http_status;    /* of the last try, HTTP's own; 0 = no answer */
	int attempts;       /* tries made */
	double seconds;     /* from the call to its end */
	uint64_t delivered; /* oc_stream(): bytes of content handed to the sink */
};

/* An empty reply, for oc_reply_release() to be safe on. The calls below do this themselves. */
void oc_reply_init(struct oc_reply *reply);
void oc_reply_release(struct oc_reply *reply);

/* ---- the function style ------------------------------------------------------------------- */

/* Asks once and waits for the whole answer, with retries as cfg says. The caller releases *reply,
 * after a failure, too. */
int oc_complete(const struct oc_config *cfg, const struct oc_request *req, struct oc_reply *reply,
                struct oc_err *err);

enum oc_chunk_kind {
	OC_CHUNK_CONTENT,   /* a piece of the answer */
	OC_CHUNK_REASONING, /* a piece of the model's thinking */
	OC_CHUNK_FLUSH,     /* no text: all that has arrived so far has been handed over, and the
	                       next step may wait. A sink that gathers writes out now. */
};

struct oc_chunk {
	enum oc_chunk_kind kind;
	struct oc_text text; /* valid during the call only */
};

/* Returns 0 to go on, anything else to stop the stream (the call ends with OC_ESTOPPED). */
typedef int oc_sink(void *ctx, const struct oc_chunk *chunk);

/*
 * Asks once, without retries, and hands the answer's pieces to the sink in order, each as soon as
 * it has arrived. Returns 0 only when the stream's proper end has been seen: `[DONE]` or a finish
 * reason. On failure, what the sink was given stays given. The caller releases *reply, after a
 * failure, too. OC_EARG without a sink.
 */
int oc_stream(const struct oc_config *cfg, const struct oc_request *req, oc_sink *sink, void *ctx,
              struct oc_reply *reply, struct oc_err *err);

/* ---- the object style --------------------------------------------------------------------- */

/* One configured model; its connections are kept between calls. */
struct oc_llm;

/*
 * Copies what it needs of cfg and of req, whose prompt is ignored, and which has no tools
 * (OC_EARG): all other fields apply to every call. What cfg->log_ctx, cfg->enter_ctx,
 * cfg->cancel_ctx and cfg->watch_fd stand for must outlive the object. Arguments are checked here.
 */
int oc_llm_new(const struct oc_config *cfg, const struct oc_request *req, struct oc_llm **out,
               struct oc_err *err);

/* Overwrites the key, and all else that was copied. NULL is fine. */
void oc_llm_free(struct oc_llm *llm);

/* As oc_complete() and oc_stream(). */
int oc_llm_complete(struct oc_llm *llm, struct oc_text prompt, struct oc_reply *reply,
                    struct oc_err *err);
int oc_llm_stream(struct oc_llm *llm, struct oc_text prompt, oc_sink *sink, void *ctx,
                  struct oc_reply *reply, struct oc_err *err);

/* The same without a reply. The answer's text in *text, NUL-terminated, to be released with free();
 * its length in *len (which may be NULL). */
int oc_llm_generate_response(struct oc_llm *llm, struct oc_text prompt, char **text, size_t *len,
                             struct oc_err *err);
int oc_llm_generate_response_stream(struct oc_llm *llm, struct oc_text prompt, oc_sink *sink,
                                    void *ctx, struct oc_err *err);

/* ---- the model table ---------------------------------------------------------------------- */

#define OC_MODEL_LIST_MAX 4

/* A row of the seed's table. All strings are static. */
struct oc_model {
	const char *name;                           /* "Llama 3.3" */
	const char *ids[OC_MODEL_LIST_MAX];         /* NULL-terminated where shorter */
	const char *input_types[OC_MODEL_LIST_MAX]; /* "Text", "Image" */
	const char *output_type;                    /* "Text" */
	int64_t max_input_tokens;
	int64_t max_output_tokens;
	const char *capabilities[OC_MODEL_LIST_MAX];
	const char *best_use;
};

/* The whole table, *n rows in the seed's order. */
const struct oc_model *oc_models(size_t *n);

/* The row that has this id; a trailing ":cloud" or "-cloud" is ignored, as a local Ollama adds
 * those. NULL if there is none: the table is advice, not a gate. */
const struct oc_model *oc_model_find(const char *id);

/* The id in the table that is spelled most like this one, or NULL if none is near. */
const char *oc_model_near(const char *id);

/*
 * Asks the server which models it serves: *ids is a sorted, NULL-terminated array without
 * duplicates, released by oc_list_free(). Retries as cfg says.
 */
int oc_list_models(const struct oc_config *cfg, char ***ids, struct oc_err *err);
void oc_list_free(char **ids);

#ifdef __GNUC__
#	pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
