/** Models that no exporter makes → a file in a temp folder. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from './onnx-writer.ts';
import { tempFolder } from './temp.ts';

/** Path of a new `model.onnx` with these bytes, gone when the current test ends. */
export async function writeModel(bytes: Bytes): Promise<string> {
  const path = join(await tempFolder(), 'model.onnx');
  await writeFile(path, bytes);
  return path;
}
