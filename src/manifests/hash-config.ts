/** Manifests of an environment → the same, with the name of the ConfigMap that says what is in it, wherever it is named. */
import { configName, hashedConfigMap } from './config-map.ts';
import type { KubernetesObject, Manifest } from './manifest.ts';
import { type Data, isList, isObject } from './patches/strategic-merge.ts';

/** Members that refer to a ConfigMap by `name`. */
const REFERENCES = ['configMapRef', 'configMapKeyRef', 'configMap'];

/** What kustomize does for a configMapGenerator, for the other formats. */
export function withHashedConfig(manifests: readonly Manifest[], service: string): readonly Manifest[] {
  const config = manifests.find(({ object }) => isConfig(object, service));
  if (config === undefined) return manifests;
  const hashed = hashedConfigMap(config);
  const [from, to] = [configName(service), hashed.object.metadata?.name ?? ''];
  return manifests.map((manifest) => {
    if (manifest === config) return hashed;
    const object = renamed(manifest.object as unknown as Data, from, to);
    return { ...manifest, object: object as unknown as KubernetesObject };
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
