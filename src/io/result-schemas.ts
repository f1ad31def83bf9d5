/** The package → the JSON Schemas in its schema/results: file name without `.json` → text. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// `src/io` and `dist/io` lie equally deep.
const FOLDER = fileURLToPath(new URL('../../schema/results', import.meta.url));

export async function readResultSchemas(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort();
  const read = async (name: string) =>
    [name.slice(0, -'.json'.length), await readFile(join(FOLDER, name), 'utf8')] as const;
  return new Map(await Promise.all(names.map(read)));
}
