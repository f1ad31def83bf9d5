/** `REVISION`, `REVISION:path` → the project or model file of that commit in a temp folder, with no more files than it needs. */
import { dirname, join, posix } from 'node:path';
import type { Checkout } from '../compare/checkout.ts';
import { inCommit } from '../compare/in-commit.ts';
import { MlserveError } from '../errors.ts';
import { LOCK_FILE } from '../lock/lockfile.ts';
import { readModel } from '../model/read-model.ts';
import { escapesFolder } from '../model/rules/external-data.ts';
import { contentsOf, externalLocations } from '../model/walk.ts';
import type { Io } from '../ports.ts';
import { notThere, placeOf } from './place-in-commit.ts';
import { CONFIG_FILE, readConfig } from './project.ts';

export interface CheckedOut {
  /** Of the project folder or model file. */
  readonly path: string;
  readonly commit: string;
  /** An error about these files, with places in the commit. */
  ofCommit(error: unknown): unknown;
}

/** Is told what to do at the end, whatever comes in between: an interruption does not wait for the work that it ends. */
export type AtEnd = (work: () => Promise<void>) => void;

/** Undefined when it names no commit. Throws FILE_NOT_FOUND, PROJECT_NOT_FOUND and FILE_UNREADABLE. */
export async function checkedOut(given: string, io: Io, atEnd: AtEnd): Promise<CheckedOut | undefined> {
  const colon = given.indexOf(':');
  const revision = colon === -1 ? given : given.slice(0, colon);
  const checkout = await io.checkout(revision);
  if (checkout === undefined) return undefined;
  atEnd(checkout.discard);
  const { folder, commit } = checkout;
  const path = placeOf(colon === -1 ? './' : given.slice(colon + 1), checkout.prefix);
  const ofCommit = (error: unknown): unknown => inCommit(error, { revision, folder, path });
  const kind = await checkout.kindOf(path);
  if (kind === undefined) throw notThere(given, checkout, path);
  try {
    if (kind === 'directory') await takeProject(checkout, path, given, io);
    else await takeModel(checkout, path, io);
  } catch (error) {
    throw ofCommit(error);
  }
  return { path: join(folder, path), commit, ofCommit };
}

async function takeProject(checkout: Checkout, folder: string, given: string, io: Io): Promise<void> {
  const at = (path: string): string => posix.join(folder, path);
  if ((await checkout.kindOf(at(CONFIG_FILE))) !== 'file') {
    const hint = 'name the folder of the project, or a model file: "HEAD~1:path"';
    throw new MlserveError('PROJECT_NOT_FOUND', `there is no ${CONFIG_FILE} in this folder`, { where: given, hint });
  }
  await checkout.take(at(CONFIG_FILE));
  if ((await checkout.kindOf(at(LOCK_FILE))) === 'file') await checkout.take(at(LOCK_FILE));
  const { spec } = await readConfig(join(checkout.folder, folder), {}, io);
  // Versions of a model may share a file.
  for (const path of new Set(spec.models.map((model) => model.path))) await takeModel(checkout, at(path), io);
}

/** With the data files beside it. */
async function takeModel(checkout: Checkout, path: string, io: Io): Promise<void> {
  await checkout.take(path);
  const source = await io.files.open(join(checkout.folder, path));
  try {
    const locations = externalLocations(contentsOf(readModel(source, path)));
    // What is missing or outside is for the reader of the model to refuse.
    for (const location of locations.filter((each) => !escapesFolder(each))) {
      const place = posix.join(dirname(path), location);
      if ((await checkout.kindOf(place)) === 'file') await checkout.take(place);
    }
  } finally {
    source.close();
  }
}
