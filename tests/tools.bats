#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154 # bats sets some
# Tools that a model may call: what is sent, and what comes out where it calls some. How servers cut
# calls into pieces is in tests/unit/test-calls.c and in the wire cases.

load helpers

setup() {
	oc_setup
	echo '{"name":"weather","parameters":{"type":"object"}}' >tools.json
}

# calling MESSAGE [FINISH]: a server that answers with this message.
calling() {
	serve - <<-END
		body {"id":"a","model":"m","choices":[{"index":0,"message":{"role":"assistant",$1},"finish_reason":"${2:-tool_calls}"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}
	END
}
CALLS='"content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}}]'
LINE='{"id":"c1","name":"weather","arguments":{}}'

@test 'tools: an array, an object, JSON Lines and functions alone are sent as tools' {
	export OLLAMA_CLOUD_MODEL=m
	sent() {
		oc-complete --dry-run -p x --tools "$@" | jq -c .tools
	}
	local f='{"type":"function","function":{"name":"f"}}'
	echo "[$f,{\"name\":\"g\"},{\"type\":\"web_search\"}]" >array
	printf '%s\n\n%s\r\n' "$f" '{"name":"g","description":"d","parameters":{},"strict":true}' >lines
	printf '{\n "name": "f"\n}\n' >one
	assert_equal "$(sent array)" "[$f,${f/f\"\}/g\"\}},{\"type\":\"web_search\"}]"
	assert_equal "$(sent lines)" "[$f,{\"type\":\"function\",\"function\":{\"name\":\"g\",\"description\":\"d\",\"parameters\":{},\"strict\":true}}]"
	assert_equal "$(sent one)" "[$f]"
	assert_equal "$(sent - <one)" "[$f]"
}

@test 'tools: what is none is status 65, and says why' {
	nobody_is_asked
	local none='the tools are no array with something in it'
	: >empty
	ends 65 'there are no tools in empty' oc-complete -p x --tools empty
	ends 66 'cannot read missing: No such file or directory' oc-complete -p x --tools missing
	for text in '[]' '1' '"x"'; do
		ends 65 "$none" oc-stream -p x --tools - <<<"$text"
	done
	ends 65 'tool 2 is no object with a "type"' oc-complete -p x --tools - <<<'[{"name":"f"},1]'
	ends 65 'tool 1 is of type "function", and has no "function" with a "name"' \
		oc-complete -p x --tools - <<<'{"type":"function","name":"f"}'
	ends 65 'standard input: a function has no member "input_schema"' \
		oc-complete -p x --tools - <<<'{"name":"f","input_schema":{}}'
	run -65 --separate-stderr oc-complete -p x --tools - <<<'{"name":'
	[[ $stderr == 'oc-complete: the tools are unusable: not JSON at byte '* ]]
}

@test 'tools: --tool-choice is a word, or the name of one of them' {
	export OLLAMA_CLOUD_MODEL=m
	chosen() {
		oc-complete --dry-run -p x --tools tools.json --tool-choice "$1" | jq -c .tool_choice
	}
	for word in auto none required; do
		assert_equal "$(chosen $word)" "\"$word\""
	done
	assert_equal "$(chosen weather)" '{"type":"function","function":{"name":"weather"}}'
	ends 64 'the tool "clock" that is to be called is none of those that are given' \
		oc-complete -p x --tools tools.json --tool-choice clock
	ends 64 '--tool-choice needs --tools' oc-complete -p x --tool-choice auto
	ends 64 'the choice of a tool is no word' oc-complete -p x --tools tools.json --tool-choice ''
}

@test 'tools: calls are status 4, in the report, too' {
	calling "$CALLS"
	run -4 --separate-stderr oc-complete -p x --tools tools.json --report r
	assert_output "$LINE"
	assert_equal "$stderr" ''
	assert_equal "$(jq -c '[.finish_reason,.exit_status,.usage.total_tokens]' r)" '["tool_calls",4,5]'
	run -4 oc-stream -p x --tools tools.json
	assert_output "$LINE"
	run -4 oc-complete -p x --tools tools.json --raw
	assert_output "$LINE"
}

@test 'tools: a file gets the calls, unless they were cut short' {
	calling "$CALLS"
	echo old >out
	run -4 oc-complete -p x --tools tools.json -o out
	assert_equal "$(<out)" "$LINE"
	calling "$CALLS" length
	run -3 --separate-stderr oc-complete -p x --tools tools.json -n 2 -o out2
	[ ! -e out2 ]
	assert_equal "$stderr" 'oc-complete: the answer was cut short within its tool calls (finish reason length); out2 is left as it was, and --keep-partial would take the answer as it is'
	run -3 oc-complete -p x --tools tools.json -n 2 -o out2 --keep-partial
	assert_equal "$(<out2)" "$LINE"
}

@test 'tools: what cannot be written is 74' {
	calling "$CALLS"
	run -74 bash -c 'oc-complete -p x --tools tools.json >/dev/full'
	run -74 bash -c 'oc-stream -p x --tools tools.json >/dev/full'
}

@test 'tools: nothing was offered, and so calls are no answer' {
	calling "$CALLS"
	ends 76 "$URL: the answer is tool calls only (weather), without content" oc-complete -p x
	calling '"content":"Hi","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]'
	run -0 oc-complete -p x -j
	assert_output '{"content":"Hi","model":"m","usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5},"finish_reason":"tool_calls","id":"a"}'
}

@test 'tools: -q does not tell what the model says beside its calls' {
	calling "${CALLS/null/\"Let me see.\"}"
	run -4 --separate-stderr oc-complete -q -p x --tools tools.json
	assert_output "$LINE"
	assert_equal "$stderr" ''
}

@test 'tools: calls are not asked for again because they have not the form' {
	calling "$CALLS"
	run -4 oc-complete -p x --tools tools.json --json-object --retry-invalid 3
	assert_equal "$(requests)" 1
	run -4 oc-stream -p x --tools tools.json --json-object
}

@test 'tools: a batch line that calls tools is answered' {
	calling "$CALLS"
	printf '%s\n' '"a"' '{"prompt":"b","tools":[{"type":"function","function":{"name":"weather"}}]}' >in
	run -0 --separate-stderr oc-batch --tools tools.json --report r -o out <in
	assert_equal "$(jq -c '[.content,.tool_calls,.finish_reason,.error]' out)" \
		"$(printf '%s\n' "[\"\",[$LINE],\"tool_calls\",null]" "[\"\",[$LINE],\"tool_calls\",null]")"
	assert_equal "$(jq -c .exit_status r | sort -u)" 4
	[[ $stderr == *'2 answered, 0 failed'* ]]
	run -0 --separate-stderr oc-batch --tools tools.json --resume -o out <in
	[[ $stderr == *'2 kept from an earlier run'* ]]
	assert_equal "$(requests)" 2
	run -1 --separate-stderr oc-batch <<<'"a"'
	[[ $output == *'the answer is tool calls only (weather), without content'* ]]
}

@test 'tools: what was said in calls does not drive a terminal' {
	calling '"content":null,"tool_calls":[{"id":"\u001b","function":{"name":"f\u001b[2J","arguments":"x"}}]'
	run -4 oc-complete -p x --tools tools.json
	assert_output '{"id":"\u001b","name":"f\u001b[2J","arguments":"x"}'
}

@test 'tools: calls are kept in a cache, and given again' {
	calling "$CALLS"
	run -4 oc-complete -p x --tools tools.json --cache dir
	for tool in oc-complete oc-stream; do
		run -4 "$tool" -p x --tools tools.json --cache dir --offline
		assert_output "$LINE"
	done
	run -0 oc-batch --tools tools.json --cache dir --offline <<<'"x"'
	assert_equal "$(jq -c .tool_calls <<<"${lines[0]}")" "[$LINE]"
	run -0 oc-batch --tools tools.json --cache dir <<<'"y"'
	run -0 oc-batch --tools tools.json --cache dir --offline <<<'"y"'
	assert_equal "$(requests)" 2
}

@test 'tools: --set and --body may have them, too' {
	calling "$CALLS"
	run -4 oc-complete -p x --set 'tools=[{"type":"function","function":{"name":"weather"}}]' --tool-choice auto
	assert_output "$LINE"
	run -76 oc-complete -p x --tools tools.json --unset tools
	echo '{"functions":[{"name":"weather"}]}' >body
	run -4 oc-complete -p x --body body
	run -0 oc-batch --body body <<<'"x"'
	[[ $output == *'"tool_calls":['* ]]
}

@test 'tools: calls that a server numbers alike are several' {
	serve - <<-'END'
		sse
		data {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"weather","arguments":"{}"}}]}}]}
		data {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"weather","arguments":"{}"}}]}}]}
		finish tool_calls
		done
	END
	run -4 oc-complete -p x --tools tools.json
	assert_equal "$(jq -r .id <<<"$output" | tr -d '\n')" ab
	run -4 oc-complete -p x --tools tools.json --no-stream
	assert_equal "$(jq -r .id <<<"$output" | tr -d '\n')" ab
}
