// SPDX-License-Identifier: MIT
// stream.mjs BASE_URL: reads a stream with the official client and writes its text.
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: process.argv[2], apiKey: 'none', maxRetries: 0 });
const stream = await client.chat.completions.create({
	model: 'llama3.3',
	messages: [{ role: 'user', content: 'hi' }],
	stream: true,
});
for await (const chunk of stream)
	process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
