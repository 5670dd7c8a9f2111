#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The loopback server itself: whoever judges others must be judged.

load helpers

@test 'a script: each request gets its reply, and the last one repeats' {
	start_fake - <<-'END'
		body one
		---
		status 503 Go Away
		header X-Extra: yes
		type text/plain
		body two
		body  and more
		---
		answer three
	END
	run -0 curl -sS -D "$T/head" "$FAKE/a" "$FAKE/b"
	assert_output 'onetwo and more'
	run -0 tr -d '\r' <"$T/head"
	assert_line -n 0 'HTTP/1.1 200 OK'
	assert_line -n 1 'Content-Type: application/json'
	assert_line -n 2 'Content-Length: 3'
	assert_line 'HTTP/1.1 503 Go Away'
	assert_line 'X-Extra: yes'
	assert_line 'Content-Type: text/plain'
	assert_line 'Content-Length: 12'
	for _ in 1 2; do
		run -0 curl -sS "$FAKE/c"
		assert_output --partial '"content":"three"'
	done
	assert_equal "$(requests)" 4
}

@test 'TLS: a trusted server, an expired one, another host, a stranger' {
	start_fake --model
	start_tls
	run -0 curl -sS --cacert "$CACERT" "$TLS_URL/models"
	assert_output --partial '"id":"llama3.3"'
	grep -q 'X-Protocol: HTTP/' "$RECORD/request.1"
}
