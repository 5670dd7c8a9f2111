#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154 # tests are subshells; set by run
# docs/examples: the scripts run, with this machine in place of many.

load helpers

setup() {
	oc_setup
	PATH=$BATS_TEST_DIRNAME/../docs/examples:$PATH
	export HOME=$T OLLAMA_CLOUD_MODEL=m
	start_fake --serve m --echo --model
	export OLLAMA_CLOUD_BASE_URL=$URL
}

# questions N: lines with a custom_id.
questions() {
	seq 1 "$1" | jq -c '{custom_id: "q\(.)", prompt: "\(.)"}'
}

# all_answered N FILE...: each exactly once, with its own answer.
all_answered() {
	local n=$1
	shift
	assert_equal "$(cat "$@" | jq -r '"\(.custom_id) \(.content)"' | sort)" \
		"$(seq 1 "$n" | sed 's/.*/q& &/' | sort)"
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
