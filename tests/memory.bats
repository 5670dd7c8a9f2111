#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Memory that is short: each allocation of a command fails once. It says so, or does all the same
# what it was told; an answer, a request or a sum that lacks something would be the worst.

load helpers

setup() {
	oc_setup
	[ -z "${SANITIZE:-}${WRAP:-}" ] || skip 'the allocations are those of a checker'
	ln -sf "$B/memory.so" "$BATS_FILE_TMPDIR/memory.so" # LD_PRELOAD takes a blank for an end
	printf '%s' '{"type":"object","properties":{"a":{"type":"string","pattern":"^x"}}}' >schema
	printf '%s' '[{"type":"function","function":{"name":"f","parameters":{}}}]' >tools
	printf '%s' '[{"role":"user","content":"before"}]' >messages
	printf '\x89PNG\r\n\x1a\n0000' >image.png
	echo 'X-Header: value' >header
	echo '{"d":1}' >body
	echo key >keyfile
	chmod 600 keyfile
	cat >lines <<-'END'
		{"prompt":"one"}
		"two"
		{"custom_id":"c","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":"x"}]}}
	END
}

failed_line='"status":71\|"code":"71"' # as batches answer, and OpenAI's

# Said of memory that is short: by a command, of what it writes, or in an answer line of a batch.
is_told() {
	case $1 in
	71 | 73 | 74) grep -q memory err ;;
	1) grep -qs "$failed_line" out answers ;;
	*) false ;;
	esac
}

# Is what a command wrote before it ended the beginning of what it writes otherwise?
is_beginning() {
	grep -qs "$failed_line" out answers || cmp -s -n "$(wc -c <out)" out wanted
}

# short COMMAND...: once for each of its allocations. $prepare is run before it.
short() {
	local n=0 status wanted=0
	eval "${prepare:-}"
	"$@" >wanted 2>err </dev/null || wanted=$?
	assert_equal "$wanted" 0
	while true; do
		rm -f failed
		eval "${prepare:-}"
		status=0
		MEMORY=$((++n)) MEMORY_LOG=failed LD_PRELOAD=$BATS_FILE_TMPDIR/memory.so \
			"$@" >out 2>err </dev/null || status=$?
		[ -e failed ] || break
		if [ $status = 0 ]; then
			cmp wanted out || fail "allocation $n of $*"
		elif ! is_told $status || ! is_beginning; then
			cat out err
			fail "allocation $n of $*: status $status"
		fi
	done
	[ $n -gt 1 ] || fail "$* allocates nothing"
}

request=(-m m --dry-run)

@test 'help, and a completion script' {
	short oc-usage --help
	short oc-complete --completion zsh
}

@test 'a request that is only shown' {
	short oc-complete "${request[@]}" -p prompt -s system
	short oc-stream "${request[@]}" -p prompt --system-file header header
	short oc-complete "${request[@]}" -p prompt --messages messages
	short oc-complete "${request[@]}" -p prompt --image image.png --stop a --stop b
	short oc-complete "${request[@]}" -p prompt --set a.b=1 --unset c --body body
	short oc-complete "${request[@]}" -p prompt -H 'X-A: b' -H @header
	short oc-complete "${request[@]}" -p prompt --tools tools --tool-choice f
	short oc-complete "${request[@]}" -p prompt --schema schema
}

@test 'a batch that is only shown or estimated' {
	short oc-batch "${request[@]}" -p instruction -s system lines
	short oc-batch "${request[@]}" --estimate --max-tokens 9 lines
	short oc-batch "${request[@]}" --estimate --max-tokens 9 --price 1:2 --tools tools lines
}

@test 'a call' {
	serve - <<<'answer hello'
	short oc-complete -p x
	short oc-complete -p x -j --report report --reasoning /dev/null
	short oc-complete -p x --no-stream -x -o /dev/stdout
	short oc-complete -p x --api-key-file keyfile --slots 2
	short oc-complete -p x --budget 1000000/h --report report
	serve - <<<'answer {\"a\":\"x\"}'
	short oc-complete -p x --schema schema
}

@test 'a stream' {
	serve - <<<'answer hello'
	short oc-stream -p x
	short oc-stream -p x --events --report report
}

@test 'a conversation, and a cache' {
	serve - <<<'answer hello'
	prepare='rm -f chat' short oc-complete -p x --chat chat
	oc-complete -p x --chat begun
	prepare='cp begun chat' short oc-complete -p y --chat chat
	prepare='rm -rf cache' short oc-complete -p x --cache cache
	oc-complete -p x --cache kept
	short oc-complete -p x --cache kept
	short oc-stream -p x --cache kept
}

@test 'a batch' {
	serve - <<<'answer hello'
	short oc-batch -q -P 1 lines
	short oc-batch -q -P 1 --slots 2 lines
	head -n 1 lines | oc-batch -q -o begun
	prepare='cp begun answers' short oc-batch -q -P 1 --resume -o answers lines
}

@test 'sums and models' {
	local format
	printf '%s\n' '{"model":"a","usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}' \
		'{"model":"b","cached":true}' >ledger
	for format in '' --json --tsv '--price 1:2'; do
		# shellcheck disable=SC2086 # none, or words
		short oc-usage $format ledger
	done
	for format in table tsv json markdown ids; do
		short oc-models --format $format
	done
	serve - <<<'body {"data":[{"id":"phi4:14b"},{"id":"me/own:1b"}]}'
	short oc-models --live --format json
}
