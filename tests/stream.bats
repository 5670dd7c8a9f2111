#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # tests are subshells; bats sets stderr
# oc-stream as its user sees it: pieces at once, and no lie about the end. What it shares with every
# command is in pipes.bats.

load helpers

# ---- pieces -------------------------------------------------------------------------------------

@test 'pieces: the answer byte for byte, with nothing added' {
	serve - <<-'END'
		sse
		delta Hel
		delta lo
		finish stop
		done
	END
	oc-stream -p x >out
	printf 'Hello' | cmp - out
}

@test 'pieces: the request asks for a stream with its usage' {
	serve --model
	oc-stream -m llama3.3 -p x >out
	run -0 jq -c '[.stream, .stream_options]' <(request_body 1)
	assert_output '[true,{"include_usage":true}]'
	run -0 oc-stream --dry-run -m llama3.3 -p x
	assert_output "$(request_body 1)"
}

@test 'pieces: what has arrived is out before the rest is sent' {
	mkfifo out
	serve - <<-'END'
		sse
		delta first\n
		stall
	END
	oc-stream -p x >out 3>&- &
	exec 9<out
	read -r -t 20 line <&9
	assert_equal "$line" first
	kill $!
	exec 9<&-
	wait_for_event ' gone 1 '
}

@test 'pieces: characters that are cut between two chunks come out whole' {
	serve - <<-'END'
		sse
		trickle 1 0
		delta \ud83e\udd99 und \u20ac
		bytes data: {"choices":[{"index":0,"delta":{"content":"\xf0\x9f"}}]}\n\n
		bytes data: {"choices":[{"index":0,"delta":{"content":"\xa6\x99"}}]}\n\n
		finish stop
		done
	END
	oc-stream -p x >out
	printf '\xf0\x9f\xa6\x99 und \xe2\x82\xac\xf0\x9f\xa6\x99' | cmp - out
}

@test 'pieces: bytes that are no UTF-8 do not end the stream' {
	serve - <<-'END'
		sse
		bytes data: {"choices":[{"index":0,"delta":{"content":"a\xffb"}}]}\n\n
		delta c
		finish stop
		done
	END
	run -0 oc-stream -p x
	assert_output $'a\xef\xbf\xbdbc'
}

@test 'pieces: only choice 0, and no reasoning' {
	serve - <<-'END'
		sse
		data {"choices":[{"index":0,"delta":{"reasoning":"let me see"}}]}
		data {"choices":[{"index":1,"delta":{"content":"other"}}]}
		data {"choices":[{"index":0,"delta":{"content":"this"}}]}
		comment keep-alive
		finish stop
		done
	END
	run -0 --separate-stderr oc-stream -p x --reasoning thoughts
	assert_output this
	assert_equal "$stderr" ''
	assert_equal "$(cat thoughts)" 'let me see'
}

@test 'pieces: a server that answers with a whole completion is served, too' {
	serve - <<<'answer whole'
	run -0 oc-stream -p x
	assert_output whole
}

@test 'events: a JSON line for each piece, and one at the end' {
	serve - <<-'END'
		sse
		data {"id":"c1","model":"m:big","choices":[{"index":0,"delta":{"reasoning":"hm"}}]}
		data {"id":"c1","model":"m:big","choices":[{"index":0,"delta":{"content":"a\n"}}]}
		data {"id":"c1","model":"m:big","choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}]}
		data {"id":"c1","model":"m:big","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}
		done
	END
	oc-stream --events -p x >out
	diff - out <<-'END'
		{"reasoning":"hm"}
		{"content":"a\n"}
		{"content":"b"}
		{"model":"m:big","usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5},"finish_reason":"stop","id":"c1"}
	END
}

@test 'events: without a proven end there is no last line' {
	serve - <<<$'sse\ndelta a'
	run -76 --separate-stderr oc-stream --events -p x
	assert_output '{"content":"a"}'
}

# ---- ends ---------------------------------------------------------------------------------------

# ends_so STATUS STDOUT STDERR SCRIPT: a stream that fails, its words and what it had delivered.
ends_so() {
	serve - <<<"$4"
	run -"$1" --separate-stderr oc-stream -p x --timeout 3
	assert_output "$2"
	assert_equal "${stderr//"$URL"/URL}" "oc-stream: $3"
	assert_equal "$(requests)" 1
	stop_fake
}

@test 'ends: [DONE] or a finish reason is one' {
	local script
	for script in $'sse\ndelta a\ndone' $'sse\ndelta a\nfinish stop' \
		$'sse\ndelta a\nfinish stop\ndone' $'sse\ndelta a\ndone\nstall' \
		$'sse\ndelta a\nfinish stop\nreset'; do
		serve - <<<"$script"
		run -0 --separate-stderr oc-stream -p x --timeout 20
		assert_output a
		assert_equal "$stderr" ''
		stop_fake
	done
}

@test 'ends: a clean early end is status 76' {
	ends_so 76 abc 'URL: the stream ended early, with neither [DONE] nor a finish reason (3 bytes of the answer were delivered)' \
		$'sse\ndelta ab\ndelta c'
	ends_so 76 '' 'URL: the answer is empty (0 bytes of the answer were delivered)' \
		'sse'
}

@test 'ends: a broken event is status 76' {
	serve - <<<$'sse\ndelta ab\ndata {"choices":[\ndelta c\ndone'
	run -76 --separate-stderr oc-stream -p x
	assert_output ab
	[[ $stderr == "oc-stream: $URL"*'(2 bytes of the answer were delivered)' ]]
}

@test 'ends: a lost connection is status 75' {
	local script
	for script in $'sse\ndelta ab\nreset' $'sse\nframing length\nlength 10000\ndelta ab\nclose'; do
		serve - <<<"$script"
		run -75 --separate-stderr oc-stream -p x
		assert_output ab
		[[ $stderr == "oc-stream: $URL: "*'(2 bytes of the answer were delivered)' ]]
		assert_equal "$(requests)" 1
		stop_fake
	done
}

@test 'ends: silence beyond --timeout is status 75' {
	ends_so 75 ab 'URL: no further byte of the answer within 3 s; try later, or allow more time (2 bytes of the answer were delivered)' \
		$'sse\ndelta ab\nstall'
	ends_so 75 '' 'URL: no answer within 3 s; try later, or allow more time' stall
}

@test 'ends: comments and reasoning are life, not silence' {
	serve - <<-'END'
		sse
		every 100
		repeat 12 comment keep-alive
		repeat 12 data {"choices":[{"index":0,"delta":{"reasoning":"hm"}}]}
		delta a
		done
	END
	run -0 oc-stream -p x --timeout 2 --wait 20
	assert_output a
}

@test 'ends: --max-time is a deadline even for a stream that lives' {
	serve - <<<$'sse\nevery 20\nrepeat forever delta a'
	run -75 --separate-stderr oc-stream -p x --max-time 2
	[[ $output == a* ]]
	[[ $stderr == "oc-stream: $URL: the deadline has passed"*"(${#output} bytes of the answer were delivered)" ]]
	wait_for_event ' gone 1 '
}

@test 'ends: the error that the server sends within the stream' {
	local error
	for error in 'data {"error":{"message":"model crashed","code":500}}' \
		'data {"object":"error","message":"model crashed","code":500}' \
		'bytes error: {"message":"model crashed","code":500}\n\n'; do
		ends_so 75 ab 'URL failed (500: model crashed); try again later; if that does not help, try another model (2 bytes of the answer were delivered)' \
			$'sse\ndelta ab\n'"$error"
	done
	ends_so 76 ab 'URL: the server reports an error: model crashed (2 bytes of the answer were delivered)' \
		$'sse\ndelta ab\ndata {"error":"model crashed"}\ndone'
	ends_so 76 ab 'URL: the server failed within the stream and did not say why (2 bytes of the answer were delivered)' \
		$'sse\ndelta ab\ndata {"model":"","choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}'
}

@test 'ends: an error of the server before the stream has its own status, and no retry' {
	serve - <<<$'status 503\nbody {"error":"overloaded"}'
	ends 75 "$URL cannot answer now (503: overloaded); try again later" oc-stream -p x
	assert_equal "$(requests)" 1
	serve --model
	ends 69 "model \"llama33\" is not served by $URL (404: model \"llama33\" not found); did you mean llama3.3?" \
		oc-stream -m llama33 -p x
}

@test 'ends: an answer without content is status 76' {
	serve - <<<$'sse\nfinish stop\ndone'
	run -76 --separate-stderr oc-stream -p x
	assert_output ''
	[[ $stderr == "oc-stream: $URL: the answer is empty (finish_reason stop)"* ]]
}

@test 'ends: cut short by the server is status 3' {
	serve - <<<$'sse\ndelta half\nfinish length\ndone'
	run -3 --separate-stderr oc-stream -p x
	assert_output half
	assert_equal "$stderr" "oc-stream: the answer was cut short at a limit of the server's (finish reason length); --max-tokens sets another"
	run -0 --separate-stderr oc-stream -p x -n 5
	assert_output half
	assert_equal "$stderr" ''
}

@test 'ends: an event over 16 MiB is status 76' {
	serve - <<-'END'
		sse
		delta ab
		bytes data: {"choices":[{"delta":{"content":"
		fill 17M
		bytes "}}]}\n\n
		done
	END
	run -76 --separate-stderr oc-stream -p x
	assert_output ab
	[[ $stderr == "oc-stream: $URL: "*'16 MiB'*'(2 bytes of the answer were delivered)' ]]
}

@test 'ends: a schema is checked at the end' {
	echo '{"type":"object","required":["a"]}' >schema.json
	serve - <<<$'sse\ndelta {\\"a\\":\ndelta 1}\ndone\n---\nsse\ndelta {}\ndone'
	run -0 oc-stream -p x --schema schema.json
	assert_output '{"a":1}'
	run -76 --separate-stderr oc-stream -p x --schema schema.json
	assert_output '{}'
	[[ $stderr == "oc-stream: the model's answer does not have the form asked for: "* ]]
}

# ---- readers, files, reports --------------------------------------------------------------------

@test 'readers: one that has enough closes the connection, so that the server stops' {
	serve - <<<$'sse\nrepeat forever delta aaaaaaaa'
	run -0 --separate-stderr bash -c 'oc-stream -p x | head -c 10; echo " ${PIPESTATUS[0]}"'
	assert_output 'aaaaaaaaaa 141'
	assert_equal "$stderr" ''
	wait_for_event ' gone 1 '
}

@test 'readers: one that leaves in a pause of the stream is noticed in the pause' {
	serve - <<<$'sse\ndelta aaaaaaaaaa\nstall'
	run -0 --separate-stderr bash -c 'oc-stream -p x --timeout 0 | head -c 10; echo " ${PIPESTATUS[0]}"'
	assert_output 'aaaaaaaaaa 141'
	assert_equal "$stderr" ''
	wait_for_event ' gone 1 '
}

@test 'output file: it appears only after a proven end' {
	mkdir dir
	echo old >dir/out
	serve - <<<$'sse\ndelta new\n---\nsse\ndelta new\ndone'
	run -76 oc-stream -p x -o dir/out
	assert_equal "$(cat dir/out)" old
	assert_equal "$(ls -A dir)" out
	run -0 oc-stream -p x -o dir/out
	assert_equal "$(cat dir/out)" new
	assert_equal "$(ls -A dir)" out
}

@test 'output file: a full disk is status 74' {
	serve - <<<$'sse\nrepeat forever delta aaaaaaaa'
	ends 74 'cannot write to /dev/full: No space left on device' oc-stream -p x -o /dev/full
	wait_for_event ' gone 1 '
}

@test 'report: with the real usage, on success and on failure' {
	serve - <<-'END'
		sse
		delta a
		finish stop
		data {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":1,"total_tokens":8}}
		done
		---
		sse
		delta a
	END
	run -0 oc-stream -p x --report report
	run -76 oc-stream -p x --report report
	run -0 jq -c '[.tool, .model, .usage.total_tokens, .finish_reason, .exit_status, .http_status, .attempts]' report
	assert_output $'["oc-stream","m",8,"stop",0,200,1]\n["oc-stream","m",null,null,76,200,1]'
}

@test 'options: there are no retries, so no option for them' {
	local option
	for option in --max-retries --backoff-factor; do
		run -64 --separate-stderr oc-stream -m m -p x $option 1
		assert_output ''
		[[ $stderr == "oc-stream: unknown"*"$option"* ]]
	done
}

@test 'TLS: a stream through a trusted server, and none from a stranger' {
	serve - <<<$'sse\ndelta a\ndone'
	start_tls
	run -0 oc-stream -p x -b "$TLS_URL" --cacert "$CACERT"
	assert_output a
	run -78 oc-stream -p x -b "$TLS_URL"
	assert_equal "$(requests)" 1
}
