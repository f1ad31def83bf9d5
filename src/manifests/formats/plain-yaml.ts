/** The objects of environments → one YAML file each, for `kubectl apply -f`. */
import type { EnvironmentObjects } from '../environment-objects.ts';
import { withHashedConfig } from '../hash-config.ts';
import type { OutputFile } from '../manifest.ts';
import { manifestsText } from '../write-yaml.ts';
import { clientFile, namespaceFile, ruleFiles } from './beside.ts';
import { headerOf } from './header.ts';

export function plainYaml(environments: readonly EnvironmentObjects[]): readonly OutputFile[] {
  return environments.flatMap((objects) => {
    const { facts, manifests } = objects;
    const text = manifestsText(withHashedConfig(manifests, facts.spec.name), headerOf(facts, 'All objects'));
    const files = [
      { path: 'manifests.yaml', text },
      namespaceFile(objects),
      clientFile(objects),
      ...ruleFiles(objects),
    ];
    return files.map((file) => ({ ...file, path: `${facts.environment}/${file.path}` }));
  });
}
