/** The objects of environments → each file with its variants, in which what the chart leaves to its values is a placeholder, and those values. */

import type { EnvironmentObjects } from '../../environment-objects.ts';
import { withConfigName } from '../../hash-config.ts';
import type { KubernetesObject, Manifest, Note, ObjectPath } from '../../manifest.ts';
import { type Data, type DataObject, isList, isObject } from '../../patches/strategic-merge.ts';
import { valueAt } from '../../patches/value-at.ts';
import {
  CONFIG_NAME,
  DASHBOARD_UID,
  ENVIRONMENT,
  PARAMETERS,
  type Parameter,
  pathIn,
  placeholder,
} from './parameters.ts';

/** An object as a template has it, and the values that its environment gives. */
export interface Variant {
  readonly manifest: Manifest;
  readonly values: readonly GivenValue[];
}

export interface GivenValue {
  readonly parameter: Parameter;
  /** null: there is no such member. */
  readonly value: Data;
  /** Reasons, by their place in the value. */
  readonly notes: readonly Note[];
}

/** By file. */
export function variantsOf({ facts, manifests }: EnvironmentObjects): ReadonlyMap<string, Variant> {
  const named = withConfigName(manifests, facts.spec.name, CONFIG_NAME);
  return new Map(named.map((manifest) => [manifest.file, variantOf(manifest, facts.environment)]));
}

function variantOf(manifest: Manifest, environment: string): Variant {
  if (manifest.file === 'dashboard.yaml') return { manifest: openDashboard(manifest, environment), values: [] };
  let object = manifest.object as unknown as Data;
  let notes = manifest.notes;
  const values: GivenValue[] = [];
  for (const parameter of PARAMETERS.filter(({ file }) => file === manifest.file)) {
    const { form } = parameter;
    const path = pathIn(object, parameter);
    const value = valueAt(object, path);
    if (value === undefined && form !== 'optional') continue;
    const isInside = (note: Note): boolean => path.every((part, at) => note.path[at] === part);
    const within = notes.filter(isInside).map(({ path: at, text }) => ({ path: at.slice(path.length), text }));
    values.push({ parameter, value: value ?? null, notes: within });
    notes = notes.filter((note) => !isInside(note));
    object = put(object, path, placeholder(parameter));
  }
  return { manifest: { ...manifest, object: object as unknown as KubernetesObject, notes }, values };
}

/** Its address and title are of the environment, and so is the name of its file. */
function openDashboard(manifest: Manifest, environment: string): Manifest {
  const object = manifest.object as unknown as DataObject;
  const data = Object.entries(object.data as Readonly<Record<string, string>>).map(([name, text]) => {
    const { uid, title } = JSON.parse(text) as { readonly uid: string; readonly title: string };
    const open = text
      .replace(JSON.stringify(uid), JSON.stringify(`mlserve-${DASHBOARD_UID}`))
      .replace(JSON.stringify(title), JSON.stringify(title.replace(`(${environment})`, `(${ENVIRONMENT})`)));
    return [name.replace(`-${environment}.json`, `-${ENVIRONMENT}.json`), open];
  });
  return { ...manifest, object: { ...object, data: Object.fromEntries(data) } as unknown as KubernetesObject };
}

/** A member that was not there comes first: `replicas` in `spec`. */
function put(target: Data, [first, ...rest]: ObjectPath, value: Data): Data {
  if (first === undefined) return value;
  if (isList(target)) return target.map((entry, at) => (at === first ? put(entry, rest, value) : entry));
  if (!isObject(target)) return target;
  const next = put(target[first] ?? null, rest, value);
  return Object.hasOwn(target, first) ? { ...target, [first]: next } : { [first]: next, ...target };
}
