/** A path, or `-` for standard input → its bytes as a stream with back-pressure. */
import { createReadStream } from 'node:fs';
import process from 'node:process';
import { fileError } from './file-error.ts';

const CHUNK = 256 * 1024;

/** Chunks in order; leaving the loop early closes a file. Errors name `shown`. */
export async function* streamFile(path: string, shown: string): AsyncIterable<Uint8Array> {
  const input = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK });
  try {
    for await (const chunk of input) yield chunk as Uint8Array;
  } catch (error) {
    throw fileError(error, shown === '-' ? 'standard input' : shown);
  }
}
