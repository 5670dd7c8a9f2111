#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154 # variables of bats
# --slots: so many requests at a time, over all processes.

load helpers
load batch

setup() {
	oc_setup
	mkdir -m 700 run
	export XDG_RUNTIME_DIR=$T/run
}

# waiter NAME ARGUMENT...: a call that has to wait; its process is $WAITER, what it says in NAME.err.
waiter() {
	local name=$1
	shift
	env --default-signal=INT oc-complete -v --slots 1 -p "$name" "$@" >"$name.out" 2>"$name.err" 3>&- &
	WAITER=$!
	oc_pids+=("$WAITER")
	wait_for grep -q 'waiting for a turn' "$name.err"
}

# holder: a call that has the one slot; its process is $HOLDER.
holder() {
	oc-complete -q --slots 1 -p holder >holder.out 3>&- &
	HOLDER=$!
	oc_pids+=("$HOLDER")
	wait_for_event ' request 1 '
}

@test 'slots: a server that refuses a fourth request refuses nothing' {
	serve --latency 20 --limit 3 --serve m --model
	printf 'all: %s\n%%.out:\n\toc-complete -q -p $@ >$@\n' "$(seq -s ' ' -f '%g.out' 1 24)" >Makefile
	OLLAMA_CLOUD_SLOTS=3 make -s -j8
	assert_equal "$(requests)" 24
	assert_equal "$(cat ./*.out | wc -l)" 24
}

@test 'slots: oc-batch takes one for each request, and shares them' {
	serve_echo --latency 5 --limit 3
	questions 40 >in
	oc-batch -q --slots 3 -P 8 -o one in 3>&- &
	local first=$!
	oc-batch -q --slots 3 -P 8 -o two in 3>&- &
	seq 1 20 | xargs -P 4 -I{} oc-complete -q --slots 3 -p {} >three
	wait $first $!
	all_answered 40 one
	all_answered 40 two
	assert_equal "$(sort -n three)" "$(seq 1 20)"
	assert_equal "$(requests)" 100
}

@test 'slots: 200 processes at the same time' {
	[ -z "$WRAP" ] || skip 'too slow under valgrind'
	serve_echo --limit 2
	seq 1 200 | xargs -P 200 -I{} oc-complete -q --slots 2 -p {} >got
	assert_equal "$(sort -n got)" "$(seq 1 200)"
	assert_equal "$(requests)" 200
}

@test 'slots: who waits longest is next' {
	serve_held
	holder
	local name pids=()
	for name in a b c d e f g h i j k l; do
		waiter $name
		pids+=("$WAITER")
	done
	: >go
	wait "$HOLDER" "${pids[@]}"
	local n=2
	for name in a b c d e f g h i j k l; do
		assert_equal "$(prompt_of $n)" $name
		assert_equal "$(cat $name.out)" ok
		n=$((n + 1))
	done
}

@test 'slots: kill -9 frees the slot, and the place in the queue' {
	serve - <<-'END'
		stall
		---
		answer ok
	END
	holder
	waiter first
	local first=$WAITER
	waiter second
	kill -KILL "$first"
	kill -KILL "$HOLDER"
	wait "$WAITER"
	assert_equal "$(prompt_of 2)" second
	assert_equal "$(cat second.out)" ok
}

@test 'slots: who is stopped in the queue is overtaken' {
	serve_held
	holder
	waiter first
	local first=$WAITER
	kill -STOP "$first"
	waiter second
	: >go
	wait "$WAITER"
	assert_equal "$(prompt_of 2)" second
	kill -CONT "$first"
	wait "$first"
	assert_equal "$(cat first.out)" ok
}

@test 'slots: who waits dies of a signal at once, and sees its reader go' {
	serve - <<<stall
	holder
	waiter interrupted
	kill -INT "$WAITER"
	ended 130 "$WAITER"
	mkfifo pipe
	oc-complete -v --slots 1 -p left 2>left.err >pipe 3>&- &
	WAITER=$!
	exec 7<pipe
	wait_for grep -q 'waiting for a turn' left.err
	exec 7<&-
	ended 141 "$WAITER"
	assert_equal "$(requests)" 1
}

@test 'slots: waiting counts towards --max-time, and not towards --timeout and --wait' {
	serve_held
	holder
	local said='oc-complete: '$URL': the deadline has passed before the request had its turn'
	run --separate-stderr -75 oc-complete --slots 1 --max-time 0.1 -p x
	assert_equal "$stderr" "$said"
	run --separate-stderr -75 oc-stream --slots 1 --max-time 0.1 -p x
	assert_equal "$stderr" "${said/complete/stream}"
	printf '"a"\n"b"\n' >in
	run --separate-stderr -1 oc-batch --slots 1 --max-time 0.1 in
	assert_equal "$(jq -c '[.line, .error.status]' <<<"$output")" $'[1,75]\n[2,75]'
	assert_equal "$(requests)" 1
	waiter patient --timeout 20 --wait 0.05
	: >go
	wait "$WAITER"
	assert_equal "$(cat patient.out)" ok
}

@test 'slots: a wait between two tries has none' {
	serve_once_failing
	oc-complete -v --slots 1 --backoff-factor 60 -p busy >busy.out 2>busy.err 3>&- &
	oc_pids+=($!)
	wait_for grep -q 'before the next try' busy.err
	run -0 oc-complete -q --slots 1 -p x
	assert_output ok
}

@test 'slots: a request that is given up is, before its slot is' {
	serve - <<-'END'
		stall
		---
		answer ok
	END
	oc-complete -v --slots 1 --wait 0.1 --backoff-factor 60 -p slow >slow.out 2>slow.err 3>&- &
	oc_pids+=($!)
	wait_for grep -q 'before the next try' slow.err
	wait_for_event ' gone 1 '
	run -0 oc-complete -q --slots 1 -p x
	assert_output ok
}

@test 'slots: each obeys its own number' {
	serve_held
	holder
	waiter narrow
	oc-complete -q --slots 2 -p wide >wide.out 3>&- &
	local wide=$!
	wait_for_event ' request 2 '
	assert_equal "$(prompt_of 2)" wide
	: >go
	wait "$HOLDER" "$WAITER" $wide
	assert_equal "$(cat narrow.out wide.out)" $'ok\nok'
}

@test 'slots: oc-batch does not wait for one when it is stopped' {
	serve_held
	holder
	printf '"a"\n"b"\n' >in
	batch -v --slots 1 in >out 2>err
	wait_for grep -q 'waiting for a turn' err
	kill -INT "$PID"
	ended 130
	assert_equal "$(cat out)" ''
	assert_equal "$(requests)" 1
}

@test 'slots: a key has its own, and is in no name' {
	serve - <<<'answer ok'
	export OLLAMA_CLOUD_API_KEY=sk-secret-1
	oc-complete -q --slots 1 -p x
	assert_equal "$(echo run/*)" run/oc
	local slots
	assert_equal "$(stat -c %a run/oc)" 700
	oc-complete -q --slots 1 -p x
	slots=(run/oc/slots-*)
	assert_equal ${#slots[@]} 1
	OLLAMA_CLOUD_API_KEY=sk-secret-2 oc-complete -q --slots 1 -p x
	slots=(run/oc/slots-*)
	assert_equal ${#slots[@]} 2
	run ! grep -r secret run
	[[ ${slots[*]} != *secret* ]]
	assert_equal "$(cat run/oc/*)" ''
	assert_equal "$(stat -c %a run/oc/* | sort -u)" 600
}

@test 'slots: a directory or a file that is not ours alone is refused' {
	serve - <<<'answer ok'
	local ask=(oc-complete -q --slots 1 -p x) oc=$XDG_RUNTIME_DIR/oc file
	mkdir -m 700 elsewhere
	ln -s "$T/elsewhere" run/oc
	ends 73 "cannot keep slots in $oc: Not a directory" "${ask[@]}"
	ln -sfn "$T/nowhere" run/oc
	ends 73 "cannot keep slots in $oc: Not a directory" "${ask[@]}"
	[ ! -e nowhere ]
	rm run/oc
	mkdir -m 770 run/oc
	ends 73 "cannot keep slots in $oc: others have access to it (chmod go= would end that)" "${ask[@]}"
	rmdir run/oc
	: >run/oc
	ends 73 "cannot keep slots in $oc: Not a directory" "${ask[@]}"
	rm run/oc
	"${ask[@]}"
	file=$(echo run/oc/slots-*)
	echo precious >elsewhere/file
	ln -sf "$T/elsewhere/file" "$file"
	ends 73 "cannot keep slots in $T/$file: Too many levels of symbolic links" "${ask[@]}"
	rm "$file"
	mkfifo -m 600 "$file"
	ends 73 "cannot keep slots in $T/$file: it is no regular file" "${ask[@]}"
	rm "$file"
	: >"$file"
	chmod 644 "$file"
	ends 73 "cannot keep slots in $T/$file: others have access to it (chmod go= would end that)" "${ask[@]}"
	assert_equal "$(cat elsewhere/file)" precious
	assert_equal "$(requests)" 1
	XDG_RUNTIME_DIR=/proc ends 73 'cannot keep slots in /proc/oc: No such file or directory' "${ask[@]}"
	XDG_RUNTIME_DIR=$T/none ends 73 "cannot keep slots in $T/none/oc: No such file or directory" "${ask[@]}"
}

@test 'slots: those of another user are refused' {
	[ "$(id -u)" = 0 ] || skip 'only root can give files away'
	serve - <<<'answer ok'
	local ask=(oc-complete -q --slots 1 -p x) oc=$XDG_RUNTIME_DIR/oc
	mkdir -m 700 run/oc
	chown 12345 run/oc
	ends 73 "cannot keep slots in $oc: it belongs to another user" "${ask[@]}"
	chown 12345 run
	ends 73 "cannot keep slots in $XDG_RUNTIME_DIR: it belongs to another user" "${ask[@]}"
	chown 0 run run/oc
	"${ask[@]}"
	chown 12345 run/oc/*
	ends 73 "cannot keep slots in $(echo "$oc"/*): it belongs to another user" "${ask[@]}"
}

@test 'slots: a full disk and one that is only read are found out before anything is asked' {
	need_namespace
	serve - <<<'answer ok'
	local options said
	for options in 'nr_inodes=2 No space left on device' 'ro Read-only file system'; do
		said=${options#* }
		cat >full <<-END
			mount -t tmpfs -o mode=700,${options%% *} tmpfs "$XDG_RUNTIME_DIR" || exit 9
			exec oc-complete -q --slots 1 -p x
		END
		run -73 unshare "${namespace[@]}" sh full
		assert_output --partial ": $said"
	done
	assert_equal "$(requests)" 0
}

@test 'slots: without a directory of the session there is one in /tmp' {
	unset XDG_RUNTIME_DIR
	run -75 oc-complete -q --slots 1 -b http://127.0.0.1:1/v1 -m m --max-retries 0 -p x
	assert_equal "$(stat -c '%a %u' "/tmp/oc-$(id -u)")" "700 $(id -u)"
}

@test 'slots: the number is checked, also that of the environment' {
	serve - <<<'answer ok'
	ends 64 'option --slots: "0" is not a whole number from 1 to 1000' oc-complete --slots 0 -p x
	OLLAMA_CLOUD_SLOTS=3x ends 64 'OLLAMA_CLOUD_SLOTS: "3x" is not a whole number from 1 to 1000' oc-stream -p x
	OLLAMA_CLOUD_SLOTS=3x run -0 oc-batch -q --slots 1 <<<'"x"'
	# A dry run touches nothing.
	rm -r run/oc
	OLLAMA_CLOUD_SLOTS=3 oc-complete --dry-run -p x
	assert_equal "$(ls -A run)" ''
}
