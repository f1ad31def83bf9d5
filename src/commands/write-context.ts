/** The members of a build context → files in a folder, from which `docker build` makes what the engine makes of the context. */
import { join, resolve } from 'node:path';
import { MlserveError } from '../errors.ts';
import type { ContextMember } from '../image/context.ts';
import type { Imaging } from '../image/imaging.ts';
import type { Io } from '../ports.ts';

interface Target {
  readonly eject: string;
  /** Overwrite files that differ. */
  readonly force: boolean;
}

/** All of it or nothing. Throws FILE_EXISTS when files would be overwritten. */
export async function writeContext(
  members: readonly ContextMember[],
  { eject, force }: Target,
  imaging: Imaging,
  io: Io,
): Promise<void> {
  const folder = resolve(io.cwd, eject);
  const staged = await io.files.stage(folder);
  try {
    for (const { path, content } of members) {
      const target = join(staged.path, path);
      if (content === undefined) continue;
      if ('text' in content) await io.files.writeAtomic(target, content.text);
      else await io.files.copyAtomic(content.file, target);
    }
    const files = await staged.compare();
    const different = files.filter(({ state }) => state === 'different').map(({ path }) => path);
    if (different.length > 0 && !force) {
      throw new MlserveError('FILE_EXISTS', `files with other content are there: ${different.slice(0, 5).join(', ')}`, {
        where: folder,
        hint: 'name an empty folder, or give --force',
      });
    }
    await staged.commit(files.filter(({ state }) => state !== 'same').map(({ path }) => path));
  } finally {
    await staged.discard();
  }
  // From the innermost: what happens in a folder dates it.
  for (const { path } of members.toReversed()) await imaging.settle(join(folder, path));
}
