#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # bats sets some
# Further headers: --header, on the command line and in files.

load helpers

setup() {
	oc_setup
	COMMANDS='oc-complete oc-stream oc-batch'
}

# header N NAME: the values that the Nth request has under this name, a line each.
header() {
	sed -n -e 's/\r$//' -e '/^$/q' -e "s/^$2: //Ip" "$RECORD/request.$1"
}

# Asks once with each command, and oc-models.
ask_all() {
	oc-complete -p x "$@"
	oc-stream -p x "$@"
	oc-batch -q "$@" <<<'"x"'
	oc-models --live "$@"
} >/dev/null

@test 'header: every command that asks sends it' {
	local n
	serve --model --serve m
	printf '\xef\xbb\xbfX-One: 1\r\n\n  \nX-Two: caf\u00e9 \n' >extra
	ask_all -H 'X-Title: my app' --header=@extra -H 'X-Title: again'
	assert_equal "$(requests)" 4
	for n in 1 2 3 4; do
		assert_equal "$(header $n X-Title)" $'my app\nagain'
		assert_equal "$(header $n X-One)" 1
		assert_equal "$(header $n X-Two)" "$(printf 'caf\u00e9 ')"
	done
}

@test 'header: one takes the place of ours' {
	serve --model --serve m
	oc-complete -p x -H 'user-agent: me' -H 'ACCEPT: text/plain' -H 'Content-Type: application/json; charset=utf-8'
	assert_equal "$(header 1 User-Agent)" me
	assert_equal "$(header 1 Accept)" text/plain
	assert_equal "$(header 1 Content-Type)" 'application/json; charset=utf-8'
}

@test "header: a key in one is enough, as Azure's" {
	serve - <<-'EOF'
	status 401
	body {"error":{"message":"Access denied due to invalid subscription key sk-of-azure-0123456789."}}
	---
	answer Hello
	EOF
	run -77 --separate-stderr oc-complete -p x -H 'api-key: sk-of-azure-0123456789'
	assert_regex "$stderr" 'refused the API key \(401: Access denied due to invalid subscription key \*{22}'
	oc-complete -p x -b "$URL/openai/deployments/d?api-version=1" -H @<(echo 'api-key: sk-of-azure-0123456789')
	assert_equal "$(header 2 api-key)" sk-of-azure-0123456789
	assert_equal "$(header 2 Authorization)" ''
}

@test 'header: over plain HTTP to another machine it goes as the caller says' {
	need_namespace
	start_fake --model --serve m
	export OLLAMA_CLOUD_MODEL=m
	run -0 with_host lan oc-complete -p x -b "http://lan:${FAKE##*:}/v1" -H 'api-key: sk-of-the-lan-0123'
	assert_equal "$(header 1 api-key)" sk-of-the-lan-0123
}

# The whole of a value that is secret is 20 bytes.
@test 'header: what is in a file is in no message, log or report; nor is a value that is named so' {
	local command
	for command in $COMMANDS; do
		serve - <<-'EOF'
		status 400
		body {"error":{"message":"no sesame-open-the-door for secret-of-the-token"}}
		EOF
		run --separate-stderr "$command" -v --report report -p x -H @<(echo 'X-Plain: sesame-open-the-door') \
			-H 'X-Token: secret-of-the-token' <<<'"x"'
		assert [ "$status" -ne 0 ]
		refute_regex "$output$stderr$(cat report)" 'sesame|door|secret-of|the-token'
		assert_regex "$output$stderr" 'no \*{20} for \*{19}'
	done
}

@test 'header: what is none, or is not for the caller, is refused' {
	local command name
	for command in $COMMANDS oc-models; do
		ends 64 'option --header: a header is not like "Name: value"' "$command" -H sk-not-a-header
		ends 64 'option --header: a header is not like "Name: value"' "$command" -H 'a b: c'
		ends 64 'option --header: the header a has no value, or one with control characters' \
			"$command" -H $'a: b\r\nc: d'
		ends 64 'option --header: the header a has no value, or one with control characters' "$command" -H 'a:'
		for name in Host content-length TRANSFER-ENCODING Connection; do
			ends 64 "option --header: the header $name cannot be set" "$command" -H "$name: x"
		done
		ends 64 'option --header: the header Authorization is that of the API key' \
			"$command" -H 'Authorization: Bearer x'
	done
	local many=()
	for name in {1..65}; do
		many+=(-H "a: $name")
	done
	ends 64 'option --header: more than 64 headers' oc-complete "${many[@]}"
}

@test 'header: a file that is unusable ends the command before it asks' {
	serve --model --serve m
	printf 'a: b\n\nHOST: c\n' >bad
	ends 64 'bad, line 3: the header HOST cannot be set' oc-complete -p x -H @bad
	printf 'a: b\0c\n' >bad
	ends 64 'bad, line 1: the header a has no value, or one with control characters' oc-complete -p x -H @bad
	printf '\n' >bad
	ends 65 'bad: there is no header in it' oc-complete -p x -H @bad
	ends 66 'cannot read none: No such file or directory' oc-complete -p x -H @none
	ends 66 'cannot read : No such file or directory' oc-complete -p x -H @
	printf 'a: b\n%.0s' {1..65} >bad
	ends 64 'bad: more than 64 headers' oc-complete -p x -H @bad
	ends 65 'bad is too large: the limit is 1048576 bytes in all' oc-complete -p x \
		-H @<(head -c 1100000 /dev/zero | tr '\0' '\n') 2>/dev/null || :
	assert_equal "$(requests)" 0
}

@test 'header: standard input can be the file, and is read once' {
	serve --model --serve m
	echo 'a: b' | oc-complete -p x -H @-
	assert_equal "$(header 1 a)" b
	echo 'a: b' | ends 64 'standard input (-) is named twice, and can be read only once' oc-complete -p x -H @- -
}

@test 'header: oc-models reads no file for its own table' {
	run -64 --separate-stderr oc-models -H @none
	run -0 oc-models --format ids
}
