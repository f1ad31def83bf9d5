/** A model of a project → the first of its golden examples, to show what a request looks like. */
import { join } from 'node:path';
import type { Io } from '../ports.ts';
import { parseJson } from '../server/json/read-value.ts';
import { type GoldenExample, readGolden } from '../service/golden.ts';
import type { ModelSpec } from '../service/spec.ts';

/** Larger files are no help to anyone who reads them. */
const LARGEST_BYTES = 2 ** 20;

/** Undefined without examples. What is wrong with a file is for `mlserve validate` to say; here the next one is taken. */
export async function firstGolden(
  dir: string,
  { examples }: ModelSpec,
  { files }: Pick<Io, 'files'>,
): Promise<GoldenExample | undefined> {
  for (const pattern of examples) {
    for (const path of await files.glob(dir, pattern)) {
      const golden = await readExample(join(dir, path), path, files);
      if (golden !== undefined) return golden;
    }
  }
  return undefined;
}

async function readExample(path: string, name: string, files: Io['files']): Promise<GoldenExample | undefined> {
  const stat = await files.stat(path);
  if (stat === undefined || stat.size > LARGEST_BYTES) return undefined;
  try {
    const golden = readGolden(parseJson(await files.readText(path)), name);
    return 'predictions' in golden ? golden : undefined;
  } catch {
    return undefined;
  }
}
