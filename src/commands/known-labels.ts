/** A model of a service → labels that its inputs take: those that the graph holds, or the declared features allow. */
import { findCategories, firstLabels } from '../model/categories.ts';
import { readModel } from '../model/read-model.ts';
import type { Files } from '../ports.ts';
import type { ModelSpec, ServiceSpec } from '../service/spec.ts';
import { declaredOptions } from './declared-options.ts';

/** By input name. `path` is that of the file. */
export async function knownLabels(
  path: string,
  spec: ServiceSpec,
  model: ModelSpec,
  files: Files,
): Promise<ReadonlyMap<string, string>> {
  const source = await files.open(path);
  try {
    const held = firstLabels(findCategories(readModel(source, path), source));
    return new Map([...held, ...(declaredOptions(spec, model).known ?? [])]);
  } finally {
    source.close();
  }
}
