/** The name of an image as people write it → its parts, by the grammar of the distribution specification; and back. */
import { MlserveError } from '../errors.ts';

export interface Reference {
  /** `docker.io` where none is written. */
  readonly registry: string;
  /** Path in the registry: `library/node`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** What stands before `:tag` and `@digest`, as it was written. */
  readonly name: string;
}

const HOST = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const LONGEST_NAME = 255;

/** Undefined when `text` is no name of an image. */
export function readReference(text: string): Reference | undefined {
  const [before = '', digest, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return undefined;
  const colon = before.lastIndexOf(':');
  const hasTag = colon > before.lastIndexOf('/');
  const name = hasTag ? before.slice(0, colon) : before;
  const tag = hasTag ? before.slice(colon + 1) : undefined;
  if ((tag !== undefined && !TAG.test(tag)) || name.length > LONGEST_NAME) return undefined;
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasHost = first === 'localhost' || /[.:]/.test(first) || /[A-Z]/.test(first);
  if (hasHost && !HOST.test(first)) return undefined;
  const path = hasHost ? name.slice(slash + 1) : name;
  if (!PATH.test(path)) return undefined;
  const registry = hasHost && first !== 'index.docker.io' ? first : 'docker.io';
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  return { registry, repository, tag, digest, name };
}

/** A name to give to an image: with a tag (`latest` where none is written) and without a digest. Throws USAGE. */
export function readTag(text: string): Reference & { readonly tag: string } {
  const reference = readReference(text);
  if (reference === undefined || reference.digest !== undefined) {
    throw new MlserveError('USAGE', `"${text}" is not a name and tag for an image`, {
      where: '--tag',
      hint: 'write [registry/]name[:tag]: lower-case letters, digits, ".", "_", "-" and "/" in the name; letters, digits, ".", "_" and "-" in the tag, at most 128',
    });
  }
  return { ...reference, tag: reference.tag ?? 'latest' };
}

/** The tag of a version: semantic versions may hold a "+", tags may not. */
export function versionTag(version: string): string {
  return version.replaceAll('+', '_').slice(0, 128);
}

/** `name:tag`, the way it is given to an engine. */
export function formatTag({ name, tag }: Reference): string {
  return `${name}:${tag ?? 'latest'}`;
}
