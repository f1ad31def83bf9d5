/** Members of a build context × the files port → the bytes of its archive, and only if every file is what it was planned to be. */
import { createHash } from 'node:crypto';
import { MlserveError } from '../errors.ts';
import type { Files } from '../ports.ts';
import type { Content, ContextMember } from './context.ts';
import { TAR_END, tarHeader, tarPadding } from './tar.ts';

/** Throws LOCK_MISMATCH as soon as a file turns out to be another one than was planned. */
export async function* packContext(
  members: readonly ContextMember[],
  files: Pick<Files, 'stream'>,
): AsyncIterable<Uint8Array> {
  for (const member of members) {
    yield tarHeader(member);
    if (member.content === undefined || member.bytes === undefined) continue;
    yield* contentOf(member.content, member.bytes, files);
    yield tarPadding(member.bytes);
  }
  yield TAR_END;
}

async function* contentOf(content: Content, bytes: number, files: Pick<Files, 'stream'>): AsyncIterable<Uint8Array> {
  if ('text' in content) {
    yield Buffer.from(content.text);
    return;
  }
  const hash = createHash('sha256');
  let done = 0;
  for await (const chunk of files.stream(content.file)) {
    done += chunk.length;
    // Longer than its header says: what follows in the archive would be garbage.
    if (done > bytes) break;
    hash.update(chunk);
    yield chunk;
  }
  if (done === bytes && content.digest === `sha256:${hash.digest('hex')}`) return;
  throw new MlserveError('LOCK_MISMATCH', 'the file changed while the image was being built', {
    where: content.file,
    hint: 'run "mlserve validate --frozen" to see how it differs from what was locked, then build again',
  });
}
