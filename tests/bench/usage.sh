#!/bin/sh
# SPDX-License-Identifier: MIT
# usage.sh: oc-usage on JSON Lines of $SIZE MiB (1024), beside jq, which computes the same sums. Half
# of the lines are reports, half of them answers of about 2 kB. `jq -s` is only asked for the first
# 64 MiB, as it holds all of its input in memory.
. "$(dirname "$0")/bench.sh"

# ledger BYTES REPORTS ANSWERS: a block of so many reports and answers in turn, over and over.
ledger() {
	awk -v reports="$2" -v answers="$3" '
	function usage(i) {
		return sprintf("\"model\":\"%s\",\"usage\":{\"input_tokens\":%d,\"output_tokens\":%d," \
			"\"total_tokens\":%d},\"finish_reason\":\"stop\",\"id\":\"chatcmpl-%d\"",
			model[i % 5 + 1], i % 4000, i % 900, i % 4000 + i % 900, i % 999)
	}
	BEGIN {
		split("llama3.3 phi4 gpt-oss:120b gemma2:27b qwen3:32b", model, " ")
		text = "A sentence of this answer, with a \\\"quotation\\\", a dash \342\200\223 and a line end.\\n" \
			"Here the next paragraph goes on for a while, as answers do. "
		for (k = 0; k < 12; k++)
			content = content text
		for (i = 0; i < 600; i++) {
			if (reports)
				printf "{\"time\":\"2026-08-21T10:%02d:%02dZ\",\"tool\":\"oc-complete\",%s," \
					"\"exit_status\":0,\"http_status\":200,\"attempts\":1,\"seconds\":%.3f}\n",
					i / 60, i % 60, usage(i), i / 1000
			if (answers)
				printf "{\"content\":\"%s\",%s}\n", content, usage(i)
		}
	}' >"$tmp/block"
	block=$(wc -c <"$tmp/block")
	i=0
	while [ $((i * block)) -lt "$1" ]; do
		cat "$tmp/block"
		i=$((i + 1))
	done
}

# speed FILE: MB/s of processor time.
speed() {
	"$measure" -n 5 -i "$1" oc-usage "$BIN/oc-usage" |
		awk -v n="$(wc -c <"$1")" 'END { printf "%.0f MB/s\n", n / 1e3 / $3 }'
}

size=$((${SIZE:-1024} << 20))
cat >"$tmp/sums.jq" <<'END'
reduce inputs as $r ({}; .[$r.model] |= {records: (.records + 1),
	input_tokens: (.input_tokens + $r.usage.input_tokens),
	output_tokens: (.output_tokens + $r.usage.output_tokens),
	total_tokens: (.total_tokens + $r.usage.total_tokens)})
END
printf 'group_by(.model)[] | [.[0].model, length, (map(.usage.input_tokens) | add), %s]\n' \
	'(map(.usage.output_tokens) | add), (map(.usage.total_tokens) | add)' >"$tmp/slurp.jq"

ledger "$size" 1 1 >"$tmp/all"
title "$(wc -c <"$tmp/all") bytes; the aim is 1/30 of the time of jq -n, and less than 8192 KiB"
"$measure" -n 1 -i "$tmp/all" \
	'jq -n reduce inputs' "jq -nf $tmp/sums.jq" \
	'oc-usage' "$BIN/oc-usage"
speed "$tmp/all"
rm "$tmp/all"

ledger $((64 << 20)) 1 1 >"$tmp/part"
title "$(wc -c <"$tmp/part") bytes"
"$measure" -n 1 -i "$tmp/part" \
	'jq -s' "jq -sf $tmp/slurp.jq" \
	'jq -n reduce inputs' "jq -nf $tmp/sums.jq" \
	'oc-usage' "$BIN/oc-usage"

title 'instructions for each byte, and speed: reports alone, answers alone, both'
for kind in '1 0' '0 1' '1 1'; do
	# shellcheck disable=SC2086 # two words
	ledger $((64 << 20)) $kind >"$tmp/part"
	head -c 8000000 "$tmp/part" | sed '$d' >"$tmp/sample"
	n=$(instructions "$BIN/oc-usage" "$tmp/sample")
	awk "BEGIN { printf \"%.2f  \", $n / $(wc -c <"$tmp/sample") }"
	speed "$tmp/part"
done
