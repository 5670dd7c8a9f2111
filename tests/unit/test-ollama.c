/* SPDX-License-Identifier: MIT */
/* test-ollama.c: the notation of OLLAMA_HOST, and which hosts are Ollama's own. */
#include "compat.h"

#include "http/ollama.h"
#include "unit.h"

/* The rows without a comment are what Host() and ConnectableHost() of ollama's envconfig give. */
TEST(a_server_in_ollamas_notation_becomes_a_base_url)
{
	static const struct {
		const char *name;
		const char *url;
	} rows[] = {
	        {"127.0.0.1", "http://127.0.0.1:11434/v1"},
	        {"127.0.0.1:8080", "http://127.0.0.1:8080/v1"},
	        {"gpu.lan", "http://gpu.lan:11434/v1"},
	        {"gpu.lan:80", "http://gpu.lan:80/v1"},
	        {"gpu.lan/", "http://gpu.lan:11434/v1"},
	        {"gpu.lan:1234//", "http://gpu.lan:1234/v1"},
	        {":1234", "http://127.0.0.1:1234/v1"},
	        {":", "http://127.0.0.1:11434/v1"},
	        {"/", "http://127.0.0.1:11434/v1"},
	        {"0.0.0.0", "http://127.0.0.1:11434/v1"},
	        {"0.0.0.0:1234", "http://127.0.0.1:1234/v1"},
	        {"http://0.0.0.0", "http://127.0.0.1/v1"},
	        {"http://gpu.lan", "http://gpu.lan/v1"},
	        {"http://gpu.lan:11434", "http://gpu.lan:11434/v1"},
	        {"http://:1234", "http://127.0.0.1:1234/v1"},
	        {"https://gpu.lan", "https://gpu.lan/v1"},
	        {"https://gpu.lan:8443/", "https://gpu.lan:8443/v1"},
	        {"https://gpu.lan/ollama", "https://gpu.lan/ollama/v1"},
	        {"http://gpu.lan:1/a/b/", "http://gpu.lan:1/a/b/v1"},
	        {"gpu.lan/a", "http://gpu.lan:11434/a/v1"},
	        {"HTTPS://gpu.lan", "HTTPS://gpu.lan/v1"},
	        {"ollama.com", "https://ollama.com/v1"},
	        {"::1", "http://[::1]:11434/v1"},
	        {"[::1]", "http://[::1]:11434/v1"},
	        {"[::1]:1234", "http://[::1]:1234/v1"},
	        {"http://[::1]", "http://[::1]/v1"},
	        {"https://[fe80::1]:1/x", "https://[fe80::1]:1/x/v1"},
	        {"::", "http://[::1]:11434/v1"},
	        {"[::]", "http://[::1]:11434/v1"},
	        {"[::]:1234", "http://[::1]:1234/v1"},
	        {"[0:0:0:0:0:0:0:0]:1", "http://[::1]:1/v1"},
	        {"fe80::1%eth0", "http://[fe80::1%eth0]:11434/v1"},
	        /* A port that is none is as if there were no port. */
	        {"gpu.lan:99999", "http://gpu.lan:11434/v1"},
	        {"gpu.lan:x", "http://gpu.lan:11434/v1"},
	        {"gpu.lan:-1", "http://gpu.lan:11434/v1"},
	        {"https://gpu.lan:x", "https://gpu.lan/v1"},
	        {"[::1]:123456789012345678901", "http://[::1]:11434/v1"},
	        /* Quotes and blanks, as files of variables leave them. */
	        {" gpu.lan ", "http://gpu.lan:11434/v1"},
	        {"\"gpu.lan:1\"", "http://gpu.lan:1/v1"},
	        {"'gpu.lan'\r\n", "http://gpu.lan:11434/v1"},
	        /* No such name: the URL is refused by who reads it. */
	        {"ftp://gpu.lan", "ftp://gpu.lan/v1"},
	        {"user:secret@gpu.lan", "http://user:secret@gpu.lan:11434/v1"},
	        {"a:1:b", "http://[a:1:b]:11434/v1"},
	        {"[::1", "http://[[::1]:11434/v1"},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_buf url = {0};

		printf("# %s\n", rows[i].name);
		oc_buf_init(&url, 1000);
		CHECK(oc_ollama_base_url(&url, rows[i].name));
		CHECK_STR(url.p, rows[i].url);
		oc_buf_release(&url);
	}
}

TEST(nothing_but_blanks_and_quotes_names_no_server)
{
	static const char *const rows[] = {"", " ", "\"\"", " '' \n"};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_buf url = {0};

		oc_buf_init(&url, 1000);
		CHECK(!oc_ollama_base_url(&url, rows[i]));
		CHECK_STR(url.p, "");
	}
}

TEST(ollamas_own_hosts_are_told_from_others)
{
	static const struct {
		const char *host;
		bool own;
	} rows[] = {
	        {"ollama.com", true},
	        {"OLLAMA.COM", true},
	        {"ollama.com.", true},
	        {"www.ollama.com", true},
	        {"api.ollama.cloud", true},
	        {"eu.api.ollama.cloud", true},
	        {"", false},
	        {".", false},
	        {"com", false},
	        {"ollama.com.example", false},
	        {"notollama.com", false},
	        {"ollama.comm", false},
	        {"ollama-com", false},
	        {"example.com", false},
	        {"ollama.cloud", false},
	        {"evil.ollama.cloud", false},
	        {"api-ollama.cloud", false},
	        {"ollama", false},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		printf("# %s\n", rows[i].host);
		CHECK_INT(oc_ollama_owns(rows[i].host), rows[i].own);
	}
}
