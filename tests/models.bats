#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154 # tests are subshells; stderr is set by run
# oc-models: the table in all formats, selection, and what a server serves.

load helpers

# on_terminal COLUMNS ARGUMENT...: oc-models on a terminal so wide; what it showed.
on_terminal() {
	local columns=$1
	shift
	COLUMNS=$columns script -qec "oc-models $*" /dev/null </dev/null | tr -d '\r'
}

# ---- the table ----------------------------------------------------------------------------------

@test 'markdown is the table with its headings' {
	run -0 --separate-stderr oc-models --format markdown
	assert_equal "$stderr" ''
	cat >wanted <<-'END'
		| Model Name | Model ID | Input Types | Output Type | Max Input Tokens | Max Output Tokens | Key Capabilities | Best Use Case |
		|---|---|---|---|---|---|---|---|
		| Llama 4 Scout | llama4-scout | Text, Image | Text | 512,000 | 256,000 | Multimodal, MoE, Multilingual | General-purpose agents, long context |
		| Llama 4 Maverick | llama4-maverick | Text, Image | Text | 256,000 | 128,000 | Multimodal, MoE, Strong reasoning | Complex reasoning tasks |
		| Llama 3.3 | llama3.3, llama3.3:70b | Text | Text | 128,000 | 128,000 | General purpose, Instruction tuned | General tasks, conversations |
		| Llama 3.1 | llama3.1, llama3.1:70b, llama3.1:405b | Text | Text | 128,000 | 128,000 | Multilingual, Tool use | Large-scale reasoning |
		| Mistral Large | mistral-large | Text | Text | 128,000 | 128,000 | Multilingual, Code generation | Enterprise reasoning |
		| Mixtral | mixtral:8x7b, mixtral:8x22b | Text | Text | 32,000 | 32,000 | MoE, Strong reasoning | Complex reasoning tasks |
		| CodeLlama | codellama, codellama:34b, codellama:70b | Text | Text | 16,384 | 16,384 | Code generation, Infilling | Programming assistance |
		| Phi-4 | phi4, phi4:14b | Text | Text | 16,384 | 16,384 | Small, Efficient, Reasoning | Edge deployment, quick tasks |
		| Gemma 2 | gemma2, gemma2:27b | Text | Text | 8,192 | 8,192 | Lightweight, Open-source | Research, resource-constrained tasks |
	END
	assert_output "$(cat wanted)"
}

@test 'table is complete in a pipe, a line a model' {
	oc-models >out
	assert_equal "$(wc -l <out)" 10
	grep -qE '^Llama 3\.1 +llama3\.1, llama3\.1:70b, llama3\.1:405b +Text +Text +128,000 +128,000 +Multilingual, Tool use +Large-scale reasoning$' out
	oc-models --format table | cmp - out
}

@test 'table fits the terminal, and loses nothing' {
	local columns
	for columns in 200 120 100 80 40; do
		on_terminal $columns >out
		assert_equal "$(awk -v n=$columns 'length($0) > n' out)" ''
		assert_equal "$(tr -s ' ' '\n' <out | grep -cxE 'resource-constrained|llama3.1:405b,?|512,000')" 3
	done
}

@test 'json is one array with integers' {
	run -0 oc-models --format json
	assert_equal "${#lines[@]}" 1
	jq -e 'length == 9 and .[2] == {"name": "Llama 3.3", "ids": ["llama3.3", "llama3.3:70b"],
		"input_types": ["Text"], "output_type": "Text", "max_input_tokens": 128000,
		"max_output_tokens": 128000, "capabilities": ["General purpose", "Instruction tuned"],
		"best_use": "General tasks, conversations"}' <<<"$output"
}

@test 'tsv has a heading and plain integers' {
	oc-models --format tsv >out
	assert_equal "$(wc -l <out)" 10
	assert_equal "$(awk -F'\t' '{print NF}' out | sort -u)" 8
	assert_equal "$(head -n 1 out | cut -f 2,5)" "$(printf 'ids\tmax_input_tokens')"
	assert_equal "$(awk -F'\t' '$1 == "Phi-4"' out)" \
		"$(printf 'Phi-4\tphi4,phi4:14b\tText\tText\t16384\t16384\tSmall,Efficient,Reasoning\tEdge deployment, quick tasks')"
}

@test 'ids are one a line' {
	run -0 oc-models --format ids
	assert_equal "${#lines[@]}" 17
	assert_line --index 0 llama4-scout
	assert_line --index 16 gemma2:27b
}

# ---- selection ----------------------------------------------------------------------------------

@test 'operands select by any id, once' {
	run -0 oc-models --format ids llama3.3:70b phi4 llama3.3 llama3.3:70b-cloud
	assert_output "$(printf '%s\n' llama3.3 llama3.3:70b phi4 phi4:14b)"
}

@test 'an unknown model is status 1, and a near name is named' {
	ends 1 'model "llama9" is not in the table; did you mean llama3.3?' oc-models llama9
	run -1 --separate-stderr oc-models --format json qwen3-coder:480b
	assert_output '[]'
	assert_equal "$stderr" \
		'oc-models: model "qwen3-coder:480b" is not in the table; oc-models --live asks the server'
}

@test 'of several models those that are there are shown, and one that is not is status 1' {
	run -1 --separate-stderr oc-models --format ids mistral-large llama9
	assert_output mistral-large
}

@test 'filters' {
	run -0 oc-models --format ids --input image
	assert_output "$(printf '%s\n' llama4-scout llama4-maverick)"
	run -0 oc-models --format ids --min-input 128001
	assert_output "$(printf '%s\n' llama4-scout llama4-maverick)"
	run -0 oc-models --format ids --min-output 128000 --capability multilingual
	assert_output "$(printf '%s\n' llama4-scout llama3.1 llama3.1:70b llama3.1:405b mistral-large)"
	run -0 oc-models --format ids --capability 'tool use'
	assert_line --index 0 llama3.1
	run -0 oc-models --format ids --capability Generation --min-input 100000
	assert_output mistral-large
	run -1 oc-models --format ids --capability gener
	assert_output ''
	run -1 oc-models --input image phi4
	assert_output ''
}

@test 'bad values are status 64' {
	ends 64 'option --format: "xml" is not table, tsv, json, markdown or ids' oc-models --format xml
	ends 64 'option --input: "sound" is not text or image' oc-models --input sound
	ends 64 'option --min-input: "1k" is not a whole number from 1 up' oc-models --min-input 1k
	ends 64 'option --base-url: only --live asks a server' oc-models -b http://127.0.0.1:1/v1
}

# ---- laws ---------------------------------------------------------------------------------------

@test 'it touches no network, and loads no libcurl' {
	run -0 ldd "$BIN/oc-models"
	refute_output --partial libcurl
	export OLLAMA_CLOUD_BASE_URL=http://127.0.0.1:1/v1
	run -0 oc-models --format ids phi4
	assert_line phi4
}

@test 'a full disk and a closed standard output are 74' {
	run -74 bash -c 'oc-models >/dev/full'
	run -74 bash -c 'oc-models >&-'
}

@test 'a reader that has gone ends it by SIGPIPE' {
	run bash -c 'exec 3> >(exec <&-); wait $!; oc-models >&3'
	assert_equal "$status" 141
	assert_output ''
}

@test 'it needs no environment' {
	run -0 env -i "$BIN/oc-models" --format ids phi4
	assert_line phi4
}

# ---- a server -----------------------------------------------------------------------------------

# offers JSON: a server that answers GET /models with it.
offers() {
	start_fake - <<-END
		body $1
	END
	export OLLAMA_CLOUD_BASE_URL=$URL
}

@test 'live: each row says whether it is served, and models that the table lacks are added' {
	offers '{"data":[{"id":"phi4:14b"},{"id":"me/own:1b"},{"id":"llama3.3:70b-cloud"}]}'
	run -0 --separate-stderr oc-models --live --format json
	assert_equal "$stderr" ''
	jq -e 'length == 10
		and (map(select(.served) | .name) == ["Llama 3.3", "Phi-4", null])
		and .[2].served_ids == ["llama3.3:70b-cloud"]
		and .[9] == {"name": null, "ids": ["me/own:1b"], "input_types": null, "output_type": null,
			"max_input_tokens": null, "max_output_tokens": null, "capabilities": null,
			"best_use": null, "served": true, "served_ids": ["me/own:1b"]}' <<<"$output"
	run -0 oc-models --live --format tsv
	assert_line "$(printf '\tme/own:1b\t\t\t\t\t\t\tyes')"
	run -0 oc-models --live --format markdown
	assert_line --partial '| Best Use Case | Served |'
	assert_line '| | me/own:1b | | | | | | | yes |'
	run -0 oc-models --live --format ids
	assert_output "$(printf '%s\n' llama3.3:70b-cloud phi4:14b me/own:1b)"
	run -0 oc-models --live
	assert_line --regexp '^Phi-4 .* yes$'
	assert_line --regexp '^Gemma 2 .* no$'
	run grep -c 'GET /v1/models' "$RECORD/events"
	assert_output 5
}

@test 'live: the status says whether this very model is served' {
	offers '{"data":[{"id":"phi4:14b"},{"id":"gemma2:latest"},{"id":"me/own:1b"}]}'
	run -0 oc-models --live phi4:14b
	run -0 oc-models --live gemma2
	run -0 oc-models --live me/own:1b
	run -1 --separate-stderr oc-models --live --format ids phi4
	assert_equal "$stderr" "oc-models: model \"phi4\" is not served by $URL"
	ends 1 "model \"unheard-of\" is not served by $URL" oc-models --live --format ids unheard-of
}

@test 'live: a server without models' {
	offers '{"object":"list","data":null}'
	run -0 oc-models --live --format json
	assert_equal "$(jq 'length, (map(select(.served)) | length)' <<<"$output")" "$(printf '9\n0')"
	run -0 oc-models --live --format ids
	assert_output ''
}

@test 'live: the native list, where there is no other' {
	start_fake - <<-'END'
		status 404
		body 404 page not found
		---
		body {"models":[{"name":"phi4:14b","model":"phi4:14b"}]}
	END
	run -0 oc-models --live -b "$URL" --format ids phi4:14b
	assert_output phi4:14b
	run tail -n 4 "$RECORD/events"
	assert_output --partial 'GET /api/tags'
}

@test 'live: filters let no model through of which nothing is known' {
	offers '{"data":[{"id":"phi4:14b"},{"id":"me/own:1b"}]}'
	run -0 oc-models --live --min-input 1 --format ids
	assert_output phi4:14b
}

@test 'live: failures have the statuses of every request' {
	start_fake - <<-'END'
		status 401
		body {"error":"unauthorized"}
	END
	run -77 --separate-stderr oc-models --live -b "$URL"
	assert_output ''
	run -75 --separate-stderr oc-models --live -b http://127.0.0.1:1/v1 --max-retries 0
	assert_output ''
	run -78 --separate-stderr oc-models --live
	assert_output ''
}

@test 'live: a copy without the other program says what is missing' {
	cp "$BIN/oc-models" .
	run -0 ./oc-models --format ids phi4
	run -78 --separate-stderr ./oc-models --live
	assert_output ''
	assert_regex "$stderr" '^oc-models: --live is the work of a second program, oc-models-live, which is not where .*/libexec/oc/oc-models-live and, .* \(No such file or directory\)$'
	offers '{"data":[{"id":"phi4"}]}'
	mkdir libexec
	cp "$BIN/libexec/oc-models-live" libexec
	run -0 ./oc-models --live --format ids
	assert_output phi4
}

@test 'live: what Ollama calls x:latest is x' {
	offers '{"data":[{"id":"gemma2:latest"},{"id":"own:latest"},{"id":"phi4:latest"},{"id":"phi4"}]}'
	run -0 oc-models --live --format ids
	assert_output "$(printf '%s\n' phi4 phi4:latest gemma2:latest own:latest)"
	run -0 oc-models --live --format ids own own:latest own gemma2
	assert_output "$(printf '%s\n' own:latest gemma2:latest)"
}

@test 'live: a hundred thousand models are no more work than they are many' {
	seq 1 100000 | awk 'BEGIN { printf "{\"data\":[" } { printf "%s{\"id\":\"m%d\"}", (NR == 1 ? "" : ","), $1 }
		END { print "]}" }' >list
	start_fake - <<<"file $PWD/list"
	# With work that grows with the square of it this takes a minute of processor time.
	run -0 bash -c "ulimit -t 20; exec oc-models --live -b $URL --format ids m99999 m1 m7"
	assert_output "$(printf '%s\n' m99999 m1 m7)"
	bash -c "ulimit -t 20; exec oc-models --live -b $URL --format tsv" >out
	assert_equal "$(wc -l <out)" 100010
	assert_equal "$(grep -c 'yes$' out)" 100000
}

@test 'live: the other program is installed out of the way' {
	local top=$BATS_TEST_DIRNAME/..
	make -s -C "$top" -o all install B="${B#"$(cd "$top" && pwd)"/}" DESTDIR="$T/root" PREFIX=/usr
	[ -x root/usr/libexec/oc/oc-models-live ]
	[ -x root/usr/bin/oc-models ]
	[ ! -e root/usr/bin/oc-models-live ]
}
