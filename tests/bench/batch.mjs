// SPDX-License-Identifier: MIT
// batch.mjs BASE_URL FILE: asks the prompts of a file with the official client, 16 at a time, and
// writes the answers.
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: process.argv[2], apiKey: 'none' });
const lines = readFileSync(process.argv[3], 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const answers = [];
let next = 0;

async function work() {
	while (next < lines.length) {
		const line = next++;
		const completion = await client.chat.completions.create({
			model: 'llama3.3',
			messages: [{ role: 'user', content: lines[line].prompt }],
		});
		answers[line] = completion.choices[0].message.content;
	}
}
await Promise.all(Array.from({ length: 16 }, work));
for (const [line, content] of answers.entries())
	process.stdout.write(JSON.stringify({ line: line + 1, content }) + '\n');
