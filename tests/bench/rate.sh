#!/bin/sh
# SPDX-License-Identifier: MIT
# rate.sh: how much of what a server gives oc-batch gets from it, where the server limits slots, a rate or
# both, with and without a Retry-After; and how many requests were refused on the way. A line that fails ends it.
. "$(dirname "$0")/bench.sh"

# questions N: as many request lines.
questions() {
	seq 1 "$1" | sed 's/.*/{"prompt":"question &"}/'
}

# get LABEL PER_SECOND FREE LINES PARALLEL SERVER_OPTION...: the share of PER_SECOND, where the first
# FREE answers are to be had at once.
get() {
	label=$1 per_second=$2 free=$3 lines=$4 parallel=$5
	shift 5
	rm -rf "$tmp/record"
	start --record "$tmp/record" "$@" --model
	questions "$lines" >"$tmp/in"
	from=$(date +%s.%N)
	"$BIN/oc-batch" -b "$url/v1" -P "$parallel" "$tmp/in" >"$tmp/out" 2>"$tmp/err" || {
		tail -n 1 "$tmp/err"
		exit 1
	}
	till=$(date +%s.%N)
	requests=$(grep -c ' request ' "$tmp/record/events")
	stop
	awk -v label="$label" -v rate="$per_second" -v free="$free" -v lines="$lines" -v requests="$requests" \
		-v seconds="$(echo "$till - $from" | bc)" 'BEGIN {
			ideal = (lines - free) / rate
			printf "%-44s %7.2f s  %5.1f %%  %5.1f %% refused\n", label, seconds,
				100 * ideal / seconds, 100 * (requests - lines) / requests
		}'
}

title 'share of what the server gives'
get 'three slots of 50 ms, Retry-After 1, -P 4' 60 0 300 4 --latency 50 --limit 3 --retry-after 1
get 'three slots of 50 ms, -P 4' 60 0 300 4 --latency 50 --limit 3
get 'three slots of 50 ms, Retry-After 1, -P 64' 60 0 300 64 --latency 50 --limit 3 --retry-after 1
get '40/s, Retry-After 1, -P 4' 40 10 300 4 --rate 40:10 --retry-after 1
get '40/s, Retry-After 1, -P 32' 40 10 300 32 --latency 50 --rate 40:10 --retry-after 1
get '40/s, -P 32' 40 1 300 32 --rate 40:1
get '40/s, bursts of 40, -P 32' 40 40 300 32 --latency 20 --rate 40:40
get '40/s, Retry-After 10, -P 32' 40 5 300 32 --latency 50 --rate 40:5 --retry-after 10
get '40/s, Retry-After 0.001, -P 32' 40 5 300 32 --latency 50 --rate 40:5 --retry-after 0.001
get '2/s, -P 4' 2 1 50 4 --rate 2:1
get '2/s, exact retry-after-ms, -P 4' 2 1 50 4 --rate 2:1 --retry-after exact
get '2/s, Retry-After 1, -P 4' 2 1 50 4 --rate 2:1 --retry-after 1
get '60 in each 2 s, -P 8' 30 60 600 8 --latency 10 --window 60:2
get '60 in each 2 s, exact retry-after-ms, -P 8' 30 60 600 8 --latency 10 --window 60:2 --retry-after exact
get 'five slots of 100 ms and 40/s, -P 32' 40 10 600 32 --latency 100 --limit 5 --rate 40:10
get 'five slots of 100 ms and 40/s, Retry-After 1' 40 10 600 32 --latency 100 --limit 5 --rate 40:10 --retry-after 1
get '40/s, x-ratelimit headers, -P 32' 40 10 300 32 --latency 50 --rate 40:10 --rate-headers
