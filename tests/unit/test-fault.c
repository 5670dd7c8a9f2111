/* SPDX-License-Identifier: MIT */
/* test-fault.c: what each result of libcurl's means, by its number in curl/curl.h. */
#include "compat.h"

#include "http/fault.h"
#include "unit.h"

/* All that are not here are OC_EPROTO, tried again or not: codes of other protocols, and of things
 * that are not used. */
static const struct {
	CURLcode rc;
	enum oc_code code;
} rows[] = {
        {CURLE_OK, OC_OK},
        {CURLE_FAILED_INIT, OC_ECONFIG},
        {CURLE_URL_MALFORMAT, OC_EARG},
        {CURLE_NOT_BUILT_IN, OC_ECONFIG},
        {CURLE_COULDNT_RESOLVE_PROXY, OC_EHOST},
        {CURLE_COULDNT_RESOLVE_HOST, OC_EHOST},
        {CURLE_COULDNT_CONNECT, OC_ECONNECT},
        {CURLE_PARTIAL_FILE, OC_ECONNECT},
        {CURLE_READ_ERROR, OC_EBUG},
        {CURLE_OUT_OF_MEMORY, OC_ENOMEM},
        {CURLE_OPERATION_TIMEDOUT, OC_ETIMEOUT},
        {CURLE_SSL_CONNECT_ERROR, OC_ECONNECT},
        {CURLE_ABORTED_BY_CALLBACK, OC_EBUG},
        {CURLE_BAD_FUNCTION_ARGUMENT, OC_EBUG},
        {CURLE_UNKNOWN_OPTION, OC_EBUG},
        {CURLE_GOT_NOTHING, OC_ECONNECT},
        {CURLE_SSL_ENGINE_NOTFOUND, OC_ECONFIG},
        {CURLE_SSL_ENGINE_SETFAILED, OC_ECONFIG},
        {CURLE_SEND_ERROR, OC_ECONNECT},
        {CURLE_RECV_ERROR, OC_ECONNECT},
        {CURLE_SSL_CERTPROBLEM, OC_ECONFIG},
        {CURLE_SSL_CIPHER, OC_ECONFIG},
        {CURLE_PEER_FAILED_VERIFICATION, OC_ECONFIG},
        {CURLE_SEND_FAIL_REWIND, OC_EBUG},
        {CURLE_SSL_ENGINE_INITFAILED, OC_ECONFIG},
        {CURLE_SSL_CACERT_BADFILE, OC_ECONFIG},
        {CURLE_SSL_SHUTDOWN_FAILED, OC_ECONNECT},
        {CURLE_SSL_CRL_BADFILE, OC_ECONFIG},
        {CURLE_SSL_ISSUER_ERROR, OC_ECONFIG},
        {CURLE_SSL_INVALIDCERTSTATUS, OC_ECONFIG},
        {CURLE_PROXY, OC_ECONNECT},
        {CURLE_SSL_CLIENTCERT, OC_ECONFIG},
        {CURLE_UNRECOVERABLE_POLL, OC_ESYS},
};

TEST(every_result_has_a_code)
{
	for (int rc = 0; rc < (int)CURL_LAST; rc++) {
		enum oc_code want = OC_EPROTO;

		for (size_t i = 0; i < OC_COUNT(rows); i++) {
			if ((int)rows[i].rc == rc)
				want = rows[i].code;
		}
		printf("# %d: %s\n", rc, curl_easy_strerror((CURLcode)rc));
		CHECK_INT(oc_fault_code((CURLcode)rc), want);
	}
}

/* What only the circumstances tell. */
TEST(some_results_have_two_meanings)
{
	static const struct {
		CURLcode rc;
		bool begun;
		bool head_done;
		const char *text;
		enum oc_code code;
	} cases[] = {
	        {CURLE_OUT_OF_MEMORY, false, false, "", OC_ENOMEM},
	        {CURLE_OUT_OF_MEMORY, true, false, "", OC_EPROTO}, /* a line over 100 kB */
	        {CURLE_OUT_OF_MEMORY, true, true, "", OC_ENOMEM},
	        {CURLE_BAD_FUNCTION_ARGUMENT, true, false, "", OC_EPROTO},
	        {CURLE_RECV_ERROR, true, true, "Recv failure: Connection reset by peer",
	         OC_ECONNECT},
	        {CURLE_RECV_ERROR, true, true, "Malformed encoding found in chunked-encoding",
	         OC_EPROTO},
	        {CURLE_SSL_CONNECT_ERROR, false, false, "", OC_ECONNECT},
	        {CURLE_SSL_CONNECT_ERROR, false, false,
	         "error:0A00010B:SSL routines::wrong version number", OC_EPROTO},
	        {CURLE_SSL_CONNECT_ERROR, false, false,
	         "gnutls_handshake() failed: An unexpected TLS packet was received.", OC_EPROTO},
	        {CURLE_SSL_CONNECT_ERROR, false, false,
	         "error:0A000410:SSL routines::sslv3 alert handshake failure", OC_ECONNECT},
	};
	static char base_url[] = "https://a/v1";
	const struct oc_server server = {.base_url = base_url, .encrypted = true};
	struct oc_http http = {.server = &server};
	struct oc_transfer *t = oc_transfer_new();

	CHECK(t);
	for (size_t i = 0; i < OC_COUNT(cases); i++) {
		struct oc_exchange x = {.url = base_url};

		t->http = &http;
		t->x = &x;
		t->asked = cases[i].begun ? 1 : 0;
		t->head_done = cases[i].head_done;
		(void)snprintf(t->error, sizeof t->error, "%s", cases[i].text);
		oc_fault_judge(t, cases[i].rc);
		printf("# %s\n", x.err.message);
		CHECK_INT(x.err.code, cases[i].code);
		CHECK_INT(x.err.retry, cases[i].code == OC_ECONNECT);
	}
	oc_transfer_free(t);
}

TEST(texts_of_libcurl_lose_user_info)
{
	static const struct {
		const char *text;
		const char *scrubbed;
	} texts[] = {
	        {"Could not resolve host: h", "Could not resolve host: h"},
	        {"Failed to connect to h port 1 after 0 ms: Couldn't connect to server",
	         "Failed to connect to h port 1 after 0 ms: Couldn't connect to server"},
	        {"no subject name matches target host name 'localhost'",
	         "no subject name matches target host name 'localhost'"},
	        {"Unsupported proxy syntax in 'http://u:secret@h:x': Bad port",
	         "Unsupported proxy syntax in 'http://********@h:x': Bad port"},
	        {"Unsupported proxy syntax in 'u:sec'r et@t@h:x': Bad port",
	         "Unsupported proxy syntax in '************@h:x': Bad port"},
	        {"Unsupported proxy syntax in 'http://u:secret': Bad port",
	         "Unsupported proxy syntax in 'http://u:******': Bad port"},
	        {"Unsupported proxy syntax in 'http://u:secret@h:x",
	         "Unsupported proxy syntax in 'http://************"},
	        {"Unsupported proxy syntax in 'u:secret@secr",
	         "Unsupported proxy syntax in '*************"},
	        {"Could not resolve proxy: u:secret@h", "Could not resolve proxy: ********@h"},
	        {"cannot use http://u:secret@h/", "cannot use http://********@h/"},
	        {"@", "@"},
	        {" '", " '"},
	        {" ''", " ''"},
	        {"", ""},
	};

	for (size_t i = 0; i < OC_COUNT(texts); i++) {
		char text[256];

		printf("# %s\n", texts[i].text);
		memcpy(text, texts[i].text, strlen(texts[i].text) + 1);
		oc_fault_scrub(text);
		CHECK_STR(text, texts[i].scrubbed);
	}
}
