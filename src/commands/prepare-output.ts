/** Text files × a folder written before → what would change in it, and the step that does it: changed files replaced, old ones removed, edited ones respected. */
import { join } from 'node:path';
import type { OutputFile } from '../manifests/manifest.ts';
import { RECORD_FILE, recordText } from '../manifests/output-record.ts';
import type { Files, Io } from '../ports.ts';
import { obsoleteFiles, readRecord, refuseEdited, stateOf } from './edited-files.ts';
import { inGroups } from './in-groups.ts';

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

/** Files whose way from or to the disk is waited for together. */
const AT_ONCE = 4;

export interface PreparedOutput {
  readonly changes: readonly OutputChange[];
  /** All of them or none. */
  readonly write: () => Promise<void>;
}

/** Writes nothing yet, so that several folders can be asked for first. Throws FILE_EXISTS. */
export async function prepareOutput(
  outputs: readonly OutputFile[],
  { target, force, dryRun }: OutputTarget,
  { files, cwd }: Io,
): Promise<PreparedOutput> {
  const folder = { target, files, cwd };
  const record = await readRecord(folder, force);
  const all = [...outputs, { path: RECORD_FILE, text: recordText(outputs) }];
  const states = await inGroups(AT_ONCE, all, async (file) => ({ ...file, state: await stateOf(file, folder) }));
  const written = states.filter(({ path }) => path !== RECORD_FILE);
  const obsolete = await obsoleteFiles(folder, record, outputs);
  const replaced = written.filter(({ state }) => state === 'changed').map(({ path }) => path);
  if (!force) await refuseEdited(folder, record, [...replaced, ...obsolete]);
  const changed = states.filter(({ state }) => state !== 'same');
  return {
    changes: [
      ...written.map(({ path, state }) => ({ path, state })),
      ...obsolete.map((path) => ({ path, state: 'removed' as const })),
    ],
    async write() {
      if (!dryRun && changed.length + obsolete.length > 0) await commit(changed, obsolete, folder);
    },
  };
}

interface Folder {
  readonly target: string;
  readonly files: Files;
}

/** All of it or nothing. */
async function commit(
  changed: readonly OutputFile[],
  obsolete: readonly string[],
  { target, files }: Folder,
): Promise<void> {
  const staged = await files.stage(target);
  try {
    await inGroups(AT_ONCE, changed, ({ path, text }) => files.writeAtomic(join(staged.path, path), text));
    await staged.commit(
      changed.map(({ path }) => path),
      obsolete,
    );
  } finally {
    await staged.discard();
  }
}
