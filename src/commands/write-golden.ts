/** Golden examples × their new answers → the files, rewritten in one step. */
import { join } from 'node:path';
import type { Io } from '../ports.ts';
import { parseJson } from '../server/json/read-value.ts';
import type { PredictionValue } from '../service/codec.ts';
import { isObject } from '../service/is-object.ts';
import { jsonText } from '../service/rows/write-json.ts';

export interface NewAnswer {
  /** The file, relative to the project. */
  readonly name: string;
  readonly predictions: readonly PredictionValue[];
}

/** All of them or none. */
export async function writeGolden(dir: string, changed: readonly NewAnswer[], files: Io['files']): Promise<void> {
  const staged = await files.stage(dir);
  try {
    for (const { name, predictions } of changed) {
      const text = withPredictions(await files.readText(join(dir, name)), predictions);
      await files.writeAtomic(join(staged.path, name), text);
    }
    await staged.commit(changed.map(({ name }) => name));
  } finally {
    await staged.discard();
  }
}

/** The other members stay, in their order. */
function withPredictions(text: string, predictions: readonly PredictionValue[]): string {
  const document = parseJson(text) as PredictionValue;
  const members = isObject(document) ? document : {};
  const response = { ...(isObject(members.response) ? members.response : {}), predictions };
  const lines = Object.entries({ ...members, response }).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${jsonText(value)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}
