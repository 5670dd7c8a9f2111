#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154 # bats sets stderr
# Which server is asked, with which key, and that the key gets nowhere else.

load helpers

# ---- keys and hosts -----------------------------------------------------------------------------

# asks_host HOST:PORT COMMAND...: the proxy is the fake, which records the host, and refuses.
asks_host() {
	local host=$1
	shift
	run -77 "$@" --proxy "$FAKE" -p x
	run -0 head -n 1 "$RECORD/request.$(requests)"
	assert_output "CONNECT $host HTTP/1.1"$'\r'
	run -1 grep -i -e secret -e authorization "$RECORD/request.$(requests)"
}

@test 'key: each variable belongs to its host, and no proxy sees a key' {
	serve - <<<$'status 403\nbody no'
	unset OLLAMA_CLOUD_BASE_URL
	echo secret >key
	OLLAMA_CLOUD_API_KEY=secret asks_host api.ollama.cloud:443 oc-complete
	OLLAMA_API_KEY=secret asks_host ollama.com:443 oc-complete
	OLLAMA_API_KEY=secret OLLAMA_CLOUD_API_KEY=secret2 asks_host api.ollama.cloud:443 oc-complete
	OLLAMA_API_KEY=secret asks_host api.ollama.cloud:443 oc-complete -k key
	OLLAMA_API_KEY=secret asks_host elsewhere.invalid:443 \
		oc-complete -b https://elsewhere.invalid/v1
	OLLAMA_API_KEY=secret OLLAMA_CLOUD_BASE_URL=https://named.invalid:8443/v1 \
		asks_host named.invalid:8443 oc-complete
}

@test 'key: a base URL takes whichever key is there, the file first' {
	serve - <<<'answer ok'
	echo from-file >key
	oc-complete -p x
	OLLAMA_API_KEY=ollama oc-complete -p x
	OLLAMA_CLOUD_API_KEY=cloud OLLAMA_API_KEY=ollama oc-complete -p x
	OLLAMA_CLOUD_API_KEY=cloud OLLAMA_API_KEY=ollama oc-complete -p x -k key
	OLLAMA_API_KEY=ollama oc-complete -p x -b "$URL/"
	for wanted in '' ollama cloud from-file ollama; do
		((++n))
		assert_equal "$(key_sent $n)" "$wanted"
	done
}

@test 'key: one of OLLAMA_API_KEY goes to nobody but Ollama and this machine' {
	need_namespace
	serve - <<<$'answer ok\n---\nstatus 401\n---\nanswer ok'
	start_tls wrong-host # its name is elsewhere.example
	local ask=(with_host elsewhere.example
		oc-complete -p x --cacert "$CACERT" -b "https://elsewhere.example:${TLS##*:}/v1")
	export OLLAMA_API_KEY=of-ollama
	run -0 "${ask[@]}" -v
	assert_line "oc-complete: the key of OLLAMA_API_KEY is not sent to https://elsewhere.example:${TLS##*:}/v1: it is for Ollama's own servers"
	run -77 "${ask[@]}"
	assert_output --partial "; none was sent; OLLAMA_API_KEY is for Ollama's own servers: set OLLAMA_CLOUD_API_KEY, or name a key file with --api-key-file"
	echo of-file >key
	run -0 "${ask[@]}" -k key
	OLLAMA_CLOUD_API_KEY=of-cloud run -0 "${ask[@]}"
	OLLAMA_CLOUD_API_KEY=of-cloud run -0 "${ask[@]}" -k key
	local n=0 wanted
	for wanted in '' '' of-file of-cloud of-file; do
		((++n))
		assert_equal "$(key_sent $n)" "$wanted"
	done
}

@test 'key: Ollama itself is not asked without one' {
	local url say='set OLLAMA_CLOUD_API_KEY or OLLAMA_API_KEY, or name a key file; a local Ollama needs none: --base-url http://127.0.0.1:11434/v1'
	ends 78 "no API key for https://api.ollama.cloud/v1: $say" oc-complete -m m -p x
	for url in https://ollama.com/v1 http://ollama.com/v1 https://OLLAMA.com./v1 https://eu.api.ollama.cloud; do
		run -78 oc-complete -m m -p x -b $url
		assert_output --partial ": $say"
	done
	OLLAMA_API_KEY='' OLLAMA_CLOUD_API_KEY='' ends 78 "no API key for https://ollama.com/v1: $say" \
		oc-complete -m m -p x -b https://ollama.com/v1
	ends 78 "no API key for https://ollama.com/v1: $say" oc-models --live -b https://ollama.com/v1
	OLLAMA_API_KEY=secret ends 78 \
		'no API key for http://ollama.com/v1; the key that is set was withheld, because it would travel unencrypted: use https, or send it all the same with --key-in-clear' \
		oc-complete -m m -p x -b http://ollama.com/v1
}

@test 'key: every other server is asked without one' {
	need_namespace
	serve - <<<'answer ok'
	run -0 with_host ollama oc-complete -p x -b "http://ollama:${FAKE##*:}/v1"
	assert_output ok
	run -0 with_host ollama oc-stream -p x -b "http://ollama:${FAKE##*:}/v1"
	assert_output ok
	run -0 with_host ollama oc-batch -b "http://ollama:${FAKE##*:}/v1" <<<'"x"'
	start_tls wrong-host
	run -0 with_host elsewhere.example \
		oc-complete -p x -b "https://elsewhere.example:${TLS##*:}/v1" --cacert "$CACERT"
	assert_output ok
	assert_equal "$(requests)" 4
	run -1 grep -i authorization "$RECORD"/request.*
}

@test 'key: one that wants it, and gets none, says how to give one' {
	local say='; set OLLAMA_CLOUD_API_KEY, or name a key file with --api-key-file'
	serve - <<<$'status 401\nbody {"error":"who are you?"}\n---\nstatus 403\nbody {"error":"not you"}\n---\nstatus 401'
	ends 77 "$URL wants an API key (401: who are you?); none was sent$say" oc-complete -p x
	ends 77 "$URL denies the request (403: not you); no API key was sent$say" oc-stream -p x
	run -77 --separate-stderr oc-batch <<<'"x"'
	assert_equal "${stderr_lines[0]}" \
		"oc-batch: line 1: $URL wants an API key (401: Unauthorized); none was sent$say"
	run -77 oc-models --live -b "$URL"
	assert_output --partial "$say"
	OLLAMA_CLOUD_API_KEY=one-that-is-wrong run -77 oc-complete -p x
	refute_output --partial 'OLLAMA_CLOUD_API_KEY'
}

@test 'key: that there is none is said before a prompt is waited for' {
	mkfifo silent
	exec 9<>silent
	run -78 timeout 20 oc-complete -m m <&9
	assert_output --partial 'no API key for https://api.ollama.cloud/v1'
	run -64 timeout 20 oc-complete -m m -b ftp://x <&9
	exec 9>&-
}

@test 'key: never over plain HTTP to another host' {
	need_namespace
	serve - <<<$'answer ok\n---\nstatus 401\nbody {"error":"no"}\n---\nanswer ok'
	local url=http://127.0.0.1.example:${FAKE##*:}/v1
	local ask=(with_host 127.0.0.1.example oc-complete -p x -b "$url")
	export OLLAMA_CLOUD_API_KEY=of-cloud
	run -0 "${ask[@]}" -v
	assert_line "oc-complete: the key of OLLAMA_CLOUD_API_KEY is not sent to $url: it would travel unencrypted"
	run -77 "${ask[@]}"
	assert_output "oc-complete: $url wants an API key (401: no); none was sent; the key that is set was withheld, because it would travel unencrypted: use https, or send it all the same with --key-in-clear"
	OLLAMA_CLOUD_KEY_IN_CLEAR=0 run -0 "${ask[@]}"
	OLLAMA_CLOUD_KEY_IN_CLEAR='' run -0 "${ask[@]}"
	run -1 grep -i authorization "$RECORD"/request.*
	echo of-file >key
	run -78 "${ask[@]}" -k key
	assert_output "oc-complete: $url would get the API key unencrypted: use https, or send it all the same with --key-in-clear"
	assert_equal "$(requests)" 4
}

@test 'key: --key-in-clear sends it over plain HTTP all the same' {
	need_namespace
	serve - <<<'answer ok'
	local ask=(with_host lan oc-complete -p x -b "http://lan:${FAKE##*:}/v1")
	export OLLAMA_CLOUD_API_KEY=of-cloud
	echo of-file >key
	run -0 "${ask[@]}" --key-in-clear
	run -0 "${ask[@]}" --key-in-clear -k key
	OLLAMA_CLOUD_KEY_IN_CLEAR=1 run -0 "${ask[@]}"
	OLLAMA_CLOUD_KEY_IN_CLEAR=1 run -0 "${ask[@]}" -k key
	unset OLLAMA_CLOUD_API_KEY
	OLLAMA_API_KEY=of-ollama run -0 "${ask[@]}" --key-in-clear # not for this server
	local n=0 wanted
	for wanted in of-cloud of-file of-cloud of-file ''; do
		((++n))
		assert_equal "$(key_sent $n)" "$wanted"
	done
}

@test 'key: every spelling of this machine is loopback' {
	serve - <<<'answer ok'
	local host
	for host in 127.0.0.1 127.1 localhost LOCALHOST 0x7f.1; do
		run -0 oc-complete -p x -b "http://$host:${FAKE##*:}/v1" --proxy http://127.0.0.1:9
		assert_output ok
	done
}

@test 'key file: its first line, with or without a line end, and nothing after it' {
	serve - <<<'answer ok'
	printf 'one' >bare
	printf 'one\r\n' >crlf
	printf 'one\ntwo\n' >lines
	printf '\xef\xbb\xbfone\r\n' >mark
	printf '\xef\xbb\xbf \tone \t\r\ntwo' >blanks
	printf ' one ' >no-line
	local file
	for file in bare crlf lines mark blanks no-line; do
		oc-complete -p x -k $file
		assert_equal "$(key_sent "$(requests)")" one
	done
	oc-complete -p x -k <(echo one)
	assert_equal "$(key_sent 7)" one
	oc-complete -p x -k /dev/fd/9 9< <(echo one)
	assert_equal "$(key_sent 8)" one
	mkfifo pipe
	oc-complete -p x -k pipe &
	echo one >pipe
	wait $!
	assert_equal "$(key_sent 9)" one
}

@test 'key file: what is behind its first line is left for others' {
	serve - <<<'answer ok'
	run -0 oc-complete -k /dev/stdin - < <(printf 'one\nthe prompt\n')
	assert_output ok
	assert_equal "$(key_sent 1)" one
	assert_equal "$(request_body 1 | jq -r '.messages[0].content')" 'the prompt'
}

@test 'key file: an endless one, or one that is no file, ends soon' {
	local say='the key file'
	serve - <<<'answer ok'
	ends 78 "$say /dev/zero cannot be used: its first line is too long" oc-complete -p x -k /dev/zero
	ends 78 "$say /dev/null cannot be used: its first line is empty" oc-complete -p x -k /dev/null
	ends 78 "$say /dev/fd/9 cannot be used: No such file or directory" \
		oc-complete -p x -k /dev/fd/9 9>&-
	ends 78 "$say . cannot be used: Is a directory" oc-complete -p x -k .
	ends 78 "$say ./ cannot be used: Is a directory" oc-complete -p x -k ./
	assert_equal "$(requests)" 0
}

@test 'key file: an unusable one is status 78, and nothing is asked' {
	serve - <<<'answer ok'
	mkdir dir
	: >empty
	printf '\nsecond\n' >blank
	printf 'a\x01b\n' >control
	printf 'a b\n' >space
	printf 'a\0b\n' >nul
	head -c 100000 /dev/zero | tr '\0' a >long
	ends 78 'the key file ./missing cannot be used: No such file or directory' \
		oc-complete -p x -k ./missing
	ends 78 'the key file dir cannot be used: Is a directory' oc-complete -p x -k dir
	ends 78 'the key file empty cannot be used: its first line is empty' oc-complete -p x -k empty
	ends 78 'the key file blank cannot be used: its first line is empty' oc-complete -p x -k blank
	ends 78 'the key file nul cannot be used: there is a NUL byte in its first line' \
		oc-complete -p x -k nul
	ends 78 'the key file long cannot be used: its first line is too long' oc-complete -p x -k long
	local say='the API key contains a character that a key cannot have: only visible ASCII is possible'
	ends 78 "$say" oc-complete -p x -k control
	ends 78 "$say" oc-complete -p x -k space
	OLLAMA_API_KEY=$'a\nX-Evil: 1' ends 78 "$say" oc-complete -p x
	assert_equal "$(requests)" 0
}

@test 'key: one that is given in place of a file is not repeated' {
	local key
	serve - <<<'answer ok'
	mkdir sub
	for key in sk-tell-nobody tell/nobody+42 /tell-nobody /tell/nobody+42 '' sub.tell/nobody \
		"$(printf 'nobody%0300d' 1)" key/nobody; do
		ends 78 'no such key file; --api-key-file takes the name of a file, never the key itself' \
			oc-complete -p x --api-key "$key"
	done
	ends 78 'the key file sub/missing cannot be used: No such file or directory' \
		oc-complete -p x -k sub/missing
}

@test 'key: a file that is named like one is not told, either' {
	local key
	serve - <<<'answer ok'
	for key in sk-tell-nobody 0123456789abcdef.tell-nobody; do
		: >$key
		ends 78 'the key file cannot be used: its first line is empty' oc-complete -p x -k $key
		ends 78 "the key file ./$key cannot be used: its first line is empty" \
			oc-complete -p x -k ./$key
	done
}

@test 'key: it is in no message, no report and no log, even where the server repeats it' {
	serve - <<-'END'
		status 401
		body {"error":{"message":"Incorrect API key provided: sk-tell-nobody."}}
		---
		answer ok
	END
	export OLLAMA_API_KEY=sk-tell-nobody
	run -77 oc-complete -v -p x --report report
	assert_output --partial "$URL refused the API key (401: "
	refute_output --partial tell-nobody
	run -0 oc-complete -v -p x --report report -j
	refute_output --partial tell-nobody
	run -1 grep tell-nobody report
	assert_equal "$(key_sent 1)" sk-tell-nobody
}

# ---- secrets in what others repeat --------------------------------------------------------------

# says_nothing FILE...: no part of the key sk-tell/nobody+42 is in them, however it is written.
says_nothing() {
	run -1 grep -aE 'tell|nobody|dGVsb|RlbG|0ZWxs|bm9ib2R|5vYm9ke|ub2JvZH' "$@"
}

@test 'secrets: a key is in no message, whatever its spelling' {
	local spelling
	export OLLAMA_API_KEY=sk-tell/nobody+42
	for spelling in 'sk-tell/nobody+42' 'sk-tell\/nobody+42' '\u0073\u006b-tell\u002Fnobody\u002b42' \
		'sk-tell%2Fnobody%2b42' 'sk-tell%252fnobody%252B42' 'sk-tell&#47;nobody&#x2b;42' \
		'sk-tell\\\/nobody+42' 'sk-tell/nob' 'Basic eHg6c2stdGVsbC9ub2JvZHkrNDI='; do
		serve - <<-END
			status 401
			body {"error":{"message":"no such key: $spelling, is there?"}}
			---
			status 401
			body {"sent":["$spelling"]}
			---
			status 500
			body <title>$spelling</title>
			---
			status 302
			header Location: /login?key=$spelling
			---
			header x-request-id: $spelling
			status 418
			---
			body it is $spelling
			---
			body {"error":{"message":"$spelling","code":401}}
			---
			type text/event-stream
			body data: {"error":"$spelling"}
			---
			loop
		END
		for _ in {1..4}; do
			oc-complete -v -p x --max-retries 0 --report report 2>>said && fail 'it did not fail'
			oc-batch -v --max-retries 0 --report report <<<'"x"' >>said 2>&1 && fail 'it did not fail'
		done
		assert_equal "$(requests)" 8
		stop_fake
	done
	grep -qF 'no such key: *****************, is there?' said
	says_nothing said report
}

@test 'secrets: a key is in no field of an answer, and the answer is left as it is' {
	local answer='{"id":"sk-tell\/nobody+42","model":"sk-tell\u002fnobody+42","choices":[{"index":0,"message":{"role":"assistant","content":"sk-tell\/nobody+42"},"finish_reason":"sk-tell%2Fnobody+42"}],"usage":{"prompt_tokens":1,"completion_tokens":1},"x":{"sk-tell/nobody+42":1}}'
	serve - <<<'header x-request-id: sk-tell/nobody+42
body '"$answer"'
---
header x-request-id: sk-tell/nobody+42
body '"$answer"'
---
header x-request-id: sk-tell/nobody+42
body '"$answer"'
---
header x-request-id: sk-tell/nobody+42
body '"$answer"'
---
sse
data {"id":"sk-tell/nobody+42","model":"sk-tell\/nobody+42","choices":[{"delta":{"content":"sk-tell\/nobody+42"}}]}
data {"choices":[{"delta":{},"finish_reason":"sk-tell/nobody+42"}]}
done'
	export OLLAMA_API_KEY=sk-tell/nobody+42
	run -0 --separate-stderr oc-complete -v -p x --report report -j
	assert_output '{"content":"sk-tell/nobody+42","model":"*****************","usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2},"finish_reason":"*****************","id":"*****************"}'
	echo "$stderr" >said
	run -0 --separate-stderr oc-complete -p x
	assert_output 'sk-tell/nobody+42'
	run -0 --separate-stderr oc-batch -v --report report <<<'"x"'
	echo "$stderr" >>said
	assert_equal "$(jq -c '[.content, .model, .finish_reason]' <<<"$output")" \
		'["sk-tell/nobody+42","*****************","*****************"]'
	run -0 --separate-stderr oc-batch -v --report report \
		<<<'{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":"x"}]}}'
	echo "$stderr" >>said
	assert_equal "$(jq -c '.response | [.request_id, .body.id, .body.model, .body.choices[0].finish_reason, .body.x]' <<<"$output")" \
		'["*****************","*****************","*****************","*****************",{"*****************":1}]'
	assert_equal "$(jq -r '.response.body.choices[0].message.content' <<<"$output")" 'sk-tell/nobody+42'
	run -0 --separate-stderr oc-stream -v -p x --report report --events
	echo "$stderr" >>said
	assert_line -n 0 '{"content":"sk-tell/nobody+42"}'
	assert_equal "$(jq -c '[.model, .finish_reason, .id]' <<<"${lines[1]}")" \
		'["*****************","*****************","*****************"]'
	says_nothing said report
}

@test 'secrets: a key is in no list of models, nor in what an answer lacks' {
	export OLLAMA_API_KEY=sk-tell/nobody+42
	serve - <<<$'body {"data":[{"id":"sk-tell\\/nobody+42"},{"id":"m"}]}\n---\nbody sk-tell/nobody+42'
	run -0 oc-models --live --format ids -b "$URL"
	assert_output $'*****************\nm'
	run -76 oc-models --live -b "$URL"
	assert_output --partial 'it begins with "*****************"'
	echo '{"type":"object","additionalProperties":{"type":"integer"}}' >schema
	serve - <<<'answer {\"sk-tell/nobody+42\":\"x\"}'
	run -76 oc-complete -p x --schema schema
	assert_output --partial '/*****************: '
	run -1 --separate-stderr oc-batch --schema schema <<<'"x"'
	echo "$output$stderr" >said
	says_nothing said
}

@test 'secrets: a key in the query of the base URL is not shown, either' {
	serve - <<<$'status 302\nheader Location: /v1/x?api-version=1&api-key=sk-tell/nobody%2B42\n---\nstatus 403\nbody {"error":"sk-tell/nobody+42 at api-version 1"}'
	run -76 oc-complete -v -p x -b "$URL?api-version=1&api-key=sk-tell/nobody%2B42"
	assert_output --partial '/v1/x?api-version=1&api-key=*****************'
	says_nothing - <<<"$output"
	run -77 oc-complete -v -p x -b "$URL?api-version=1&api-key=sk-tell/nobody%2B42"
	assert_output --partial '(403: ***************** at api-version 1)'
}

@test 'secrets: passwords of proxies are in no message and no line of a batch' {
	local url=https://a.invalid/v1 proxy name long
	long=$(printf '%0300d' 0)
	export OLLAMA_CLOUD_API_KEY=k
	for proxy in 'http://me:tell-nobody@127.0.0.1:x' 'me:tell-nobody@:1' 'http://me:tell nobody@h' \
		'http://me:tell/nobody@h' 'ftp://me:tell-nobody@127.0.0.1' 'me:tell-nobody' \
		"http://me:tell-nobody$long@127.0.0.1:x" 'http://me:tell%2Dnobody@127.0.0.1:1'; do
		for name in https_proxy HTTPS_PROXY all_proxy ALL_PROXY; do
			env "$name=$proxy" oc-complete -v -m m -p x -b $url --max-retries 0 2>>said &&
				fail 'it did not fail'
			env "$name=$proxy" oc-batch -v -m m -b $url --max-retries 0 <<<'"x"' >>said 2>&1 &&
				fail 'it did not fail'
		done
		http_proxy=$proxy oc-complete -v -m m -p x -b http://a.invalid/v1 --max-retries 0 2>>said &&
			fail 'it did not fail'
		oc-complete -v -m m -p x -b $url --max-retries 0 --proxy "$proxy" 2>>said &&
			fail 'it did not fail'
	done
	grep -q 'Unsupported proxy syntax in' said
	says_nothing said
}

@test 'secrets: a proxy that repeats what it was sent' {
	start_fake - <<<$'status 400\nbody <title>tell-nobody, Basic bWU6dGVsbC1ub2JvZHk=, tell%2Dnobody</title>'
	local proxy=http://me:tell%2Dnobody@${FAKE#http://}
	http_proxy=$proxy run -65 oc-complete -m m -p x -b http://a.invalid/v1
	assert_output --partial '(400: ***********, Basic *'
	says_nothing - <<<"$output"
	run -65 oc-complete -m m -p x -b http://a.invalid/v1 --proxy "$proxy"
	says_nothing - <<<"$output"
	grep -q '^Proxy-Authorization: Basic bWU6dGVsbC1ub2JvZHk=' "$RECORD/request.1"
}

# ---- base URLs ----------------------------------------------------------------------------------

@test 'base URL: what is none is status 64' {
	ends 64 'the base URL must not contain user info; the key comes from a file or from the environment' \
		oc-complete -m m -p x -b http://user:secret@127.0.0.1/v1
	ends 64 'base URL "ftp://127.0.0.1/v1" does not begin with http:// or https://' \
		oc-complete -m m -p x -b ftp://127.0.0.1/v1
	ends 64 'base URL "ollama.com/v1" does not begin with http:// or https://' \
		oc-complete -m m -p x -b ollama.com/v1
	run -64 oc-complete -m m -p x -b 'http://127.0.0.1 /v1'
	assert_output --partial 'base URL "http://127.0.0.1 /v1": '
	ends 64 'the base URL must not have a fragment' \
		oc-complete -m m -p x -b 'http://127.0.0.1/v1?a=b#secret'
	ends 64 'the base URL must not contain user info; the key comes from a file or from the environment' \
		oc-complete -m m -p x -b user:secret@127.0.0.1/v1
	ends 64 'the base URL does not begin with http:// or https://' \
		oc-complete -m m -p x -b http:/user:secret@127.0.0.1/v1
	ends 64 'base URL "ftp://127.0.0.1/v1" does not begin with http:// or https://' \
		oc-complete -m m -p x -b 'ftp://127.0.0.1/v1?key=secret'
	ends 64 'option --base-url: the URL is empty' oc-complete -m m -p x -b ''
}

@test 'base URL: slashes at its end do not matter, and its path does' {
	serve - <<<'answer ok'
	oc-complete -p x -b "$URL//"
	oc-complete -p x -b "$FAKE"
	run -0 grep -h POST "$RECORD"/request.1 "$RECORD"/request.2
	assert_line -n 0 --partial 'POST /v1/chat/completions HTTP/1.1'
	assert_line -n 1 --partial 'POST /chat/completions HTTP/1.1'
}

@test 'base URL: a query is put behind the path, and shown to nobody' {
	serve - <<<$'answer ok\n---\nanswer ok\n---\nanswer ok\n---\nstatus 404\n---\nbody {"data":[{"id":"m"}]}\n---\nreset'
	run -0 oc-complete -p x -v -b "$FAKE/a/?api-version=1&sig=sesame-open"
	refute_output --partial sesame
	assert_output --partial "POST $FAKE/a/chat/completions, "
	run -0 oc-stream -p x -b "$FAKE/a?api-version=1"
	run -0 oc-batch -b "$FAKE?api-version=1" <<<'"x"'
	run -1 --separate-stderr oc-models --live --format ids -b "$FAKE/a?api-version=1&sig=sesame-open" m n
	assert_output m
	assert_equal "$stderr" "oc-models: model \"n\" is not served by $FAKE/a"
	run -75 oc-complete -p x -b "$FAKE/a?sig=sesame-open" --max-retries 0
	refute_output --partial sesame
	run -0 grep -hoE '(GET|POST) /.*' "$RECORD"/request.*
	assert_line $'POST /a/chat/completions?api-version=1&sig=sesame-open HTTP/1.1\r'
	assert_line $'POST /a/chat/completions?api-version=1 HTTP/1.1\r'
	assert_line $'POST /chat/completions?api-version=1 HTTP/1.1\r'
	assert_line $'GET /a/models?api-version=1&sig=sesame-open HTTP/1.1\r'
	assert_line $'GET /api/tags?api-version=1&sig=sesame-open HTTP/1.1\r'
}

# ---- OLLAMA_HOST --------------------------------------------------------------------------------

@test 'OLLAMA_HOST: names the server where there is neither key nor base URL' {
	need_namespace
	serve - <<<'answer ok'
	local port=${FAKE##*:} host
	unset OLLAMA_CLOUD_BASE_URL
	for host in ":$port" "0.0.0.0:$port" "localhost:$port" "http://127.0.0.1:$port/" "gpu:$port" \
		"http://gpu:$port/ollama"; do
		OLLAMA_HOST=$host run -0 with_host gpu oc-complete -p x
		assert_output ok
	done
	run -0 head -qn 1 "$RECORD"/request.[1-6]
	assert_equal "${lines[4]}" $'POST /v1/chat/completions HTTP/1.1\r'
	assert_equal "${lines[5]}" $'POST /ollama/v1/chat/completions HTTP/1.1\r'
	OLLAMA_HOST=gone:1 run -69 --separate-stderr with_host gpu oc-complete -p x --max-retries 0
	assert_equal "$stderr" 'oc-complete: http://gone:1/v1: Could not resolve host: gone; this is the server that OLLAMA_HOST names'
}

@test 'OLLAMA_HOST: is nothing beside a key or a base URL, or if it is empty' {
	local name
	serve - <<<'answer ok'
	export OLLAMA_HOST=nobody.invalid
	run -0 oc-complete -p x
	run -0 oc-complete -p x -b "$URL"
	unset OLLAMA_CLOUD_BASE_URL
	for name in OLLAMA_API_KEY=k OLLAMA_CLOUD_API_KEY=k; do
		run -75 env "$name" oc-complete -p x -v --max-retries 0 --proxy http://127.0.0.1:1
		assert_output --partial ': POST https://'
		refute_output --partial nobody
	done
	OLLAMA_HOST='' run -78 oc-complete -p x
	OLLAMA_HOST=' ""' run -78 oc-complete -p x
}

@test 'OLLAMA_HOST: one that is unusable is not repeated where it holds a password' {
	OLLAMA_HOST=user:secret@h ends 64 \
		'the base URL must not contain user info; the key comes from a file or from the environment' \
		oc-complete -m m -p x
	OLLAMA_HOST=ftp://h ends 64 'base URL "ftp://h/v1" does not begin with http:// or https://' \
		oc-complete -m m -p x
}

@test 'server: where the default one cannot be found, another is named' {
	need_namespace
	OLLAMA_CLOUD_API_KEY=secret ends 69 \
		'the proxy gone.invalid:1 failed: Could not resolve proxy: gone.invalid' \
		oc-complete -m m -p x --max-retries 0 --proxy http://gone.invalid:1
	OLLAMA_CLOUD_API_KEY=secret run -69 --separate-stderr \
		with_host other oc-complete -m m -p x --max-retries 0
	assert_equal "$stderr" 'oc-complete: https://api.ollama.cloud/v1: Could not resolve host: api.ollama.cloud; another server is named with --base-url or OLLAMA_CLOUD_BASE_URL, for example https://ollama.com/v1'
}
