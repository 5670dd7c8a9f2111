#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # bats sets stderr
# tests/deps: what is missing for what, and that naming it installs nothing.

load helpers

setup() {
	oc_setup
	DEPS=$BATS_TEST_DIRNAME/deps
	# There is nothing but a shell, and an apt-get that says that it was called.
	mkdir bin
	ln -s "$(command -v sh)" "$(command -v id)" "$(command -v env)" bin
	printf '#!/bin/sh\n: >"%s/installed"\n' "$T" >bin/apt-get
	cp bin/apt-get bin/sudo
	chmod +x bin/apt-get bin/sudo
}

deps() {
	env PATH="$T/bin" sh "$DEPS" "$@"
}

@test 'deps: --print names what is missing, a line each, and installs nothing' {
	run -0 --separate-stderr deps --print
	assert_line bats
	assert_line jq
	assert_line gcc
	assert_equal "$stderr" ''
	run -0 deps --print build some-package
	assert_line some-package
	refute_line jq
	assert [ ! -e installed ]
	run -0 deps build
	assert [ -e installed ]
}

@test 'deps: the tour needs a compiler, libcurl, jsmn and jq' {
	run -0 deps --print demo
	assert_output $'gcc\nmake\npkg-config\nlibcurl4-openssl-dev\njq'
}

@test 'deps: what is in /usr/sbin is not missing' {
	[ -x /usr/sbin/nginx ] || skip 'nginx is not in /usr/sbin'
	run -0 deps --print check
	refute_line nginx-light
}

@test 'deps: an option that there is not is status 64' {
	run -64 deps --install
	assert_output 'deps: there is no option --install'
}
