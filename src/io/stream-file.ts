/** A path, or `-` for standard input → its bytes as a stream with back-pressure. */
import { createReadStream } from 'node:fs';
import process from 'node:process';
import { MlserveError } from '../errors.ts';
import { fileError } from './file-error.ts';

const CHUNK = 256 * 1024;

/** Chunks in order; leaving the loop early closes a file. `signal` ends it with INTERRUPTED. Other errors name `shown`. */
export async function* streamFile(path: string, shown: string, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  const input = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK });
  // Standard input that nobody closes would keep the process alive for ever.
  const stop = (): void => void input.destroy(new MlserveError('INTERRUPTED', 'stopped'));
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  try {
    for await (const chunk of input) yield chunk as Uint8Array;
  } catch (error) {
    throw fileError(error, shown === '-' ? 'standard input' : shown);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
