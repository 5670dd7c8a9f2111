#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC2317 # programs for other shells; variables of bats; functions called by name
# The report of calls: a line each, whole, in one write, whatever the file is.

load helpers

@test 'report: a line is one write' {
	serve - <<<'answer ok'
	# Of this kind of socket, each read gets what one write gave.
	cat >packets.pl <<-'END'
		use Socket;
		use POSIX 'dup2';
		socketpair my $ours, my $theirs, AF_UNIX, SOCK_SEQPACKET, 0 or die;
		if (!fork) {
			dup2(fileno $theirs, 9);
			close $_ for $ours, $theirs;
			exec @ARGV;
		}
		close $theirs;
		while (sysread $ours, my $packet, 100000) {
			$packet =~ s/\n/\\n/g;
			print "packet: $packet\n";
		}
		wait;
		exit $? >> 8;
	END
	local COMMAND
	for COMMAND in oc-complete oc-stream; do
		run -0 perl packets.pl $COMMAND -p x -o /dev/null --report /dev/fd/9
		assert_equal "${#lines[@]}" 1
		[[ $output == 'packet: {"time":'*'}\n' ]]
	done
	printf '"a"\n"b"\n' >in
	run -0 perl packets.pl oc-batch -q -o answers --report /dev/fd/9 in
	assert_equal "${#lines[@]}" 2
	[[ ${lines[0]} == 'packet: {"time":'*'}\n' && ${lines[1]} == 'packet: {"time":'*'}\n' ]]
}

@test 'report: one that is not whole is a failure, status 74' {
	[ -z "$WRAP" ] || skip 'valgrind writes files itself'
	serve - <<<'answer ok'
	local COMMAND
	for COMMAND in oc-complete oc-stream; do
		printf '%01000d\n' 0 >report
		run -74 --separate-stderr bash -c "ulimit -f 1; exec $COMMAND -p x --report report"
		assert_output ok
		assert_equal "$stderr" "$COMMAND: cannot write to the report report: the line is not whole"
		assert_equal "$(wc -c <report)" 1024
	done
}

@test 'report: a torn line swallows no line that follows' {
	serve - <<<'answer ok'
	printf '{"time":"2026-11-23T00:00:00Z","tool":"oc-co' >report
	oc-complete -q -p x --report report >out
	oc-stream -q -p x --report report >out
	oc-complete -q -p x --report /dev/fd/7 7>>report >out
	assert_equal "$(wc -l <report)" 4
	run -0 jq -c '[.tool, .exit_status]' <(tail -n +2 report)
	assert_output $'["oc-complete",0]\n["oc-stream",0]\n["oc-complete",0]'
	run -65 --separate-stderr oc-usage --field records report
	assert_output 3
}

@test 'report: a descriptor is written to, not opened' {
	serve - <<<'answer ok'
	echo old >log
	local name
	for name in /dev/stderr /dev/fd/2 /proc/self/fd/2; do
		oc-complete -p x --report $name 2>>log
	done
	oc-complete -p x --report /dev/fd/7 7>log.7
	assert_equal "$(head -n 1 log)" old
	run -0 jq -c .exit_status <(tail -n +2 log)
	assert_output $'0\n0\n0'
	run -0 jq -c .exit_status log.7
	assert_output 0
	ends 73 'cannot open the report /dev/fd/8: Bad file descriptor' \
		oc-complete -p x --report /dev/fd/8
	run -73 --separate-stderr bash -c 'exec oc-complete -p x --report /dev/fd/8 8<log'
	assert_equal "$stderr" 'oc-complete: cannot open the report /dev/fd/8: Bad file descriptor'
	assert_equal "$(requests)" 4
}

@test 'report: a batch says once that it cannot be written, -q or not' {
	serve - <<<'answer ok'
	printf '"a"\n"b"\n"c"\n' >in
	ends 74 'cannot write to the report /dev/full: No space left on device' \
		oc-batch -q -o answers --report /dev/full in
	assert_equal "$(jq -r .content answers)" $'ok\nok\nok'
	assert_equal "$(requests)" 3
}

@test 'diagnostics: a standard error that is full and non-blocking is waited for' {
	# Runs a command with such a standard error, and reads when the command waits, or has ended.
	cat >full.pl <<-'END'
		use Fcntl;
		use POSIX ':sys_wait_h';
		pipe my $from, my $err or die;
		fcntl $err, F_SETFL, O_NONBLOCK or die;
		1 while syswrite $err, "\1" x 4096;
		1 while syswrite $err, "\1";
		my $pid = fork;
		if (!$pid) {
			open STDERR, '>&', $err;
			close $_ for $from, $err;
			exec @ARGV;
		}
		close $err;
		for (my $state = 'R'; $state =~ /[RD]/;) {
			open my $stat, '<', "/proc/$pid/stat";
			($state) = <$stat> =~ /\) (\w)/;
		}
		print while <$from>;
		waitpid $pid, 0;
		exit $? >> 8;
	END
	local COMMAND
	for COMMAND in oc-complete oc-stream oc-usage oc-batch oc-models; do
		run -64 bash -c "set -o pipefail; perl full.pl $COMMAND --no-such | tr -d '\\1'"
		[[ $output == "$COMMAND: unknown option --no-such; "* ]]
	done
}
