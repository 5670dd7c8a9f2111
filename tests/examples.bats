#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # tests are subshells; set by run
# docs/examples: the scripts run, with this machine in place of many.

load helpers
load examples

setup() {
	oc_setup
	PATH=$BATS_TEST_DIRNAME/../docs/examples:$PATH
	export HOME=$T OLLAMA_CLOUD_MODEL=m
	start_fake --serve m --echo --model
	export OLLAMA_CLOUD_BASE_URL=$URL
}

@test 'batch-hosts: a file over several sign-ins, and the same again asks nothing' {
	printf '2/:\n' >hosts
	questions 230 >in
	batch-hosts hosts in out -P 4
	all_answered 230 out
	batch-hosts hosts in out -P 4
	all_answered 230 out
	assert_equal "$(requests)" 230
}

@test 'batch-hosts: goes on after failures and a torn line' {
	echo : >hosts
	questions 120 >in
	head -n 100 in | oc-batch -q >out
	sed -i '50s/.*/{"custom_id":"q50","line":50,"error":{"status":75,"http_status":503,"message":"x"}}/' out
	truncate -s -30 out
	batch-hosts hosts in out -P 4
	all_answered 120 out
	assert_equal "$(requests)" 122
}

@test 'batch-hosts: a line that fails is a failure of the command' {
	stop_fake
	start_fake --serve m --echo --fail 10:400 --model
	export OLLAMA_CLOUD_BASE_URL=$URL
	echo : >hosts
	questions 20 >in
	run ! batch-hosts hosts in out
	assert_equal "$(grep -c '"error"' out)" 2
	batch-hosts hosts in out
	all_answered 20 out
}

@test 'batch-mapper: lines that failed are results; a refused key is none' {
	printf '%s\n' '"1"' bad >in
	run -0 batch-mapper <in
	assert_equal "${#lines[@]}" 2
	stop_fake
	start_fake --serve m --key secret --model
	export OLLAMA_CLOUD_BASE_URL=$URL
	run ! batch-mapper <in
}

@test 'batch-slurm: the tasks of an array ask all lines, and are resumed' {
	local task
	questions 50 >in
	export SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT=3
	for task in 1 2 3 2; do
		SLURM_ARRAY_TASK_ID=$task
		batch-slurm in
	done
	all_answered 50 in.?.out
	assert_equal "$(requests)" 50
}

# answers CONTENT...: a server that answers so, one after the other, in place of the model.
answers() {
	stop_fake
	printf 'answer %s\n---\n' "$@" | sed '$d' >script
	start_fake script
	export OLLAMA_CLOUD_BASE_URL=$URL
}

@test 'summaries.mk: a summary for each text, and none is asked for twice' {
	local texts=({1..24})
	stop_fake
	start_fake --serve m --echo --limit 3 --latency 20 --model
	export OLLAMA_CLOUD_BASE_URL=$URL XDG_RUNTIME_DIR=$T
	for text in "${texts[@]}"; do
		echo "text $text" >"$text.txt"
	done
	make -s -j8 -f "$BATS_TEST_DIRNAME/../docs/examples/summaries.mk"
	for text in "${texts[@]}"; do
		run -0 cat "$text.summary"
		assert_line "text $text"
	done
	assert_equal "$(requests)" 24
	touch 1.txt
	rm 2.summary
	echo 'another text' >3.txt
	make -s -j8 -f "$BATS_TEST_DIRNAME/../docs/examples/summaries.mk"
	assert_equal "$(requests)" 25
	run -0 cat 3.summary
	assert_line 'another text'
}

# A repository and one that it is pushed to, with a commit that is not pushed yet.
repositories() {
	git init -q --bare far
	git init -q -b main near
	cd near || return
	git config user.name t
	git config user.email t@localhost
	git remote add origin ../far
	ln -s "$(command -v pre-push)" .git/hooks/pre-push
	git commit -q --allow-empty -m first
	git push -q --no-verify origin main
	echo 'key = "AKIA"' >a
	git add a
	git commit -q -m second
}

pushed() {
	[ "$(git rev-parse main)" = "$(git -C ../far rev-parse main)" ]
}

@test 'pre-push: a secret stops a push, and no secret does not' {
	answers '{\"secret\":\"AKIA in a\"}' '{\"secret\":null}'
	repositories
	run -1 --separate-stderr git push -q origin main
	[[ $stderr == *'pre-push: a secret: AKIA in a '* ]]
	run ! pushed
	run -0 --separate-stderr git push -q origin main
	assert_equal "$stderr" ''
	pushed
	assert_equal "$(requests)" 2
	[[ $(request_body 1) == *'+key = '*AKIA* ]]
	[[ $(request_body 1) != *first* ]]
	# A new branch without a new commit is nothing to ask about, and neither is the end of one.
	git push -q origin main:other
	git push -q origin :other
	assert_equal "$(requests)" 2
}

@test 'pre-push: a server that is down, or refuses, stops nothing' {
	repositories
	stop_fake
	run -0 --separate-stderr git push -q origin main
	assert_equal "$(wc -l <<<"$stderr")" 1
	[[ $stderr == 'oc-complete: '*onnect* ]]
	pushed
}

@test 'crontab: quiet when all is well, and a line when it is not' {
	local line
	line=$(sed -n 's/^30 6 \* \* \* //p' "$BATS_TEST_DIRNAME/../docs/examples/crontab")
	echo secret >.ollama.key
	echo 'all is well' >app.log
	run -0 --separate-stderr sh -c "$line"
	assert_equal "$output$stderr" ''
	run -0 cat today.txt
	assert_line 'all is well'
	assert_equal "$(key_sent 1)" secret
	stop_fake
	start_fake - <<-'END'
		status 401
	END
	run -77 --separate-stderr env OLLAMA_CLOUD_BASE_URL="$URL" sh -c "$line"
	assert_equal "$output$(wc -l <<<"$stderr")" 1
	run -0 cat today.txt
	assert_line 'all is well'
}

@test 'README: what make record has written is all that make test needs' {
	answers '{\"name\":\"Ada\"}'
	git init -q one
	cd one
	sed -n '/^export OLLAMA_CLOUD_BASE_URL = /,/^```$/{/^`/!p}' "$BATS_TEST_DIRNAME/../README.md" |
		sed "s,https://ollama.com/v1,$URL," >Makefile
	echo 'Yours, Ada' >letter.txt
	echo '{"type":"object","required":["name"]}' >person.json
	run ! make -s test
	run -0 make -s record
	git add Makefile letter.txt person.json answers
	git -c user.name=t -c user.email=t@localhost commit -qm x
	git clone -q . ../two
	stop_fake
	cd ../two
	run -0 make -s
	assert_output true
	echo 'Yours, Charles' >letter.txt
	run ! make -s test
	assert_equal "$(requests)" 1
}
