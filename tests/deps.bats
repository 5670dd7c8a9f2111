#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2154 # programs for other shells; bats sets stderr
# tests/deps: what is missing for what, and that only --install installs it.

load helpers

setup() {
	oc_setup
	DEPS=$BATS_TEST_DIRNAME/deps
	# There is nothing but a shell, and an apt-get that leaves a trace.
	mkdir bin
	ln -s "$(command -v sh)" "$(command -v id)" "$(command -v env)" bin
	printf '#!/bin/sh\n: >"%s/installed"\n' "$T" >bin/apt-get
	printf '#!/bin/sh\n[ "$1" != -n ] || shift\nexec "$@"\n' >bin/sudo
	ln -s /bin/true bin/true
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
}

@test 'deps: without an option it says how to get what is missing, and installs nothing' {
	run -1 deps build jq
	assert_line 'deps: missing: gcc libc6-dev make pkg-config libcurl4-openssl-dev libjsmn-dev jq'
	assert_line --regexp '^deps: to get it, make deps, or (sudo )?apt-get install .* libjsmn-dev jq$'
	assert [ ! -e installed ]
	run -0 deps --install build
	assert [ -e installed ]
}

@test 'deps: every package manager is told its own names, once each' {
	rm bin/apt-get
	local manager
	for manager in dnf apk pacman brew pkg; do
		printf '#!/bin/sh\necho "$@" >"%s/installed"\n' "$T" >bin/$manager
		chmod +x bin/$manager
		run deps --install check
		assert_line --regexp 'missing, and no package of .* jsmn\.h'
		rm bin/$manager
		run -0 cat installed
		case $manager in
		dnf) assert_output --regexp '^install -y gcc .* libcurl-devel jq ' ;;
		apk) assert_output --regexp '^add gcc .* curl-dev jq ' ;;
		pacman) assert_output --regexp '^-S --needed --noconfirm gcc .* curl jq .* attr coreutils git ' ;;
		brew) assert_output --regexp '^install make pkgconf curl jq .* bats-core ' ;;
		pkg) assert_output --regexp '^install -y gmake pkgconf curl jq ' ;;
		esac
	done
	run -1 deps build
	assert_line --regexp 'missing, as Debian calls it: gcc '
}

@test 'deps: where nothing is missing, no package manager is needed' {
	local command
	for command in cc make pkg-config; do
		printf '#!/bin/sh\necho GNU Make\n' >bin/$command
		chmod +x bin/$command
	done
	rm bin/apt-get
	run -0 deps build
	assert_output ''
	run -0 deps --install build
	assert_output ''
}

@test 'deps: the tour needs a compiler, libcurl, jsmn and jq' {
	run -0 deps --print demo
	assert_output $'gcc\nlibc6-dev\nmake\npkg-config\nlibcurl4-openssl-dev\nlibjsmn-dev\njq'
}

@test 'deps: what is in /usr/sbin is not missing' {
	[ -x /usr/sbin/nginx ] || skip 'nginx is not in /usr/sbin'
	run -0 deps --print check
	refute_line nginx-light
}

@test 'deps: an option that there is not is status 64' {
	run -64 deps --upgrade
	assert_output 'deps: there is no option --upgrade'
}
