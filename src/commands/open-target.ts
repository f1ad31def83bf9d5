/** What a command was pointed at, a project folder or a bare model file → a project. */
import { basename, dirname, resolve as resolvePath } from 'node:path';
import { MlserveError } from '../errors.ts';
import { hasErrors } from '../issue.ts';
import type { Io } from '../ports.ts';
import { serviceName } from '../scaffold/service-name.ts';
import { resolve } from '../service/resolve.ts';
import type { SettingFlags } from '../service/resolve-settings.ts';
import { MODEL_NAME } from '../service/schema.ts';
import { openProject, type Project } from './project.ts';

/** What answers say of a model that nobody has given a version. */
const NO_VERSION = '0.0.0';

export interface Target extends Project {
  /** A model file without a project: nothing can be locked. */
  readonly isBare: boolean;
}

/** `target` is relative to `io.cwd`; `flags` are settings given on the command line. Throws FILE_NOT_FOUND, PROJECT_NOT_FOUND, CONFIG_INVALID. */
export async function openTarget(target: string, flags: SettingFlags, io: Io): Promise<Target> {
  const path = resolvePath(io.cwd, target);
  const stat = await io.files.stat(await io.files.realPath(path));
  if (stat?.kind === 'file') return bareTarget(path, flags, io);
  return { ...(await openProject(path, flags, io)), isBare: false };
}

/** One model under the name of its file, version 0.0.0, raw tensors, no lock; settings from flags and environment alone. */
function bareTarget(path: string, flags: SettingFlags, io: Io): Target {
  const file = basename(path);
  const name = serviceName(file);
  const stem = file.replace(/\.onnx$/i, '');
  const model = { name: new RegExp(MODEL_NAME).test(stem) ? stem : name, path: file };
  const written = { name, version: NO_VERSION, models: [model] };
  const { spec, issues } = resolve({ written, env: io.env, flags });
  if (hasErrors(issues)) throw new MlserveError('CONFIG_INVALID', 'flags or environment are not valid', { issues });
  return { dir: dirname(path), spec, lock: undefined, isBare: true };
}
