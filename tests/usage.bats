#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2094,SC2154 # tests are subshells; files are only read; set by run
# oc-usage: what it reads, how it shows it, budgets and prices, and what it says of bad input.

load helpers

setup() {
	oc_setup
	# One of each kind of record, of which the last has no counts.
	cat >ledger <<-'END'
		{"content":"Hello","model":"llama3.3","usage":{"input_tokens":3,"output_tokens":4,"total_tokens":7},"finish_reason":"stop","id":"a"}
		{"time":"2026-01-02T03:04:05Z","tool":"oc-stream","model":"phi4","usage":{"input_tokens":1000,"output_tokens":200,"total_tokens":1200},"finish_reason":"stop","id":"b","exit_status":0,"http_status":200,"attempts":1,"seconds":0.5}
		{"custom_id":"c","line":3,"content":"x","model":"phi4","usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2},"finish_reason":"stop"}
		{"id":"batch_req_1","custom_id":"d","response":{"status_code":200,"request_id":"r","body":{"model":"phi4","usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}},"error":null}
		{"id":"e","object":"chat.completion","model":"gpt-oss:120b","choices":[{"index":0,"message":{"role":"assistant","content":"\"usage\":{\"input_tokens\":99}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":30,"total_tokens":50}}
		{"content":"one "}
		{"content":"two"}
		{"model":"llama3.3","usage":{"input_tokens":5,"output_tokens":2,"total_tokens":7},"finish_reason":"stop","id":"f"}
		{"custom_id":"g","line":9,"error":{"status":75,"http_status":503,"message":"overloaded"}}
	END
}

partly='oc-usage: 1 of 7 records do not say all of their tokens: the sums are what is known'

# ---- forms --------------------------------------------------------------------------------------

@test 'a table with a row a model, and a total' {
	run -0 --separate-stderr oc-usage ledger
	assert_output - <<-'END'
		MODEL         RECORDS  UNCOUNTED  INPUT  OUTPUT  TOTAL
		gpt-oss:120b        1          0     20      30     50
		llama3.3            2          0      8       6     14
		phi4                3          0  1,011     206  1,217
		(unknown)           1          1      0       0      0
		total               7          1  1,039     242  1,281
	END
	assert_equal "$stderr" "$partly"
}

@test '--json is the same as one object' {
	run -0 --separate-stderr oc-usage --json ledger
	assert_equal "${#lines[@]}" 1
	jq -e '. == {"models": [
			{"model": "gpt-oss:120b", "records": 1, "uncounted": 0, "input_tokens": 20, "output_tokens": 30, "total_tokens": 50},
			{"model": "llama3.3", "records": 2, "uncounted": 0, "input_tokens": 8, "output_tokens": 6, "total_tokens": 14},
			{"model": "phi4", "records": 3, "uncounted": 0, "input_tokens": 1011, "output_tokens": 206, "total_tokens": 1217},
			{"model": null, "records": 1, "uncounted": 1, "input_tokens": 0, "output_tokens": 0, "total_tokens": 0}],
		"records": 7, "uncounted": 1, "input_tokens": 1039, "output_tokens": 242, "total_tokens": 1281, "bad": 0}' <<<"$output"
}

@test '--tsv has a heading, the rows, and the total last' {
	run -0 --separate-stderr oc-usage --tsv ledger
	assert_line --index 0 "$(printf 'model\trecords\tuncounted\tinput_tokens\toutput_tokens\ttotal_tokens')"
	assert_line --index 3 "$(printf 'phi4\t3\t0\t1011\t206\t1217')"
	assert_line --index 4 "$(printf '\t1\t1\t0\t0\t0')"
	assert_line --index 5 "$(printf 'total\t7\t1\t1039\t242\t1281')"
}

@test '--field is one number' {
	local field
	for field in input:1039 output:242 total:1281 records:7; do
		run -0 --separate-stderr oc-usage -q --field "${field%:*}" ledger
		assert_output "${field#*:}"
		assert_equal "$stderr" ''
	done
	ends 64 'option --field: "cost" is not input, output, total or records' oc-usage --field cost
	ends 64 'option --json: --json, --tsv and --field exclude each other' \
		oc-usage --field total --json
}

@test '--price adds exact costs' {
	run -0 oc-usage -q --price 0.15:0.6 ledger
	assert_line --index 0 'MODEL         RECORDS  UNCOUNTED  INPUT  OUTPUT  TOTAL        COST'
	assert_line --index 3 'phi4                3          0  1,011     206  1,217  0.00027525'
	assert_line --index 5 'total               7          1  1,039     242  1,281  0.00030105'
	run -0 oc-usage -q --price 0.15:0.6 --json ledger
	assert_output --partial '"cost":0.00030105,'
	run -0 oc-usage -q --price 1000:1000 --tsv ledger
	assert_line --index 5 "$(printf 'total\t7\t1\t1039\t242\t1281\t1.281')"
	ends 64 'option --price: "3" is not IN:OUT, two prices like 0.15:0.6, from 0 to 1000000 with up to six decimals' \
		oc-usage --price 3
}

@test 'on a terminal a name cannot drive it' {
	printf '{"model":"a\\u001b[2Jb\\tc"}\n' >odd
	run -0 oc-usage -q odd
	assert_line --index 1 --partial 'a\x1b[2Jb\x09c '
	run -0 oc-usage -q --tsv odd
	assert_line --index 1 --partial "$(printf 'a\\x1b[2Jb\\x09c\t1')"
	oc-usage -q --json odd | jq -e '.models[0].model == "a\u001b[2Jb\tc"'
}

# ---- budgets ------------------------------------------------------------------------------------

@test 'a budget that is exceeded is status 1, and the output is still there' {
	run -0 oc-usage -q --max-input 1039 --max-output 242 --max-total 1281 ledger
	run -1 --separate-stderr oc-usage -q --field total --max-input 1038 ledger
	assert_output 1281
	assert_equal "$stderr" 'oc-usage: 1039 input tokens are over the budget of --max-input 1038'
	run -1 --separate-stderr oc-usage -q --max-output 0 --max-total 5 ledger
	assert_line --partial 'total '
	assert_equal "$stderr" 'oc-usage: 242 output tokens are over the budget of --max-output 0
oc-usage: 1281 total tokens are over the budget of --max-total 5'
	ends 64 'option --max-total: "1e3" is not a whole number from 0 up' oc-usage --max-total 1e3
}

# ---- input --------------------------------------------------------------------------------------

@test 'files in order, - and nothing are standard input' {
	run -0 oc-usage -q --field records ledger - ledger <ledger
	assert_output 21
	run -0 oc-usage -q --field records <ledger
	assert_output 7
	: >empty
	run -0 oc-usage --field records empty
	assert_output 0
	ends 66 'cannot read no-such-file: No such file or directory' oc-usage ledger no-such-file
}

@test 'whole documents, several, pretty-printed or in an array' {
	grep -v '^{"content":"[ot]' ledger >records
	jq . records | oc-usage --json -q >pretty
	jq -s . records | oc-usage --json -q >array
	jq -sc . records | oc-usage --json -q >compact
	tr -d '\n' <records | oc-usage --json -q >joined
	sed 's/$/\r/; 1s/^/\xef\xbb\xbf/' records | oc-usage --json -q >windows
	oc-usage --json -q <records >wanted
	assert_equal "$(jq .records wanted)" 7
	local form
	for form in pretty array compact joined windows; do
		cmp wanted $form
	done
}

@test 'records that arrive in pieces' {
	run -0 bash -c '{ head -c 300 ledger; cat <&3; tail -c +301 ledger; } 3< <(:) |
		oc-usage -q --field total'
	assert_output 1281
}

@test 'bad lines are named, status 65, and the rest is counted' {
	sed -i '2s/$/ oops/; 4s/.$//' ledger
	run -65 --separate-stderr oc-usage -q --field total ledger
	assert_output $((1281 - 15))
	assert_equal "${stderr_lines[0]}" 'oc-usage: ledger:2:230: not JSON: a value expected'
	assert_equal "${stderr_lines[1]}" 'oc-usage: ledger:4: not JSON: the line ends too early'
}

@test 'a bad document is lost as a whole, and the message says which lines' {
	printf '{\n "model": "m",\n oops\n}\n{"usage":{"input_tokens":7,"output_tokens":1}}\n' >doc
	run -65 --separate-stderr oc-usage --field total doc
	assert_output 8
	assert_equal "$stderr" \
		'oc-usage: doc:3:2: not JSON: a name in quotes expected; lines 1 to 4 are not counted'
}

@test 'impossible counts are named, and taken as unknown' {
	cat >odd <<-'END'
		{"model":"m","usage":{"input_tokens":-3,"output_tokens":4}}
		{"model":"m","usage":{"input_tokens":1.5,"output_tokens":4}}
		{"model":"m","usage":{"input_tokens":9223372036854775808,"output_tokens":4}}
		{"model":"m","usage":{"input_tokens":null,"output_tokens":4}}
	END
	run -65 --separate-stderr oc-usage -q --tsv odd
	assert_line "$(printf 'm\t4\t4\t0\t16\t0')"
	assert_equal "${#stderr_lines[@]}" 3
	assert_equal "${stderr_lines[2]}" \
		'oc-usage: odd:3: the value of "input_tokens" is impossible, and taken as unknown'
}

@test 'sums that do not fit are not guessed' {
	printf '{"usage":{"input_tokens":9223372036854775807,"output_tokens":0}}\n%s\n' \
		'{"usage":{"input_tokens":1,"output_tokens":0}}' >big
	run -65 --separate-stderr oc-usage --field input big
	assert_output 9223372036854775807
	assert_equal "$stderr" \
		'oc-usage: big:2: not counted: the sum of the tokens does not fit in 64 bits'
}

@test 'sums that do not fit are over every budget' {
	local option max=9223372036854775807
	printf '{"usage":{"input_tokens":%s,"output_tokens":%s}}\n' $max $max >one
	printf '{"usage":{"input_tokens":%s,"output_tokens":0}}\n' $max $max >two
	for option in input output total; do
		run -1 --separate-stderr oc-usage --field total --max-$option 100 one
		assert_output 0
		assert_equal "${stderr_lines[0]}" \
			'oc-usage: one:1: not counted: the sum of the tokens does not fit in 64 bits'
		assert_equal "${stderr_lines[1]}" \
			"oc-usage: what does not fit in a sum is over the budget of --max-$option 100"
		run -1 oc-usage -q --max-$option $max two
	done
	run -65 oc-usage -q one
	run -65 oc-usage -q --max-total 100 one - <<<bad
}

@test 'a byte order mark may begin every file of a cat, and of an array' {
	{ printf '\xef\xbb\xbf'; cat ledger; printf '\xef\xbb\xbf'; cat ledger; } >both
	run -0 oc-usage -q --field total both
	assert_output 2562
}

@test 'answers from a cache are counted apart, and cost nothing' {
	sed -i '2s/"tool"/"cached":true,"tool"/' ledger
	run -0 oc-usage -q --max-total 81 --price 1000000:0 ledger
	assert_output - <<-'END'
		MODEL         RECORDS  UNCOUNTED  INPUT  OUTPUT  TOTAL   COST  CACHED
		gpt-oss:120b        1          0     20      30     50  20.00       0
		llama3.3            2          0      8       6     14   8.00       0
		phi4                2          0     11       6     17  11.00       1
		(unknown)           1          1      0       0      0   0.00       0
		total               6          1     39      42     81  39.00       1
	END
	run -0 oc-usage -q --tsv ledger
	assert_line --index 0 "$(printf 'model\trecords\tuncounted\tinput_tokens\toutput_tokens\ttotal_tokens\tcached')"
	assert_line --index 3 "$(printf 'phi4\t2\t0\t11\t6\t17\t1')"
	run -0 oc-usage -q --json ledger
	jq -e '.cached == 1 and .records == 6 and .models[2].cached == 1' <<<"$output"
}

@test 'what is no ledger does not flood standard error' {
	seq 1000 >numbers
	run -65 --separate-stderr oc-usage --field records numbers
	assert_output 0
	assert_equal "${#stderr_lines[@]}" 21
	assert_equal "${stderr_lines[20]}" 'oc-usage: 980 more like these are not shown'
}

# ---- laws ---------------------------------------------------------------------------------------

@test 'it loads no libcurl' {
	run -0 ldd "$BIN/oc-usage"
	refute_output --partial libcurl
}

@test 'memory does not grow with the input, nor with a record' {
	[ -z "$SANITIZE$WRAP" ] || skip 'measured without instruments'
	for _ in {1..2000}; do cat ledger; done >many
	{ printf '{"content":"'; head -c 40M /dev/zero | tr '\0' x; printf '","usage":{"input_tokens":1}}'; } >long
	# 16 MiB of address space beyond what is mapped at the start would not hold the record.
	run -0 bash -c 'ulimit -v 20000; exec oc-usage -q --field total many long ledger'
	assert_output $((1281 * 2001))
}

@test 'a full disk and a closed standard output are 74' {
	run -74 bash -c 'oc-usage -q ledger >/dev/full'
	run -74 bash -c 'oc-usage -q ledger >&-'
}

@test 'a reader that has gone ends it by SIGPIPE' {
	run bash -c 'exec 3> >(exec <&-); wait $!; oc-usage -q ledger >&3'
	assert_equal "$status" 141
	assert_output ''
}

@test 'it reads what oc-complete and oc-stream write' {
	serve --model
	export OLLAMA_CLOUD_MODEL=llama3.3 OLLAMA_CLOUD_REPORT=$T/report
	oc-complete -j -p 'Hello there' >answer
	oc-stream -p 'Hello there' >/dev/null
	run -0 --separate-stderr oc-usage --json answer
	assert_equal "$stderr" ''
	jq -e --slurpfile answer answer '.total_tokens == $answer[0].usage.total_tokens
		and .total_tokens > 0 and .models[0].model == "llama3.3"' <<<"$output"
	run -0 --separate-stderr oc-usage --json report
	assert_equal "$stderr" ''
	jq -e --slurpfile reports report '.records == 2 and .uncounted == 0
		and .total_tokens == ($reports | map(.usage.total_tokens) | add)' <<<"$output"
}
