#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2154 # text for other shells; bats sets some
# Every example of README.md and of the manuals runs, as it stands there.
#
# An example is a paragraph of a ```sh block, a .Dl line, or a .Bd -literal block. (Literal text that
# is no example is in ```text, or in .Bd -unfilled.) Each block is a shell of its own, in a directory
# that has the files which examples use. An example must end with status 0, say nothing on standard
# error but oc-batch's account of itself, and leave something behind, on standard output or in a
# file, unless it only sets variables or throws its output away. What README.md's must write is
# below, in `expectations`.
#
# Three things are not what a reader has:
#   - the servers that the documents name (https://ollama.com/v1, https://api.ollama.cloud/v1,
#     http://127.0.0.1 at the ports 11434, 8080 and 8000) are replaced by the loopback server's
#     model, which is also where $OLLAMA_CLOUD_BASE_URL points;
#   - `make` prints what it would do in the source tree, so that `make check` does not run itself;
#   - `pass` is a stub that prints a key.

load helpers

setup() {
	oc_setup
	ROOT=$BATS_TEST_DIRNAME/..
	start_fake --model --serve llama3.3,llama4-scout,gpt-oss:120b,default,Qwen/Qwen3-8B
	export OLLAMA_CLOUD_BASE_URL=$URL OLLAMA_CLOUD_MODEL=llama3.3 HOME=$T ROOT
	mkdir blocks work bin
	export PATH=$T/bin:$PATH
	make_stubs
	make_files
}

make_stubs() {
	printf '#!/bin/sh\necho sk-from-the-store\n' >bin/pass
	printf '#!/bin/sh\nunset MAKEFLAGS MAKELEVEL B BIN\nexec %s -s -n -C "$ROOT" "$@"\n' \
		"$(command -v make)" >bin/make
	chmod +x bin/pass bin/make
}

# The files that the examples use, in a git repository with a change that is staged.
make_files() {
	cd "$T/work" || return
	git init -q .
	git config user.name docs
	git config user.email docs@localhost
	printf 'int main(void) { return 0; }\n' >main.c
	git add main.c
	git commit -qm 'Begin'
	printf '/* nothing */\nint main(void) { return 0; }\n' >main.c
	git add main.c
	printf 'Why is the sky blue?\n' >question.txt
	printf 'The report says that all is well, and why.\n' >report.txt
	printf 'Ths notes hav errors.\n' >notes.txt
	printf 'Dear Sir, yours, Ada\n' >letter.txt
	printf 'Please send a receipt.\n' >mail.txt
	printf 'cc -c a.c\na.c:1: error\n' >build.log
	printf 'sk-from-a-file\n' >key
	printf '#!/bin/sh\noc-complete question.txt\n' >script
	chmod +x script
	cp "$ROOT/tests/install/user.c" example.c
	printf '%s\n' 'Name: oc' 'Description: here' 'Version: 0' "Cflags: -I$ROOT/lib" \
		"Libs: -L$T -loc ${SANITIZE:+-fsanitize=$SANITIZE}" >"$T/oc.pc"
	ln -sf "$B"/liboc.so.* "$T/liboc.so"
	export PKG_CONFIG_PATH=$T
	png photo.png
	printf '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}\n' \
		>person.json
	printf '{"name":"temperature","parameters":{"type":"object","properties":{"town":{"type":"string"}}}}\n' >tools.json
	printf '#!/bin/sh\necho 21\n' >temperature
	chmod +x temperature
	printf '{"prompt":"one"}\n{"prompt":"two"}\n' >questions.jsonl
	oc-complete --report calls.jsonl question.txt >answer.txt
	oc-complete -j question.txt >answer.json
	cd "$T" || return
}

# A fragment of an example in README.md, a bar, and what its output must have.
expectations() {
	cat <<-'END'
		make deps demo|tests/demo
		make deps check|tests/run
		Why is the sky blue|^I read 5 words, from "Why" to "blue\?"
		git diff --staged|^Update main\.c$
		head -n 3|^I read [0-9]+ words, from "List" to
		jq -r .name|^text$
		--estimate|^input_tokens       10$
		--dry-run -t|"content": "Answer in French\."
		--input image|^llama4-scout$
		oc-models --live|llama3\.3
		pass show ollama|^I read 5 words
		-m Qwen/Qwen3-8B|^I read 5 words
		make install|ln -sf
		make uninstall|rm -f
	END
}

# blocks_of DOCUMENT: writes its blocks to blocks/1, blocks/2 ...; paragraphs are still apart by
# empty lines.
blocks_of() {
	case $1 in
	*.md) awk '
		/^```sh$/ { out = "blocks/" ++n; next }
		/^```/ { close(out); out = "" }
		out { print >out }' "$1" ;;
	*) awk '
		/^\.Dl / { print substr($0, 5) >("blocks/" ++n); next }
		/^\.Bd -literal/ { out = "blocks/" ++n; next }
		/^\.Ed/ { close(out); out = "" }
		out { print >out }' "$1" ;;
	esac
	# What mdoc escapes.
	case $1 in
	*.[137]) sed -i 's/\\e/\\/g; s/\\&//g; s/\\-/-/g; s/\\(dq/"/g' blocks/* ;;
	esac
}

# How many examples there are, counted another way than they are found.
examples_in() {
	case $1 in
	*.md) awk '/^```/ { inside = /^```sh$/; fresh = 1; next }
		!inside { next }
		!NF { fresh = 1; next }
		fresh { n++; fresh = 0 }
		END { print n + 0 }' "$1" ;;
	*) grep -c -e '^\.Dl ' -e '^\.Bd -literal' "$1" ;;
	esac
}

# Runs in a shell of its own: the paragraphs of a block, one after the other.
run_block() {
	local part status failed=0
	cd "$T/work" || exit
	rm -f "$T"/part.*
	awk -v RS= -v to="$T/part." '{ print >(to sprintf("%03d", NR)) }' "$1"
	for part in "$T"/part.*; do
		snapshot >"$T/before"
		# shellcheck disable=SC1090
		. "$part" >"$T/out" 2>"$T/all-err" </dev/null
		status=$?
		grep -v '^oc-batch: [0-9]* lines: [0-9]* answered, 0 failed;' "$T/all-err" >"$T/err"
		judge $status "$part" || failed=1
	done
	[ $failed = 0 ]
}

snapshot() {
	find . -path ./.git -prune -o -type f -printf '%p %s %T@\n' | sort
}

# judge STATUS FILE: of the example in the file.
judge() {
	local why='' fragment pattern
	[ "$1" = 0 ] || why="status $1"
	[ ! -s "$T/err" ] || why="$why; standard error: $(cat "$T/err")"
	if [ ! -s "$T/out" ] && snapshot | cmp -s - "$T/before" &&
		grep -qv -e '^#' -e '^export ' -e '>/dev/null' "$2"; then
		why="$why; it did nothing"
	fi
	while IFS='|' read -r fragment pattern; do
		if grep -qF -e "$fragment" "$2"; then
			echo "$fragment" >>"$T/expected"
			grep -qE -e "$pattern" "$T/out" || why="$why; its output lacks $pattern"
		fi
	done < <([ "$DOCUMENT" != README.md ] || expectations)
	echo "$2" >>"$T/ran"
	[ -n "$why" ] || return 0
	printf '%s\n--- %s\n--- output:\n' "$(cat "$2")" "${why#; }"
	head -n 20 "$T/out"
	return 1
}

# A C program is built as its manual says, and run.
run_program() {
	cp "$1" example.c
	mkdir -p include
	cp "$ROOT/lib/oc.h" include
	# shellcheck disable=SC2046 # a list of flags
	"${CC:-cc}" -std=c11 -Wall -Wextra -Werror ${SANITIZE:+-fsanitize="$SANITIZE"} -Iinclude \
		-o example example.c "$B/liboc.a" $(pkg-config --libs libcurl) -lm || return
	./example >out 2>&1 || { cat out; return 1; }
	diff - out <<<"$(
		cat <<-'END'
			I read 3 words, from "Name" to "colour.". A larger model would say more.
			(17 tokens)
			I read 5 words, from "Why" to "blue?". A larger model would say more.
			I read 3 words, from "And" to "sea?". A larger model would say more.
		END
	)" || return
	echo "$1" >>ran
}

# every_example DOCUMENT: complains and returns 1 if one is no good.
every_example() {
	local DOCUMENT=$1 document=$ROOT/$1 block failed=0
	: >ran
	blocks_of "$document"
	for block in $(find blocks -type f | sort -t / -k 2n); do
		sed -i -E "s#https://ollama\.com/v1|https://api\.ollama\.cloud/v1|http://127\.0\.0\.1:(11434|8080|8000)/v1#$URL#g" \
			"$block"
		if head -n 1 "$block" | grep -q '^#include'; then
			run_program "$block" || failed=1
		else
			(run_block "$T/$block") || failed=1
		fi
	done
	[ "$(wc -l <ran)" = "$(examples_in "$document")" ] || {
		echo "$(wc -l <ran) of $(examples_in "$document") examples ran"
		failed=1
	}
	[ $failed = 0 ] || { echo "--- in $1"; return 1; }
}

@test 'README.md' {
	every_example README.md
	# What begins a block is ```sh or ```text.
	run -1 grep -nE '^ *(```.+|~~~)' <(grep -vxE '```(sh|text)' "$ROOT/README.md")
	# An expectation that nothing meets any more is stale.
	run -0 comm -23 <(expectations | cut -d '|' -f 1 | sort) <(sort -u expected)
	assert_output ''
}

@test 'the manuals' {
	local page failed=0
	for page in docs/liboc.3 docs/oc.7 docs/oc-tutorial.7 $(cd "$ROOT" && echo docs/*.1); do
		rm -rf blocks work
		mkdir blocks work
		make_files
		every_example "$page" || failed=1
	done
	[ $failed = 0 ]
}

@test 'the picture of README.md shows what the commands write' {
	"$ROOT/docs/picture" >picture
	diff "$ROOT/docs/terminal.svg" picture
}
