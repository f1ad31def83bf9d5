/** The objects of production × those of another environment → what an overlay adds to the base, changes and removes. */

import type { EnvironmentObjects } from '../environment-objects.ts';
import { isConfig } from '../hash-config.ts';
import type { KubernetesObject, Manifest, OutputFile } from '../manifest.ts';
import { difference } from '../patches/difference.ts';
import { isSame } from '../patches/json-patch.ts';
import type { Data, DataObject } from '../patches/strategic-merge.ts';
import { valueAt } from '../patches/value-at.ts';
import { manifestsText, yamlText } from '../write-yaml.ts';
import { headerOf } from './header.ts';

export interface OverlayPatch {
  /** In `patches` of the kustomization. */
  readonly entry: object;
  readonly file: OutputFile;
}

export interface OverlayParts {
  readonly patches: readonly OverlayPatch[];
  /** Objects that the base has not. */
  readonly resources: readonly Manifest[];
  /** The settings, where they are other ones. */
  readonly config: Manifest | undefined;
}

export function overlayPatches(base: EnvironmentObjects, objects: EnvironmentObjects): OverlayParts {
  const { facts, manifests } = objects;
  const isTheConfig = ({ object }: Manifest): boolean => isConfig(object, facts.spec.name);
  const find = (list: readonly Manifest[], file: string) => list.find((each) => each.file === file);
  const config = manifests.find(isTheConfig);
  const baseConfig = base.manifests.find(isTheConfig);
  const others = manifests.filter((manifest) => manifest !== config);
  const changes = others.flatMap((manifest): readonly OverlayPatch[] => {
    const old = find(base.manifests, manifest.file);
    return old === undefined ? [] : changeOf(old, manifest, objects);
  });
  const removals = base.manifests
    .filter(({ file }) => find(manifests, file) === undefined)
    .map((manifest) => removalOf(manifest, objects));
  const isSameConfig =
    config !== undefined && baseConfig !== undefined && isSame(settingsOf(config), settingsOf(baseConfig));
  return {
    patches: [...changes, ...removals],
    resources: others.filter(({ file }) => find(base.manifests, file) === undefined),
    config: isSameConfig ? undefined : config,
  };
}

/** As the namespace of the overlay makes it. */
function inNamespace({ object, ...rest }: Manifest, namespace: string): Manifest {
  return { ...rest, object: { ...object, metadata: { ...object.metadata, namespace } } };
}

function changeOf(base: Manifest, manifest: Manifest, { facts }: EnvironmentObjects): readonly OverlayPatch[] {
  const [from, to] = [inNamespace(base, facts.namespace), manifest].map(
    ({ object }) => object as unknown as DataObject,
  ) as [DataObject, DataObject];
  if (isSame(from, to)) return [];
  const { apiVersion, kind, metadata } = manifest.object;
  const header = headerOf(facts, `Changes to the ${kind}`);
  const change = difference(kind, from, to);
  const path = `${manifest.file.replace(/\.yaml$/, '')}.patch.yaml`;
  if (change === undefined) {
    const operations = Object.keys(to)
      .filter((key) => !isSame(from[key], to[key]))
      .map((key) => ({ op: from[key] === undefined ? 'add' : 'replace', path: `/${key}`, value: to[key] }));
    const entry = { path, target: { kind, name: metadata?.name } };
    return [{ entry, file: { path, text: yamlText(operations, header) } }];
  }
  const { metadata: changed, ...rest } = change as { readonly metadata?: object } & DataObject;
  const object = { apiVersion, kind, metadata: { ...idOf(base), ...changed }, ...rest };
  const notes = manifest.notes.filter(({ path: at }) => {
    const value = valueAt(object as unknown as Data, at);
    return value !== undefined && isSame(value, valueAt(to, at));
  });
  const text = manifestsText([{ object: object as KubernetesObject, notes }], header);
  return [{ entry: { path }, file: { path, text } }];
}

function removalOf({ object, file }: Manifest, { facts }: EnvironmentObjects): OverlayPatch {
  const { apiVersion, kind } = object;
  const path = `${file.replace(/\.yaml$/, '')}.patch.yaml`;
  const removal = { apiVersion, kind, metadata: idOf({ object }), $patch: 'delete' };
  return {
    entry: { path },
    file: { path, text: yamlText(removal, headerOf(facts, `No ${kind} in this environment`)) },
  };
}

/** By which kustomize finds the object: as it is in the base. */
function idOf({ object: { metadata } }: Pick<Manifest, 'object'>): object {
  return { name: metadata?.name, namespace: metadata?.namespace };
}

function settingsOf({ object }: Manifest): Data {
  const { data = {} } = object as unknown as { readonly data?: DataObject };
  return { data, labels: object.metadata?.labels ?? {}, annotations: object.metadata?.annotations ?? {} };
}
