#!/bin/sh
# SPDX-License-Identifier: MIT
# batch.sh: requests per second beside a bare libcurl multi loop, a shell pipeline and the openai npm
# client (skipped, and said so, where npm cannot install it); how near it comes to what a slow server
# allows; peak memory for few and for many lines.
. "$(dirname "$0")/bench.sh"

# questions N: as many request lines.
questions() {
	seq 1 "$1" | sed 's/.*/{"prompt":"question &"}/'
}

# rate N LABEL COMMAND...: the requests per second of commands that make N requests each.
rate() {
	requests=$1
	shift
	"$measure" -n "${rounds:-5}" "$@" | awk -v n="$requests" '
		NR == 1 { printf "%-28s %12s %12s %8s\n", "", "requests/s", "peak KiB", "ratio" }
		NR > 1 {
			label = substr($0, 1, 28)
			$0 = substr($0, 29)
			if (NR == 2) first = n / $1
			printf "%s %12.0f %12d %8.2f\n", label, 1000 * n / $1, $3, n / $1 / first
		}'
}

printf 'answer The sky scatters blue light more than red.\n' >"$tmp/answer"
questions 50000 >"$tmp/50000"
questions 4000 >"$tmp/4000"
questions 400 >"$tmp/400"
printf '%s' '{"model":"llama3.3","messages":[{"role":"user","content":"question 12345"}]}' \
	>"$tmp/body"
start "$tmp/answer"
chat=$url/v1/chat/completions

for parallel in 1 16 64; do
	title "50,000 requests, $parallel at a time"
	rate 50000 'bare libcurl multi loop' "$B/tests/bench/bare-multi $chat 50000 $parallel" \
		"oc-batch -P $parallel" "$BIN/oc-batch -q -b $url/v1 -P $parallel $tmp/50000"
done

title 'the same in the shell: 400 requests, 16 at a time'
rate 400 'xargs -P16 curl | jq' "seq 400 | xargs -P16 -I{} sh -c 'curl -s -d @$tmp/body -H Content-Type:application/json $chat | jq -c .choices[0].message.content'"
rate 50000 'oc-batch -P 16' "$BIN/oc-batch -q -b $url/v1 -P 16 $tmp/50000"

title 'the official openai client for Node: 4,000 requests, 16 at a time'
if (cd "$tmp" && npm init -y && npm install openai) >/dev/null 2>&1; then
	cp tests/bench/batch.mjs "$tmp"
	rate 4000 'openai for Node' "node $tmp/batch.mjs $url/v1 $tmp/4000" \
		'oc-batch -P 16' "$BIN/oc-batch -q -b $url/v1 -P 16 $tmp/4000"
else
	printf 'SKIPPED: npm cannot install it\n'
fi
stop

title 'streams of 10 pieces, and the same as documents: 50,000 requests, 16 at a time'
start --tokens 10 --model
rate 50000 'oc-batch --no-stream' "$BIN/oc-batch -q --no-stream -b $url/v1 -P 16 $tmp/50000" \
	oc-batch "$BIN/oc-batch -q -b $url/v1 -P 16 $tmp/50000"
stop

title 'a server that takes 200 ms for each answer; 64 at a time are at most 320 a second'
start --latency 200 --model
questions 6400 >"$tmp/6400"
rounds=1 rate 6400 'oc-batch -P 64' "$BIN/oc-batch -q -b $url/v1 -P 64 $tmp/6400"
stop

title 'peak memory for 1,000 and 1,000,000 lines, 16 at a time'
start "$tmp/answer"
questions 1000 >"$tmp/few"
questions 1000000 >"$tmp/many"
for name in few many; do
	rounds=1 rate "$(wc -l <"$tmp/$name")" "oc-batch, $name lines" \
		"$BIN/oc-batch -q -b $url/v1 -P 16 $tmp/$name"
done
