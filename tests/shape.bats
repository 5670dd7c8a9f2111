#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2154 # Markdown; bats sets some
# The part of an answer that is wanted: --extract, fences around JSON, thinking in the content.

load helpers

setup() {
	oc_setup
	echo '{"type":"object","required":["a"]}' >schema
}

# answers TEXT...: a server that answers so, one after the other; \n are JSON's.
answers() {
	printf 'answer %s\n---\n' "$@" | sed '$d' >script
	serve script
}

@test 'extract: what is in the first fenced code block' {
	local prose='Here it is:\n\n````sh\nls\n```\n````\nEnjoy!\n```\nnot this\n```\n'
	answers "$prose" "$prose" "$prose" 'no block'
	run -0 --separate-stderr oc-complete -p x -x
	assert_equal "$output$stderr" $'ls\n```'
	run -0 oc-complete -p x --extract -j
	assert_equal "$(jq -r .content <<<"$output")" $'ls\n```'
	run -0 oc-complete -p x
	assert_line 'not this'
	run -0 oc-complete -p x -x
	assert_output 'no block'
}

@test 'extract: an empty block is an empty answer' {
	answers 'a\n```\n```\nb'
	run -0 --separate-stderr oc-complete -p x -x
	assert_equal "$output$stderr" ''
}

@test 'extract: what is in the block is what is checked' {
	local prose='Sure!\n```json\n{\"a\":1}\n```\nThat is all.'
	answers "$prose" "$prose" 'Sure!\n```json\n{\"b\":1}\n```' "$prose"
	run -76 --separate-stderr oc-complete -p x --schema schema
	run -0 oc-complete -p x --schema schema -x
	assert_output '{"a":1}'
	run -0 oc-complete -p x --schema schema -x --retry-invalid 1
	assert_output '{"a":1}'
	assert_equal "$(requests)" 4
}

@test 'fence: one around JSON is taken off, and nothing else' {
	local fenced='\n```json\n{\"a\": 1}\n```\n'
	answers "$fenced" "$fenced" "$fenced" 'So:\n```json\n{}\n```' '```\n```\n{}\n```\n```'
	run -0 oc-complete -p x --json-object
	assert_output '{"a": 1}'
	run -0 oc-complete -p x --schema schema -j
	assert_equal "$(jq -c .content <<<"$output")" '"{\"a\": 1}\n"'
	run -0 oc-complete -p x
	assert_line '```json'
	run -76 oc-complete -p x --json-object
	run -76 oc-complete -p x --json-object
}

@test 'fence: --check writes what is within it' {
	printf '```json\n{"a":1}\n```\n' >answer
	run -0 oc-complete --check --schema schema answer
	assert_output '{"a":1}'
	printf 'It is\n```json\n{"a":1}\n```\n' >answer
	run -76 --separate-stderr oc-complete --check --schema schema answer
	assert_output ''
	run -0 oc-complete --check --schema schema -x answer
	assert_output '{"a":1}'
}

@test 'fence: a stream is checked without it, and written with it' {
	serve - <<-'EOF'
	sse
	delta ```json\n{\"a\":
	delta 1}\n```
	finish stop
	done
	EOF
	run -0 oc-stream -p x --schema schema
	assert_output $'```json\n{"a":1}\n```'
	run -64 oc-stream -p x -x
}

@test 'batch: lines have the part that is wanted, and envelopes the body of the server' {
	answers '<think>hm</think>\nSo:\n```json\n{\"a\":1}\n```\n'{,,,}
	printf '%s\n' '{"prompt":"a"}' '{"custom_id":"e","body":{"messages":[{"role":"user","content":"b"}]}}' >in
	oc-batch -q -P 1 -x --schema schema --reasoning thoughts in >out
	assert_equal "$(jq -r 'select(.content) | .content' out)" '{"a":1}'
	assert_regex "$(jq -r 'select(.response) | .response.body.choices[0].message.content' out)" '^<think>hm'
	assert_equal "$(jq -r .reasoning thoughts | head -n 1)" hm
	run -1 oc-batch -q -P 1 --json-object <<<'"a"'
	run -0 oc-batch -q -P 1 --keep-think <<<'"a"'
	assert_regex "$(jq -r .content <<<"$output")" '^<think>hm</think>'
}

@test 'cache: what is kept is the whole answer' {
	answers 'So:\n```\ncode\n```\n'
	run -0 oc-complete -p x -x --cache kept
	assert_output code
	run -0 oc-complete -p x --cache kept
	assert_line So:
	run -0 oc-complete -p x --cache kept -x
	assert_output code
	echo '{"messages":[{"role":"user","content":"x"}]}' >in
	run -0 oc-batch -q -x --cache kept in
	assert_equal "$(jq -r .content <<<"$output")" code
	assert_equal "$(requests)" 1
}

@test 'cache: thinking that is to stay in the answer is kept with it' {
	answers '<think>hm</think>\nSo.'
	for _ in 1 2; do
		run -0 oc-complete -p x --keep-think --cache kept
		assert_output $'<think>hm</think>\nSo.'
	done
	run -0 oc-complete -p x --cache kept --offline
	assert_output So.
	assert_equal "$(requests)" 1
}

@test 'chat: what is remembered is the whole answer, without its thinking' {
	answers '<think>hm</think>\nSo:\n```\ncode\n```\n'
	run -0 oc-complete -p x -x --chat talk
	assert_output code
	assert_equal "$(tail -n 1 talk | jq -r .content)" $'So:\n```\ncode\n```'
}
