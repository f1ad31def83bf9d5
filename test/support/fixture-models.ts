/** The fixture models on disk, by the name of their folder. */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const FIXTURES = resolve(import.meta.dirname, '../../fixtures/models');

export interface FixtureModel {
  /** `real/iris`. */
  readonly name: string;
  readonly dir: string;
  readonly path: string;
}

/** Every folder below `fixtures/models` that holds both `model.onnx` and `companion`. */
export function fixtureModels(companion = 'model.onnx'): readonly FixtureModel[] {
  return readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === 'model.onnx')
    .map((entry) => ({ dir: entry.parentPath, path: join(entry.parentPath, entry.name) }))
    .filter(({ dir }) => existsSync(join(dir, companion)))
    .map((each) => ({ ...each, name: relative(FIXTURES, each.dir) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
