#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The loopback server and the wire runner: whoever judges others must be judged.

load helpers

# send TEXT: opens descriptor 7 to the server and sends this, escapes undone.
send() {
	exec 7<>"/dev/tcp/127.0.0.1/${FAKE##*:}"
	printf '%b' "$1" >&7
}

# get: the raw bytes that the server sends until it closes, with \r made visible.
get() {
	send 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'
	timeout 20 cat <&7 | sed 's/\r$/\\r/'
	exec 7>&-
}

# chat JSON [CURL-OPTION]...: one request to the model.
chat() {
	curl -sS -H 'Content-Type: application/json' -d "$1" "${@:2}" "$URL/chat/completions"
}

prompt() {
	jq -cn --arg text "$1" '{model: "llama3.3", messages: [{role: "user", content: $text}]}'
}

@test 'each request gets its reply, and the last one repeats' {
	start_fake - <<-'END'
		body one
		---
		# a comment
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

@test 'loop begins again' {
	start_fake - <<<$'loop\nbody 1\n---\nbody 2'
	run -0 curl -sS "$FAKE/1" "$FAKE/2" "$FAKE/3"
	assert_output 121
}

@test 'bytes, lines, files, filler, repetition' {
	printf 'from a file' >"$T/text"
	start_fake - <<-END
		bytes a\\tb\\x41\\0c\\\\
		line end
		file text
		repeat 3 body xy
		fill 5 ab
		fill 40000
	END
	curl -sS "$FAKE" >got
	printf 'a\tbA\0c\\end\nfrom a filexyxyxyababa' >want
	head -c 40000 /dev/zero | tr '\0' x >>want
	cmp got want
}

@test 'the four framings' {
	start_fake - <<-'END'
		framing chunked
		body abc
		body de
		---
		framing close
		body abc
		---
		framing none
		body abc
		---
		length 10
		body abc
		close
	END
	run -0 get
	assert_output "$(printf '%s\n' 'HTTP/1.1 200 OK\r' 'Content-Type: application/json\r' \
		'Transfer-Encoding: chunked\r' '\r' '3\r' 'abc\r' '2\r' 'de\r' '0\r' '\r')"
	run -0 get
	assert_output "$(printf '%s\n' 'HTTP/1.1 200 OK\r' 'Content-Type: application/json\r' \
		'Connection: close\r' '\r' 'abc')"
	run -0 get
	assert_output "$(printf '%s\n' 'HTTP/1.1 200 OK\r' 'Content-Type: application/json\r' '\r' 'abc')"
	run -18 curl -sS "$FAKE"
	assert_output --partial abc
}

@test 'events, with all ends of line' {
	start_fake - <<-'END'
		sse
		delta a\nb
		comment ping
		eol crlf
		data {}
		eol cr
		line event: x
		finish stop
		eol lf
		done
	END
	curl -sS -D head "$FAKE" >got
	{
		printf '%s\n\n' 'data: {"choices":[{"index":0,"delta":{"content":"a\nb"}}]}' ':ping'
		printf 'data: {}\r\n\r\nevent: x\r'
		printf 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\r\r'
		printf 'data: [DONE]\n\n'
	} >want
	diff -a want got
	grep -q '^Content-Type: text/event-stream' head
}

@test 'gzip' {
	start_fake - <<<$'gzip {"hello":"world"}'
	run -0 curl -sS --compressed "$FAKE"
	assert_output '{"hello":"world"}'
	run -0 bash -c "curl -sS '$FAKE' | gunzip"
	assert_output '{"hello":"world"}'
}

@test 'before the head, instead of the head, and large heads' {
	start_fake - <<-'END'
		raw HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n
		status 204
		type none
		framing none
		---
		raw SSH-2.0-OpenSSH_9.2\r\n
		close
		---
		close
		---
		header Location: %URL%/there
		repeat 3 header X-Many: 1
		big-header X-Big 5000
		status 302
	END
	run -0 get
	assert_output "$(printf '%s\n' 'HTTP/1.1 103 Early Hints\r' 'Link: x\r' '\r' \
		'HTTP/1.1 204 Unknown\r' '\r')"
	run -0 get
	assert_output 'SSH-2.0-OpenSSH_9.2\r'
	run -0 get
	assert_output ''
	run -0 get
	assert_line "Location: $FAKE/there\\r"
	assert_line 'HTTP/1.1 302 Found\r'
	assert_equal "$(grep -c '^X-Many: 1' <<<"$output")" 3
	assert_line "X-Big: $(head -c 5000 /dev/zero | tr '\0' x)\\r"
}

@test 'Retry-After as a date in the three forms' {
	start_fake - <<-'END'
		retry-date imf 100
		---
		retry-date rfc850 100
		---
		retry-date asctime -100
	END
	local form now at
	for form in '[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT' \
		'[A-Z][a-z]+day, [0-9]{2}-[A-Z][a-z]{2}-[0-9]{2} [0-9:]{8} GMT' \
		'[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9 ][0-9] [0-9:]{8} [0-9]{4}'; do
		run -0 bash -c "curl -sSi '$FAKE' | tr -d '\r' | sed -n 's/^Retry-After: //p'"
		assert_output --regexp "^$form\$"
		now=$(date +%s)
		at=$(date -u -d "$(tr - ' ' <<<"$output")" +%s)
		[[ $form == *GMT ]] || now=$((now - 200))
		((at - now >= 95 && at - now <= 105))
	done
}

@test 'a cut inside the body, a reset, and a reset inside' {
	start_fake - <<-'END'
		cut 4
		body abcdefgh
		---
		reset
		---
		sse
		cut 10 reset
		data abcdefgh
	END
	run -0 get
	assert_line -n -1 abcd
	run -56 curl -sS "$FAKE"
	run -56 curl -sS "$FAKE"
	wait_for_event 'close reset'
	assert_equal "$(grep -c 'close reset' "$RECORD/events")" 2
}

@test 'delays: of the head, of the body, between pieces, byte by byte' {
	start_fake - <<-'END'
		pause 300
		body a
		---
		head
		pause 300
		body a
		---
		framing chunked
		every 50
		repeat 6 body a
		---
		trickle 1 3
		fill 100
		---
		trickle 7 0
		fill 1000
	END
	# The times are lower bounds: a slow machine changes nothing.
	local what
	for what in 'time_starttransfer >= 0.3' 'time_total >= 0.3' 'time_total >= 0.3' 'time_total >= 0.3'; do
		run -0 curl -sS -o got -w "%{${what%% *}} ${what#* }" "$FAKE"
		run -0 awk "BEGIN { exit !($output) }"
	done
	assert_equal "$(wc -c <got)" 100
	curl -sS -o got "$FAKE"
	assert_equal "$(wc -c <got)" 1000
}

@test 'a stamp is the time of sending' {
	start_fake - <<<$'sse\nevery 100\nrepeat 3 stamp\ndone'
	run -0 bash -c "curl -sSN '$FAKE' | sed -n 's/.*\"content\":\"\\([0-9.]*\\).*/\\1/p'"
	assert_equal "${#lines[@]}" 3
	run -0 awk "BEGIN { exit !(${lines[2]} - ${lines[0]} >= 0.2) }"
}

@test 'a wait for a file' {
	start_fake - <<-'END'
		await go
		answer a
	END
	curl -s "$FAKE" >got &
	wait_for_event ' request 1 '
	[ ! -s got ]
	: >go
	wait $!
	assert_equal "$(jq -r '.choices[0].message.content' got)" a
}

@test 'a stall before the head, and after it; the client that leaves is noticed at once' {
	start_fake - <<<$'stall\n---\nsse\ndelta x\nstall'
	run -28 curl -sS -m 0.5 "$FAKE"
	wait_for_event 'c1 gone 1 0$'
	run -28 curl -sS -m 2 "$FAKE"
	assert_output --partial 'content":"x"'
	wait_for_event 'c2 gone 2 [1-9]'
}

@test 'an endless flood ends when the client leaves' {
	start_fake - <<<$'framing close\nfill forever'
	run -0 bash -c "curl -sSN '$FAKE' 2>/dev/null | head -c 50000000 | wc -c"
	assert_output 50000000
	wait_for_event 'c1 gone 1 [0-9]{8}'
}

@test 'a stream of 200,000 chunks arrives whole' {
	start_fake - <<<$'sse\nrepeat 200000 delta word\ndone'
	run -0 bash -c "curl -sSN '$FAKE' | grep -c '\"content\":\"word\"'"
	assert_output 200000
}

@test 'an early answer does not wait for the body' {
	start_fake - <<<$'early\nstatus 413\nbody no'
	send 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nabc'
	run -0 timeout 20 head -n 1 <&7
	assert_output --partial 'HTTP/1.1 413'
}

@test 'records: exact bytes, connections shared and not' {
	start_fake - <<<$'answer x'
	send 'POST /a HTTP/1.1\r\nX: 1\r\nContent-Length: 3\r\n\r\nabcPOST /b HTTP/1.1\r\nX: 2\r\n\r\n'
	wait_for_event 'reply 2 '
	exec 7>&-
	curl -sS -o got "$FAKE/c"
	wait_for_event 'c2 close client'
	printf 'POST /a HTTP/1.1\r\nX: 1\r\nContent-Length: 3\r\n\r\nabc' | cmp - "$RECORD/request.1"
	printf 'POST /b HTTP/1.1\r\nX: 2\r\n\r\n' | cmp - "$RECORD/request.2"
	run -0 cut -d ' ' -f 2- "$RECORD/events"
	local n
	n=$(($(wc -c <got) + $(printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 217\r\n\r\n' | wc -c)))
	assert_output "$(printf '%s\n' 'c1 open' 'c1 request 1 48 POST /a HTTP/1.1' "c1 reply 1 $n" \
		'c1 request 2 26 POST /b HTTP/1.1' "c1 reply 2 $n" 'c1 close client' 'c2 open' \
		"c2 request 3 $(wc -c <"$RECORD/request.3") GET /c HTTP/1.1" "c2 reply 3 $n" 'c2 close client')"
}

@test 'a large request body' {
	start_fake - <<<$'body ok'
	head -c 20000000 /dev/zero | tr '\0' a >large
	run -0 curl -sS --data-binary @large "$FAKE"
	assert_output ok
	request_body 1 | cmp - large
}

@test 'many connections at once' {
	local fds=() fd
	start_fake - <<<'body ok'
	for _ in {1..64}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/${FAKE##*:}"
		fds+=("$fd")
	done
	for fd in "${fds[@]}"; do
		printf 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n' >&"$fd"
	done
	for fd in "${fds[@]:32}" "${fds[@]:0:32}"; do
		run -0 timeout 20 tail -n 1 <&"$fd"
		assert_output ok
	done
	assert_equal "$(requests)" 64
}

@test 'a wrong script is named by its place' {
	printf 'status 200\nbdy x\n' >script
	run -1 "$B/fake" script
	assert_output 'fake: script:2: no such directive: bdy'
	printf 'body x\nheader A: b\n' >script
	run -1 "$B/fake" script
	assert_output 'fake: script:2: too late, the head is out: header'
	printf 'repeat 2 close\n' >script
	run -1 "$B/fake" script
	assert_output 'fake: script:1: cannot be repeated: close'
	run -1 "$B/fake" no-such-file
	assert_output 'fake: no-such-file: No such file or directory'
}

@test 'IPv6, and the address in a file' {
	[ -e /proc/net/if_inet6 ] && grep -q '^0*1 ' /proc/net/if_inet6 || skip 'no IPv6'
	printf 'body six\n' >script
	"$B/fake" --listen ::1 --port-file address script 3>&- &
	oc_pids+=($!)
	wait_for test -e address
	run -0 cat address
	assert_output --regexp '^http://\[::1\]:[0-9]+$'
	run -0 curl -sS "$output"
	assert_output six
}

@test 'it ends with its parent, and by itself after the time given' {
	printf 'body x\n' >script
	# shellcheck disable=SC2016 # for the inner shell
	bash -c '"$B/fake" script >address 3>&- & echo $! >pid; until [ -s address ]; do :; done'
	wait_for_end "$(cat pid)"
	"$B/fake" --seconds 1 script >address 3>&- &
	ended 142 $! # SIGALRM
}

wait_for_end() {
	local end=$((SECONDS + 20))
	while kill -0 "$1" 2>/dev/null && [ $SECONDS -lt $end ]; do
		:
	done
	run ! kill -0 "$1"
}

@test 'the model: a sentence, with usage' {
	start_fake --model
	run -0 chat "$(prompt 'Why is the sky blue?')"
	assert_equal "$(jq -c '[.model, .choices[0].finish_reason, .usage]' <<<"$output")" \
		'["llama3.3","stop",{"prompt_tokens":5,"completion_tokens":14,"total_tokens":19}]'
	assert_equal "$(jq -r '.choices[0].message.content' <<<"$output")" \
		'I read 5 words, from "Why" to "blue?". A larger model would say more.'
	run -0 chat "$(prompt $'Echo: gr\u00fc\u00df "\\\n')"
	assert_equal "$(jq '.choices[0].message.content' <<<"$output")" $'"gr\u00fc\u00df \\"\\\\\\n"'
}

@test 'the model: a stream' {
	start_fake --model
	chat "$(prompt 'Echo: one two' | jq -c '.stream = true | .stream_options.include_usage = true')" >got
	run -0 jq -jR 'select(startswith("data: {")) | .[6:] | fromjson | .choices[0].delta.content // ""' got
	assert_output 'one two'
	assert_equal "$(grep -c '"finish_reason":"stop"' got)" 1
	assert_equal "$(grep -c '"choices":\[\],"usage":{"prompt_tokens":3,"completion_tokens":2' got)" 1
	assert_equal "$(tail -n 2 got)" 'data: [DONE]'
	chat "$(prompt 'Echo: one two' | jq -c '.stream = true')" >got
	run -1 grep usage got
}

@test 'the model: a commit message, JSON, a schema, a limit' {
	start_fake --model
	run -0 chat "$(prompt $'Write.\n\ndiff --git a/lib/a.c b/lib/a.c\nnew file mode 100644\n+x\ndiff --git a/b b/b\n+y')"
	assert_equal "$(jq -r '.choices[0].message.content' <<<"$output")" 'Add lib/a.c, update b'
	run -0 chat "$(prompt hi | jq -c '.response_format.type = "json_object"')"
	assert_equal "$(jq -r '.choices[0].message.content' <<<"$output" | jq -c keys)" '["answer","words"]'
	run -0 chat "$(prompt hi | jq -c '.response_format = {type: "json_schema", json_schema: {schema:
		{type: "object", properties: {n: {type: "integer", minimum: 7}, e: {enum: ["x", "y"]},
		l: {type: "array", items: {type: "boolean"}}}}}}')"
	assert_equal "$(jq -r '.choices[0].message.content' <<<"$output")" '{"n":7,"e":"x","l":[true]}'
	run -0 chat "$(prompt 'Echo: a b c d' | jq -c '.max_tokens = 2')"
	assert_equal "$(jq -c '.choices[0] | [.message.content, .finish_reason]' <<<"$output")" '["a b ","length"]'
}

@test 'the model: what it refuses' {
	start_fake --model --key secret --serve a,b/c:d
	local code='%{http_code}'
	run -0 chat '{"model":"a","messages":[]}' -o got -w "$code"
	assert_output 401
	run -0 chat '{"model":"a","messages":[]}' -H 'Authorization: Bearer secret' -o got -w "$code"
	assert_output 200
	run -0 chat '{"model":"x","messages":[]}' -H 'Authorization: Bearer secret'
	assert_output '{"error":{"message":"model \"x\" not found","type":"not_found_error","param":null,"code":null}}'
	run -0 chat '{"model":"a"' -H 'Authorization: Bearer secret' -o got -w "$code"
	assert_output 400
	run -0 curl -sS -H 'Authorization: Bearer secret' "$URL/models"
	assert_equal "$(jq -c '[.data[].id]' <<<"$output")" '["a","b/c:d"]'
	run -0 curl -sS "$FAKE/api/tags"
	assert_equal "$(jq -c '[.models[].name]' <<<"$output")" '["a","b/c:d"]'
	run -0 curl -sS -H 'Authorization: Bearer secret' "$FAKE/nowhere"
	assert_output '404 page not found'
}

@test 'the model under load: latency, failures, a limit, a length' {
	start_fake --model --latency 300 --fail 3:503 --tokens 4
	run -0 chat "$(prompt hi)" -o got -w '%{time_total} >= 0.3 && %{http_code} == 200'
	run -0 awk "BEGIN { exit !($output) }"
	assert_equal "$(jq -r '.choices[0].message.content' got)" 'word1 word2 word3 word4'
	chat "$(prompt hi)" -o got
	run -0 chat "$(prompt hi)" -o got -w '%{http_code}'
	assert_output 503
	start_fake --model --latency 1000 --limit 1
	chat "$(prompt hi)" -o first -w '%{http_code}' >status &
	local first=$!
	wait_for_event 'request 1 '
	run -0 chat "$(prompt hi)" -o got -w '%{http_code}'
	assert_output 429
	wait $first
	assert_equal "$(cat status)" 200
}

@test 'the model under load: a rate, a window, and what a refusal says' {
	start_fake --model --rate 0.001:2 --retry-after 7
	run -0 chat "$(prompt hi)" -o got -w '%{http_code}'
	assert_output 200
	run -0 chat "$(prompt hi)" -o got -w '%{http_code}'
	assert_output 200
	run -0 chat "$(prompt hi)" -o got -D head -w '%{http_code}'
	assert_output 429
	grep -q '^Retry-After: 7.$' head
	run ! grep -i ratelimit head
	start_fake --model --window 2:1000 --retry-after exact --rate-headers
	run -0 chat "$(prompt hi)" -o got -D head -w '%{http_code}'
	assert_output 200
	grep -q '^x-ratelimit-limit-requests: 2.$' head
	grep -q '^x-ratelimit-remaining-requests: 1.$' head
	grep -Eq '^x-ratelimit-reset-requests: [0-9]+ms.$' head
	run ! grep -i retry-after head
	chat "$(prompt hi)" -o got
	run -0 chat "$(prompt hi)" -o got -D head -w '%{http_code}'
	assert_output 429
	grep -Eq '^retry-after-ms: [0-9]+.$' head
	grep -q '^x-ratelimit-remaining-requests: 0.$' head
}

@test 'TLS: a trusted server, an expired one, another host, a stranger' {
	start_fake --model
	start_tls
	run -0 curl -sS --cacert "$CACERT" "$TLS_URL/models"
	assert_output --partial '"id":"llama3.3"'
	grep -q 'X-Protocol: HTTP/' "$RECORD/request.1"
	local kind
	for kind in expired:expired wrong-host:'no alternative certificate' self-signed:self-signed; do
		start_tls "${kind%%:*}"
		run -60 curl -sS --cacert "$CACERT" "$TLS_URL/models"
		assert_output --partial "${kind#*:}"
	done
	assert_equal "$(requests)" 1
}

# The simplest wire case that uses everything, with a script in place of a command.
wire_case() {
	mkdir -p cases/good bin
	cat >bin/oc-try <<-'END'
		#!/bin/sh
		echo "${1%:*} $OLLAMA_CLOUD_MODEL $KEY"
		cat
		curl -sS -d hello "$OLLAMA_CLOUD_BASE_URL/x" >&2
		exit 3
	END
	chmod +x bin/oc-try
	(
		cd cases/good || exit 1
		printf 'oc-try\n%%URL%%\n' >args
		echo 'KEY=a b' >"env"
		printf in >stdin
		printf 'status 404\nbody gone from %%URL%%' >reply
		printf 'http://127.0.0.1 m a b\nin' >stdout
		printf 'gone from %%URL%%' >stderr
		echo 3 >status
		printf '%s\n' 'POST /v1/x HTTP/1.1' 'Host: ...' 'User-Agent: ...' 'Accept: */*' \
			'Content-Length: 5' 'Content-Type: application/x-www-form-urlencoded' '' >request
		printf hello >>request
		# shellcheck disable=SC2016 # for the runner
		echo 'grep -q "request 1" "$RECORD/events"' >check
	)
}

wire() {
	CASES=$T/cases BIN=$T/bin run "$@" "$BATS_TEST_DIRNAME/wire"
}

@test 'the wire runner: a case that holds, and each way not to' {
	wire_case
	wire -0
	assert_output "$(printf '1..1\nok - good')"
	local file
	for file in stdout stderr status request requests request.2 check; do
		cp cases/good/$file old 2>/dev/null || rm -f old
		echo 9 >cases/good/$file
		wire -1
		assert_line 'not ok - good'
		rm cases/good/$file
		[ ! -e old ] || cp old cases/good/$file
	done
	wire -0
}
