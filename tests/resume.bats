#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # text for other shells; tests are subshells; set by run
# oc-batch: the file of answers, and how a run is taken up again.

load helpers
load batch

setup() {
	oc_setup
	export OLLAMA_CLOUD_MODEL=m
}

@test 'output: a file that has answers is not added to without --resume' {
	serve_echo
	echo '"1"' >in
	oc-batch -q -o out in
	cp out before
	run -73 oc-batch -o out in
	assert_output 'oc-batch: out has answers already: --resume adds those that are missing; or remove the file'
	cmp out before
	run -73 oc-batch -o missing/out in
	assert_equal "$(requests)" 1
}

@test 'output: two runs do not write to one file' {
	serve - <<<'stall'
	echo '"1"' >in
	batch -q -o out in
	wait_for_event ' request 1 '
	run -73 oc-batch --resume -o out in
	assert_output 'oc-batch: out is being written by another oc-batch'
	kill -KILL "$PID"
}

# serve_held: the first answer awaits the file `go`.
serve_held() {
	serve - <<-'END'
		await go
		answer late
		---
		answer ok
	END
}

# as_it_is FILE...: what must not change.
as_it_is() {
	stat -c '%n %i %h %u %g %a %s %y' "$@"
	md5sum "$@"
}

@test 'output: a dry run touches nothing, and prints what would be asked' {
	serve_echo
	questions 3 >in
	run -0 oc-batch --dry-run -o out in
	assert_equal "${#lines[@]}" 3
	[ ! -e out ]
	head -n 2 in | oc-batch -q -o out
	sed 's/^/2 /' out >out.ahead
	printf '{"custom_id":"x' | tee -a out.ahead >>out
	as_it_is out out.ahead >before
	run -73 oc-batch --dry-run -o out in
	assert_output 'oc-batch: out has answers already: --resume adds those that are missing; or remove the file'
	run -0 oc-batch --dry-run --resume -o out in
	assert_output "$(streamed '{"model":"m","messages":[{"role":"user","content":"3"}]}')"
	as_it_is out out.ahead >after
	diff before after
	assert_equal "$(requests)" 2
}

@test 'output: what is written to is not read from, whatever its name' {
	serve_echo
	questions 2 >in
	oc-batch -q -o out in
	as_it_is out in >before
	ln -s out link
	ln out other
	local name
	for name in out ./out link other "$PWD/out" /dev/stdin -; do
		# shellcheck disable=SC2094 # to be refused is the point
		run -64 oc-batch --resume -o out in "$name" <out
		assert_line --partial 'is to be written to: it cannot be read from, too'
		run -64 oc-batch --resume -o link in "$name" <out
	done
	run -64 oc-batch --resume --report out -o new in out
	run -64 oc-batch --resume --reasoning out -o new in out
	run -64 oc-batch -o new --report new in
	run -64 oc-batch -o new --reasoning new in
	run -64 bash -c 'oc-batch in out >>out'
	assert_output 'oc-batch: out is to be written to: it cannot be read from, too'
	cp out new.ahead
	run -64 oc-batch -o new new.ahead
	rm other
	as_it_is out in >after
	diff before after
	assert_equal "$(requests)" 2
}

@test 'output: what cannot be used is told before anything is asked' {
	serve_echo
	questions 2 >in
	mkdir dir
	run -73 oc-batch -o dir in
	mkdir out.ahead
	run -73 oc-batch -o out in
	assert_output 'oc-batch: cannot open out.ahead for writing: Is a directory'
	ln -s in link.ahead
	run -73 oc-batch -o link in
	assert_output 'oc-batch: cannot open link.ahead for writing: Too many levels of symbolic links'
	run -73 oc-batch -o "$(printf '%0246d' 0)" in
	assert_output --regexp '\.new is needed while the run lasts, and cannot be made: File name too long$'
	run -73 "${shim[@]}" SHIM=flock:37 oc-batch -o new in
	assert_output 'oc-batch: cannot lock new: No locks available'
	questions 2 | diff - in
	assert_equal "$(requests)" 0
}

@test 'output: a lock on a file that has lost its name is none' {
	serve_echo
	questions 3 >in
	head -n 1 in | oc-batch -q -o first
	cp first out
	# Between opening and locking, another run replaces the file, and has the lock on the new one.
	SHIM_RUN='cp first second; mv second out
		flock out sh -c ": >locked; until [ -e go ]; do sleep 0.05; done" >/dev/null 2>&1 3>&- &
		until [ -e locked ]; do sleep 0.05; done' \
		run -73 "${shim[@]}" SHIM=flock:run@1 oc-batch -q --resume -o out in
	: >go
	wait_for flock -n out true
	assert_output 'oc-batch: out is being written by another oc-batch'
	cmp first out
	# Without a lock on the new one, that is the one which is resumed.
	SHIM_RUN='mv first out' "${shim[@]}" SHIM=flock:run@1 oc-batch -q --resume -o out in
	all_answered 3 out
	assert_equal "$(requests)" 3
}

@test 'output: no file is touched that has taken the name of another' {
	serve_held
	questions 3 >in
	batch -q -P 1 -o out in 2>err
	wait_for_event ' request 1 '
	mv out moved
	oc-batch -q -o out <<<'"other"'
	as_it_is out >before
	kill -INT "$PID"
	: >go
	ended 130
	as_it_is out >after
	diff before after
	assert_equal "$(jq -r .content moved)" late
	assert_equal "$(cat err)" 'oc-batch: out has been moved, removed or replaced: the answers of this run are not in the file that has this name now'
	assert_equal "$(requests)" 2
}

# run_while STATUS COMMAND...: a run that ends so, and whose second answer comes when the command is
# through. What it says is in err, its answers in out.
run_while() {
	local status=$1
	shift
	rm -f go out err
	serve - <<-'END'
		answer ok
		---
		await go
		answer ok
		---
		answer ok
	END
	batch -P 1 -o out in 2>err
	wait_for_event ' request 2 '
	"$@"
	: >go
	ended "$status"
	stop_fake
}

@test 'output: a file that is moved away, removed or replaced ends the run with 74' {
	questions 5 >in
	local change
	for change in 'mv out moved' 'rm out' 'cp out new; mv new out' 'ln -sf in out'; do
		run_while 74 eval "$change"
		assert_equal "$(sed -n 1p err)" 'oc-batch: out has been moved, removed or replaced: the answers of this run are not in the file that has this name now'
		assert_equal "$(requests)" 2
	done
	assert_equal "$(jq -c .line moved)" $'1\n2'
	questions 5 | diff - in
}

@test 'output: a file that is changed under a run ends it with 74' {
	questions 5 >in
	run_while 74 cp /dev/null out
	assert_equal "$(sed -n 1p err)" 'oc-batch: out has been changed by another program: answers may be lost'
	assert_equal "$(requests)" 2
	assert_equal "$(jq -c .line out)" 2
	run_while 74 dd if=/dev/zero of=out bs=1 count=9 conv=notrunc status=none
	assert_equal "$(sed -n 1p err)" 'oc-batch: out has been changed by another program: answers may be lost'
}

@test 'output: a file that is added to is told, and loses nothing' {
	questions 5 >in
	echo '{"custom_id":"x","content":"y"}' >whole
	tr -d '\n' <whole >open
	local other
	for other in whole open; do
		run_while 0 dd if=$other of=out oflag=append conv=notrunc status=none
		assert_equal "$(sed -n 1p err)" 'oc-batch: another program has added to out'
		assert_equal "$(requests)" 5
		assert_equal "$(jq -c .line out)" $'1\nnull\n2\n3\n4\n5'
	done
}

@test 'resume: a finished file is left alone, and nothing is asked' {
	serve_echo
	questions 50 >in
	oc-batch -q -P 8 -o out in
	cp -p out before
	run -0 --separate-stderr oc-batch --resume -o out in
	assert_regex "$stderr" '^oc-batch: 50 lines: 0 answered, 0 failed, 50 kept from an earlier run;'
	cmp out before
	assert_equal "$(stat -c %y out)" "$(stat -c %y before)"
	assert_equal "$(requests)" 50
}

# Its answers have the hashes of whole bodies, as the streams of today have.
@test 'resume: an answer file of an earlier release' {
	serve_echo
	printf '%s\n' '"hi"' '{"prompt":"one"}' >in
	printf '{"custom_id":null,"line":%s,"content":"old","model":"m","usage":null,"finish_reason":"stop","request":"%s"}\n' \
		1 e1b461d725aa2b68 2 ffc19bf2266ebf90 >out
	cp out before
	run -0 oc-batch --resume -o out in
	run -0 oc-batch --resume -o out --no-stream in
	cmp out before
	assert_equal "$(requests)" 0
}

@test 'resume: a torn last line is cut off, wherever it was torn, and one that is whole gets its end' {
	serve_echo
	questions 3 >in
	oc-batch -q -o whole in
	local n last
	last=$(tail -n 1 whole | wc -c)
	for n in 1 2 20 $((last - 1)) "$last"; do
		head -c -"$n" whole >out
		oc-batch -q --resume -o out in
		cmp out whole
	done
	assert_equal "$(requests)" 7
}

@test 'resume: what failed is asked again, and no failure stays' {
	serve_echo --fail 2:400
	questions 20 >in
	run -1 oc-batch -q -P 1 -o out in
	assert_equal "$(grep -c '"error"' out)" 10
	run -1 oc-batch -q -P 1 --resume -o out in
	assert_equal "$(grep -c '"error"' out)" 5
	stop_fake
	serve_echo
	oc-batch -q --resume -o out in
	all_answered 20 out
	assert_equal "$(requests)" 5
}

@test 'resume: a request that has changed is asked again, and its old answer goes' {
	serve_echo
	printf '%s\n' '{"custom_id":"a","prompt":"1"}' '{"custom_id":"b","prompt":"2"}' '"3"' >in
	oc-batch -q -P 1 -o out in
	printf '%s\n' '{"custom_id":"b","prompt":"2"}' '{"custom_id":"a","prompt":"one"}' '"3"' >in
	run -0 --separate-stderr oc-batch --resume -o out in
	assert_equal "$(requests)" 4
	assert_equal "$(jq -c '[.custom_id,.content]' out)" $'["b","2"]\n[null,"3"]\n["a","one"]'
	assert_equal "${stderr_lines[0]}" 'oc-batch: dropped 1 answers to requests that have changed'
	oc-batch -q --resume -o out in
	assert_equal "$(requests)" 4
}

@test 'resume: other options are other requests; answers without a line stay' {
	serve_echo
	questions 3 >in
	oc-batch -q -P 1 -o out in
	questions 2 >in
	oc-batch -q -P 1 -t 1 --resume -o out in
	assert_equal "$(requests)" 5
	assert_equal "$(jq .line out)" $'3\n1\n2'
}

@test 'resume: two lines with one custom_id are two lines' {
	serve_echo
	printf '%s\n' '{"custom_id":"a","prompt":"1"}' '{"custom_id":"a","prompt":"2"}' \
		'{"custom_id":"a","prompt":"1"}' >in
	oc-batch -q -P 1 -o out in
	sed -i 2d out
	oc-batch -q -P 1 --resume -o out in
	assert_equal "$(requests)" 4
	assert_equal "$(jq -r .content out)" $'1\n1\n2'
}

@test 'resume: answers of other tools in the form of the OpenAI API count by their custom_id' {
	serve_echo
	echo '{"id":"vllm-1","custom_id":"a","response":{"status_code":200,"request_id":"r","body":{}},"error":null}' >out
	printf '%s\n' '{"custom_id":"a","body":{"messages":[]}}' \
		'{"custom_id":"b","body":{"messages":[{"role":"user","content":"b"}]}}' >in
	oc-batch -q --resume -o out in
	assert_equal "$(jq -r .custom_id out)" $'a\nb'
	assert_equal "$(requests)" 1
}

@test 'resume: what other tools say has failed is asked again' {
	serve_echo
	cat >out <<-'END'
		{"custom_id":"a","response":{"status_code":400,"body":{"error":{"message":"no"}}},"error":null}
		{"custom_id":"b","response":{"status_code":200,"body":{}},"error":"no"}
		{"custom_id":"c","response":{"status_code":200,"body":{}},"error":{}}
	END
	printf '{"custom_id":"%s","body":{"messages":[]}}\n' a b c >in
	run -0 oc-batch --resume -o out in
	assert_line --regexp '^oc-batch: 3 lines: 2 answered, 0 failed, 1 kept'
	assert_equal "$(requests)" 2
}

@test 'resume: whatever an answer is made of, it is read back' {
	local bracket
	bracket=$(printf '%0127d' 0)
	serve - <<-END
		header X-Request-Id: $(printf 'caf\xe9')
		bytes \\xef\\xbb\\xbf{"choices":[{"message":{"content":"\\\\ud800"},"finish_reason":"stop"}]}
		---
		body {"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"x":${bracket//0/[}${bracket//0/]}}
		---
		answer ok
	END
	printf '{"custom_id":"%s","body":{"messages":[]}}\n' a b c >in
	run -1 oc-batch -q -P 1 -o out in
	assert_equal "$(jq -c '[.custom_id, .response.request_id, .error.code]' out)" \
		$'["a","caf\xef\xbf\xbd",null]\n["b","","76"]\n["c","chatcmpl-1",null]'
	assert_regex "$(jq -r 'select(.error).error.message' out)" \
		'^the answer does not fit into a line of JSON: .* nested too deeply$'
	oc-batch -q -P 1 --resume -o out in
	assert_equal "$(requests)" 4
}

@test 'resume: a file that is something else is left alone' {
	serve_echo
	echo '"1"' >in
	local other
	for other in 'some text\n' 'some text' '{"a":1}\n' '{"content":"x"}\n{}\n'; do
		# shellcheck disable=SC2059
		printf "$other" >out
		cp out before
		run -65 oc-batch --resume -o out in
		assert_output --regexp '^oc-batch: out cannot be resumed: line 1 is no answer of a batch$'
		cmp out before
	done
	assert_equal "$(requests)" 0
}

@test 'resume: an answer whose turn to be written had not come is not lost' {
	serve_once_failing
	questions 3 >in
	batch -q -P 1 --backoff-factor 60 -o out in
	wait_for lines_in out.ahead 2
	killed
	[ ! -s out ]
	run -73 oc-batch -o out in
	assert_output --partial 'oc-batch: out.ahead has answers already: '
	printf '{"custom_id":null,"li' >>out.ahead
	stop_fake
	serve_echo
	run -0 --separate-stderr oc-batch -o out --resume in
	assert_equal "$(requests)" 1
	assert_equal "$(jq -c '[.line,.content]' out)" $'[2,"ok"]\n[3,"ok"]\n[1,"1"]'
	[ ! -e out.ahead ]
}

@test 'resume: what an editor, another system or a power loss leaves is resumed' {
	serve_echo
	questions 3 >in
	oc-batch -q -P 1 -o whole in
	local way
	for way in 'sed "s/$/\r/"' 'sed G' 'sed "1s/^/\n \n/"' 'sed "1s/^/\xef\xbb\xbf/"' \
		'cat - <(head -c 9 /dev/zero)' 'head -c -1 | cat - <(head -c 9 /dev/zero)' \
		'sed "3s/^/\x00\x00/"' 'head -c -1' 'cat - <(printf " ")'; do
		eval "$way" <whole >out
		oc-batch -q --resume -o out in
		assert_equal "$(requests)" 3
		assert_equal "$(tr -d '\000' <out | tail -c 1)" ''
		tr -d '\0\r\357\273\277' <out | jq -c . | diff - whole
	done
	# A line that is torn, and then zeros.
	(head -n 2 whole && printf '{"custom_id":nu\0\0\0\0\0') >out
	oc-batch -q --resume -o out in
	assert_equal "$(requests)" 4
	cmp out whole
}

kept_in_dir() {
	[ "$(cat dir/* | wc -l)" = "$1" ]
}

@test 'resume: a file and a link to it are one, and so is what is kept beside it' {
	serve_held
	questions 3 >in
	mkdir dir
	ln -s dir/out link
	batch -q -P 2 -o link in
	wait_for kept_in_dir 2
	run -73 oc-batch --resume -o dir/out in
	assert_output 'oc-batch: dir/out is being written by another oc-batch'
	killed
	run -73 oc-batch -o dir/out in
	oc-batch -q --resume -o dir/out in
	assert_equal "$(jq .line dir/out | sort | xargs)" '1 2 3'
	assert_equal "$(requests)" 4
	assert_equal "$(ls dir)" out
	[ -L link ]
}

# kept N: so many answers are on the disk.
kept() {
	[ "$(cat out out.ahead 2>/dev/null | wc -l)" = "$1" ]
}

@test 'resume: equal lines that waited are as many answers' {
	local held equal='{"custom_id":"a","body":{"messages":[]}}'
	# None of them was written when the kill came, or one.
	for held in 1 2; do
		serve - <<-END
			$([ $held = 1 ] || printf 'answer ok\n---\n')
			await go
			answer late
			---
			answer ok
		END
		rm -f out
		printf '%s\n' "$equal" "$equal" "$equal" "$equal" >in
		sed -i "${held}s/a/b/" in
		rm -f pipe
		mkfifo pipe
		batch -q -P 2 -o out pipe
		exec 9>pipe
		head -n 1 in >&9
		wait_for_event ' request 1 '
		head -n $held in | tail -n +2 >&9
		wait_for_event " request $held "
		tail -n +$((held + 1)) in >&9
		wait_for kept 3
		assert_equal "$(wc -l <out)" $((held - 1))
		killed
		exec 9>&-
		oc-batch -q -P 1 --resume -o out in
		assert_equal "$(requests)" 5
		assert_equal "$(jq -r .custom_id out | sort | xargs)" 'a a a b'
		stop_fake
	done
}

@test 'resume: an answer to a line that left the input stays, also where ids repeat' {
	serve_echo
	printf '{"custom_id":"a","prompt":"%s"}\n' 1 2 3 >in
	oc-batch -q -P 1 -o out in
	cp out before
	sed 2d in | oc-batch -q --resume -o out
	cmp out before
	# One of three is another one now, and one is gone: who knows which?
	sed '2d; s/3/4/' in | oc-batch -q --resume -o out
	assert_equal "$(jq -r .content out | xargs)" '1 2 3 4'
	# All three are others.
	sed 's/"}/0"}/' in | oc-batch -q --resume -o out
	assert_equal "$(jq -r .content out | xargs)" '1 2 3 4 10 20 30'
	printf '{"custom_id":"a","prompt":"%s"}\n' 5 6 7 8 9 x y | oc-batch -q -P 1 --resume -o out
	assert_equal "$(jq -r .content out | xargs)" '5 6 7 8 9 x y'
	assert_equal "$(requests)" 14
}

@test 'resume: a file keeps all that it is besides its lines' {
	serve_echo --fail 2:400
	questions 4 >in
	run -1 oc-batch -q -P 1 -o out in
	stop_fake
	serve_echo
	chmod 640 out
	[ "$(id -u)" != 0 ] || chown 1:2 out
	setfattr -n user.note -v mine out || skip 'no extended attributes here'
	stat -c '%u %g %a' out >before
	oc-batch -q --resume -o out in
	all_answered 4 out
	stat -c '%u %g %a' out | diff before -
	assert_equal "$(getfattr -n user.note --only-values out)" mine
}

@test 'resume: where a copy would not be the file, it stays as it is, and that is told' {
	serve_echo --fail 2:400
	questions 4 >in
	run -1 oc-batch -q -P 1 -o out in
	stop_fake
	serve_echo
	cp out failed
	local other
	check() {
		local why=$1
		shift
		cp failed out
		run -0 "$@" oc-batch -q --resume -o out in
		assert_output "oc-batch: out keeps what has failed or has changed since: $why"
		cat failed - <<<"$(tail -n 2 out)" | cmp out
		assert_equal "$(jq -r 'select(.content).line' out | sort | xargs)" '1 2 3 4'
		assert_equal "$(echo *out*)" "${other:+other.out }out"
	}
	ln out other.out
	other=1
	check 'it has other names, which would keep what it is now'
	rm other.out
	other=
	check 'Device or resource busy' "${shim[@]}" SHIM=rename:16
	check 'a copy would not have all of its attributes' "${shim[@]}" SHIM=fchmod:1
}

@test 'resume: the file of answers that wait does not grow with what has been written' {
	serve - <<-END
		await go
		answer ok
		---
		$(for _ in {1..16}; do
			printf '%s\n' 'body {"choices":[{"message":{"content":"' 'fill 1M' \
				'body "},"finish_reason":"stop"}]}' ---
		done)
		await never
		answer ok
		---
		answer ok
	END
	questions 24 >in
	batch -q -P 3 -o out in
	wait_for kept 22 # whichever of the lines are held
	[ "$(stat -c %s out.ahead)" -gt 13000000 ]
	: >go
	# As long as something waits it becomes smaller only by being replaced.
	wait_for small_again
	wait_for lines_in out 15
	killed
	[ ! -e out.ahead.new ]
	oc-batch -q --resume -o out in
	assert_equal "$(requests)" 25
	assert_equal "$(jq .line out | sort -n | xargs)" "$(seq 24 | xargs)"
}

small_again() {
	[ -s out.ahead ] && [ "$(stat -c %s out.ahead)" -lt 4000000 ]
}

@test 'resume: reasoning is added to, and not begun anew' {
	serve - <<-'END'
		body {"choices":[{"message":{"content":"x","reasoning":"hm"},"finish_reason":"stop"}]}
	END
	questions 3 >in
	head -n 2 in | oc-batch -q -P 1 -o out --reasoning thoughts
	oc-batch -q --resume -o out --reasoning thoughts in
	assert_equal "$(jq .line thoughts)" $'1\n2\n3'
}

# synced NAME: how often this file was brought to the disk.
synced() {
	grep -c "^fsync $PWD/$1\$" "$SHIM_LOG" || :
}

@test 'output: when it is brought to the disk' {
	serve_echo
	questions 5 >in
	"${shim[@]}" oc-batch -q -P 1 -o out in
	assert_equal "$(synced out)" 1
	assert_equal "$(synced '')" 0
	grep -qx "fsync $PWD" "$SHIM_LOG" # its name
	: >"$SHIM_LOG"
	"${shim[@]}" oc-batch -q -P 1 --sync -o new in
	assert_equal "$(synced new)" 6 # each answer, and the end
	# What waits is synced, too, before what it waits for is awaited.
	stop_fake
	serve_held
	: >"$SHIM_LOG"
	rm out
	batch_shimmed -q -P 2 --sync -o out in
	wait_for kept 4
	wait_for grep -q "^fsync $PWD/out.ahead\$" "$SHIM_LOG"
	: >go
	ended 0
}

batch_shimmed() {
	"${shim[@]}" oc-batch "$@" 3>&- &
	PID=$!
}

@test 'resume: twenty times killed, and every line is answered exactly once' {
	serve_echo --latency 2
	local n=400 parallel=4 kills=20 kill
	questions $n >in
	mkfifo endless # so that no run ends before it is killed
	exec 9<>endless
	for ((kill = 1; kill <= kills; kill++)); do
		batch -q -P $parallel --resume -o out in endless
		wait_for lines_in out $((kill * n / (kills + 2)))
		killed
	done
	exec 9<&-
	oc-batch -q -P $parallel --resume -o out in
	all_answered $n out
	# Only what was under way is asked twice.
	[ "$(requests)" -le $((n + kills * parallel)) ]
	[ ! -e out.ahead ]
	oc-batch -q --resume -o out in
	all_answered $n out
}

# ---- faults -------------------------------------------------------------------------------------

# before_a_fault: a file of answers that gives a run everything to do: a failure, an answer to a
# request that has changed, a torn line, and two answers that waited. The server is asked for 3 lines.
before_a_fault() {
	serve_echo
	{
		printf '{"custom_id":"%s","prompt":"1"}\n' a b c
		printf '{"custom_id":"%s","prompt":"2"}\n' d e f
	} >in
	oc-batch -q -o out in
	{
		sed -n 1p out
		echo '{"custom_id":"b","line":2,"error":{"status":75,"http_status":503,"message":"x"}}'
		sed -n 3p out
		sed -n '4{s/"request":"0/"request":"1/; t x
			s/"request":"./"request":"0/; :x; s/"content":"2"/"content":"old"/; p}' out
		printf '{"custom_id"'
	} >damaged
	sed -n '5s/^/7 /p; 6s/^/9 /p' out >damaged.ahead
	before=$(requests)
}

# fault WHAT CALL: the run with WHAT at the Nth CALL, for every N; and then one without. In between,
# each line on the disk is whole, unless the run was killed, or has not touched the file.
fault() {
	local what=$1 call=$2 n status
	for ((n = 1;; n++)); do
		cp damaged out
		cp damaged.ahead out.ahead
		: >"$SHIM_LOG"
		before=$(requests)
		status=0
		SHIM_ONLY=out "${shim[@]}" SHIM="$call:$what@$n" \
			oc-batch -q -P 1 --sync --resume -o out in 2>err || status=$?
		if [ "$what" != kill ] && ! cmp -s out damaged; then
			assert_equal "$(grep -c . out)" "$(jq .custom_id out | wc -l)"
		fi
		if [ $status = 0 ]; then
			answered_once
		fi
		oc-batch -q -P 1 --resume -o out in
		answered_once
		run ! grep '"error"' out
		[ "$(ls -d out*)" = out ]
		# b, c and d are asked, and perhaps one of them again.
		[ "$(requests)" -le $((before + 4)) ]
		[ "$(grep -c "^$call " "$SHIM_LOG")" -ge $n ] || break
	done
	[ $n -gt 1 ] || fail "there is no call of $call"
}

# answered_once: each line has one answer. The old one stays if it was not this run that asked anew.
answered_once() {
	assert_equal "$(jq -r 'select(.content and .content != "old") | "\(.custom_id)\(.content)"' out |
		sort | xargs)" 'a1 b1 c1 d2 e2 f2'
}

@test 'faults: whichever call fails, no answer is lost, and none is taken twice' {
	local call
	before_a_fault
	for call in write fsync ftruncate rename unlink flock; do
		fault 28 $call
	done
}

@test 'faults: whenever the disk is full, no answer is lost, and none is taken twice' {
	before_a_fault
	fault half write
}

@test 'faults: whenever the kill comes, no answer is lost, and none is taken twice' {
	local call
	before_a_fault
	for call in write fsync ftruncate rename unlink flock; do
		fault kill $call
	done
}

@test 'faults: a kill while what is left is written around a line without an answer' {
	local n call
	questions 6 >in
	for call in write ftruncate rename unlink; do
		for ((n = 1;; n++)); do
			serve - <<-'END'
				status 500
				body {}
				---
				answer ok
				---
				answer ok
				---
				answer ok
				---
				status 401
				body {}
			END
			rm -f out out.* "$SHIM_LOG"
			SHIM_ONLY=out "${shim[@]}" SHIM="$call:kill@$n" oc-batch -q -P 1 \
				--backoff-factor 60 -o out in 2>err || :
			stop_fake
			serve_echo
			oc-batch -q --resume -o out in
			stop_fake
			assert_equal "$(jq .line out | sort | xargs)" '1 2 3 4 5 6'
			[ "$(grep -c "^$call " "$SHIM_LOG")" -ge $n ] || break
		done
		[ $n -gt 1 ]
	done
}

@test 'ends: a file that may not grow has whole lines only, and is resumed' {
	serve_echo
	questions 40 >in
	(
		trap '' XFSZ
		ulimit -f 1 # KiB
		oc-batch -q -o out in 2>err && exit 99
		[ $? = 74 ]
	)
	assert_equal "$(cat err)" 'oc-batch: cannot write to out: File too large'
	assert_equal "$(tail -c 1 out)" ''
	jq -e .content out >/dev/null
	[ "$(wc -l <out)" -ge 5 ]
	cp out before
	(
		trap '' XFSZ
		ulimit -f 1
		oc-batch -q --resume -o out in 2>err && exit 99
		[ $? = 74 ]
	)
	cmp out before
	oc-batch -q --resume -o out in
	all_answered 40 out
}
