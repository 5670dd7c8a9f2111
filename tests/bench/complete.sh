#!/bin/sh
# SPDX-License-Identifier: MIT
# complete.sh: one call: time and memory beside curl and jq, memory for large texts, instructions
# beside a bare libcurl program.
. "$(dirname "$0")/bench.sh"

printf 'answer The sky scatters blue light more than red.\n' >"$tmp/answer"
printf 'Why is the sky blue?\n' >"$tmp/prompt"
printf '%s' '{"model":"llama3.3","messages":[{"role":"user","content":"Why is the sky blue?\n"}]}' \
	>"$tmp/body"
start "$tmp/answer"

title 'one call, one after the other on the same server'
"$measure" -n 41 -i "$tmp/prompt" \
	'curl | jq' "curl -s --data-binary @$tmp/body -H Content-Type:application/json $url/v1/chat/completions | jq -r .choices[0].message.content" \
	'oc-complete' "$BIN/oc-complete -b $url/v1"

title 'instructions: oc-complete and a bare libcurl program that does the same POST'
a=$(instructions "$BIN/oc-complete" -b "$url/v1" "$tmp/prompt")
b=$(instructions "$B/tests/bench/bare-post" "$url/v1/chat/completions" <"$tmp/body")
printf 'oc-complete %s, bare %s: %s\n' "$a" "$b" \
	"$(awk "BEGIN { printf \"%+.1f %%\", ($a / $b - 1) * 100 }")"

title 'a stream of 1,000 pieces, and the same as a document'
stop
start --tokens 1000 --model
"$measure" -n 21 -i "$tmp/prompt" \
	'oc-complete --no-stream' "$BIN/oc-complete --no-stream -b $url/v1" \
	'oc-complete' "$BIN/oc-complete -b $url/v1"
stop
start "$tmp/answer"

title 'peak memory: an 8 MiB prompt and an 8 MiB answer; 24576 KiB above a small call is 3 times'
head -c 6291456 /dev/urandom | base64 -w 76 | head -c 8388608 >"$tmp/large"
cat >"$tmp/huge" <<'END'
framing close
body {"choices":[{"message":{"content":"
fill 8M abcdefgh
body "},"finish_reason":"stop"}]}
END
"$measure" -n 3 \
	'small' "$BIN/oc-complete -b $url/v1 $tmp/prompt" \
	'8 MiB prompt' "$BIN/oc-complete -q -b $url/v1 $tmp/large"
stop
start "$tmp/huge"
"$measure" -n 3 \
	'8 MiB answer' "$BIN/oc-complete -b $url/v1 $tmp/prompt" \
	'8 MiB answer, -j' "$BIN/oc-complete -j -b $url/v1 $tmp/prompt"
