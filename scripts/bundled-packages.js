// What esbuild says it put together → the npm packages that the code came from, and the licences that must travel with it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

/** Folders below the repository, `node_modules/pino` and the like, sorted, each once. */
function foldersOf(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  );
  const folders = inputs.map(
    (path) => /(?:.*\/)?(node_modules\/(?:@[^/]+\/)?[^/]+(?:\/node_modules\/(?:@[^/]+\/)?[^/]+)*)\//.exec(path)?.[1],
  );
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

function read(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}

/** Name, version, licence and the hash of the published archive of each package, and of those that are there as files. */
export function bundledPackages(metafiles, others = []) {
  return [...foldersOf(metafiles), ...others].sort().map((folder) => {
    const { name, version, license = '' } = read(folder);
    return { name, version, license, integrity: lock.packages[folder]?.integrity ?? '' };
  });
}

/** Their licences, one after the other. */
export function writeLicenses(metafiles, file) {
  const parts = foldersOf(metafiles).map((folder) => {
    const { name, version, license = 'unknown' } = read(folder);
    const texts = readdirSync(join(root, folder)).filter((each) => /^(licen[cs]e|notice)/i.test(each));
    const body = texts
      .filter((each) => existsSync(join(root, folder, each)))
      .map((each) => readFileSync(join(root, folder, each), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...body].join('\n\n');
  });
  writeFileSync(file, `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}
