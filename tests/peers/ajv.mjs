// SPDX-License-Identifier: MIT
// ajv.mjs NODE_MODULES OC_COMPLETE N: N schemas made by chance, five values for each, and what ajv and
// `oc-complete --check` say of them. Prints where the two differ; status 1 if they do.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [modules, command, count] = process.argv.slice(2);
const load = createRequire(join(modules, 'x'));
const Ajv2020 = load('ajv/dist/2020').default;
const addFormats = load('ajv-formats').default;
const dir = mkdtempSync(join(tmpdir(), 'oc-ajv-'));

// The same numbers every time.
let state = 20260823;
const below = (n) => {
	state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
	return Math.floor((state / 2 ** 32) * n);
};
const pick = (list) => list[below(list.length)];
const some = (make, least, most) =>
	Array.from({ length: least + below(most - least + 1) }, () => make());

const names = ['a', 'b', 'ab', 'ä'];
const scalars = [null, true, false, 0, 1, 2, -3, 2.5, 10, '', 'a', 'ab', 'abc', 'ä', '😀',
	'2026-02-28', '2026-02-29', '10.0.0.1'];

function value(depth) {
	const kind = depth > 0 ? below(4) : 0;
	if (kind === 2)
		return some(() => value(depth - 1), 0, 4);
	if (kind === 3)
		return Object.fromEntries(some(() => [pick(names), value(depth - 1)], 0, 4));
	return pick(scalars);
}

const keywords = {
	type: () => pick(['null', 'boolean', 'integer', 'number', 'string', 'array', 'object',
		['string', 'array'], ['object', 'integer']]),
	enum: (d) => [...new Set(some(() => JSON.stringify(value(d)), 1, 4))].map((v) => JSON.parse(v)),
	const: (d) => value(d),
	minimum: () => below(4) - 1,
	exclusiveMaximum: () => below(6),
	multipleOf: () => 1 + below(3),
	minLength: () => below(3),
	maxLength: () => below(4),
	pattern: () => pick(['^a', 'b$', '^.$', '[0-9]+', '^(a|ab)*$']),
	format: () => pick(['date', 'ipv4']),
	minItems: () => below(3),
	maxItems: () => below(4),
	uniqueItems: () => true,
	prefixItems: (d) => some(() => schema(d), 1, 2),
	items: (d) => schema(d),
	contains: (d) => schema(d),
	minContains: () => below(3),
	maxContains: () => 1 + below(2),
	unevaluatedItems: (d) => schema(d),
	minProperties: () => below(3),
	maxProperties: () => below(4),
	required: () => [...new Set(some(() => pick(names), 1, 2))],
	properties: (d) => Object.fromEntries(some(() => [pick(names), schema(d)], 1, 3)),
	patternProperties: (d) => ({ [pick(['^a', 'b'])]: schema(d) }),
	additionalProperties: (d) => schema(d),
	propertyNames: (d) => schema(d),
	dependentRequired: () => ({ [pick(names)]: [pick(names)] }),
	dependentSchemas: (d) => ({ [pick(names)]: schema(d) }),
	unevaluatedProperties: (d) => schema(d),
	allOf: (d) => some(() => schema(d), 1, 2),
	anyOf: (d) => some(() => schema(d), 1, 3),
	oneOf: (d) => some(() => schema(d), 1, 3),
	not: (d) => schema(d),
	if: (d) => schema(d),
	then: (d) => schema(d),
	else: (d) => schema(d),
	$ref: () => pick(['#', '#/$defs/x', '#y']),
};

function schema(depth) {
	if (depth <= 0 || below(8) === 0)
		return pick([true, true, false, {}, { type: 'string' }, { minimum: 1 }]);
	return Object.fromEntries(some(() => pick(Object.keys(keywords)), 1, 4)
		.filter((key) => key !== '$ref' || below(4) === 0)
		.map((key) => [key, keywords[key](depth - 1)]));
}

function root() {
	const made = schema(3);
	if (typeof made !== 'object')
		return made;
	if (made.$ref === '#')
		delete made.$ref; // without end
	return { ...made, $defs: { x: { type: ['integer', 'string', 'object'] }, y: { $anchor: 'y', maxLength: 1 } } };
}

let different = 0, compared = 0, valid = 0, endless = 0;

function compare(text, validate, data) {
	const input = JSON.stringify(data);
	const ours = spawnSync(command, ['--check', '--schema', join(dir, 'schema')], { input });
	let theirs;
	try {
		theirs = validate(data) ? 0 : 76;
	} catch (e) { // a reference to itself: ajv runs out of stack
		endless++;
		return;
	}
	if (ours.status === 76 && /too deep or too complex/.test(ours.stderr)) {
		endless++;
		return;
	}
	compared++;
	valid += theirs === 0;
	if (ours.status === theirs)
		return;
	different++;
	console.log(`# ajv ${theirs}, oc-complete ${ours.status}: ${text}\n#   ${input}\n#   ${ours.stderr}`);
}

for (let i = 0; i < Number(count); i++) {
	const made = root();
	const text = JSON.stringify(made);
	const ajv = new Ajv2020({ strict: false, allowUnionTypes: true });
	addFormats(ajv, ['date', 'ipv4']);
	writeFileSync(join(dir, 'schema'), text);
	const validate = ajv.compile(made);
	for (let k = 0; k < 5; k++)
		compare(text, validate, value(2));
}
rmSync(dir, { recursive: true });
console.log(`# ${compared} verdicts compared, ${valid} of them valid, ${endless} without end, ${different} different`);
process.exitCode = different || compared < Number(count) || !valid ? 1 : 0;
