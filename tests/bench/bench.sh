# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# bench.sh: what every benchmark needs; read with `.`. $B and $BIN say what is measured.
set -eu
cd "$(dirname "$0")/../.."
B=$(cd "${B:-build}" && pwd)
BIN=$(cd "${BIN:-bin}" && pwd)
measure=$B/tests/bench/measure
unset OLLAMA_CLOUD_API_KEY OLLAMA_API_KEY OLLAMA_CLOUD_BASE_URL OLLAMA_CLOUD_REPORT OLLAMA_CLOUD_CACHE
export LC_ALL=C.UTF-8 OLLAMA_CLOUD_MODEL=llama3.3
tmp=$(mktemp -d)
server=
# shellcheck disable=SC2317 # called by trap
finish() {
	stop
	rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 130' INT TERM

# start ARGUMENT...: starts the loopback server; its address is in $url.
start() {
	rm -f "$tmp/port"
	"$B/fake" --port-file "$tmp/port" "$@" >/dev/null &
	server=$!
	while [ ! -s "$tmp/port" ]; do sleep 0.05; done
	url=$(cat "$tmp/port")
}

stop() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	server=
}

title() {
	printf '\n== %s\n' "$*"
}

# instructions COMMAND...: how many instructions it executes, by callgrind.
instructions() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
		sed -n 's/.*Collected : //p'
}
