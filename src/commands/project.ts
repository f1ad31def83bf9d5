/** The first step of most commands: a project folder → its resolved spec, its lock, and where its files are. */
import { join, resolve } from 'node:path';
import { MlserveError } from '../errors.ts';
import { hasErrors } from '../issue.ts';
import type { Lock } from '../lock/lock.ts';
import { LOCK_FILE, parseLock } from '../lock/lockfile.ts';
import type { Io } from '../ports.ts';
import { type LoadedService, loadService } from '../service/load-service.ts';
import type { SettingFlags } from '../service/resolve-settings.ts';
import type { ServiceSpec } from '../service/spec.ts';

export const CONFIG_FILE = 'mlserve.yaml';

export interface Project {
  /** Absolute path of the folder that holds `mlserve.yaml`. */
  readonly dir: string;
  readonly spec: ServiceSpec;
  /** Undefined when there is no `mlserve.lock`. */
  readonly lock: Lock | undefined;
}

export interface ReadProject extends Project, LoadedService {}

/**
 * Reads a project. `dir` is relative to `io.cwd`; `flags` are settings by path (`{ 'server.port': 0 }`). Warnings go to the terminal.
 * Throws PROJECT_NOT_FOUND, CONFIG_INVALID with every finding, LOCK_UNREADABLE.
 */
export async function openProject(
  dir: string,
  flags: SettingFlags,
  io: Pick<Io, 'cwd' | 'env' | 'files' | 'terminal'>,
): Promise<ReadProject> {
  const resolved = await readConfig(dir, flags, io);
  const { issues } = resolved;
  if (hasErrors(issues)) {
    throw new MlserveError('CONFIG_INVALID', `${CONFIG_FILE} or the environment is not valid`, {
      where: join(dir, CONFIG_FILE),
      issues,
      hint: 'correct the findings above; docs/config.md describes every key',
    });
  }
  for (const { where, message, hint } of issues) io.terminal.warn(`${where}: ${message} (${hint})`);
  const folder = resolve(io.cwd, dir);
  return { ...resolved, dir: folder, lock: await readLock(folder, io) };
}

/** The configuration with its findings, errors among them. Throws PROJECT_NOT_FOUND. */
export async function readConfig(
  dir: string,
  flags: SettingFlags,
  io: Pick<Io, 'cwd' | 'env' | 'files'>,
): Promise<LoadedService> {
  const path = resolve(io.cwd, dir, CONFIG_FILE);
  if ((await io.files.stat(path)) === undefined) {
    throw new MlserveError('PROJECT_NOT_FOUND', `there is no ${CONFIG_FILE} in this folder`, {
      where: resolve(io.cwd, dir),
      hint: 'run "mlserve init --model model.onnx" to make a project, or name its folder',
    });
  }
  return loadService({ text: await io.files.readText(path), file: CONFIG_FILE, env: io.env, flags });
}

/** Undefined when the folder has no lock. Throws LOCK_UNREADABLE. */
export async function readLock(folder: string, io: Pick<Io, 'files'>): Promise<Lock | undefined> {
  const path = join(folder, LOCK_FILE);
  if ((await io.files.stat(path)) === undefined) return undefined;
  return parseLock(await io.files.readText(path), LOCK_FILE);
}
