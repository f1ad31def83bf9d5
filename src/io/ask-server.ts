/** Requests to the server beside this process, a JSON object a line on standard input → its answers, a line each on standard output. */
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import type { SmokeReady, SmokeRequest, SmokeResponse, SmokeWait } from '../image/smoke-program.ts';

const RETRY_MS = 10;
const LONGEST_LAST = 500;

/** Ends with standard input. */
export async function askServer(port: number): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line) as SmokeRequest | SmokeWait;
    const answer = 'waitMs' in question ? await waitUntilReady(port, question.waitMs) : await ask(port, question);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

async function ask(port: number, { method, target, headers, body }: SmokeRequest): Promise<SmokeResponse> {
  const bytes = Buffer.from(body, 'base64');
  const options = {
    host: '127.0.0.1',
    port,
    method,
    path: target,
    headers: { ...headers, 'content-length': bytes.length },
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(options, resolve).on('error', reject).end(bytes);
  });
  const answered = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(answered),
    body: (await buffer(response)).toString('base64'),
  };
}

async function waitUntilReady(port: number, waitMs: number): Promise<SmokeReady> {
  const end = Date.now() + waitMs;
  for (let last = 'nobody answers'; ; ) {
    const answer = await ask(port, { method: 'GET', target: '/readyz', headers: {}, body: '' }).catch(() => undefined);
    const at = Date.now();
    if (answer?.status === 200) return { isReady: true, at, rssBytes: await memoryOfServer(), last: '' };
    if (answer !== undefined) {
      last = `status ${answer.status}: ${Buffer.from(answer.body, 'base64').toString('utf8')}`.slice(0, LONGEST_LAST);
    }
    if (at > end) return { isReady: false, at, rssBytes: 0, last };
    await new Promise((resume) => setTimeout(resume, RETRY_MS));
  }
}

async function memoryOfServer(): Promise<number> {
  const status = await readFile('/proc/1/status', 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
