#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2154 # programs for other shells; variables of bats
# The completion scripts, in the shells that they are for.

load helpers

# complete_bash LINE: the replies to a tab at the end of the line, one each.
complete_bash() {
	bash -c 'set -eu
		source <("${1%% *}" --completion bash)
		COMP_LINE=$1 COMP_POINT=${#1}
		"_${1%% *}"
		printf "%s\n" "${COMPREPLY[@]}"' bash "$1"
}

complete_fish() {
	HOME=$T XDG_CONFIG_HOME=$T XDG_DATA_HOME=$T XDG_CACHE_HOME=$T fish --no-config -c '
		set program (string split " " -- $argv[1])[1]
		$program --completion fish | source
		complete --do-complete "$argv[1]" | string replace --regex "\t.*" ""
		true' "$1"
}

need() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

@test "bash: names of options, by what they begin with" {
	run -0 complete_bash 'oc-complete --max-'
	assert_output $'--max-tokens\n--max-time\n--max-retries'
	run -0 complete_bash 'oc-stream -p x --max-'
	assert_output $'--max-tokens\n--max-time'
	run -0 complete_bash 'oc-usage --compl'
	assert_output '--completion'
}

@test "bash: words that an option takes, apart and after =" {
	run -0 complete_bash 'oc-complete --effort '
	assert_output $'none\nlow\nmedium\nhigh\nmax'
	run -0 complete_bash 'oc-complete -p x --effort m'
	assert_output $'medium\nmax'
	run -0 complete_bash 'oc-complete --effort=h'
	assert_output 'high'
}

@test "bash: every option that takes one of some words offers them, and no other one" {
	run -0 complete_bash 'oc-models --format '
	assert_output $'table\ntsv\njson\nmarkdown\nids'
	run -0 complete_bash 'oc-models --format=t'
	assert_output $'table\ntsv'
	run -0 complete_bash 'oc-models --input '
	assert_output $'text\nimage'
	run -0 complete_bash 'oc-usage --field '
	assert_output $'input\noutput\ntotal\nrecords'
	run -0 complete_bash 'oc-usage --completion '
	assert_output $'bash\nzsh\nfish'
	run -0 complete_bash 'oc-batch --rate '
	assert_output ''
}

@test "bash: file names are left to bash" {
	run -0 complete_bash 'oc-complete --output '
	assert_output ''
	run -0 complete_bash 'oc-complete x'
	assert_output ''
	run -0 oc-complete --completion bash
	assert_line 'complete -o default -F _oc-complete oc-complete'
}

@test "bash: models, and what lies behind the colon that bash splits them at" {
	run -0 complete_bash 'oc-complete -m phi'
	assert_output $'phi4\nphi4:14b'
	run -0 complete_bash 'oc-complete --model=phi4:'
	assert_output '14b'
	run -0 complete_bash 'oc-models gemma'
	assert_output $'gemma2\ngemma2:27b'
}

@test "bash, zsh, fish: every script is one that its shell can read" {
	local command
	need zsh
	need fish
	for command in "$BIN"/oc-*; do
		"$command" --completion bash >script
		bash -n script
		"$command" --completion zsh >script
		zsh -n script
		"$command" --completion fish >script
		fish -n script
	done
}

@test "zsh: the script registers itself" {
	need zsh
	run -0 zsh -f -c 'autoload -Uz compinit && compinit -u -D
		source <(oc-complete --completion zsh)
		print $_comps[oc-complete]'
	assert_output '_oc-complete'
}

@test "zsh: a word is completed" {
	need zsh
	# shellcheck disable=SC2154
	complete_zsh() {
		TERM=dumb timeout 60 zsh -f -c 'zmodload zsh/zpty
			zpty shell zsh -f -i
			zpty -w shell "PS1=\"rea\"\"dy:\"; autoload -Uz compinit && compinit -u -D"
			zpty -w shell "source <($1 --completion zsh)"
			zpty -w shell "echo pre\"\"pared"
			zpty -r shell said "*prepared*ready:"
			zpty -n -w shell "$2"$'"'\\t'"'
			zpty -r shell said "*$3*"
			zpty -d shell' zsh "$@"
	}
	complete_zsh oc-models 'oc-models --format ma' rkdown
	complete_zsh oc-models 'oc-models --input im' age
	complete_zsh oc-usage 'oc-usage --field=rec' ords
	complete_zsh oc-complete 'oc-complete --max-ti' me
}

@test "fish: options with what they mean, and their words" {
	need fish
	run -0 complete_fish 'oc-complete --max-'
	assert_output $'--max-retries\n--max-time\n--max-tokens'
	run -0 complete_fish 'oc-complete --effort m'
	assert_output $'max\nmedium'
	run -0 complete_fish 'oc-models --format t'
	assert_output $'table\ntsv'
	run -0 complete_fish 'oc-models --input '
	assert_output $'image\ntext'
	run -0 complete_fish 'oc-usage --field re'
	assert_output records
	run -0 complete_fish 'oc-complete --reasoning /dev/nul'
	assert_output '/dev/null'
}

@test "another shell is refused" {
	run -64 --separate-stderr oc-complete --completion csh
	assert_output ''
	assert_equal "$stderr" 'oc-complete: option --completion: "csh" is not bash, zsh or fish'
}
