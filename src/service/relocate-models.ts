/** Text of `mlserve.yaml` × new places of its models → the configuration that names them there; line ends and comments are not kept. */
import { stringify } from 'yaml';
import { readYaml } from './read-yaml.ts';
import type { WrittenService } from './written.ts';

/** `paths` has one entry a model, in the order of the file. The text has been found valid. */
export function relocateModels(text: string, paths: readonly string[]): string {
  const written = readYaml(text, 'mlserve.yaml').value as WrittenService;
  const models = (written.models ?? []).map((model, at) => ({ ...model, path: paths[at] ?? model.path }));
  return stringify({ ...written, models }, { lineWidth: 0, aliasDuplicateObjects: false });
}
