# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What other implementations say of the same things. `make peers` fetches them.

load helpers

setup() {
	oc_setup
	PEERS=$B/peers
}

# need_peer FILE WHAT: skips the test where it is not there.
need_peer() {
	[ -e "$PEERS/$1" ] || skip "$2 is not there: make peers"
}

@test 'schemas: the same verdicts as ajv, for schemas made by chance' {
	need_peer node_modules/ajv-formats ajv
	[ -z "$WRAP" ] || PATH=$BIN:$PATH
	run -0 node "$BATS_TEST_DIRNAME/peers/ajv.mjs" "$PEERS/node_modules" "$BIN/oc-complete" 200
	assert_line --regexp '^# [0-9]+ verdicts compared, '
}
