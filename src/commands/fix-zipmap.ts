/** A model that ends in ZipMap → a new file without it, and the lines that give its class labels to the service. */
import { dirname, resolve } from 'node:path';
import { MlserveError } from '../errors.ts';
import { memorySource } from '../model/memory-source.ts';
import { readModel } from '../model/read-model.ts';
import { plain } from '../model/rules/quote.ts';
import type { ValueSpec } from '../model/signature.ts';
import { contentsOf, externalLocations } from '../model/walk.ts';
import { type FreedOutput, removeZipMap } from '../model/zipmap.ts';
import { plural } from '../plural.ts';
import type { Io } from '../ports.ts';
import { scalar } from '../scaffold/write-config.ts';

export interface FixZipMapOptions {
  readonly model: string;
  /** `name.fixed.onnx` beside the model where absent. */
  readonly output?: string | undefined;
  readonly force: boolean;
}

export interface FixZipMapResult {
  readonly model: string;
  readonly written: string;
  readonly bytes: number;
  readonly freed: readonly FreedOutput[];
  /** Of the new file, read back before it is written. */
  readonly outputs: readonly ValueSpec[];
}

/** Throws FILE_EXISTS without `force`, MODEL_INVALID when there is no ZipMap to remove. The old file stays as it is. */
export async function fixZipMap(options: FixZipMapOptions, io: Io): Promise<FixZipMapResult> {
  const { model, output: written = `${model.replace(/\.onnx$/, '')}.fixed.onnx`, force } = options;
  if (!force && (await io.files.stat(written)) !== undefined) {
    const hint = 'name another file with -o, or add --force';
    throw new MlserveError('FILE_EXISTS', `${written} exists`, { where: written, hint });
  }
  const source = await io.files.open(model);
  try {
    const structure = readModel(source, model);
    const removal = removeZipMap(structure, source);
    if (removal === undefined) {
      const hint = `nothing to fix here; "mlserve inspect ${model}" shows the outputs`;
      throw new MlserveError('MODEL_INVALID', 'no output comes from a ZipMap node', { where: model, hint });
    }
    const data = externalLocations(contentsOf(structure));
    if (data.length > 0 && dirname(resolve(io.cwd, model)) !== dirname(resolve(io.cwd, written))) {
      const hint = `write the new file into the folder of ${model}`;
      throw new MlserveError('USAGE', `the model has data files beside it: ${data.join(', ')}`, {
        where: written,
        hint,
      });
    }
    const { bytes, outputs: freed } = removal;
    const { outputs } = readModel(memorySource(bytes), written).signature;
    await io.files.writeAtomic(written, bytes);
    return { model, written, bytes: bytes.length, freed, outputs };
  } finally {
    source.close();
  }
}

export function renderFixZipMap({ written, bytes, freed }: FixZipMapResult): string {
  const changes = freed.map(
    ({ from, renamedFrom, labels }) =>
      `  ${plain(renamedFrom)} is now ${plain(from)}: float32, one column for each of ${plural(labels.length, 'class', 'classes')}`,
  );
  const entries = freed.map(
    ({ from, labels }) =>
      `      - {name: ${scalar(from)}, from: ${scalar(from)}, labels: [${labels.map(scalar).join(', ')}]}`,
  );
  const advice = ['for mlserve.yaml, in the entry of this model:', '    outputs:', ...entries];
  return [`wrote ${written} (${bytes} bytes)`, ...changes, '', ...advice].join('\n');
}
