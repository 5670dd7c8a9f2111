# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of docs/examples share: `load examples`, behind `load helpers`.

# questions N: lines with a custom_id.
questions() {
	seq 1 "$1" | jq -c '{custom_id: "q\(.)", prompt: "\(.)"}'
}

# all_answered N FILE...: each exactly once, with its own answer.
all_answered() {
	local n=$1
	shift
	assert_equal "$(cat "$@" | jq -r '"\(.custom_id) \(.content)"' | sort)" \
		"$(seq 1 "$n" | sed 's/.*/q& &/' | sort)"
}
