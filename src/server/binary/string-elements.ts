/** Elements of type BYTES ↔ bytes: each a little-endian 32-bit length and that many bytes of UTF-8. */
import { Buffer, isUtf8 } from 'node:buffer';
import { isSendable } from '../../service/element.ts';
import { Refusal } from '../refusal.ts';

/** Bytes of the length before each element. */
const PREFIX = 4;
/** What decoding puts in the place of bytes that are no UTF-8; it may also have been sent. */
const REPLACEMENT = '\ufffd';

/** Throws the 400 where there are not exactly `count` elements, or one is no text that the runtime carries. */
export function readStrings(
  bytes: Uint8Array,
  count: number,
  { name, model }: { readonly name: string; readonly model: string },
): string[] {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const input = `inference input '${name}' for model '${model}'`;
  const strings: string[] = [];
  let found = 0;
  for (let at = 0; at < source.length; found++) {
    const rest = source.length - at - PREFIX;
    if (rest < 0) {
      throw new Refusal(
        400,
        `incomplete string length indicator for ${input}, expecting ${PREFIX} bytes but only ${rest + PREFIX} bytes available`,
      );
    }
    const size = source.readUInt32LE(at);
    if (size > rest) {
      throw new Refusal(
        400,
        `incomplete string data for ${input}, expecting string of length ${size} but only ${rest} bytes available`,
      );
    }
    const start = at + PREFIX;
    at = start + size;
    // What is too much is only counted.
    if (found < count) strings.push(readString(source, start, at, name, found));
  }
  if (found !== count) throw new Refusal(400, `expected ${count} string elements for ${input}, got ${found}`);
  return strings;
}

/** One element. Throws the 400 where it is no text that the runtime carries. */
export function readString(source: Buffer, start: number, end: number, name: string, at: number): string {
  const text = source.toString('utf8', start, end);
  if (isSendable(text) && (!text.includes(REPLACEMENT) || isUtf8(source.subarray(start, end)))) return text;
  const what = 'UTF-8 text without NUL characters';
  throw new Refusal(400, `Unable to parse the data of input '${name}': element ${at} is not ${what}`);
}

/** One text as the only element of a raw request, without a length. */
export function readSoleString(bytes: Uint8Array, name: string): string {
  return readString(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, name, 0);
}

export function writeStrings(strings: readonly string[]): Uint8Array {
  let size = 0;
  for (const text of strings) size += PREFIX + Buffer.byteLength(text);
  const target = Buffer.allocUnsafe(size);
  let at = 0;
  for (const text of strings) {
    const length = target.write(text, at + PREFIX);
    target.writeUInt32LE(length, at);
    at += PREFIX + length;
  }
  return target;
}
