#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154 # bats sets some
# Conversations in files: what is sent, what is added, and what several processes, kills, full disks and
# other programs make of a file.

load helpers

turns() {
	jq -c '[.role, .content]' "$@"
}

sent() {
	request_body "$1" | jq -c '[.messages[] | .content]'
}

@test 'chat: the turns come first, and the new one is added' {
	serve - <<-'END'
		answer A1
		---
		answer A2\n
		---
		answer A3
	END
	run -0 --separate-stderr oc-complete -c chat -s sys -p Q1
	assert_output A1
	assert_equal "$stderr" ''
	assert_equal "$(stat -c %a chat)" 600
	run -0 oc-stream -c chat - <<<Q2
	run -0 oc-complete --chat chat -p Q3
	assert_equal "$(sent 1)" '["sys","Q1"]'
	assert_equal "$(sent 2)" '["sys","Q1","A1","Q2\n"]'
	assert_equal "$(sent 3)" '["sys","Q1","A1","Q2\n","A2\n","Q3"]'
	cat >want <<-'END'
		{"role":"system","content":"sys"}
		{"role":"user","content":"Q1"}
		{"role":"assistant","content":"A1"}
		{"role":"user","content":"Q2\n"}
		{"role":"assistant","content":"A2\n"}
		{"role":"user","content":"Q3"}
		{"role":"assistant","content":"A3"}
	END
	cmp chat want
}

@test 'chat: messages of a file come between, and are added, a line each' {
	serve - <<<'answer A'
	echo '{"role":"user","content":"old"}' >chat
	printf '[{"role":"user",\n"content":"m1"},\r\n {"role":"assistant","content":"m2"}]' >more.json
	run -0 oc-complete -c chat --messages more.json -p Q
	assert_equal "$(sent 1)" '["old","m1","m2","Q"]'
	assert_equal "$(wc -l <chat)" 5
	run -0 oc-complete -c chat --messages more.json </dev/full
	assert_equal "$(sent 2)" '["old","m1","m2","Q","A","m1","m2"]'
	assert_equal "$(wc -l <chat)" 8
}

@test 'chat: an image is a part of the turn' {
	serve - <<<'answer A'
	png i.png
	run -0 oc-complete -c chat -i i.png -p Q
	assert_equal "$(jq -c '[.content[]?.type]?' chat | head -n 1)" '["text","image_url"]'
}

@test 'chat: -s is for the beginning, and it is told when it is not sent' {
	serve - <<<'answer A'
	run -0 --separate-stderr oc-complete -c chat -s one -p Q
	run -0 --separate-stderr oc-complete -c chat -s one -p Q
	assert_equal "$stderr" ''
	run -0 --separate-stderr oc-complete -c chat -s two -p Q
	assert_equal "$stderr" 'oc-complete: note: chat has begun without this system message, which is not sent'
	assert_equal "$(sent 3)" '["one","Q","A","Q","A","Q"]'
	run -0 --separate-stderr oc-complete -q -c chat -s two -p Q
	assert_equal "$stderr" ''
}

@test 'chat: calls of tools are a part of it, and their results need no prompt' {
	serve - <<-'END'
		body {"choices":[{"message":{"content":"","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]},"finish_reason":"tool_calls"}]}
		---
		answer done
	END
	echo '{"name":"f"}' >tools
	run -4 oc-complete -c chat --tools tools -p Q
	assert_output '{"id":"c1","name":"f","arguments":{"a": 1}}'
	assert_equal "$(tail -n 1 chat)" '{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]}'
	echo '{"role":"tool","tool_call_id":"c1","content":"7"}' >>chat
	run -0 oc-complete -c chat --tools tools </dev/full
	assert_output 'done'
	assert_equal "$(sent 2)" '["Q",null,"7"]'
	assert_equal "$(wc -l <chat)" 4
}

@test 'chat: oc-stream adds the text and the calls, too' {
	serve - <<-'END'
		sse
		delta Let
		delta  me see.
		data {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":""}}]}}]}
		finish tool_calls
		done
	END
	run -4 oc-stream -c chat --tools - -p Q <<<'{"name":"f"}'
	assert_equal "$(tail -n 1 chat)" '{"role":"assistant","content":"Let me see.","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}'
}

@test 'chat: what failed or was cut short adds nothing' {
	printf '{"role":"user","content":"old"}\n' >chat
	cp chat before
	serve - <<-'END'
		status 400
		body {"error":"no"}
		---
		sse
		delta half
		reset
		---
		sse
		delta cut
		finish length
		done
	END
	run -65 oc-complete -c chat -p Q
	run -75 oc-stream -c chat -p Q
	run -3 --separate-stderr oc-stream -c chat -p Q
	[[ $stderr == *'nothing is added to chat' ]]
	cmp chat before
	run -0 oc-stream -c chat -n 1 -p Q # that was asked for
	assert_equal "$(wc -l <chat)" 3
}

@test 'chat: --dry-run touches nothing' {
	export OLLAMA_CLOUD_MODEL=m
	run -0 oc-complete -c chat -p Q --dry-run
	[ ! -e chat ]
	printf '{"role":"user","content":"old"}' >chat
	cp chat before
	run -0 oc-complete -c chat -s x -p Q --dry-run
	assert_output --partial '"messages":[{"role":"user","content":"old"},{"role":"user","content":"Q"}]'
	cmp chat before
}

@test 'chat: a file that cannot be used is told before anybody is asked' {
	nobody_is_asked
	mkdir dir
	mkfifo pipe
	ends 73 'cannot open dir for writing: Is a directory' oc-complete -p x -c dir
	ends 73 'cannot open pipe for writing: No such device or address' oc-complete -p x -c pipe
	ends 73 'cannot open pipe for writing: No such device or address' oc-complete -c pipe <<<x
	ends 73 'pipe is no regular file' oc-complete -p x -c pipe --dry-run
	ends 73 '/dev/full is no regular file' oc-stream -p x -c /dev/full
	ends 73 'cannot open none/chat for writing: No such file or directory' oc-complete -p x -c none/chat
	ends 73 'cannot open  for writing: No such file or directory' oc-complete -p x -c ''
	ends 64 'option --chat: a conversation is a file, and not standard input' oc-complete -p x -c -
	: >same
	ends 64 '--chat and --output name the same file' oc-complete -p x -c same -o same
	run -64 oc-batch -c same
	if [ "$(id -u)" != 0 ]; then
		: >read-only
		chmod 400 read-only
		ends 73 'cannot open read-only for writing: Permission denied' oc-complete -p x -c read-only
	fi
}

@test 'chat: lines that are no messages are named' {
	nobody_is_asked
	local good='{"role":"user","content":"x"}'
	says() {
		printf '%b' "$1" >chat
		cp chat before
		ends 65 "chat, line $2: $3" oc-complete -p x -c chat
		cmp chat before
	}
	says "$good\n\n{\"role\":" 3 'the line is torn: it must be completed or removed'
	says "$good\n{\"role\":\n$good\n" 2 'not JSON at byte 8: the text ends too early'
	says "$good\n{\"content\":\"x\"}\n" 2 'it is no chat message: an object with a "role"'
	says '1\n' 1 'it is no chat message: an object with a "role"'
	says "[$good]\n" 1 "an array cannot be added to: jq -c '.[]' makes JSON Lines of it"
}

@test 'chat: a last line without an end is a line' {
	serve - <<<'answer A'
	printf '\n{"role":"user","content":"old"}' >chat
	ln -s chat link
	run -0 oc-complete -c link -p Q
	assert_equal "$(turns chat)" "$(printf '%s\n' '["user","old"]' '["user","Q"]' '["assistant","A"]')"
	[ -L link ]
}

@test 'chat: a second process waits, and goes on from where the first one has come' {
	serve - <<-'END'
		await go
		answer A1
		---
		answer A2
	END
	oc-complete -c chat -p Q1 >one 3>&- &
	local first=$!
	wait_for_event ' request 1 '
	oc-stream -v -c chat -p Q2 >two 2>err 3>&- &
	local second=$!
	wait_for grep -q 'waiting for chat, which another process uses' err
	assert_equal "$(requests)" 1
	touch go
	wait "$first"
	wait "$second"
	assert_equal "$(turns chat | tr -d '\n')" '["user","Q1"]["assistant","A1"]["user","Q2"]["assistant","A2"]'
	assert_equal "$(sent 2)" '["Q1","A1","Q2"]'
}

@test 'chat: --max-time ends the wait' {
	exec 8>>chat
	flock 8
	nobody_is_asked
	ends 75 'another process uses chat, and the deadline has passed' \
		oc-complete -c chat -p x --max-time 0.05
}

@test 'chat: a prompt that comes from another process of the same file is no deadlock' {
	serve - <<<$'answer A1\n---\nanswer A2'
	run -0 bash -c 'oc-complete -c chat -p Q1 | oc-complete -c chat'
	assert_equal "$(turns chat | tr -d '\n')" '["user","Q1"]["assistant","A1"]["user","A1\n"]["assistant","A2"]'
}

@test 'chat: whoever is killed leaves the file as it was, and no lock' {
	serve - <<-'END'
		stall
		---
		answer A
	END
	printf '{"role":"user","content":"old"}\n' >chat
	cp chat before
	oc-complete -c chat -p Q 3>&- &
	local pid=$!
	wait_for_event ' request 1 '
	kill -9 "$pid"
	wait "$pid" || :
	cmp chat before
	run -0 oc-complete -c chat -p Q
	assert_equal "$(wc -l <chat)" 3
}

@test 'chat: a full disk takes nothing away, and the answer is delivered' {
	serve - <<<'answer A long answer'
	printf '{"role":"user","content":"old"}\n' >chat
	cp chat before
	printf 'Q%.0s' {1..2000} >question
	run -74 --separate-stderr bash -c 'ulimit -f 1; exec oc-complete -c chat question'
	assert_output 'A long answer'
	assert_equal "$stderr" 'oc-complete: cannot write to chat: File too large'
	cmp chat before
}

@test 'chat: a file that was replaced meanwhile has not got the turn, and that is told' {
	serve - <<-'END'
		await go
		answer A
	END
	: >chat
	oc-complete -c chat -p Q >out 2>err 3>&- &
	local pid=$!
	wait_for_event ' request 1 '
	rm chat
	: >chat
	touch go
	ended 74 $pid
	assert_equal "$(cat out)" A
	grep -q '^oc-complete: chat has been moved, removed or replaced' err
}

@test 'chat: a closed standard output is told before anybody is asked' {
	nobody_is_asked
	run -74 bash -c 'oc-complete -c chat -p x >&-'
}

@test 'chat: a cached answer is added, too' {
	serve - <<<'answer A'
	run -0 oc-complete -c one -p Q --cache dir
	run -0 oc-complete -c two -p Q --cache dir --offline
	run -0 oc-stream -c three -p Q --cache dir --offline
	cmp one two
	cmp one three
	assert_equal "$(requests)" 1
}
