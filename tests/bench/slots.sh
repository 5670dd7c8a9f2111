#!/bin/sh
# SPDX-License-Identifier: MIT
# slots.sh: many commands that share three slots of a server which refuses a fourth request: how long they
# take, against what three at a time must take, and how much longer than the mean the slowest had to wait.
. "$(dirname "$0")/bench.sh"

export XDG_RUNTIME_DIR="$tmp"

# calls LABEL N PARALLEL LATENCY_MS COMMAND...: the command, N times, fails if anything was refused.
calls() {
	label=$1 n=$2 parallel=$3 latency=$4
	shift 4
	rm -rf "$tmp/record"
	start --record "$tmp/record" --latency "$latency" --limit 3 --serve m --model
	export OLLAMA_CLOUD_BASE_URL="$url/v1" OLLAMA_CLOUD_MODEL=m OLLAMA_CLOUD_SLOTS=3
	from=$(date +%s.%N)
	seq 1 "$n" | OLLAMA_CLOUD_REPORT=$tmp/report xargs -P "$parallel" -I{} "$@" >/dev/null
	till=$(date +%s.%N)
	requests=$(grep -c ' request ' "$tmp/record/events")
	awk -v label="$label" -v n="$n" -v latency="$latency" -v requests="$requests" \
		-v seconds="$(echo "$till - $from" | bc)" 'BEGIN {
			ideal = int((n + 2) / 3) * latency / 1000
			printf "%-40s %7.2f s, %5.1f %% of %.2f s; %d of %d requests refused", label, seconds,
				100 * seconds / ideal, ideal, requests - n, requests
		}'
	jq -s 'map(.seconds) | max, add / length' "$tmp/report" | xargs printf '; longest %.2f s, mean %.2f s\n'
	rm -f "$tmp/report"
	stop
}

title 'three slots'
calls '40 calls of 0.1 s, 8 at a time' 40 8 100 "$BIN/oc-complete" -q -p {}
calls '40 calls of 0.5 s, 8 at a time' 40 8 500 "$BIN/oc-complete" -q -p {}
calls '400 calls of 0.02 s, 200 at a time' 400 200 20 "$BIN/oc-complete" -q -p {}
