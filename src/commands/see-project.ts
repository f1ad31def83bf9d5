/** A project folder → what `mlserve doctor` sees of it. Looks, and changes nothing. */
import { resolve } from 'node:path';
import { IGNORE_PATH, SCHEMA_PATH } from '../doctor/repairs.ts';
import type { ProjectSnapshot } from '../doctor/snapshot.ts';
import type { ContainerEngine } from '../image/imaging.ts';
import { hasErrors } from '../issue.ts';
import { LOCK_FILE } from '../lock/lockfile.ts';
import type { Io } from '../ports.ts';
import { schemaText } from '../service/schema.ts';
import { CONFIG_FILE, readConfig, readLock } from './project.ts';
import { found } from './see-machine.ts';
import { seeSettings } from './see-settings.ts';

/** A command takes less than that from its temporary file to the file. */
const STALE_MS = 3_600_000;

/** Undefined where there is no `mlserve.yaml`. */
export async function seeProject(
  dir: string,
  engine: ContainerEngine | undefined,
  io: Io,
): Promise<ProjectSnapshot | undefined> {
  const folder = resolve(io.cwd, dir);
  if ((await io.files.stat(resolve(folder, CONFIG_FILE))) === undefined) return undefined;
  const { spec, issues } = await readConfig(dir, {}, io);
  const lock = await found(async () => ((await readLock(folder, io)) === undefined ? 'absent' : 'there'));
  return {
    issues,
    settings: hasErrors(issues) ? undefined : await seeSettings(folder, spec, engine, io),
    lock,
    schema: await seeSchema(folder, io),
    gitignore: await seeIgnored(folder, io),
    leftovers: await seeLeftovers(folder, io),
  };
}

async function seeSchema(folder: string, { files }: Io): Promise<ProjectSnapshot['schema']> {
  const text = await files.readText(resolve(folder, CONFIG_FILE));
  const path = resolve(folder, SCHEMA_PATH);
  if (!text.includes(SCHEMA_PATH)) return 'unused';
  if ((await files.stat(path)) === undefined) return 'absent';
  return (await files.readText(path)) === schemaText() ? 'same' : 'different';
}

async function seeIgnored(folder: string, { files }: Io): Promise<string | undefined> {
  const path = resolve(folder, IGNORE_PATH);
  if ((await files.stat(path)) !== undefined) return files.readText(path);
  return (await files.stat(resolve(folder, '.git'))) === undefined ? undefined : '';
}

/** `.mlserve.lock.123-0a1b2c3d4e5f.tmp` */
async function seeLeftovers(folder: string, { files, clock }: Io): Promise<readonly string[]> {
  const names = (await files.glob(folder, `.${LOCK_FILE}.*.tmp`)).filter((name) =>
    /\.\d+-[0-9a-f]{12}\.tmp$/.test(name),
  );
  const stats = await Promise.all(names.map((name) => files.stat(resolve(folder, name))));
  return names.filter((_, at) => clock.now() - (stats[at]?.mtimeMs ?? Number.POSITIVE_INFINITY) > STALE_MS);
}
