/** A folder that was written before × its record → what of it is old, and what a person has edited. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { MlserveError } from '../errors.ts';
import type { Issue } from '../issue.ts';
import type { OutputFile } from '../manifests/manifest.ts';
import { type OutputRecord, parseRecord, RECORD_FILE } from '../manifests/output-record.ts';
import type { Files } from '../ports.ts';

export interface OutputFolder {
  readonly target: string;
  readonly cwd: string;
  readonly files: Files;
}

/** Empty for a folder that was not written before. Throws FILE_EXISTS for a damaged record; with `force` that is an empty one. */
export async function readRecord({ target, cwd, files }: OutputFolder, force: boolean): Promise<OutputRecord> {
  const path = resolve(cwd, target, RECORD_FILE);
  if ((await files.stat(path)) === undefined) return new Map();
  const record = parseRecord(await files.readText(path));
  if (record !== undefined) return record;
  if (force) return new Map();
  const hint = 'bring it back from version control, or add --force to write everything again';
  throw new MlserveError('FILE_EXISTS', 'the record of what was written here is damaged', { where: path, hint });
}

/** Nothing is written to find out: a checkout may be there to read only. */
export async function stateOf(
  { path, text }: OutputFile,
  { target, files }: Pick<OutputFolder, 'target' | 'files'>,
): Promise<'new' | 'changed' | 'same'> {
  const file = join(target, path);
  const stat = await files.stat(file);
  if (stat === undefined) return 'new';
  if (stat.kind !== 'file' || stat.size !== Buffer.byteLength(text)) return 'changed';
  return (await files.sha256(file)) === createHash('sha256').update(text).digest('hex') ? 'same' : 'changed';
}

/** Recorded files that are no longer written, and are there. */
export async function obsoleteFiles(
  { target, cwd, files }: OutputFolder,
  record: OutputRecord,
  outputs: readonly OutputFile[],
): Promise<readonly string[]> {
  const now = new Set(outputs.map(({ path }) => path));
  const old = [...record.keys()].filter((path) => !now.has(path));
  const stats = await Promise.all(old.map((path) => files.stat(resolve(cwd, target, path))));
  return old.filter((_, at) => stats[at] !== undefined);
}

/** Throws FILE_EXISTS with every file among `paths` that is not as it was written. */
export async function refuseEdited(
  { target, cwd, files }: OutputFolder,
  record: OutputRecord,
  paths: readonly string[],
): Promise<void> {
  const isEdited = await Promise.all(
    paths.map(async (path) => {
      const place = join(resolve(cwd, target), path);
      const stat = await files.stat(place);
      return stat?.kind !== 'file' || (await files.sha256(place)) !== record.get(path);
    }),
  );
  const edited = paths.filter((_, at) => isEdited[at]);
  if (edited.length === 0) return;
  const issues = edited.map(
    (path): Issue => ({ rule: 'deploy.edited', severity: 'error', where: path, message: 'is not as mlserve wrote it' }),
  );
  const hint = 'move the change into mlserve.yaml (deploy.patches), or add --force to lose it';
  throw new MlserveError('FILE_EXISTS', 'these files were edited, so nothing was written', {
    where: target,
    issues,
    hint,
  });
}
