/** An object in a cluster × a field manager → the part that the manager has applied, which it may change and apply again without a word about the rest. */
import type { KubernetesObject } from '../manifest.ts';
import { type Data, type DataObject, isList, isObject } from '../patches/strategic-merge.ts';
import type { LiveObject } from './live-objects.ts';

/** Only what names the object, where the manager has applied nothing. */
export function appliedPart(object: LiveObject, manager: string): KubernetesObject {
  const { apiVersion, kind, metadata } = object;
  const entry = metadata.managedFields?.find(
    (each) => each.manager === manager && each.operation === 'Apply' && each.subresource === undefined,
  );
  const { metadata: own, ...rest } = ownedMembers(
    object as unknown as DataObject,
    (entry?.fieldsV1 ?? {}) as DataObject,
  );
  const { name, namespace } = metadata;
  const id = { name, ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion, kind, metadata: { ...(own as object | undefined), ...id }, ...rest };
}

/** `fields`: `f:spec` for the member `spec`, `k:{"name":"server"}` for the entry of a list; an empty set stands for all that is below. */
function owned(value: Data, fields: DataObject): Data {
  const isWhole = Object.keys(fields).length === 0;
  if (isWhole || Object.keys(fields).some((key) => key.startsWith('v:'))) return value;
  if (isList(value)) return ownedEntries(value, fields);
  return isObject(value) ? ownedMembers(value, fields) : value;
}

function ownedMembers(value: DataObject, fields: DataObject): DataObject {
  const entries = Object.entries(fields).flatMap(([key, below]) => {
    const name = key.startsWith('f:') ? key.slice(2) : undefined;
    const member = name === undefined ? undefined : value[name];
    return name === undefined || member === undefined ? [] : [[name, owned(member, below as DataObject)] as const];
  });
  return Object.fromEntries(entries);
}

/** With the members that tell an entry from the others, which the fields do not always list. */
function ownedEntries(list: readonly Data[], fields: DataObject): readonly Data[] {
  return Object.entries(fields).flatMap(([key, below]) => {
    if (!key.startsWith('k:')) return [];
    const id = JSON.parse(key.slice(2)) as DataObject;
    const entry = list.find(
      (each) => isObject(each) && Object.entries(id).every(([name, value]) => each[name] === value),
    );
    if (!isObject(entry as Data)) return [];
    const part = owned(entry as Data, below as DataObject);
    return [isObject(part) ? { ...id, ...part } : part];
  });
}
