#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2030,SC2031,SC2086,SC2154,SC2317 # programs for other shells; variables of bats; functions called by name
# Where the answer goes, for oc-complete and oc-stream: files, names of descriptors, terminals, and
# what is found out before anybody is asked.

load helpers

# nothing_beside FILE: no temporary file is left of it.
nothing_beside() {
	assert_equal "$(find . -name ".${1##*/}.*")" ''
}

# as_user COMMAND...: root's power to write everywhere is taken away.
as_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --bounding-set=-dac_override,-dac_read_search "$@"
	else
		"$@"
	fi
}

can_be_user() {
	mkdir locked
	chmod 555 locked
	! as_user touch locked/x 2>/dev/null || skip 'root can write everywhere here'
}

# ---- files --------------------------------------------------------------------------------------

@test 'file: it is on the disk before it has its name, and the name is on the disk, too' {
	serve - <<<'answer new'
	mkdir dir
	check() {
		rm -f "$SHIM_LOG"
		"${shim[@]}" $COMMAND -p x -o dir/out
		sed -E "/^(fsync|rename)/!d; s|$T/||g; s|\.out\.[A-Za-z0-9]{6}|TEMPORARY|" \
			"$SHIM_LOG" >calls
		diff - calls <<-'END'
			fsync dir/TEMPORARY
			rename dir/TEMPORARY dir/out
			fsync dir
		END
	}
	each check
}

@test 'file: one that cannot be synced is status 74, and the old one stays' {
	serve - <<<'answer new'
	echo old >out
	check() {
		ends 74 'cannot write to out: Input/output error' "${shim[@]}" SHIM=fsync:5 $COMMAND -p x -o out
		assert_equal "$(cat out)" old
		nothing_beside out
	}
	each check
}

@test 'file: where nothing can be renamed onto it, it is written in place' {
	serve - <<<'answer new'
	local error
	check() {
		for error in 1 13 16 18 30; do # EPERM, EACCES, EBUSY, EXDEV, EROFS
			echo 'an old text, longer than the new one' >out
			run -0 "${shim[@]}" SHIM=rename:$error $COMMAND -p x -o out
			assert_output ''
			assert_equal "$(cat out)" new
			nothing_beside out
		done
	}
	each check
}

@test 'file: in a directory that cannot be written to, it is written in place' {
	serve - <<<'answer new'
	can_be_user
	chmod 755 locked
	check() {
		echo 'an old text, longer than the new one' >locked/out
		chmod 555 locked
		as_user $COMMAND -p x -o locked/out
		assert_equal "$(cat locked/out)" new
		chmod 755 locked
		rm locked/out
		chmod 555 locked
		ends 73 'cannot make locked/out: Permission denied' as_user $COMMAND -p x -o locked/out
		chmod 755 locked
		echo old >locked/out
		chmod 444 locked/out
		ends 73 'cannot open locked/out for writing: Permission denied' \
			as_user $COMMAND -p x -o locked/out
		rm -f locked/out
	}
	each check
	assert_equal "$(requests)" 2
}

@test 'file: what there is no room for leaves the old text, in place, too' {
	[ -z "$WRAP" ] || skip 'valgrind writes files itself'
	printf 'sse\nrepeat 300 delta 0123456789\nfinish stop\ndone\n' >script
	serve script
	can_be_user
	chmod 755 locked
	echo old >locked/out
	chmod 555 locked
	check() {
		ends 74 'cannot write to locked/out: File too large' \
			as_user bash -c "ulimit -f 1; exec $COMMAND -p x -o locked/out"
		assert_equal "$(cat locked/out)" old
	}
	each check
}

@test 'file: its other names stay names of it' {
	serve - <<<'answer new'
	check() {
		rm -f out other
		echo 'an old text, longer than the new one' >out
		ln out other
		$COMMAND -p x -o out
		assert_equal "$(cat out other | tr -d '\n')" newnew
		assert [ out -ef other ]
		nothing_beside out
	}
	each check
}

@test 'file: its permissions, its owner and its attributes stay' {
	serve - <<<'answer new'
	echo old >out
	setfattr -n user.origin -v here out 2>/dev/null || skip 'no extended attributes in this file system'
	chmod 640 out
	[ "$(id -u)" != 0 ] || chown 1:2 out
	local before after
	before=$(stat -c '%a %u %g' out)
	check() {
		$COMMAND -p x -o out
		assert_equal "$(cat out)" new
		after=$(stat -c '%a %u %g' out)
		assert_equal "$after" "$before"
		assert_equal "$(getfattr --only-values -n user.origin out)" here
	}
	each check
}

@test 'file: where its owner cannot be kept, it is written in place' {
	[ "$(id -u)" = 0 ] || skip 'only root can give files away'
	serve - <<<'answer new'
	mkdir shared
	chmod 777 shared
	check() {
		rm -f shared/out
		echo old >shared/out
		chown 1:1 shared/out
		chmod 666 shared/out
		setpriv --bounding-set=-all --inh-caps=-all $COMMAND -p x -o shared/out
		assert_equal "$(cat shared/out)" new
		assert_equal "$(stat -c '%a %u %g' shared/out)" '666 1 1'
		nothing_beside out
	}
	each check
}

@test 'file: --dry-run touches none, and prints' {
	echo old >out
	check() {
		run -0 $COMMAND --dry-run -m m -p x -o out --report report --reasoning thoughts
		assert_output --partial '"messages":'
		assert_equal "$(cat out)" old
		assert [ ! -e report ]
		assert [ ! -e thoughts ]
		run -0 $COMMAND --dry-run -m m -p x -o no/such/directory
	}
	each check
}

# ---- answers that are not whole -----------------------------------------------------------------

@test 'cut: an answer that the server cut short leaves the file as it was' {
	serve - <<<$'sse\ndelta half\nfinish length\ndone'
	local cut="the answer was cut short at a limit of the server's (finish reason length); --max-tokens sets another"
	check() {
		echo old >out
		ends 3 "$cut; out is left as it was, and --keep-partial would take the answer as it is" \
			$COMMAND -p x -o out
		assert_equal "$(cat out)" old
		run -3 --separate-stderr $COMMAND -p x -o new
		assert [ ! -e new ]
		ends 3 "$cut" $COMMAND -p x -o out --keep-partial
		assert_equal "$(cat out)" half
		run -3 --separate-stderr $COMMAND -p x -o /dev/stdout
		assert_output half
		assert_equal "$stderr" "$COMMAND: $cut"
		nothing_beside out
	}
	each check
}

@test 'cut: of a stream that broke, nothing is in the file, and the message says so' {
	serve - <<<$'sse\ndelta ab'
	echo old >out
	ends 76 "$URL: the stream ended early, with neither [DONE] nor a finish reason (nothing was written to out)" \
		oc-stream -p x -o out
	assert_equal "$(cat out)" old
	ends 76 "$URL: the stream ended early, with neither [DONE] nor a finish reason (2 bytes of the answer were written to out)" \
		oc-stream -p x -o out --keep-partial
	assert_equal "$(cat out)" ab
	serve - <<<$'sse\ndelta abc\nreset'
	run -75 --separate-stderr oc-stream -p x -o out --keep-partial
	[[ $stderr == *'(3 bytes of the answer were written to out)' ]]
	assert_equal "$(cat out)" abc
	nothing_beside out
}

@test 'cut: a stream that broke before it said anything replaces no file, even with --keep-partial' {
	serve - <<<sse
	echo old >out
	run -76 --separate-stderr oc-stream -p x -o out --keep-partial
	[[ $stderr == *'(nothing was written to out)' ]]
	assert_equal "$(cat out)" old
}

@test 'cut: an answer of the wrong form is whole, and --keep-partial does not take it' {
	serve - <<<$'sse\ndelta [1]\nfinish stop\ndone'
	echo old >out
	run -76 oc-complete -p x --json-object -o out --keep-partial
	assert_equal "$(cat out)" old
	nothing_beside out
}

@test 'cut: oc-complete takes what the last try brought of a stream that broke' {
	serve - <<-'END'
		sse
		delta first
		reset
		---
		sse
		delta a\ud83d
		data {"choices":[{"delta":{"reasoning":"hm"}}]}
		reset
	END
	echo old >out
	run -75 --separate-stderr oc-complete -p x -o out --max-retries 1 --backoff-factor 0
	assert_output ''
	[[ $stderr == *' (after 2 tries)' ]]
	assert_equal "$(cat out)" old
	run -75 --separate-stderr oc-complete -p x -o out --max-retries 0 --keep-partial \
		--reasoning thoughts --report report
	[[ $stderr == *'(4 bytes of the answer were written to out)' ]]
	printf 'a\xef\xbf\xbd\n' | cmp - out
	assert_equal "$(cat thoughts)" hm
	assert_equal "$(jq .exit_status report)" 75
	run -75 --separate-stderr oc-complete -p x -o out --max-retries 0 --keep-partial -j
	assert_equal "$(jq -c '[.content, .finish_reason]' out)" '["a�",null]'
	run -75 --separate-stderr oc-complete -p x --max-retries 0 --keep-partial
	assert_output ''
	nothing_beside out
}

# ---- descriptors --------------------------------------------------------------------------------

@test 'descriptors: whatever name one has, it is written to, not opened' {
	serve - <<<'answer ok\n'
	ln -s /dev/stdout link
	ln -s "$T/link" link-to-link
	check() {
		local name
		for name in /dev/stdout /dev/fd/1 /proc/self/fd/1 /proc/thread-self/fd/1 \
			'/proc/$$/fd/1' /proc/self/../self/fd/1 /dev/../dev/fd/1 link link-to-link; do
			echo old >log
			bash -c "exec $COMMAND -p x -o $name" >>log
			assert_equal "$name: $(tr '\n' ' ' <log)" "$name: old ok "
		done
		echo old >log
		bash -c "exec $COMMAND -p x -o /proc/self/fd/7" 7>>log
		assert_equal "$(tr '\n' ' ' <log)" 'old ok '
	}
	each check
}

@test 'descriptors: a socket has no other name' {
	serve - <<<'answer ok\n'
	cat >socket.pl <<-'END'
		use Socket;
		socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, 0 or die;
		if (!fork) {
			open STDOUT, '>&', $theirs;
			close $_ for $ours, $theirs;
			exec @ARGV;
		}
		close $theirs;
		print while <$ours>;
		wait;
		exit $? >> 8;
	END
	check() {
		run -0 perl socket.pl $COMMAND -p x -o /proc/self/fd/1
		assert_output ok
	}
	each check
}

@test 'descriptors: one that is closed, or for reading only, is status 73, and nothing is asked' {
	serve - <<<'answer ok'
	check() {
		ends 73 'cannot open /dev/fd/7 for writing: Bad file descriptor' \
			bash -c "exec $COMMAND -p x -o /dev/fd/7 7>&-"
		ends 73 'cannot open /proc/self/fd/7 for writing: Bad file descriptor' \
			bash -c "exec $COMMAND -p x -o /proc/self/fd/7 7</dev/null"
	}
	each check
	assert_equal "$(requests)" 0
}

@test 'descriptors: a closed standard output is found out before anybody is asked' {
	serve - <<<'answer ok'
	local COMMAND
	echo '"x"' >in
	for COMMAND in 'oc-complete -p x' 'oc-stream -p x' 'oc-batch in' 'oc-models --live'; do
		run -74 --separate-stderr bash -c "exec $COMMAND >&-"
		assert_equal "$stderr" "${COMMAND%% *}: cannot write to standard output: Bad file descriptor"
	done
	assert_equal "$(requests)" 0
}

# ---- readers that are slow ----------------------------------------------------------------------

@test 'deadline: a stream whose reader never reads ends with it' {
	serve - <<<$'sse\nrepeat forever delta xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
	mkfifo pipe
	exec 9<>pipe
	local place
	for place in '>pipe' '-o pipe'; do
		run -75 --separate-stderr timeout 60 bash -c "exec oc-stream -p x --max-time 1 $place"
		[[ $stderr == 'oc-stream: cannot write to '*': the deadline (--max-time) has passed' ]]
	done
	exec 9>&-
}

@test 'deadline: one that reads gets every byte' {
	serve - <<<$'sse\nrepeat 5000 delta 0123456789012345678901234567890123456789\\n\nfinish stop\ndone'
	oc-stream -p x --max-time 600 | md5sum >got
	yes 0123456789012345678901234567890123456789 | head -n 5000 | md5sum | diff - got
}

# ---- terminals ----------------------------------------------------------------------------------

@test 'terminal: reasoning that goes there ends its line before the answer begins' {
	serve - <<-'END'
		sse
		data {"choices":[{"index":0,"delta":{"reasoning":"let me "}}]}
		data {"choices":[{"index":0,"delta":{"reasoning":"see"}}]}
		delta the
		delta  answer
		finish stop
		done
	END
	check() {
		script -qec "$COMMAND -p x --reasoning /dev/stderr" /dev/null </dev/null | tr -d '\r' >out
		printf 'let me see\nthe answer\n' | diff - out
	}
	each check
	oc-complete -p x --reasoning thoughts >out
	printf 'let me see' | cmp - thoughts
}
