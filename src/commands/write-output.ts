/** Text files × a folder written before → the folder brought up to date: changed files replaced, old ones removed, edited ones respected. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { MlserveError } from '../errors.ts';
import type { Issue } from '../issue.ts';
import type { OutputFile } from '../manifests/manifest.ts';
import { formatRecord, type OutputRecord, parseRecord, RECORD_FILE } from '../manifests/output-record.ts';
import type { Io } from '../ports.ts';

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

/** Throws FILE_EXISTS when a person has edited what would be replaced or removed; then nothing was written. */
export async function writeOutput(
  outputs: readonly OutputFile[],
  { target, force, dryRun }: OutputTarget,
  io: Io,
): Promise<readonly OutputChange[]> {
  const record = await readRecord(resolve(io.cwd, target), force, io);
  const staged = await io.files.stage(target);
  try {
    for (const { path, text } of outputs) await io.files.writeAtomic(join(staged.path, path), text);
    const hashes = outputs.map(({ path, text }) => [path, sha256(text)] as const);
    await io.files.writeAtomic(join(staged.path, RECORD_FILE), formatRecord(new Map(hashes)));
    const compared = (await staged.compare()).filter(({ path }) => path !== RECORD_FILE);
    const obsolete = await presentOf(record, outputs, target, io);
    const touched = [...compared.filter(({ state }) => state === 'different').map(({ path }) => path), ...obsolete];
    const edited = await editedOf(touched, record, target, io);
    if (edited.length > 0 && !force) throw refusal(target, edited);
    const changes = compared.map(
      ({ path, state }): OutputChange => ({ path, state: state === 'different' ? 'changed' : state }),
    );
    if (!dryRun) {
      const paths = changes.filter(({ state }) => state !== 'same').map(({ path }) => path);
      await staged.commit([...paths, RECORD_FILE], obsolete);
    }
    return [...changes, ...obsolete.map((path): OutputChange => ({ path, state: 'removed' }))];
  } finally {
    await staged.discard();
  }
}

async function readRecord(target: string, force: boolean, { files }: Io): Promise<OutputRecord> {
  const path = join(target, RECORD_FILE);
  if ((await files.stat(path)) === undefined) return new Map();
  const record = parseRecord(await files.readText(path));
  if (record !== undefined) return record;
  if (force) return new Map();
  const hint = 'bring it back from version control, or add --force to write everything again';
  throw new MlserveError('FILE_EXISTS', 'the record of what was written here is damaged', { where: path, hint });
}

/** Recorded files that are no longer written, and are there. */
async function presentOf(
  record: OutputRecord,
  outputs: readonly OutputFile[],
  target: string,
  io: Io,
): Promise<readonly string[]> {
  const now = new Set(outputs.map(({ path }) => path));
  const old = [...record.keys()].filter((path) => !now.has(path));
  const stats = await Promise.all(old.map((path) => io.files.stat(resolve(io.cwd, target, path))));
  return old.filter((_, at) => stats[at] !== undefined);
}

async function editedOf(
  paths: readonly string[],
  record: OutputRecord,
  target: string,
  io: Io,
): Promise<readonly string[]> {
  const states = await Promise.all(
    paths.map(async (path) => {
      const place = resolve(io.cwd, target, path);
      const stat = await io.files.stat(place);
      return stat?.kind !== 'file' || (await io.files.sha256(place)) !== record.get(path);
    }),
  );
  return paths.filter((_, at) => states[at]);
}

function refusal(target: string, paths: readonly string[]): MlserveError {
  const issues = paths.map(
    (path): Issue => ({ rule: 'deploy.edited', severity: 'error', where: path, message: 'is not as mlserve wrote it' }),
  );
  const hint = 'move the change into mlserve.yaml (deploy.patches), or add --force to lose it';
  return new MlserveError('FILE_EXISTS', 'these files were edited, so nothing was written', {
    where: target,
    issues,
    hint,
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
