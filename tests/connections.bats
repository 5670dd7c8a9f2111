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

@test 'a try that brought no answer has no status' {
	start_fake - <<<close
	run -75 oc-complete -v -p x -m m -b "$URL" --max-retries 0
	assert_output --regexp 'try 1: no answer after [0-9.]* s \(connected'
	refute_output --partial 'status 0'
	lines 1 >in
	run -1 oc-batch -v -m m -b "$URL" --max-retries 0 in
	assert_output --regexp 'line 1, try 1: no answer after [0-9.]* s, 0 bytes'
	refute_output --partial 'status 0'
}

@test 'a server that speaks no TLS is told from one that is not there' {
	start_fake - <<<'answer x'
	ends 76 "https${URL#http} does not speak TLS; does it speak http?" \
		oc-complete -p x -m m -b "https${URL#http}"
	assert_equal "$(grep -c ' open' "$RECORD/events")" 1
	ends 76 "https${URL#http} does not speak TLS; does it speak http?" \
		oc-stream -p x -m m -b "https${URL#http}"
}

@test 'a server that speaks TLS only says so' {
	start_fake - <<<'answer x'
	start_tls
	local url=http${TLS_URL#https}
	ends 65 "$url refused the request (400: 400 The plain HTTP request was sent to HTTPS port)" \
		oc-complete -p x -m m -b "$url"
	start_fake - <<<$'raw \\x15\\x03\\x01\\0\\x02\\x02\\x46\nclose'
	ends 76 "$URL: the answer is not HTTP: Received HTTP/0.9 when not allowed; does it speak https?" \
		oc-complete -p x -m m -b "$URL"
}

# two_lines CONDITION COMMAND...: gives the command a line, and another one when CONDITION succeeds.
two_lines() {
	local condition=$1
	shift
	mkfifo in
	"$@" in >out 2>err 3>&- &
	local pid=$!
	exec 4>in
	lines 1 >&4
	wait_for eval "$condition"
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
	two_lines "grep -q 'reply 1 ' $RECORD/events" oc-batch -m m -b "$URL" --max-retries 0
	assert_equal "$(jq -r .content out)" $'one\ntwo'
	assert_equal "$(requests)" 2
}

@test 'TLS: a connection that the server has closed while it was idle costs no try' {
	start_fake - <<<'answer one'
	KEEPALIVE=1s start_tls
	# The time is nginx's: where it is slow, the connection is still good.
	two_lines 'sleep 1.3' oc-batch -m m -b "$TLS_URL" --cacert "$CACERT" --max-retries 0
	assert_equal "$(jq -r .content out)" $'one\none'
	assert_equal "$(requests)" 2
}

# ---- names --------------------------------------------------------------------------------------

# in_a_room COMMAND...: without any network; where ./nsswitch.conf is there, with that.
in_a_room() {
	unshare -rnm true 2>/dev/null || skip 'the kernel gives no namespaces to users'
	unshare -rnm bash -c '[ ! -e nsswitch.conf ] || mount --bind nsswitch.conf /etc/nsswitch.conf
		exec "$@"' room "$@"
}

@test 'a resolver that fails for the moment is 75, a name that does not exist is 69' {
	export OLLAMA_CLOUD_MODEL=m OLLAMA_CLOUD_BASE_URL=http://host.example/v1
	local again='http://host.example/v1: Could not resolve host: host.example, because no name server answers; try again later'
	[ -e /etc/resolv.conf ] || skip 'there is no resolver'
	echo 'hosts: dns' >nsswitch.conf
	run -75 --separate-stderr in_a_room oc-complete -p x --max-retries 1 --backoff-factor 0
	assert_equal "$stderr" "oc-complete: $again (after 2 tries)"
	run -75 --separate-stderr in_a_room oc-stream -p x
	assert_equal "$stderr" "oc-stream: $again"
	lines 3 >in
	run -1 --separate-stderr in_a_room oc-batch -q --max-retries 0 in
	assert_equal "$(jq -r .error.status <<<"$output" | sort | uniq -c | tr -s ' ')" ' 3 75'
	echo 'hosts: files' >nsswitch.conf
	run -69 --separate-stderr in_a_room oc-complete -p x --max-retries 1 --backoff-factor 0
	assert_equal "$stderr" 'oc-complete: http://host.example/v1: Could not resolve host: host.example (after 2 tries)'
	run -1 --separate-stderr in_a_room oc-batch -q --max-retries 0 in
	assert_equal "$(jq -r .error.status <<<"$output" | sort | uniq -c | tr -s ' ')" ' 3 69'
}

# ---- a model that is being loaded ---------------------------------------------------------------

loading='status 503
body {"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}'

@test 'loading: the lines of a batch are asked again, and lose no try' {
	start_fake - <<<"$loading"$'\n---\n'"$loading"$'\n---\n'"$loading"$'\n---\nanswer ok'
	lines 5 >in
	run -0 --separate-stderr oc-batch -q -P 2 --max-retries 0 -m m -b "$URL" in
	assert_equal "$(jq -r .content <<<"$output" | sort | uniq -c | tr -s ' ')" ' 5 ok'
	assert_equal "$(requests)" 8
}

@test 'loading: it ends with --wait, and with --max-time' {
	local limit
	for limit in --wait --max-time; do
		start_fake - <<<"$loading"
		run -75 --separate-stderr oc-complete -p x -m m -b "$URL" --max-retries 0 "$limit" 4
		assert_regex "$stderr" "^oc-complete: $URL .*Loading model.* \(after [234] tries\)\$"
		stop_fake
	done
}
