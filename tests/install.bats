#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2154 # programs for other shells; variables of bats
# make install and uninstall, and what others build with what they put there.

load helpers

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return
	B=$(cd "${B:-build}" && pwd)
	export TOP=$PWD BUILT=${B#"$PWD"/} TO="$BATS_FILE_TMPDIR/a place" B
	install_to "$TO"
}

# Nothing is built for it, nor run: `all` counts as made.
install_to() {
	local to=$1
	shift
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$TOP" -o all B="$BUILT" DESTDIR="$to" QUIET=1 "$@" install
}

uninstall_from() {
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$TOP" B="$BUILT" DESTDIR="$1" QUIET=1 uninstall
}

# files DIRECTORY: what is below it, and is no directory.
files() {
	(cd "$1" && find . ! -type d | sort)
}

# use_installed DIRECTORY: pkg-config finds what is installed below it.
use_installed() {
	export PKG_CONFIG_PATH=$1/usr/local/lib/pkgconfig
}

# builds OUTPUT COMPILER...: with the words of pkg-config, which escapes blanks.
builds() {
	local out=$1 words
	shift
	words=$(pkg-config "${pkg_config[@]}" --cflags --libs oc)
	eval "set -- \"\$@\" $words"
	"$@" ${SANITIZE:+"-fsanitize=$SANITIZE"} -Wall -Wextra -Werror -o "$out"
}

serve_hello() {
	start_fake - <<<'body {"choices":[{"message":{"content":"Hello yourself"},"finish_reason":"stop"}]}'
}

@test 'install: every command, page, header and library has its place' {
	local name
	cd "$TO/usr/local"
	for name in "$BIN"/oc-*; do
		name=${name##*/}
		[ -x "bin/$name" ] || fail "no $name"
		cmp "bin/$name" "$BIN/$name"
		[ -f "share/man/man1/$name.1" ] || fail "no manual of $name"
	done
	[ -x libexec/oc/oc-models-live ]
	cmp include/oc.h "$TOP/lib/oc.h"
	[ -f share/man/man7/oc.7 ]
	[ "$(readlink share/man/man3/oc_complete.3)" = liboc.3 ]
	run find . -type f -perm /022
	assert_output ''
}

@test 'install: what is built is not run' {
	mkdir bin
	local name
	for name in "$BIN"/oc-*; do
		printf '#!/bin/sh\n: >"%s/ran"\n' "$T" >"bin/${name##*/}"
		chmod +x "bin/${name##*/}"
	done
	install_to "$T/to" BIN="$T/bin" LIVE="$BIN/libexec/oc-models-live"
	cmp bin/oc-usage to/usr/local/bin/oc-usage
	[ ! -e ran ]
	assert_equal "$(files to)" "$(files "$TO")"
}

@test 'uninstall: everything that install has put there, and nothing else' {
	cp -R "$TO" to
	: >to/usr/local/bin/oc-other
	: >to/usr/local/share/man/man3/ocean.3
	: >to/usr/local/lib/liboc.so.0.0
	uninstall_from "$T/to"
	run files to
	assert_output "$(printf '%s\n' ./usr/local/bin/oc-other ./usr/local/lib/liboc.so.0.0 \
		./usr/local/share/man/man3/ocean.3)"
	[ ! -e to/usr/local/libexec/oc ]
	uninstall_from "$T/to"
}

@test 'uninstall: where nothing was installed, nothing is made' {
	uninstall_from "$T/to"
	[ ! -e to ]
}

@test 'install: oc-models finds its other program wherever both were moved to' {
	start_fake - <<<'body {"data":[{"id":"phi4"}]}'
	run -0 "$TO/usr/local/bin/oc-models" --live -b "$URL" --format ids
	assert_output phi4
}

@test 'install: one version, in the commands, the library and oc.pc' {
	local version
	version=$(sed -n 's/^#define OC_VERSION "\(.*\)"/\1/p' "$TOP/lib/oc.h")
	run -0 "$TO/usr/local/bin/oc-usage" --version
	assert_output "oc-usage $version"
	use_installed "$TO"
	run -0 pkg-config --modversion oc
	assert_output "$version"
	cd "$TO/usr/local/lib"
	[ "$(readlink liboc.so)" = "liboc.so.$version" ]
	run -0 readelf -d liboc.so
	assert_line --regexp "SONAME.*\[liboc\.so\.${version%.*}\]"
	[ "$(readlink "liboc.so.${version%.*}")" = "liboc.so.$version" ]
}

@test 'completion: bash loads the installed file' {
	run -0 bash -c 'source "$0/bash-completion/completions/oc-models"; complete -p oc-models
		COMP_LINE="oc-models --format=t" COMP_POINT=20; _oc-models; echo "${COMPREPLY[@]}"' \
		"$TO/usr/local/share"
	assert_output "$(printf '%s\n' 'complete -o default -F _oc-models oc-models' 'table tsv')"
}

@test 'completion: zsh finds the installed file in fpath' {
	command -v zsh >/dev/null || skip 'zsh is not installed'
	run -0 timeout 60 env TERM=dumb zsh -f -c 'fpath=("$0/zsh/site-functions" $fpath)
		autoload -Uz compinit && compinit -u -D
		print $_comps[oc-usage]
		compdef() print registered; _arguments() print -r -- "${(M)@:#*--field*}"
		_oc-usage; _oc-usage' "$TO/usr/local/share"
	assert_line --index 0 _oc-usage
	refute_line registered
	assert_equal "${#lines[@]}" 3 # the first call completes, too
	assert_line --index 1 --partial input
}

@test 'completion: fish reads the installed file' {
	command -v fish >/dev/null || skip 'fish is not installed'
	HOME=$T XDG_CONFIG_HOME=$T run -0 fish --no-config -c '
		source $argv[1]/fish/vendor_completions.d/oc-models.fish
		complete --do-complete "oc-models --format t"' "$TO/usr/local/share"
	assert_line --regexp '^table'
}

@test 'library: a program in C builds with pkg-config, and asks' {
	use_installed "$TO"
	serve_hello
	builds user cc -std=c11 "$TOP/tests/install/user.c"
	export LD_LIBRARY_PATH=$TO/usr/local/lib
	run -0 ./user "$URL"
	assert_output 'Hello yourself'
	run -0 readelf -d user
	assert_line --regexp 'NEEDED.*\[liboc\.so\.'
	refute_line --partial libcurl
}

@test 'library: a program in C++ builds with pkg-config, and asks' {
	command -v c++ >/dev/null || skip 'c++ is not installed'
	use_installed "$TO"
	serve_hello
	builds user c++ -std=c++11 -Wpedantic -x c++ "$TOP/tests/install/user.c" -x none
	LD_LIBRARY_PATH=$TO/usr/local/lib run -0 ./user "$URL"
	assert_output 'Hello yourself'
}

@test 'library: what pkg-config --static names is all that liboc.a needs' {
	cp -R "$TO" to
	rm to/usr/local/lib/liboc.so*
	use_installed "$T/to"
	# What libcurl itself would need is no matter of ours.
	mkdir pc
	printf '%s\n' 'Name: libcurl' 'Description: here' 'Version: 8' "Libs: $(pkg-config --libs libcurl)" \
		"Cflags: $(pkg-config --cflags libcurl)" >pc/libcurl.pc
	PKG_CONFIG_PATH=$T/pc:$PKG_CONFIG_PATH
	serve_hello
	pkg_config=(--static)
	builds user cc -std=c11 "$TOP/tests/install/user.c"
	run -0 ./user "$URL"
	assert_output 'Hello yourself'
}

@test 'library: from Python' {
	command -v python3 >/dev/null || skip 'python3 is not installed'
	[ -z "$SANITIZE" ] || skip 'python3 is not instrumented'
	serve_hello
	run -0 python3 "$TOP/tests/install/user.py" "$TO/usr/local/lib/liboc.so" "$URL"
	assert_output "$(printf '%s\n' 'Llama 4 Scout 9' 'Hello yourself 14')"
}

@test 'install: blanks and quotes in every path, of the sources and of the places' {
	local top="$T/it's \"here\"" to="$T/the 'to'" prefix="/opt/a \"b\" c's"
	mkdir "$top"
	cp -R "$TOP/Makefile" "$TOP/lib" "$TOP/cmd" "$TOP/docs" "$top"
	mkdir "$top/tests"
	cp "$TOP/tests/deps" "$top/tests"
	env -u MAKEFLAGS -u MAKELEVEL -u B -u BIN \
		make -s -C "$top" -j2 QUIET=1 CFLAGS=-O0 PREFIX="$prefix" DESTDIR="$to" install
	run -0 "$to$prefix/bin/oc-usage" --version
	assert_output --partial 'oc-usage '
	assert_equal "$(files "$to$prefix")" "$(files "$TO/usr/local")"
	# It names the place that it was made for.
	cp "$to$prefix/bin/oc-models" .
	run -78 ./oc-models --live
	assert_output --partial "in $prefix/libexec/oc/oc-models-live and"
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$top" QUIET=1 PREFIX="$prefix" DESTDIR="$to" uninstall
	assert_equal "$(files "$to")" ''
}

@test 'oc.pc: what is elsewhere is named, with its blanks' {
	install_to "$T/to" LIBDIR="/opt/l b" INCLUDEDIR=/usr/local/include/oc
	assert_equal "$(sed '/^$/,$d' "to/opt/l b/pkgconfig/oc.pc")" \
		"$(printf '%s\n' prefix=/usr/local 'libdir=/opt/l\ b' 'includedir=${prefix}/include/oc')"
	PKG_CONFIG_PATH="$T/to/opt/l b/pkgconfig" run -0 pkg-config --libs oc
	assert_output --regexp '^-L/opt/l\\ b -loc *$'
}

@test 'the make of the BSDs is refused with a clear word' {
	command -v bmake >/dev/null || skip 'bmake is not installed'
	env -u MAKEFLAGS -u MAKELEVEL SHELL=/bin/sh bmake -C "$TOP" clean >said 2>&1 && fail 'it went on'
	run -0 cat said
	assert_output --partial 'GNU make is needed'
	[ -e "$BIN/oc-usage" ]
}
