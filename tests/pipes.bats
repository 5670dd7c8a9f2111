#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2059,SC2086,SC2154,SC2317 # formats and commands in variables; functions called by name
# The laws that every command keeps (oc(7)), for oc-complete and oc-stream: what they read and when,
# what they write, how they end when a reader, a writer or a signal ends them.

load helpers

# sent N FILE: was the prompt of request N exactly this file?
sent() {
	prompt_of "$1" >"$T/sent"
	cmp "$T/sent" "$2"
}

# sent_text N TEXT
sent_text() {
	printf "$2" >"$T/wanted"
	sent "$1" "$T/wanted"
}

# ---- what is read -------------------------------------------------------------------------------

@test 'input: no operand means standard input' {
	serve - <<<'answer ok'
	printf 'from a pipe' | oc-complete
	printf 'from a pipe' | oc-stream
	sent_text 1 'from a pipe'
	sent_text 2 'from a pipe'
}

@test 'input: operands are read in order, and - is standard input' {
	serve - <<<'answer ok'
	printf 'one' >one
	printf 'two\n' >two
	check() {
		printf 'three' | $COMMAND one - two
		sent_text "$(requests)" 'one\n\nthree\n\ntwo\n'
	}
	each check
}

@test 'input: with -p alone, standard input is not read' {
	serve - <<<'answer ok'
	check() {
		run -0 bash -c '{ '"$COMMAND"' -p hello >/dev/null; cat; } <<<untouched'
		assert_output 'untouched'
		sent_text "$(requests)" hello
	}
	each check
}

@test 'input: with -p alone, a standard input that never ends is no reason to wait' {
	serve - <<<'answer ok'
	mkfifo silent
	exec 9<>silent
	check() {
		run -0 $COMMAND -p hello <&9
		assert_output ok
	}
	each check
	exec 9>&-
}

@test 'input: -p stands before the input, a blank line between' {
	serve - <<<'answer ok'
	check() {
		printf 'the input\n' | $COMMAND -p 'The task' -
		sent_text "$(requests)" 'The task\n\nthe input\n'
	}
	each check
}

@test 'input: one blank line joins two parts, however the first one ends' {
	serve - <<<'answer ok'
	printf 'a' >bare
	printf 'a\n' >line
	printf 'a\n\n' >blank
	printf 'b' >b
	check() {
		for first in bare line blank; do
			$COMMAND $first b
			sent_text "$(requests)" 'a\n\nb'
		done
	}
	each check
}

@test 'input: -- ends the options' {
	serve - <<<'answer ok'
	printf 'odd' >./-p
	check() {
		$COMMAND -- -p
		sent_text "$(requests)" odd
	}
	each check
}

@test 'input: options and operands may be mixed' {
	serve - <<<'answer ok'
	printf 'text' >file
	check() {
		$COMMAND file -t 0.5
		sent_text "$(requests)" text
		run -0 jq .temperature <(request_body "$(requests)")
		assert_output 0.5
	}
	each check
}

@test 'input: every byte arrives: NUL, CRLF, four-byte characters, no final newline' {
	serve - <<<'answer ok'
	printf 'a\0b\r\nc\r\xf0\x9f\xa6\x99 \xe2\x82\xac \xc3\xa9 "\\\t\x01\x7f' >odd
	printf 'a\\u0000b\\r\\nc\\r\xf0\x9f\xa6\x99 \xe2\x82\xac \xc3\xa9 \\"\\\\\\t\\u0001\x7f' >as_json
	check() {
		$COMMAND odd
		$COMMAND <odd
		for n in "$(requests)" "$(($(requests) - 1))"; do
			request_body "$n" >body
			grep -qF "\"content\":\"$(cat as_json)\"}" body
		done
	}
	each check
}

@test 'input: a file that cannot be read is status 66, and nothing is asked' {
	serve - <<<'answer ok'
	check() {
		ends 66 'cannot read missing: No such file or directory' $COMMAND missing
		ends 66 'cannot read .: Is a directory' $COMMAND .
		ends 66 'cannot read standard input: Bad file descriptor' bash -c "$COMMAND <&-"
		ends 66 'cannot read standard input: Is a directory' bash -c "$COMMAND <."
	}
	each check
	assert_equal "$(requests)" 0
}

# ---- what is written ----------------------------------------------------------------------------

@test 'output: the answer alone is on standard output, even with -v' {
	serve - <<<'answer ok\n'
	check() {
		$COMMAND -v -p x >out 2>err
		printf 'ok\n' | cmp - out
		[ -s err ]
		run -1 grep -v "^$COMMAND: " err
	}
	each check
}

@test 'output: every byte of the answer, to a pipe and to a file' {
	serve - <<-'END'
		sse
		delta a\u0000b\r\n\u001b[31m\u0007\u009b
		delta \ud83e\udd99 \u20ac
		finish stop
		done
	END
	printf 'a\0b\r\n\x1b[31m\x07\xc2\x9b\xf0\x9f\xa6\x99 \xe2\x82\xac' >wanted
	oc-stream -p x >out
	cmp out wanted
	oc-stream -p x | cat >out
	cmp out wanted
	oc-complete --raw -p x >out
	cmp out wanted
}

@test 'output: a terminal is shown control characters, not driven by them' {
	serve - <<<'answer a\u0000\u001b[31m\u0007\u009b\u007f\r\tb\nc'
	check() {
		script -qec "$COMMAND -p x" /dev/null </dev/null | tr -d '\r' >out
		printf '%s\tb\nc\n' 'a\x00\x1b[31m\x07\xc2\x9b\x7f\x0d' >wanted
		diff wanted out
	}
	each check
}

@test 'output: a character that is cut between two chunks is whole on a terminal' {
	serve - <<-'END'
		sse
		bytes data: {"choices":[{"index":0,"delta":{"content":"\xf0\x9f
		bytes \xa6\x99"},"finish_reason":"stop"}]}\n\n
	END
	script -qec 'oc-stream -p x' /dev/null </dev/null | tr -d '\r' >out
	printf '\xf0\x9f\xa6\x99\n' | cmp - out
}

@test 'output: on a terminal a message does not share its line with an answer that broke off' {
	serve - <<-'END'
		sse
		delta half
	END
	script -qec 'oc-stream -p x' /dev/null </dev/null | tr -d '\r' >out
	run -0 head -n 1 out
	assert_output half
	run -0 sed -n 2p out
	assert_output --partial 'oc-stream: '
}

@test 'output: diagnostics are one line, with control characters made visible' {
	serve --model
	check() {
		ends 66 'cannot read \x1b[31mno\x0asuch: No such file or directory' \
			$COMMAND $'\e[31mno\nsuch'
	}
	each check
}

@test 'output: a full disk is status 74' {
	serve - <<<'answer ok'
	check() {
		ends 74 'cannot write to standard output: No space left on device' \
			bash -c "$COMMAND -p x >/dev/full"
	}
	each check
}

@test 'output: a closed standard output is status 74' {
	serve - <<<'answer ok'
	check() {
		ends 74 'cannot write to standard output: Bad file descriptor' bash -c "$COMMAND -p x >&-"
	}
	each check
}

@test 'output: a limit on the size of files is status 74, and leaves nothing behind' {
	serve - <<<'answer ok\n'
	check() {
		run -74 bash -c "ulimit -f 0; exec $COMMAND -p x -o out"
		assert_output "$COMMAND: cannot write to out: File too large"
		run -74 bash -c "ulimit -f 0; exec $COMMAND -p x --report report"
		assert_line "$COMMAND: cannot write to the report report: File too large"
		assert_equal "$(find . -name '*out*')" ''
	}
	[ -z "$WRAP" ] || skip 'valgrind writes files itself'
	each check
}

@test 'output: --help and --version are answers too: delivered, or status 74' {
	local version
	version=$(sed -n 's/^#define OC_VERSION "\(.*\)"$/\1/p' "$BATS_TEST_DIRNAME/../lib/oc.h")
	assert [ -n "$version" ]
	check() {
		run --separate-stderr -0 $COMMAND -h
		assert_line -n 0 "Usage: $COMMAND [OPTION]... [FILE]..."
		assert_equal "$stderr" ''
		run --separate-stderr -0 $COMMAND -V
		assert_output "$COMMAND $version"
		assert_equal "$stderr" ''
		for option in --help -h --version -V; do
			run -74 bash -c "$COMMAND $option >/dev/full"
			assert_output "$COMMAND: cannot write to standard output: No space left on device"
		done
	}
	each check
}

# ---- closed descriptors -------------------------------------------------------------------------

@test 'descriptors: without standard input and error, the answer is delivered all the same' {
	[ -z "$WRAP" ] || PATH=$BIN:$PATH # valgrind needs a standard error
	serve - <<<'answer ok\n'
	check() {
		run -0 bash -c "$COMMAND -p x <&- 2>&-"
		assert_output ok
		run -65 bash -c "printf ' ' | $COMMAND 2>&-"
		assert_output ''
	}
	each check
}

@test 'descriptors: with 0, 1 and 2 closed, no file of ours is taken for one of them' {
	[ -z "$WRAP" ] || PATH=$BIN:$PATH # valgrind needs a standard error
	serve - <<<'answer ok\n'
	check() {
		bash -c "$COMMAND -v -p x -o out --report report <&- >&- 2>&-"
		printf 'ok\n' | cmp - out
		run -0 jq -r .exit_status report
		assert_output 0
		rm out report
	}
	each check
}

# ---- readers that leave -------------------------------------------------------------------------

@test 'pipes: a reader that has had enough ends the command by SIGPIPE, quietly' {
	serve - <<-'END'
		sse
		repeat 3000 delta xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n
		finish stop
		done
	END
	check() {
		$COMMAND -p x 2>err | head -n 1 >out
		assert_equal "${PIPESTATUS[*]}" '141 0'
		assert_equal "$(wc -l <out)" 1
		assert_equal "$(cat err)" ''
	}
	each check
}

@test 'pipes: a reader that leaves while the answer is awaited ends the request at once' {
	check() {
		serve - <<<'stall'
		$COMMAND -p x 2>err | wait_for_event ' request 1 '
		assert_equal "${PIPESTATUS[*]}" '141 0'
		assert_equal "$(cat err)" ''
		wait_for_event ' gone 1 '
	}
	each check
}

@test 'pipes: a reader that leaves during the wait before a retry ends that, too' {
	serve - <<-'END'
		status 503
		header Retry-After: 100
		body {"error":"busy"}
	END
	oc-complete -p x 2>err | wait_for_event ' reply 1 '
	assert_equal "${PIPESTATUS[*]}" '141 0'
	assert_equal "$(cat err)" ''
	assert_equal "$(requests)" 1
}

@test 'pipes: a reader of the reasoning that leaves ends the command, and no temporary file stays' {
	serve - <<-'END'
		sse
		repeat 3000 data {"choices":[{"delta":{"reasoning":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"}}]}
		delta ok
		finish stop
		done
	END
	mkfifo thoughts
	check() {
		head -n 1 thoughts >thought &
		run --separate-stderr -141 $COMMAND -p x -o out --reasoning thoughts
		assert_equal "$stderr" ''
		assert_equal "$(find . -name '*out*')" ''
	}
	each check
}

@test 'pipes: one that another program has made non-blocking is waited for' {
	serve - <<-'END'
		sse
		repeat 3000 delta xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n
		finish stop
		done
	END
	# Runs a command between two such pipes: writes when it waits, and reads when its pipe is full.
	cat >between.pl <<-'END'
		use Fcntl;
		pipe my $in, my $to or die;
		pipe my $from, my $out or die;
		fcntl $_, F_SETFL, O_NONBLOCK or die for $in, $out;
		my $pid = fork;
		if (!$pid) {
			open STDIN, '<&', $in;
			open STDOUT, '>&', $out;
			close $_ for $in, $to, $from, $out;
			exec @ARGV;
		}
		close $in;
		for (my $state = 'R'; $state =~ /[RD]/;) {
			open my $stat, '<', "/proc/$pid/stat";
			($state) = <$stat> =~ /\) (\w)/;
		}
		syswrite $to, 'hello';
		close $to;
		vec(my $bits = '', fileno $out, 1) = 1;
		1 while select(undef, my $ready = $bits, undef, 0) && kill 0, $pid;
		close $out;
		print while <$from>;
		waitpid $pid, 0;
		exit $? >> 8;
	END
	check() {
		run --separate-stderr -0 timeout 60 perl between.pl $COMMAND
		assert_equal "${#lines[@]}" 3000
		assert_equal "$stderr" ''
		sent_text "$(requests)" hello
	}
	each check
}

# ---- signals ------------------------------------------------------------------------------------

# A shell has its background jobs ignore INT, so the command gets its default back.
start_waiting() {
	serve - <<<'stall'
	env --default-signal=INT "$@" 3>&- &
	PID=$!
	wait_for_event ' request 1 '
}

@test 'signals: INT, TERM and HUP end a command by that signal' {
	check() {
		local number
		for number in 1 2 15; do
			start_waiting $COMMAND -p x
			kill -$number $PID
			ended $((128 + number))
			wait_for_event ' gone 1 '
		done
	}
	each check
}

@test 'signals: they remove the temporary file, and leave the old one' {
	echo old >out
	check() {
		local number
		for number in 1 2 15; do
			start_waiting $COMMAND -p x -o out
			assert_equal "$(find . -maxdepth 1 -name '.out.*' | wc -l)" 1
			kill -$number $PID
			ended $((128 + number))
			assert_equal "$(find . -maxdepth 1 -name '.out.*' | wc -l)" 0
			assert_equal "$(cat out)" old
		done
	}
	each check
}

# files_beside NAME: how many temporary files there are for it.
files_beside() {
	find . -maxdepth 1 -name ".$1.*" | wc -l
}

@test 'signals: they remove the temporary file at its very end, too' {
	local call
	for call in fsync rename; do
		check() {
			rm -f "$SHIM_LOG"
			serve - <<<'answer new'
			"${shim[@]}" SHIM=$call:hang env --default-signal=INT \
				$COMMAND -p x -o out 3>&- &
			PID=$!
			wait_for grep "^$call" "$SHIM_LOG"
			assert_equal "$(files_beside out)" 1
			kill -INT $PID
			ended 130
			assert_equal "$(files_beside out)" 0
			assert [ ! -e out ]
		}
		each check
	done
}

@test 'signals: a second one kills a batch that rewrites its file, and no temporary file stays' {
	serve --model --echo
	echo '{"custom_id":"a","prompt":"1"}' | oc-batch -q -m llama3.3 -o out
	cp out old
	echo '{"custom_id":"a","prompt":"2"}' >in
	"${shim[@]}" SHIM=rename:hang env --default-signal=INT \
		oc-batch -q -m llama3.3 --resume -o out in 3>&- &
	PID=$!
	wait_for grep '^rename' "$SHIM_LOG"
	[ -s out.ahead.new ]
	kill -INT $PID
	wait_for signalled_twice
	ended 130
	[ ! -e out.ahead.new ]
	[ ! -e out.ahead ]
	assert_equal "$(jq -r .content out)" $'1\n2'
}

@test 'signals: no core file can be left, with the key in it' {
	[ -z "$WRAP" ] || skip 'the limits would be those of valgrind'
	check() {
		start_waiting $COMMAND -p x
		run -0 grep -E '^Max core file size +1 +1 ' /proc/$PID/limits
		kill $PID
		ended 143
	}
	ulimit -c unlimited 2>/dev/null || :
	each check
}

@test 'signals: two at the same time are one, and answers under way are waited for' {
	serve --model --latency 1000
	printf '"a"\n"b"\n' >in
	oc-batch -q -m llama3.3 -o out in 3>&- &
	PID=$!
	wait_for_event ' request 2 '
	kill -TERM $PID $PID # as timeout(1) does it
	ended 143
	assert_equal "$(jq -r .line out)" $'1\n2'
}

# Has it died of INT? As long as it has not, one more is sent.
signalled_twice() {
	! kill -INT $PID
}

@test 'signals: where the caller ignores SIGPIPE, a closed reader is a failed write' {
	serve - <<<$'sse\nrepeat forever delta x\\n'
	oc-stream -p x --report report 2>err | head -n 1 >out
	assert_equal "${PIPESTATUS[*]}" '141 0'
	env --ignore-signal=PIPE oc-stream -p x --report report 2>err | head -n 1 >out
	assert_equal "${PIPESTATUS[*]}" '74 0'
	assert_equal "$(cat err)" 'oc-stream: cannot write to standard output: Broken pipe'
	assert_equal "$(jq -c .exit_status report)" $'141\n74'
	serve - <<<stall
	check() {
		env --ignore-signal=PIPE $COMMAND -p x 2>err | wait_for_event ' request 1 '
		assert_equal "${PIPESTATUS[*]}" '74 0'
		assert_equal "$(cat err)" "$COMMAND: cannot write to standard output: Broken pipe"
		serve - <<<stall
	}
	each check
	echo '"x"' >in
	env --ignore-signal=PIPE oc-batch -q in 2>err | wait_for_event ' request 1 '
	assert_equal "${PIPESTATUS[*]}" '74 0'
	assert_equal "$(cat err)" 'oc-batch: cannot write to standard output: Broken pipe'
}

@test 'signals: under nohup a hang-up changes nothing' {
	serve - <<-'END'
		pause 300
		answer ok\n
	END
	nohup oc-complete -p x -o out >/dev/null 2>&1 3>&- &
	PID=$!
	wait_for_event ' request 1 '
	kill -HUP $PID
	wait $PID
	assert_equal "$(cat out)" ok
}

# ---- options ------------------------------------------------------------------------------------

@test 'options: what is unknown, misses its value or has one too many is status 64' {
	check() {
		ends 64 "unknown option --xyzzy; $COMMAND --help lists them" $COMMAND --xyzzy
		ends 64 "unknown option --xyzzy; $COMMAND --help lists them" $COMMAND --xyzzy=1
		ends 64 'unknown option --temprature; did you mean --temperature?' \
			$COMMAND --temprature 1
		ends 64 'unknown option --max-token5; did you mean --max-tokens?' \
			$COMMAND --max-token5=1
		ends 64 "unknown option --; $COMMAND --help lists them" $COMMAND --=x
		ends 64 'option --sys is ambiguous: --system, --system-file' $COMMAND --sys x
		ends 64 'option --sys is ambiguous: --system, --system-file' $COMMAND --sys=x
		ends 64 "unknown option -Z; $COMMAND --help lists them" $COMMAND -Z
		ends 64 'option --model needs a value: ID' $COMMAND -m
		ends 64 'option --model needs a value: ID' $COMMAND --model
		ends 64 'option --quiet takes no value' $COMMAND --quiet=1
	}
	each check
}

@test 'options: values that are no numbers, or out of range, are status 64' {
	check() {
		for value in 2.1 -0.1 nan NaN inf 1e400 0,5 0.5x 0x1 '' ' 1' '1 '; do
			ends 64 "option --temperature: \"$value\" is not a number from 0 to 2" \
				$COMMAND -m m -p x -t "$value"
		done
		ends 64 'option --top-p: "1.1" is not a number from 0 to 1' $COMMAND --top-p 1.1
		for value in 0 -1 1.5 1e3 9223372036854775808 x ''; do
			ends 64 "option --max-tokens: \"$value\" is not a whole number from 1 up" \
				$COMMAND -n "$value"
		done
		ends 64 'option --seed: "1.5" is not a whole number of 64 bits' $COMMAND --seed 1.5
		ends 64 'option --reasoning: reasoning never goes to standard output; name a file, or /dev/stderr' \
			$COMMAND --reasoning -
		ends 64 'option --timeout: "-1" is not a number from 0 to 31536000' \
			$COMMAND --timeout -1
	}
	each check
}

@test 'options: the edges of the ranges are in them' {
	check() {
		for value in 0 2 2.0 0.0 1e0 .5; do
			run -0 $COMMAND --dry-run -m m -p x -t "$value"
		done
		run -0 $COMMAND --dry-run -m m -p x --top-p 1 -n 9223372036854775807 \
			--seed -9223372036854775808
		assert_output --partial '"top_p":1'
		assert_output --partial '"max_tokens":9223372036854775807'
		assert_output --partial '"seed":-9223372036854775808'
	}
	each check
}

@test 'options: numbers have a point, whatever the locale' {
	[ -z "$WRAP" ] || PATH=$BIN:$PATH # glibc keeps what it makes of LOCPATH
	local LOCPATH=$BATS_TEST_TMPDIR/locale
	mkdir "$LOCPATH"
	localedef -i de_DE -f UTF-8 "$LOCPATH/de_DE.UTF-8"
	export LOCPATH LC_ALL=de_DE.UTF-8 ASAN_OPTIONS=detect_leaks=0 # likewise
	run -0 locale decimal_point
	assert_output ,
	check() {
		run -0 $COMMAND --dry-run -m m -p x -t 0.5
		assert_output --partial '"temperature":0.5'
		ends 64 'option --temperature: "0,5" is not a number from 0 to 2' \
			$COMMAND --dry-run -m m -p x -t 0,5
	}
	each check
}

# ---- surroundings -------------------------------------------------------------------------------

@test 'surroundings: no HOME, no TERM, no PATH, nothing in the environment' {
	serve - <<<'answer ok\n'
	check() {
		run -0 env -i "$(command -v $COMMAND)" -b "$URL" -m m -p x
		assert_output ok
	}
	[ -z "$WRAP" ] || PATH=$BIN:$PATH # valgrind needs an environment
	each check
}

@test 'surroundings: a read-only working directory' {
	serve - <<<'answer ok\n'
	check() {
		run -0 bash -c "cd /proc/self && $COMMAND -p x"
		assert_output ok
	}
	each check
}

@test 'surroundings: variables that are set but empty count as unset' {
	serve - <<<'answer ok\n'
	check() {
		OLLAMA_CLOUD_API_KEY='' OLLAMA_API_KEY='' OLLAMA_CLOUD_REPORT='' SSL_CERT_FILE='' \
			run -0 $COMMAND -p x
		assert_output ok
		OLLAMA_CLOUD_MODEL='' ends 64 \
			'no model named: use --model or OLLAMA_CLOUD_MODEL; oc-models lists some' \
			$COMMAND -p x
	}
	each check
	run -1 grep -i '^authorization' "$RECORD/request.1"
}
