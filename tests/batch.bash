# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # variables of helpers.bash
# What the tests of oc-batch share: `load batch`, behind `load helpers`.

# serve_echo [OPTION]...: answers with the prompt.
serve_echo() {
	serve "$@" --serve m,n --echo --model
}

# questions N: as many lines; the prompt of each is its number.
questions() {
	seq 1 "$1" | sed 's/.*/{"prompt":"&"}/'
}

# all_answered N FILE: each line is answered exactly once, with its own number.
all_answered() {
	jq -r 'select(.content) | "\(.line) \(.content)"' "$2" | sort -n >got
	seq 1 "$1" | sed 's/.*/& &/' >want
	diff want got
	assert_equal "$(wc -l <"$2")" "$1"
}

# batch ARGUMENT...: starts it in the background, where INT does not have to be ignored.
batch() {
	env --default-signal=INT oc-batch "$@" 3>&- &
	PID=$!
}

# killed: what batch started is, with all that it has not brought to the disk.
killed() {
	kill -KILL "$PID"
	ended 137
}

# serve_once_failing: the first request is refused for a moment.
serve_once_failing() {
	serve - <<<$'status 500\nbody {}\n---\nanswer ok'
}

lines_in() {
	[ "$(wc -l <"$1" 2>/dev/null || echo 0)" -ge "$2" ]
}
