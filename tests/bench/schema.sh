#!/bin/sh
# SPDX-License-Identifier: MIT
# schema.sh: instructions for checking an answer against a schema of ordinary shape, above those for
# an empty one: they grow with the answer, and what a hostile schema can cost has a ceiling.
. "$(dirname "$0")/bench.sh"

cat >"$tmp/ordinary" <<'END'
{"type":"array","items":{"$ref":"#/$defs/item"},"$defs":{"item":{"type":"object",
"required":["id","name","tags"],"additionalProperties":false,"properties":{
"id":{"type":"integer","minimum":0},"name":{"type":"string","minLength":1,"maxLength":100},
"kind":{"enum":["a","b","c"]},"tags":{"type":"array","items":{"type":"string"},"uniqueItems":true},
"more":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/item"}]}}}}}
END
cat >"$tmp/unevaluated" <<'END'
{"type":"array","items":{"allOf":[{"properties":{"id":true,"name":true}}],
"properties":{"kind":true,"tags":true},"unevaluatedProperties":false}}
END
echo '{"items":{"patternProperties":{"^(i|id)+$":true,"^[a-z]+$":true}}}' >"$tmp/patterns"

# items N: an answer of N items.
items() {
	awk -v n="$1" 'BEGIN {
		printf "["
		for (i = 0; i < n; i++)
			printf "%s{\"id\":%d,\"name\":\"item %d\",\"kind\":\"%s\",\"tags\":[\"x\",\"y\",\"z\"]}",
				i ? "," : "", i, i, substr("abc", i % 3 + 1, 1)
		print "]"
	}'
}

check() {
	instructions "$BIN/oc-complete" --check --schema "$1" "$2"
}

title 'instructions for an item, of 2,000 and of 8,000 (the same: linear)'
items 0 >"$tmp/0"
items 2000 >"$tmp/2000"
items 8000 >"$tmp/8000"
for schema in ordinary unevaluated patterns; do
	none=$(check "$tmp/$schema" "$tmp/0")
	some=$(check "$tmp/$schema" "$tmp/2000")
	many=$(check "$tmp/$schema" "$tmp/8000")
	awk "BEGIN { printf \"%-12s %6.0f %6.0f\n\", \"$schema\", ($some - $none) / 2000, ($many - $none) / 8000 }"
done

title 'instructions at most: a schema that branches without end, a pattern that does'
cat >"$tmp/branches" <<'END'
{"anyOf":[{"items":{"$ref":"#"}},{"items":{"$ref":"#"}}],"type":"array"}
END
awk 'BEGIN { for (i = 0; i < 60; i++) printf "["; printf "0"; for (i = 0; i < 60; i++) printf "]" }' >"$tmp/deep"
echo '{"pattern":"^(a+)+$"}' >"$tmp/pattern"
awk 'BEGIN { printf "\""; for (i = 0; i < 5000; i++) printf "a"; printf "!\"" }' >"$tmp/long"
printf '%-12s %s\n' branches "$(check "$tmp/branches" "$tmp/deep")"
printf '%-12s %s\n' pattern "$(check "$tmp/pattern" "$tmp/long")"
