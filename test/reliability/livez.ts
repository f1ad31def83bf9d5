/** A port × a time of trouble → what `/livez` took meanwhile, measured by a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const PROBE = resolve(import.meta.dirname, 'probe-livez.js');

export interface Livez {
  readonly answers: number;
  readonly failed: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export async function livezDuring<T>(port: number, trouble: () => Promise<T>): Promise<[Livez, T]> {
  const probe = spawn(process.execPath, [PROBE, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  probe.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const closed = once(probe, 'close');
  try {
    await once(probe.stdout, 'data');
    const result = await trouble();
    probe.stdin.write('enough\n');
    await closed;
    return [JSON.parse(text.trim().split('\n').at(-1) ?? ''), result];
  } finally {
    probe.kill();
  }
}

export function livezLine(name: string, { answers, failed, p50, p99, max }: Livez, detail: string): string {
  const ms = (value: number): string => value.toFixed(1);
  return `| ${name} | ${detail} | ${answers} | ${failed} | ${ms(p50)} | ${ms(p99)} | ${ms(max)} |`;
}

export const LIVEZ_HEAD = [
  '| what | how much | /livez answers | failed | p50 ms | p99 ms | max ms |',
  '|---|---|---|---|---|---|---|',
] as const;

/** What this machine takes for a loop of 3e8 additions where the bar was set, at most. */
const USUAL_LOOP_MS = 150;

/** Milliseconds: the bar of 50 for p99, and as much more as this machine is slower now than the one where it was set. */
export function p99Bar(): number {
  const start = performance.now();
  let sum = 0;
  for (let at = 0; at < 3e8; at++) sum = (sum + at) | 0;
  const loopMs = performance.now() - start + Math.abs(sum) * Number.MIN_VALUE;
  return 50 * Math.max(1, loopMs / USUAL_LOOP_MS);
}
