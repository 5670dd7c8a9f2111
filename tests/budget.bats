#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154 # variables of bats
# --budget: how many tokens a report may have before another request is made; oc-usage --since: the same window.

load helpers
load batch

# ago SECONDS TOKENS: a line of a report, of so long ago.
ago() {
	jq -nc --arg time "$(date -u -d "@$(($(date +%s) - $1))" +%FT%TZ)" --argjson tokens "$2" \
		'{time: $time, tool: "oc-complete", model: "m", usage: {total_tokens: $tokens}}'
}

@test 'budget: no request is made when it is used up' {
	serve - <<<'answer ok' # 5 tokens
	local COMMAND
	for COMMAND in oc-complete oc-stream; do
		rm -f report
		run -0 $COMMAND -q --report report --budget 6 -p x
		run -0 $COMMAND -q --report report --budget 6 -p x
		ends 77 'the budget of 6 tokens is used up: report has 10' \
			$COMMAND -q --report report --budget 6 -p x
	done
	assert_equal "$(requests)" 4
}

@test 'budget: its windows roll' {
	serve - <<<'answer ok'
	{ ago 700000 1000; ago 600000 100; ago 80000 10; ago 3000 1; } >report
	cp report before
	run -77 oc-complete --report report --budget 1/h -p x
	assert_output --regexp 'the budget of 1 tokens an hour is used up: report has 1 since 20..-..-..T..:..:..Z; there will be some again at 20'
	run -77 oc-complete --report report --budget 11/d -p x
	assert_output --partial '11 tokens a day is used up: report has 11 since'
	run -77 oc-complete --report report --budget 111/w -p x
	assert_output --partial '111 tokens a week is used up: report has 111 since'
	run -77 oc-complete --report report --budget 1111 -p x
	assert_output --partial '1111 tokens is used up: report has 1111'
	assert_equal "$(requests)" 0
	local budget
	for budget in 2/h 12/d 112/w 1112; do
		cp before report
		OLLAMA_CLOUD_REPORT=report OLLAMA_CLOUD_BUDGET=$budget run -0 oc-complete -q -p x
	done
	assert_equal "$(requests)" 4
	# What oc-usage shows is what the budget sees.
	assert_equal "$(oc-usage --field total --since 1h before)" 1
	assert_equal "$(oc-usage --field total --since 1d before)" 11
	assert_equal "$(oc-usage --field total --since 1w before)" 111
}

@test 'budget: when there will be some again is when enough has left the window' {
	serve - <<<'answer ok'
	local now stamp
	now=$(($(date +%s) - 1000))
	stamp=$(date -u -d "@$now" +%FT%TZ)
	{ ago 3000 50; jq -nc --arg time "$stamp" '{time: $time, usage: {total_tokens: 10}}'; ago 500 5; } >report
	run -77 oc-complete --report report --budget 12/h -p x
	assert_output "oc-complete: the budget of 12 tokens an hour is used up: report has 15 since $stamp; there \
will be some again at $(date -u -d "@$((now + 3600))" +%FT%TZ)"
}

@test 'budget: clocks that were set back, torn lines and lines of others' {
	serve - <<<'answer ok'
	{
		ago 60 1
		printf '{"time":"2026-11-25T00:00:0\n'
		echo '{"usage":{"total_tokens":1000}}'
		ago -5000 10
	} >report
	run -77 oc-complete -v --report report --budget 11/h -p x
	assert_line 'oc-complete: 11 of 11 tokens are used up'
	assert_line 'oc-complete: 1 records in report are from the future, and count'
	assert_line 'oc-complete: 1 records in report name no time, and 1 lines cannot be read: they do not count'
	run -0 --separate-stderr oc-usage --since 1h --field total <(sed 2d report)
	assert_output 11
	assert_regex "$stderr" 'oc-usage: 1 of the records name no time: they are not counted
oc-usage: 1 of the records are from the future: they are counted$'
}

@test 'budget: it fails closed' {
	serve - <<<'answer ok'
	ends 64 'a budget needs a report: --report FILE, or OLLAMA_CLOUD_REPORT' oc-complete --budget 5 -p x
	ends 66 'a budget needs a report that can be read, and /dev/null cannot, or is no file' \
		oc-complete --budget 5 --report /dev/null -p x
	mkfifo pipe
	exec 7<>pipe
	ends 66 'a budget needs a report that can be read, and pipe cannot, or is no file' \
		oc-complete --budget 5 --report pipe -p x
	exec 7>&-
	ends 73 'cannot open the report none/report: No such file or directory' \
		oc-batch --budget 5 --report none/report <<<'"x"'
	ends 73 'cannot open the report .: Is a directory' oc-stream --budget 5 --report . -p x
	local value
	for value in 0 5/m 5h -1 99999999999999999999 5/d/d; do
		ends 64 "option --budget: \"$value\" is not a number of tokens like 200000, 20000/h, 200000/d or 1000000/w" \
			oc-complete --budget $value --report report -p x
	done
	OLLAMA_CLOUD_BUDGET=5x ends 64 'OLLAMA_CLOUD_BUDGET: "5x" is not a number of tokens like 200000, 20000/h, 200000/d or 1000000/w' \
		oc-complete --report report -p x
	assert_equal "$(requests)" 0
}

@test 'budget: a report that cannot be written any more ends a batch' {
	[ -z "$WRAP" ] || skip 'valgrind writes files itself'
	serve - <<<'answer ok'
	questions 5 >in
	ago 90000 1 >report
	truncate -s 1020 report
	echo >>report
	run -74 bash -c 'ulimit -f 1; exec oc-batch -q -P 1 --budget 100/d --report report in'
	assert_equal "$(requests)" 1
}

@test 'budget: oc-batch ends with 77 in its midst, and goes on from there' {
	serve - <<<'answer ok'
	questions 10 >in
	run -77 --separate-stderr oc-batch -q -P 1 --report report --budget 23/d -o out in
	assert_equal "$(jq -c 'select(.content) | .line' out | paste -sd ' ')" '1 2 3 4 5'
	assert_equal "$(jq -c 'select(.error) | [.line, .error.status]' out)" '[6,77]'
	assert_regex "$stderr" '^oc-batch: line 6: the budget of 23 tokens a day is used up: report has 25 since '
	assert_equal "$(requests)" 5
	cp out before
	run -77 oc-batch -q -P 1 --report report --budget 23/d -o out --resume in
	diff out before
	run -0 oc-batch -q --report report --budget 1000/d -o out --resume in
	assert_equal "$(jq -c 'select(.content) | .line' out | sort -n | paste -sd ' ')" '1 2 3 4 5 6 7 8 9 10'
	assert_equal "$(requests)" 10
}

@test 'budget: what others add to the report counts at once' {
	serve_held
	questions 3 >in
	oc-batch -q -P 1 --report report --budget 100/d in >out 2>err 3>&- &
	local pid=$!
	wait_for_event ' request 1 '
	ago 5 200 >>report
	: >go
	ended 77 $pid
	assert_equal "$(requests)" 1
	assert_equal "$(jq -c '[.line, .content, .error.status]' out)" $'[1,"ok",null]\n[2,null,77]'
}

@test 'budget: one that waited for a slot looks again' {
	export XDG_RUNTIME_DIR=$T
	serve_held
	oc-complete -q --slots 1 --report report -p first >out 3>&- &
	local first=$!
	wait_for_event ' request 1 '
	oc-complete -v --slots 1 --report report --budget 5/d -p second >out2 2>err 3>&- &
	local pid=$!
	wait_for grep -q 'waiting for a turn' err
	ago 1 5 >>report
	: >go
	wait $first
	ended 77 $pid
	assert_equal "$(requests)" 1
}

@test 'budget: a kept answer is given, and costs nothing' {
	serve - <<<'answer ok'
	export OLLAMA_CLOUD_CACHE=$T/cache OLLAMA_CLOUD_REPORT=$T/report
	run -0 oc-complete -q --budget 5/d -p x
	run -0 oc-complete -q --budget 5/d -p x
	assert_output ok
	run -77 oc-complete -q --budget 5/d -p y
	run -0 oc-complete -q --budget 6/d -p y
	assert_equal "$(requests)" 2
}

@test 'budget: a dry run needs no report' {
	OLLAMA_CLOUD_BUDGET=5 run -0 oc-complete -m m --dry-run -p x
}

@test 'since: durations and times, for all forms of records' {
	{ ago 7000 10; ago 100 1; } >report
	assert_equal "$(oc-usage --since 1h --field total report)" 1
	assert_equal "$(oc-usage --since 120m --field total report)" 11
	assert_equal "$(oc-usage --since 99s --field records report)" 0
	assert_equal "$(oc-usage --since 1h --tsv report | cut -f 1,2)" "$(oc-usage --tsv <(ago 100 1) | cut -f 1,2)"
	printf '{"time":"2026-11-25T12:00:0%sZ","usage":{"total_tokens":%s}}\n' 0 1 1 10 2 100 >report
	assert_equal "$(oc-usage --since 2026-11-25T12:00:01Z --field total report 2>/dev/null)" 110
	assert_equal "$(oc-usage --since 2026-11-25T13:00:02+01:00 --field total <report 2>/dev/null)" 100
	run -1 oc-usage --since 2026-11-25T12:00:01Z --max-total 109 report
	local value
	for value in 1 d 1y yesterday 2026-11-25 ''; do
		ends 64 "option --since: \"$value\" is neither like 12h, 1d or 2w nor like 2026-11-25T17:44:22Z" \
			oc-usage --since "$value" report
	done
}
