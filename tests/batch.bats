#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # text for other shells; tests are subshells; set by run
# oc-batch: what it reads and writes, in which order, how it treats a server, and how it ends;
# resume.bats is about its file of answers. The clock decides nothing here: where a test needs a
# moment, it waits for an event.

load helpers
load batch

setup() {
	oc_setup
	export OLLAMA_CLOUD_MODEL=m
}

# ---- input --------------------------------------------------------------------------------------

@test 'input: the four forms, and what each becomes' {
	serve_echo
	cat >in <<-'END'
		{"prompt":"one"}
		"two"
		{"custom_id":"c\u00e9","messages":[{"role":"user","content":"three"}],"temperature":0.5}
		{"custom_id":"four","method":"POST","url":"/v1/chat/completions","body":{"model":"n","messages":[{"role":"user","content":"four"}],"stream":true}}
	END
	run -0 --separate-stderr oc-batch -P 1 in
	assert_line -n 0 '{"custom_id":null,"line":1,"content":"one","model":"m","usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2},"finish_reason":"stop","request":"ffc19bf2266ebf90"}'
	assert_line -n 1 '{"custom_id":null,"line":2,"content":"two","model":"m","usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2},"finish_reason":"stop","request":"27e795bf8541861c"}'
	assert_line -n 2 '{"custom_id":"c\u00e9","line":3,"content":"three","model":"m","usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2},"finish_reason":"stop","request":"c0d1320fea2e40cf"}'
	assert_line -n 3 '{"id":"batch_req_5807a2b86406df96","custom_id":"four","response":{"status_code":200,"request_id":"chatcmpl-4","body":{"id":"chatcmpl-4","object":"chat.completion","created":1700000000,"model":"n","system_fingerprint":"fp_ollama","choices":[{"index":0,"message":{"role":"assistant","content":"four"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}},"error":null}'
	assert_equal "$(request_body 3)" "$(streamed '{"model":"m","messages":[{"role":"user","content":"three"}],"temperature":0.5}')"
	assert_equal "$(request_body 4)" '{"model":"n","messages":[{"role":"user","content":"four"}]}'
	assert_regex "$stderr" '^oc-batch: 4 lines: 4 answered, 0 failed; 4 input and 4 output tokens, 0 repeats, [0-9.]+ s$'
}

@test 'input: the options apply to every line, unless it says otherwise' {
	serve_echo
	png image
	echo '{"prompt":"one","temperature":1.5}' |
		oc-batch -q --no-stream -p Translate. -s Brief. -i image -t 0.5 -n 7 >out
	assert_equal "$(request_body 1)" '{"model":"m","messages":[{"role":"system","content":"Brief."},{"role":"user","content":[{"type":"text","text":"Translate.\n\none"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgpyZXN0"}}]}],"temperature":1.5,"max_tokens":7}'
}

@test 'input: BOM, CRLF, blank lines, several files, and no final newline' {
	serve_echo
	printf '\xef\xbb\xbf{"prompt":"1"}\r\n\r\n \t\n"3"\r\n"4"' >a
	printf '\xef\xbb\xbf\n"6"' >b
	run -0 oc-batch -q a - b <<<'"5"'
	assert_equal "$(jq -r '"\(.line) \(.content)"' <<<"$output")" $'1 1\n4 3\n5 4\n6 5\n8 6'
}

@test 'input: empty input is no error' {
	serve_echo
	run -0 --separate-stderr oc-batch </dev/null
	assert_output ''
	assert_regex "$stderr" '^oc-batch: 0 lines: 0 answered, 0 failed;'
}

@test 'input: a bad line is an error record, and not the end' {
	serve_echo
	{
		printf '%s\n' '{"prompt":"1"}' 'not json' '{"prompt":2}' '[3]' '{"prompt":" "}' '{}' \
			'{"prompt":"a","messages":[]}' '{"custom_id":8,"prompt":"a"}' \
			'{"custom_id":"nine","body":7}' '{"custom_id":"x","url":"/v1/embeddings","body":{}}'
		printf '"\xff"\n{"prompt":"cut'
	} >in
	run -1 --separate-stderr oc-batch in
	assert_equal "$(grep -c '"content"' <<<"$output")" 1
	assert_line -n 1 '{"custom_id":null,"line":2,"error":{"status":65,"http_status":null,"message":"the line is unusable: not JSON at byte 0: a value expected"}}'
	assert_line -n 2 '{"custom_id":null,"line":3,"error":{"status":65,"http_status":null,"message":"the line is unusable: \"prompt\" is no string"}}'
	assert_line -n 8 '{"id":"batch_req_0000000000000000","custom_id":"nine","response":null,"error":{"code":"65","message":"the line is unusable: \"body\" is no object"}}'
	assert_equal "$(jq -c .line <<<"$output" | tail -n 2 | tr '\n' ' ')" '11 12 '
	assert_equal "${#lines[@]}" 12
	assert_line -n 0 --partial '"content":"1"'
	assert_equal "${stderr_lines[0]}" 'oc-batch: line 2: the line is unusable: not JSON at byte 0: a value expected'
	assert_regex "${stderr_lines[1]}" '^oc-batch: 12 lines: 1 answered, 11 failed \(11 with status 65\); '
	assert_equal "$(requests)" 1
}

@test 'input: a line over 64 MiB is an error record, and costs no memory to speak of' {
	serve_echo
	{
		printf '"'
		head -c 200M /dev/zero | tr '\0' x
		printf '"\n"2"\n'
	} >in
	(
		[ -n "${SANITIZE:-}${WRAP:-}" ] || ulimit -v 300000
		oc-batch -q in >out && exit 99
		[ $? = 1 ]
	)
	assert_equal "$(head -n 1 out)" '{"custom_id":null,"line":1,"error":{"status":65,"http_status":null,"message":"the line is longer than 64 MiB"}}'
	assert_equal "$(jq -r .content out | tail -n 1)" 2
}

@test 'input: invalid UTF-8 is replaced where that is wanted' {
	serve_echo
	printf '"a\xffb"\n' | oc-batch -q --replace-invalid >out
	assert_equal "$(jq -r .content out)" $'a\xef\xbf\xbdb'
}

@test 'input: a slow writer holds up no answer' {
	serve_echo
	mkfifo pipe
	batch -q -o out pipe
	exec 9>pipe
	echo '"1"' >&9
	wait_for lines_in out 1
	echo '"2"' >&9
	wait_for lines_in out 2
	exec 9>&-
	ended 0
}

@test 'input: lines may name their models, and must where nothing else does' {
	serve_echo
	unset OLLAMA_CLOUD_MODEL
	printf '%s\n' '{"prompt":"1","model":"n"}' '"2"' >in
	run -1 oc-batch -q in
	assert_line -n 0 --partial '"content":"1","model":"n"'
	assert_line -n 1 '{"custom_id":null,"line":2,"error":{"status":65,"http_status":null,"message":"the line is unusable: no model is named"}}'
}

@test 'input: what cannot be read is status 66, before anything is asked' {
	serve_echo
	echo '"1"' >in
	run -66 oc-batch in missing
	assert_output 'oc-batch: cannot read missing: No such file or directory'
	assert_equal "$(requests)" 0
}

@test 'input: whatever cannot be read is found before anything is asked, wherever it stands' {
	serve_echo
	echo '"1"' >in
	mkdir folder
	run -66 oc-batch in folder
	assert_output 'oc-batch: cannot read folder: Is a directory'
	run -66 oc-batch - folder </dev/null
	run -66 bash -c 'oc-batch in - <folder'
	assert_output 'oc-batch: cannot read standard input: Is a directory'
	run -66 bash -c 'oc-batch in - <&-'
	assert_output 'oc-batch: cannot read standard input: Bad file descriptor'
	run -64 oc-batch - in - </dev/null
	assert_output 'oc-batch: standard input (-) is named twice'
	run -66 oc-batch in loop/loop
	if [ "$(id -u)" != 0 ]; then
		touch secret
		chmod 000 secret
		run -66 oc-batch in secret
		assert_output 'oc-batch: cannot read secret: Permission denied'
	fi
	assert_equal "$(requests)" 0
}

@test 'input: one that can no longer be read ends the run, after what is under way' {
	serve_echo
	mkfifo pipe
	questions 3 >in
	batch -o out pipe in 2>err
	exec 9>pipe
	echo '"1"' >&9
	wait_for lines_in out 1
	echo '"2"' >&9
	rm in
	exec 9>&-
	ended 66
	assert_equal "$(jq -r .content out)" $'1\n2'
	assert_equal "$(sed -n 1p err)" 'oc-batch: cannot read in: No such file or directory'
	assert_regex "$(sed -n 2p err)" '^oc-batch: 2 lines: 2 answered, .*; there is more to do: '
	echo '"3"' >in
	run -66 --separate-stderr oc-batch -q in /proc/self/mem in # it opens, and cannot be read
	assert_equal "$(jq -r .content <<<"$output")" 3
	assert_equal "$stderr" 'oc-batch: cannot read /proc/self/mem: Input/output error'
}

@test 'input: a pipe that nobody writes to holds up neither an answer nor a signal' {
	serve_echo
	mkfifo pipe
	echo '"1"' >in
	batch -q -o out in pipe
	wait_for lines_in out 1
	kill -INT "$PID"
	wait_for ended 130
	batch -q -o later pipe in
	printf '"1"\n"2"' >pipe # opens it when the command has
	ended 0
	assert_equal "$(jq -r .content later)" $'1\n2\n1'
	run -0 --separate-stderr oc-batch --dry-run <(echo '"1"') <(sleep 0.2; echo '"2"')
	assert_equal "${#lines[@]}" 2
}

@test 'input: a file named - is not what standard input is' {
	serve_echo
	questions 5 >-
	questions 2 >in
	run -0 --separate-stderr oc-batch --progress - in < <(questions 3)
	assert_equal "$(jq -r .content <<<"$output" | paste -sd ' ')" '1 2 3 1 2'
}

@test 'options: bad values are status 64' {
	local value
	for value in 0 1001 -1 x 1.5; do
		run -64 oc-batch -P "$value"
	done
	for value in 10 0/s /s 10/h 10/ -1/s x/s 1e9/s nan/m 10/ss; do
		run -64 oc-batch --rate "$value"
		assert_output "oc-batch: option --rate: \"$value\" is not like 10/s or 600/m"
	done
	run -64 oc-batch --resume
	assert_output 'oc-batch: --resume needs --output FILE'
	run -64 oc-batch -b http://127.0.0.1:1/v1 --resume -o /dev/null
	assert_output 'oc-batch: --resume: /dev/null is no regular file'
}

@test '--dry-run prints the bodies, a line each' {
	printf '%s\n' '"1"' bad '{"prompt":"2","model":"n"}' >in
	run -1 --separate-stderr oc-batch --dry-run in
	assert_line -n 0 "$(streamed '{"model":"m","messages":[{"role":"user","content":"1"}]}')"
	assert_line -n 1 "$(streamed '{"model":"n","messages":[{"role":"user","content":"2"}]}')"
	assert_equal "$stderr" 'oc-batch: line 2: the line is unusable: not JSON at byte 0: a value expected'
	run -0 oc-batch --dry-run --no-stream <<<'"1"'
	assert_output '{"model":"m","messages":[{"role":"user","content":"1"}]}'
}

# ---- streams ------------------------------------------------------------------------------------

refusal='{"error":{"message":"Unknown parameter: '\''stream_options'\''.","type":"invalid_request_error","param":"stream_options","code":"unknown_parameter"}}'

@test 'streams: a server that refuses their usage is asked for it once' {
	serve - <<-END
		status 400
		body $refusal
		---
		sse
		delta ok
		finish stop
		done
	END
	run -0 oc-batch -q -P 1 --report report < <(questions 3)
	assert_equal "$(jq -c '[.line, .content, .usage.total_tokens]' <<<"$output" | paste -sd ' ')" \
		'[1,"ok",null] [2,"ok",null] [3,"ok",null]'
	assert_equal "$(jq -c .attempts report | paste -sd ' ')" '2 1 1'
	assert_equal "$(requests)" 4
	local body='{"model":"m","messages":[{"role":"user","content":"'
	assert_equal "$(request_body 1)" "$(streamed "${body}1\"}]}")"
	assert_equal "$(request_body 2)" "${body}1\"}],\"stream\":true}"
	assert_equal "$(request_body 4)" "${body}3\"}],\"stream\":true}"
}

@test 'streams: what one model does not bear, another is asked for' {
	serve - <<-END
		status 400
		body $refusal
		---
		answer ok
	END
	printf '{"prompt":"x","model":"%s"}\n' a b a b | oc-batch -q -P 1 >out
	assert_equal "$(requests)" 5
	assert_equal "$(cat "$RECORD"/request.* | grep -c stream_options)" 3
	request_body 4 | jq -e '.model == "a" and .stream and (has("stream_options") | not)'
}

# The second request is refused, too: it was not the stream.
@test 'streams: a line that the server refuses in any way teaches nothing' {
	serve - <<-'END'
		status 400
		body {"detail":[{"loc":["body","messages",0,"content"],"msg":"not a stream of words"}]}
		---
		status 400
		body {"detail":[{"loc":["body","messages",0,"content"],"msg":"not a stream of words"}]}
		---
		answer ok
	END
	run -1 oc-batch -q -P 1 < <(questions 2)
	assert_equal "$(jq -r '.content // .error.status' <<<"$output" | paste -sd ' ')" '65 ok'
	assert_equal "$(request_body 3)" "$(streamed '{"model":"m","messages":[{"role":"user","content":"2"}]}')"
}

@test 'streams: one that broke off is asked again, and nothing of it is in the answer' {
	serve - <<-'END'
		sse
		delta Bye
		reset
		---
		sse
		delta Hello
		finish stop
		done
	END
	run -0 oc-batch -q --backoff-factor 0 <<<'"x"'
	assert_equal "$(jq -c '[.content, .model]' <<<"$output")" '["Hello","m"]'
}

@test 'streams: a model that thinks for longer than the timeout is asked once' {
	serve - <<-'END'
		sse
		every 300
		data {"choices":[{"delta":{"reasoning":"..."}}]}
		repeat 8 comment thinking
		delta Hello
		finish stop
		done
	END
	run -0 oc-batch -q --timeout 2 <<<'"x"'
	assert_equal "$(jq -r .content <<<"$output")" Hello
	assert_equal "$(requests)" 1
}

# ---- answers ------------------------------------------------------------------------------------

@test 'answers: in the order of the input, whichever comes first' {
	serve_echo --latency 1 --fail 7:500
	questions 300 | oc-batch -q -P 32 --max-retries 20 --backoff-factor 0.001 >out
	all_answered 300 out
	assert_equal "$(jq .line out)" "$(seq 1 300)"
}

@test 'answers: --unordered writes what is there' {
	serve_once_failing
	questions 3 >in
	batch -q -P 1 --backoff-factor 60 --unordered -o out in
	wait_for lines_in out 2
	assert_equal "$(jq -r .line out)" $'2\n3'
	kill -KILL "$PID"
}

@test 'answers: the first line may be the last one that is settled' {
	serve_once_failing
	local parallel
	for parallel in 1 4; do
		questions 99 >in
		run -0 --separate-stderr timeout 60 oc-batch -q -P "$parallel" --backoff-factor 0.3 in
		assert_equal "$(jq -r .line <<<"$output")" "$(seq 1 99)"
		stop_fake
		serve - <<-'END'
			pause 500
			answer slow
			---
			answer ok
		END
	done
}

# pattern SEED: the server's script, the lines and the options of one run, all by chance: which
# lines are slow, refused for a moment, refused for good, or no requests; how many at a time.
pattern() {
	local reply
	RANDOM=$1
	{
		echo loop
		for reply in {1..12}; do
			case $((RANDOM % 7)) in
			0 | 1) printf 'status %s\nbody {}\n' $((RANDOM % 3 ? 500 : 503)) ;;
			2) printf 'status 400\nbody {}\n' ;;
			3) printf 'pause %s\nanswer slow\n' $((RANDOM % 20)) ;;
			*) printf 'answer ok\n' ;;
			esac
			echo ---
		done
		echo 'answer ok'
	} >script
	questions $((RANDOM % 120)) | awk -v seed="$1" -v bad=$((RANDOM % 3 * 10)) \
		'BEGIN { srand(seed) } { print rand() * 100 < bad ? "bad" : $0 }' >in
	options=(-P $((1 + RANDOM % 5)) --max-retries $((RANDOM % 4)) --backoff-factor 0.0$((RANDOM % 6)))
	((RANDOM % 3)) || options+=(--unordered)
	((RANDOM % 2)) || options+=(-o out)
	((RANDOM % 3)) || options+=(--rate 2000/s)
}

@test 'answers: whichever lines are slow or fail, each comes out once, and in its place' {
	local seed options
	for seed in {1..24}; do
		pattern "$seed"
		serve script
		rm -f out
		timeout 60 oc-batch -q "${options[@]}" in >printed || [ $? = 1 ] ||
			fail "seed $seed: ${options[*]}"
		[ ! -e out ] || mv out printed
		jq -r .line printed >got
		[[ " ${options[*]} " != *' --unordered '* ]] || sort -n -o got got
		seq 1 "$(wc -l <in)" | diff - got || fail "seed $seed: ${options[*]}"
		stop_fake
	done
}

@test 'answers: a line that is slow or retried holds up no request' {
	serve - <<-'END'
		status 500
		body {}
		---
		stall
		---
		answer ok
	END
	questions 400 >in
	batch -P 2 --timeout 0 --max-retries 1 --backoff-factor 60 -o out in
	wait_for_event ' request 400 '
	[ ! -s out ]
	kill -KILL "$PID"
}

@test 'answers: those that wait for their turn have a ceiling, 64 MiB' {
	serve - <<-'END'
		stall
		---
		bytes {"choices":[{"message":{"content":"
		fill 1M
		bytes "},"finish_reason":"stop"}]}
	END
	questions 200 >in
	batch -q -P 2 --timeout 0 -o out in
	wait_for_event ' request 64 '
	wait_for stands_still
	[ "$(requests)" -le 70 ] # with those that were read ahead
	kill -KILL "$PID"
}

# stands_still: the server has seen nothing new for a while.
stands_still() {
	local before
	before=$(wc -l <"$RECORD/events")
	sleep 0.5
	[ "$(wc -l <"$RECORD/events")" = "$before" ]
}

@test 'answers: a failure is a record, and its status is 1' {
	serve --serve other --model
	run -1 --separate-stderr oc-batch - <<<'{"custom_id":"a","prompt":"1"}'
	assert_output '{"custom_id":"a","line":1,"error":{"status":69,"http_status":404,"message":"model \"m\" is not served by '"$URL"' (404: model \"m\" not found); check the model'"'"'s name"}}'
}

@test 'answers: in an envelope, tool calls and reasoning alone are answers, too' {
	serve - <<-'END'
		body {"id":"a","model":"m",
		body "choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"t"}]},"finish_reason":"tool_calls"}]}
	END
	printf '%s\n' '{"custom_id":"e","body":{"messages":[]}}' '{"messages":[]}' >in
	run -1 oc-batch -q -P 1 in
	assert_line -n 0 '{"id":"batch_req_8ed2a267fd0be881","custom_id":"e","response":{"status_code":200,"request_id":"a","body":{"id":"a","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"t"}]},"finish_reason":"tool_calls"}]}},"error":null}'
	assert_line -n 1 --partial 'the answer is tool calls only, without content'
}

@test 'answers: a body over several lines becomes one line' {
	serve - <<-'END'
		header X-Request-Id: req-1
		bytes {\r\n  "id": "a",\n  "choices": [{"message": {"content": "x\\ny"}, "finish_reason": "stop"}]\n}\n
	END
	run -0 oc-batch -q <<<'{"custom_id":"e","body":{"messages":[]}}'
	assert_output --partial '"response":{"status_code":200,"request_id":"req-1","body":{    "id": "a",   "choices": [{"message": {"content": "x\ny"}, "finish_reason": "stop"}] }}'
}

@test 'answers: the form that was asked for is checked for each line' {
	serve - <<-'END'
		answer [1]
	END
	printf '%s\n' '"1"' '{"prompt":"2","response_format":{"type":"text"}}' >in
	run -1 oc-batch -q -P 1 --json-object in
	assert_line -n 0 --partial '"error":{"status":76,"http_status":200,"message":"the model'"'"'s answer does not have the form asked for: it is no JSON object"}'
	assert_line -n 1 --partial '"content":"[1]"'
}

@test 'answers: --report has a line for each request, --reasoning one for each that has some' {
	serve - <<-'END'
		body {"id":"a","model":"m","choices":[{"message":{"content":"x","reasoning":"hm"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}
		---
		answer y
	END
	printf '%s\n' '"1"' bad '"3"' >in
	run -1 oc-batch -q -P 1 --report report --reasoning reasoning in
	assert_equal "$(jq -c '[.tool,.model,.id,.exit_status,.http_status,.attempts,.usage.total_tokens]' report)" \
		$'["oc-batch","m","a",0,200,1,3]\n["oc-batch","m","chatcmpl-1",0,200,1,5]'
	assert_equal "$(cat reasoning)" '{"custom_id":null,"line":1,"reasoning":"hm"}'
	assert_equal "$(oc-usage --field total <<<"$output" 2>/dev/null)" 8
}

# ---- the load -----------------------------------------------------------------------------------

@test 'answers: those that the server cut short are counted, and those cut where the line wanted it are not' {
	local usage='"usage":{"prompt_tokens":1,"completion_tokens":5,"total_tokens":6}'
	serve - <<-END
		body {"model":"m","choices":[{"message":{"content":"A"},"finish_reason":"length"}],$usage}
		---
		body {"model":"m","choices":[{"message":{"content":"B"},"finish_reason":"length"}],$usage}
		---
		body {"model":"m","choices":[{"message":{"content":"C"},"finish_reason":"length"}],$usage}
		---
		body {"model":"m","choices":[{"message":{"content":"D"},"finish_reason":"content_filter"}],$usage}
		---
		body {"model":"m","choices":[{"message":{"content":"{"},"finish_reason":"length"}],$usage}
	END
	printf '%s\n' '"a"' '{"prompt":"b","max_tokens":5}' '{"prompt":"c","max_completion_tokens":9}' '"d"' \
		'{"prompt":"e","response_format":{"type":"json_object"}}' >in
	run -1 --separate-stderr oc-batch -P 1 -n 4 --report report in
	assert_equal "$(jq -r '.content // empty' <<<"$output" | tr -d '\n')" ABCD
	assert_line -n 4 --partial 'was cut at the request'"'"'s limit of 4 tokens, which is the likely reason'
	assert_equal "$(jq .exit_status report | tr '\n' ' ')" '0 0 3 3 76 '
	[[ $stderr == *' 4 answered (2 cut short by the server), 1 failed '* ]]
}

@test 'load: at most -P requests at a time, over as many connections' {
	serve_echo --latency 3
	questions 120 | oc-batch -q -P 6 >out
	all_answered 120 out
	assert_equal "$(grep -c ' open$' "$RECORD/events")" 6
	assert_equal "$(most_at_a_time)" 6
}

# The most requests that were under way at one moment, by the server's record.
most_at_a_time() {
	awk '$3 == "request" { if (++n > most) most = n }
		$3 == "reply" || $3 == "gone" { n-- }
		END { print most }' "$RECORD/events"
}

@test 'load: a server that takes few at a time fails no line' {
	serve_echo --latency 5 --limit 2
	questions 60 | oc-batch -q -P 32 --max-retries 3 --backoff-factor 0.01 >out
	all_answered 60 out
}

@test 'load: a server that refuses everything is not asked for ever' {
	serve - <<-'END'
		status 429
		body {"error":"too many requests"}
	END
	questions 10 >in
	run -1 oc-batch -q -P 8 --max-retries 2 --backoff-factor 0.001 in
	assert_equal "$(grep -c '"http_status":429' <<<"$output")" 10
	[ "$(requests)" -le 60 ]
}

@test 'load: a 429 within a 200 slows down as a real one does' {
	serve - <<-'END'
		body {"error":{"code":429,"message":"slow down"}}
	END
	questions 10 >in
	run -1 --separate-stderr oc-batch -v -P 8 --max-retries 2 --backoff-factor 0.001 in
	assert_equal "$(grep -c '"http_status":429' <<<"$output")" 10
	grep -q 'status 200 .* at most 4$' <<<"$stderr"
	grep -q 'status 200 .* at most 1$' <<<"$stderr"
}

@test 'load: a Retry-After is for all' {
	serve - <<-'END'
		status 429
		header Retry-After: 1
		body {"error":"slow down"}
		---
		answer ok
	END
	questions 8 | oc-batch -q -P 1 >out
	assert_equal "$(wc -l <out)" 8
	# The first reply, and then nothing for a second.
	awk '$3 == "reply" && !at { at = $1 }
		$3 == "request" && $4 == 2 { exit !($1 - at >= 0.99) }' "$RECORD/events"
}

@test 'load: slots with a Retry-After, from many: no line fails, and few are refused' {
	serve_echo --latency 20 --limit 3 --retry-after 1
	questions 200 | oc-batch -q -P 32 >out
	all_answered 200 out
	# 29 of the first 32, and some more.
	[ "$(requests)" -le 260 ]
}

@test 'load: a rate without a Retry-After, from many: no line fails' {
	serve_echo --rate 100:1
	questions 200 | oc-batch -q -P 32 >out
	all_answered 200 out
}

@test 'load: a server that is not there at first costs no line' {
	# An address of its own, so that nobody else's server gets the port.
	local address=127.3.$((BASHPID / 250 % 250)).$((BASHPID % 250 + 1))
	export OLLAMA_CLOUD_BASE_URL=http://$address:8080/v1
	questions 40 >in
	batch -v -P 4 -o out in 2>err
	wait_for grep -q 'line 1, try 2: no answer' err
	start_fake --listen "$address" --port 8080 --model --serve m --echo
	ended 0
	all_answered 40 out
}

@test 'load: a server that wants to be left alone for an hour ends the run with 75' {
	serve - <<-'END'
		answer ok
		---
		status 429
		header Retry-After: 3600
		body {"error":"slow down"}
	END
	questions 9 >in
	run -75 --separate-stderr oc-batch -P 1 -o out in
	assert_equal "$(requests)" 2
	assert_equal "$(jq -c '[.line,.error.status]' out)" $'[1,null]\n[2,75]'
	assert_regex "${stderr_lines[0]}" '^oc-batch: line 2: .* it asks to wait 3600 s'
	assert_regex "${stderr_lines[1]}" 'there is more to do: --resume goes on from here$'
}

@test 'load: --rate spreads requests evenly' {
	serve_echo
	questions 15 | oc-batch -q -P 15 --rate 600/m >out
	assert_equal "$(wc -l <out)" 15
	# Fourteen tenths of a second, if the first one was not late; far from fourteen seconds.
	awk '$3 == "request" { if (!n++) first = $1; last = $1 }
		END { exit !(n == 15 && last - first >= 1 && last - first < 13) }' "$RECORD/events"
}

@test 'load: fewer descriptors than -P needs are fewer requests at a time, and no failures' {
	serve_echo --latency 5
	questions 200 >in
	local limit
	for limit in 60 40 30; do
		run -0 --separate-stderr bash -c "ulimit -n $limit && exec oc-batch -P 64 -o out.$limit in"
		all_answered 200 out.$limit
		assert_regex "${stderr_lines[0]}" '^oc-batch: at most [0-9]+ requests at a time instead of 64: '
		assert_equal "${#stderr_lines[@]}" 2
	done
	run -0 --separate-stderr bash -c "ulimit -Sn 40 && exec oc-batch -P 64 in" # it may raise that
	assert_equal "${#stderr_lines[@]}" 1
	assert_equal "$(most_at_a_time)" 64
}

@test 'load: with --max-retries 0 nothing is tried again' {
	serve - <<-'END'
		status 503
		body {}
	END
	questions 5 >in
	run -1 oc-batch -q -P 5 --max-retries 0 in
	assert_equal "$(requests)" 5
}

# ---- ends ---------------------------------------------------------------------------------------

@test 'ends: 401, 403 and a used-up quota stop the run with 77, and --resume goes on' {
	local reply
	for reply in '401|{"error":"unauthorized"}' '403|{"error":"this model requires a subscription"}' \
		'429|{"error":"you (ada) have reached your weekly usage limit"}' \
		'402|{"error":{"message":"no credits"}}' '200|{"error":{"code":402,"message":"no"}}' \
		'200|{"error":{"code":"401","message":"no"}}' \
		'200|{"error":{"message":"no","type":"insufficient_quota"}}'; do
		serve - <<-END
			answer ok
			---
			status ${reply%%|*}
			body ${reply#*|}
		END
		questions 9 >in
		rm -f out
		run -77 --separate-stderr oc-batch -P 1 -o out in
		assert_equal "$(requests)" 2
		assert_equal "$(jq -c '[.line,.error.status]' out)" $'[1,null]\n[2,77]'
		assert_regex "${stderr_lines[0]}" '^oc-batch: line 2: '
		assert_regex "${stderr_lines[1]}" 'there is more to do: --resume goes on from here$'
		stop_fake
	done
	serve_echo
	oc-batch -q --resume -o out in
	assert_equal "$(jq .line out | sort -n)" "$(seq 1 9)"
	assert_equal "$(requests)" 8
}

@test 'ends: what is under way is written when the run is stopped' {
	serve - <<-'END'
		pause 1000
		answer late
		---
		status 401
		body {"error":"unauthorized"}
	END
	questions 9 >in
	run -77 oc-batch -q -P 2 -o out in
	assert_equal "$(jq -c '[.content,.error.status]' out | sort)" $'["late",null]\n[null,77]'
}

@test 'ends: INT and TERM write what is under way, and ask nothing more' {
	local signal
	for signal in INT TERM; do
		serve - <<-'END'
			pause 2000
			answer late
		END
		questions 50 >in
		rm -f out
		batch -q -P 2 -o out in
		wait_for_event ' request 2 '
		kill -s $signal "$PID"
		ended $((128 + $(kill -l $signal)))
		assert_equal "$(jq -c '[.line,.content]' out)" $'[1,"late"]\n[2,"late"]'
		assert_equal "$(requests)" 2
		stop_fake
	done
}

@test 'limits: what a server says that is spent is waited for before it refuses' {
	serve - <<-'END'
		header X-RateLimit-Remaining-Requests: 0
		header X-RateLimit-Reset-Requests: 400ms
		answer a
		---
		answer b
	END
	questions 2 >in
	oc-batch -q -P 1 -o out in
	assert_equal "$(jq -r .content out)" $'a\nb'
	awk '/ reply 1 / { replied = $1 } / request 2 / { exit !($1 - replied >= 0.39) }' \
		"$RECORD/events"
}

@test 'ends: a second INT ends at once, and so does another signal' {
	local signal
	for signal in INT TERM; do
		serve - <<<'stall'
		questions 5 >in
		batch -P 2 in 2>err
		wait_for_event ' request 2 '
		kill -INT "$PID"
		wait_for grep -q 'waiting at most 5 s for 2 requests under way' err
		# Two at the same moment are one.
		while kill -s $signal "$PID" 2>/dev/null; do
			sleep 0.1
		done
		ended $((128 + $(kill -l $signal)))
		assert_equal "$(wc -l <err)" 1 # not the summary, which comes after five seconds
		stop_fake
	done
}

@test 'ends: a signal waits at most five seconds, and what is there is written then' {
	serve - <<-'END'
		status 500
		body {}
		---
		answer ok
		---
		stall
	END
	questions 5 >in
	batch -P 1 --timeout 0 --backoff-factor 60 -o out in 2>err
	wait_for_event ' request 3 '
	[ ! -s out ]
	kill -TERM "$PID"
	ended 143
	assert_equal "$(jq -c '[.line,.content]' out)" '[2,"ok"]'
	[ ! -e out.ahead ]
	assert_regex "$(tail -n 1 err)" '^oc-batch: 1 lines: 1 answered, 0 failed; .*; there is more to do: '
}

@test 'ends: a signal ends it while it is stuck in a write, too' {
	serve - <<-'END'
		bytes {"choices":[{"message":{"content":"
		fill 1M
		bytes "},"finish_reason":"stop"}]}
	END
	mkfifo pipe
	exec 9<>pipe # a reader that does not read
	questions 5 >in
	batch -q -P 1 in >pipe
	read -r -N 1 -u 9 # the pipe has less room than the answer: from here on it is stuck
	kill -INT "$PID"
	ended 130
}

@test 'ends: a reader that leaves ends it, whole lines before' {
	serve_echo
	questions 2000 >in
	run -0 bash -c 'oc-batch in 2>err | head -n 1; echo ${PIPESTATUS[0]}'
	assert_line -n 0 --partial '"line":1,"content":"1"'
	assert_line -n 1 141
	assert_equal "$(cat err)" ''
	[ "$(requests)" -lt 2000 ]
}

@test 'ends: a reader that has gone before is not asked for, with any number at a time' {
	serve_echo
	questions 50 >in
	run -141 bash -c 'exec 3> >(exec <&-); wait $!; exec oc-batch -P 64 in >&3'
	assert_output ''
	assert_equal "$(requests)" 0
	run -74 bash -c 'exec oc-batch -P 64 in >&-'
	assert_equal "$(requests)" 0
}

@test 'ends: a reader that leaves while answers are awaited ends it, too' {
	serve - <<<'stall'
	export RECORD
	run -141 bash -c 'set -o pipefail; echo "\"1\"" | oc-batch |
		until grep -q " request 1 " "$RECORD/events"; do sleep 0.05; done'
	wait_for_event ' gone 1 '
}

@test 'ends: a full disk is status 74' {
	serve_echo
	questions 5 >in
	run -74 bash -c 'oc-batch in >/dev/full'
	assert_output 'oc-batch: cannot write to standard output: No space left on device'
	run -74 oc-batch -o /dev/full in
	assert_output --partial 'oc-batch: cannot write to /dev/full: No space left on device'
}

@test 'ends: a report that cannot be written is status 74, and the answers are there' {
	serve_echo
	run -74 --separate-stderr oc-batch -q --report /dev/full < <(questions 9)
	assert_equal "${#lines[@]}" 9
	assert_equal "$stderr" 'oc-batch: cannot write to the report /dev/full: No space left on device'
}

# ---- progress -----------------------------------------------------------------------------------

# screen COLUMNS ARGUMENT...: what a terminal of this width gets to see, a redrawing a line.
screen() {
	local columns=$1
	shift
	script -qec "stty cols $columns; oc-batch $*" /dev/null </dev/null | tr '\r' '\n' |
		sed 's/\x1b\[K//' >shown
}

@test 'progress: on a terminal a line that is redrawn, with -q nothing' {
	serve_echo --latency 400
	questions 3 >in
	screen 80 -P 1 -o out in
	assert_regex "$(cat shown)" '[12]/3 done, 0 failed, [0-9.]+/s, [0-9]+ tokens/s, 0:0[0-9] left'
	rm out
	screen 80 -q -P 1 -o out in
	run ! grep -e 'oc-batch: ' -e 'done, ' shown
}

@test 'progress: the line fits the terminal' {
	serve_echo --latency 400
	questions 3 >in
	local columns
	for columns in 40 2; do
		screen $columns -P 1 in
		grep -v '^oc-batch: ' shown | grep -v '^{' >drawn
		assert_equal "$(awk '{ print length }' drawn | sort -n | tail -n 1)" $((columns - 1))
	done
}

@test 'progress: --progress tells a log of it, and nothing else does' {
	serve - <<<'stall'
	questions 2 >in
	batch --timeout 0 in 2>without
	local pids=("$PID")
	wait_for_event ' request 2 '
	batch --timeout 0 -q --progress in 2>quiet
	pids+=("$PID")
	wait_for_event ' request 4 '
	batch --timeout 0 --progress in 2>with
	pids+=("$PID")
	# The last one that was started is the last one whose time to tell comes.
	wait_for lines_in with 1
	kill -KILL "${pids[@]}"
	assert_equal "$(cat with)" 'oc-batch: 0/2 done, 0 failed, 0.0/s, 0 tokens/s'
	assert_equal "$(cat without quiet)" ''
}

@test 'progress: the summary counts what the server has cut short' {
	serve - <<-'END'
		body {"choices":[{"message":{"content":"a"},"finish_reason":"length"}]}
		---
		body {"choices":[{"message":{"content":"b"},"finish_reason":"content_filter"}]}
		---
		status 400
		body {}
		---
		answer c
	END
	questions 5 >in
	run -1 --separate-stderr oc-batch -P 1 in
	assert_regex "${stderr_lines[1]}" '^oc-batch: 5 lines: 4 answered \(2 cut short by the server\), 1 failed \(1 with status 65\); '
}
