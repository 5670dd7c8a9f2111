/* SPDX-License-Identifier: MIT */
/* test-url.c: what a base URL says, and what must not be taken for one. */
#include "compat.h"

#include "fail-alloc.h"
#include "unit.h"
#include "http/url.h"

TEST(a_base_url_is_normalised)
{
	static const struct {
		const char *base_url;
		const char *normal;
		const char *root;
		const char *query;
	} rows[] = {
	        {"https://ollama.com/v1", "https://ollama.com/v1", "https://ollama.com", ""},
	        {"https://ollama.com", "https://ollama.com", "https://ollama.com", ""},
	        {"https://ollama.com/", "https://ollama.com", "https://ollama.com", ""},
	        {"https://ollama.com/v1///", "https://ollama.com/v1", "https://ollama.com", ""},
	        {"HTTP://127.0.0.1:80/a/b", "http://127.0.0.1:80/a/b", "http://127.0.0.1:80", ""},
	        {"http://[::1]:8080/v1", "http://[::1]:8080/v1", "http://[::1]:8080", ""},
	        {"https://h/a%20b", "https://h/a%20b", "https://h", ""},
	        {"https://h/v1?a=b", "https://h/v1", "https://h", "?a=b"},
	        {"https://h/v1/?a=b/&c=%2F?", "https://h/v1", "https://h", "?a=b/&c=%2F?"},
	        {"https://h?a@b", "https://h", "https://h", "?a@b"},
	        {"https://h/v1?", "https://h/v1", "https://h", ""},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_server server;
		struct oc_err err = {0};

		CHECK_INT(oc_server_init(&server, rows[i].base_url, &err), OC_OK);
		CHECK_STR(server.base_url, rows[i].normal);
		CHECK_STR(server.root, rows[i].root);
		CHECK_STR(server.query, rows[i].query);
		oc_server_release(&server);
	}
}

TEST(a_base_url_has_a_longest)
{
	char url[OC_URL_MAX + 2] = "https://h/";
	struct oc_server server;
	struct oc_err err = {0};

	memset(url + strlen(url), 'a', OC_URL_MAX - strlen(url));
	CHECK_INT(oc_server_init(&server, url, &err), OC_OK);
	oc_server_release(&server);
	url[OC_URL_MAX] = 'a';
	CHECK_INT(oc_server_init(&server, url, &err), OC_EARG);
	CHECK(strstr(err.message, "longer than 8192 bytes"));
	CHECK(!server.base_url);
}

TEST(only_https_is_encrypted)
{
	struct oc_server server;
	struct oc_err err = {0};

	CHECK_INT(oc_server_init(&server, "HTTPS://h/", &err), OC_OK);
	CHECK(server.encrypted);
	oc_server_release(&server);
	CHECK_INT(oc_server_init(&server, "http://https:443/", &err), OC_OK);
	CHECK(!server.encrypted);
	oc_server_release(&server);
}

/* A key may go over plain HTTP to this machine, so nothing else must look like it. */
TEST(this_machine_is_told_from_others)
{
	static const struct {
		const char *host;
		bool loopback;
	} rows[] = {
	        {"localhost", true},
	        {"LocalHost", true},
	        {"127.0.0.1", true},
	        {"127.255.255.254", true},
	        {"127.1", true},
	        {"0x7f.0.0.1", true},
	        {"0177.0.0.1", true},
	        {"2130706433", true},
	        {"[::1]", true},
	        {"[0:0:0:0:0:0:0:1]", true},
	        {"128.0.0.1", false},
	        {"1.127.0.0", false},
	        {"0.0.0.0", false},
	        {"10.0.0.1", false},
	        {"[::2]", false},
	        {"[::ffff:10.0.0.1]", false},
	        /* Names, however much they look like an address. */
	        {"127.0.0.1.example", false},
	        {"127.0.0.1.5", false},
	        {"383.0.0.1", false},
	        {"127.0.0.256", false},
	        {"127.0.0.1.", false},
	        {"localhost.example", false},
	        {"notlocalhost", false},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_server server;
		struct oc_err err = {0};
		char base_url[64];

		(void)snprintf(base_url, sizeof base_url, "http://%s:8080/v1", rows[i].host);
		printf("# %s\n", base_url);
		CHECK_INT(oc_server_init(&server, base_url, &err), OC_OK);
		CHECK_INT(server.loopback, rows[i].loopback);
		oc_server_release(&server);
	}
}

TEST(ollamas_own_servers_need_a_key)
{
	struct oc_server server;
	struct oc_err err = {0};

	CHECK_INT(oc_server_init(&server, "https://Ollama.com:8443/x", &err), OC_OK);
	CHECK(server.needs_key);
	oc_server_release(&server);
	CHECK_INT(oc_server_init(&server, "https://ollama.com.example/", &err), OC_OK);
	CHECK(!server.needs_key);
	oc_server_release(&server);
}

TEST(others_on_the_way_read_plain_http)
{
	static const struct {
		const char *base_url;
		bool open;
	} rows[] = {
	        {"http://h/", true},
	        {"https://h/", false},
	        {"http://127.0.0.1/", false},
	        {"https://127.0.0.1/", false},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_server server;
		struct oc_err err = {0};

		CHECK_INT(oc_server_init(&server, rows[i].base_url, &err), OC_OK);
		CHECK_INT(oc_server_is_open(&server), rows[i].open);
		oc_server_release(&server);
	}
}

TEST(what_is_no_base_url_is_refused)
{
	static const char *const rows[] = {
	        "",
	        "ollama.com",
	        "//ollama.com",
	        "ftp://ollama.com",
	        "file:///etc/passwd",
	        "httpx://ollama.com",
	        "http://",
	        "http:// /",
	        "http://a b/",
	        "http://h:99999/",
	        "http://h:x/",
	        "http://h/#secret",
	        "http://h/?a=b#secret",
	        "http://h:x/?q=secret",
	        "ftp://h/?q=secret",
	        "http://h/\nv1",
	        "http://u:secret@h/",
	        "http://secret@h/",
	        "http:///u:secret@h/",
	        "http:////u:secret@h/",
	        "http://u:sec ret@h/",
	        "https:///secret@h",
	        "u:secret@h",
	        "secret@h:8080/v1",
	        "u:secret@h?a=b",
	        "http:u:secret@h",
	        "http:/u:secret@h/",
	        "http//u:secret@h/",
	        "http:\\\\u:secret@h/",
	        "http://h:x/u:secret@h",
	        "://u:secret@h",
	        "https:u/secret@h",
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		struct oc_server server;
		struct oc_err err = {0};

		printf("# %s\n", rows[i]);
		CHECK_INT(oc_server_init(&server, rows[i], &err), OC_EARG);
		CHECK_INT(err.code, OC_EARG);
		CHECK(err.message[0]);
		CHECK(!strstr(err.message, "secret"));
		CHECK(!server.base_url && !server.root);
	}
}

/* An at sign is no user info where it stands in the path. */
TEST(an_at_sign_in_the_path_is_fine)
{
	struct oc_server server;
	struct oc_err err = {0};

	CHECK_INT(oc_server_init(&server, "http://h/a@b", &err), OC_OK);
	CHECK_STR(server.base_url, "http://h/a@b");
	oc_server_release(&server);
}

static int init_and_release(void *ctx)
{
	struct oc_server server;
	int rc = oc_server_init(&server, ctx, NULL);

	if (!rc)
		oc_server_release(&server);
	return rc;
}

TEST(memory_may_be_out)
{
	static char base_url[] = "http://127.0.0.1:8080/v1?a=b";

	CHECK_INT(fail_each_alloc(init_and_release, base_url), 5);
}

TEST(a_proxy_has_a_name_without_user_info)
{
	static const struct {
		const char *url;
		const char *name; /* NULL = none */
	} rows[] = {
	        {"http://h:3128", "h:3128"},
	        {"http://h:3128/", "h:3128"},
	        {"h:3128", "h:3128"},
	        {"h", "h:1080"},
	        {"127.0.0.1", "127.0.0.1:1080"},
	        {"http://h", "h:1080"},
	        {"https://h", "h:443"},
	        {"socks5h://me:tell-nobody@h", "h:1080"},
	        {"me:tell-nobody@h:8080", "h:8080"},
	        {"http://[::1]:3128", "[::1]:3128"},
	        {"http://me:tell-nobody@h:x", NULL},
	        {"http://", NULL},
	        {"", NULL},
	};

	for (size_t i = 0; i < OC_COUNT(rows); i++) {
		char *name = oc_proxy_name(rows[i].url);

		CHECK_STR(name, rows[i].name);
		free(name);
	}
}
