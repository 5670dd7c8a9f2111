#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154 # tests are subshells; set by run
# --cache, --offline, --cache-max-age: answers that are kept in files, and given again.

load helpers

# entry: the only file of the cache in c, as `find` sees it.
entry() {
	find c -type f
}

@test 'cache: the second call asks nobody, whichever command it is' {
	serve - <<<'answer Hello'
	run -0 --separate-stderr oc-complete -p x --cache c
	assert_output Hello
	assert_equal "$stderr" ''
	run -0 --separate-stderr oc-complete -p x --cache c
	assert_output Hello
	assert_equal "$stderr" ''
	run -0 oc-stream -p x --cache c
	assert_output Hello
	run -0 jq -r .content <(echo '"x"' | oc-batch -q --cache c)
	assert_output Hello
	assert_equal "$(requests)" 1
}

@test 'cache: what a stream has brought is an answer to all' {
	serve - <<-'END'
		sse
		data {"id":"i","model":"served","choices":[{"index":0,"delta":{"reasoning":"hm"}}]}
		delta a
		delta b\u0000
		finish stop
		data {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}
		done
	END
	oc-stream -p x --cache c >first
	oc-stream -p x --cache c --reasoning thought >second
	cmp first second
	assert_equal "$(cat thought)" hm
	run -0 oc-complete -j -p x --cache c
	assert_output '{"content":"ab\u0000","model":"served","usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5},"finish_reason":"stop","id":"i"}'
	run -0 oc-stream --events -p x --cache c
	assert_output '{"reasoning":"hm"}
{"content":"ab\u0000"}
{"model":"served","usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5},"finish_reason":"stop","id":"i"}'
	assert_equal "$(requests)" 1
}

@test 'cache: an entry, where it is found and what it says' {
	serve - <<<'answer Hello'
	oc-complete -p x --cache c -k <(echo secret-key) >out
	assert_equal "$(entry | sed 's/[0-9a-f]/h/2g')" c/hh/hhhhhhhhhhhhhh.json
	run -0 jq -c '[.url, .request, (.kept | type), .response.choices[0].message.content]' "$(entry)"
	assert_output "[\"$URL/chat/completions\",{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]},\"number\",\"Hello\"]"
	run ! grep -rF secret c
}

@test 'cache: another server, query, model or prompt is another question' {
	serve - <<<'answer Hello'
	oc-complete -p x --cache c >out
	oc-complete -p y --cache c >out
	oc-complete -p x --cache c -m n >out
	oc-complete -p x --cache c -t 0 >out
	oc-complete -p x --cache c -b "$FAKE/v2" >out
	oc-complete -p x --cache c -b "$URL?api-version=1" >out
	oc-complete -p x --cache c -b "$URL?api-version=2" >out
	assert_equal "$(requests)" 7
	# A slash more is the same server.
	oc-complete -p x --cache c -b "$URL/" >out
	assert_equal "$(requests)" 7
}

@test 'cache: a key in the query is neither kept nor looked at' {
	serve - <<<'answer Hello'
	oc-complete -p x --cache c -b "$URL?key=first-secret-1&v=1" >out
	oc-complete -p x --cache c -b "$URL?key=other-secret-2&v=1" >out
	assert_equal "$(requests)" 1
	run ! grep -r first-secret c
	assert_equal "$(jq -r .url "$(entry)")" "$URL/chat/completions?key=**************&v=1"
}

@test 'cache: by the environment' {
	serve - <<<'answer Hello'
	export OLLAMA_CLOUD_CACHE=c
	oc-complete -p x >out
	oc-complete -p x >out
	assert_equal "$(requests)" 1
	export OLLAMA_CLOUD_OFFLINE=0
	oc-complete -p y >out
	assert_equal "$(requests)" 2
	export OLLAMA_CLOUD_OFFLINE=1
	run -69 oc-complete -p z
	run -0 oc-complete -p y
	assert_equal "$(requests)" 2
}

@test 'cache: an answer that is not complete, or a failure, is not kept' {
	serve - <<-'END'
		body {"choices":[{"message":{"content":"Hel"},"finish_reason":"length"}]}
		---
		status 400
		body {"error":"no"}
		---
		answer Hello
	END
	run -3 oc-complete -p x --cache c
	run -65 oc-complete -p x --cache c
	run -0 find c -type f
	assert_output ''
	run -0 oc-complete -p x --cache c
	assert_output Hello
	assert_equal "$(requests)" 3
}

@test 'cache: an answer cut at the limit of the caller is complete' {
	serve - <<<'body {"choices":[{"message":{"content":"Hel"},"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":5}}'
	oc-complete -n 5 -p x --cache c >out
	run -0 oc-complete -n 5 -p x --cache c
	assert_output Hel
	assert_equal "$(requests)" 1
	oc-complete --set max_completion_tokens=5 -p x --cache c >out
	run -0 oc-complete --set max_completion_tokens=5 -p x --cache c
	assert_equal "$(requests)" 2
}

@test 'cache: the form is checked again, and what has it not is replaced' {
	serve - <<-'END'
		answer {\"a\":1}
		---
		answer {\"a\":2}
	END
	echo '{"type":"object","properties":{"a":{"minimum":1}}}' >schema
	oc-complete --schema schema -p x --cache c >out
	sed -i 's/\(a[\\":]*\)1/\10/' "$(entry)"
	run -76 --separate-stderr oc-complete --schema schema -p x --cache c --offline
	[[ $stderr == *"does not have the form asked for"* ]]
	echo '"x"' >in
	run -1 oc-batch -q --schema schema --cache c --offline in
	assert_equal "$(jq .error.status <<<"$output")" 76
	run -0 oc-complete --schema schema -p x --cache c
	assert_output '{"a":2}'
	run -0 oc-complete --schema schema -p x --cache c
	assert_output '{"a":2}'
	assert_equal "$(requests)" 2
	sed -i 's/\(a[\\":]*\)2/\10/' "$(entry)"
	run -0 jq -c .content <(oc-batch -q --schema schema --cache c in)
	assert_output '"{\"a\":2}"'
	assert_equal "$(requests)" 3
}

@test 'cache: with --retry-invalid the answer that is right is kept' {
	serve - <<-'END'
		answer no
		---
		answer {}
	END
	run -0 oc-complete --json-object --retry-invalid 1 -p x --cache c
	run -0 oc-complete --json-object -p x --cache c
	assert_output '{}'
	assert_equal "$(requests)" 2
}

@test 'cache: reports say so, and oc-usage counts those apart' {
	serve - <<<'answer Hello'
	export OLLAMA_CLOUD_REPORT=report
	oc-complete -p x --cache c >out
	oc-complete -p x --cache c >out
	oc-stream -p x --cache c >out
	printf '"x"\n' | oc-batch -q --cache c >out
	run -0 jq -c '[.tool, .cached, .attempts, .usage.total_tokens, .exit_status]' report
	assert_output '["oc-complete",null,1,5,0]
["oc-complete",true,0,5,0]
["oc-stream",true,0,5,0]
["oc-batch",true,0,5,0]'
	run -0 oc-usage --field total report
	assert_output 5
}

@test 'cache: no key is needed for what is there, and the lack of one is told of what is not' {
	serve - <<<'answer Hello'
	oc-complete -p x --cache c >out
	sed -i 's,"url":"[^"]*","url":"https://ollama.com/v1/chat/completions",' "$(entry)"
	# It has the name of its own question, which the one who does not find it tells.
	run -69 --separate-stderr oc-complete -p x -b https://ollama.com/v1 --cache c --offline
	local name=${stderr%: No such file*}
	name=${name##*: }
	mkdir -p "${name%/*}"
	mv "$(entry)" "$name"
	run -0 oc-complete -p x -b https://ollama.com/v1 --cache c
	assert_output Hello
	run -78 oc-complete -p y -b https://ollama.com/v1 --cache c
	run -0 oc-stream -p x -b https://ollama.com/v1 --cache c
	printf '"x"\n"y"\n"z"\n' >in
	run -78 --separate-stderr oc-batch -b https://ollama.com/v1 --cache c in
	assert_equal "$(jq -r '.content // .error.status' <<<"$output")" $'Hello\n78'
}

@test 'offline: nobody is asked, no key is read, and a miss is 69' {
	serve - <<<'answer Hello'
	oc-complete -p x --cache c >out
	stop_fake
	run -0 --separate-stderr oc-complete -p x --cache c --offline -k /nonexistent --cacert /nonexistent
	assert_output Hello
	run -69 --separate-stderr oc-complete -p y --cache c --offline -o out
	[[ $stderr == "oc-complete: offline, and no answer of $URL/chat/completions to this request is kept: c/"*'.json: No such file or directory' ]]
	assert_equal "$(cat out)" Hello
	run -69 --separate-stderr oc-stream -p y --cache c --offline
	[[ $stderr == 'oc-stream: offline, and no answer of '* ]]
	printf '"x"\n"y"\n' >in
	run -1 --separate-stderr oc-batch --cache c --offline in
	assert_equal "$(jq -r '.content // .error.status' <<<"$output")" $'Hello\n69'
	[[ $stderr == *'2 lines: 1 answered (1 from the cache), 1 failed (1 with status 69); 0 input and 0 output tokens,'* ]]
	run -69 oc-complete -p x --cache nowhere --offline
	[ ! -e nowhere ]
	ends 64 'nothing can be answered offline without kept answers: use --cache or OLLAMA_CLOUD_CACHE' \
		oc-complete -p x --offline
}

@test 'cache-max-age: what is older is asked for again, and replaced' {
	serve - <<-'END'
		answer one
		---
		answer two
		---
		answer three
	END
	oc-complete -p x --cache c >out
	run -0 oc-complete -p x --cache c --cache-max-age 100000
	assert_output one
	run -0 oc-complete -p x --cache c --cache-max-age 0
	assert_output two
	run -0 oc-complete -p x --cache c
	assert_output two
	# One of the year 2001, and one that is still to come.
	sed -i 's/^"kept":.*/"kept":1000000000,/' "$(entry)"
	run -69 --separate-stderr oc-complete -p x --cache c --cache-max-age 100000 --offline
	[[ $stderr == *': it is too old' ]]
	sed -i 's/^"kept":.*/"kept":9000000000,/' "$(entry)"
	run -0 oc-complete -p x --cache c --cache-max-age 100000
	assert_output three
	assert_equal "$(requests)" 3
	ends 64 'option --cache-max-age: "-1" is not a number from 0 to 3155760000' \
		oc-complete -p x --cache c --cache-max-age -1
}

@test 'cache: a damaged or foreign entry is a miss, and is replaced' {
	serve - <<<'answer Hello'
	oc-complete -p x --cache c >out
	local name damage asked=1
	name=$(entry)
	cp "$name" good
	for damage in ': >bad' 'head -c 100 good >bad' 'head -c -3 good >bad' 'cp /bin/true bad' \
		'head -c 300 /dev/zero >bad' 'sed s/x/y/ good >bad' 'truncate -s 65M bad' \
		'ln -s /etc/passwd bad' 'ln -s good bad' 'mkfifo bad'; do
		rm -f bad "$name"
		eval "$damage"
		mv bad "$name"
		run -69 --separate-stderr oc-complete -p x --cache c --offline
		[[ $stderr == *": $name: "* ]]
		run -0 --separate-stderr oc-complete -p x --cache c
		assert_output Hello
		assert_equal "$stderr" ''
		assert_equal "$(requests)" $((++asked))
		[ -f "$name" ]
		[ ! -L "$name" ]
		run -0 oc-complete -p x --cache c
		assert_output Hello
	done
	assert_equal "$(requests)" $asked
}

@test 'cache: the directory may be a link, must be one, and is found out before asking' {
	serve - <<<'answer Hello'
	mkdir real
	ln -s real link
	oc-complete -p x --cache link >out
	run -0 oc-complete -p x --cache real
	assert_equal "$(requests)" 1
	: >file
	ends 73 'the cache file is no directory' oc-complete -p x --cache file
	ends 73 'cannot make the cache no/where: No such file or directory' \
		oc-complete -p x --cache no/where
	ends 64 'option --cache: the name is empty' oc-complete -p x --cache ''
	assert_equal "$(requests)" 1
}

@test 'cache: what cannot be kept is delivered all the same' {
	[ -z "$WRAP" ] || skip 'valgrind writes files itself'
	serve - <<<'answer Hello'
	local what
	for what in 'SHIM=write:28 SHIM_ONLY=.new' 'SHIM=write:half@1 SHIM_ONLY=.new' SHIM=rename:28; do
		rm -rf c
		# shellcheck disable=SC2086 # two words
		run -0 --separate-stderr "${shim[@]}" $what oc-complete -p x --cache c
		assert_output Hello
		[[ $stderr == 'oc-complete: the answer is not kept: c/'*'.json: No space left on device' ]]
		run -0 find c -type f
		assert_output ''
	done
}

@test 'cache: a warning, once, where nothing can be kept' {
	serve - <<<'answer Hello'
	mkdir c
	local d
	for d in {0..9} {a..f}; do
		touch c/{0..9}"$d" c/{a..f}"$d"
	done
	run -0 --separate-stderr oc-complete -p x --cache c
	assert_output Hello
	[[ $stderr == 'oc-complete: the answer is not kept: c/'*'.json: Not a directory' ]]
	printf '"x"\n"y"\n"z"\n' >in
	run -0 --separate-stderr oc-batch --cache c in
	assert_equal "$(grep -c 'is not kept' <<<"$stderr")" 1
}

@test 'cache: two that miss at the same time both ask, and the entry is whole' {
	serve - <<-'END'
		await go
		answer one
		---
		await go
		answer two
	END
	oc-complete -p x --cache c >out.1 &
	local first=$!
	oc-complete -p x --cache c >out.2 &
	local second=$!
	wait_for_event 'request 2'
	touch go
	wait $first
	wait $second
	assert_equal "$(sort out.1 out.2)" $'one\ntwo'
	oc-complete -p x --cache c --offline >out.3
	run -0 grep -hxF -f out.3 out.1 out.2
	assert_equal "$(find c -type f | wc -l)" 1
}

@test 'cache: a kill while an entry is written leaves none, and the next call keeps it' {
	[ -z "$WRAP" ] || skip 'valgrind writes files itself'
	serve - <<<'answer Hello'
	run -137 "${shim[@]}" SHIM=rename:kill oc-complete -p x --cache c
	run -69 oc-complete -p x --cache c --offline
	run -0 oc-complete -p x --cache c
	run -0 oc-complete -p x --cache c --offline
	assert_output Hello
	# A signal takes what is half written with it.
	rm -rf c "$SHIM_LOG"
	"${shim[@]}" SHIM=rename:hang oc-complete -p x --cache c >out &
	PID=$!
	wait_for grep -q '^rename' "$SHIM_LOG"
	kill $PID
	ended 143
	run -0 find c -type f
	assert_output ''
}

@test 'cache: a directory that git has held' {
	serve - <<<'answer Hello'
	oc-complete -p x --cache c >out
	cp -r c before
	git init -q .
	git add c
	git -c user.name=t -c user.email=t@localhost commit -qm x
	rm -r c
	git -c core.autocrlf=false checkout -q .
	diff -r before c
	stop_fake
	run -0 oc-complete -p x --cache c --offline
	assert_output Hello
}

@test 'cache: an envelope is answered with what the server sent, and others share it' {
	serve - <<<'body {"id":"i","object":"chat.completion","model":"m","x":[1.50],"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}'
	echo '{"custom_id":"a","body":{"messages":[{"role":"user","content":"x"}]}}' >in
	oc-batch -q --cache c in >first
	oc-batch -q --cache c in >second
	diff first second
	run -0 grep -c '"x":\[1.50\]' second
	run -0 oc-complete -p x --cache c
	assert_output Hello
	assert_equal "$(requests)" 1
}

@test 'cache: kept answers take no part in -P and --rate, and are in their order' {
	start_fake --echo --serve m --model
	export OLLAMA_CLOUD_BASE_URL=$URL OLLAMA_CLOUD_MODEL=m
	seq 1 2000 | jq -c '"\(.)"' >in
	oc-batch -q --cache c in >first
	# At one request a minute these would take a day.
	run -0 oc-batch -q -P 1 --rate 1/m --cache c in
	assert_equal "$(jq -r .content <<<"$output")" "$(seq 1 2000)"
	assert_equal "$(requests)" 2000
	oc-batch -q --cache c --offline -o out --resume in
	head -n 1500 out >part
	oc-batch -q --cache c --offline -o part --resume in
	cmp part out
}

@test 'cache: calls of tools are answers, from a document as from a stream' {
	serve - <<-'END'
		sse
		data {"id":"i","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": "}}]}}]}
		data {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}
		done
		---
		status 500
	END
	echo '{"name":"f"}' >tools
	run -4 oc-stream -p x --tools tools --cache c
	assert_output '{"id":"c1","name":"f","arguments":{"a": 1}}'
	run -4 oc-stream -p x --tools tools --cache c
	assert_output '{"id":"c1","name":"f","arguments":{"a": 1}}'
	run -4 oc-complete -j -p x --tools tools --cache c
	assert_output '{"content":"","model":"m","usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5},"finish_reason":"tool_calls","id":"i","tool_calls":[{"id":"c1","name":"f","arguments":{"a": 1}}]}'
	oc-batch -q --tools tools --cache c >out <<<'"x"'
	assert_equal "$(jq -c .tool_calls out)" '[{"id":"c1","name":"f","arguments":{"a":1}}]'
	assert_equal "$(requests)" 1
}

@test 'cache: --dry-run touches nothing' {
	oc-complete -m m --dry-run -p x --cache c >out
	[ ! -e c ]
}
