/** Files × the packets of an engine → the packets that answer it: the list of files, then the content of those that it asks for. */
import { dataPacket, END, filePacket, NO_MORE_FILES, readPacket } from './fsutil-packets.ts';
import type { DatedFile } from './layer-archives.ts';

/** Engines take messages of 4 MiB at most. */
const LARGEST_PART = 1024 * 1024;

/** The list ends when `allowed` resolves: before, an engine does nothing with it. Throws what a file or `allowed` throws. */
export async function* sendFiles(
  files: readonly DatedFile[],
  allowed: Promise<void>,
  incoming: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  yield* files.map(filePacket);
  await allowed;
  yield NO_MORE_FILES;
  for await (const message of incoming) {
    const { type, id, text } = readPacket(message);
    if (type === 'error') throw new Error(`the engine cannot take the context: ${text}`);
    if (type === 'end') {
      yield END;
      return;
    }
    const file = files[id];
    if (type !== 'request' || file === undefined) throw new Error('the engine asks for a file that there is not');
    for await (const chunk of file.content()) {
      for (let at = 0; at < chunk.length; at += LARGEST_PART) {
        yield dataPacket(id, chunk.subarray(at, at + LARGEST_PART));
      }
    }
    yield dataPacket(id, new Uint8Array(0));
  }
}
