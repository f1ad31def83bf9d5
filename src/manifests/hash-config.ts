/** Manifests of an environment → the same, with the name of the ConfigMap that says what is in it, wherever it is named. */
import { configName, hashedConfigName } from './config-map.ts';
import type { KubernetesObject, Manifest } from './manifest.ts';
import { type Data, isList, isObject } from './patches/strategic-merge.ts';

/** Members that refer to a ConfigMap by `name`. */
const REFERENCES = ['configMapRef', 'configMapKeyRef', 'configMap'];

/** What kustomize does for a configMapGenerator, for the other formats. */
export function withHashedConfig(manifests: readonly Manifest[], service: string): readonly Manifest[] {
  const config = manifests.find(({ object }) => isConfig(object, service));
  return config === undefined ? manifests : withConfigName(manifests, service, hashedConfigName(config.object));
}

/** The ConfigMap under another name, wherever it is named. */
export function withConfigName(manifests: readonly Manifest[], service: string, name: string): readonly Manifest[] {
  const from = configName(service);
  return manifests.map((manifest) => {
    const { object } = manifest;
    if (isConfig(object, service))
      return { ...manifest, object: { ...object, metadata: { ...object.metadata, name } } };
    return { ...manifest, object: renamed(object as unknown as Data, from, name) as unknown as KubernetesObject };
  });
}

export function isConfig({ kind, metadata }: KubernetesObject, service: string): boolean {
  return kind === 'ConfigMap' && metadata?.name === configName(service);
}

function renamed(value: Data, from: string, to: string): Data {
  if (isList(value)) return value.map((entry) => renamed(entry, from, to));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const isReference = REFERENCES.includes(key) && isObject(member) && member.name === from;
      return [key, isReference ? { ...member, name: to } : renamed(member, from, to)];
    }),
  );
}
