#!/bin/sh
# SPDX-License-Identifier: MIT
# stream.sh: a recorded stream of 200,000 chunks, about 47 MB, beside curl, a shell pipeline and the
# openai npm client (skipped, and said so, where npm cannot install it); how late each chunk is;
# instructions for each chunk; memory for a short and for a long stream.
. "$(dirname "$0")/bench.sh"

# events N: a stream as Ollama sends it.
events() {
	awk -v n="$1" 'BEGIN {
		head = "data: {\"id\":\"chatcmpl-123\",\"object\":\"chat.completion.chunk\",\"created\":1790000000," \
			"\"model\":\"llama3.3\",\"system_fingerprint\":\"fp_ollama\",\"choices\":[{\"index\":0,\"delta\":{"
		for (i = 0; i < n; i++)
			printf "%s\"role\":\"assistant\",\"content\":\"token%d \"},\"finish_reason\":null}]}\n\n", head, i
		printf "%s},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", head
	}'
}

# serve FILE: starts the server with this recorded stream.
serve() {
	printf 'type text/event-stream\nframing chunked\nfile %s\n' "$1" >"$tmp/script"
	start "$tmp/script"
}

events 200000 >"$tmp/long"
events 2000 >"$tmp/short"
printf '{"stream":true}' >"$tmp/body"
serve "$tmp/long"
curl="curl -sN -d @$tmp/body $url/v1/chat/completions"

title "$(wc -c <"$tmp/long") bytes in 200,000 chunks; all read the same server"
"$measure" -n 9 \
	'curl -sN' "$curl" \
	'oc-stream' "$BIN/oc-stream -b $url/v1 -p hi"
"$measure" -n 1 \
	'oc-stream' "$BIN/oc-stream -b $url/v1 -p hi" \
	'curl | sed | jq -j' "$curl | sed -n 's/^data: //p' | sed '/DONE/d' | jq -j '.choices[0].delta.content // empty'"

title 'the official openai client for Node'
if (cd "$tmp" && npm init -y && npm install openai) >/dev/null 2>&1; then
	cp tests/bench/stream.mjs "$tmp"
	"$measure" -n 3 \
		'oc-stream' "$BIN/oc-stream -b $url/v1 -p hi" \
		'openai for Node' "node $tmp/stream.mjs $url/v1"
else
	printf 'SKIPPED: npm cannot install it\n'
fi

title 'instructions for each chunk'
long=$(instructions "$BIN/oc-stream" -b "$url/v1" -p hi)
stop
serve "$tmp/short"
short=$(instructions "$BIN/oc-stream" -b "$url/v1" -p hi)
printf '%d\n' $(((long - short) / 198000))

title 'peak memory: 2,000 chunks; 200,000 are above'
"$measure" -n 3 'oc-stream' "$BIN/oc-stream -b $url/v1 -p hi"
stop

title 'from sending a chunk to its being written: 40 chunks, one every 50 ms'
printf 'sse\nevery 50\nrepeat 40 stamp\nfinish stop\ndone\n' >"$tmp/script"
start "$tmp/script"
"$BIN/oc-stream" -b "$url/v1" -p hi | "$B/tests/bench/lateness"
