#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2059,SC2154 # formats in variables; bats sets stderr
# oc-complete as its user sees it. What it shares with every command is in pipes.bats.

load helpers

# ---- the answer ---------------------------------------------------------------------------------

@test 'answer: a final newline is added where there is none' {
	serve - <<<$'answer one\n---\nanswer two\\n'
	oc-complete -p x >out
	printf 'one\n' | cmp - out
	oc-complete -p x >out
	printf 'two\n' | cmp - out
}

@test 'answer: --raw adds nothing' {
	serve - <<<$'answer one'
	oc-complete --raw -p x >out
	printf 'one' | cmp - out
}

@test 'answer: --json is one line with members in a fixed order' {
	serve - <<-'END'
		body {"id":"c1","model":"m:big","choices":[{"index":0,"message":{"content":"a\"\n\u20ac\u0000"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}
	END
	oc-complete -j -p x >out
	printf '%s\n' '{"content":"a\"\n€\u0000","model":"m:big","usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5},"finish_reason":"stop","id":"c1"}' |
		diff - out
}

@test 'answer: --json has null for what the server did not say' {
	serve - <<<'body {"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}'
	oc-complete --json -p x >out
	printf '%s\n' '{"content":"a","model":"m","usage":{"input_tokens":null,"output_tokens":null,"total_tokens":null},"finish_reason":"stop","id":null}' |
		diff - out
}

@test 'answer: reasoning is kept out of it, and goes where --reasoning says' {
	serve - <<-'END'
		body {"choices":[{"message":{"content":"42","reasoning":"six\ntimes seven"},"finish_reason":"stop"}]}
	END
	run -0 --separate-stderr oc-complete -p x
	assert_output 42
	assert_equal "$stderr" ''
	oc-complete -p x --reasoning thoughts >out
	printf '42\n' | cmp - out
	printf 'six\ntimes seven' | cmp - thoughts
	run -0 --separate-stderr oc-complete -p x --reasoning /dev/stderr
	assert_output 42
	assert_equal "$stderr" $'six\ntimes seven'
}

@test 'answer: cut short by the server is status 3, and the answer is there' {
	serve - <<-'END'
		body {"choices":[{"message":{"content":"half"},"finish_reason":"length"}]}
		---
		body {"choices":[{"message":{"content":"half"},"finish_reason":"length"}]}
		---
		body {"choices":[{"message":{"content":"half"},"finish_reason":"content_filter"}]}
	END
	run -3 --separate-stderr oc-complete -p x
	assert_output half
	assert_equal "$stderr" "oc-complete: the answer was cut short at a limit of the server's (finish reason length); --max-tokens sets another"
	run -0 --separate-stderr oc-complete -p x -n 5
	assert_output half
	assert_equal "$stderr" ''
	run -3 --separate-stderr oc-complete -p x -n 5
	assert_output half
	assert_equal "$stderr" "oc-complete: the answer was cut short by the server's content filter"
	run -3 --separate-stderr oc-complete -p x -o out
	assert_output ''
	assert [ ! -e out ]
}

@test 'answer: what cannot be one is status 76' {
	serve - <<-'END'
		body {"choices":[]}
		---
		body {"choices":[{"message":{"content":""},"finish_reason":"stop"}]}
		---
		body {"choices":[{"message":{"content":"a"}}
		---
		type text/html
		body <html><title>Welcome</title></html>
		---
		status 200
	END
	for _ in 1 2 3 4 5; do
		run -76 --separate-stderr oc-complete -p x
		assert_output ''
		assert_equal "${#stderr_lines[@]}" 1
		[[ $stderr == "oc-complete: $URL"* ]]
	done
	assert_equal "$(requests)" 5
}

@test 'answer: one over 64 MiB is status 76' {
	serve - <<-'END'
		bytes {"choices":[{"message":{"content":"
		fill 65M
		bytes "}}]}
	END
	ends 76 "$URL: the answer is larger than 64 MiB" oc-complete -p x
}

# ---- the request --------------------------------------------------------------------------------

@test 'request: nothing is sent that was not asked for, but that it is a stream' {
	local plain='{"model":"m","messages":[{"role":"user","content":"x"}]}'
	serve - <<<'answer ok'
	oc-complete -p x
	assert_equal "$(request_body 1)" "$(streamed "$plain")"
	oc-complete -p x --no-stream
	assert_equal "$(request_body 2)" "$plain"
}

@test 'request: of several parts none may be blank' {
	nobody_is_asked
	blank() {
		ends 65 "$1, which makes no part of a prompt" oc-complete "${@:2}" </dev/null
	}
	: >empty
	echo >newline
	printf 'text' >text
	blank 'standard input is empty' -p x -
	blank 'empty is empty' -p x text empty
	blank 'empty is empty' text empty
	blank 'newline is only white space' -p x newline
	blank '--prompt is empty' -p '' text
}

@test 'request: standard input can be named once' {
	nobody_is_asked
	once() {
		ends 64 'standard input (-) is named twice, and can be read only once' oc-complete "$@"
	}
	png image
	once -p x -i - - <image
	once - - <<<text
	once -S - - <<<text
	once -S - --schema - -p x <<<{}
}

@test 'request: what is no text is called by its name' {
	nobody_is_asked
	called() {
		printf '%b' "$1" >file
		ends 65 "file: invalid UTF-8 at byte offset $2; $3" oc-complete file
	}
	called '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n' 10 'it is a PDF document: pdftotext makes text of it'
	called '\x89PNG\r\n\x1a\n' 0 'it is an image: --image sends it'
	called '\xff\xd8\xff\xe0' 0 'it is an image: --image sends it'
	called 'RIFF\xff\xff\x00\x00WEBP' 4 'it is an image, or sound: --image sends WebP'
	called '\xff\xfeh\x00i\x00' 0 'it is UTF-16, perhaps: iconv makes UTF-8 of it'
	called 'PK\x03\x04\x80' 4 'it is a zip archive, or a document in one: unpack it first'
	called '\x1f\x8b\x08' 1 'it is compressed: zcat makes text of it'
	called '\x7fELF\x02\x80' 5 'it is a program'
	called '\xd0\xcf\x11\xe0' 0 'it is an office document: convert it to text first'
	called 'caf\xe9' 3 '--replace-invalid sends U+FFFD instead'
}

@test 'request: a prompt among the operands is told from a file that is missing' {
	nobody_is_asked
	local hint="operands name files, -p 'TEXT' is the prompt itself"
	ends 66 "cannot read what: No such file or directory; $hint" oc-complete what is love
	ends 66 "cannot read what is love: No such file or directory; $hint" oc-complete 'what is love'
	ends 66 'cannot read what: No such file or directory' oc-complete what
	echo text >is
	ends 66 'cannot read what: No such file or directory' oc-complete what is
	ends 66 'cannot read what: No such file or directory' oc-complete -p x what
}

@test 'request: a terminal is told that it is read from' {
	nobody_is_asked
	printf 'hi\n\004' | script -qec 'oc-complete --dry-run' screen
	grep -q 'oc-complete: reading from the terminal; Ctrl-D' screen
	grep -qF '{"model":"m","messages":[{"role":"user","content":"hi\n"}],' screen
	printf 'hi\n\004' | script -qec 'oc-complete -q --dry-run' screen
	run -1 grep 'reading from' screen
}

@test 'request: any word is an effort' {
	nobody_is_asked
	run -0 oc-complete --dry-run -p x --effort minimal
	assert_output --partial '"reasoning_effort":"minimal"'
	ends 64 'the effort is no word' oc-complete -p x --effort ''
}

@test 'request: every option has its field' {
	serve - <<<'answer {}'
	png image
	printf 'be brief' >system
	oc-complete -m other -p x -S system -i image -t 0.7 --top-p 0.9 -n 100 --seed -7 \
		--stop END --stop $'\n\n' --effort low --json-object
	request_body 1 | jq . >got
	jq . >wanted <<-'END'
		{"model":"other","messages":[{"role":"system","content":"be brief"},{"role":"user",
		"content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":
		"data:image/png;base64,iVBORw0KGgpyZXN0"}}]}],"temperature":0.7,"top_p":0.9,
		"max_tokens":100,"seed":-7,"stop":["END","\n\n"],"reasoning_effort":"low",
		"response_format":{"type":"json_object"},"stream":true,
		"stream_options":{"include_usage":true}}
	END
	diff wanted got
}

@test 'request: --dry-run prints what would be sent, without a key, a server or a report' {
	serve - <<<'answer ok'
	run -0 oc-complete --dry-run -b https://no-such.invalid/v1 --report report -p x -t 1 --no-stream
	assert_output '{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":1}'
	assert [ ! -e report ]
	oc-complete -p x -t 1
	request_body 1 | diff - <(oc-complete --dry-run -p x -t 1)
	assert_equal "$(requests)" 1
}

@test 'request: --dry-run refuses what a call would refuse' {
	ends 65 'the prompt is blank: no bytes at all' oc-complete --dry-run -m m -p ''
	ends 64 'no model named: use --model or OLLAMA_CLOUD_MODEL; oc-models lists some' \
		oc-complete --dry-run -p x
}

# ---- input that cannot be sent ------------------------------------------------------------------

@test 'input: a blank prompt is status 65' {
	serve --model
	ends 65 'the prompt is blank: no bytes at all' oc-complete /dev/null
	printf ' \t\r\n' >white
	ends 65 'the prompt is blank: only white space' oc-complete white
	assert_equal "$(requests)" 0
}

@test 'input: invalid UTF-8 is status 65 with its offset; --replace-invalid mends it' {
	serve - <<<'answer ok'
	head -c 5000000 /dev/zero | tr '\0' a >bad
	printf 'b\377c' >>bad
	ends 65 'bad: invalid UTF-8 at byte offset 5000001; --replace-invalid sends U+FFFD instead' \
		oc-complete bad
	ends 65 'standard input: invalid UTF-8 at byte offset 5000001; --replace-invalid sends U+FFFD instead' \
		oc-complete - <bad
	assert_equal "$(requests)" 0
	oc-complete --replace-invalid --no-stream bad
	request_body 1 | tail -c 18 >got
	printf 'ab\xef\xbf\xbdc"}]}' | tail -c 10 | cmp - <(tail -c 10 got)
}

@test 'input: the offset counts within its own file' {
	printf 'x\n' >good
	printf 'a\xc3(' >bad
	ends 65 'bad: invalid UTF-8 at byte offset 1; --replace-invalid sends U+FFFD instead' \
		oc-complete --dry-run -m m -p 'The task' good bad
	ends 65 'standard input: invalid UTF-8 at byte offset 1; --replace-invalid sends U+FFFD instead' \
		oc-complete --dry-run -m m -p 'The task' --system-file - <bad
}

@test 'input: 64 MiB is the limit' {
	head -c $((65 << 20)) /dev/zero | tr '\0' a >large
	ends 65 'large is too large: the limit is 67108864 bytes in all' oc-complete -m m -b http://127.0.0.1:9 large
	ends 65 'standard input is too large: the limit is 67108864 bytes in all' \
		oc-complete -m m -b http://127.0.0.1:9 - <large
	serve - <<<'answer ok'
	run -0 oc-complete - < <(head -c $((64 << 20)) large)
	assert_output ok
}

@test 'input: a text file as an image, and one that is missing' {
	serve --model
	echo text >text.png
	ends 65 'text.png is no png, jpeg or webp image' oc-complete -p x -i text.png
	ends 66 'cannot read missing.png: No such file or directory' oc-complete -p x -i missing.png
	ends 66 'cannot read missing: No such file or directory' oc-complete -p x -S missing
	ends 66 'cannot read missing: No such file or directory' oc-complete -p x --schema missing
	ends 64 '--system and --system-file exclude each other' oc-complete -p x -s a -S text.png
	assert_equal "$(requests)" 0
}

# ---- structured answers -------------------------------------------------------------------------

@test 'schema: a satisfied one is status 0, a violated one 76' {
	serve - <<-'END'
		answer {\"name\":\"Ada\",\"age\":36}
		---
		answer {\"name\":\"Ada\",\"age\":\"36\"}
		---
		answer Sure! Here it is.
	END
	cat >person.json <<-'END'
		{"type":"object","required":["name","age"],
		 "properties":{"name":{"type":"string"},"age":{"type":"integer"}}}
	END
	run -0 oc-complete -p x --schema person.json
	assert_output '{"name":"Ada","age":36}'
	run -0 jq -c '.response_format | [.type, .json_schema.schema.required]' <(request_body 1)
	assert_output '["json_schema",["name","age"]]'
	run -76 --separate-stderr oc-complete -p x --schema person.json
	assert_output ''
	[[ $stderr == "oc-complete: the model's answer does not have the form asked for: "*age* ]]
	run -76 --separate-stderr oc-complete -p x --schema person.json
	assert_output ''
	[[ $stderr == "oc-complete: the model's answer does not have the form asked for: "* ]]
}

@test 'schema: one that is no JSON is status 65, and nothing is asked' {
	serve --model
	echo '{"type":' >broken.json
	run -65 --separate-stderr oc-complete -p x --schema broken.json
	[[ $stderr == 'oc-complete: '*schema*'not JSON at byte '* ]]
	assert_equal "$(requests)" 0
}

@test 'schema: JSON that is no schema is status 65, too' {
	local place
	serve --model
	while IFS='|' read -r schema place; do
		echo "$schema" >bad.json
		run -65 --separate-stderr oc-complete -p x --schema bad.json
		[[ $stderr == "oc-complete: the schema is unusable: $place"* ]]
	done <<-'END'
		[1]|(root)
		{"type":"strin"}|/type
		{"required":"a"}|/required
		{"items":{"$ref":"https://elsewhere.example/"}}|/items/$ref
	END
	assert_equal "$(requests)" 0
}

@test 'schema: --json-object takes an object and nothing else' {
	serve - <<<$'answer {\\"a\\":1}\n---\nanswer [1]\n---\nanswer no'
	run -0 oc-complete --json-object -p x
	assert_output '{"a":1}'
	ends 76 "the model's answer does not have the form asked for: it is no JSON object" \
		oc-complete --json-object -p x
	run -76 oc-complete --json-object -p x
}

@test 'schema: a pattern and a format are enforced, and told with their places' {
	serve - <<<'answer {\"id\":\"x\",\"on\":\"soon\"}'
	echo '{"properties":{"id":{"pattern":"^[0-9]+$"},"on":{"format":"date"}}}' >s.json
	ends 76 "the model's answer does not have the form asked for: /id: \"x\" does not match the pattern \"^[0-9]+\$\" (schema /properties/id/pattern); /on: \"soon\" is no date (schema /properties/on/format)" \
		oc-complete -p x --schema s.json
	run -76 --separate-stderr oc-complete -p x --schema s.json --no-format
	[[ $stderr == *'/id: "x"'* ]]
	[[ $stderr != *'no date'* ]]
}

@test 'schema: --retry-invalid asks again, with what is wrong, and counts all of it' {
	serve - <<-'END'
		answer {\"age\":\"x\"}
		---
		answer {\"age\":3}
	END
	echo '{"properties":{"age":{"type":"integer"}}}' >s.json
	run -0 --separate-stderr oc-complete -s be -p x --schema s.json --retry-invalid 2 -j --report r
	assert_equal "$stderr" ''
	assert_equal "$(jq -r .content <<<"$output")" '{"age":3}'
	request_body 1 | jq '.usage' >/dev/null
	assert_equal "$(jq -c .usage <<<"$output")" \
		'{"input_tokens":6,"output_tokens":4,"total_tokens":10}'
	assert_equal "$(jq -c '[.attempts, .usage.total_tokens, .exit_status]' r)" '[2,10,0]'
	run -0 jq -c '[.messages[] | [.role, .content]]' <(request_body 2)
	assert_output '[["system","be"],["user","x"],["assistant","{\"age\":\"x\"}"],["user","the model'"'"'s answer does not have the form asked for: /age: \"x\" is not of type \"integer\" (schema /properties/age/type). Answer again, with the corrected JSON and nothing else."]]'
}

@test 'schema: --retry-invalid gives up after so many times' {
	serve - <<-'END'
		answer no
		---
		answer no
		---
		answer {}
	END
	run -76 oc-complete -p x --json-object --retry-invalid 1 --report r
	assert_equal "$(requests)" 2
	assert_equal "$(jq -c '[.attempts, .exit_status]' r)" '[2,76]'
}

@test 'messages: an array or lines come before the prompt, which is optional then' {
	export OLLAMA_CLOUD_MODEL=m
	asked() {
		oc-complete --dry-run --messages "$@" </dev/full | jq -c '[.messages[] | .content]'
	}
	echo '[{"role":"user","content":"a"}, {"role":"assistant","content":"b"}]' >array
	printf '\n{"role":"user","content":"a"}\r\n\n {"role":"assistant","content":"b"}' >lines
	assert_equal "$(asked array)" '["a","b"]'
	assert_equal "$(asked lines)" '["a","b"]'
	assert_equal "$(asked array -p c -s sys)" '["sys","a","b","c"]'
	assert_equal "$(printf c | oc-complete --dry-run --messages lines - | jq -c '.messages | length')" 3
	run -0 oc-complete --dry-run --no-stream --messages <(echo '[{"role":"tool","tool_call_id":"1","content":"x"}]')
	assert_output '{"model":"m","messages":[{"role":"tool","tool_call_id":"1","content":"x"}]}'
}

@test 'messages: what is none is status 65' {
	nobody_is_asked
	: >empty
	ends 65 'there are no messages in empty' oc-complete --messages empty
	local none='the messages are no array of objects that have a role each'
	for text in '[]' '[1]' '[{"content":"x"}]' '"x"' '{"role":1}'; do
		ends 65 "$none" oc-complete --messages <(echo "$text")
	done
	run -65 --separate-stderr oc-complete --messages <(echo '{"role":"user"')
	[[ $stderr == 'oc-complete: the messages are unusable: not JSON at byte '* ]]
}

@test 'check: an answer that is there already, with no server, key or model' {
	local form="the model's answer does not have the form asked for"
	echo '{"type":"object","required":["name"]}' >s.json
	printf ' {"name":1}\n' >good
	run -0 --separate-stderr oc-complete --check --schema s.json good
	assert_equal "$stderr" ''
	run -0 oc-complete --check --schema s.json - <good
	assert_output ' {"name":1}'
	oc-complete --check --json-object -o out <good
	cmp out good
	ends 76 "$form: (root): \"name\" is missing (schema /required)" \
		oc-complete --check --schema s.json <<<'{}'
	ends 76 "$form: it is no JSON object" oc-complete --check --json-object <<<'[]'
	run -76 oc-complete --check --json-object -o out <<<'[]'
	cmp out good
	ends 64 '--check needs --schema or --json-object' oc-complete --check <good
	echo '{"type":1}' >bad.json
	run -65 oc-complete --check --schema bad.json good
	ends 66 'cannot read missing: No such file or directory' \
		oc-complete --check --json-object missing
	run -74 bash -c 'oc-complete --check --json-object good >/dev/full'
}

@test 'check: a schema without a pattern loads no library for it' {
	[ -z "$WRAP" ] || PATH=$BIN:$PATH
	LD_DEBUG=files LD_DEBUG_OUTPUT=$T/loaded oc-complete --check --json-object <<<'{}'
	run -1 grep -h pcre2 loaded.*
	echo '{"propertyNames":{"pattern":"^a"}}' >s.json
	LD_DEBUG=files LD_DEBUG_OUTPUT=$T/with oc-complete --check --schema s.json <<<'{"a":1}'
	grep -hq libpcre2-8 with.*
}

# ---- proxies, TLS, redirects --------------------------------------------------------------------

@test 'proxy: from the environment, from --proxy, and never for this machine' {
	serve - <<<$'status 403\nbody no'
	export OLLAMA_API_KEY=secret
	https_proxy=$FAKE run -77 oc-complete -p x -b https://a.invalid/v1 --max-retries 0
	HTTPS_PROXY=$FAKE run -77 oc-complete -p x -b https://b.invalid/v1 --max-retries 0
	ALL_PROXY=$FAKE run -77 oc-complete -p x -b https://c.invalid/v1 --max-retries 0
	run -77 oc-complete -p x -b https://d.invalid/v1 --proxy "$FAKE"
	for host in a b c d; do
		((++n))
		grep -q "^CONNECT $host.invalid:443 HTTP/1.1" "$RECORD/request.$n"
		run -1 grep secret "$RECORD/request.$n"
	done
	https_proxy=$FAKE no_proxy=-e.invalid run -69 \
		oc-complete -p x -b https://-e.invalid/v1 --max-retries 0
	assert_equal "$(requests)" 4
	serve - <<<'answer ok'
	http_proxy=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9 run -0 \
		oc-complete -p x --proxy http://127.0.0.1:9
	assert_output ok
}

@test 'proxy: what is none is status 64' {
	serve - <<<'answer ok'
	ends 64 "the proxy's URL begins with none of http, https, socks4, socks4a, socks5, socks5h" \
		oc-complete -p x --proxy ftp://user:secret@127.0.0.1
	run -0 oc-complete -p x --proxy ''
	run -0 oc-complete -p x --proxy 127.0.0.1:9
	run -0 oc-complete -p x --proxy SOCKS5H://127.0.0.1:9
}

@test 'proxy: one that refuses is status 77 at once, one that fails is 75' {
	serve - <<<$'status 407\n---\nstatus 403\n---\nstatus 502'
	export OLLAMA_API_KEY=secret
	local proxy=${FAKE#http://}
	ends 77 "the proxy $proxy wants a user name and a password for https://a.invalid/v1 (407); put them into the proxy's URL" \
		oc-complete -p x -b https://a.invalid/v1 --proxy "$FAKE"
	ends 77 "the proxy $proxy denies a connection to https://a.invalid/v1 (403)" \
		oc-complete -p x -b https://a.invalid/v1 --proxy "$FAKE"
	assert_equal "$(requests)" 2
	ends 75 "the proxy $proxy cannot connect to https://a.invalid/v1 (502); try again later (after 4 tries)" \
		oc-complete -p x -b https://a.invalid/v1 --proxy "$FAKE" --backoff-factor 0
	assert_equal "$(requests)" 6
	serve - <<<$'status 405\n---\nclose'
	proxy=${FAKE#http://}
	https_proxy=http://me:tell-nobody@$proxy \
		ends 76 "the proxy $proxy does not connect to https://a.invalid/v1 (405); is it a proxy?" \
		oc-complete -p x -b https://a.invalid/v1
	ends 75 "the proxy $proxy failed: Proxy CONNECT aborted" \
		oc-complete -p x -b https://a.invalid/v1 --proxy "$FAKE" --max-retries 0
	assert_equal "$(requests)" 2
	serve - <<<'pause 600000'
	proxy=${FAKE#http://}
	ends 75 "https://a.invalid/v1: no connection by way of the proxy $proxy within 2 s; try later, or allow more time" \
		oc-complete -p x -b https://a.invalid/v1 --proxy "$FAKE" --max-retries 0 --timeout 2
	stop_fake
	local name
	for name in http_proxy all_proxy ALL_PROXY; do
		export "$name=http://me:tell-nobody@$proxy"
		ends 75 "cannot connect to the proxy $proxy: Connection refused; is it running there?" \
			oc-complete -p x -b http://a.invalid/v1 --max-retries 0
		unset "$name"
	done
}

@test 'proxy: one whose name does not exist is told from a server' {
	ends 69 'the proxy -nowhere.invalid:1080 failed: Could not resolve proxy: -nowhere.invalid' \
		oc-complete -m m -p x -b http://a.invalid/v1 --max-retries 0 --proxy me:tell-nobody@-nowhere.invalid
	http_proxy=socks5h://-nowhere.invalid:3128 \
		ends 69 'the proxy -nowhere.invalid:3128 failed: Could not resolve host: -nowhere.invalid' \
		oc-complete -m m -p x -b http://a.invalid/v1 --max-retries 0
}

@test 'TLS: a trusted server, by --cacert and by SSL_CERT_FILE' {
	serve - <<<'answer ok'
	start_tls
	run -0 oc-complete -p x -b "$TLS_URL" --cacert "$CACERT"
	assert_output ok
	SSL_CERT_FILE=$CACERT run -0 oc-complete -p x -b "$TLS_URL"
	assert_output ok
	OLLAMA_API_KEY=secret SSL_CERT_FILE=/dev/null run -0 \
		oc-complete -p x -b "$TLS_URL" --cacert "$CACERT"
	assert_equal "$(key_sent 3)" secret
}

@test 'TLS: a server that cannot be trusted is status 78, and learns nothing' {
	local kind
	serve - <<<'answer ok'
	export OLLAMA_API_KEY=secret
	start_tls
	run -78 --separate-stderr oc-complete -p x -b "$TLS_URL"
	assert_output ''
	[[ $stderr == "oc-complete: $TLS_URL: the server's certificate cannot be trusted: "*'; that of a private authority must be given' ]]
	for kind in expired wrong-host self-signed; do
		start_tls $kind
		run -78 oc-complete -p x -b "$TLS_URL" --cacert "$CACERT"
		assert_output --partial "oc-complete: $TLS_URL: the server's certificate cannot be trusted: "
	done
	assert_equal "$(requests)" 0
}

@test 'TLS: a server that speaks no more than 1.1 is not spoken to' {
	serve - <<<'answer ok'
	# Debian's OpenSSL would refuse by itself.
	cat >openssl.conf <<-'END'
		openssl_conf = all
		[all]
		ssl_conf = ssl
		[ssl]
		system_default = lax
		[lax]
		MinProtocol = TLSv1
		CipherString = ALL:@SECLEVEL=0
	END
	export OPENSSL_CONF=$T/openssl.conf
	TLS_LINES='ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;' start_tls
	run -0 curl -s --tlsv1.0 --cacert "$CACERT" "$TLS/" -o /dev/null
	run -75 --separate-stderr oc-complete -p x -b "$TLS_URL" --cacert "$CACERT" --max-retries 0
	assert_output ''
	assert_equal "$(requests)" 1
}

@test 'TLS: a CA file that is missing or no PEM is status 78' {
	serve - <<<'answer ok'
	start_tls
	echo text >text.pem
	ends 78 'cannot read the certificates in missing.pem: No such file or directory' \
		oc-complete -p x -b "$TLS_URL" --cacert missing.pem
	run -78 --separate-stderr oc-complete -p x -b "$TLS_URL" --cacert text.pem
	[[ $stderr == "oc-complete: "*text.pem* ]]
	assert_equal "$(requests)" 0
}

@test 'redirects are reported, not followed' {
	serve - <<<$'status 301\nheader Location: https://elsewhere.invalid/v1/chat/completions'
	OLLAMA_API_KEY=secret ends 76 "$URL redirects to https://elsewhere.invalid/v1/chat/completions (301), and redirects are not followed; if that is right, make it the base URL" \
		oc-complete -p x
	assert_equal "$(requests)" 1
}

# ---- refusals -----------------------------------------------------------------------------------

@test 'statuses: each answer of a server has its exit status' {
	local code status
	while read -r code status; do
		serve - <<<$'status '"$code"$'\nbody {"error":{"message":"it says why"}}'
		run -"$status" --separate-stderr oc-complete -p x --max-retries 0
		assert_output ''
		assert_equal "${#stderr_lines[@]}" 1
		[[ $stderr == "oc-complete: "*"$URL"*"($code: it says why)"* ]]
		stop_fake
	done <<-'END'
		400 65
		401 77
		402 77
		403 77
		404 69
		408 75
		409 75
		410 69
		413 65
		422 65
		425 75
		429 75
		500 75
		502 75
		503 75
		504 75
		529 75
	END
}

@test 'statuses: a used-up quota is status 77 at once, a rate limit 75 after retries' {
	serve - <<<$'status 429\nbody {"error":"you have reached your weekly usage limit, upgrade for higher limits"}'
	run -77 oc-complete -p x --backoff-factor 0
	assert_equal "$(requests)" 1
	serve - <<<$'status 429\nbody {"error":"rate limit exceeded"}'
	run -75 oc-complete -p x --backoff-factor 0
	assert_output --partial '(after 4 tries)'
	assert_equal "$(requests)" 4
}

@test 'statuses: a model that is not there, with the name that is near' {
	serve --model
	ends 69 "model \"llama33\" is not served by $URL (404: model \"llama33\" not found); did you mean llama3.3?" \
		oc-complete -m llama33 -p x
}

@test 'statuses: nobody listens, and no such host' {
	serve - <<<'answer ok'
	stop_fake
	ends 75 "cannot connect to $URL: Connection refused; is a server running there? (after 2 tries)" \
		oc-complete -p x --max-retries 1 --backoff-factor 0
	OLLAMA_API_KEY=k run -69 --separate-stderr \
		oc-complete -p x -b https://-no-such.invalid/v1 --max-retries 0
	[[ $stderr == 'oc-complete: https://-no-such.invalid/v1: '*-no-such.invalid* ]]
}

# ---- retries and clocks -------------------------------------------------------------------------

@test 'retries: what passes is tried again, until it answers' {
	serve - <<-'END'
		status 503
		body {"error":"overloaded"}
		---
		reset
		---
		status 500
		body {"error":"failed"}
		---
		answer ok
	END
	run -0 --separate-stderr oc-complete -p x --backoff-factor 0.001
	assert_output ok
	assert_equal "$stderr" ''
	assert_equal "$(requests)" 4
	cmp <(request_body 1) <(request_body 4)
}

@test 'retries: --max-retries is a number of retries' {
	serve - <<<$'status 503\nbody {"error":"overloaded"}'
	run -75 oc-complete -p x --backoff-factor 0 --max-retries 0
	assert_equal "$(requests)" 1
	refute_output --partial tries
	run -75 oc-complete -p x --backoff-factor 0 --max-retries 2
	assert_equal "$(requests)" 4
	assert_output --partial '(after 3 tries)'
}

@test 'retries: what does not pass is not tried again' {
	local code
	for code in 400 401 402 403 404 410 413 422 501; do
		serve - <<<"status $code"
		run oc-complete -p x --backoff-factor 0
		assert_equal "$code $(requests)" "$code 1"
		stop_fake
	done
}

@test 'retries: an answer that was lost on its way is asked for again' {
	serve - <<-'END'
		length 100
		body {"choices"
		close
		---
		answer ok
	END
	run -0 oc-complete -p x --backoff-factor 0
	assert_output ok
	assert_equal "$(requests)" 2
}

@test 'retries: the wait doubles, times a chance of 0.75 to 1' {
	serve - <<<$'status 503\nbody {"error":"overloaded"}'
	run -75 oc-complete -v -p x --backoff-factor 0.04
	sed -n 's/^oc-complete: waiting \([0-9.]*\) s .*/\1/p' <<<"$output" >waits
	assert_equal "$(wc -l <waits)" 3
	awk '{ low = 0.03 * 2 ^ (NR - 1); high = 0.04 * 2 ^ (NR - 1)
		if ($1 < low - 0.001 || $1 > high + 0.001) exit 1 }' waits
}

# waited N: the server saw at least so many seconds between the first request and the second. When it
# has sent a reply, it may be late to note that.
waited() {
	awk -v least="$1" '$3 == "request" && $4 == 1 { from = $1 }
		$3 == "request" && $4 == 2 { exit !($1 - from >= least) }' "$RECORD/events"
}

@test 'retries: Retry-After and retry-after-ms replace the wait' {
	serve - <<<$'status 429\nheader Retry-After: 1\nbody {"error":"slow down"}\n---\nanswer ok'
	run -0 oc-complete -v -p x --backoff-factor 0
	assert_output --partial 'waiting 1.000 s before the next try: '
	waited 0.999
	serve - <<<$'status 429\nheader retry-after-ms: 300\nheader Retry-After: 50\nbody {"error":"slow down"}\n---\nanswer ok'
	run -0 oc-complete -v -p x --backoff-factor 0
	assert_output --partial 'waiting 0.300 s before the next try: '
	waited 0.299
	serve - <<<$'status 429\nheader Retry-After: 3000\nbody {"error":"slow down"}\n---\nanswer ok'
	run -75 oc-complete -p x --backoff-factor 0
	assert_output --partial '; it asks to wait 3000 s'
	assert_equal "$(requests)" 1
}

@test 'retries: no wait goes beyond --max-time' {
	serve - <<<$'status 503\nheader Retry-After: 100\nbody {"error":"overloaded"}'
	run -75 oc-complete -p x --max-time 50
	assert_equal "$(requests)" 1
	assert_output --partial '(503: overloaded)'
}

@test 'clocks: --timeout ends a silence before the head, after it and within the body' {
	local script
	for script in stall $'length 9\nhead\nstall' $'length 100\nbody {"cho\nstall'; do
		serve - <<<"$script"
		run -75 --separate-stderr oc-complete -p x --timeout 2 --max-retries 0
		assert_output ''
		[[ $stderr == "oc-complete: $URL: "*' within 2 s; try later, or allow more time' ]]
		wait_for_event ' gone 1 '
	done
}

@test 'clocks: after a silence the question is asked again' {
	serve - <<<$'stall\n---\nanswer ok'
	run -0 oc-complete -p x --timeout 2 --backoff-factor 0
	assert_output ok
	assert_equal "$(requests)" 2
}

@test 'clocks: --max-time is the deadline of all tries together' {
	serve - <<<'stall'
	run -75 --separate-stderr oc-complete -p x --timeout 0 --max-time 1
	[[ $stderr == "oc-complete: $URL: the deadline has passed"* ]]
	assert_equal "$(requests)" 1
}

@test 'clocks: an answer that trickles in is no silence' {
	serve - <<-'END'
		trickle 8 50
		answer a long answer takes its time to come, in small pieces, but it does come
	END
	run -0 oc-complete -p x --timeout 5
	assert_output 'a long answer takes its time to come, in small pieces, but it does come'
}

# ---- files that are written ---------------------------------------------------------------------

@test 'output file: it appears whole, with the mode that the umask gives' {
	serve - <<<'answer ok'
	umask 027
	oc-complete -p x -o out
	assert_equal "$(cat out)" ok
	assert_equal "$(stat -c %a out)" 640
	assert_equal "$(find . -name '.out.*')" ''
}

@test 'output file: an old one is replaced, and its mode kept' {
	serve - <<<'answer new'
	echo old >out
	chmod 604 out
	oc-complete -p x -o out
	assert_equal "$(cat out)" new
	assert_equal "$(stat -c %a out)" 604
}

@test 'output file: a failure leaves the old one as it was, and nothing beside it' {
	serve - <<<$'status 401\nbody {"error":"no"}'
	mkdir dir
	echo old >dir/out
	run -77 oc-complete -p x -o dir/out
	assert_equal "$(cat dir/out)" old
	run -77 oc-complete -p x -o dir/new
	assert_equal "$(ls -A dir)" out
}

@test 'output file: through a symbolic link, which stays one' {
	serve - <<<'answer new'
	mkdir dir
	echo old >dir/real
	ln -s dir/real link
	oc-complete -p x -o link
	assert_equal "$(readlink link)" dir/real
	assert_equal "$(cat dir/real)" new
	assert_equal "$(ls -A dir)" real
}

@test 'output file: one that cannot be made is status 73, and nothing is asked' {
	serve - <<<'answer ok'
	ends 73 'cannot make missing/out: No such file or directory' oc-complete -p x -o missing/out
	ends 73 'cannot make "": No such file or directory' oc-complete -p x -o ''
	mkdir dir
	run -73 --separate-stderr oc-complete -p x -o dir
	[[ $stderr == 'oc-complete: cannot '*dir*': Is a directory' ]]
	assert_equal "$(requests)" 0
}

@test 'output file: one that cannot be renamed into its place is status 74, and nothing stays' {
	printf 'head -c 200000 /dev/zero | tr "\\0" x' | sh >thought
	printf 'body {"choices":[{"message":{"content":"ok","reasoning":"%s"},"finish_reason":"stop"}]}' \
		"$(cat thought)" >script
	serve script
	mkfifo thoughts
	oc-complete -p x -o out --reasoning thoughts 2>err 3>&- &
	local pid=$!
	exec 9<thoughts
	wait_for_event ' reply 1 '
	mkdir out # it still has most of the reasoning to write
	cat <&9 >said
	exec 9<&-
	ended 74 $pid
	assert_equal "$(cat err)" "oc-complete: cannot write to out: Is a directory"
	cmp said thought
	assert_equal "$(find . -name '.out*')" ''
}

@test 'output file: a name as long as names can be' {
	serve - <<<'answer ok\n'
	local name
	name=$(printf '%0255d' 7)
	oc-complete -p x -o "$name"
	assert_equal "$(cat "$name")" ok
}

@test 'output file: a link to a file that is not there yet stays a link' {
	serve - <<<'answer ok\n'
	mkdir dir
	ln -s dir/second first
	ln -s "$T/dir/third" dir/second
	oc-complete -p x -o first
	assert_equal "$(cat dir/third)" ok
	assert [ -L first ]
	assert [ -L dir/second ]
	ln -s circle circle
	ends 73 'cannot make circle: Too many levels of symbolic links' oc-complete -p x -o circle
}

@test 'output file: what a descriptor appends to is not cut short through its name' {
	serve - <<<'answer ok\n'
	echo old >log
	for place in '/dev/stdout >>log' '/dev/fd/7 7>>log' '/dev/stderr 2>>log'; do
		bash -c "oc-complete -p x -o $place"
	done
	assert_equal "$(cat log)" $'old\nok\nok\nok'
}

@test 'output file: /dev/null, /dev/stdout, a named pipe and - are written as they are' {
	serve - <<<'answer ok'
	oc-complete -p x -o /dev/null
	assert [ -c /dev/null ]
	run -0 oc-complete -p x -o -
	assert_output ok
	oc-complete -p x -o /dev/stdout | cat >out
	assert_equal "$(cat out)" ok
	mkfifo pipe
	cat pipe >got 3>&- &
	oc-complete -p x -o pipe
	wait $!
	assert_equal "$(cat got)" ok
	ends 74 'cannot write to /dev/full: No space left on device' oc-complete -p x -o /dev/full
}

@test 'report: a line for a success' {
	serve - <<<'answer ok'
	oc-complete -p x --report report
	run -0 jq -c '[keys_unsorted, .tool, .model, .usage, .finish_reason, .exit_status, .http_status, .attempts]' report
	assert_output '[["time","tool","model","usage","finish_reason","id","exit_status","http_status","attempts","seconds"],"oc-complete","m",{"input_tokens":3,"output_tokens":2,"total_tokens":5},"stop",0,200,1]'
	run -0 jq -r '.time | fromdate | type' report
	assert_output number
	run -0 jq '.seconds > 0 and .seconds < 60' report
	assert_output true
}

@test 'report: a line for every failure, too, appended' {
	serve - <<<$'status 503\nbody {"error":"busy"}'
	export OLLAMA_CLOUD_REPORT=report
	run -75 oc-complete -p x --backoff-factor 0
	run -65 oc-complete -p ' '
	run -66 oc-complete missing
	run -0 jq -c '[.exit_status, .http_status, .attempts, .usage.total_tokens, .finish_reason]' report
	assert_output $'[75,503,4,null,null]\n[65,null,0,null,null]\n[66,null,0,null,null]'
}

@test 'report: one for a reader that left, and for a full disk' {
	serve - <<<'stall'
	oc-complete -p x --report report | wait_for_event ' request 1 '
	serve - <<<'answer ok'
	run -74 bash -c 'oc-complete -p x --report report >/dev/full'
	run -0 jq .exit_status report
	assert_output $'141\n74'
}

@test 'report: one that cannot be written is status 73 before the call, 74 after it' {
	serve - <<<'answer ok'
	ends 73 'cannot open the report missing/report: No such file or directory' \
		oc-complete -p x --report missing/report
	assert_equal "$(requests)" 0
	run -74 --separate-stderr oc-complete -p x --report /dev/full
	assert_equal "$stderr" 'oc-complete: cannot write to the report /dev/full: No space left on device'
}

# ---- words on standard error --------------------------------------------------------------------

@test 'verbose: the tries, the waits, the sizes and the usage' {
	serve - <<<$'status 503\nbody {"error":"busy"}\n---\nanswer ok'
	run -0 oc-complete -v -p x --backoff-factor 0
	assert_line -n 0 "oc-complete: try 1: POST $URL/chat/completions, 110 bytes of body"
	assert_line -n 1 --regexp '^oc-complete: try 1: status 503 after '
	assert_line -n 2 --regexp '^oc-complete: waiting 0\.000 s before the next try: .*busy'
	assert_line -n 4 --regexp '^oc-complete: try 2: status 200 after .* bytes received$'
	assert_line -n 5 'oc-complete: answer by m: 3 input tokens, 2 output tokens, finish reason stop'
}

@test 'advice: a prompt that is longer than the model takes, and none about one that may fit' {
	serve - <<<'answer ok'
	head -c $((8 * 8192 + 7)) /dev/zero | tr '\0' a >fits
	head -c $((8 * 8193)) /dev/zero | tr '\0' a >long
	run -0 --separate-stderr oc-complete -m gemma2 fits
	assert_equal "$stderr" ''
	run -0 --separate-stderr oc-complete -m gemma2 long
	assert_equal "$stderr" 'oc-complete: note: a prompt of 65544 bytes will not fit into the 8192 input tokens of model gemma2'
}

@test 'quiet: advice is silenced, errors are not' {
	serve --model
	png image
	run -0 --separate-stderr oc-complete -m llama3.3 -p x -i image
	assert_equal "$stderr" 'oc-complete: note: model llama3.3 takes no images, as far as is known'
	run -0 --separate-stderr oc-complete -q -m llama3.3 -p x -i image
	assert_equal "$stderr" ''
	run -69 --separate-stderr oc-complete -q -m nothing -p x
	[ -n "$stderr" ]
}

@test 'an answer and the newline behind it are one write, for several may write to one file' {
	serve - <<<'answer one line'
	"${shim[@]}" SHIM_ONLY=out oc-complete -p x >out
	assert_equal "$(cat out)" 'one line'
	assert_equal "$(grep -c '^write' "$SHIM_LOG")" 1
}
