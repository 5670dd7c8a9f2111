#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # variables of bats
# oc-batch --dry-run --estimate: what a batch will cost.

load helpers
load batch

@test 'estimate: lines, bytes, tokens and costs' {
	# 4 for the message, and hello, comma, world, !
	printf '{"prompt":"Hello, world!","max_tokens":%s}\n' 100 50 >in
	oc-batch -m m --dry-run in >bodies
	run -0 --separate-stderr oc-batch -m m --dry-run --estimate in
	assert_output "lines              2
bytes              $(tr -d '\n' <bodies | wc -c)
input_tokens       16
max_output_tokens  150"
	assert_equal "$stderr" ''
	run -0 oc-batch -m m --dry-run --estimate --price 0.5:2 in
	assert_line 'input_cost         0.000008'
	assert_line 'max_cost           0.000308'
}

@test 'estimate: an answer without a limit is named, and images are' {
	cat >in <<-'END'
		{"prompt":"a","max_tokens":5}
		"b"
		{"messages":[{"role":"system","content":"c"},{"role":"user","content":[{"type":"text","text":"d"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}
	END
	run -0 --separate-stderr oc-batch -m m --dry-run --estimate --price 1:1 in
	assert_output "lines              3
bytes              $(oc-batch -m m --dry-run in | tr -d '\n' | wc -c)
input_tokens       20
input_cost         0.00002"
	assert_equal "$stderr" 'oc-batch: 2 lines have no limit on their answers (--max-tokens), whose cost is not known
oc-batch: 1 images are not in the estimate'
	run -0 --separate-stderr oc-batch -q -m m -n 7 --dry-run --estimate in
	assert_line 'max_output_tokens  19'
	assert_equal "$stderr" ''
}

@test 'estimate: what the options add is in it, and what is answered already is not' {
	questions 4 >in
	oc-batch -m m --dry-run --estimate -q in >plain
	oc-batch -m m --dry-run --estimate -q -s 'Answer in French.' in >further
	assert_equal "$(awk '$1 == "input_tokens" { print $2 }' plain)" 20
	assert_equal "$(awk '$1 == "input_tokens" { print $2 }' further)" 52 # 4 x (4 + 3 words + .)
	serve - <<<'answer ok'
	oc-batch -q -o out in
	sed -i 2,3d out
	oc-batch --dry-run --estimate -q --resume -o out in >rest
	assert_equal "$(awk '$1 == "lines" { print $2 }' rest)" 2
	assert_equal "$(requests)" 4
}

@test 'estimate: bad lines are told, and the others counted' {
	printf '"a"\nno JSON\n' >in
	run -1 --separate-stderr oc-batch -m m --dry-run --estimate -n 1 in
	assert_line 'lines              1'
	assert_regex "$stderr" '^oc-batch: line 2: '
}

@test 'estimate: it is near to what the server counts' {
	serve --serve m --model # a token is a word
	grep -E '^[A-Za-z ,]{60,}' "$BATS_TEST_DIRNAME/../LICENSE" "$BATS_TEST_DIRNAME/../docs/HACKING.md" -h |
		jq -Rc '{prompt: ., max_tokens: 9}' >in
	oc-batch -q --report report ./in >out
	local count guess
	count=$(oc-usage --field input report)
	guess=$(oc-batch --dry-run --estimate ./in | awk '$1 == "input_tokens" { print $2 }')
	guess=$((guess - 4 * $(wc -l <in))) # the server counts no frames of messages
	echo "$count counted, $guess estimated" >&2
	[ $((guess * 100)) -ge $((count * 90)) ]
	[ $((guess * 100)) -le $((count * 150)) ]
	assert_equal "$(requests)" "$(wc -l <in)"
}

@test 'estimate: only where nothing is asked' {
	ends 64 '--estimate needs --dry-run' oc-batch -m m --estimate <<<'"x"'
	ends 64 '--price needs --estimate' oc-batch -m m --dry-run --price 1:1 <<<'"x"'
	ends 64 'option --price: "1" is not IN:OUT, two prices like 0.15:0.6, from 0 to 1000000 with up to six decimals' \
		oc-batch -m m --dry-run --estimate --price 1 <<<'"x"'
}
