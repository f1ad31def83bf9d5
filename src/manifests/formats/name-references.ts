/** The objects of an environment → where kustomize finds the name of the ConfigMap in kinds that it does not know. */
import type { Manifest, OutputFile } from '../manifest.ts';
import { yamlText } from '../write-yaml.ts';

const FILE = 'name-references.yaml';
/** Of a Deployment, which kustomize knows. */
const PATHS = [
  'spec/template/spec/containers/envFrom/configMapRef/name',
  'spec/template/spec/containers/env/valueFrom/configMapKeyRef/name',
  'spec/template/spec/volumes/configMap/name',
];

interface NameReferences {
  /** In the kustomization. */
  readonly entry: { readonly configurations?: readonly string[] };
  readonly files: readonly OutputFile[];
}

/** A base and each of its overlays need them: each of them may give the ConfigMap another name. */
export function nameReferences(manifests: readonly Manifest[], header: readonly string[]): NameReferences {
  if (!manifests.some(({ object }) => object.kind === 'Rollout')) return { entry: {}, files: [] };
  const fieldSpecs = PATHS.map((path) => ({ path, kind: 'Rollout' }));
  const text = yamlText({ nameReference: [{ kind: 'ConfigMap', version: 'v1', fieldSpecs }] }, header);
  return { entry: { configurations: [FILE] }, files: [{ path: FILE, text }] };
}
