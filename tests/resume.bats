#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # text for other shells; tests are subshells; set by run
# oc-batch: the file of answers, and how a run is taken up again.

load helpers
load batch

setup() {
	oc_setup
	export OLLAMA_CLOUD_MODEL=m
}

@test 'output: a file that has answers is not added to without --resume' {
	serve_echo
	echo '"1"' >in
	oc-batch -q -o out in
	cp out before
	run -73 oc-batch -o out in
	assert_output 'oc-batch: out has answers already: --resume adds those that are missing; or remove the file'
	cmp out before
	run -73 oc-batch -o missing/out in
	assert_equal "$(requests)" 1
}

@test 'output: two runs do not write to one file' {
	serve - <<<'stall'
	echo '"1"' >in
	batch -q -o out in
	wait_for_event ' request 1 '
	run -73 oc-batch --resume -o out in
	assert_output 'oc-batch: out is being written by another oc-batch'
	kill -KILL "$PID"
}

@test 'resume: a finished file is left alone, and nothing is asked' {
	serve_echo
	questions 50 >in
	oc-batch -q -P 8 -o out in
	cp -p out before
	run -0 --separate-stderr oc-batch --resume -o out in
	assert_regex "$stderr" '^oc-batch: 50 lines: 0 answered, 0 failed, 50 kept from an earlier run;'
	cmp out before
	assert_equal "$(stat -c %y out)" "$(stat -c %y before)"
	assert_equal "$(requests)" 50
}

@test 'resume: a torn last line is cut off, wherever it was torn' {
	serve_echo
	questions 3 >in
	oc-batch -q -o whole in
	local n last
	last=$(tail -n 1 whole | wc -c)
	for n in 1 2 20 $((last - 1)) "$last"; do
		head -c -"$n" whole >out
		oc-batch -q --resume -o out in
		cmp out whole
	done
	assert_equal "$(requests)" 8
}

@test 'resume: what failed is asked again, and no failure stays' {
	serve --fail 2:400 --model --serve m --echo
	questions 20 >in
	run -1 oc-batch -q -P 1 -o out in
	assert_equal "$(grep -c '"error"' out)" 10
	run -1 oc-batch -q -P 1 --resume -o out in
	assert_equal "$(grep -c '"error"' out)" 5
	stop_fake
	serve_echo
	oc-batch -q --resume -o out in
	all_answered 20 out
	assert_equal "$(requests)" 5
}

@test 'resume: a request that has changed is asked again, and its old answer goes' {
	serve_echo
	printf '%s\n' '{"custom_id":"a","prompt":"1"}' '{"custom_id":"b","prompt":"2"}' '"3"' >in
	oc-batch -q -P 1 -o out in
	printf '%s\n' '{"custom_id":"b","prompt":"2"}' '{"custom_id":"a","prompt":"one"}' '"3"' >in
	run -0 --separate-stderr oc-batch --resume -o out in
	assert_equal "$(requests)" 4
	assert_equal "$(jq -c '[.custom_id,.content]' out)" $'["b","2"]\n[null,"3"]\n["a","one"]'
	assert_equal "${stderr_lines[0]}" 'oc-batch: dropped 1 answers to requests that have changed'
	oc-batch -q --resume -o out in
	assert_equal "$(requests)" 4
}

@test 'resume: other options are other requests; answers without a line stay' {
	serve_echo
	questions 3 >in
	oc-batch -q -P 1 -o out in
	questions 2 >in
	oc-batch -q -P 1 -t 1 --resume -o out in
	assert_equal "$(requests)" 5
	assert_equal "$(jq .line out)" $'3\n1\n2'
}

@test 'resume: two lines with one custom_id are two lines' {
	serve_echo
	printf '%s\n' '{"custom_id":"a","prompt":"1"}' '{"custom_id":"a","prompt":"2"}' \
		'{"custom_id":"a","prompt":"1"}' >in
	oc-batch -q -P 1 -o out in
	sed -i 2d out
	oc-batch -q -P 1 --resume -o out in
	assert_equal "$(requests)" 4
	assert_equal "$(jq -r .content out)" $'1\n1\n2'
}

@test 'resume: answers of other tools in the form of the OpenAI API count by their custom_id' {
	serve_echo
	echo '{"id":"vllm-1","custom_id":"a","response":{"status_code":200,"request_id":"r","body":{}},"error":null}' >out
	printf '%s\n' '{"custom_id":"a","body":{"messages":[]}}' \
		'{"custom_id":"b","body":{"messages":[{"role":"user","content":"b"}]}}' >in
	oc-batch -q --resume -o out in
	assert_equal "$(jq -r .custom_id out)" $'a\nb'
	assert_equal "$(requests)" 1
}

@test 'resume: what other tools say has failed is asked again' {
	serve_echo
	cat >out <<-'END'
		{"custom_id":"a","response":{"status_code":400,"body":{"error":{"message":"no"}}},"error":null}
		{"custom_id":"b","response":{"status_code":200,"body":{}},"error":"no"}
		{"custom_id":"c","response":{"status_code":200,"body":{}},"error":{}}
	END
	printf '{"custom_id":"%s","body":{"messages":[]}}\n' a b c >in
	run -0 oc-batch --resume -o out in
	assert_line --regexp '^oc-batch: 3 lines: 2 answered, 0 failed, 1 kept'
	assert_equal "$(requests)" 2
}

@test 'resume: whatever an answer is made of, it is read back' {
	local bracket
	bracket=$(printf '%0127d' 0)
	serve - <<-END
		header X-Request-Id: $(printf 'caf\xe9')
		bytes \\xef\\xbb\\xbf{"choices":[{"message":{"content":"\\\\ud800"},"finish_reason":"stop"}]}
		---
		body {"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"x":${bracket//0/[}${bracket//0/]}}
		---
		answer ok
	END
	printf '{"custom_id":"%s","body":{"messages":[]}}\n' a b c >in
	run -1 oc-batch -q -P 1 -o out in
	assert_equal "$(jq -c '[.custom_id, .response.request_id, .error.code]' out)" \
		$'["a","caf\xef\xbf\xbd",null]\n["b","","76"]\n["c","chatcmpl-1",null]'
	assert_regex "$(jq -r 'select(.error).error.message' out)" \
		'^the answer does not fit into a line of JSON: .* nested too deeply$'
	oc-batch -q -P 1 --resume -o out in
	assert_equal "$(requests)" 4
}

@test 'resume: a file that is something else is left alone' {
	serve_echo
	echo '"1"' >in
	local other
	for other in 'some text\n' 'some text' '{"a":1}\n' '{"content":"x"}\n{}\n'; do
		# shellcheck disable=SC2059
		printf "$other" >out
		cp out before
		run -65 oc-batch --resume -o out in
		assert_output --regexp '^oc-batch: out cannot be resumed: line 1 is no answer of a batch$'
		cmp out before
	done
	assert_equal "$(requests)" 0
}

@test 'resume: an answer whose turn to be written had not come is not lost' {
	serve - <<-'END'
		status 500
		body {}
		---
		answer ok
	END
	questions 3 >in
	batch -q -P 1 --backoff-factor 60 -o out in
	wait_for lines_in out.ahead 2
	kill -KILL "$PID"
	[ ! -s out ]
	run -73 oc-batch -o out in
	assert_output --partial 'oc-batch: out.ahead has answers already: '
	printf '{"custom_id":null,"li' >>out.ahead
	stop_fake
	serve_echo
	run -0 --separate-stderr oc-batch -o out --resume in
	assert_equal "$(requests)" 1
	assert_equal "$(jq -c '[.line,.content]' out)" $'[2,"ok"]\n[3,"ok"]\n[1,"1"]'
	[ ! -e out.ahead ]
}

@test 'resume: twenty times killed, and every line is answered exactly once' {
	serve --latency 2 --model --serve m --echo
	local n=400 parallel=4 kills=20 kill
	questions $n >in
	mkfifo endless # so that no run ends before it is killed
	exec 9<>endless
	for ((kill = 1; kill <= kills; kill++)); do
		batch -q -P $parallel --resume -o out in endless
		wait_for lines_in out $((kill * n / (kills + 2)))
		kill -KILL "$PID"
		wait "$PID" || :
	done
	exec 9<&-
	oc-batch -q -P $parallel --resume -o out in
	all_answered $n out
	# Only what was under way is asked twice.
	[ "$(requests)" -le $((n + kills * parallel)) ]
	[ ! -e out.ahead ]
	oc-batch -q --resume -o out in
	all_answered $n out
}

@test 'ends: a file that may not grow has whole lines only, and is resumed' {
	serve_echo
	questions 40 >in
	(
		trap '' XFSZ
		ulimit -f 1 # KiB
		oc-batch -q -o out in 2>err && exit 99
		[ $? = 74 ]
	)
	assert_equal "$(cat err)" 'oc-batch: cannot write to out: File too large'
	assert_equal "$(tail -c 1 out)" ''
	jq -e .content out >/dev/null
	[ "$(wc -l <out)" -ge 5 ]
	oc-batch -q --resume -o out in
	all_answered 40 out
}
