# SPDX-License-Identifier: MIT
# What the server sees of connections: one request a try, whatever becomes of a connection that is
# kept.
# shellcheck shell=bash disable=SC2154 # set by run

load helpers

# lines N: a batch of so many.
lines() {
	local k
	for ((k = 1; k <= $1; k++)); do
		printf '{"prompt":"p%d"}\n' "$k"
	done
}

# Every other answer is a connection that ends, most of them after it was kept.
start_losing() {
	start_fake - <<-'SCRIPT'
		loop
		answer one
		---
		reset
		---
		answer three
		---
		close
		---
		answer five
	SCRIPT
}

# asked PARALLEL URL [OPTION]...: each line is asked once.
asked() {
	local parallel=$1 url=$2
	shift 2
	lines 60 >in
	run -1 --separate-stderr oc-batch -P "$parallel" --max-retries 0 -q -m m -b "$url" "$@" in
	assert_equal "${#lines[@]}" 60
	assert_equal "$(requests)" 60
}

@test 'a line is asked once, though its connection is lost' {
	for parallel in 1 8; do
		start_losing
		asked $parallel "$URL"
		stop_fake
	done
}

@test 'a line is asked as often as its tries are' {
	start_losing
	lines 60 >in
	run -0 --separate-stderr oc-batch -P 8 --max-retries 50 --backoff-factor 0 -v -m m -b "$URL" in
	assert_equal "$(requests)" "$(grep -c ', try [0-9]*: ' <<<"$stderr")"
	[ "$(requests)" -gt 60 ]
}

@test 'TLS: a line is asked once, though its connection is lost' {
	start_losing
	start_tls
	asked 1 "$TLS_URL" --cacert "$CACERT"
}

# two_lines COMMAND...: gives the command a line, and another one when `ready` succeeds.
two_lines() {
	mkfifo in
	"$@" in >out 2>err 3>&- &
	local pid=$!
	exec 4>in
	lines 1 >&4
	wait_for ready
	lines 1 >&4
	exec 4>&-
	wait $pid
}

@test 'what comes on an idle connection is no answer to the next request' {
	start_fake - <<-'SCRIPT'
		answer one
		pause 20
		raw HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n
		---
		answer two
	SCRIPT
	ready() {
		grep -q 'reply 1 ' "$RECORD/events"
	}
	two_lines oc-batch -m m -b "$URL" --max-retries 0
	assert_equal "$(jq -r .content out)" $'one\ntwo'
	assert_equal "$(requests)" 2
}

@test 'TLS: a connection that the server has closed while it was idle costs no try' {
	start_fake - <<<'answer one'
	KEEPALIVE=1s start_tls
	# The time is nginx's: where it is slow, the connection is still good.
	ready() {
		sleep 1.3
	}
	two_lines oc-batch -m m -b "$TLS_URL" --cacert "$CACERT" --max-retries 0
	assert_equal "$(jq -r .content out)" $'one\none'
	assert_equal "$(requests)" 2
}
