/** `Inference-Header-Content-Length` × body → the JSON and the bytes after it, or that the body is one raw tensor. */
import { Refusal } from '../refusal.ts';

/** Bytes of JSON at the start of the body. On responses as well. */
export const HEADER_LENGTH = 'Inference-Header-Content-Length';
/** The same, as requests have it. */
export const HEADER_LENGTH_FIELD = 'inference-header-content-length';

export interface BodyParts {
  /** Undefined where the whole body is the data of the only input. */
  readonly json: Uint8Array | undefined;
  readonly binary: Uint8Array;
}

const EMPTY = new Uint8Array(0);

/** Where blobs begin in the body; 0 when the header is absent or makes no sense. */
export function headerLengthOf(header: string | undefined): number {
  const length = Number(header ?? 0);
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
}

/** Lengths count bytes after decompression. Throws the 400 for a header that does not fit the body. */
export function splitBody(body: Uint8Array, header: string | undefined): BodyParts {
  if (header === undefined) return { json: body, binary: EMPTY };
  if (!/^[+-]?\d+$/.test(header)) {
    throw new Refusal(400, `Unable to parse ${HEADER_LENGTH}, got: ${header.slice(0, 40)}`);
  }
  const length = Number(header);
  if (length === 0) return { json: undefined, binary: body };
  if (length < 0 || length > body.length) {
    throw new Refusal(400, `inference header size should be in range (0, ${body.length}), got: ${header.slice(0, 40)}`);
  }
  return { json: body.subarray(0, length), binary: body.subarray(length) };
}
