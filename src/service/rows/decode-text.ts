/** Bytes in chunks → text in chunks. Strict UTF-8, a leading byte order mark removed. */
import { MlserveError } from '../../errors.ts';

/** Throws INPUT_INVALID, with the line, where the bytes are not UTF-8. */
export async function* decodeText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw new MlserveError('INPUT_INVALID', 'The rows are not UTF-8 text.', {
        where: `at or after line ${line}`,
        hint: 'save the file as UTF-8',
        cause,
      });
    }
  };
  for await (const chunk of chunks) {
    const text = decode(chunk);
    if (text !== '') yield text;
    line += countLines(text);
  }
  const rest = decode();
  if (rest !== '') yield rest;
}

/** Line feeds in a text. */
export function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
