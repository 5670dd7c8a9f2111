#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # bats sets some
# Any field of a request: --set, --unset, --body.

load helpers
load batch

setup() {
	oc_setup
	COMMAND=oc-complete
	export OLLAMA_CLOUD_MODEL=m
}

# sent ARGUMENT...: what is sent, without the model and the messages of the prompt "x".
sent() {
	"$COMMAND" --dry-run -p x "$@" | jq -c 'del(.model, .messages, .stream)
		| if .stream_options == {include_usage: true} then del(.stream_options) else . end'
}

# refused STATUS MESSAGE ARGUMENT...: so ends a command with these options.
refused() {
	ends "$1" "$2" "$COMMAND" -p x "${@:3}"
}

@test 'set: a value is JSON where it is that, else a string' {
	assert_equal "$(sent --set a=1 --set b=1e2 --set c=true --set 'd=[1, {"x":null}]' --set 'e="1"')" \
		'{"a":1,"b":100,"c":true,"d":[1,{"x":null}],"e":"1"}'
	assert_equal "$(sent --set a= --set b=10m --set c=01 --set d=NaN --set 'e={"x":' --set 'f= x' --set g=h=i)" \
		'{"a":"","b":"10m","c":"01","d":"NaN","e":"{\"x\":","f":" x","g":"h=i"}'
	assert_equal "$(sent --set $'a=\u20ac"\\\t')" $'{"a":"\u20ac\\"\\\\\\t"}'
}

@test 'set: a dot reaches into an object, and one behind a backslash is a dot' {
	assert_equal "$(sent --set a.b=1 --set a.c.d=2 --set a.b.e=3)" '{"a":{"b":{"e":3},"c":{"d":2}}}'
	assert_equal "$(sent --set 'a\.b=1' --set 'c\\=2' --set 'd\=e=3' --set 'f."g=4')" \
		'{"a.b":1,"c\\":2,"d=e":3,"f":{"\"g":4}}'
	COMMAND=oc-stream
	assert_equal "$(sent --set stream_options.x=1)" '{"stream_options":{"include_usage":true,"x":1}}'
}

@test 'set: null, like --unset, is a field that is not sent' {
	assert_equal "$(sent -t 1 --set temperature=null --top-p 1 --unset top_p --set a=1 --unset a)" '{}'
	assert_equal "$(sent --set 'a={"b":1,"c":2}' --unset a.b)" '{"a":{"c":2}}'
	assert_equal "$(oc-batch --dry-run --unset stream_options <<<'"x"' | jq -c 'del(.messages)')" \
		'{"model":"m","stream":true}'
	assert_equal "$(oc-batch --dry-run --set stream_options.x=1 --no-stream <<<'"x"' | jq -c 'del(.messages)')" \
		'{"model":"m"}'
	run -0 oc-stream --dry-run -p x --unset stream_options
	assert_output '{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true}'
}

@test 'set: of two options that set the same field the later one counts' {
	local option
	assert_equal "$(sent --set a=1 --set a=2)" '{"a":2}'
	assert_equal "$(sent --unset a --set a=2)" '{"a":2}'
	assert_equal "$(sent -t 0.5 --set temperature=0.7)" '{"temperature":0.7}'
	assert_equal "$(sent --set temperature=0.7 -t 0.5)" '{"temperature":0.5}'
	assert_equal "$(sent --unset temperature -t 0.5)" '{"temperature":0.5}'
	echo '{}' >schema
	for option in '-t 1' '--top-p 1' '-n 1' '--seed 1' '--stop 1' '--effort low' --json-object '--schema schema'; do
		# shellcheck disable=SC2086 # an option and its value
		assert_equal "$(sent --set temperature=9 --set top_p=9 --set max_tokens=9 --set seed=9 --set stop=9 \
			--set reasoning_effort=9 --set response_format=9 $option | jq '[.[] | select(. == 9)] | length')" 6
	done
}

@test 'set: what has an option of its own is refused, and so is what is no field' {
	refused 64 'option --set: "model" cannot be set so: --model says which' --set model=n
	refused 64 'option --set: "messages" cannot be set so: --messages, --system and --prompt make them' \
		--set messages.x=1
	refused 64 'option --unset: "stream" cannot be set so: how the answer is sent is for the command to say' \
		--unset stream
	refused 64 'option --set: "a" is not NAME=VALUE' --set a
	refused 64 'option --unset: "a=1" is no name' --unset a=1
	refused 64 'option --set: "=1": a name, or a part of it, is empty' --set =1
	refused 64 'option --set: "a..b=1": a name, or a part of it, is empty' --set a..b=1
	refused 64 'option --set: "a=\xff" is not valid UTF-8' --set $'a=\xff'
	refused 64 'option --set: "\xff=1" is not valid UTF-8' --set $'\xff=1'
	refused 64 'the field "n" cannot be other than 1: only one answer is read' --set n=2
	assert_equal "$(sent --set n=1)" '{"n":1}'
}

@test 'set: what is nested too deeply, or too large, is refused' {
	local deep
	deep=$(printf 'a.%.0s' {1..130})b=1
	refused 64 "option --set: \"$deep\" is nested too deeply" --set "$deep"
	{ printf '{"a":"'; head -c 1100000 /dev/zero | tr '\0' x; printf '"}'; } >large
	refused 65 'the further fields are larger than 1048576 bytes' --body large
}

@test 'body: what has very many fields is refused soon' {
	seq 90000 | sed 's/.*/"k&":1/' | paste -sd, | sed 's/.*/{&}/' >many
	refused 65 'the further fields have more than 8192 names and values' --body many --set a.b=1
}

@test 'body: options override what is in the file' {
	printf '{"temperature":0.1,\n"max_completion_tokens":5,"o":{"a":1,"b":2},"k":[1],"seed":3}' >body
	assert_equal "$(sent --body body)" \
		'{"temperature":0.1,"max_completion_tokens":5,"o":{"a":1,"b":2},"k":[1],"seed":3}'
	assert_equal "$(sent -t 1 -n 2 --set o.a=0 --unset seed --set z=1 --body body)" \
		'{"temperature":1,"max_tokens":2,"o":{"a":0,"b":2},"k":[1],"z":1}'
}

@test 'body: its model and its messages are those where no option says others' {
	echo '{"model":"of the body","messages":[{"role":"system","content":"s"}],"stream":true,"stream_options":{}}' >body
	run -0 oc-complete --dry-run --no-stream --body body -p x
	assert_output '{"model":"of the body","messages":[{"role":"system","content":"s"},{"role":"user","content":"x"}]}'
	assert_equal "$(echo x | oc-complete --dry-run --body body | jq -r '.messages[1].content')" x
	run -0 oc-complete --dry-run --no-stream --body body -m n --messages <(echo '[{"role":"user","content":"y"}]')
	assert_output '{"model":"n","messages":[{"role":"user","content":"y"}]}'
}

@test 'body: a file that is no object is 65' {
	refused 65 '/dev/null: not JSON: the text is empty' --body /dev/null
	echo '[1]' >body
	refused 65 'body: it is no JSON object' --body body
	echo '{"model":1}' >body
	OLLAMA_CLOUD_MODEL='' refused 65 'body: "model" is no string' --body body
	refused 65 'the messages are no array of objects that have a role each' --body <(echo '{"messages":1}')
	refused 66 'cannot read nowhere: No such file or directory' --body nowhere
	refused 64 'the field "n" cannot be other than 1: only one answer is read' --body <(echo '{"n":3}')
}

@test 'set: a limit of tokens that is set so is the own one' {
	local body='{"choices":[{"message":{"content":"Hello"},"finish_reason":"length"}],"usage":{"completion_tokens":5}}'
	printf 'body %s\n---\nbody %s\n' "$body" "$body" >script
	serve script
	run -3 --separate-stderr oc-complete -p x
	run -0 --separate-stderr oc-complete -p x --set max_completion_tokens=5
	assert_equal "$stderr" ''
	assert_equal "$(request_body 2 | jq .max_completion_tokens)" 5
}

@test 'batch: the fields are those of each line that does not say others' {
	local of_body='{"custom_id":"e","body":{"messages":[{"role":"user","content":"c"}],"min_p":0.3}}'
	printf '%s\n' '"a"' '{"prompt":"b","min_p":0.2,"o":{"c":3}}' "$of_body" >in
	oc-batch --dry-run --no-stream --set min_p=0.1 --set o.a=1 -t 1 --unset temperature in | jq -c 'del(.messages)' >got
	diff got - <<-'EOF'
	{"model":"m","min_p":0.1,"o":{"a":1}}
	{"model":"m","min_p":0.2,"o":{"c":3}}
	{"model":"m","min_p":0.3,"o":{"a":1}}
	EOF
	assert_equal "$(echo '"a"' | oc-batch --dry-run --set n=2 | jq .n)" 2
}

@test 'batch: with another field a line that was answered is another request' {
	serve_echo
	questions 2 >in
	oc-batch -q -o out in
	oc-batch -q --resume -o out in
	assert_equal "$(requests)" 2
	oc-batch -q --resume -o out --set min_p=0.1 in
	assert_equal "$(requests)" 4
}
