/** What was written into a folder ↔ the text of the record that lies beside it: the hash of each file, to see what people edit. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../lock/canonical-json.ts';
import type { OutputFile } from './manifest.ts';

export const RECORD_FILE = '.mlserve.json';
const VERSION = 1;

/** Hexadecimal sha256 by path. */
export type OutputRecord = ReadonlyMap<string, string>;

export function recordText(outputs: readonly OutputFile[]): string {
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
  const files = Object.fromEntries(outputs.map(({ path, text }) => [path, hashOf(text)]));
  return `${canonicalJson({ recordVersion: VERSION, writtenBy: 'mlserve deploy', files }, 2)}\n`;
}

/** Undefined when it is damaged, or names a file outside its folder. */
export function parseRecord(text: string): OutputRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { recordVersion, files } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (recordVersion !== VERSION || typeof files !== 'object' || files === null) return undefined;
  const entries = Object.entries(files as Readonly<Record<string, unknown>>);
  const isFit = entries.every(
    ([path, hash]) => isInside(path) && typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash),
  );
  return isFit ? new Map(entries as [string, string][]) : undefined;
}

function isInside(path: string): boolean {
  return (
    path !== '' && !/[\\:]/.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}
