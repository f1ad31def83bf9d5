/** A file of predictions, as `mlserve predict` writes them in JSON or NDJSON → the predictions. */
import { MlserveError } from '../errors.ts';
import type { Io } from '../ports.ts';
import { parseJson } from '../server/json/read-value.ts';
import type { PredictionValue } from '../service/codec.ts';

/** `{"predictions": […]}`, a list, or one prediction a line. Throws INPUT_INVALID. */
export async function readPredictions(path: string, files: Io['files']): Promise<readonly PredictionValue[]> {
  const text = await files.readText(path);
  const read = (json: string): PredictionValue => parseJson(json) as PredictionValue;
  try {
    const document = /^\s*(\[|\{\s*"(model|predictions)")/.test(text) ? read(text) : undefined;
    const list = Array.isArray(document)
      ? document
      : (document as { predictions?: PredictionValue } | undefined)?.predictions;
    if (Array.isArray(list)) return list as readonly PredictionValue[];
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(read);
  } catch (cause) {
    throw unreadable('The expected predictions are neither JSON nor NDJSON.', path, cause);
  }
}

export function unreadable(message: string, where: string, cause?: unknown): MlserveError {
  return new MlserveError('INPUT_INVALID', message, { where, hint: 'correct the file', ...(cause ? { cause } : {}) });
}
