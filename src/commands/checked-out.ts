/** `REVISION`, `REVISION:path` → the project or model file of that commit in a temp folder, with no more files than it needs. */
import { dirname, join, posix } from 'node:path';
import type { Checkout } from '../compare/checkout.ts';
import { MlserveError } from '../errors.ts';
import { LOCK_FILE } from '../lock/lockfile.ts';
import { readModel } from '../model/read-model.ts';
import { escapesFolder } from '../model/rules/external-data.ts';
import { contentsOf, externalLocations } from '../model/walk.ts';
import type { Io } from '../ports.ts';
import { CONFIG_FILE, readConfig } from './project.ts';

export interface CheckedOut {
  /** Of the project folder or model file. */
  readonly path: string;
  readonly commit: string;
}

/** Is told what to do at the end, whatever comes in between: an interruption does not wait for the work that it ends. */
export type AtEnd = (work: () => Promise<void>) => void;

/** Undefined when it names no commit. Throws FILE_NOT_FOUND, PROJECT_NOT_FOUND and FILE_UNREADABLE. */
export async function checkedOut(given: string, io: Io, atEnd: AtEnd): Promise<CheckedOut | undefined> {
  const colon = given.indexOf(':');
  const checkout = await io.checkout(colon === -1 ? given : given.slice(0, colon));
  if (checkout === undefined) return undefined;
  atEnd(checkout.discard);
  const path = placeOf(colon === -1 ? './' : given.slice(colon + 1), checkout.prefix);
  const kind = await checkout.kindOf(path);
  if (kind === 'directory') await takeProject(checkout, path, given, io);
  else if (kind === undefined) throw notThere(given, checkout, path);
  else await takeModel(checkout, path, io);
  return { path: join(checkout.folder, path), commit: checkout.commit };
}

/** As git reads it: from the root of the repository, or from here where it starts with a dot. */
function placeOf(path: string, prefix: string): string {
  const joined = /^\.\.?(\/|$)/.test(path) ? posix.join(prefix, path) : posix.normalize(path);
  return joined.replace(/\/$/, '').replace(/^\.$/, '');
}

function notThere(given: string, { prefix }: Checkout, path: string): MlserveError {
  const hint =
    prefix === '' || path.startsWith(`${prefix}/`)
      ? 'see "git ls-tree" for what the commit holds'
      : 'paths count from the root of the repository; write "REVISION:./path" for one that counts from this folder';
  return new MlserveError('FILE_NOT_FOUND', 'the commit has no such file or folder', { where: given, hint });
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
