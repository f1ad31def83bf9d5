/** A model of a project or a bare file → what a comparison needs to know of it. Reads every byte once. */
import { join } from 'node:path';
import type { ComparedModel } from '../compare/side.ts';
import { readModel } from '../model/read-model.ts';
import { contentsOf, operatorCounts } from '../model/walk.ts';
import type { Io } from '../ports.ts';
import { findClassLabels } from '../scaffold/find-labels.ts';
import type { ModelSpec } from '../service/spec.ts';
import { identify } from './identify-model.ts';
import type { Target } from './open-target.ts';
import { stampFile } from './same-files.ts';

/** Throws MODEL_INVALID and FILE_NOT_FOUND. */
export async function comparedModel({ dir, isBare }: Target, model: ModelSpec, io: Io): Promise<ComparedModel> {
  const path = join(dir, model.path);
  const stamp = await stampFile(path, io.files);
  const source = await io.files.open(path);
  try {
    const structure = readModel(source, path);
    const { fingerprint } = await identify({ path, stamp, structure, source }, io.files);
    return {
      name: model.name,
      version: isBare ? null : model.version,
      digests: fingerprint,
      signature: structure.signature,
      opsets: new Map(structure.opsetImports.map(({ domain, version }) => [domain, version])),
      operators: operatorCounts(contentsOf(structure)),
      labels: findClassLabels(structure, source),
      declared: isBare ? undefined : model,
    };
  } finally {
    source.close();
  }
}
