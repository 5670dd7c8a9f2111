/* SPDX-License-Identifier: MIT */
/* fault.c: what it means that a transfer has failed. */
#include "compat.h"

#include "http/fault.h"
#include "text/err.h"

/* Only what can come of HTTP and of the options that are set here. The rest is the server's doing:
 * an answer that libcurl can make nothing of. */
enum oc_code oc_fault_code(CURLcode rc)
{
	static const struct {
		enum oc_code code;
		CURLcode results[13]; /* CURLE_OK: no more */
	} rows[] = {
	        {OC_EHOST, {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY}},
	        {OC_ETIMEOUT, {CURLE_OPERATION_TIMEDOUT}},
	        {OC_ECONNECT,
	         {CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR, CURLE_GOT_NOTHING,
	          CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_PROXY,
	          CURLE_SSL_SHUTDOWN_FAILED}},
	        {OC_ECONFIG,
	         {CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
	          CURLE_SSL_CLIENTCERT, CURLE_SSL_CIPHER, CURLE_SSL_CRL_BADFILE,
	          CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_NOTFOUND,
	          CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_FAILED_INIT,
	          CURLE_NOT_BUILT_IN}},
	        {OC_EARG, {CURLE_URL_MALFORMAT}},
	        {OC_ENOMEM, {CURLE_OUT_OF_MEMORY}},
	        {OC_ESYS, {CURLE_UNRECOVERABLE_POLL}},
	        {OC_EBUG,
	         {CURLE_ABORTED_BY_CALLBACK, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_READ_ERROR,
	          CURLE_SEND_FAIL_REWIND, CURLE_UNKNOWN_OPTION}},
	};

	if (rc == CURLE_OK)
		return OC_OK;
	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		for (size_t k = 0; k < OC_COUNT(rows[i].results); k++) {
			if (rows[i].results[k] == rc)
				return rows[i].code;
		}
	}
	return OC_EPROTO;
}

/* libcurl calls a line over 100 kB a lack of memory. */
static bool head_too_large(const struct oc_transfer *t, CURLcode rc)
{
	return t->head > OC_HEAD_MAX ||
	       (rc == CURLE_OUT_OF_MEMORY && t->asked > 0 && !t->head_done);
}

/* What came is no HTTP. libcurl has several codes for that, two of which mean other things, too:
 * only its text tells a chunk that cannot be read from a connection that was lost. */
static bool not_http(const struct oc_transfer *t, CURLcode rc)
{
	return rc == CURLE_UNSUPPORTED_PROTOCOL || rc == CURLE_WEIRD_SERVER_REPLY ||
	       rc == CURLE_BAD_CONTENT_ENCODING ||
	       (rc == CURLE_BAD_FUNCTION_ARGUMENT && t->asked > 0) ||
	       (rc == CURLE_RECV_ERROR && strstr(t->error, "chunked-encod"));
}

/* The other side does not speak TLS, in the words of OpenSSL 1.1 and 3, and of GnuTLS. */
static bool not_tls(const struct oc_transfer *t, CURLcode rc)
{
	static const char *const words[] = {"wrong version number", "packet length too long",
	                                    "record layer failure", "unexpected TLS packet"};
	bool found = false;

	for (size_t i = 0; i < OC_COUNT(words); i++)
		found = found || strstr(t->error, words[i]);
	return found && rc == CURLE_SSL_CONNECT_ERROR;
}

static bool is_lost(CURLcode rc)
{
	return rc == CURLE_PARTIAL_FILE || rc == CURLE_GOT_NOTHING || rc == CURLE_RECV_ERROR ||
	       rc == CURLE_SEND_ERROR || rc == CURLE_SSL_SHUTDOWN_FAILED;
}

/* The system's own words, where it has some. */
static const char *error_text(const struct oc_transfer *t, const char *text)
{
	long error = oc_transfer_info(t, CURLINFO_OS_ERRNO);

	return error ? strerror((int)error) : text;
}

static void fail_connect(struct oc_transfer *t, const char *text)
{
	struct oc_err *err = &t->x->err;
	const char *why = error_text(t, text);

	if (why == text && t->no_socket)
		(void)oc_err_set(err, OC_ESYS, "cannot connect to %s: %s",
		                 t->http->server->base_url, strerror(t->no_socket));
	else
		(void)oc_err_set(err, OC_ECONNECT,
		                 "cannot connect to %s: %s; is a server running there?",
		                 t->http->server->base_url, why);
}

/* ---- the proxy ---- */

/* Which of the two has no address, or could not be reached, is not told by any code. */
static bool names_proxy(const struct oc_transfer *t, CURLcode rc)
{
	const char *colon = t->http->proxy ? strrchr(t->http->proxy, ':') : NULL;
	const char *host = t->http->proxy;
	char words[CURL_ERROR_SIZE];
	int n;

	if (!colon)
		return false;
	host += *host == '[';
	n = (int)strcspn(host, host > t->http->proxy ? "]" : ":");
	if (rc == CURLE_COULDNT_CONNECT) {
		(void)snprintf(words, sizeof words, "connect to %.*s port %s ", n, host, colon + 1);
		return strstr(t->error, words);
	}
	(void)snprintf(words, sizeof words, "Could not resolve host: %.*s", n, host);
	return strcmp(t->error, words) == 0;
}

static bool is_by_proxy(const struct oc_transfer *t, CURLcode rc)
{
	long status = oc_transfer_info(t, CURLINFO_HTTP_CONNECTCODE);

	if (rc == CURLE_COULDNT_CONNECT || rc == CURLE_COULDNT_RESOLVE_HOST)
		return names_proxy(t, rc);
	return rc == CURLE_COULDNT_RESOLVE_PROXY || rc == CURLE_PROXY ||
	       oc_transfer_info(t, CURLINFO_PROXY_SSL_VERIFYRESULT) ||
	       (status && status / 100 != 2) ||
	       (rc == CURLE_RECV_ERROR && t->asked <= 0 && strstr(t->error, "CONNECT"));
}

/* What a proxy says to CONNECT. It will say it again, unless it is busy or has failed itself. */
static void fail_tunnel(struct oc_transfer *t, const char *proxy, long status)
{
	struct oc_err *err = &t->x->err;
	const char *server = t->http->server->base_url;

	if (status == 407)
		(void)oc_err_set(err, OC_EAUTH,
		                 "the proxy %s wants a user name and a password for %s (407); put "
		                 "them into the proxy's URL",
		                 proxy, server);
	else if (status == 403)
		(void)oc_err_set(err, OC_EAUTH, "the proxy %s denies a connection to %s (403)",
		                 proxy, server);
	else if (status == 408 || status == 429 || status >= 500)
		(void)oc_err_set(err, OC_ECONNECT,
		                 "the proxy %s cannot connect to %s (%ld); try again later", proxy,
		                 server, status);
	else
		(void)oc_err_set(err, OC_EPROTO,
		                 "the proxy %s does not connect to %s (%ld); is it a proxy?", proxy,
		                 server, status);
}

static void fail_proxy(struct oc_transfer *t, CURLcode rc, const char *text)
{
	struct oc_err *err = &t->x->err;
	long status = oc_transfer_info(t, CURLINFO_HTTP_CONNECTCODE);
	char proxy[128] = "that is set";
	char *address = NULL;

	(void)curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &address);
	if (t->http->proxy)
		(void)snprintf(proxy, sizeof proxy, "%s", t->http->proxy);
	else if (address && *address)
		(void)snprintf(proxy, sizeof proxy, "%s:%ld", address,
		               oc_transfer_info(t, CURLINFO_PRIMARY_PORT));
	err->by_proxy = true;
	if (status)
		fail_tunnel(t, proxy, status);
	else if (rc == CURLE_COULDNT_CONNECT)
		(void)oc_err_set(err, OC_ECONNECT,
		                 "cannot connect to the proxy %s: %s; is it running there?", proxy,
		                 error_text(t, text));
	else
		(void)oc_err_set(err, oc_fault_code(rc), "the proxy %s failed: %s", proxy, text);
}

/* ---- libcurl's texts ---- */

static void star(char *p, const char *end)
{
	if (p < end)
		memset(p, '*', (size_t)(end - p));
}

/* A quotation is one of a URL, or of a part of it. It may be cut before its user info ends. */
static void scrub_quoted(char *p, char *close)
{
	char *end = close ? close : p + strlen(p);
	char *slashes = strstr(p, "//");
	char *at, *colon;

	if (slashes && slashes < end)
		p = slashes + 2;
	colon = memchr(p, ':', (size_t)(end - p));
	at = end;
	while (at > p && *at != '@')
		at--;
	if (!close)
		star(p, end);
	else if (*at == '@')
		star(p, at);
	else if (colon)
		star(colon + 1, end);
}

void oc_fault_scrub(char *text)
{
	char *quote = strstr(text, " '");
	char *at = strrchr(text, '@');
	char *word;

	if (quote) {
		char *close = strrchr(quote + 2, '\'');

		scrub_quoted(quote + 2, close);
		return;
	}
	if (!at)
		return;
	word = at;
	while (word > text && word[-1] != ' ' && word[-1] != '/')
		word--;
	star(word, at);
}

/* ---- all of it ---- */

/* libcurl's words, without the blank that some end with. */
static const char *text_of(struct oc_transfer *t, CURLcode rc)
{
	size_t n = strlen(t->error);

	while (n && (t->error[n - 1] == ' ' || t->error[n - 1] == '\n'))
		t->error[--n] = '\0';
	return n ? t->error : curl_easy_strerror(rc);
}

static void set(struct oc_transfer *t, CURLcode rc)
{
	const char *text = text_of(t, rc);
	struct oc_err *err = &t->x->err;
	const char *server = t->http->server->base_url;

	oc_fault_scrub(t->error);
	if (t->stopped)
		(void)oc_err_set(err, OC_ESTOPPED, "%s: the transfer was stopped", server);
	else if (is_by_proxy(t, rc))
		fail_proxy(t, rc, text);
	else if (head_too_large(t, rc))
		(void)oc_err_set(err, OC_EPROTO, "%s: the answer's headers are too large", server);
	else if (not_http(t, rc))
		(void)oc_err_set(err, OC_EPROTO, "%s: the answer is not HTTP: %s%s", server, text,
		                 t->head || t->http->server->encrypted ? ""
		                                                       : "; does it speak https?");
	else if (not_tls(t, rc))
		(void)oc_err_set(err, OC_EPROTO, "%s does not speak TLS; does it speak http?",
		                 server);
	else if (rc == CURLE_PEER_FAILED_VERIFICATION && oc_trust_is_empty(&t->http->trust))
		(void)oc_err_set(err, OC_ECONFIG,
		                 "%s: there are no trusted certificates on this system: a file of "
		                 "them must be given",
		                 server);
	else if (rc == CURLE_PEER_FAILED_VERIFICATION)
		(void)oc_err_set(err, OC_ECONFIG,
		                 "%s: the server's certificate cannot be trusted: %s; that of a "
		                 "private authority must be given",
		                 server, text);
	else if (rc == CURLE_COULDNT_CONNECT)
		fail_connect(t, text);
	else if (rc == CURLE_SSL_CONNECT_ERROR)
		(void)oc_err_set(err, OC_ECONNECT, "cannot make a TLS connection to %s: %s", server,
		                 text);
	else if (is_lost(rc))
		(void)oc_err_set(err, OC_ECONNECT, "%s: the connection was lost %s the answer: %s",
		                 server, t->head ? "within" : "before", text);
	else
		(void)oc_err_set(err, oc_fault_code(rc), "%s: %s", server, text);
}

void oc_fault_judge(struct oc_transfer *t, CURLcode rc)
{
	if (rc == CURLE_ABORTED_BY_CALLBACK) /* before the request would have been sent again */
		rc = CURLE_GOT_NOTHING;
	else if (rc == CURLE_OK && !t->head_done) /* libcurl takes that for an empty body */
		rc = CURLE_PARTIAL_FILE;
	if (rc != CURLE_OK)
		set(t, rc);
}
