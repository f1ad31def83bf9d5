/** Values → the lines that digests are made of: one JSON array a line, as docs/identity.md defines them. */
import { createHash, type Hash } from 'node:crypto';
import { elementTypeFromOnnx } from './element-type.ts';
import type { Digest } from './fingerprint.ts';

export type Json = string | number | boolean | null | readonly Json[];

/** A sha256 that takes lines. */
export interface LineHash {
  line(...parts: readonly Json[]): void;
  bytes(chunk: Uint8Array): void;
  hex(): string;
}

export function lineHash(): LineHash {
  const hash: Hash = createHash('sha256');
  return {
    line: (...parts) => void hash.update(`${JSON.stringify(parts)}\n`),
    bytes: (chunk) => void hash.update(chunk),
    hex: () => hash.digest('hex'),
  };
}

export function sha256Hex(chunks: Iterable<Uint8Array>): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

export function digestOf(hex: string): Digest {
  return `sha256:${hex}`;
}

/** A JSON number where a double holds the integer exactly, its digits as a string beyond. */
export function integer(value: bigint): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** The name of an element type, or its number where it has none. */
export function typeName(dataType: number): Json {
  return elementTypeFromOnnx(dataType) ?? dataType;
}

/** Order of the UTF-8 bytes, which is that of code points: the same in every language. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
