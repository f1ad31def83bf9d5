/** Files for an image → the members of its build context: sorted, each with all its folders before it. */
import { MlserveError } from '../errors.ts';
import type { Digest } from '../model/fingerprint.ts';
import { type TarMember, tarSize } from './tar.ts';

/** Where the bytes of a file come from. */
export type Content =
  | { readonly text: string }
  | {
      /** Absolute path on this machine. */
      readonly file: string;
      readonly bytes: number;
      /** What the file must still be when it is packed. */
      readonly digest: Digest;
    };

export interface ContextFile {
  /** In the context, POSIX separators. */
  readonly path: string;
  readonly content: Content;
}

export interface ContextMember extends TarMember {
  /** Undefined for a folder. */
  readonly content: Content | undefined;
}

export function contentBytes(content: Content): number {
  return 'text' in content ? Buffer.byteLength(content.text) : content.bytes;
}

/** By code units, so that the order is the same everywhere. */
export function contextMembers(files: readonly ContextFile[]): readonly ContextMember[] {
  const members = new Map<string, ContextMember>();
  for (const { path, content } of files) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at);
      members.set(folder, { path: folder, bytes: undefined, content: undefined });
    }
    members.set(path, { path, bytes: contentBytes(content), content });
  }
  return [...members.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The bytes of the archive. Throws IMAGE_TOO_LARGE, before anything is sent. */
export function refuseLargeContext(members: readonly ContextMember[], most: number): number {
  const bytes = tarSize(members);
  if (bytes <= most) return bytes;
  throw new MlserveError('IMAGE_TOO_LARGE', `the build context has ${bytes} bytes; at most ${most} are sent`, {
    where: 'image.maxContext',
    hint: 'raise image.maxContext if the models are meant to be this large',
  });
}
