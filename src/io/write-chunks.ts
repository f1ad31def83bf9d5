/** Text in chunks → a file, replaced in one step when the last chunk was written. */
import { open } from 'node:fs/promises';
import { replaceAtomically } from './atomic-write.ts';
import { fileError } from './file-error.ts';

/** An error of `chunks` itself passes through as it is, and leaves the old file as it was. */
export async function writeChunks(path: string, shown: string, chunks: AsyncIterable<string>): Promise<void> {
  let inner: { readonly error: unknown } | undefined;
  const watched = async function* (): AsyncGenerator<string> {
    try {
      yield* chunks;
    } catch (error) {
      inner = { error };
      throw error;
    }
  };
  try {
    await replaceAtomically(path, async (temp, mode) => {
      const file = await open(temp, 'wx', mode ?? 0o666);
      try {
        for await (const chunk of watched()) if (chunk !== '') await file.writeFile(chunk);
        await file.sync();
      } finally {
        await file.close();
      }
    });
  } catch (error) {
    throw inner === undefined ? fileError(error, shown) : inner.error;
  }
}
