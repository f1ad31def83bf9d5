/** What `mlserve diff` was given to compare predictions on, a file or the golden examples → rows that can be read twice. */
import { join } from 'node:path';
import { MlserveError } from '../errors.ts';
import type { Io } from '../ports.ts';
import { parseJson } from '../server/json/read-value.ts';
import { readGolden } from '../service/golden.ts';
import { isObject } from '../service/is-object.ts';
import { jsonText } from '../service/rows/write-json.ts';
import type { Target } from './open-target.ts';
import { findRows, type RowsFile } from './rows-file.ts';

/** Opened anew for every reader. Throws FILE_NOT_FOUND, and USAGE for what can be read only once. */
export async function rowsOfFile(path: string, io: Io): Promise<() => Promise<RowsFile>> {
  const { size } = await findRows(path, io.files);
  if (size === undefined) {
    const hint = 'write the rows to a file';
    throw new MlserveError('USAGE', 'the rows are read once for each model, so they must be a file', {
      where: '--rows',
      hint,
    });
  }
  return () => findRows(path, io.files);
}

/** The rows that the golden examples of a project ask for, in the order of the files. */
export async function rowsOfExamples({ dir, spec }: Target, io: Io): Promise<() => Promise<RowsFile>> {
  const lines: string[] = [];
  for (const pattern of spec.models[0]?.examples ?? []) {
    for (const file of await io.files.glob(dir, pattern)) {
      const golden = readGolden(parseJson(await io.files.readText(join(dir, file))), file);
      const request = 'request' in golden && isObject(golden.request) ? golden.request : {};
      if (Array.isArray(request.instances)) lines.push(...request.instances.map((row) => `${jsonText(row)}\n`));
    }
  }
  if (lines.length === 0) {
    throw new MlserveError('USAGE', 'no golden example of the new side has rows ("instances")', {
      where: '--examples',
      hint: 'name golden examples in mlserve.yaml of the new project, or give rows with --rows',
    });
  }
  const bytes = new TextEncoder().encode(lines.join(''));
  return async () => ({
    path: 'examples.ndjson',
    size: bytes.length,
    read: () => 0,
    async *chunks() {
      yield bytes;
    },
  });
}
