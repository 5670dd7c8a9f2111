#!/bin/sh
# SPDX-License-Identifier: MIT
# startup.sh: oc-models and oc-usage, from the fork to the end, beside a program that does nothing and
# one that is linked with libcurl; and a kept answer, for which nobody is asked.
. "$(dirname "$0")/bench.sh"

printf '{"model":"llama3.3","usage":{"input_tokens":1,"output_tokens":2}}\n' >"$tmp/record"

start --model --serve llama3.3
export OLLAMA_CLOUD_BASE_URL="$url/v1"
"$BIN/oc-complete" --cache "$tmp/answers" -p hi >/dev/null
stop

title 'start-up; the aim is 1.3 times the empty program'
"$measure" -n 100 -i "$tmp/record" \
	'empty program' "$B/tests/bench/empty" \
	'oc-models' "$BIN/oc-models" \
	'oc-usage' "$BIN/oc-usage" \
	'oc-complete --dry-run' "$BIN/oc-complete --dry-run -p hi" \
	'oc-complete --offline' "$BIN/oc-complete --cache $tmp/answers --offline -p hi"

title 'instructions'
for command in "$B/tests/bench/empty" "$BIN/oc-models" "$BIN/oc-usage"; do
	printf '%-28s %s\n' "${command##*/}" "$(instructions "$command" <"$tmp/record")"
done
