/** The model files of a project → what keeps them from being read: absent, pointers of Git LFS, no models, or without their data files. Weights are not read. */
import { dirname, join, resolve } from 'node:path';
import type { Problem } from '../doctor/snapshot.ts';
import { readModelOrIssue } from '../model/read-model.ts';
import { isPointer, POINTER_HINT } from '../model/sniff.ts';
import { contentsOf, externalLocations } from '../model/walk.ts';
import type { Files } from '../ports.ts';
import { lookAtExternalFiles } from './external-files.ts';
import { found } from './see-machine.ts';

/** `paths`: as the configuration names them. */
export async function seeModels(folder: string, paths: readonly string[], files: Files): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const path of new Set(paths)) {
    const seen = await found(() => seeModel(resolve(folder, path), path, files));
    problems.push(...('problem' in seen ? [seen.problem] : seen.found));
  }
  return problems;
}

async function seeModel(path: string, name: string, files: Files): Promise<readonly Problem[]> {
  if ((await files.stat(path)) === undefined) {
    const hint = 'put it back, or correct models[].path in mlserve.yaml; "git lfs pull" where it is in Git LFS';
    return [{ message: `${name} is not there`, hint }];
  }
  const source = await files.open(path);
  try {
    const read = readModelOrIssue(source, name);
    if ('rule' in read) return [{ message: `${name}: ${read.message}`, hint: read.hint ?? 'export or copy it again' }];
    return await seeData(path, name, externalLocations(contentsOf(read)), files);
  } finally {
    source.close();
  }
}

async function seeData(
  path: string,
  name: string,
  locations: readonly string[],
  files: Files,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const [location, { status }] of await lookAtExternalFiles(path, locations, files)) {
    const what = `${join(dirname(name), location)}, which holds weights of ${name},`;
    if (status === 'missing') {
      const hint = 'put it beside the model under that name; "git lfs pull" where it is in Git LFS';
      problems.push({ message: `${what} is not there`, hint });
    } else if (status === 'file' && (await holdsPointer(join(dirname(path), location), files))) {
      problems.push({ message: `${what} is a Git LFS pointer, not the file itself`, hint: POINTER_HINT });
    }
  }
  return problems;
}

async function holdsPointer(path: string, files: Files): Promise<boolean> {
  const source = await files.open(path);
  try {
    return isPointer(source.read(0, Math.min(64, source.size)));
  } finally {
    source.close();
  }
}
