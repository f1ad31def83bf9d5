/** An object of a service → the same object for its canary: another name, another instance in every label and selector, and the label of the track. */
import type { KubernetesObject, Manifest } from '../manifest.ts';
import { type Data, type DataObject, isList, isObject } from '../patches/strategic-merge.ts';
import { canaryName, INSTANCE_LABEL, TRACK_LABEL } from './track.ts';

/** Made of the patched object, so that a canary differs from what it will become in nothing that matters. */
export function asCanary(manifest: Manifest, service: string): Manifest {
  const { object, ...rest } = inCanary(manifest, service);
  return { ...rest, object: { ...object, metadata: { ...object.metadata, name: canaryName(service) } } };
}

/** The same under the name that it has. */
export function inCanary(manifest: Manifest, service: string): Manifest {
  const renamed = otherInstance(manifest.object as unknown as Data, service, canaryName(service));
  const object = renamed as unknown as KubernetesObject;
  const labels = { ...object.metadata?.labels, [TRACK_LABEL]: 'canary' };
  return { ...manifest, object: { ...object, metadata: { ...object.metadata, labels } } };
}

function otherInstance(value: Data, from: string, to: string): Data {
  if (isList(value)) return value.map((entry) => otherInstance(entry, from, to));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]) => {
    const isInstance = key === INSTANCE_LABEL && member === from;
    return [key, isInstance ? to : otherInstance(member, from, to)];
  });
  return Object.fromEntries(entries) as DataObject;
}
