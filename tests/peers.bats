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

# ---- what README.md says of others ----

# play DIRECTIVE...: a server that plays these lines.
play() {
	[ -z "${FAKE_PID:-}" ] || stop_fake
	serve - <<<"$(printf '%s\n' "$@")"
}

# ways: the statuses of the three ways to ask it, which write to the file `out`.
ways() {
	local statuses=()
	oc-stream -q -p hi >out 2>/dev/null
	statuses+=($?)
	"$PEERS/llm/bin/llm" -m m --key k hi >out 2>/dev/null
	statuses+=($?)
	curl -sN "$URL/chat/completions" -d '{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}' |
		sed -n 's/^data: {/{/p' | jq -j '.choices[0].delta.content // ""' >out
	statuses+=($?)
	echo "${statuses[*]}"
}

# llm_knows: the server that was started last is one that llm can ask for model m.
llm_knows() {
	export HOME=$T LLM_USER_PATH=$T/llm
	mkdir -p "$LLM_USER_PATH"
	cat >"$LLM_USER_PATH/extra-openai-models.yaml" <<-END
		- model_id: m
		  model_name: m
		  api_base: "$URL"
		  supports_schema: true
	END
}

@test 'llm, and curl with jq: what README.md says of their statuses' {
	need_peer llm/bin/llm llm
	play 'status 401' 'body {"error":{"message":"bad key"}}'
	llm_knows
	assert_equal "$(ways)" '77 1 0'
	play sse 'delta Half of' reset
	llm_knows
	assert_equal "$(ways)" '75 1 0'
	play sse 'framing close' 'delta Half of' close
	llm_knows
	assert_equal "$(ways)" '75 0 0'
	play sse 'delta Half of' 'finish length' 'done'
	llm_knows
	assert_equal "$(ways)" '3 0 0'
}

@test 'llm: what README.md says of its schemas' {
	need_peer llm/bin/llm llm
	play loop sse 'delta {\"name\":5}' 'finish stop' 'done'
	llm_knows
	local schema='{"type":"object","properties":{"name":{"type":"string"}}}'
	run -0 "$PEERS/llm/bin/llm" -m m --key k --schema "$schema" hi
	assert_output '{"name":5}'
	run -76 --separate-stderr oc-complete --schema <(echo "$schema") -p hi
	assert_output ''
}
