/** A response × `Accept-Encoding` → the response with its body compressed, off the event loop, where the client wants that and it pays. */
import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { type Coding, negotiateCoding } from '../server/content-coding.ts';
import type { Response } from '../server/contract.ts';

/** A smaller body fits into a packet or two whatever is done to it. */
export const SMALLEST_COMPRESSED = 1024;

/** Of UTF-8, for one unit of a string. */
const MOST_BYTES_A_UNIT = 3;

/** The fastest level: the answer waits for it, and numbers do not get much smaller with more effort. */
const OPTIONS = { level: 1 };
type Compress = (body: Uint8Array, options: typeof OPTIONS, done: (error: Error | null, out: Buffer) => void) => void;

/** Bytes of the whole body. */
export function bodyBytes({ body, blobs = [] }: Response): number {
  const first = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  return blobs.reduce((sum, blob) => sum + blob.length, first);
}

/** A promise only where something is compressed. */
export function compressResponse(response: Response, acceptEncoding: string | undefined): Response | Promise<Response> {
  if (response.isPlain === true || isSmall(response)) return response;
  const plain = { ...response, headers: { ...response.headers, Vary: varyOf(response) } };
  const coding = negotiateCoding(acceptEncoding);
  return coding === 'identity' ? plain : compress(plain, coding);
}

/** Counts bytes only where the number of characters leaves it open. */
function isSmall(response: Response): boolean {
  const { body, blobs } = response;
  const mayBeSmall = blobs === undefined && body.length * MOST_BYTES_A_UNIT < SMALLEST_COMPRESSED;
  return mayBeSmall || bodyBytes(response) < SMALLEST_COMPRESSED;
}

async function compress(plain: Response, coding: Coding): Promise<Response> {
  const whole = Buffer.concat([Buffer.from(plain.body as string), ...(plain.blobs ?? [])]);
  // Loaded with the first answer that is worth it, like all that a start can do without.
  const work: Compress = process.getBuiltinModule('node:zlib')[coding];
  const body = await promisify(work)(whole, OPTIONS);
  if (body.length >= whole.length) return plain;
  return { status: plain.status, headers: { ...plain.headers, 'Content-Encoding': coding }, body };
}

/** What the answer depended on already, and this. */
function varyOf({ headers }: Response): string {
  return headers.Vary === undefined ? 'Accept-Encoding' : `${headers.Vary}, Accept-Encoding`;
}
