/** The name of a base image → the same, if the native runtime can run on it, and where its Node is. */
import { MlserveError } from '../errors.ts';
import { readReference } from './reference.ts';

export interface BaseImage {
  /** As configured, with the tag; without the digest. */
  readonly name: string;
  /** Undefined for an image that came from no registry. */
  readonly digest: string | undefined;
  /** The program, to be found by a kernel: there may be no shell. */
  readonly node: string;
}

const NODE = 'node';
/** Distroless images keep Node outside PATH. */
const DISTROLESS_NODE = '/nodejs/bin/node';

/** `node` is the setting `image.node`: empty derives it from the name. Throws BASE_UNSUITABLE. */
export function readBase(text: string, node: string): BaseImage {
  const where = 'image.base';
  const reference = readReference(text);
  if (reference === undefined) {
    throw new MlserveError('BASE_UNSUITABLE', `"${text}" is not the name of an image`, {
      where,
      hint: 'write it like node:24-bookworm-slim, with a digest after "@" to pin it',
    });
  }
  if (/\b(alpine|musl)/i.test(`${reference.repository} ${reference.tag ?? ''}`)) {
    throw new MlserveError(
      'BASE_UNSUITABLE',
      `the base ${text} has musl as its C library, and onnxruntime needs glibc`,
      {
        where,
        hint: 'use node:24-bookworm-slim, or gcr.io/distroless/nodejs24-debian12:nonroot for an image without a shell',
      },
    );
  }
  const derived = /(^|\/)distroless\/nodejs/.test(reference.name) ? DISTROLESS_NODE : NODE;
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  return { name: `${reference.name}${tag}`, digest: reference.digest, node: node === '' ? derived : node };
}

/** What stands after FROM: the digest holds where there is one. */
export function fromName({ name, digest }: BaseImage): string {
  return digest === undefined ? name : `${name}@${digest}`;
}
