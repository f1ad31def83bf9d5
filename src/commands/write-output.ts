/** Text files × a folder written before → the folder brought up to date: changed files replaced, old ones removed, edited ones respected. */
import { join } from 'node:path';
import type { OutputFile } from '../manifests/manifest.ts';
import { RECORD_FILE, recordText } from '../manifests/output-record.ts';
import type { Io } from '../ports.ts';
import { obsoleteFiles, readRecord, refuseEdited } from './edited-files.ts';

export interface OutputTarget {
  readonly target: string;
  /** Replace and remove edited files as well. */
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface OutputChange {
  readonly path: string;
  readonly state: 'new' | 'changed' | 'same' | 'removed';
}

/** Files whose way to the disk is waited for together. */
const AT_ONCE = 4;

/** Throws FILE_EXISTS when a person has edited what would be replaced or removed; then nothing was written. */
export async function writeOutput(
  outputs: readonly OutputFile[],
  { target, force, dryRun }: OutputTarget,
  { files, cwd }: Io,
): Promise<readonly OutputChange[]> {
  const folder = { target, files, cwd };
  const record = await readRecord(folder, force);
  const staged = await files.stage(target);
  try {
    const all = [...outputs, { path: RECORD_FILE, text: recordText(outputs) }];
    for (let at = 0; at < all.length; at += AT_ONCE) {
      const group = all.slice(at, at + AT_ONCE);
      await Promise.all(group.map(({ path, text }) => files.writeAtomic(join(staged.path, path), text)));
    }
    const compared = await staged.compare();
    const written = compared.filter(({ path }) => path !== RECORD_FILE);
    const obsolete = await obsoleteFiles(folder, record, outputs);
    const replaced = written.filter(({ state }) => state === 'different').map(({ path }) => path);
    if (!force) await refuseEdited(folder, record, [...replaced, ...obsolete]);
    if (!dryRun) {
      const changed = compared.filter(({ state }) => state !== 'same').map(({ path }) => path);
      if (changed.length + obsolete.length > 0) await staged.commit(changed, obsolete);
    }
    return [
      ...written.map(({ path, state }): OutputChange => ({ path, state: state === 'different' ? 'changed' : state })),
      ...obsolete.map((path): OutputChange => ({ path, state: 'removed' })),
    ];
  } finally {
    await staged.discard();
  }
}
